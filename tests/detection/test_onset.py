"""When a wave began, estimated from a day of bins, however long its loudest window is."""

from __future__ import annotations

from amends.detection import Settings, fold, new, read
from amends.detection.reading import onset
from support.detection import MONDAY, bins

SETTINGS = Settings(min_voices=0, min_stories=0)


def test_a_slow_wave_is_dated_to_the_hour_in_which_it_rose() -> None:
    near = 0
    for seed in range(5):
        state = new(SETTINGS)
        found = None
        for one in bins(seed, 11.5, lambda h: 6.0 if h < 246 else 15.0, lambda _h: 30.0):
            if one.start >= MONDAY + 246 * 3600:
                found = read(state, [one], one.start + 300.0, SETTINGS)
                if found.alarm:
                    break
            state = fold(state, one, SETTINGS)
        assert found is not None
        near += found.alarm and abs(found.since - (MONDAY + 246 * 3600)) <= 1.5 * 3600
    assert near >= 4


def test_where_nothing_was_expected_the_window_itself_is_the_answer() -> None:
    state = new(SETTINGS)

    assert onset(state, 6, 10.0, 1.0) == state.next - 6 * 300
    assert onset(state, 6, 1.0, 10.0) == state.next - 6 * 300
