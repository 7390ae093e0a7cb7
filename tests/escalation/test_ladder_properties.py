"""Whatever happens, in whatever order: what must hold of every ladder."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from amends import escalation
from amends.escalation import Person, Policy, QuietHours, Step, quiet_until
from amends.incidents import Trigger
from amends.model import Kind, Seconds, Stage
from support.ladder import PEOPLE, T0, Town

IDS = st.sampled_from(["lea", "sam", "kim", "ghost"])
STEPS = st.builds(
    Step,
    page=st.lists(IDS, min_size=1, max_size=3, unique=True).map(tuple),
    after=st.sampled_from([0.0, 30.0, 600.0]),
)
POLICIES = st.builds(
    Policy,
    steps=st.lists(STEPS, max_size=3).map(tuple),
    repeat=st.integers(0, 2),
    inform=st.lists(IDS, max_size=2, unique=True).map(tuple),
    operators=st.lists(IDS, max_size=1).map(tuple),
)
QUIET = st.sampled_from([None, QuietHours.parse("22:00-07:00"), QuietHours.parse("12:00-13:00")])
MOVES = st.one_of(
    st.tuples(st.just("later"), st.sampled_from([0.0, 1.0, 60.0, 600.0, 7_200.0, 50_000.0])),
    st.tuples(st.just("wake"), st.none()),
    st.tuples(st.sampled_from(["deliver", "fail", "defer"]), st.integers(0, 9)),
    st.tuples(st.sampled_from(["acknowledge", "unacknowledge", "resolve", "reopen"]), st.sampled_from(["lea", "sam"])),
    st.tuples(st.just("raise_to"), st.sampled_from([1, 2])),
    st.tuples(st.just("story"), st.none()),
    st.tuples(st.sampled_from(["snooze", "silence"]), st.sampled_from([60.0, 3_600.0])),
)


def people_with(quiet: list[QuietHours | None]) -> dict[str, Person]:
    return {
        person.id: replace(person, quiet=hours, timezone="Europe/Paris")
        for person, hours in zip(PEOPLE.values(), quiet, strict=True)
    }


def settle(town: Town, name: str, which: int) -> list[escalation.Call]:
    """Something becomes of a message that is, or was, under way."""
    rows = town.in_state("queued", "cancelled")
    if not rows:
        return []
    page = rows[which % len(rows)].id
    if name == "deliver":
        return town.do(escalation.delivered, page=page)
    if name == "fail":
        return town.do(escalation.failed, page=page, error="404")
    return town.do(escalation.deferred, page=page, until=town.now + 90, why="cap")


def move(town: Town, name: str, value: Any) -> list[escalation.Call]:
    """Make one move; what a resolved incident refuses is left out."""
    if name in {"deliver", "fail", "defer"}:
        return settle(town, name, value)
    if name == "wake":
        return town.at(max(town.now, town.wake)) if town.wake is not None else []
    if town.incident.state is Stage.RESOLVED and name in {"snooze", "story", "raise_to", "unacknowledge"}:
        return []
    result: list[escalation.Call]
    if name == "story":
        result = town.story()
    else:
        result = getattr(town, name)(town.now + value if name in {"snooze", "silence"} else value)
    return result


def muted(town: Town) -> bool:
    ends: list[Seconds] = [end for end in (town.silenced_until, town.incident.snoozed_until) if end]
    return any(end > town.now for end in ends)


@settings(max_examples=250, deadline=None)
@given(
    policy=POLICIES,
    quiet=st.lists(QUIET, min_size=3, max_size=3),
    severity=st.sampled_from([1, 2, 3]),
    kind=st.sampled_from([Kind.TONE, Kind.BLIND]),
    start=st.sampled_from([T0, T0 + 36_000]),
    moves=st.lists(MOVES, max_size=30),
)
def test_a_ladder_never_breaks_its_promises(
    policy: Policy, quiet: list[QuietHours | None], severity: Any, kind: Kind, start: Seconds, moves: list[Any]
) -> None:
    town = Town(policy=policy, people=people_with(quiet), now=start)
    calls = town.open(severity=severity, kind=kind)
    for name, value in [("later", 0.0), *moves]:
        held_before = town.incident.acknowledged_at is not None
        calls = move(town, name, value) if name != "later" or value else calls
        live = town.incident.state is not Stage.RESOLVED
        for call in calls:
            person = town.people[call.person]
            if call.kind == "page":
                assert live
                assert not muted(town), "no page while silenced"
                assert town.incident.acknowledged_at is None or call.reason == "story" or not held_before
            if town.incident.severity > 1 and call.state == "queued":
                assert quiet_until(person, town.now) is None, "quiet hours hold everything below severity 1"
            assert call.state == "queued" or call.due > town.now
            assert call.deadline is None or call.deadline > town.now or call.deadline == town.now
        unsent = {row.id for row in town.in_state("queued", "deferred")}
        known = {row.id for row in town.ledger.rows if row.state in {"queued", "deferred"}}
        assert unsent == known, "the ledger and the outbox agree on what is still to be told"
        for person_id in town.people:
            mine = [row for row in town.in_state("queued", "deferred") if row.person == person_id]
            assert len(mine) <= 1, "one unsent message a person: the newest truth"
        if not live:
            assert all(row.kind == "notice" for row in town.in_state("queued", "deferred"))
        if any(row.state == "deferred" for row in town.rows.values()):
            assert town.wake is not None
        assert all(row.why or row.state != "cancelled" for row in town.rows.values()), "a cancellation says why"
        assert len(town.ledger.rows) <= 32


@settings(max_examples=100, deadline=None)
@given(policy=POLICIES, severity=st.sampled_from([1, 2]), working=st.booleans())
def test_time_alone_brings_every_ladder_to_rest(policy: Policy, severity: Any, working: bool) -> None:  # noqa: FBT001 - drawn
    town = Town(policy=policy)
    calls = town.open(severity=severity)
    for _ in range(200):
        while calls:
            call, *calls = calls
            calls += town.deliver(call) if working else town.fail(call)
        if town.wake is None:
            break
        assert town.wake >= town.now
        calls = town.at(town.wake)
    assert town.wake is None
    assert not town.in_state("queued", "deferred")
    rounds = 1 + policy.repeat
    assert len(town.in_state("sent", "failed")) <= rounds * sum(2 * len(one.page) for one in policy.steps) + 4


@settings(max_examples=60, deadline=None)
@given(policy=POLICIES, moves=st.lists(MOVES, max_size=12))
def test_after_an_acknowledgement_only_news_wakes_anybody(policy: Policy, moves: list[Any]) -> None:
    town = Town(policy=policy)
    town.open()
    for name, value in moves:
        move(town, name, value)
    if town.incident.state is Stage.RESOLVED:
        town.reopen("lea")
    town.acknowledge("lea")
    assert not [row for row in town.in_state("queued", "deferred") if row.kind == "page" and row.reason != "story"]
    for _ in range(20):
        assert not [call for call in town.later(600) if call.kind == "page" and call.reason != "story"]
    assert town.step(Trigger.RESOLVE, "lea")
