"""Fits probabilities to scores, with the three labels given equal weight, and chooses the label's threshold."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from sklearn.linear_model import LogisticRegression

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

FOLD_SEED = 20261126
DRAWN = 4_000  # posts: with that many a threshold is half its language's own


def balanced(target: NDArray[np.intp]) -> NDArray[np.float64]:
    """Return weights under which each label weighs the same and the mean is 1."""
    counts = np.bincount(target, minlength=3)
    return (len(target) / 3 / np.maximum(counts, 1))[target]


def softmax(logits: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return probabilities, row by row."""
    odds = np.exp(logits - logits.max(axis=1, keepdims=True))
    return odds / odds.sum(axis=1, keepdims=True)


def fit(features: NDArray[np.float64], target: NDArray[np.intp]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return (features x 3) weights and 3 biases of a multinomial logistic calibration on balanced labels."""
    spread = features.std(axis=0) + 1e-9
    model = LogisticRegression(C=10.0, max_iter=500).fit(features / spread, target, sample_weight=balanced(target))
    return (model.coef_.T / spread[:, None]).astype(np.float32), model.intercept_.astype(np.float32)


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


def told(name: str, features: NDArray[np.float64], target: NDArray[np.intp]) -> str:
    """Return a line of how far a calibration is off on posts that neither it nor the heads have seen (5 folds)."""
    fold = np.random.default_rng(FOLD_SEED).integers(0, 5, len(target))
    seen = np.zeros(len(target))
    for k in range(5):
        weights, bias = fit(features[fold != k], target[fold != k])
        seen[fold == k] = softmax(features[fold == k] @ weights + bias)[:, 0]
    truth = target == 0
    ranks = seen.argsort().argsort()[truth].sum()
    pairs = int(truth.sum()) * int((~truth).sum())
    auc = (ranks - truth.sum() * (truth.sum() - 1) / 2) / pairs
    return f"{name}  {len(target):6} posts  AUC {auc:.3f}  calibration error {error(seen, target):.3f}"
