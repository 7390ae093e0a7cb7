"""When to ask again, as arithmetic."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amends.model import DAY, HOUR, MINUTE
from amends.sources import policy
from amends.sources.headers import fresh_for, http_date, retry_after, returnable, weak
from amends.sources.policy import Habits, interval, lag, lag_samples, retry, skip

NOW = 1_767_600_000.0  # Monday, 2026-01-05T08:00:00Z
DATE = {"date": "Mon, 05 Jan 2026 08:00:00 GMT"}
shares = st.floats(min_value=0, max_value=1, exclude_max=True)


@pytest.mark.parametrize(
    ("habits", "seconds"),
    [
        (Habits(every=300.0), 300),
        (Habits(every=1.0), MINUTE),
        (Habits(every=1.0, local=True), 1),
        (Habits(every=300.0, tempo=0.25), 75),
        (Habits(every=120.0, tempo=0.25), MINUTE),
        (Habits(every=120.0, tempo=0.25, local=True), 30),
        (Habits(conditional=True), HOUR),
        (Habits(), DAY),
        (Habits(stated=True), HOUR),
        (Habits(stated=True, rate=100.0), 15 * MINUTE),
        (Habits(conditional=True, rate=100.0), HOUR),
        (Habits(search=True, rate=1.0), 30 * MINUTE),
        (Habits(local=True), 15 * MINUTE),
        (Habits(local=True, rate=60.0), MINUTE),
    ],
)
def test_intervals_follow_the_operator_then_the_server_then_the_news(habits: Habits, seconds: float) -> None:
    assert interval(habits) == seconds


@given(shares, st.floats(min_value=1, max_value=1e6))
def test_jitter_is_later_for_strangers_and_sooner_at_home(share: float, base: float) -> None:
    assert base <= policy.jittered(base, share, local=False) <= 1.1 * base
    assert 0.95 * base <= policy.jittered(base, share, local=True) <= base


@given(st.integers(1, 10_000), st.floats(0, 30 * DAY), shares, st.floats(60, DAY))
def test_errors_are_retried_ever_later_and_never_given_up(count: int, since: float, share: float, base: float) -> None:
    wait = retry(base, count, since, share, local=False)
    assert min(base, 5 * MINUTE) <= wait <= (DAY if since > 7 * DAY else 6 * HOUR)
    assert retry(base, count, since, share, local=True) <= 15 * MINUTE


def test_errors_double() -> None:
    waits = [retry(HOUR, count, 0, 0.999, local=False) for count in (1, 2, 3, 4, 9)]
    assert [round(wait / MINUTE) for wait in waits] == [5, 10, 20, 40, 360]


@pytest.mark.parametrize(
    ("every", "failing_for", "how", "longest"),
    [
        (5.0, 0.0, {"local": True}, 20.0),
        (HOUR, 0.0, {"local": True}, 15 * MINUTE),
        (MINUTE, 0.0, {"local": False}, 15 * MINUTE),
        (5 * MINUTE, 0.0, {"local": False}, 30 * MINUTE),
        (MINUTE, 0.0, {"local": False, "refused": True}, 6 * HOUR),
        (MINUTE, 1.1 * DAY, {"local": False}, 6 * HOUR),
        (MINUTE, 8 * DAY, {"local": False}, DAY),
    ],
)
def test_how_late_a_recovery_is_heard_follows_how_often_the_source_is_asked(
    every: float, failing_for: float, how: dict[str, bool], longest: float
) -> None:
    wait = retry(every, 40, failing_for, 0.999_999, **how)
    assert wait == pytest.approx(longest, rel=0.001)


def test_hours_and_days_to_be_left_alone() -> None:
    assert skip(NOW, frozenset(), frozenset()) == NOW
    assert skip(NOW, frozenset({8, 9}), frozenset()) == NOW + 2 * HOUR
    assert skip(NOW + 60, frozenset({8}), frozenset()) == NOW + HOUR
    assert skip(NOW, frozenset(), frozenset({0})) == NOW + 16 * HOUR
    assert skip(NOW, frozenset(range(24)), frozenset()) == NOW
    assert skip(NOW, frozenset(), frozenset(range(7))) == NOW


def test_the_rate_of_news_forgets_in_a_day() -> None:
    assert policy.rate(0.0, 24, DAY) == pytest.approx(0.5)
    assert policy.rate(10.0, 0, DAY) == pytest.approx(5.0)
    assert policy.rate(3.0, 5, 0) == 3.0


def test_the_usual_lag_is_what_three_polls_of_four_saw() -> None:
    assert lag([]) == MINUTE
    assert lag([10_000.0] * 3) == HOUR
    assert lag([100.0, 100.0, 100.0, 3000.0]) == 100.0
    assert lag_samples([1.0], [], NOW) == [1.0]
    assert lag_samples([], [NOW - 50, NOW - 100, NOW + 3], NOW) == [50.0]
    assert len(lag_samples([1.0] * 40, [NOW], NOW)) == 32


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"cache-control": "public, max-age=600"}, 600),
        ({"cache-control": "s-maxage=900, max-age=600"}, 600),
        ({"cache-control": "max-age=600", "age": "100"}, 500),
        ({"cache-control": "max-age=600", "expires": "Mon, 05 Jan 2026 20:00:00 GMT"}, 600),
        ({"cache-control": "no-cache, max-age=600"}, 0),
        ({"cache-control": "no-store"}, 0),
        ({"cache-control": "max-age=31536000"}, DAY),
        ({"cache-control": "max-age=soon"}, None),
        ({"expires": "Mon, 05 Jan 2026 08:10:00 GMT"}, 600),
        ({"expires": "0"}, None),
        ({"expires": "Thu, 01 Jan 1970 00:00:00 GMT"}, 0),
    ],
)
def test_freshness_is_read_as_the_standard_says(headers: dict[str, str], seconds: float | None) -> None:
    assert fresh_for({**DATE, **headers}, NOW + 99) == seconds


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120), ("0", 0), ("99999999999999", 31 * DAY), ("", None), ("soon", None), ("-5", None),
        ("Mon, 05 Jan 2026 09:00:00 GMT", 3600), ("Mon, 05 Jan 2026 07:00:00 GMT", 0),
    ],
)  # fmt: skip
def test_retry_after_is_seconds_or_a_date_of_the_servers_own_clock(value: str, seconds: float | None) -> None:
    assert retry_after({**DATE, "retry-after": value}, NOW + 999) == seconds


def test_a_validator_of_the_present_second_is_weak() -> None:
    assert weak({**DATE, "last-modified": "Mon, 05 Jan 2026 07:59:59 GMT"})
    assert not weak({**DATE, "last-modified": "Mon, 05 Jan 2026 07:59:58 GMT"})
    assert not weak({**DATE})
    assert not weak({"last-modified": "Mon, 05 Jan 2026 07:59:59 GMT"})


@pytest.mark.parametrize("value", [None, "", "a\nb", "\udce9", "x" * 2_000])
def test_a_validator_that_cannot_go_back_as_it_came_is_not_kept(value: str | None) -> None:
    assert returnable(value) is None


@given(st.text(max_size=40))
def test_no_header_breaks_the_reading(text: str) -> None:
    names = ("cache-control", "expires", "age", "retry-after", "date", "last-modified")
    headers = dict.fromkeys(names, text)
    assert (fresh_for(headers, NOW) or 0) >= 0
    assert (retry_after(headers, NOW) or 0) >= 0
    weak(headers)
    http_date(text)
