"""From probabilities to counts: how many of a bin's mentions were negative, by a classifier that is never sharp."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from amends.detection.state import DetectorState

SHARP_PRIOR = (0.4, 60.0)  # sharpness, worth so many mentions
BLUR_BOTH = 2.5  # what is wrongly a negative is missing among the others
SHARP_SWING = 3.0  # of a bin's variance over that of labels, no more is believed: a burst is no sharpness
SHARP_KEEP = 0.9995  # a bin's memory of the tones' sharpness: a week


def unmix(state: DetectorState, soft: float, many: float) -> tuple[float, float]:
    """Return (negatives, others) from a sum of probabilities over `many` scored mentions.

    A classifier calibrated where a third is negative gives a mention that is not negative (1 - s) / 3 on average and a
    negative one s more, s being its `sharpness`, 1 for labels. Left mixed, a storm would look like a launch: two in
    five of its negatives would count as others. What a bin cannot hold is carried on.
    """
    if not state.alarm or state.soft_many <= 0.0:  # a storm's bins all lean one way: they say nothing of sharpness
        state.soft_sum = state.soft_sum * SHARP_KEEP + soft
        state.soft_many = state.soft_many * SHARP_KEEP + many
        mean = mean_tone(state)
        swing = (soft - many * mean) ** 2 / (mean * (1.0 - mean))
        state.sharp_sum = state.sharp_sum * SHARP_KEEP + min(swing, SHARP_SWING * many)
        state.sharp_weight = state.sharp_weight * SHARP_KEEP + many
    sharp = sharpness(state)
    whole = state.carry + (soft - many * (1.0 - sharp) / 3.0) / sharp
    n = min(many, max(0.0, whole))
    state.carry = min(5.0, max(-5.0, whole - n))
    return n, many - n


def sharpness(state: DetectorState) -> float:
    """Return how far the probabilities of negatives and others lie apart on average: 1 for labels.

    Of a classifier calibrated where a third is negative, others have the mean (1 - g) / 3 and negatives g more; the
    variance within the two is 2/9 (g - g^2) on average. In a brand's own mix with mean m and variance v of p this
    leaves g = 9 (v + (m - 1/3)^2) / (1 + 3 m): the share of negatives itself falls out.
    """
    told = (SHARP_PRIOR[0] * SHARP_PRIOR[1] + state.sharp_sum) / (SHARP_PRIOR[1] + state.sharp_weight)
    mean = mean_tone(state)
    sharp = 9.0 * (told * mean * (1.0 - mean) + (mean - 1.0 / 3.0) ** 2) / (1.0 + 3.0 * mean)
    return min(1.0, max(0.25, sharp))


def mean_tone(state: DetectorState) -> float:
    """Return the mean probability of a mention's being negative, a third where nothing was heard."""
    return min(0.9, max(0.1, state.soft_sum / state.soft_many)) if state.soft_many > 0.0 else 1.0 / 3.0
