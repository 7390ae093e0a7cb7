"""Simulated counts for the detector's tests."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterator

from amends.model import Bin

MONDAY = 1_767_571_200  # 2026-01-05T00:00Z
Rate = Callable[[float], float]


def poisson(rng: random.Random, mean: float) -> int:
    """Draw a Poisson count, by its normal limit where the mean is large."""
    if mean > 50:
        return max(0, round(rng.gauss(mean, math.sqrt(mean))))
    count, product, limit = 0, rng.random(), math.exp(-mean)
    while product > limit:
        count += 1
        product *= rng.random()
    return count


def bins(
    seed: int, days: float, negatives: Rate, others: Rate, *, start: int = MONDAY, voices: int = 64
) -> Iterator[Bin]:
    """Yield five-minute bins; rates are per hour and functions of the hours since the start."""
    rng = random.Random(seed)
    for k in range(int(days * 288)):
        hour = k / 12
        day = 1 + 0.5 * math.cos(2 * math.pi * (hour - 15) / 24)
        n, o = poisson(rng, negatives(hour) * day / 12), poisson(rng, others(hour) * day / 12)
        told = tuple(rng.randrange(voices) if voices > 1 else 7 for _ in range(min(n, 64)))
        heard = tuple(sorted(set(told)))
        yield Bin(start=start + 300 * k, mentions=n + o, negatives=n, p_negative=float(n), authors=heard, stories=heard)
