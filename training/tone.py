"""Trains the tone of a post: heads on hashed n-grams and on word vectors, a calibration per language out of fold."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import SGDClassifier

import calibration
import wordheads
from amends.sentiment.tone import BITS, SALTS
from amends.sentiment.vader import Vader
from data import LANGUAGES, Post
from features import matrix, quantised

if TYPE_CHECKING:
    from collections.abc import Sequence

    import scipy.sparse as sp

    Arrays: TypeAlias = dict[str, NDArray[np.generic]]

SEED = 20261123
FOLDS = 3
EPOCHS = 8
ALPHA = 3e-6
SHARE = 0.6  # a language's weight grows with this power of its size


@dataclass(frozen=True, slots=True)
class Heads:
    """Two linear heads, negative and positive: coefficients (2 x buckets) and biases (2)."""

    coefficients: NDArray[np.float64]
    biases: NDArray[np.float64]

    def logits(self, X: sp.csr_matrix) -> NDArray[np.float64]:
        """Return texts x 2."""
        return X @ self.coefficients.T + self.biases


def grams_of(posts: Sequence[Post]) -> sp.csr_matrix:
    """Return the hashed n-grams of posts, each twice: shared by all languages, and its language's own."""
    return matrix([post.text for post in posts], BITS, salts=[SALTS[post.lang] for post in posts])


def vader_features(posts: Sequence[Post]) -> NDArray[np.float64]:
    """Return posts x (compound, neg, pos)."""
    vader = Vader()
    scores = [vader.score(post.text) for post in posts]
    return np.array([(score.compound, score.neg, score.pos) for score in scores])


def weights_of(posts: Sequence[Post]) -> NDArray[np.float64]:
    """Return weights under which a language's labels are balanced and languages weigh by the root of their size."""
    lang = np.array([LANGUAGES.index(post.lang) for post in posts])
    label = np.array([post.label for post in posts])
    cells = np.zeros((len(LANGUAGES), 3))
    np.add.at(cells, (lang, label), 1)
    weights = (cells.sum(axis=1, keepdims=True) ** SHARE / np.maximum(cells, 1))[lang, label]
    return weights / weights.mean()


def heads(X: sp.csr_matrix, posts: Sequence[Post]) -> Heads:
    """Train both heads by averaged stochastic gradient descent."""
    label = np.array([post.label for post in posts])
    weights = weights_of(posts)
    models = [
        SGDClassifier(loss="log_loss", alpha=ALPHA, max_iter=EPOCHS, tol=None, average=True, random_state=SEED).fit(
            X, label == wanted, sample_weight=weights
        )
        for wanted in (0, 2)
    ]
    return Heads(np.vstack([m.coef_ for m in models]), np.concatenate([m.intercept_ for m in models]))


def out_of_fold(X: sp.csr_matrix, words: wordheads.Bags, posts: Sequence[Post]) -> NDArray[np.float64]:
    """Return each post's logits (two of n-grams, two of words) by heads that did not see it."""
    fold = np.random.default_rng(SEED).integers(0, FOLDS, len(posts))
    logits = np.zeros((len(posts), 4))
    for k in range(FOLDS):
        inside, outside = np.flatnonzero(fold != k), np.flatnonzero(fold == k)
        taught = [posts[i] for i in inside]
        logits[outside, :2] = heads(X[inside], taught).logits(X[outside])
        known = wordheads.train(words.some(inside), taught, weights_of(taught))
        logits[outside, 2:] = known.logits(words.some(outside), [posts[i] for i in outside])
    return logits


def calibrate(features: NDArray[np.float64], posts: Sequence[Post]) -> Arrays:
    """Return weights (languages x features x 3), biases (languages x 3) and thresholds, labels balanced."""
    lang = np.array([post.lang for post in posts])
    label = np.array([post.label for post in posts])
    fitted, biases, cuts = [], [], []
    for name in LANGUAGES:
        mine = lang == name
        weights, bias = calibration.fit(features[mine], label[mine])
        probabilities = calibration.softmax(features[mine] @ weights + bias)
        fitted.append(weights)
        biases.append(bias)
        cuts.append(calibration.threshold(probabilities[:, 0], label[mine]))
    return {
        "calibration": np.array(fitted, np.float32),
        "calibration_bias": np.array(biases, np.float32),
        "thresholds": np.array(cuts, np.float32),
        "languages": np.array(LANGUAGES),
    }


def train(posts: Sequence[Post], vectors: wordheads.Vectors) -> Arrays:
    """Return the shipped arrays."""
    X = grams_of(posts)
    words = wordheads.bags(posts, vectors)
    features = np.hstack([out_of_fold(X, words, posts), vader_features(posts)])
    final = heads(X, posts)
    tables = [quantised(row) for row in final.coefficients]
    return {
        "negative": tables[0][0],
        "positive": tables[1][0],
        "scales": np.array([scale for _, scale in tables], np.float32),
        "biases": final.biases.astype(np.float32),
        **wordheads.train(words, posts, weights_of(posts)).shipped(vectors),
        **calibrate(features, posts),
    }
