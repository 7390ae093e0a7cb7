"""The table of an incident's life, step by step and in any order."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amends.incidents import TRANSITIONS, Trigger, open_incident, refresh, step
from amends.incidents.machine import EVENTS, OWN
from amends.model import Coverage, Incident, Kind, Severity, Stage, StaleError

T0 = 1_767_571_200.0


def fresh(kind: Kind = Kind.TONE, severity: Severity = 2) -> Incident:
    incident, _ = open_incident(
        id="inc_1", brand="acme", kind=kind, severity=severity, now=T0, since=T0 - 600, title="t", why="it is loud"
    )
    return incident


def take(incident: Incident, *triggers: Trigger, by: str = "amends", **changes: Any) -> Incident:
    for trigger in triggers:
        own = {OWN[trigger]: changes[OWN[trigger]]} if trigger in OWN else {}
        incident, _ = step(incident, trigger, now=incident.updated_at + 1, by=by, why="because", **own)
    return incident


RECOVERING = take(fresh(), Trigger.CALM)
RESOLVED = take(RECOVERING, Trigger.RECOVERED)
IN_STATE = {Stage.OPEN: fresh(), Stage.RECOVERING: RECOVERING, Stage.RESOLVED: RESOLVED}
NEWS: dict[Trigger, dict[str, Any]] = {
    Trigger.RAISE: {"severity": 1},
    Trigger.SNOOZE: {"snoozed_until": T0 + 9_999},
    Trigger.FEEDBACK: {"feedback": "real"},
}


def test_an_incident_opens_with_revision_one_and_its_event() -> None:
    incident, event = open_incident(
        id="inc_1",
        brand="acme",
        kind=Kind.WATCH,
        severity=1,
        now=T0,
        since=T0,
        title="x" * 200,
        why="a watched word",
        reasons=("recall",),
        observed=3.0,
        drill=True,
        data={"word": "recall"},
    )
    assert (incident.state, incident.revision, incident.why, incident.observed) == (Stage.OPEN, 1, ("recall",), 3.0)
    assert incident.drill
    assert len(incident.title) == 110
    assert (event.seq, event.event, event.by, event.why, event.data) == (
        1,
        "opened",
        "amends",
        "a watched word",
        {"word": "recall"},
    )


def test_opening_refuses_fields_that_only_steps_may_set() -> None:
    with pytest.raises(ValueError, match="may not set revision"):
        open_incident(id="i", brand="b", kind=Kind.TONE, severity=2, now=T0, since=T0, title="t", why="w", revision=7)


@pytest.mark.parametrize(("stage", "trigger"), list(product(Stage, Trigger)), ids=lambda one: one.value)
def test_every_pair_either_follows_the_table_or_comes_too_late(stage: Stage, trigger: Trigger) -> None:
    incident = IN_STATE[stage]
    legal = (stage, trigger) in TRANSITIONS and not (stage is Stage.OPEN and trigger is Trigger.RECOVERED)
    if not legal:
        with pytest.raises(StaleError, match="inc_1"):
            step(incident, trigger, now=T0 + 60, by="lea", why="w", **NEWS.get(trigger, {}))
        return
    after, event = step(incident, trigger, now=T0 + 60, by="lea", why="w", **NEWS.get(trigger, {}))
    assert after.state is TRANSITIONS[stage, trigger]
    if event is None:
        assert after == incident
    else:
        assert event.event == EVENTS[trigger]
        assert (event.seq, event.at, event.by, event.why) == (after.revision, T0 + 60, "lea", "w")
        assert after.revision == incident.revision + 1
        assert after.updated_at == T0 + 60


@pytest.mark.parametrize("kind", [Kind.WATCH, Kind.DELETED, Kind.DRILL])
def test_a_kind_without_tone_ends_at_once_and_never_recovers(kind: Kind) -> None:
    assert take(fresh(kind), Trigger.RECOVERED).state is Stage.RESOLVED
    for trigger in (Trigger.CALM, Trigger.RELAPSE):
        with pytest.raises(StaleError, match="no tone"):
            take(fresh(kind), trigger)


def test_blindness_may_clear_slowly_or_at_once() -> None:
    assert take(fresh(Kind.BLIND), Trigger.CALM, Trigger.RELAPSE).state is Stage.OPEN
    assert take(fresh(Kind.BLIND), Trigger.RECOVERED).state is Stage.RESOLVED


def test_tone_recovers_before_it_ends() -> None:
    with pytest.raises(StaleError, match="must be calm"):
        take(fresh(), Trigger.RECOVERED)


def test_a_second_acknowledgement_changes_nothing() -> None:
    once, event = step(fresh(), Trigger.ACKNOWLEDGE, now=T0 + 5, by="lea", why="w")
    assert event is not None
    assert (once.acknowledged_by, once.acknowledged_at, once.state) == ("lea", T0 + 5, Stage.OPEN)
    assert step(once, Trigger.ACKNOWLEDGE, now=T0 + 9, by="sam", why="w") == (once, None)


def test_acknowledge_and_resolve_end_the_same_whichever_comes_first() -> None:
    one = take(take(fresh(), Trigger.ACKNOWLEDGE, by="lea"), Trigger.RESOLVE, by="sam")
    other = take(take(fresh(), Trigger.RESOLVE, by="sam"), Trigger.ACKNOWLEDGE, by="lea")
    facts = [(it.state, it.acknowledged_by, it.revision, it.resolved_at is not None) for it in (one, other)]
    assert facts[0] == facts[1] == (Stage.RESOLVED, "lea", 3, True)


def test_a_raise_asks_anew_and_a_story_leaves_the_acknowledgement() -> None:
    held = take(fresh(), Trigger.ACKNOWLEDGE, by="lea")
    raised, event = step(held, Trigger.RAISE, now=T0 + 9, by="amends", why="worse", severity=1, observed=80.0)
    assert event is not None
    assert (raised.severity, raised.acknowledged_by, raised.observed) == (1, None, 80.0)
    assert take(held, Trigger.STORY).acknowledged_by == "lea"


@pytest.mark.parametrize("severity", [2, 3])
def test_a_raise_that_is_none_says_nothing_new(severity: Severity) -> None:
    incident = fresh(severity=2)
    assert step(incident, Trigger.RAISE, now=T0 + 1, by="amends", why="w", severity=severity) == (incident, None)


@pytest.mark.parametrize("trigger", [Trigger.RAISE, Trigger.STORY])
def test_what_makes_it_worse_opens_a_recovering_incident_again(trigger: Trigger) -> None:
    assert take(RECOVERING, trigger, severity=1).state is Stage.OPEN


def test_reopening_clears_what_belonged_to_the_end() -> None:
    ended = take(take(fresh(), Trigger.ACKNOWLEDGE, by="lea"), Trigger.RESOLVE, by="lea")
    assert ended.resolved_by == "lea"
    again = take(ended, Trigger.REOPEN, by="sam")
    assert again.state is Stage.OPEN
    assert (again.resolved_at, again.resolved_by, again.acknowledged_at, again.acknowledged_by) == (None,) * 4
    assert take(again, Trigger.REOPEN) == again


def test_a_snooze_is_set_once_and_ended_by_a_time_that_is_past() -> None:
    snoozed, event = step(fresh(), Trigger.SNOOZE, now=T0, by="lea", why="w", snoozed_until=T0 + 3600)
    assert event is not None
    assert snoozed.snoozed_until == T0 + 3600
    assert step(snoozed, Trigger.SNOOZE, now=T0 + 1, by="lea", why="w", snoozed_until=T0 + 3600)[1] is None
    woken, _ = step(snoozed, Trigger.SNOOZE, now=T0 + 60, by="lea", why="w", snoozed_until=T0)
    assert woken.snoozed_until is None


def test_feedback_may_come_late_and_be_taken_back() -> None:
    judged, _ = step(RESOLVED, Trigger.FEEDBACK, now=T0 + 90, by="lea", why="w", feedback="noise")
    assert judged.feedback == "noise"
    assert step(judged, Trigger.FEEDBACK, now=T0 + 91, by="lea", why="w", feedback="noise")[1] is None
    back, _ = step(judged, Trigger.FEEDBACK, now=T0 + 92, by="lea", why="w", feedback=None)
    assert back.feedback is None


def test_a_step_says_what_it_needs_and_what_it_may_not_touch() -> None:
    with pytest.raises(ValueError, match="needs severity"):
        step(fresh(), Trigger.RAISE, now=T0, by="amends", why="w")
    with pytest.raises(ValueError, match="may not set state"):
        step(fresh(), Trigger.STORY, now=T0, by="amends", why="w", state=Stage.RESOLVED)


def test_a_step_may_bring_newer_reasons_and_numbers() -> None:
    after, event = step(
        fresh(), Trigger.STORY, now=T0 + 1, by="amends", why="w", reasons=("a", "b"), observed=9.0, data={"n": 1}
    )
    assert (after.why, after.observed) == (("a", "b"), 9.0)
    assert event is not None
    assert event.data == {"n": 1}


def test_a_refresh_makes_no_revision_and_touches_the_description_alone() -> None:
    incident = fresh()
    newer = refresh(incident, now=T0 + 30, observed=42.0, coverage=Coverage(on_time=1, of=2))
    assert (newer.observed, newer.revision, newer.updated_at) == (42.0, 1, T0 + 30)
    assert refresh(newer, now=T0 + 60, observed=42.0) is newer
    with pytest.raises(ValueError, match="may not set acknowledged_by"):
        refresh(incident, now=T0, acknowledged_by="lea")


@given(
    kind=st.sampled_from(Kind),
    moves=st.lists(
        st.tuples(
            st.sampled_from(Trigger),
            st.sampled_from([1, 2, 3]),
            st.sampled_from(["real", "noise", None]),
            st.sampled_from([None, 0.0, 50.0, 5_000.0]),
            st.sampled_from(["lea", "sam", "amends"]),
        ),
        max_size=40,
    ),
)
def test_no_sequence_of_steps_leaves_the_table_or_a_gap(kind: Kind, moves: list[Any]) -> None:
    incident, event = open_incident(id="i", brand="b", kind=kind, severity=3, now=T0, since=T0, title="t", why="w")
    history = [event]
    for at, (trigger, severity, verdict, later, by) in enumerate(moves, start=1):
        now = T0 + at
        own: dict[str, Any] = {
            Trigger.RAISE: {"severity": severity},
            Trigger.FEEDBACK: {"feedback": verdict},
            Trigger.SNOOZE: {"snoozed_until": None if later is None else T0 + later},
        }.get(trigger, {})
        before = incident
        try:
            incident, said = step(before, trigger, now=now, by=by, why="w", **own)
        except StaleError:
            continue
        assert incident.severity <= before.severity
        assert (incident.resolved_at is not None) == (incident.state is Stage.RESOLVED)
        assert (incident.acknowledged_at is None) == (incident.acknowledged_by is None)
        if said is None:
            assert incident == before
            assert step(before, trigger, now=now, by=by, why="w", **own)[1] is None
        else:
            assert incident.state is TRANSITIONS[before.state, trigger]
            history.append(said)
    assert [event.seq for event in history] == list(range(1, incident.revision + 1))
