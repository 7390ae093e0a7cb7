"""The small multilingual model: hashed n-grams and VADER's numbers to calibrated probabilities, in numpy alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from amends.sentiment.ngrams import buckets, sums

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from amends.sentiment.ngrams import Grams
    from amends.sentiment.vader import Polarity

BITS = 20
# Each n-gram counts twice: in one table for all languages, and salted with its language.
SALTS = {lang: 0x51ED2701 * (k + 1) for k, lang in enumerate(("ar", "de", "en", "es", "fr", "hi", "it", "pt"))}


class ToneModel:
    """Calibrated probabilities of negative, neutral and positive, for the languages it was trained on."""

    def __init__(self, weights: Mapping[str, NDArray[np.generic]]) -> None:
        self._tables = tuple(np.ascontiguousarray(weights[name], np.int8) for name in ("negative", "positive"))
        self._scales = weights["scales"].astype(np.float64)
        self._biases = weights["biases"].astype(np.float64)
        self._calibration = weights["calibration"].astype(np.float64)
        self._calibration_bias = weights["calibration_bias"].astype(np.float64)
        self._thresholds = weights["thresholds"].astype(np.float64)
        self.languages: tuple[str, ...] = tuple(str(lang) for lang in weights["languages"])
        self._place = {lang: k for k, lang in enumerate(self.languages)}

    def knows(self, lang: str | None) -> bool:
        """Return whether this language can be scored."""
        return lang in self._place

    def logits(self, batch: Grams, langs: Sequence[str]) -> NDArray[np.float64]:
        """Return log odds of negative and of positive before calibration, texts x 2."""
        salts = np.array([SALTS[lang] for lang in langs], np.uint64)
        total = np.zeros((batch.texts, 2), np.int64)
        number = np.zeros(batch.texts, np.int64)
        for hashes, bounds in batch.kinds():
            counts = np.diff(bounds)
            number += counts
            places = (buckets(hashes, BITS), buckets(hashes, BITS, np.repeat(salts, counts)))
            for head, table in enumerate(self._tables):
                for place in places:
                    total[:, head] += sums(table[place], bounds)
        logits: NDArray[np.float64] = total * self._scales / np.sqrt(np.maximum(number, 1))[:, None] + self._biases
        return logits

    def probabilities(
        self, batch: Grams, langs: Sequence[str], polarities: Sequence[Polarity]
    ) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
        """Return texts x (negative, neutral, positive), and whether each text's label is negative."""
        heard = np.array([(polarity.compound, polarity.neg, polarity.pos) for polarity in polarities])
        features = np.hstack([self.logits(batch, langs), heard])
        places = np.array([self._place[lang] for lang in langs])
        logits = np.einsum("tf,tfc->tc", features, self._calibration[places]) + self._calibration_bias[places]
        odds = np.exp(logits - logits.max(axis=1, keepdims=True))
        shares: NDArray[np.float64] = odds / odds.sum(axis=1, keepdims=True)
        return shares, shares[:, 0] >= self._thresholds[places]
