"""The week's rhythm: what is fitted, and how little of it is believed where little was heard."""

from __future__ import annotations

import math
import random

import pytest

from amends.detection import season
from support.detection import poisson


def week(level: float, seed: int) -> tuple[list[float], list[float]]:
    """Counts and flat expectations of twenty weeks: evenings are loud, weekends half as loud."""
    rng = random.Random(seed)
    true = []
    for hour in range(season.HOURS):
        factor = math.exp(0.6 * math.cos(2 * math.pi * (hour % 24 - 19.5) / 24))
        true.append(factor * (0.5 if hour >= 120 else 1.0))
    mean = sum(true) / len(true)
    counts = [float(sum(poisson(rng, level * f / mean) for _ in range(20))) for f in true]
    return counts, [20.0 * level] * season.HOURS


def test_a_loud_brand_shows_its_evenings_and_weekends() -> None:
    counts, flat = week(40.0, 1)
    found = season.factors(season.fit(counts, flat, 1.0))
    assert found[19] / found[7] == pytest.approx(math.exp(1.2), rel=0.1)
    assert found[130] / found[10] == pytest.approx(0.5, rel=0.1)
    assert sum(found) / len(found) == pytest.approx(1.0)


def test_a_brand_with_a_few_mentions_has_no_tuesday() -> None:
    flat = [0.02] * season.HOURS
    counts = [0.0] * season.HOURS
    counts[30] = counts[34] = 1.0  # a Tuesday
    found = season.factors(season.fit(counts, flat, 1.0))
    assert max(found) < 1.6
    assert abs(found[30] / found[54] - 1.0) < 0.05  # the same hour on Wednesday


@pytest.mark.parametrize("scale", [1.0, 6.0])
def test_the_fit_is_where_the_penalised_likelihood_is_highest(scale: float) -> None:
    counts, flat = week(3.0, 2)

    def loss(beta: list[float]) -> float:
        logs = [math.log(f) for f in season.factors(beta)]
        level = math.log(sum(counts) / sum(e * math.exp(v) for e, v in zip(flat, logs, strict=True)))
        likelihood = sum(y * (v + level) - e * math.exp(v + level) for y, e, v in zip(counts, flat, logs, strict=True))
        return sum(b * b for b in beta) / 2 - likelihood / scale

    best = season.fit(counts, flat, scale)
    for term in range(season.TERMS):
        for step in (-0.05, 0.05):
            assert loss([b + step * (k == term) for k, b in enumerate(best)]) > loss(best)
