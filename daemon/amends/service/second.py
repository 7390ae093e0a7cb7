"""The second opinion at work: a budget, a child process that encodes, and the small model alone where they end."""

from __future__ import annotations

import asyncio
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from math import exp2
from typing import TYPE_CHECKING

import numpy as np
import structlog

from amends.accurate import DIMENSIONS, Encoder, EncoderError
from amends.model import HOUR, MINUTE
from amends.pipeline import reconsidered, wanting

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from amends.model import Clock, Mention, Seconds
    from amends.observe import Metrics
    from amends.pipeline import Rules

BURST = 2.0  # seconds of the budget that may be spent at once
PATIENCE = 2.0  # seconds that a batch waits for the encoder ...
HASTE = 0.5  # ... and in a flood, when a batch wants more than a burst
GRACE = 1.0  # seconds more for a piece that is under way
REST = MINUTE  # after the encoder failed
SHOWN = 10 * MINUTE  # what the views count

log = structlog.get_logger(__name__)


class Budget:
    """So many texts a second, with a burst; time is an argument."""

    def __init__(self, rate: float, now: Seconds) -> None:
        self.rate = rate
        self.burst = max(rate * BURST, 1.0)
        self._left = self.burst
        self._at = now

    def take(self, wanted: int, now: Seconds) -> int:
        """Return how many of the texts wanted may be encoded now; they are spent."""
        self._left = min(self.burst, self._left + max(now - self._at, 0.0) * self.rate)
        self._at = now
        taken = min(wanted, int(self._left))
        self._left -= taken
        return taken


@dataclass(frozen=True, slots=True)
class Tally:
    """What became of the posts of the last ten minutes that a second opinion would have helped."""

    rate: float
    given: int
    spared: int
    failed: int


class Second:
    """Gives mentions a second opinion, as far as the budget goes. Off until `configure` is given a rate."""

    def __init__(self, clock: Clock, metrics: Metrics, encoder: Encoder | None = None) -> None:
        self._clock = clock
        self._metrics = metrics
        self._encoder = encoder or Encoder()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="second")
        self._budget: Budget | None = None
        self._heard: dict[str, tuple[float, Seconds]] = {}
        self._log: deque[tuple[Seconds, tuple[int, int, int]]] = deque(maxlen=10_000)
        self._rests_until: Seconds = 0.0

    def configure(self, rate: float | None) -> None:
        """Set the texts a second, None: off."""
        if rate is None:
            if self._budget is not None:
                self._thread.submit(self._encoder.close)
            self._budget = None
        elif self._budget is None or self._budget.rate != rate:
            self._budget = Budget(rate, self._clock.mono())
            self._thread.submit(self._warm)

    def _warm(self) -> None:
        try:
            self._encoder.start()
        except EncoderError as error:
            log.warning("no second opinions", why=str(error))

    def close(self) -> None:
        """End the encoder, whatever it is doing."""
        self._thread.shutdown(wait=False, cancel_futures=True)
        self._encoder.close()

    def tally(self) -> Tally | None:
        """Return what became of the last ten minutes, None while it is off."""
        if self._budget is None:
            return None
        now = self._clock.mono()
        rows = [row for row in self._log if row[0] >= now - SHOWN]
        given, spared, failed = (sum(column) for column in zip((0, 0, 0), *(row[1] for row in rows), strict=True))
        return Tally(self._budget.rate, given, spared, failed)

    async def improve(self, mentions: Sequence[Mention], rules: Rules) -> list[Mention]:
        """Return the mentions, the neediest with a second opinion; returns within seconds whatever happens."""
        budget = self._budget
        if budget is None:
            return list(mentions)
        begun = self._clock.mono()
        self._count(mentions, begun)
        heard = {brand: number for brand, (number, _) in self._heard.items()}
        wanted = await asyncio.to_thread(wanting, mentions, rules, heard)
        if not wanted:
            return list(mentions)
        if begun < self._rests_until:
            return self._told(mentions, failed=len(wanted))
        chosen = wanted[: budget.take(len(wanted), begun)]
        seconds = HASTE if len(wanted) > budget.burst else PATIENCE
        try:
            vectors = await self._vectors([text for _, text in chosen], begun + seconds)
        except EncoderError as error:
            self._rests_until = self._clock.mono() + REST
            log.warning("no second opinion", why=str(error), again_in="1m", posts=len(chosen))
            return self._told(mentions, failed=len(chosen), spared=len(wanted) - len(chosen))
        places = [place for place, _ in chosen[: len(vectors)]]
        done = await asyncio.to_thread(reconsidered, mentions, places, vectors, rules) if places else mentions
        return self._told(done, given=len(places), spared=len(wanted) - len(places))

    async def _vectors(self, texts: Sequence[str], until: Seconds) -> NDArray[np.float32]:
        """Return the vectors of as many texts as there is time for; of none while it is starting, or busy."""
        if texts:
            with suppress(TimeoutError):
                async with asyncio.timeout(until - self._clock.mono() + GRACE):
                    return await asyncio.get_running_loop().run_in_executor(
                        self._thread, lambda: self._encoder.encode(texts, until - self._clock.mono())
                    )
        return np.zeros((0, DIMENSIONS), np.float32)

    def _told(self, mentions: Sequence[Mention], *, given: int = 0, spared: int = 0, failed: int = 0) -> list[Mention]:
        self._metrics.second_opinions(given=given, spared=spared, failed=failed)
        self._log.append((self._clock.mono(), (given, spared, failed)))
        return list(mentions)

    def _count(self, mentions: Sequence[Mention], now: Seconds) -> None:
        """Count each brand's mentions, those of an hour ago half."""
        for one in mentions:
            number, at = self._heard.get(one.brand, (0.0, now))
            self._heard[one.brand] = (number * exp2((at - now) / HOUR) + 1.0, now)
