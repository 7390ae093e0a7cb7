"""Quiet hours on a person's wall clock, through every change of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from amends.escalation import Person, QuietHours, quiet_until
from amends.model import DAY, InputError

PARIS = "Europe/Paris"
ODD = ("Etc/", "posix/", "right/")
ZONES = sorted(zone for zone in available_timezones() if "/" in zone and not zone.startswith(ODD))


def person(window: str, zone: str = PARIS) -> Person:
    return Person(id="lea", name="Léa", timezone=zone, quiet=QuietHours.parse(window))


def instant(text: str) -> float:
    return datetime.fromisoformat(text).timestamp()


def ends(window: str, at: str, zone: str = PARIS) -> str | None:
    until = quiet_until(person(window, zone), instant(at))
    return None if until is None else datetime.fromtimestamp(until, UTC).strftime("%d %H:%M")


def test_a_window_across_midnight_holds_on_both_sides_of_it() -> None:
    assert ends("22:00-07:00", "2026-01-05T21:59:59+01:00") is None
    assert ends("22:00-07:00", "2026-01-05T22:00:00+01:00") == "06 06:00"
    assert ends("22:00-07:00", "2026-01-06T03:00:00+01:00") == "06 06:00"
    assert ends("22:00-07:00", "2026-01-06T07:00:00+01:00") is None


def test_a_window_within_a_day_holds_on_that_day() -> None:
    assert ends("12:00-13:30", "2026-01-05T12:00:00+01:00") == "05 12:30"
    assert ends("12:00-13:30", "2026-01-05T13:30:00+01:00") is None


def test_the_night_the_clock_goes_forward_is_an_hour_shorter() -> None:
    assert ends("22:00-07:00", "2026-03-28T22:00:00+01:00") == "29 05:00"


def test_the_night_the_clock_goes_back_is_an_hour_longer() -> None:
    assert ends("22:00-07:00", "2026-10-24T22:00:00+02:00") == "25 06:00"


def test_an_hour_that_happens_twice_is_quiet_both_times() -> None:
    for at in ("2026-10-25T02:10:00+02:00", "2026-10-25T02:10:00+01:00"):
        assert ends("01:00-02:30", at) == "25 01:30"
        assert ends("02:05-04:00", at) == "25 03:00"


def test_an_end_that_never_happens_is_the_change_itself() -> None:
    assert ends("22:00-02:30", "2026-03-29T01:30:00+01:00") == "29 01:00"
    assert ends("22:00-02:30", "2026-03-29T03:00:00+02:00") is None
    assert ends("02:30-04:00", "2026-03-29T03:10:00+02:00") == "29 02:00"


def test_half_an_hour_of_change_is_followed_too() -> None:
    assert ends("01:00-02:15", "2026-10-04T01:30:00+10:30", "Australia/Lord_Howe") == "03 15:30"


def test_a_day_that_an_island_skipped_makes_no_gap() -> None:
    before = instant("2011-12-29T23:00:00-10:00")
    until = quiet_until(person("22:00-07:00", "Pacific/Apia"), before)
    assert until is not None
    assert until >= instant("2011-12-31T00:00:00+14:00")


def test_without_quiet_hours_nothing_is_quiet() -> None:
    assert quiet_until(Person(id="s", name="S"), 0.0) is None


@pytest.mark.parametrize("text", ["", "22-7", "22:00", "25:00-07:00", "22:00-22:00", "22:00 - 07:00", "22:00-07:60"])
def test_anything_else_is_refused_in_words(text: str) -> None:
    with pytest.raises(InputError, match="quiet hours"):
        QuietHours.parse(text)


@settings(max_examples=400, deadline=None)
@given(
    zone=st.sampled_from(ZONES),
    start=st.integers(0, 1439),
    length=st.integers(1, 1438),
    at=st.integers(946_684_800, 2_082_758_400),
)
def test_in_every_zone_a_window_holds_by_the_wall_clock(zone: str, start: int, length: int, at: int) -> None:
    window = QuietHours(start, (start + length) % 1440)
    someone = Person(id="p", name="P", timezone=zone, quiet=window)
    until = quiet_until(someone, at)
    local = datetime.fromtimestamp(at, ZoneInfo(zone))
    minute = local.hour * 60 + local.minute
    around = [local.astimezone(UTC) + timedelta(days=days) for days in (-2, 2)]
    offsets = {moment.astimezone(ZoneInfo(zone)).utcoffset() for moment in around}
    if len(offsets) == 1:  # no change of the clock is near: the wall clock decides
        assert (until is not None) == ((minute - start) % 1440 < length)
    if until is not None:
        assert at < until <= at + 2 * DAY
        again = quiet_until(someone, until)
        assert again is None or again > until
        assert quiet_until(someone, until - 1) == until
