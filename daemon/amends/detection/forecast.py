"""A short forecast with an interval: how many negatives the next hour is likely to bring."""

from __future__ import annotations

from math import exp, sqrt
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

HOUR_BINS = 12  # of five minutes: no more of a wave is looked at
GROWTH = (0.25, 4.0)  # from one half of what is looked at to the other: what lies beyond is chance
DAMPED = 0.3  # exponent on the growth: it rarely lasts (Gardner & McKenzie 1985)
NEWER = 0.3  # weight of the newer half beside that of the whole
PRIOR = 4.0  # negatives that either half is given: little growth is seen in little
CLUMPS = 1.6  # variance over mean of the counts
DOUBT = 0.28  # standard deviation of the log of the excess an hour ahead
EIGHT_IN_TEN = 1.2816  # normal quantile


def forecast(counts: Sequence[float], usual: float, age: int = HOUR_BINS) -> tuple[float, float] | None:
    """Return the range that holds the next hour's negatives eight times in ten; None with less than an hour of counts.

    `counts` are negatives in bins of five minutes, the newest last and over; `usual` negatives an hour; `age` in how
    many of the bins the wave has run: the quiet before a young one says nothing of what comes. The excess of its last
    hour, or of its life so far, goes on with a damped share of its growth. `benchmarks/forecast.py` says how far it
    errs.
    """
    if len(counts) < HOUR_BINS:
        return None
    age = min(max(age, 1), HOUR_BINS)
    half = age // 2
    an_hour = HOUR_BINS / age
    level, growth = an_hour * sum(counts[-age:]), 1.0
    if half:
        now, before = sum(counts[-half:]), sum(counts[-2 * half : -half])
        growth = min(max((now + PRIOR) / (before + PRIOR), GROWTH[0]), GROWTH[1])
        level = NEWER * HOUR_BINS / half * now + (1.0 - NEWER) * level
    excess = max(0.0, level - usual) * growth**DAMPED
    mean = max(usual + excess, 0.1)
    share = excess / mean
    chance = CLUMPS * (1.0 / (mean + 1.0) + 1.0 / (mean / an_hour + 1.0))  # of the hour to come, of what was heard
    doubt = sqrt(chance + (share * DOUBT) ** 2)
    return mean * exp(-EIGHT_IN_TEN * doubt), mean * exp(EIGHT_IN_TEN * doubt)
