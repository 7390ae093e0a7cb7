"""Waves in bins that came after they had been folded: judged by what is usual at their hour, all else being unknown."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from math import isfinite
from typing import TYPE_CHECKING

from amends.detection import engine, season
from amends.detection.evidence import null, weigh, windows
from amends.model import HOUR, Seconds

if TYPE_CHECKING:
    from collections.abc import Sequence

    from amends.detection.settings import Settings
    from amends.detection.state import DetectorState
    from amends.model import Bin


@dataclass(frozen=True, slots=True)
class Wave:
    """When it was, and how many negatives an hour it had beside the usual."""

    since: Seconds
    until: Seconds
    observed: float
    expected: float


def unseen(state: DetectorState, bins: Sequence[Bin], settings: Settings) -> Wave | None:
    """Return the loudest window of late bins whose evidence would have paged, with voices and stories enough.

    `bins` are in order of their start and hold what came late alone; the brand's other mentions of those hours are
    taken to have been the usual ones.
    """
    if not isfinite(state.threshold) or len(bins) == 0:
        return None
    model = engine.model_of(state, settings)
    hourly = engine.level(state)
    best, found = state.threshold, None
    starts = [one.start for one in bins]
    for at, one in enumerate(bins):
        for w in windows(state.bin_seconds):
            end = one.start + w.bins * state.bin_seconds
            held = bins[at : bisect_left(starts, end)]
            n = sum(other.p_negative for other in held)
            hours = w.bins * state.bin_seconds / HOUR
            usual = hourly * hours * state.factors[season.cell(settings.timezone, one.start + hours * HOUR / 2)]
            hypothesis = null(model, w, max(usual, sum(other.others for other in held)), usual, (1.0, model.mood))
            if n <= hypothesis[0]:
                continue
            evidence = weigh(n, w, model, hypothesis)  # as the engine weighs what came in time
            if evidence <= best:
                continue
            voices = len({voice for other in held for voice in other.authors})
            stories = len({story for other in held for story in other.stories})
            if voices >= settings.min_voices and stories >= settings.min_stories:
                best = evidence
                found = Wave(float(one.start), float(end), n / hours, hypothesis[0] / hours)
    return found
