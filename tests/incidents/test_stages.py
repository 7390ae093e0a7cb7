"""The clocks of an incident: when each stops, and how it stands against its target."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from amends.incidents import clocks
from amends.model import Coverage, Incident, IncidentEvent, Kind, Stage

AT = 1_767_571_200.0


def incident(**changes: Any) -> Incident:
    given: dict[str, Any] = {
        "id": "inc_1", "brand": "acme", "kind": Kind.TONE, "state": Stage.OPEN, "severity": 1, "title": "",
        "opened_at": AT, "since": AT - 200, "updated_at": AT,
    }  # fmt: skip
    return Incident(**(given | changes))


def event(name: Any, after: float, **data: Any) -> IncidentEvent:
    return IncidentEvent(incident="inc_1", seq=1, at=AT + after, event=name, by="lea", why="", data=data)


def states(one: Incident, *events: IncidentEvent, paged: float | None = None, now: float = 0.0) -> dict[str, str]:
    paged_at = None if paged is None else AT + paged
    return {clock.name: clock.state for clock in clocks(one, events, paged_at, AT + now)}


def test_all_run_at_first_and_detection_is_over() -> None:
    assert states(incident()) == {
        "detect": "met", "page": "running", "acknowledge": "running", "holding": "running", "full": "running",
        "recovery": "running",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("severity", "minutes", "state"),
    [(1, 30, "met"), (1, 31, "missed"), (2, 31, "met"), (2, 61, "missed"), (3, 600, "done")],
)
def test_the_first_line_has_a_target_by_severity(severity: Any, minutes: float, state: str) -> None:
    said = event("responded", minutes * 60, kind="holding")
    assert states(incident(severity=severity), said)["holding"] == state


def test_a_full_statement_is_a_first_line_too_and_a_line_is_no_statement() -> None:
    found = states(incident(), event("responded", 60, kind="full"))
    assert (found["holding"], found["full"]) == ("met", "met")
    found = states(incident(), event("responded", 60, kind="holding"), now=5 * 3600)
    assert (found["holding"], found["full"]) == ("met", "late")


def test_the_first_of_several_counts() -> None:
    once, again = event("acknowledged", 60), event("acknowledged", 9_000)
    by_name = {clock.name: clock for clock in clocks(incident(), (once, again), None, AT + 10_000)}
    assert by_name["acknowledge"].seconds == 60


def test_what_is_polled_is_given_two_polls_to_be_detected() -> None:
    slow = incident(since=AT - 500)
    assert states(slow)["detect"] == "missed"
    assert states(replace(slow, coverage=Coverage(on_time=1, of=1)))["detect"] == "met"


def test_when_it_is_over_nothing_runs() -> None:
    over = incident(state=Stage.RESOLVED, resolved_at=AT + 3_000)
    found = states(over, now=99_999)
    assert found == {
        "detect": "met", "page": "missed", "acknowledge": "missed", "holding": "missed", "full": "none",
        "recovery": "done",
    }  # fmt: skip


def test_who_has_it_before_any_page_arrived_needed_none() -> None:
    assert states(incident(), event("acknowledged", 20), now=999)["page"] == "none"
    assert states(incident(), paged=20, now=999)["page"] == "met"
    assert states(incident(), paged=90, now=999)["page"] == "missed"
    assert states(incident(), now=999)["page"] == "late"


@pytest.mark.parametrize("kind", [Kind.BLIND])
def test_nobody_speaks_in_public_of_what_we_cannot_hear(kind: Kind) -> None:
    assert "holding" not in states(incident(kind=kind))


def test_nobody_is_blamed_for_the_past_in_which_a_drill_begins() -> None:
    assert states(incident(since=AT - 900))["detect"] == "missed"
    assert states(incident(since=AT - 900, kind=Kind.DRILL, drill=True))["detect"] == "done"
