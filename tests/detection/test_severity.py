"""Severity and its words."""

from __future__ import annotations

from dataclasses import replace

from amends.detection import assess, forecast
from amends.model import Reading


def reading(observed: float, expected: float, doubling: float | None = None) -> Reading:
    return Reading(
        at=0, observed=observed, expected=expected, observed_now=observed, expected_now=expected, doubling=doubling
    )


def test_severity_grows_with_the_excess_and_never_falls_within_an_incident() -> None:
    levels = [
        assess(reading(observed, 10), reach=0, sources=1, news=0, previous=None)[0] for observed in (25, 120, 2000)
    ]
    assert levels == [3, 2, 1]
    assert assess(reading(12, 10), reach=0, sources=1, news=0, previous=2)[0] == 2


def test_anger_adds_a_little_and_is_named_and_calm_words_add_nothing() -> None:
    plain = assess(reading(25, 10), reach=0, sources=1, news=0, previous=None)
    assert assess(reading(25, 10), reach=0, sources=1, news=0, previous=None, arousal=0.1) == plain
    level, words = assess(reading(25, 10), reach=0, sources=1, news=0, previous=None, arousal=1.0)
    assert level == plain[0] == 3
    assert "said in anger, which spreads" in words


def test_one_account_with_many_followers_cannot_lift_it_alone() -> None:
    plain, _ = assess(reading(25, 10), reach=0, sources=1, news=0, previous=None)
    lifted, words = assess(reading(25, 10), reach=500_000_000, sources=1, news=0, previous=None)
    assert plain == lifted == 3
    assert any("followers" in word for word in words)


def test_speed_spread_and_news_are_named() -> None:
    level, words = assess(reading(200, 10, 1800), reach=20_000, sources=4, news=3, previous=None)
    assert level == 1
    told = " ".join(words)
    assert "20 times the usual" in told
    assert "doubling every 30 min" in told
    assert "4 sources" in told
    assert "3 news outlets" in told


def test_a_brand_that_hears_nothing_usually_is_not_told_of_infinite_ratios() -> None:
    _, words = assess(reading(4, 0.01, 9000), reach=0, sources=1, news=1, previous=None)
    assert "where fewer than one is usual" in " ".join(words)
    assert assess(reading(0, 0), reach=0, sources=1, news=0, previous=None)[0] == 3


def test_the_numbers_of_one_page_do_not_contradict_each_other() -> None:
    burst = replace(reading(811, 0.5, 600), window=300.0, observed_now=61.0, expected_now=0.5)
    _, words = assess(burst, reach=0, sources=1, news=0, previous=None, forecast=(0.6, 8.1))
    told = "; ".join(words)
    assert "811 negatives an hour over 5 min, where fewer than one is usual" in words
    assert "expected in the next hour" not in told, "a forecast below the hour just heard is absurd"
    assert "more negatives" not in told, "810 more than less than one is the same number again"
    _, words = assess(burst, reach=0, sources=1, news=0, previous=None, forecast=(50.0, 130.0))
    assert "50 to 130 expected in the next hour" in words


def test_the_quiet_before_a_young_wave_says_nothing_of_what_comes() -> None:
    counts = [0.1] * 10 + [18.0, 18.0]  # ten minutes old, 216 an hour
    told, diluted = forecast(counts, 1.5, age=2), forecast(counts, 1.5)
    assert told is not None
    assert diluted is not None
    assert told[0] < 216 < told[1]
    assert diluted[1] < 216
    assert forecast([18.0, 18.0], 1.5, age=2) is None, "less than an hour of counts"
    fresh = forecast(counts, 1.5, age=0)
    assert fresh == forecast(counts, 1.5, age=1)
    assert fresh is not None
    assert fresh[0] < 216 < fresh[1]
