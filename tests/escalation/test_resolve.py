"""Rotas in the place of people, gaps that are never silent, and severity 1 that never reaches one person alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from amends.escalation import Policy, QuietHours, Rota, Shift, Staff, Step, Turns, resolve, roster, second
from amends.model import DAY
from support.ladder import KIM, LEA, SAM, T0, Town, told

WEEK = Rota(
    id="week",
    turns=Turns(people=("lea", "kim"), every=7 * DAY, start=datetime(2026, 1, 5, 9), timezone="UTC"),  # noqa: DTZ001 - a wall time
)
EMPTY = Rota(id="night")
HELD = Rota(id="held", fallback="sam")


def staff(*rotas: Rota, **teams: str) -> Staff:
    people = {person.id: replace(person, team=teams.get(person.id, "")) for person in (LEA, SAM, KIM)}
    return Staff(people=people, rotas={rota.id: rota for rota in rotas})


def test_a_rota_becomes_the_person_on_call_at_that_moment() -> None:
    policy = Policy(steps=(Step(("week", "sam")),), inform=("week",), operators=("week",))
    now = resolve(policy, staff(WEEK), T0, 2)
    assert now.steps[0].page == ("lea", "sam")
    assert (now.inform, now.operators, now.steps[0].notes) == (("lea",), ("lea",), ())
    assert resolve(policy, staff(WEEK), T0 + 7 * DAY, 2).steps[0].page == ("kim", "sam")


def test_a_gap_calls_the_fallback_and_says_so() -> None:
    (step,) = resolve(Policy(steps=(Step(("held",)),)), staff(HELD), T0, 2).steps
    assert step.page == ("sam",)
    assert step.notes[0].why == "fallback"
    assert step.notes[0].text == "nobody is on call in the rota held: its fallback Sam is called"


def test_a_gap_without_a_fallback_calls_everyone_in_the_policy_and_never_nobody() -> None:
    policy = Policy(steps=(Step(("night",)), Step(("week",), 600)), operators=("sam",))
    first, _ = resolve(policy, staff(EMPTY, WEEK), T0, 2).steps
    assert set(first.page) == {"lea", "kim", "sam"}
    assert first.notes[0].why == "everyone"
    only = Policy(steps=(Step(("night",)),), operators=("night",), inform=("night",))
    now = resolve(only, staff(EMPTY), T0, 2)
    assert set(now.steps[0].page) == set(now.operators) == {"lea", "sam", "kim"}
    assert now.inform == ()


def test_who_is_gone_from_the_configuration_leaves_a_gap() -> None:
    rota = Rota(id="held", shifts=(Shift(T0 - 1, T0 + 1, "ghost"),), fallback="sam")
    assert resolve(Policy(steps=(Step(("held",)),)), staff(rota), T0, 2).steps[0].page == ("sam",)


@pytest.mark.parametrize(
    ("called", "teams", "operators", "added"),
    [
        (("lea",), {"lea": "social", "sam": "legal"}, (), "sam"),
        (("lea",), {}, (), "sam"),
        (("lea",), {}, ("kim",), "kim"),
        (("lea",), {"lea": "social", "kim": "social", "sam": "legal"}, ("kim",), "sam"),
        (("lea", "kim"), {"lea": "social", "kim": "social", "sam": "legal"}, (), "sam"),
        (("lea", "kim"), {"lea": "social", "kim": "social", "sam": "social"}, (), None),
        (("lea", "kim"), {}, (), None),
        (("lea", "sam"), {"lea": "social", "sam": "legal"}, (), None),
        (("lea", "sam", "kim"), {}, (), None),
        (("ghost", "lea"), {"lea": "social", "sam": "legal"}, (), "sam"),
    ],
)
def test_severity_1_reaches_two_people_of_two_teams(
    called: tuple[str, ...], teams: dict[str, str], operators: tuple[str, ...], added: str | None
) -> None:
    policy = Policy(steps=(Step(called),), operators=operators)
    assert second(called, policy, staff(**teams), T0) == added
    steps = resolve(policy, staff(**teams), T0, 1).steps
    assert steps[0].page == (called if added is None else (*called, added))
    assert resolve(policy, staff(**teams), T0, 2).steps[0].page == called
    assert resolve(replace(policy, alone=True), staff(**teams), T0, 1).steps[0].page == called


def test_nobody_else_is_invented() -> None:
    alone = Staff(people={"lea": LEA, "dumb": replace(SAM, id="dumb", channels=())}, rotas={})
    assert resolve(Policy(steps=(Step(("lea",)),)), alone, T0, 1).steps[0].page == ("lea",)


def test_the_ladder_writes_down_why_somebody_else_is_called_and_tells_the_person() -> None:
    policy = Policy(steps=(Step(("held",)), Step(("lea",), 600)))
    town = Town(policy=resolve(policy, staff(HELD), T0, 2))
    (call,) = town.open()
    assert (call.person, call.note and call.note.why) == ("sam", "fallback")
    assert town.events == [("unreachable", "nobody is on call in the rota held: its fallback Sam is called")]


def test_at_severity_1_a_second_person_hears_of_an_acknowledgement_before_the_next_step() -> None:
    town = Town()
    town.open(severity=1)
    town.deliver(*town.in_state("queued"))
    assert told(town.acknowledge("lea")) == [("sam", "hook", "notice", "acknowledged")]
    alone = Town(policy=Policy(steps=(Step(("lea",)), Step(("sam",), 600)), alone=True))
    alone.open(severity=1)
    alone.deliver(*alone.in_state("queued"))
    assert alone.acknowledge("lea") == []
    minor = Town()
    minor.open(severity=2)
    minor.deliver(*minor.in_state("queued"))
    assert minor.acknowledge("lea") == []


def test_a_roster_says_who_would_be_paged_when_and_who_sleeps_until_when() -> None:
    people = staff(WEEK, HELD)
    asleep = replace(people.people["lea"], quiet=QuietHours.parse("22:00-07:00"), timezone="UTC")
    people = replace(people, people={**people.people, "lea": asleep})
    night = T0 + 11 * 3600  # 23:00
    policy = Policy(steps=(Step(("week",)), Step(("held",), 600)), inform=("kim",), operators=("sam",))
    found = roster(policy, people, night, 2)
    first, then = found.rungs
    assert (first.would[0].person, first.would[0].rotas, first.would[0].held_until) == (
        "lea",
        ("week",),
        T0 + 19 * 3600,
    )
    assert (then.number, then.at, then.would[0].note and then.would[0].note.why) == (2, night + 600, "fallback")
    assert (found.people, found.inform, found.operators) == (("lea", "sam"), ("kim",), ("sam",))
    assert roster(policy, people, night, 1).rungs[0].would[0].held_until is None


def test_a_plan_made_by_a_clock_that_was_years_ahead_is_brought_back() -> None:
    town = Town()
    town.now += 3_000 * DAY
    town.open()
    town.now = T0
    assert town.later(1) == []
    assert town.wake == T0 + 601
    assert told(town.later(600)) == [("sam", "hook", "page", "unacknowledged")]


def test_the_next_channel_of_a_fallback_says_why_as_well() -> None:
    two_ways = replace(SAM, channels=("hook", "mail"))
    people = {person.id: person for person in (LEA, two_ways, KIM)}
    policy = Policy(steps=(Step(("held",)), Step(("lea",), 600)))
    town = Town(policy=resolve(policy, Staff(people=people, rotas={"held": HELD}), T0, 2), people=people)
    (first,) = town.open()
    (then,) = town.fail(first)
    assert (then.channel, then.note and then.note.why) == ("mail", "fallback")
