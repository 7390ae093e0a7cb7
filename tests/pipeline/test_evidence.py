"""What an incident shows: when it began, and three different voices."""

from __future__ import annotations

from dataclasses import replace

import pytest

from amends.detection import VOICES
from amends.model import BIN_SECONDS, HOUR, Bin, Reading
from amends.pipeline.evidence import choose_quotes, crowd_language, in_numbers, onset
from support.core import NOON, mention


def reading(since: float, observed: float = 40.0, expected: float = 2.0) -> Reading:
    return Reading(at=NOON, since=since, observed=observed, expected=expected, window=HOUR)


def bins(counts: dict[int, float]) -> list[Bin]:
    """Bins so many before noon, with so many negatives."""
    return [
        Bin(start=int(NOON) - back * BIN_SECONDS, mentions=int(count) + 1, p_negative=count)
        for back, count in sorted(counts.items(), reverse=True)
    ]


def test_the_onset_is_where_the_wave_rises_and_not_where_its_window_begins() -> None:
    heard = bins({12: 0.2, 9: 0.3, 4: 5.0, 3: 9.0, 2: 12.0, 1: 14.0})

    assert onset(reading(NOON - HOUR), heard) == NOON - 4 * BIN_SECONDS


def test_an_onset_before_the_open_bins_is_the_windows_own() -> None:
    assert onset(reading(NOON - 5 * HOUR), bins({12: 8.0, 1: 9.0})) == NOON - 5 * HOUR
    assert onset(reading(NOON - HOUR), []) == NOON - HOUR


@pytest.mark.parametrize("expected", [0.0, 0.01])
def test_a_brand_that_is_never_spoken_ill_of_has_an_onset_too(expected: float) -> None:
    found = onset(reading(NOON - HOUR, expected=expected), bins({12: 0.0, 2: 9.0, 1: 9.0}))

    assert found == NOON - 2 * BIN_SECONDS


def test_the_three_quotes_are_three_different_posts_where_there_are_three() -> None:
    posts = [
        mention(NOON, negative=True, id="first"),
        mention(NOON + 1, negative=True, id="loud", reach=9_000),
        mention(NOON + 2, negative=True, id="typical", text="the brakes of Acme failed again on the bridge today"),
        mention(NOON + 3, negative=True, id="other"),
    ]

    quotes = choose_quotes(posts, ("brakes", "bridge"))

    assert [(one.role, one.id) for one in quotes] == [
        ("earliest", "first"),
        ("loudest", "loud"),
        ("typical", "typical"),
    ]


def test_one_post_is_quoted_once() -> None:
    assert len(choose_quotes([mention(NOON, negative=True)] * 2, ())) == 1
    assert choose_quotes([], ()) == ()


def test_the_crowds_language_is_the_one_most_of_it_speaks() -> None:
    posts = [mention(NOON + n, lang=lang) for n, lang in enumerate(("fr", "en", "fr", None))]

    assert crowd_language(posts, "en") == "fr"
    assert crowd_language([], "en") == "en"


def test_the_record_says_no_number_that_nobody_knows() -> None:
    one = replace(reading(NOON), voices=1)
    assert in_numbers(one) == "40.0 negative an hour over 60 minutes, 2.0 expected (20.0 times the usual), from 1 voice"
    many = replace(reading(NOON, expected=0.0001), voices=VOICES)  # as many as are remembered: there may be hundreds
    assert in_numbers(many) == "40.0 negative an hour over 60 minutes, 0.0 expected, from at least 40 voices"
