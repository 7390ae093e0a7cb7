"""Who is on call when: turns by the wall clock through every change of it, overrides, shifts, gaps."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from amends.escalation import Recurring, Rota, Shift, Turns, days_of, duties, duty, gaps, wall
from amends.model import DAY, HOUR

ODD = ("Etc/", "posix/", "right/")
ZONES = sorted(zone for zone in available_timezones() if "/" in zone and not zone.startswith(ODD))
CHANGING = ("Europe/Paris", "America/New_York", "Australia/Lord_Howe", "America/Santiago", "Africa/Casablanca")


def at(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()


def week(*people: str, zone: str = "Europe/Paris", every: float = 7 * DAY, start: str = "2026-01-05T09:00") -> Rota:
    turns = Turns(people=people or ("lea", "sam"), every=every, start=datetime.fromisoformat(start), timezone=zone)
    return Rota(id="week", turns=turns)


def test_people_take_turns_and_hand_over_at_the_same_wall_time_in_summer_and_winter() -> None:
    rota = week()
    assert duty(rota, at("2026-01-05T08:59+01:00")).people == ()
    assert duty(rota, at("2026-01-05T09:00+01:00")).people == ("lea",)
    assert duty(rota, at("2026-01-12T08:59+01:00")).people == ("lea",)
    assert duty(rota, at("2026-01-12T09:00+01:00")).people == ("sam",)
    summer = duty(rota, at("2026-07-01T12:00+02:00"))
    assert (wall(summer.start, "Europe/Paris").hour, wall(summer.end, "Europe/Paris").hour) == (9, 9)
    assert summer.end - summer.start == 7 * DAY
    over_the_change = duty(rota, at("2026-03-28T12:00+01:00"))
    assert over_the_change.end - over_the_change.start == 7 * DAY - HOUR


def test_the_last_override_that_holds_wins_and_the_turns_go_on_beneath() -> None:
    first = Shift(at("2026-01-06T00:00Z"), at("2026-01-08T00:00Z"), "kim")
    second = Shift(at("2026-01-07T00:00Z"), at("2026-01-07T12:00Z"), "olga")
    rota = Rota(id="week", turns=week().turns, overrides=(first, second))
    assert duty(rota, at("2026-01-05T23:59:59Z")).people == ("lea",)
    assert duty(rota, at("2026-01-06T00:00Z")).people == ("kim",)
    assert duty(rota, at("2026-01-07T00:00Z")).people == ("olga",)
    assert duty(rota, at("2026-01-07T12:00Z")).people == ("kim",)
    assert duty(rota, at("2026-01-08T00:00Z")).people == ("lea",)
    assert duty(rota, at("2026-01-12T09:00+01:00")).people == ("sam",)
    assert [piece.people for piece in duties(rota, at("2026-01-05T12:00Z"), at("2026-01-13T00:00Z"))] == [
        ("lea",), ("kim",), ("olga",), ("kim",), ("lea",), ("sam",),
    ]  # fmt: skip


def test_two_shifts_at_once_call_both_and_between_shifts_is_a_gap() -> None:
    rota = Rota(id="night", shifts=(Shift(0, 100, "lea"), Shift(50, 150, "sam"), Shift(200, 300, "lea")))
    assert duty(rota, 60).people == ("lea", "sam")
    assert [(piece.start, piece.end) for piece in gaps(rota, 0, 400)] == [(150, 200), (300, 400)]
    assert duty(rota, 1_000).end == float("inf")
    assert rota.everyone == ("lea", "sam")


def test_a_rota_of_nothing_is_one_gap() -> None:
    assert [(piece.start, piece.end) for piece in gaps(Rota(id="x"), 0, 9)] == [(0, 9)]
    assert list(duties(Rota(id="x"), 5, 5)) == []


def shifts_are_whole(rota: Rota, start: float, end: float) -> None:
    """Every moment has one person; each handover is where the wall clock says, or at the change that skipped it."""
    turns = rota.turns
    assert turns is not None
    pieces, when = [], start
    while when < end:
        turn = turns.at(when)
        assert turn is not None
        assert turn.start <= when < turn.end
        pieces.append(turn)
        when = turn.end
    for before, after in itertools.pairwise(pieces):
        assert before.end == after.start
        shown = wall(after.start, turns.timezone)
        wanted = (shown - turns.start).total_seconds() % turns.every
        skipped = wall(after.start - 1, turns.timezone) < shown - timedelta(seconds=1)
        assert wanted == 0 or skipped, (shown, turns)


@given(
    zone=st.sampled_from(ZONES),
    day=st.integers(0, 15_000),
    hour=st.integers(0, 23),
    minute=st.sampled_from([0, 30, 59]),
    every=st.sampled_from([HOUR, 8 * HOUR, 12 * HOUR, DAY, 7 * DAY, 36 * HOUR]),
)
@settings(deadline=None, max_examples=200)
def test_turns_leave_neither_gap_nor_overlap_in_any_zone(
    zone: str, day: int, hour: int, minute: int, every: float
) -> None:
    start = datetime(1990, 1, 1, hour, minute, tzinfo=UTC).replace(tzinfo=None) + timedelta(days=day)
    rota = Rota(id="r", turns=Turns(people=("a", "b", "c"), every=every, start=start, timezone=zone))
    begin = start.replace(tzinfo=ZoneInfo(zone)).timestamp() + DAY
    shifts_are_whole(rota, begin, begin + min(40 * every, 120 * DAY))


@pytest.mark.parametrize("zone", CHANGING)
def test_turns_are_whole_through_every_change_of_a_decade(zone: str) -> None:
    for start in ("2020-01-01T02:30", "2020-01-01T02:00", "2020-01-01T00:00"):
        rota = week("a", "b", zone=zone, every=DAY, start=start)
        shifts_are_whole(rota, at("2020-01-03T00:00Z"), at("2030-01-01T00:00Z"))


def test_days_that_a_zone_skipped_whole_are_stepped_over() -> None:
    rota = week("a", "b", zone="Pacific/Apia", every=8 * HOUR, start="2011-12-28T00:00")
    shifts_are_whole(rota, at("2011-12-28T12:00Z"), at("2012-01-03T00:00Z"))


@given(
    shifts=st.lists(
        st.tuples(st.integers(0, 200), st.integers(1, 60), st.sampled_from("abc")).map(
            lambda one: Shift(one[0], one[0] + one[1], one[2])
        ),
        max_size=8,
    ),
    overrides=st.lists(
        st.tuples(st.integers(0, 200), st.integers(1, 60), st.sampled_from("de")).map(
            lambda one: Shift(one[0], one[0] + one[1], one[2])
        ),
        max_size=3,
    ),
)
def test_duties_cover_a_span_exactly_and_agree_with_each_moment(shifts: list[Shift], overrides: list[Shift]) -> None:
    rota = Rota(id="r", shifts=tuple(sorted(shifts, key=lambda one: one.start)), overrides=tuple(overrides))
    pieces = list(duties(rota, 0, 300))
    assert pieces[0].start == 0
    assert pieces[-1].end == 300
    assert all(one.end == two.start and one.people != two.people for one, two in itertools.pairwise(pieces))
    for moment in range(300):
        held = next(one for one in pieces if one.start <= moment < one.end)
        assert set(held.people) == set(duty(rota, moment).people)


# --- moments that come again ---


def days(recurring: Recurring, start: str, zone: str, count: int) -> list[str]:
    when, found = at(start), []
    for number in range(count):
        when = recurring.first(when, zone) if number == 0 else recurring.following(when, zone)
        found.append(f"{wall(when, zone):%a %Y-%m-%d %H:%M}")
    return found


def test_a_weekly_moment_keeps_its_wall_time_through_the_change() -> None:
    assert days(Recurring(7, 9 * 60, 0), "2026-03-23T08:00Z", "Europe/Paris", 3) == [
        "Mon 2026-03-30 09:00", "Mon 2026-04-06 09:00", "Mon 2026-04-13 09:00",
    ]  # fmt: skip


def test_every_thirty_days_on_a_tuesday_is_the_first_tuesday_from_then() -> None:
    assert days(Recurring(30, 10 * 60, 1), "2026-11-26T00:00Z", "Europe/Paris", 3) == [
        "Tue 2026-12-01 10:00", "Tue 2027-01-05 10:00", "Tue 2027-02-09 10:00",
    ]  # fmt: skip


def test_a_moment_of_no_weekday_comes_at_its_hour() -> None:
    assert days(Recurring(days_of(2 * DAY), 30, None), "2026-11-26T00:00Z", "UTC", 2) == [
        "Thu 2026-11-26 00:30", "Sat 2026-11-28 00:30",
    ]  # fmt: skip
