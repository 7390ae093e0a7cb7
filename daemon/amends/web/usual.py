"""Counts of a brand in slots, beside what its detector holds usual for them: what the charts show."""

from __future__ import annotations

from math import sqrt
from typing import TYPE_CHECKING

from amends.detection import engine, planned_at, season
from amends.model import BIN_SECONDS, HOUR
from amends.web.svg import Slot

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from amends.detection import Settings
    from amends.model import Bin, Seconds
    from amends.pipeline import BrandState

_NINE_TENTHS = 1.645  # normal quantile of a band that holds nine of ten
_LEARNED = 1.0  # days of event time from which a usual is shown

Usual = "Callable[[Seconds, Seconds], tuple[float, float, float] | None]"


def slots(
    bins: Sequence[Bin], first: Seconds, last: Seconds, seconds: Seconds, state: BrandState | None, settings: Settings
) -> list[Slot]:
    """Return slots of `seconds` over [first, last), aligned, in negatives an hour; a slot with no hearing says so."""
    begin = int(first // seconds * seconds)
    count = max(1, -int((begin - last) // seconds))
    negatives, hearing, seen = [0.0] * count, [0.0] * count, [0] * count
    for item in bins:
        k = int((item.start - begin) // seconds)
        if 0 <= k < count:
            negatives[k] += item.p_negative
            hearing[k] += item.coverage
            seen[k] += 1
    usual = _usual(state, settings)
    whole = seconds / BIN_SECONDS
    found = []
    for k in range(count):
        start = begin + k * seconds
        passed = min(seconds, max(last - start, 1.0))  # the newest slot is not over
        deaf = seen[k] >= whole and hearing[k] <= 0
        found.append(Slot(start, negatives[k] * HOUR / passed, *usual(start, seconds), heard=not deaf))
    return found


def _usual(
    state: BrandState | None, settings: Settings
) -> Callable[[Seconds, Seconds], tuple[float | None, float | None, float | None]]:
    """Return a function from a slot to its usual count an hour with a band of nine in ten, or to Nones.

    The usual is the detector's present one at that hour of the week: level x rhythm x odds, its variance that of the
    detector's negative binomial (clusters, and the mood of the hour).
    """
    if state is None or state.live.reading is None or state.live.reading.learned_days < _LEARNED:
        return lambda _start, _seconds: (None, None, None)
    detector = state.detector
    model = engine.model_of(detector, settings)
    hourly = engine.level(detector) * model.odds

    def at(start: Seconds, seconds: Seconds) -> tuple[float, float, float]:
        event = planned_at(settings.planned, start + seconds / 2)
        mean = (
            (event.expect if event else 1.0)
            * hourly
            * detector.factors[season.cell(settings.timezone, start + seconds / 2)]
        )
        count = mean * seconds / HOUR
        spread = sqrt(count * (1.0 + model.phi) + model.mood * count * count) * HOUR / seconds
        return mean, max(0.0, mean - _NINE_TENTHS * spread), mean + _NINE_TENTHS * spread

    return at
