"""Trains what each word says, from its vector: a head shared by all languages, then one for each on top of it.

A post is the sum of its words' vectors, rare words more (SIF weights: Arora, Liang and Ma, 2017), over the root of their
number. A linear head on that is one number a word, so numbers are shipped and vectors are not.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

import data
import teacher
from amends.sentiment.negation import Negations
from amends.sentiment.ngrams import find, grams

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    Arrays: TypeAlias = dict[str, NDArray[np.generic]]

RARE = 1e-3  # the a of a / (a + p(word))
C_SHARED, C_OWN = 0.003, 0.004
SHARED_SCALE = 3.0  # how dear it is for a language to leave the shared head
BATCH = 512


@dataclass(frozen=True, slots=True)
class Vectors:
    """Words' hashes, sorted, and their vectors (words x dimensions), weighted by rarity."""

    keys: NDArray[np.uint64]
    vectors: NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Bags:
    """Posts as sums of vectors (posts x dimensions): of all words, and of those behind a negation; whether any are."""

    X: NDArray[np.float32]
    denied: NDArray[np.float32]
    denies: NDArray[np.bool_]

    def some(self, rows: NDArray[np.intp]) -> Bags:
        """Return some of the posts."""
        return Bags(self.X[rows], self.denied[rows], self.denies[rows])


@dataclass(frozen=True, slots=True)
class WordHeads:
    """Per language two linear heads: coefficients (languages x 2 x dimensions), biases (languages x 2)."""

    coefficients: NDArray[np.float64]
    biases: NDArray[np.float64]

    def logits(self, bags: Bags, posts: Sequence[data.Post]) -> NDArray[np.float64]:
        """Return posts x 2."""
        lang = np.array([data.LANGUAGES.index(post.lang) for post in posts])
        return np.einsum("nd,nhd->nh", bags.X, self.coefficients[lang]) + self.biases[lang]

    def denied(self, bags: Bags, posts: Sequence[data.Post]) -> NDArray[np.float64]:
        """Return what the words behind negations have in it, and whether there are any: posts x 3."""
        lang = np.array([data.LANGUAGES.index(post.lang) for post in posts])
        return np.column_stack([np.einsum("nd,nhd->nh", bags.denied, self.coefficients[lang]), bags.denies])

    def shipped(self, vectors: Vectors) -> Arrays:
        """Return each word's number for each language and head, in int8."""
        numbers = np.einsum("lhd,wd->lhw", self.coefficients, vectors.vectors)
        scales = np.quantile(np.abs(numbers), 0.9998, axis=2) / 127
        return {
            "words": vectors.keys,
            "word_numbers": np.clip(np.rint(numbers / scales[:, :, None]), -127, 127).astype(np.int8),
            "word_scales": scales.astype(np.float32),
            "word_biases": self.biases.astype(np.float32),
        }


def read(folder: Path, cache: Path) -> Vectors:
    """Return the vocabulary with its vectors from the teacher's cache."""
    held = data.read(folder, data.VALIDATION)
    posts = data.without(data.read(folder, data.TRAIN), held)
    sets = teacher.sets(posts, data.read(folder, data.LANGUAGE_ONLY))
    vectors = np.vstack([np.load(cache / f"{name}.npy") for name in sets]).astype(np.float32)
    vectors -= vectors.mean(axis=0)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    batch = grams([word for words in sets.values() for word in words])
    hashes, bounds = batch.words
    single = np.diff(bounds) == 1
    keys, first = np.unique(hashes[bounds[:-1][single]], return_index=True)
    kept = Vectors(keys, vectors[np.flatnonzero(single)[first]])
    counts, _, _ = _counts([post.text for post in posts], keys)
    share = np.asarray(counts.sum(axis=0)).ravel() / counts.sum()
    return Vectors(keys, (kept.vectors * (RARE / (RARE + share))[:, None]).astype(np.float32))


def _counts(
    texts: Sequence[str], keys: NDArray[np.uint64], langs: Sequence[str] = ()
) -> tuple[sp.csr_matrix, NDArray[np.intp], NDArray[np.bool_]]:
    """Return texts x words, how many words each text has, and whether any; with `langs` those behind negations only."""
    negations = Negations(data.LANGUAGES)
    places = np.array([data.LANGUAGES.index(lang) for lang in langs], np.intp)
    parts, lengths, any_ = [], [], []
    for start in range(0, len(texts), BATCH):
        batch = grams(texts[start : start + BATCH])
        hashes, bounds = batch.words
        row = np.repeat(np.arange(batch.texts), np.diff(bounds))
        inside = np.ones(len(hashes), bool)
        if langs:
            inside = negations.scope(hashes, bounds, places[start : start + BATCH])
        place, known = find(keys, hashes)
        known &= inside
        ones = np.ones(int(known.sum()), np.float32)
        parts.append(sp.csr_matrix((ones, (row[known], place[known])), shape=(batch.texts, len(keys))))
        lengths.append(np.diff(bounds))
        any_.append(np.bincount(row[inside], minlength=batch.texts) > 0)
    return sp.vstack(parts).tocsr(), np.concatenate(lengths), np.concatenate(any_)


def bags(posts: Sequence[data.Post], vectors: Vectors) -> Bags:
    """Return posts as sums of vectors over the root of their number of words."""
    texts = [post.text for post in posts]
    counts, lengths, _ = _counts(texts, vectors.keys)
    behind, _, denies = _counts(texts, vectors.keys, [post.lang for post in posts])
    scale = sp.diags((1 / np.sqrt(np.maximum(lengths, 1))).astype(np.float32))
    whole, denied = (np.asarray((scale @ some) @ vectors.vectors, np.float32) for some in (counts, behind))
    return Bags(whole, denied, denies)


def train(bags_: Bags, posts: Sequence[data.Post], weights: NDArray[np.float64]) -> WordHeads:
    """Train the shared heads, then each language's."""
    lang = np.array([data.LANGUAGES.index(post.lang) for post in posts])
    label = np.array([post.label for post in posts])
    spread = float(bags_.X.std())
    X = bags_.X / spread
    dimensions = X.shape[1]
    coefficients = np.zeros((len(data.LANGUAGES), 2, dimensions))
    biases = np.zeros((len(data.LANGUAGES), 2))
    for head, wanted in enumerate((0, 2)):
        shared = LogisticRegression(C=C_SHARED, max_iter=60, tol=1e-3).fit(X, label == wanted, sample_weight=weights)
        logit = SHARED_SCALE * (X @ shared.coef_[0] + shared.intercept_[0])
        for k in range(len(data.LANGUAGES)):
            mine = lang == k
            own = LogisticRegression(C=C_OWN, max_iter=60, tol=1e-3).fit(
                np.column_stack([X[mine], logit[mine]]),
                label[mine] == wanted,
                sample_weight=weights[mine] / weights[mine].mean(),
            )
            trust = own.coef_[0, dimensions] * SHARED_SCALE
            coefficients[k, head] = (own.coef_[0, :dimensions] + trust * shared.coef_[0]) / spread
            biases[k, head] = own.intercept_[0] + trust * shared.intercept_[0]
    return WordHeads(coefficients, biases)
