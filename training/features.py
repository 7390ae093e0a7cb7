"""Hashed n-grams as sparse matrices, made by the very code that scores."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import scipy.sparse as sp

from amends.sentiment.ngrams import LONG_GRAM, buckets, grams

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

BATCH = 512
RARE_SCALE = 0.25  # leaves a usual bucket near 1, so that the step of the descent fits


def matrix(
    texts: Sequence[str],
    bits: int,
    *,
    longest: int = LONG_GRAM,
    pairs: bool = True,
    salts: Sequence[int] | None = None,
    word: int = 1,
) -> sp.csr_matrix:
    """Return texts x 2**bits: counts over the root of their number; with `salts` (one a text) each gram twice.

    A whole word counts `word`.
    """
    rows, columns, counted = [], [], []
    salt_of = np.array(salts if salts is not None else [], np.uint64)
    for start in range(0, len(texts), BATCH):
        batch = grams(texts[start : start + BATCH])
        for hashes, bounds in batch.kinds(longest, pairs=pairs):
            row = np.repeat(np.arange(start, start + batch.texts, dtype=np.int32), np.diff(bounds))
            counts = np.full(len(row), word if hashes is batch.words[0] else 1, np.float32)
            rows.append(row)
            columns.append(buckets(hashes, bits).astype(np.int32))
            counted.append(counts)
            if salts is not None:
                rows.append(row)
                columns.append(buckets(hashes, bits, salt_of[row]).astype(np.int32))
                counted.append(counts)
    places = (np.concatenate(rows), np.concatenate(columns))
    total = sp.csr_matrix((np.concatenate(counted), places), shape=(len(texts), 1 << bits))
    total.sum_duplicates()
    number = np.asarray(total.sum(axis=1)).ravel()
    if salts is not None:
        number = number / 2
    return (sp.diags((1 / np.sqrt(np.maximum(number, 1))).astype(np.float32)) @ total).tocsr()


def rarity(X: sp.csr_matrix) -> NDArray[np.float32]:
    """Return what each bucket weighs: more the fewer texts have it (inverse document frequency)."""
    texts = X.getnnz(axis=0)
    return (RARE_SCALE * (np.log(X.shape[0] / (texts + 1)) + 0.5)).astype(np.float32)


def quantised(weights: NDArray[np.floating], cut: float = 0.9998) -> tuple[NDArray[np.int8], float]:
    """Return int8 weights and their scale; those above the quantile `cut` are cut: the others' precision is worth it."""
    top = float(np.quantile(np.abs(weights[weights != 0]), cut))
    scale = top / 127
    return np.clip(np.rint(weights / scale), -127, 127).astype(np.int8), scale
