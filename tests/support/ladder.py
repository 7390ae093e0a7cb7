"""An incident with its ladder, driven as `decide` and the store would drive them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from pydantic import TypeAdapter

from amends import escalation
from amends.escalation import Call, Ledger, Outcome, Person, Policy, Step
from amends.incidents import Trigger, open_incident, step
from amends.model import Incident, Kind, PageChange, Seconds, Severity

if TYPE_CHECKING:
    from collections.abc import Callable

T0 = 1_767_614_400.0  # 2026-01-05 12:00 UTC, a Monday
LEDGER = TypeAdapter(Ledger)

LEA = Person(id="lea", name="Léa", language="fr", timezone="Europe/Paris", channels=("phone", "hook"))
SAM = Person(id="sam", name="Sam", channels=("hook",))
KIM = Person(id="kim", name="Kim", channels=("mail", "hook"))
PEOPLE = {person.id: person for person in (LEA, SAM, KIM)}
DESK = Policy(steps=(Step(("lea",)), Step(("sam",), 600.0)), repeat=1)


@dataclass
class Town:
    """One brand's one incident; `rows` is the outbox, `now` the time."""

    policy: Policy = DESK
    people: dict[str, Person] = field(default_factory=lambda: dict(PEOPLE))
    now: Seconds = T0
    silenced_until: Seconds | None = None
    rows: dict[str, Call] = field(default_factory=dict)
    changes: list[PageChange] = field(default_factory=list)
    events: list[tuple[str, str]] = field(default_factory=list)
    recorded: list[str] = field(default_factory=list)  # the incident's whole history, by name
    ledger: Ledger = field(default_factory=Ledger)
    wake: Seconds | None = None
    incident: Incident = field(init=False)

    def open(self, severity: Severity = 2, kind: Kind = Kind.TONE, *, drill: bool = False) -> list[Call]:
        self.incident, event = open_incident(
            id="inc_1",
            brand="acme",
            kind=kind,
            severity=severity,
            now=self.now,
            since=self.now,
            title="Acme",
            why="loud",
            drill=drill,
        )
        self.recorded.append(event.event)
        return self.do(escalation.begin)

    def do(self, what: Callable[..., Outcome], **details: Any) -> list[Call]:
        """Have something decided; returns the new messages."""
        ledger = LEDGER.validate_json(LEDGER.dump_json(self.ledger))
        assert ledger == self.ledger
        outcome = what(self.incident, ledger, self.policy, self.people, self.now, self.silenced_until, **details)
        self.ledger, self.wake = outcome.ledger, outcome.wake
        self.recorded += [name for name, _ in outcome.events]
        for call in outcome.calls:
            assert call.event in self.recorded, "a message tells of what is in the history"
            assert call.id not in self.rows, "an id is given once"
            self.rows[call.id] = call
        for change in outcome.changes:
            row = self.rows[change.id]
            if row.state in {"queued", "deferred"} or change.state == "sent":
                self.rows[change.id] = replace(row, state=change.state, why=change.why, due=change.due or row.due)
        self.changes += outcome.changes
        self.events += outcome.events
        return list(outcome.calls)

    def step(self, trigger: Trigger, by: str = "amends", **changes: Any) -> bool:
        self.incident, event = step(self.incident, trigger, now=self.now, by=by, why="w", **changes)
        self.recorded += [event.event] if event is not None else []
        return event is not None

    def later(self, seconds: Seconds) -> list[Call]:
        """Let time pass and look."""
        self.now += seconds
        return self.do(escalation.tick)

    def at(self, when: Seconds) -> list[Call]:
        return self.later(when - self.now)

    def deliver(self, *calls: Call) -> list[Call]:
        return [new for call in calls for new in self.do(escalation.delivered, page=call.id)]

    def fail(self, call: Call, error: str = "404") -> list[Call]:
        return self.do(escalation.failed, page=call.id, error=error)

    def acknowledge(self, by: str) -> list[Call]:
        return self.do(escalation.acknowledged) if self.step(Trigger.ACKNOWLEDGE, by) else []

    def unacknowledge(self, by: str) -> list[Call]:
        return self.do(escalation.unacknowledged) if self.step(Trigger.UNACKNOWLEDGE, by) else []

    def resolve(self, by: str | None = None) -> list[Call]:
        return self.do(escalation.resolved, by=by) if self.step(Trigger.RESOLVE, by or "amends") else []

    def reopen(self, by: str) -> list[Call]:
        return self.do(escalation.begin) if self.step(Trigger.REOPEN, by) else []

    def raise_to(self, severity: Severity) -> list[Call]:
        return self.do(escalation.raised) if self.step(Trigger.RAISE, severity=severity) else []

    def story(self) -> list[Call]:
        return self.do(escalation.story) if self.step(Trigger.STORY) else []

    def snooze(self, until: Seconds) -> list[Call]:
        return self.do(escalation.snoozed) if self.step(Trigger.SNOOZE, "lea", snoozed_until=until) else []

    def silence(self, until: Seconds | None) -> list[Call]:
        self.silenced_until = until
        return self.do(escalation.silenced)

    def in_state(self, *states: str) -> list[Call]:
        return [row for row in self.rows.values() if row.state in states]


def told(calls: list[Call]) -> list[tuple[str, str, str, str]]:
    """Return (person, channel, kind, reason) of each message."""
    return [(call.person, call.channel, call.kind, call.reason) for call in calls]
