"""Durations, sizes, rates, hours and zones."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amends.config.units import Hours, Rate, duration, hours, rate, size, spell, words, zone


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("30s", 30), ("5m", 300), ("2h", 7200), ("30d", 2_592_000), ("1h30m", 5400), ("1w", 604_800), ("1y", 31_536_000),
     ("250ms", 0.25), ("0s", 0), ("0", 0), (0, 0), (" 5m ", 300), ("1d2h3m4s5ms", 93_784.005)],
)  # fmt: skip
def test_a_duration_is_written_as_prometheus_has_it(text: object, seconds: float) -> None:
    assert duration(text) == pytest.approx(seconds)


@pytest.mark.parametrize("text", ["", "s", "5", 5, 5.5, "5 m", "5m1h", "-5m", "1.5h", "five", None, True, [], "5M"])
def test_what_is_no_duration_is_told_how_to_write_one(text: object) -> None:
    with pytest.raises(ValueError, match=r"is no duration; write"):
        duration(text)


def test_a_bare_number_is_told_its_units() -> None:
    with pytest.raises(ValueError, match=r"write 10s, 10m, 10h or 10d"):
        duration(10)


@given(st.integers(0, 10**10))
def test_a_spelled_duration_reads_back_as_itself(milliseconds: int) -> None:
    assert duration(spell(milliseconds / 1000)) == pytest.approx(milliseconds / 1000, abs=1e-9)


@pytest.mark.parametrize(
    ("text", "found"), [("8MiB", 8 * 2**20), ("500kB", 500_000), ("1 GiB", 2**30), (1024, 1024), ("7B", 7), ("7", 7)]
)
def test_a_size_has_a_unit_or_is_bytes(text: object, found: int) -> None:
    assert size(text) == found


@pytest.mark.parametrize("text", ["8 parsecs", "", "MiB", True, None, -5, 1.5])
def test_what_is_no_size_is_told_how_to_write_one(text: object) -> None:
    with pytest.raises(ValueError, match=r"is no size; write it like 8MiB"):
        size(text)


def test_a_rate_is_a_number_a_day() -> None:
    assert rate("1 per 30d").per_day == pytest.approx(1 / 30)
    assert rate("30 per 1h") == Rate(30, 3600)
    assert rate("0.5 per 1d").per_day == pytest.approx(0.5)
    assert rate(Rate(1, 60)) == Rate(1, 60)
    assert str(rate("30  per 1h")) == "30 per 1h"


@pytest.mark.parametrize("text", ["1", "1 per", "per 30d", "once per 30d", "1/30d", 1, None, "1 per month"])
def test_what_is_no_rate_is_told_how_to_write_one(text: object) -> None:
    with pytest.raises(ValueError, match=r"is no (rate|duration); write"):
        rate(text)


@pytest.mark.parametrize("text", ["0 per 30d", "1 per 0s"])
def test_a_rate_of_nothing_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="above zero"):
        rate(text)


def test_quiet_hours_may_run_across_midnight() -> None:
    assert hours("22:00-07:00") == Hours(1320, 420)
    assert str(hours(" 9:05 - 17:30 ")) == "09:05-17:30"
    assert hours(Hours(1, 2)) == Hours(1, 2)


@pytest.mark.parametrize("text", ["22:00", "22:00-24:00", "22-07", "22:00-07:00-08:00", "", 22, None, "22:60-07:00"])
def test_what_is_no_span_of_hours_is_told_how_to_write_one(text: object) -> None:
    with pytest.raises(ValueError, match="is no span of hours"):
        hours(text)


def test_quiet_hours_that_last_no_time_are_refused() -> None:
    with pytest.raises(ValueError, match="begins when it ends"):
        hours("07:00-07:00")


@pytest.mark.parametrize("name", ["Europe/Paris", "UTC", "Australia/Lord_Howe"])
def test_an_iana_zone_is_taken(name: str) -> None:
    assert zone(name) == name


@pytest.mark.parametrize(
    ("name", "hint"),
    [("paris", "did you mean 'Europe/Paris'"), ("Europe/Pariss", "did you mean 'Europe/Paris'"),
     ("../../etc/passwd", "take an IANA name"), ("", "take an IANA name"), ("CEST+2", "is no time zone")],
)  # fmt: skip
def test_another_zone_is_told_the_nearest(name: str, hint: str) -> None:
    with pytest.raises(ValueError, match=hint):
        zone(name)


def test_words_must_say_something() -> None:
    assert words("  Crème  ") == "Crème"
    for text, lack in (("", "is empty"), ("   ", "is empty"), ("!!!", "no letter"), ("\u200b", "no letter")):
        with pytest.raises(ValueError, match=lack):
            words(text)
