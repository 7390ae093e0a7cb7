"""Trains the tone of a post: heads on hashed n-grams and on word vectors, a calibration per language out of fold."""

from __future__ import annotations

import sys
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray
from sklearn.linear_model import SGDClassifier

import calibration
import service
import wordheads
from amends.sentiment.tone import BITS, ENGLISH, SALTS
from amends.sentiment.vader import Vader
from data import LANGUAGES, Post
from features import matrix, quantised, rarity

if TYPE_CHECKING:
    from collections.abc import Sequence

    Arrays: TypeAlias = dict[str, NDArray[np.generic]]

SEED = 20261123
FOLDS = 3
# Of the descent: epochs, those before it is averaged, and its regularisation.
SHARED_BY_ALL = (24, 8, 6e-6)
ENGLISH_ALONE = (12, 0, 3e-6)
SHARE = 0.6  # a language's weight grows with this power of its size
SERVICE_SHARE = 0.06  # what the made-up posts to companies weigh, of all English posts
INDIAN = 6_000  # English posts that are taught as Hindi, too: half of what people in India write is English


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


def taught(posts: Sequence[Post]) -> list[Post]:
    """Return the labelled posts and what is added to them: posts to companies, and English ones taught as Hindi."""
    english = [post for post in posts if post.lang == "en"]
    chosen = np.random.default_rng(SEED).permutation(len(english))[:INDIAN]
    return [*posts, *service.made_up(), *(replace(english[i], lang="hi") for i in sorted(chosen))]


def weights_of(posts: Sequence[Post]) -> NDArray[np.float64]:
    """Return weights under which a language's labels are balanced and languages weigh by the root of their size."""
    made_up = np.array([post.source == service.SOURCE for post in posts])
    group = np.where(made_up, len(LANGUAGES), [LANGUAGES.index(post.lang) for post in posts])
    label = np.array([post.label for post in posts])
    cells = np.zeros((len(LANGUAGES) + 1, 3))
    np.add.at(cells, (group, label), 1)
    total = cells.sum(axis=1, keepdims=True) ** SHARE
    total[-1] = SERVICE_SHARE * total[LANGUAGES.index("en")]
    weights = (total / np.maximum(cells, 1))[group, label]
    return weights / weights.mean()


def descended(X: sp.csr_matrix, posts: Sequence[Post], descent: tuple[int, int, float]) -> Heads:
    """Train both heads by averaged stochastic gradient descent."""
    epochs, skipped, alpha = descent
    label = np.array([post.label for post in posts])
    weights = weights_of(posts)
    models = [
        SGDClassifier(
            loss="log_loss",
            alpha=alpha,
            max_iter=epochs,
            tol=None,
            average=max(1, skipped * len(posts)),
            random_state=SEED,
        ).fit(X, label == wanted, sample_weight=weights)
        for wanted in (0, 2)
    ]
    return Heads(np.vstack([m.coef_ for m in models]), np.concatenate([m.intercept_ for m in models]))


def heads(X: sp.csr_matrix, posts: Sequence[Post]) -> Heads:
    """Train the heads that all languages share."""
    return descended(X, posts, SHARED_BY_ALL)


def english_heads(X: sp.csr_matrix, posts: Sequence[Post]) -> Heads:
    """Train the heads of English on buckets weighted by their rarity: that helps where there are many posts only."""
    mine = np.flatnonzero([post.lang == "en" for post in posts])
    rare = rarity(X[mine])
    found = descended((X[mine] @ sp.diags(rare)).tocsr(), [posts[i] for i in mine], ENGLISH_ALONE)
    return Heads(found.coefficients * rare, found.biases)


@dataclass(frozen=True, slots=True)
class Lesson:
    """Posts with all that the heads read of them, row by row: n-grams (shared, and English), words, VADER."""

    posts: list[Post]
    shared: sp.csr_matrix
    english: sp.csr_matrix
    words: wordheads.Bags
    heard: NDArray[np.float64]

    def some(self, rows: NDArray[np.intp]) -> Lesson:
        """Return some of the posts."""
        some = [self.posts[i] for i in rows]
        return Lesson(some, self.shared[rows], self.english[rows], self.words.some(rows), self.heard[rows])


def lesson(posts: Sequence[Post], vectors: wordheads.Vectors) -> Lesson:
    """Return what the heads read of posts."""
    texts = [post.text for post in posts]
    return Lesson(
        list(posts), grams_of(posts), matrix(texts, BITS), wordheads.bags(posts, vectors), vader_features(posts)
    )


def english_logits(english: Heads, part: Lesson) -> NDArray[np.float64]:
    """Return posts x 2, with 0 where the English heads do not read."""
    reads = np.array([post.lang in ENGLISH for post in part.posts])
    return english.logits(part.english) * reads[:, None]


def out_of_fold(whole: Lesson) -> NDArray[np.float64]:
    """Return each post's features by heads that did not see its text.

    N-grams (2), words (2), VADER (3), English (2), words behind negations (3).
    """
    fold_of: dict[str, int] = {}
    rng = np.random.default_rng(SEED)
    fold = np.array([fold_of.setdefault(post.text, int(rng.integers(FOLDS))) for post in whole.posts])
    features = np.zeros((len(whole.posts), 12))
    features[:, 4:7] = whole.heard
    for k in range(FOLDS):
        outside = np.flatnonzero(fold == k)
        inside, asked = whole.some(np.flatnonzero(fold != k)), whole.some(outside)
        features[outside, :2] = heads(inside.shared, inside.posts).logits(asked.shared)
        known = wordheads.train(inside.words, inside.posts, weights_of(inside.posts))
        features[outside, 2:4] = known.logits(asked.words, asked.posts)
        features[outside, 9:] = known.denied(asked.words, asked.posts)
        features[outside, 7:9] = english_logits(english_heads(inside.english, inside.posts), asked)
    return features


def calibrate(features: NDArray[np.float64], posts: Sequence[Post]) -> Arrays:
    """Return weights (languages x features x 3), biases (languages x 3) and thresholds, labels balanced."""
    lang = np.array([post.lang for post in posts])
    label = np.array([post.label for post in posts])
    few = [name for name in LANGUAGES if name not in ENGLISH]
    toward = calibration.common(features, label, lang, few)
    seen = calibration.unseen(features, label, lang, few)
    fitted, biases, cuts = [], [], []
    for name in LANGUAGES:
        mine = lang == name
        weights, bias = calibration.fit(features[mine], label[mine], toward)
        probabilities = calibration.softmax(features[mine] @ weights + bias)
        fitted.append(weights)
        biases.append(bias)
        cuts.append(calibration.threshold(probabilities[:, 0], label[mine]))
        print(calibration.told(name, seen[mine], label[mine]), file=sys.stderr, flush=True)
    return {
        "calibration": np.array(fitted, np.float32),
        "calibration_bias": np.array(biases, np.float32),
        "thresholds": np.array(
            calibration.drawn_together(cuts, [int((lang == name).sum()) for name in LANGUAGES]), np.float32
        ),
        "languages": np.array(LANGUAGES),
    }


def train(labelled: Sequence[Post], vectors: wordheads.Vectors) -> Arrays:
    """Return the shipped arrays; print how well the calibration holds out of fold."""
    whole = lesson(taught(labelled), vectors)
    real = np.flatnonzero([post.source != service.SOURCE for post in whole.posts])
    calibrated = calibrate(out_of_fold(whole)[real], [whole.posts[i] for i in real])
    final, english = heads(whole.shared, whole.posts), english_heads(whole.english, whole.posts)
    tables = [quantised(row) for row in final.coefficients]
    own = [quantised(row, cut=0.99995) for row in english.coefficients]
    return {
        "negative": tables[0][0],
        "positive": tables[1][0],
        "scales": np.array([scale for _, scale in tables], np.float32),
        "biases": final.biases.astype(np.float32),
        "english": np.stack([table for table, _ in own]),
        "english_scales": np.array([scale for _, scale in own], np.float32),
        "english_biases": english.biases.astype(np.float32),
        **wordheads.train(whole.words, whole.posts, weights_of(whole.posts)).shipped(vectors),
        **calibrated,
    }
