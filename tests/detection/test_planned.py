"""Planned events: more is expected while they last, no longer, and they teach nothing."""

from __future__ import annotations

from dataclasses import replace

import pytest

from amends.detection import DetectorState, Planned, Settings, fold, new, planned_at, read
from amends.model import Bin
from support.detection import MONDAY, bins

SETTINGS = Settings(min_voices=0, min_stories=0)
BEGAN = MONDAY + 14 * 86_400
EVENT = Planned(start=BEGAN, end=BEGAN + 6 * 3600, expect=5.0, reason="prices rise")


@pytest.fixture(scope="module")
def learned() -> DetectorState:
    state = new(SETTINGS)
    for one in bins(3, 14, lambda _h: 4.0, lambda _h: 20.0):
        state = fold(state, one, SETTINGS)
    return state


def alarms(state: DetectorState, times: float, settings: Settings, hours: float = 4.0, others: float = 20.0) -> int:
    found = 0
    for one in bins(9, hours / 24, lambda _h: 4.0 * times, lambda _h: others, start=BEGAN):
        state = fold(state, one, settings)
        found += state.alarm
    return found


def test_it_pages_only_above_what_the_event_lets_be_expected(learned: DetectorState) -> None:
    planned = replace(SETTINGS, planned=(EVENT,))

    assert alarms(learned, 5.0, SETTINGS) > 0
    assert alarms(learned, 5.0, planned) == 0
    assert alarms(learned, 25.0, planned) > 0


def test_what_others_already_explain_is_not_raised_twice(learned: DetectorState) -> None:
    planned = replace(SETTINGS, planned=(EVENT,))

    assert alarms(learned, 5.0, planned, others=100.0) == 0
    assert alarms(learned, 30.0, planned, others=100.0) > 0


def test_an_event_that_is_over_raises_nothing(learned: DetectorState) -> None:
    over = replace(SETTINGS, planned=(replace(EVENT, start=BEGAN - 86_400, end=BEGAN - 43_200),))

    assert alarms(learned, 5.0, over) > 0


def test_the_reading_tells_the_higher_expectation(learned: DetectorState) -> None:
    planned = replace(SETTINGS, planned=(EVENT,))
    open_ = list(bins(9, 1 / 24, lambda _h: 4.0, lambda _h: 20.0, start=BEGAN))

    plain, raised = (read(learned, open_, BEGAN + 3600, one) for one in (SETTINGS, planned))

    assert raised.expect == 5.0
    assert plain.expect == 1.0
    assert raised.expected_now > 3.5 * plain.expected_now
    assert plain.page_above is not None
    assert raised.page_above is not None
    assert raised.page_above > 2.0 * plain.page_above


def test_an_event_teaches_nothing(learned: DetectorState) -> None:
    planned = replace(SETTINGS, planned=(EVENT,))
    state, plain = learned, learned
    for one in bins(9, 6 / 24, lambda _h: 16.0, lambda _h: 20.0, start=BEGAN):
        state, plain = fold(state, one, planned), fold(plain, one, SETTINGS)

    assert state.odds_negative == pytest.approx(learned.odds_negative, rel=0.02)
    assert state.level_sum == learned.level_sum
    assert plain.level_sum != learned.level_sum


def test_the_higher_of_two_events_holds() -> None:
    other = replace(EVENT, expect=8.0)

    assert planned_at((EVENT, other), BEGAN) is other
    assert planned_at((EVENT,), EVENT.end) is None
    assert planned_at((), BEGAN) is None


def test_a_bin_of_a_day_with_no_expectation_is_not_raised() -> None:
    state = fold(new(SETTINGS), Bin(start=MONDAY), replace(SETTINGS, planned=(EVENT,)))

    assert state.alarm == 0
