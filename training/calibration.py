"""Fits probabilities to scores, with the three labels given equal weight, and chooses the label's threshold.

A language's calibration is drawn to the one that languages with few posts have in common: what n-grams and words are
worth beside each other differs less between languages than 1,800 posts can tell.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

if TYPE_CHECKING:
    from collections.abc import Sequence

FOLD_SEED = 20261126
FOLDS = 5
ALIKE = 1_800  # posts a language of those that the common calibration is fitted on
DRAWN_BY = 20.0  # posts: how strongly a calibration is drawn to it, per unit of a feature's spread
DRAWN = 4_000  # posts: with that many a threshold is half its language's own


def balanced(target: NDArray[np.intp]) -> NDArray[np.float64]:
    """Return weights under which each label weighs the same and the mean is 1."""
    counts = np.bincount(target, minlength=3)
    return (len(target) / 3 / np.maximum(counts, 1))[target]


def softmax(logits: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return probabilities, row by row."""
    odds = np.exp(logits - logits.max(axis=1, keepdims=True))
    return odds / odds.sum(axis=1, keepdims=True)


@dataclass(frozen=True, slots=True)
class Common:
    """What calibrations are drawn to: features' spreads, and weights (features and bias x 3) on features over these."""

    spread: NDArray[np.float64]
    weights: NDArray[np.float64]


def _fitted(
    X: NDArray[np.float64], target: NDArray[np.intp], toward: NDArray[np.float64], strength: float
) -> NDArray[np.float64]:
    """Return the weights (features and bias x 3) of the least log loss, labels balanced, drawn to others."""
    X = np.column_stack([X, np.ones(len(X))])
    weights = balanced(target) / len(target)
    truth = np.eye(3)[target]
    pull = np.full((X.shape[1], 1), strength / len(target))
    pull[-1] = 0

    def loss(flat: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        W = flat.reshape(toward.shape)
        shares = softmax(X @ W)
        away = W - toward
        total = -(weights * np.log(np.maximum(shares[truth > 0], 1e-300))).sum() + (pull * away**2).sum() / 2
        return total, (X.T @ (weights[:, None] * (shares - truth)) + pull * away).ravel()

    found = minimize(loss, toward.ravel(), jac=True, method="L-BFGS-B", options={"maxiter": 300})
    shaped: NDArray[np.float64] = found.x.reshape(toward.shape)
    return shaped


def common(
    features: NDArray[np.float64], target: NDArray[np.intp], lang: NDArray[np.str_], langs: Sequence[str]
) -> Common:
    """Return the calibration of some languages' posts taken together, as many of each."""
    rng = np.random.default_rng(FOLD_SEED)
    rows = np.concatenate([rng.permutation(np.flatnonzero(lang == name))[:ALIKE] for name in langs])
    spread = features.std(axis=0) + 1e-9
    nothing = np.zeros((features.shape[1] + 1, 3))
    return Common(spread, _fitted(features[rows] / spread, target[rows], nothing, 1.0))


def fit(
    features: NDArray[np.float64], target: NDArray[np.intp], toward: Common | None = None
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return (features x 3) weights and 3 biases of a multinomial logistic calibration on balanced labels."""
    if toward is None:
        toward = Common(features.std(axis=0) + 1e-9, np.zeros((features.shape[1] + 1, 3)))
        strength = 0.1
    else:
        strength = DRAWN_BY
    found = _fitted(features / toward.spread, target, toward.weights, strength)
    return (found[:-1] / toward.spread[:, None]).astype(np.float32), found[-1].astype(np.float32)


def threshold(p_negative: NDArray[np.float64], target: NDArray[np.intp]) -> float:
    """Return the p_negative above which the label is negative: where F1 is best at a third of negatives."""
    weights = balanced(target)
    truth = target == 0
    grid = np.arange(0.24, 0.46, 0.01)
    scores = []
    for cut in grid:
        said = p_negative >= cut
        hit = weights[said & truth].sum()
        scores.append(2 * hit / (weights[said].sum() + weights[truth].sum()))
    smooth = np.convolve(np.pad(scores, 2, mode="edge"), np.ones(5) / 5, mode="valid")
    return float(grid[int(np.argmax(smooth))])


def drawn_together(cuts: Sequence[float], posts: Sequence[int]) -> list[float]:
    """Return the languages' thresholds drawn to their mean, more where few posts chose them: F1 is flat at its top."""
    mean = sum(cuts) / len(cuts)
    return [round(mean + (cut - mean) * n / (n + DRAWN), 3) for cut, n in zip(cuts, posts, strict=True)]


def error(p_negative: NDArray[np.float64], target: NDArray[np.intp]) -> float:
    """Return the expected calibration error in ten bins, labels balanced."""
    weights = balanced(target)
    place = np.minimum((p_negative * 10).astype(np.intp), 9)
    gap = np.bincount(place, weights * (p_negative - (target == 0)), minlength=10)
    return float(np.abs(gap).sum() / weights.sum())


def unseen(
    features: NDArray[np.float64], target: NDArray[np.intp], lang: NDArray[np.str_], langs: Sequence[str]
) -> NDArray[np.float64]:
    """Return each post's p_negative by calibrations, the common one too, that did not see it (5 folds)."""
    fold = np.random.default_rng(FOLD_SEED).integers(0, FOLDS, len(target))
    found = np.zeros(len(target))
    for k in range(FOLDS):
        inside = fold != k
        toward = common(features[inside], target[inside], lang[inside], langs)
        for name in np.unique(lang):
            mine, asked = inside & (lang == name), ~inside & (lang == name)
            weights, bias = fit(features[mine], target[mine], toward)
            found[asked] = softmax(features[asked] @ weights + bias)[:, 0]
    return found


def told(name: str, seen: NDArray[np.float64], target: NDArray[np.intp]) -> str:
    """Return a line of how far p_negative is off on posts that neither it nor the heads have seen."""
    truth = target == 0
    ranks = seen.argsort().argsort()[truth].sum()
    pairs = int(truth.sum()) * int((~truth).sum())
    auc = (ranks - truth.sum() * (truth.sum() - 1) / 2) / pairs
    return f"{name}  {len(target):6} posts  AUC {auc:.3f}  calibration error {error(seen, target):.3f}"
