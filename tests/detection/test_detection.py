"""The detector's promises, on simulated brands."""

from __future__ import annotations

import math
import random
import time
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from amends.detection import DetectorState, Settings, dump, fold, load, new, read, unseen
from amends.model import Bin
from support.detection import MONDAY, Rate, bins

if TYPE_CHECKING:
    from collections.abc import Iterable

SETTINGS = Settings()


def flat(value: float, crisis: float = 0.0, begin: float = 1e9, end: float = 1e9) -> Rate:
    return lambda hour: value + (crisis if begin <= hour < end else 0.0)


def alarms(
    series: Iterable[Bin], settings: Settings = SETTINGS, state: DetectorState | None = None
) -> tuple[list[int], DetectorState]:
    """Bins at which an alarm opens, and the state after them all."""
    state = state or new(settings)
    opened, before = [], False
    for k, item in enumerate(series):
        state = fold(state, item, settings)
        if state.alarm and not before:
            opened.append(k)
        before = bool(state.alarm)
    return opened, state


@pytest.mark.parametrize("usual", [0.5, 10.0, 400.0, 20_000.0])
def test_a_crisis_ten_times_the_usual_is_paged_soon_whatever_the_volume(usual: float) -> None:
    begin = 10 * 24 + 12
    opened, _ = alarms(bins(1, 10.8, flat(usual, 9 * usual, begin), flat(4 * usual)))
    assert opened
    assert [k for k in opened if k < begin * 12] == []
    minutes = (opened[0] - begin * 12 + 1) * 5
    assert minutes <= (180 if usual < 1 else 30)


def test_a_day_of_history_is_enough_to_page_on_a_strong_crisis() -> None:
    opened, _ = alarms(bins(3, 1.5, flat(10, 90, 30), flat(40)))
    assert opened
    assert 30 * 12 <= opened[0] <= 30 * 12 + 8


def test_nothing_is_paged_in_the_first_day() -> None:
    opened, _ = alarms(bins(3, 1.0, flat(10, 200, 12), flat(40)))
    assert opened == []


def test_a_launch_that_triples_everything_pages_nobody() -> None:
    launch = [flat(20, 40, 240, 250), flat(80, 160, 240, 250)]
    opened, _ = alarms(bins(4, 11, *launch))
    assert opened == []


def test_a_month_without_a_crisis_is_quiet() -> None:
    opened, _ = alarms(bins(5, 30, flat(6), flat(30)))
    assert len(opened) <= 2


def test_one_angry_author_is_no_crisis_and_is_shown_as_one() -> None:
    history = list(bins(6, 10, flat(2), flat(20)))
    state = new(SETTINGS)
    for item in history:
        state = fold(state, item, SETTINGS)
    angry = [
        Bin(start=history[-1].start + 300 * k, mentions=5, negatives=5, p_negative=5.0, authors=(9,), stories=(k,))
        for k in range(1, 9)
    ]
    reading = read(state, angry, angry[-1].start + 300.0, SETTINGS)
    assert not reading.alarm
    assert reading.evidence > reading.threshold
    crowd = [replace(item, authors=tuple(range(k, k + 5))) for k, item in enumerate(angry)]
    assert read(state, crowd, crowd[-1].start + 300.0, SETTINGS).alarm


def test_reading_changes_nothing_and_folding_leaves_the_old_state_alone() -> None:
    history = list(bins(7, 3, flat(5), flat(20)))
    state = new(SETTINGS)
    for item in history[:-14]:
        state = fold(state, item, SETTINGS)
    before = dump(state)
    first = read(state, history[-14:], history[-1].start + 150.0, SETTINGS)
    fold(state, history[-14], SETTINGS)
    assert dump(state) == before
    assert read(state, history[-14:], history[-1].start + 150.0, SETTINGS) == first


def test_reading_open_bins_sees_what_folding_them_sees() -> None:
    history = list(bins(8, 8, flat(5, 60, 190), flat(20)))
    cut = 190 * 12 + 8
    state = new(SETTINGS)
    for item in history[: cut - 12]:
        state = fold(state, item, SETTINGS)
    reading = read(state, history[cut - 12 : cut], history[cut].start, SETTINGS)
    for item in history[cut - 12 : cut]:
        state = fold(state, item, SETTINGS)
    assert reading.alarm
    assert bool(state.alarm) == reading.alarm
    assert reading.evidence == pytest.approx(state.top, rel=0.2)
    assert reading.since >= MONDAY + 189 * 3600
    assert reading.observed > 2 * reading.expected
    assert reading.observed_now > 30
    assert not reading.calm


def test_a_partial_bin_is_expected_to_hold_its_share() -> None:
    history = list(bins(9, 5, flat(600), flat(2400)))
    state = new(SETTINGS)
    for item in history[:-1]:
        state = fold(state, item, SETTINGS)
    last = history[-1]
    half = replace(last, mentions=last.mentions // 2, p_negative=last.p_negative / 2)
    whole, part = read(state, [last], last.start + 300, SETTINGS), read(state, [half], last.start + 150, SETTINGS)
    assert part.expected_now == pytest.approx(whole.expected_now, rel=0.1)


def test_a_dumped_state_is_small_and_reads_back_as_it_was() -> None:
    series = list(bins(10, 25, flat(50, 500, 400, 410), flat(200)))
    _, state = alarms(series[:-12])
    data = dump(state)
    assert len(data) <= 8192
    again = load(data)
    assert dump(again) == data
    now = series[-1].start + 300.0
    one, two = read(state, series[-12:], now, SETTINGS), read(again, series[-12:], now, SETTINGS)
    assert two.evidence == pytest.approx(one.evidence, rel=1e-3, abs=1e-3)
    assert two.expected_now == pytest.approx(one.expected_now, rel=1e-3)
    assert dump(fold(state, series[-12], SETTINGS))[:100] == dump(fold(again, series[-12], SETTINGS))[:100]


@pytest.mark.parametrize("data", [b"", b"\x09abc", b"\x01abc"])
def test_an_unknown_or_damaged_state_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match="state"):
        load(data)


def test_a_bin_out_of_order_or_off_the_grid_is_refused() -> None:
    state = fold(new(SETTINGS), Bin(start=MONDAY), SETTINGS)
    for start in (MONDAY, MONDAY - 300, MONDAY + 450):
        with pytest.raises(ValueError, match="cannot follow"):
            fold(state, Bin(start=start), SETTINGS)


def test_missing_bins_are_silence_and_uncovered_bins_teach_nothing() -> None:
    history = list(bins(11, 6, flat(30), flat(120)))
    _, state = alarms(history)
    usual = read(state, [], state.next + 1.0, SETTINGS).expected_now
    blind = state
    for k in range(144):
        blind = fold(blind, Bin(start=history[-1].start + 300 * (k + 1), coverage=0.0), SETTINGS)
    silent = fold(state, Bin(start=history[-1].start + 300 * 145), SETTINGS)
    assert blind.level_sum / blind.level_weight == pytest.approx(state.level_sum / state.level_weight)
    assert silent.level_sum / silent.level_weight < 0.95 * state.level_sum / state.level_weight
    assert usual > 5
    assert silent.next == blind.next + 300


def test_after_a_long_absence_folding_stays_quick() -> None:
    _, state = alarms(bins(12, 2, flat(3), flat(12)))
    begun = time.perf_counter()
    later = fold(state, Bin(start=state.next + 300 * 288 * 400), SETTINGS)
    assert time.perf_counter() - begun < 3
    assert later.next == state.next + 300 * 288 * 400 + 300


def test_a_new_brand_says_that_it_could_not_page_yet() -> None:
    assert read(new(SETTINGS), [], MONDAY, SETTINGS).page_above is None
    reading = read(new(SETTINGS), [Bin(start=MONDAY, mentions=9, negatives=9, p_negative=9.0)], MONDAY + 300, SETTINGS)
    assert not reading.alarm
    assert reading.page_above is None


def test_a_brand_says_from_how_many_negatives_in_an_hour_it_would_page() -> None:
    _, state = alarms(bins(13, 14, flat(5), flat(20)))
    reading = read(state, [], state.next, SETTINGS)
    assert reading.page_above is not None
    assert 10 < reading.page_above < 60
    never = Settings(false_pages_per_day=0.0)
    assert read(state, [], state.next, never).page_above is None


def test_a_second_wave_is_seen_and_calm_lies_between() -> None:
    def waves(hour: float) -> float:
        return 8 + (120 if 240 <= hour < 246 or 264 <= hour < 270 else 0)

    series = list(bins(14, 11.5, waves, flat(40)))
    opened, _ = alarms(series)
    assert len([k for k in opened if 240 * 12 <= k < 246 * 12]) == 1
    assert len([k for k in opened if 264 * 12 <= k < 270 * 12]) == 1
    state = new(SETTINGS)
    for item in series[: 258 * 12]:
        state = fold(state, item, SETTINGS)
    assert read(state, [], state.next, SETTINGS).calm


def test_late_items_of_an_outage_open_nothing_unless_it_still_burns() -> None:
    history = list(bins(15, 9, flat(6), flat(24)))
    _, state = alarms(history)
    for still in (False, True):
        rest = []
        for k in range(36):
            over = k >= 24
            n = 12 if still or not over else int(k % 3 == 0)
            voices = tuple(range(k, k + n))
            rest.append(
                Bin(
                    start=history[-1].start + 300 * (k + 1), mentions=n + 2, negatives=n, p_negative=float(n),
                    authors=voices, stories=voices, late=0 if over else n + 2, coverage=1.0 if over else 0.0,
                )
            )  # fmt: skip
        assert read(state, rest, rest[-1].start + 300.0, SETTINGS).alarm is still


def test_what_came_late_is_weighed_as_what_came_in_time() -> None:
    """Six negatives at once may be one post and its replies: late ones were taken for more than those heard in time."""
    settings = Settings(min_voices=1, min_stories=1)
    _, state = alarms(bins(31, 20, flat(0.3), flat(2)), settings)
    at_once = Bin(start=state.next, mentions=6, negatives=6, p_negative=6.0, authors=(1, 2), stories=(1, 2))
    state.threshold = read(state, [at_once], at_once.start + 300.0, settings).evidence + 1.0
    late = replace(at_once, start=state.next - 6 * 3600, late=6)
    assert unseen(state, [late], settings) is None
    state.threshold -= 2.5
    assert unseen(state, [late], settings) is not None


def test_asked_for_fewer_false_pages_it_wants_more_evidence() -> None:
    _, state = alarms(bins(16, 12, flat(6), flat(24)))
    asked = [1 / 7, 1 / 30, 1 / 90]
    thresholds = [read(state, [], state.next, Settings(false_pages_per_day=rate)).threshold for rate in asked]
    assert thresholds == sorted(thresholds)
    assert thresholds[0] < thresholds[2] - 1
    assert not math.isinf(thresholds[2])


def test_growth_has_a_doubling_time_and_a_plateau_has_none() -> None:
    def growing(hour: float) -> float:
        return 5 + (20 * 2 ** ((hour - 240) / 0.5) if 240 <= hour < 243 else 0)

    state = new(SETTINGS)
    for item in list(bins(17, 11, growing, flat(20)))[: 243 * 12]:
        state = fold(state, item, SETTINGS)
    doubling = read(state, [], state.next, SETTINGS).doubling
    assert doubling is not None
    assert 0.3 * 3600 < doubling < 1.2 * 3600
    _, calm = alarms(bins(18, 5, flat(20), flat(20)))
    assert read(calm, [], calm.next, SETTINGS).doubling is None


def blurred(series: Iterable[Bin], seed: int) -> list[Bin]:
    """The same bins as a classifier hears them that gives negatives 0.6 and others 0.2 on average."""
    rng = random.Random(seed)
    out = []
    for item in series:
        total = sum(rng.betavariate(1.8, 1.2) for _ in range(item.negatives))
        total += sum(rng.betavariate(0.8, 3.2) for _ in range(item.mentions - item.negatives))
        out.append(replace(item, p_negative=total))
    return out


def test_uncertain_tones_page_a_storm_and_not_a_launch() -> None:
    storm = blurred(bins(21, 9.5, flat(20, 100, 220, 228), flat(20)), 1)
    opened, state = alarms(storm)
    assert any(220 * 12 <= k < 221.5 * 12 for k in opened)
    assert not [k for k in opened if k < 220 * 12]
    assert load(dump(state)).sharp_sum == state.sharp_sum
    launch = blurred(bins(22, 9.5, flat(20, 40, 220, 228), flat(40, 80, 220, 228)), 2)
    assert alarms(launch)[0] == []


def test_bins_longer_than_an_hour_are_judged_by_the_mean_of_their_hours() -> None:
    settings = Settings(bin_seconds=7200)
    state = new(settings)
    for k in range(12 * 20):
        state = fold(state, Bin(start=MONDAY + 7200 * k, mentions=60, p_negative=10.0), settings)
    reading = read(state, [], state.next + 3600.0, settings)
    assert reading.page_above is not None
    assert not reading.alarm


def test_a_first_look_and_a_look_after_a_long_absence_are_quick_and_quiet() -> None:
    fresh = read(new(SETTINGS), [Bin(start=MONDAY, mentions=3, p_negative=1.5)], MONDAY + 10.0, SETTINGS)
    assert not fresh.alarm
    _, state = alarms(bins(23, 2, flat(3), flat(12)))
    late = read(state, [], state.next + 40 * 86_400.0, SETTINGS)
    assert not late.alarm
    assert late.observed_now == 0
