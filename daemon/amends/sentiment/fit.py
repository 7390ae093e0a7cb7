"""How the model fits one brand: its own share of negatives, from unlabelled posts, and what people put right.

The share is estimated by expectation maximisation (Saerens, Latinne and Decaestecker, 2002, "Adjusting the Outputs of a
Classifier to New a Priori Probabilities"): the model is calibrated for labels that are equally common, and those of a
brand are not. People's corrections fit one number, the log odds of negative, by maximum a posteriori. All of it is
bounded, needs a minimum, and is computed anew from what is stored: what is taken back is gone.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from math import exp, log, log2
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

LEAST = 500  # unlabelled posts from which a share is estimated
FURTHEST = 2.0  # factor by which the odds of one post are moved at most, either way
SHARE = (0.01, 0.99)
PSEUDO = 0.0025  # posts of each label that are taken to be there, as a share of the real ones: tames a sure estimate
_ROUNDS = 200
_STILL = 1e-6
_NIL = 1e-6

CORRECTIONS = 10  # corrected posts from which they move anything
VERDICTS = 3  # incidents judged
SPREAD = 0.25  # standard deviation, in log odds, that a brand's own offset is believed to have before anybody speaks
NOISE = 0.3  # log odds that verdicts can take at most
_FAR = 3.0
PEOPLE = 0.5  # log odds that all that people say may move


@dataclass(frozen=True, slots=True)
class Prior:
    """A brand's share of negatives, heard and estimated, from so many unlabelled posts."""

    posts: int
    raw: float  # mean p_negative as scored
    share: float | None = None  # estimated; None below `LEAST` posts
    odds: float = 1.0  # factor on the odds of negative, 1 / `FURTHEST` to `FURTHEST`

    @property
    def bounded(self) -> bool:
        """Whether the estimate would move the odds further than it may."""
        return abs(abs(log2(self.odds)) - log2(FURTHEST)) < _STILL


@dataclass(frozen=True, slots=True)
class People:
    """What people said about a brand's tone, and how far it moves the log odds of negative."""

    corrections: int = 0
    judged: int = 0
    real: int = 0
    log_odds: float = 0.0


@dataclass(frozen=True, slots=True)
class Fit:
    """What is known about one brand beside the model."""

    prior: Prior = Prior(0, 0.0)
    people: People = field(default_factory=People)

    def p_negative(self, raw: float) -> float:
        """Return the probability of negative for this brand: the raw one, moved by its share and by its people."""
        return leaned(raw, log(self.prior.odds) + self.people.log_odds)


def leaned(p_negative: float, log_odds: float) -> float:
    """Return a probability moved by log odds."""
    moved = p_negative * exp(log_odds)
    return moved / (moved + (1.0 - p_negative))


def estimate(shares: NDArray[np.float64]) -> Prior:
    """Return the share of negatives among posts (posts x negative, neutral, positive, calibrated as equally common)."""
    posts = len(shares)
    raw = float(shares[:, 0].mean()) if posts else 0.0
    if posts < LEAST:
        return Prior(posts, raw)
    kept = np.maximum(shares, _NIL)
    prior = np.full(3, 1 / 3)
    for _ in range(_ROUNDS):
        weighed = kept * prior
        weighed /= weighed.sum(axis=1, keepdims=True)
        after = (weighed.mean(axis=0) + PSEUDO) / (1.0 + 3.0 * PSEUDO)
        moved = float(np.abs(after - prior).max())
        prior = after
        if moved < _STILL:
            break
    share = float(min(max(prior[0], SHARE[0]), SHARE[1]))
    odds = share / (1.0 - share) * 2.0  # the model's own odds of negative are 1 to 2
    return Prior(posts, raw, share, min(max(odds, 1.0 / FURTHEST), FURTHEST))


def learned(corrected: Sequence[tuple[float, bool]], *, judged: int, real: int) -> People:
    """Return what people's word moves.

    `corrected` are (p_negative as scored, whether a person says negative) of corrected posts. Of `judged` incidents
    people called `real` worth a page: where more were noise, negatives were heard too easily. A real one confirms what
    was heard and moves nothing by itself.
    """
    points = _offset(corrected) if len(corrected) >= CORRECTIONS else 0.0
    noise = judged - real
    if judged >= VERDICTS and noise > real:
        points -= NOISE * (noise - real) / (judged + VERDICTS)
    return People(len(corrected), judged, real, min(max(points, -PEOPLE), PEOPLE))


def _offset(corrected: Sequence[tuple[float, bool]]) -> float:
    """Return the log odds that fit the corrections best, drawn to 0: Newton's method on a concave sum."""
    scores = np.array([min(max(p, _NIL), 1.0 - _NIL) for p, _ in corrected])
    scores = np.log(scores / (1.0 - scores))
    truth = np.array([negative for _, negative in corrected], np.float64)
    points = 0.0
    for _ in range(50):
        said = 1.0 / (1.0 + np.exp(-(scores + points)))
        slope = float((truth - said).sum()) - points / SPREAD**2
        bend = float((said * (1.0 - said)).sum()) + 1.0 / SPREAD**2
        points = min(max(points + slope / bend, -_FAR), _FAR)
        if abs(slope / bend) < _STILL:
            break
    return points
