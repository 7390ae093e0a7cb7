"""At severity 1 a page that was taken and not acknowledged rings on a second kind of channel, once."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from amends import escalation
from amends.escalation import Ledger, Outcome, Person, Policy, Step
from support.outbox import incident

if TYPE_CHECKING:
    from amends.model import Incident

NOW = 1_767_571_200.0
LEA = Person(id="lea", name="Léa", channels=("phone", "tablet", "call", "text"), kinds=("ntfy", "ntfy", "voice", "sms"))
SAM = Person(id="sam", name="Sam", channels=("hook",), kinds=("webhook",))
PEOPLE = {"lea": LEA, "sam": SAM}
POLICY = Policy(steps=(Step(page=("lea",)), Step(page=("sam",), after=600.0)))


class Scene:
    """One incident's ladder, driven by hand."""

    def __init__(self, about: Incident, people: dict[str, Person] | None = None) -> None:
        self.incident, self.ledger, self.people = about, Ledger(), people or PEOPLE
        self.out = self.do(escalation.begin, NOW)

    def do(self, what: Any, now: float, **more: Any) -> Outcome:
        self.out = what(self.incident, self.ledger, POLICY, self.people, now, **more)
        self.ledger = self.out.ledger
        return self.out

    def deliver(self, now: float) -> list[tuple[str, float]]:
        (call,) = self.out.calls
        self.do(escalation.delivered, now, page=call.id)
        return self.calls()

    def calls(self) -> list[tuple[str, float]]:
        return [(call.channel, call.due) for call in self.out.calls]


def test_a_minute_after_one_kind_took_it_another_kind_rings_too_and_no_third() -> None:
    it = Scene(incident(severity=1))
    assert it.calls() == [("phone", NOW)]
    assert it.deliver(NOW + 2) == [("call", NOW + 62)]
    assert it.out.calls[0].why == "phone took it, and nobody has acknowledged"
    assert it.deliver(NOW + 63) == []


def test_an_acknowledgement_in_that_minute_cancels_it() -> None:
    it = Scene(incident(severity=1))
    it.deliver(NOW + 2)
    second = it.out.calls[0].id
    it.incident = replace(it.incident, acknowledged_at=NOW + 30, acknowledged_by="lea")
    it.do(escalation.acknowledged, NOW + 30)
    assert [(change.id, change.state) for change in it.out.changes] == [(second, "cancelled")]


def test_a_second_kind_that_fails_is_followed_by_the_next_and_the_person_counts_as_reached() -> None:
    it = Scene(incident(severity=1))
    it.deliver(NOW + 2)
    for channel in ("tablet", "text", None):
        page = it.out.calls[0].id
        it.do(escalation.failed, NOW + 70, page=page, error="down")
        assert [call.channel for call in it.out.calls] == ([channel] if channel else [])
        assert not it.out.events


def test_where_the_first_failed_the_channel_that_took_it_decides_what_is_another_kind() -> None:
    it = Scene(incident(severity=1))
    it.do(escalation.failed, NOW + 1, page=it.out.calls[0].id, error="down")
    assert it.calls() == [("tablet", NOW + 1)]
    assert it.deliver(NOW + 2) == [("call", NOW + 62)]


def test_lower_severities_drills_one_kind_and_unknown_kinds_ring_once() -> None:
    for about, people in (
        (incident(severity=2), PEOPLE),
        (replace(incident(severity=1), drill=True), PEOPLE),
        (incident(severity=1), {"lea": replace(LEA, kinds=("ntfy", "ntfy", "ntfy", "ntfy")), "sam": SAM}),
        (incident(severity=1), {"lea": replace(LEA, kinds=()), "sam": SAM}),
    ):
        it = Scene(about, people)
        assert it.deliver(NOW + 2) == []
