"""Fits probabilities to scores, with the three labels given equal weight, and chooses the label's threshold."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from sklearn.linear_model import LogisticRegression

if TYPE_CHECKING:
    from numpy.typing import NDArray


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
