"""An outbox and an engine in memory, as the worker sees them; every call is counted and may be made to fail."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from amends.escalation import Person, page_id
from amends.incidents import open_incident
from amends.model import Deferred, Delivered, Event, Failed, Kind, Page, Seconds
from amends.paging import Links

if TYPE_CHECKING:
    from collections.abc import Collection

    from amends.model import Incident, Severity

LINKS = Links(b"k" * 32, "https://amends.example")
LEA = Person(id="lea", name="Léa", language="fr", channels=("phone", "hook"))
SAM = Person(id="sam", name="Sam", channels=("hook",))
OUTCOMES = {Delivered: "sent", Failed: "failed", Deferred: "deferred"}


class RunningClock:
    """The machine's clock, `speed` times as fast."""

    def __init__(self, speed: float = 1.0) -> None:
        self._began, self._base, self._speed = time.monotonic(), time.time(), speed

    def wall(self) -> Seconds:
        return self._base + self.mono()

    def mono(self) -> Seconds:
        return (time.monotonic() - self._began) * self._speed

    async def sleep_until(self, wall: Seconds) -> None:
        await asyncio.sleep(max(0.0, (wall - self.wall()) / self._speed))


def incident(severity: Severity = 2, brand: str = "acme", kind: Kind = Kind.TONE, **facts: Any) -> Incident:
    return open_incident(
        id=f"inc_{brand}",
        brand=brand,
        kind=kind,
        severity=severity,
        now=1_767_571_200.0,
        since=1_767_571_000.0,
        title="Acme: 12 times the usual",
        why="loud",
        **facts,
    )[0]


def page(
    number: int = 1, *, now: Seconds | None = None, severity: Severity = 2, brand: str = "acme", **parts: Any
) -> Page:
    """Return a page; every part may be given."""
    now = time.time() if now is None else now
    told: dict[str, Any] = {
        "incident": incident(severity, brand),
        "event": "opened",
        "kind": "page",
        "reason": "first",
        "person": "sam",
        "channel": "hook",
        "step": f"{number}-1.1-first",
        "title": "Acme: 12 times the usual",
        "text": "12 times the usual since 10:00.\n“Never again” https://example.com/1",
        "due": now,
        "decided_at": now,
        **parts,
    }
    id_ = page_id(told["incident"].id, told["step"], told["person"], told["channel"])
    return Page(id=id_, brand=brand, **told)


@dataclass(kw_only=True)
class Row:
    """One row of the outbox."""

    page: Page
    attempts: int = 0
    claimed_until: Seconds = 0.0
    sent_at: Seconds | None = None


@dataclass(frozen=True)
class AllBut:
    """Brands: every one but some."""

    gone: frozenset[str]

    def __contains__(self, brand: str) -> bool:
        return brand not in self.gone


@dataclass
class Outbox:
    """Store, engine and observer in one."""

    clock: Any = field(default_factory=RunningClock)
    rows: dict[str, Row] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=lambda: {"lea": LEA, "sam": SAM})
    commands: list[Event] = field(default_factory=list)
    counted: Counter[tuple[str, str]] = field(default_factory=Counter)
    seconds: list[float] = field(default_factory=list)
    claims: int = 0
    errors: dict[str, list[Exception]] = field(default_factory=dict)  # method -> raised by its next calls
    then: Callable[[Event], None] | None = None
    worker: Any = None
    gone: frozenset[str] = frozenset()  # brands that are configured no longer

    def put(self, *pages: Page) -> None:
        for one in pages:
            self.rows[one.id] = Row(page=one)
        if self.worker:
            self.worker.wake()

    def states(self) -> Counter[str]:
        return Counter(row.page.state for row in self.rows.values())

    def _trouble(self, method: str) -> None:
        if self.errors.get(method):
            raise self.errors[method].pop(0)

    # --- OutboxStore ---

    def _queued(self, skip: Collection[str]) -> list[Row]:
        return [row for row in self.rows.values() if row.page.state == "queued" and row.page.channel not in skip]

    async def claim(self, now: Seconds, worker: str, lease: Seconds, *, skip: Collection[str] = ()) -> Row | None:  # noqa: ARG002 - one worker
        self._trouble("claim")
        due = [row for row in self._queued(skip) if max(row.page.due, row.claimed_until) <= now]
        if not due:
            return None
        row = min(due, key=lambda one: one.page.due)
        return self._take(row, now + lease)

    def _take(self, row: Row, until: Seconds) -> Row:
        self.claims += 1
        row.attempts += 1
        row.claimed_until = until
        return replace(row)

    async def grouped(self, of: Row, now: Seconds, worker: str, lease: Seconds) -> list[Row]:  # noqa: ARG002 - one worker
        def key(row: Row) -> tuple[Any, ...]:
            return row.page.person, row.page.channel, row.page.group, row.page.kind

        mates = [row for row in self._queued(()) if key(row) == key(of) and max(row.page.due, row.claimed_until) <= now]
        return [self._take(row, now + lease) for row in mates]

    async def retry(self, page: str, due: Seconds, error: str) -> bool:
        self._trouble("retry")
        row = self.rows[page]
        if row.page.state != "queued":
            return False
        row.page, row.claimed_until = replace(row.page, due=due, why=error), 0.0
        return True

    async def next_due(self, *, skip: Collection[str] = ()) -> Seconds | None:
        return min((max(row.page.due, row.claimed_until) for row in self._queued(skip)), default=None)

    async def sent_to(self, person: str, since: Seconds) -> int:
        return sum(1 for row in self.rows.values() if row.page.person == person and (row.sent_at or 0.0) >= since)

    # --- Engine ---

    @property
    def rules(self) -> Any:
        return SimpleNamespace(people=self.people, brands=AllBut(self.gone))

    async def apply(self, brand: str, event: Event) -> Any:
        self._trouble("apply")
        self.commands.append(event)
        state = OUTCOMES.get(type(event))
        if isinstance(event, Delivered | Failed | Deferred) and state is not None:
            row = self.rows[event.page]
            assert row.page.brand == brand
            why = getattr(event, "error", getattr(event, "why", ""))
            row.page = replace(row.page, state=state, why=why, due=getattr(event, "until", row.page.due))  # type: ignore[arg-type]  # one of three
            row.claimed_until = 0.0
            if state == "sent":
                row.sent_at = self.clock.wall()
        if self.then:
            self.then(event)
        return None

    # --- Observer ---

    def paged(self, channel: str, outcome: str, *, seconds: float | None = None) -> None:
        self.counted[channel, outcome] += 1
        if seconds is not None:
            self.seconds.append(seconds)
