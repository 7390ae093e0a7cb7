"""The pulse: do polling, detecting and paging succeed? The heartbeat, the watchdog and the proof of life ask it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from amends.model import Coverage
from amends.service.upkeep import STUCK

if TYPE_CHECKING:
    from amends.model import Clock
    from amends.paging import Worker
    from amends.pipeline import Engine
    from amends.service.timekeeper import Timekeeper
    from amends.sources import Scheduler, SourceStatus
    from amends.storage import Claim, Store

SPREAD = 300.0  # seconds over which the first looks at many brands are spread


class Pulse:
    """Asks the rooms that work; made when they are."""

    def __init__(
        self,
        scheduler: Scheduler,
        timekeeper: Timekeeper,
        worker: Worker[Claim],
        store: Store,
        engine: Engine,
        clock: Clock,
    ) -> None:
        self._scheduler, self._timekeeper, self._worker = scheduler, timekeeper, worker
        self._store, self._engine, self._clock = store, engine, clock
        self._began = clock.mono()

    def turning(self) -> bool:
        """Tell whether our own loops turn, whatever the world does."""
        return self._timekeeper.turning() and self._worker.turning()

    def coverage(self) -> Coverage:
        """Return how many of all sources are on time."""
        asked = [one for one in self._polled() if one.on_time is not None]
        silent = tuple(one.id for one in asked if not one.on_time)
        return Coverage(on_time=len(asked) - len(silent), of=len(asked), silent=silent)

    async def ill(self) -> str | None:
        """Return what keeps the dead man's switch from being fed, None if polling, detecting and paging succeed.

        At the start each of them must have succeeded once: a program that dies again and again must not look alive.
        """
        polled = self._polled()
        if polled and not any(one.on_time for one in polled):
            waiting = all(one.on_time is None for one in polled)
            return "no source has answered yet" if waiting else "no source answers in its time"
        if not self._timekeeper.turning():
            return "the timekeeper stands still"
        if not self._timekeeper.looked:
            return "no brand has been looked at yet"
        if not self._worker.turning():
            return "nobody looks at the outbox"
        if not self._worker.looked:
            return "the outbox has not been read yet"
        settled = self._clock.mono() - self._began > SPREAD + STUCK
        return await self._store.overdue(self._clock.wall(), STUCK, list(self._engine.rules.brands), looks=settled)

    def _polled(self) -> list[SourceStatus]:
        return [one for one in self._scheduler.status() if not one.paused]
