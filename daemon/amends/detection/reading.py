"""The detector's door: `fold` teaches a bin for ever, `read` looks at the open ones and changes nothing."""

from __future__ import annotations

from dataclasses import replace
from math import floor, inf, log, sqrt
from typing import TYPE_CHECKING, Any, Literal

from amends.detection import engine
from amends.detection.evidence import Best, Model, expect, null, weigh, windows
from amends.detection.planned import planned_at
from amends.detection.state import NEVER, DetectorState
from amends.model import HOUR, Bin, InputError, Reading, Seconds

if TYPE_CHECKING:
    from collections.abc import Sequence

    from amends.detection.settings import Settings

JUDGED = 16  # open bins whose evidence is weighed one by one; older ones only feed the filter
MOST = 1e7  # negatives an hour that no brand gets
CALM_SIGMAS = 1.64
BUZZ_TIMES, BUZZ_SIGMAS, BUZZ_LEAST = 2.0, 3.0, 10.0  # more talk than usual: how much, how surely, how much at least
_SILENCE = engine.Heard(0.0, 0.0)


def fold(state: DetectorState, item: Bin, settings: Settings) -> DetectorState:
    """Return the state that has learnt `item`, the next bin in order; bins skipped over were silent ones.

    Raises ValueError where the bin's start is not after all that were folded, or off their grid.
    """
    after = state.copy()
    _step(after, item, settings)
    return after


def _step(state: DetectorState, item: Bin, settings: Settings) -> Best:
    """Learn one bin in place, with the silent ones before it."""
    if state.first == NEVER:
        state.first = state.next = item.start
    if item.start < state.next or (item.start - state.next) % state.bin_seconds:
        raise ValueError(
            f"the bin at {item.start} cannot follow: the next begins at {state.next}, in steps of {state.bin_seconds} s"
        )
    _skip(state, item.start, settings)
    return _learn(state, engine.hear(state, item, settings), settings)


def _skip(state: DetectorState, until: int, settings: Settings) -> None:
    """Learn silence up to `until`; of more than a fortnight only the last fortnight."""
    missing = (until - state.next) // state.bin_seconds
    longest = 14 * 86_400 // state.bin_seconds
    if missing > longest:
        state.next += (missing - longest) * state.bin_seconds
    while state.next < until:
        _learn(state, _SILENCE, settings)


def _learn(state: DetectorState, heard: engine.Heard, settings: Settings) -> Best:
    model = engine.model_of(state, settings)
    unit = engine.advance(state, heard, settings, model)
    best = engine.judge(state, model, settings)
    engine.teach(state, heard, unit, settings)
    return best


def read(
    state: DetectorState,
    open_bins: Sequence[Bin],
    now: Seconds,
    settings: Settings,
    *,
    settled: Seconds | None = None,
) -> Reading:
    """Say what the folded past and the open bins mean at `now`; bins between them and up to `now` were silent.

    `open_bins` are in order and none is folded; the last may still run, and is then expected to hold its share.
    `settled` is when an incident was closed: what came before it is dealt with and raises no alarm again.
    """
    ahead = state.copy()
    if ahead.first == NEVER:
        if not open_bins:
            return Reading(at=now)
        ahead.first = ahead.next = open_bins[0].start
    ahead.threshold = engine.page_at(ahead, settings)
    model = engine.model_of(ahead, settings)
    best = Best()
    heard = {item.start: item for item in open_bins}
    last = max([int(now // ahead.bin_seconds) * ahead.bin_seconds, *heard]) if heard else int(now)
    offset = ahead.next % ahead.bin_seconds
    last = last - (last - offset) % ahead.bin_seconds
    longest = ahead.size
    if (last - ahead.next) // ahead.bin_seconds > longest:
        ahead.next = last - longest * ahead.bin_seconds
    looked = last - JUDGED * ahead.bin_seconds
    settle = None if settled is None else ahead.count + floor((settled - ahead.next) / ahead.bin_seconds)
    while ahead.next <= last and ahead.next < now:
        item = heard.get(ahead.next)
        part = min(1.0, max(0.02, (now - ahead.next) / ahead.bin_seconds))
        judged = ahead.next > looked
        _settle(ahead, settle)
        engine.advance(ahead, engine.hear(ahead, item, settings) if item else _SILENCE, settings, model, part)
        if judged:
            best = engine.judge(ahead, model, settings)
    return _reading(ahead, best, model, now, settings)


def _settle(state: DetectorState, count: int | None) -> None:
    """Forget an alarm that opened before this many bins were learnt, and the windows that begin before."""
    if count is not None and state.count >= count > state.reset and (state.opened <= count or not state.alarm):
        state.alarm, state.quiet, state.reset = 0, 0, count


def _reading(state: DetectorState, best: Best, model: Model, now: Seconds, settings: Settings) -> Reading:
    hour = max(1, int(3600 // state.bin_seconds))
    observed_now, expected_now, sigma = _lately(state, model, hour)
    per_hour = state.bin_seconds / HOUR
    many = min(best.bins, max(1, state.count))
    since = state.next - many * state.bin_seconds
    span = max(now - since, 1.0)
    observed = best.observed if best.evidence > 0 else observed_now * hour * per_hour
    expected = best.expected if best.evidence > 0 else expected_now * hour * per_hour
    if best.evidence <= 0:
        many, span = hour, HOUR
        since = int(now - HOUR)
    calm = (
        not state.alarm and observed_now <= expected_now + CALM_SIGMAS * sigma and best.evidence < state.threshold / 2
    )
    reading = Reading(
        at=now,
        observed=observed * HOUR / span,
        expected=expected * HOUR / span,
        since=float(onset(state, many, observed, expected) if best.evidence > 0 else since),
        window=float(many * state.bin_seconds),
        evidence=best.evidence,
        threshold=state.threshold,
        alarm=bool(state.alarm),
        calm=calm,
        observed_now=observed_now,
        expected_now=expected_now,
        learned_days=max(0.0, (now - state.first) / 86_400),
        page_above=page_above(state, model, now, settings),
        voices=engine.voices(state.voices, state.count - many),
        stories=engine.voices(state.stories, state.count - many),
    )
    event = planned_at(settings.planned, now)
    return replace(
        reading,
        doubling=doubling(state, model),
        held=_held(state, model, settings, best),
        expect=event.expect if event else 1.0,
        **_volume(state, model, hour, reading),
    )


def onset(state: DetectorState, bins: int, observed: float, expected: float) -> int:
    """Return when the wave in the newest `bins` bins began: the start of the bin where it most likely changed.

    Between the usual rate and `observed / expected` times it, each bin's log likelihood ratio is summed; the change
    lies where that sum was last at its lowest (Page 1954). What is usual in a bin is its share of `expected`, by the
    others expected then.
    """
    first = state.next - bins * state.bin_seconds
    total = sum(state.e[(state.count - k) % state.size] for k in range(bins))
    if total <= 0.0 or expected <= 0.0 or observed <= expected:
        return first
    times = observed / expected
    at, sum_, lowest = first, 0.0, 0.0
    for k in range(bins - 1, 0, -1):
        i = (state.count - k) % state.size
        sum_ += state.n[i] * log(times) - (times - 1.0) * expected * state.e[i] / total
        if sum_ < lowest:
            lowest, at = sum_, state.next - k * state.bin_seconds
    return at


def _held(
    state: DetectorState, model: Model, settings: Settings, best: Best
) -> Literal["", "young", "voices", "stories", "late"]:
    """Say why a window above the threshold opens no alarm, in the order in which `engine.opens` asks."""
    if state.alarm or best.evidence <= state.threshold:
        return ""
    since = state.count - best.bins
    if state.next - state.first <= engine.WARM_SECONDS:
        return "young"
    if engine.voices(state.voices, since) < settings.min_voices:
        return "voices"
    if engine.voices(state.stories, since) < settings.min_stories:
        return "stories"
    return "" if engine.fresh(state, model, best) else "late"


def _volume(state: DetectorState, model: Model, hour: int, reading: Reading) -> dict[str, Any]:
    """Say how many mentions the last hour brought beside the usual, and whether that is buzz: more talk, no anger.

    Buzz is at least twice the usual, three standard deviations of it away, while the evidence on the tone is weak.
    """
    bins = min(hour, state.count, state.size - 1)
    if bins <= 0:
        return {}
    n, o, e = sums(state, bins)
    hours = bins * state.bin_seconds / HOUR
    usual = e * (1.0 + model.odds)
    sigma = sqrt(usual * (1.0 + model.phi) + model.mood * usual * usual)
    buzz = (
        reading.learned_days >= 1.0
        and n + o >= max(BUZZ_TIMES * usual, usual + BUZZ_SIGMAS * sigma, BUZZ_LEAST)
        and not reading.alarm
        and reading.evidence < reading.threshold / 2
    )
    return {"volume_now": (n + o) / hours, "volume_usual": usual / hours, "buzz": buzz}


def _lately(state: DetectorState, model: Model, bins: int) -> tuple[float, float, float]:
    """Return negatives an hour of the newest bins, what was expected, and the expectation's standard deviation."""
    bins = min(bins, state.count, state.size - 1)
    if bins <= 0:
        return 0.0, 0.0, 0.0
    n, o, e = sums(state, bins)
    hours = bins * state.bin_seconds / HOUR
    if e <= 0:
        return n / hours, 0.0, 0.0
    w = windows(state.bin_seconds)[0]
    for candidate in windows(state.bin_seconds):
        if candidate.bins <= bins:
            w = candidate
    j = (state.count - bins) % state.size
    mu, _, shape, *_rest = expect(state, model, w, o, e, (state.m[j], state.v[j]))
    return n / hours, mu / hours, sqrt(mu + mu * mu / shape) / hours


def sums(state: DetectorState, bins: int, ago: int = 0) -> tuple[float, float, float]:
    """Return negatives, others and expected others of the `bins` bins that ended `ago` bins before the newest."""
    i, j = (state.count - ago) % state.size, (state.count - ago - bins) % state.size
    return state.sum_n[i] - state.sum_n[j], state.sum_o[i] - state.sum_o[j], state.sum_e[i] - state.sum_e[j]


def page_above(state: DetectorState, model: Model, now: Seconds, settings: Settings) -> float | None:
    """Return the negatives in one hour, all else as usual, from which the brand would page; None where none would."""
    if state.threshold == inf or now - state.first < engine.WARM_SECONDS:
        return None
    choice = [w for w in windows(state.bin_seconds) if w.bins * state.bin_seconds <= HOUR] or list(
        windows(state.bin_seconds)[:1]
    )
    w = choice[-1]
    hours = w.bins * state.bin_seconds / HOUR
    usual = engine.level(state) * engine.season_at(state, state.next, settings.timezone) * hours
    event = planned_at(settings.planned, now)
    if event:
        model = replace(model, odds=model.odds * event.expect)
    hypothesis = null(model, w, usual, usual, (1.0, model.mood))
    low, high = hypothesis[0], MOST
    if weigh(high, w, model, hypothesis) <= state.threshold:
        return None
    while high - low > max(0.05, low * 0.01):
        middle = sqrt(low * high) if low > 1.0 else (low + min(high, 2.0 * low + 8.0)) / 2
        if weigh(middle, w, model, hypothesis) > state.threshold:
            high = middle
        else:
            low = middle
    return max(high, float(settings.min_voices), float(settings.min_stories)) / hours


def doubling(state: DetectorState, model: Model) -> Seconds | None:
    """Return the doubling time of the excess, from the last hour and the one before; None where it does not grow."""
    bins = max(1, int(3600 // state.bin_seconds))
    if state.count < 3 * bins or state.size <= 3 * bins:
        return None
    excess = []
    for ago in (0, bins):
        n, o, e = sums(state, bins, ago)
        usual = model.odds * (o if o > 0 else e)
        excess.append((n - usual, sqrt(max(n, 1.0) * (1.0 + model.phi))))
    (now, now_sd), (then, then_sd) = excess
    if now <= 2.0 * now_sd or now - then <= 1.64 * sqrt(now_sd**2 + then_sd**2):
        return None
    return bins * state.bin_seconds * log(2.0) / log(now / max(then, now / 64.0, 0.5))


class Stream:
    """The detector over bins that are final when they come: `amends detect` and simulations."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.state = DetectorState(settings.bin_seconds)

    def push(self, start: int, n: float, o: float) -> tuple[float, float, bool]:
        """Learn one bin; returns (expected negatives in it, evidence, alarm). InputError where it is out of order."""
        state, settings = self.state, self.settings
        if state.first == NEVER:
            state.first = state.next = start
        if start != state.next:
            raise InputError(f"the bin at {start} cannot follow: the next begins at {state.next}")
        model = engine.model_of(state, settings)
        heard = engine.Heard(n, o)
        unit = engine.advance(state, heard, settings, model)
        best = engine.judge(state, model, settings)
        engine.teach(state, heard, unit, settings)
        return model.odds * self.usual(), best.evidence, bool(state.alarm)

    def usual(self) -> float:
        """Return the others that were to be expected in the newest bin, at the rate of the bins before and in it."""
        return self.state.e[self.state.count % self.state.size] * self.state.mean
