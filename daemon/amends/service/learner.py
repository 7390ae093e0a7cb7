"""The learner: baselines are learned anew from stored bins after backfill, in a worker thread, one brand at a time."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import structlog

from amends.model import DAY, Learned
from amends.pipeline import learn
from amends.storage import StorageError

if TYPE_CHECKING:
    from amends.model import Clock
    from amends.pipeline import Decision, Engine
    from amends.storage import Store

LOOK_BACK = 90 * DAY
SETTLE = 0.2  # seconds of real time in which a flood of history may go on before we begin

log = structlog.get_logger(__name__)


class Learner:
    """Answers every decision that asks for learning, until the newest history has been learned."""

    def __init__(self, engine: Engine, store: Store, clock: Clock) -> None:
        self._engine = engine
        self._store = store
        self._clock = clock
        self._waiting: dict[str, None] = {}
        self._asked = asyncio.Event()

    def decided(self, decision: Decision) -> None:
        """Note a brand whose stored bins have grown behind its baseline's back."""
        if decision.learn:
            self._waiting[decision.state.brand] = None
            self._asked.set()

    async def run(self) -> None:
        """Learn for ever."""
        while True:
            await self._asked.wait()
            await asyncio.sleep(SETTLE)
            while self._waiting:
                brand = next(iter(self._waiting))
                del self._waiting[brand]
                try:
                    await self._learn(brand)
                except StorageError as error:  # the next decision asks again
                    log.error("not learned", brand=brand, error=str(error))
                except Exception as error:  # noqa: BLE001 - a brand that a reload dropped, or one that cannot be learned
                    log.error("not learned", brand=brand, error=f"{type(error).__name__}: {error}"[:300])
            self._asked.clear()

    async def _learn(self, brand: str) -> None:
        rules = self._engine.rules.brands.get(brand)
        if rules is None:
            return
        state = await self._store.state(brand)
        if state is None or state.live.taught == state.live.learned:
            return
        until = state.live.watermark
        bins = await self._store.bins(brand, self._clock.wall() - LOOK_BACK, until)
        detector = await asyncio.to_thread(learn, bins, rules.detection, until)
        decision = await self._engine.apply(brand, Learned(detector=detector, until=until, taught=state.live.taught))
        log.info("learned", brand=brand, bins=len(bins), current=not decision.learn)
