"""The timekeeper: one heap of the moments at which brands want to be looked at; no other timer decides anything."""

from __future__ import annotations

import asyncio
import heapq
from typing import TYPE_CHECKING

import structlog

from amends.model import Tick
from amends.storage import StorageError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable

    from amends.model import Clock, Coverage, Seconds
    from amends.pipeline import Decision, Engine

SLEEP_AT_MOST = 15.0  # wall time may jump, timers stand still in suspend: look at the clock again
STILL = 60.0  # real seconds without a turn: the loop stands still
STEPPED = 30.0  # the clock has gone back by more: every plan was made by another time
TRY_AGAIN = 5.0  # seconds after a commit that failed
FAULT = 60.0  # seconds after a brand could not be decided at all
TOGETHER = 64  # brands whose ticks wait for one commit

log = structlog.get_logger(__name__)


class Timekeeper:
    """Applies a Tick to each brand when it is due. A later wake replaces an earlier one of the same brand."""

    def __init__(self, engine: Engine, clock: Clock, coverage: Callable[[str], Coverage]) -> None:
        self._engine = engine
        self._clock = clock
        self._coverage = coverage
        self._heap: list[tuple[Seconds, str]] = []
        self._next: dict[str, Seconds] = {}
        self._changed = asyncio.Event()
        self._turned = -1.0
        self.looked = False  # whether a tick has been kept since the start
        self._seen: Seconds = float("-inf")

    def turning(self) -> bool:
        """Tell whether the loop has turned within the last minute of real time."""
        return asyncio.get_running_loop().time() - self._turned < STILL

    def decided(self, decision: Decision) -> None:
        """Take the brand's next wake from a decision."""
        if decision.wake is not None:
            self.plan(decision.state.brand, decision.wake)

    def plan(self, brand: str, wake: Seconds) -> None:
        """Wake a brand then, and not when it was planned before."""
        self._next[brand] = wake
        heapq.heappush(self._heap, (wake, brand))
        if self._heap[0][1] == brand:
            self._changed.set()

    def forget(self, brands: Iterable[str]) -> None:
        """Stop waking brands that are configured no longer."""
        for brand in brands:
            self._next.pop(brand, None)

    async def run(self) -> None:
        """Tick for ever."""
        while True:
            self._turned = asyncio.get_running_loop().time()
            self._changed.clear()
            now = self._clock.wall()
            if now < self._seen - STEPPED:
                log.warning("the clock was put back", seconds=round(self._seen - now))
                for brand in list(self._next):
                    self.plan(brand, now)
            self._seen = now
            due = self._due(now)
            if due:
                async with asyncio.TaskGroup() as group:
                    for brand in due:
                        group.create_task(self._tick(brand))
            else:
                now = self._clock.wall()
                wake = min(self._heap[0][0] if self._heap else now + SLEEP_AT_MOST, now + SLEEP_AT_MOST)
                await first(self._changed.wait(), self._clock.sleep_until(wake))

    async def _tick(self, brand: str) -> None:
        if brand not in self._engine.rules.brands:
            return
        try:
            await self._engine.apply(brand, Tick(self._coverage(brand)))
            self.looked = True
        except StorageError as error:  # a full disk passes: the brand is looked at again, nothing was decided
            log.error("tick not kept", brand=brand, error=str(error), again_in=TRY_AGAIN)
            self.plan(brand, self._clock.wall() + TRY_AGAIN)
        except Exception as error:  # noqa: BLE001 - one brand's fault must not stop the others' time, start after start
            why = f"{type(error).__name__}: {error}"[:300]
            log.error("tick failed: a fault of Amends, please report it", brand=brand, error=why, again_in=FAULT)
            self.plan(brand, self._clock.wall() + FAULT)

    def _due(self, now: Seconds) -> list[str]:
        due: list[str] = []
        while self._heap and self._heap[0][0] <= now and len(due) < TOGETHER:
            wake, brand = heapq.heappop(self._heap)
            if self._next.get(brand) == wake:
                del self._next[brand]
                due.append(brand)
        return due


async def first(*waits: Awaitable[object]) -> None:
    """Return when one of the waits has, and end the others."""
    tasks = [asyncio.ensure_future(wait) for wait in waits]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
