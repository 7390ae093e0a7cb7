"""What comes round by itself: the drill and the proof of life, at a wall time, each once, across restarts."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

import structlog

from amends.escalation import Recurring, days_of
from amends.model import DRILL_LEFT_OUT, HOUR, AmendsError, StartDrill, TellAlive
from amends.pipeline.drill import REAL

if TYPE_CHECKING:
    from collections.abc import Callable

    from amends.config.models import Configuration
    from amends.model import Clock, Coverage, Event, Seconds
    from amends.observe import Metrics
    from amends.pipeline import Decision, Rules
    from amends.storage import Store

LOOK: Final[Seconds] = 15.0  # the clock may jump: it is looked at again at least so often
TOO_LATE: Final[Seconds] = HOUR  # a drill that was missed by more is left out: nobody practises at three in the morning
BY: Final = "amends"

log = structlog.get_logger(__name__)


class Apply(Protocol):
    """The engine, as far as it is needed here."""

    @property
    def rules(self) -> Rules:
        """The rules in force."""
        ...

    async def apply(self, brand: str, event: Event) -> Decision:
        """Decide and commit one event of one brand."""
        ...


@dataclass(frozen=True, slots=True)
class Round:
    """One of them: its name, under which the store keeps when it was last, and when it comes."""

    name: str
    when: Recurring
    zone: str


class Rounds:
    """Keeps the schedule of `drills` and `report`. `config` may be replaced at any time."""

    def __init__(
        self, store: Store, engine: Apply, clock: Clock, coverage: Callable[[], Coverage], metrics: Metrics
    ) -> None:
        self._store, self._engine, self._clock, self._coverage = store, engine, clock, coverage
        self._metrics = metrics
        self.config: Configuration | None = None

    async def run(self) -> None:
        """Look for ever."""
        while True:
            try:
                await self.look()
            except AmendsError as error:  # a full disk passes; a brand that a reload took away is not there next time
                log.warning("schedule not kept", error=str(error))
            await self._clock.sleep_until(self._clock.wall() + LOOK)

    async def look(self) -> None:
        """Do what has become due."""
        config = self.config
        if config is None:
            return
        if config.drills is not None:
            given = config.drills
            when = Recurring(days_of(given.every), given.at.minute, given.at.weekday)
            due = await self._due(Round("drill", when, config.timezone))
            if due is not None:
                await self._drill(config, due)
        if config.report is not None:
            report = config.report
            when = Recurring(days_of(report.every), report.at.minute, report.at.weekday)
            due = await self._due(Round("report", when, config.timezone))
            if due is not None:
                await self._report(config, due, report.every)

    async def _due(self, one: Round) -> Seconds | None:
        """Return the moment that has come, None if none has; the first one is counted from the first look of all."""
        now = self._clock.wall()
        last = await self._store.meta(f"{one.name}:last")
        if last is not None:
            at = one.when.following(float(last), one.zone)
        else:
            begun = await self._store.meta(f"{one.name}:begun")
            if begun is None or float(begun) > now:  # or the clock was ahead then
                await self._store.save_meta(f"{one.name}:begun", repr(now))
                return None
            at = one.when.first(float(begun), one.zone)
        if at > now:
            if last is not None and float(last) > now:  # the clock was ahead when it was last
                await self._store.save_meta(f"{one.name}:last", repr(now))
            return None
        while (following := one.when.following(at, one.zone)) <= now:  # we were away: only the newest counts
            at = following
        return at

    async def _drill(self, config: Configuration, at: Seconds) -> None:
        """Start it, at most once: it is marked as done before."""
        assert config.drills is not None  # noqa: S101 - asked for a configuration that has them
        await self._store.save_meta("drill:last", repr(at))
        if self._clock.wall() - at > TOO_LATE:
            await self._left_out(at, "it was missed while Amends was away")
            return
        brand = config.drills.brand or next(iter(self._engine.rules.brands))
        found = (await self._store.incidents(state=["open", "recovering"], limit=500)).items
        busy = {one.brand for one in found if one.kind in REAL} - {brand}
        drill = StartDrill(by=BY, case=config.drills.case, scheduled=True, busy=tuple(sorted(busy)))
        try:
            await self._engine.apply(brand, drill)
        except AmendsError as error:
            await self._left_out(at, str(error))
        else:
            self._metrics.drills.labels("started").inc()
            await self._store.save_meta(DRILL_LEFT_OUT, "null")

    async def _left_out(self, at: Seconds, why: str) -> None:
        """Say so in the log, in the metric, and on the view until the next one starts."""
        log.warning("the drill was left out; the next one comes as planned", why=why)
        self._metrics.drills.labels("left_out").inc()
        await self._store.save_meta(DRILL_LEFT_OUT, json.dumps({"at": at, "why": why}))

    async def _report(self, config: Configuration, at: Seconds, every: Seconds) -> None:
        """Tell it, then mark it as done; told twice it would be the same message, by its id."""
        assert config.report is not None  # noqa: S101 - asked for a configuration that has one
        brands = list(self._engine.rules.brands)
        since = at - every
        tally = await self._store.tally(since, brands)
        await self._engine.apply(
            brands[0],
            TellAlive(
                id=f"alive_{int(at)}",
                to=config.report.to,
                since=since,
                mentions=tally.mentions,
                pages=tally.pages,
                coverage=self._coverage(),
            ),
        )
        await self._store.save_meta("report:last", repr(at))
        log.info("proof of life told", mentions=tally.mentions, pages=tally.pages)
