"""What probabilities say of counts: no classifier is sharp, and a brand has its own mix of negatives and others."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from amends.detection import Settings, fold, new, read, tones
from support.detection import MONDAY, bins

if TYPE_CHECKING:
    from amends.model import Bin


def score(rng: random.Random, *, negative: bool, wide: float) -> float:
    """Draw a probability as a classifier gives it that is calibrated where a third is negative.

    p is Beta(wide / 3, 2 wide / 3) over all; given the truth, Bayes' rule makes it Beta with one more of that kind.
    """
    more = 1.0 if negative else 0.0
    return rng.betavariate(wide / 3 + more, 2 * wide / 3 + 1.0 - more)


def softened(one: Bin, rng: random.Random, wide: float) -> Bin:
    """Put a classifier between the crowd and us."""
    kinds = [True] * one.negatives + [False] * (one.mentions - one.negatives)
    return replace(one, p_negative=sum(score(rng, negative=kind, wide=wide) for kind in kinds))


@pytest.mark.parametrize("wide", [0.5, 1.5])
@pytest.mark.parametrize(("negatives", "others"), [(3.0, 57.0), (20.0, 40.0), (45.0, 15.0)])
def test_negatives_are_counted_right_whatever_their_share_and_however_sharp_the_tones(
    negatives: float, others: float, wide: float
) -> None:
    rng, settings = random.Random(5), Settings()
    state, told, true, all_ = new(settings), 0.0, 0, 0
    for one in bins(5, 3, lambda _hour: negatives, lambda _hour: others):
        state = fold(state, softened(one, rng, wide), settings)
        if one.start >= MONDAY + 86_400:  # a day, to learn how sharp they are
            told += state.n[state.count % state.size]
            true += one.negatives
            all_ += one.mentions
    gap = 1.0 / (wide + 1.0)  # between the mean of negatives, (wide / 3 + 1) / (wide + 1), and that of the others
    assert tones.sharpness(state) == pytest.approx(gap, abs=0.1)
    assert abs(told - true) < 0.035 * all_


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("wide", [None, 1.5])
def test_a_brand_that_is_mostly_complained_to_has_its_first_day_so_and_pages_nobody(
    seed: int, wide: float | None
) -> None:
    rng, settings = random.Random(seed), Settings()
    state = new(settings)
    for one in bins(seed, 4, lambda _hour: 30.0, lambda _hour: 3.0):
        state = fold(state, softened(one, rng, wide) if wide else one, settings)
        assert not state.alarm, f"an alarm on day {(one.start - MONDAY) / 86_400:.2f}"
    assert read(state, (), state.next, settings).page_above is not None
