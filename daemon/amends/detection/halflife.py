"""How fast a wave ebbs: a half-life fitted to one incident's own counts."""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, inf, log
from typing import TYPE_CHECKING

from amends.model import BIN_SECONDS, DAY, MINUTE, Seconds

if TYPE_CHECKING:
    from collections.abc import Mapping

SMOOTH = 6  # bins over which the height is taken
SHORTEST, LONGEST, STEPS = 10 * MINUTE, 7 * DAY, 60  # of the half-lives that are tried
LEAST_BINS = 6  # after the peak
LEAST_NEGATIVES = 10.0
SURE = 1.92  # log likelihood that a half-life must be better than none, and may be worse than the best (95 %)
CLUMPS = 1.6  # negatives come in clumps: their variance over their mean


@dataclass(frozen=True, slots=True)
class HalfLife:
    """The time in which what is more than usual halves, in seconds, with the range that fits nearly as well."""

    seconds: Seconds
    low: Seconds
    high: Seconds

    def __str__(self) -> str:
        """Return it as one reason of an incident."""
        return f"half-life {_span(self.seconds)} ({_span(self.low)} to {_span(self.high)})"


def half_life(counts: Mapping[int, float], usual: float) -> HalfLife | None:
    """Return how fast the negatives above the usual have ebbed since their peak; None while that cannot be told.

    `counts` maps the start of each five-minute bin (Unix time) to its negatives, what is absent held none; `usual` is
    negatives an hour. From the loudest half hour on, each bin is Poisson about usual + height x 2^(-t / half-life);
    the height is that which fits the sum, the half-life the likeliest (profile likelihood, thinned by the counts'
    clumping), and None unless ebbing explains the counts clearly better than staying.
    """
    if not counts:
        return None
    first, last = min(counts), max(counts)
    series = [counts.get(at, 0.0) for at in range(first, last + BIN_SECONDS, BIN_SECONDS)]
    tops = [sum(series[k : k + SMOOTH]) for k in range(max(1, len(series) - SMOOTH + 1))]
    tail = series[max(range(len(tops)), key=tops.__getitem__) :]
    if len(tail) < SMOOTH + LEAST_BINS or sum(tail) < LEAST_NEGATIVES:
        return None
    base = max(usual, 0.01) * BIN_SECONDS / 3600
    tried = [SHORTEST * (LONGEST / SHORTEST) ** (k / STEPS) for k in range(STEPS + 1)]
    fits = [_fit(tail, base, half) for half in tried]
    best = max(range(len(fits)), key=fits.__getitem__)
    if fits[best] < _fit(tail, base, inf) + SURE or best == len(fits) - 1:
        return None
    near = [half for half, value in zip(tried, fits, strict=True) if value >= fits[best] - SURE]
    return HalfLife(tried[best], near[0], near[-1])


def _fit(tail: list[float], base: float, half: Seconds) -> float:
    """Return the thinned log likelihood of the counts after the peak for one half-life."""
    rate = log(2.0) * BIN_SECONDS / half
    shape = [exp(-rate * (k + 0.5)) for k in range(len(tail))]
    height = max(0.0, sum(tail) - base * len(tail)) / sum(shape)
    means = [base + height * one for one in shape]
    return sum(n * log(mean) - mean for n, mean in zip(tail, means, strict=True)) / CLUMPS


def _span(seconds: Seconds) -> str:
    return f"{seconds / MINUTE:.0f} min" if seconds < 2 * 3600 else f"{seconds / 3600:.1f} h"
