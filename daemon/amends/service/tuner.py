"""The tuner: how the model fits each brand, found anew from what is stored, now and then and when people speak."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import structlog

from amends import sentiment
from amends.model import DAY, MINUTE, Kind
from amends.sentiment.fit import LEAST
from amends.storage import StorageError

if TYPE_CHECKING:
    from amends.model import Clock
    from amends.observe import Metrics
    from amends.pipeline import Decision
    from amends.service.engine import Engine
    from amends.storage import Store, Tones

LOOK_BACK = 30 * DAY
EVERY = 10 * MINUTE
VERDICTS = 50  # the newest tone incidents whose verdicts count
SETTLE = 0.2  # seconds of real time in which more may come before we begin

log = structlog.get_logger(__name__)


class Tuner:
    """Keeps `Rules.fits` true. Nothing is kept between runs: what people take back is gone at the next look."""

    def __init__(self, engine: Engine, store: Store, clock: Clock, metrics: Metrics) -> None:
        self._engine = engine
        self._store = store
        self._clock = clock
        self._metrics = metrics
        self._waiting: dict[str, None] = {}
        self._heard: dict[str, int] = {}  # mentions since the last look
        self._verdicts: dict[str, str | None] = {}  # of tone incidents, since the start
        self._asked = asyncio.Event()

    def stir(self, brand: str) -> None:
        """Look at a brand soon: a person put a tone right, or took that back."""
        self._waiting[brand] = None
        self._asked.set()

    def decided(self, decision: Decision) -> None:
        """Note a brand that heard something, and one whose incident was judged."""
        brand = decision.state.brand
        fit = self._engine.rules.fits.get(brand, sentiment.Fit())
        if decision.mentions:
            self._heard[brand] = self._heard.get(brand, 0) + len(decision.mentions)
        enough = fit.prior.posts < LEAST <= fit.prior.posts + self._heard.get(brand, 0)
        judged = {one.id: one.feedback for one in decision.incidents if one.kind is Kind.TONE}
        if enough or any(self._verdicts.get(id_) != verdict for id_, verdict in judged.items()):
            self.stir(brand)
        self._verdicts |= judged

    async def run(self) -> None:
        """Look at every brand once, and then for ever at those that heard something."""
        self._waiting |= dict.fromkeys(self._engine.rules.brands)
        while True:
            await asyncio.sleep(SETTLE)
            self._asked.clear()
            while self._waiting:
                brand = next(iter(self._waiting))
                del self._waiting[brand]
                try:
                    await self._tune(brand)
                except StorageError as error:
                    log.warning("not tuned", brand=brand, error=str(error), again_in="10m")
                    self._heard[brand] = self._heard.get(brand, 0) + 1
            try:
                async with asyncio.timeout(EVERY):
                    await self._asked.wait()
            except TimeoutError:
                self._waiting = dict.fromkeys(self._heard)

    async def _tune(self, brand: str) -> None:
        if brand not in self._engine.rules.brands:
            return
        self._heard.pop(brand, None)
        tones = await self._store.tones(brand, self._clock.wall() - LOOK_BACK)
        incidents = (await self._store.incidents(brand, kind=Kind.TONE.value, limit=VERDICTS)).items
        self._verdicts |= {one.id: one.feedback for one in incidents}
        verdicts = [one.feedback for one in incidents if one.feedback is not None]
        fit = await asyncio.to_thread(fitted, tones, len(verdicts), verdicts.count("real"))
        rules = self._engine.rules
        if brand in rules.brands:  # a reload may have dropped it meanwhile
            self._engine.swap(replace(rules, fits={**rules.fits, brand: fit}))
            self._metrics.fitted(brand, raw=fit.prior.raw if fit.prior.posts else None, estimated=fit.prior.share)


def fitted(tones: Tones, judged: int, real: int) -> sentiment.Fit:
    """Return how the model fits a brand whose mentions were scored and corrected so."""
    return sentiment.Fit(
        prior=sentiment.estimate(np.array(tones.shares, np.float64).reshape(-1, 3)),
        people=sentiment.learned(
            [(p_negative, tone == "negative") for p_negative, tone in tones.corrected], judged=judged, real=real
        ),
    )
