"""A short forecast with an interval: how many negatives the next hour is likely to bring."""

from __future__ import annotations

from math import exp, sqrt
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

HALF = 6  # bins of five minutes in the half hour that growth is measured over
GROWTH = (0.25, 4.0)  # from one half hour to the next: what lies beyond is chance
DAMPED = 0.3  # exponent on the growth: it rarely lasts (Gardner & McKenzie 1985)
NEWER = 0.3  # weight of the newer half hour beside that of the whole hour
PRIOR = 4.0  # negatives that either half hour is given: little growth is seen in little
CLUMPS = 1.6  # variance over mean of the counts
DOUBT = 0.28  # standard deviation of the log of the excess an hour ahead
EIGHT_IN_TEN = 1.2816  # normal quantile


def forecast(counts: Sequence[float], usual: float) -> tuple[float, float] | None:
    """Return the range that holds the next hour's negatives eight times in ten; None with less than an hour of counts.

    `counts` are negatives in bins of five minutes, the newest last and over; `usual` negatives an hour. The excess of
    the last half hour goes on with a damped share of its growth. `benchmarks/forecast.py` says how far it errs.
    """
    if len(counts) < 2 * HALF:
        return None
    now, before = sum(counts[-HALF:]), sum(counts[-2 * HALF : -HALF])
    growth = min(max((now + PRIOR) / (before + PRIOR), GROWTH[0]), GROWTH[1])
    level = NEWER * 2.0 * now + (1.0 - NEWER) * (now + before)
    excess = max(0.0, level - usual) * growth**DAMPED
    mean = max(usual + excess, 0.1)
    share = excess / mean
    doubt = sqrt(CLUMPS * 2.0 / (mean + 1.0) + (share * DOUBT) ** 2)
    return mean * exp(-EIGHT_IN_TEN * doubt), mean * exp(EIGHT_IN_TEN * doubt)
