"""The half-life of a wave, fitted to its own counts."""

from __future__ import annotations

from random import Random

import pytest

from amends.detection import half_life
from amends.model import HOUR, MINUTE
from support.detection import MONDAY, poisson


def wave(seed: int, half: float, *, height: float = 200.0, usual: float = 6.0, hours: float = 8.0) -> dict[int, float]:
    rng = Random(seed)
    bins = range(int(hours * 12))
    return {MONDAY + 300 * k: float(poisson(rng, (usual + height * 0.5 ** (300 * k / half)) / 12)) for k in bins}


@pytest.mark.parametrize("half", [20 * MINUTE, HOUR, 2 * HOUR])
def test_it_finds_the_half_life_of_a_wave_that_ebbs(half: float) -> None:
    found = [half_life(wave(seed, half), 6.0) for seed in range(20)]

    assert all(one is not None for one in found)
    assert sum(0.6 * half < one.seconds < 1.6 * half for one in found if one) >= 18
    assert sum(one.low <= half <= one.high for one in found if one) >= 14


def test_what_stays_or_is_too_little_has_none() -> None:
    steady = {MONDAY + 300 * k: float(poisson(Random(k), 10.0)) for k in range(72)}

    assert half_life(steady, 6.0) is None
    assert half_life({}, 6.0) is None
    assert half_life({MONDAY: 30.0}, 6.0) is None
    assert half_life(wave(1, HOUR, height=1.0, usual=0.1), 0.1) is None


def test_it_is_told_in_words() -> None:
    assert str(half_life(wave(3, 30 * MINUTE), 6.0)).startswith("half-life ")
    assert " h (" in str(half_life(wave(3, 3 * HOUR, hours=16), 6.0))
