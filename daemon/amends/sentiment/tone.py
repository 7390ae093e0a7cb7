"""The small multilingual model: n-grams, words and VADER's numbers to calibrated probabilities, in numpy alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from amends.sentiment.negation import Negations
from amends.sentiment.ngrams import buckets, find, sums, take

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from amends.sentiment.ngrams import Grams, Indices
    from amends.sentiment.vader import Polarity

BITS = 20
# Each n-gram counts twice: in one table for all languages, and salted with its language.
SALTS = {lang: 0x51ED2701 * (k + 1) for k, lang in enumerate(("ar", "de", "en", "es", "fr", "hi", "it", "pt"))}

# Much more English than anything else is labelled, so English has n-gram heads of its own, too. They read posts in
# Hindi as well: half of what people in India write is English.
ENGLISH = frozenset({"en", "hi"})


class ToneModel:
    """Calibrated probabilities of negative, neutral and positive, for the languages it was trained on."""

    def __init__(self, weights: Mapping[str, NDArray[np.generic]]) -> None:
        self._tables = tuple(np.ascontiguousarray(weights[name], np.int8) for name in ("negative", "positive"))
        self._scales = weights["scales"].astype(np.float64)
        self._biases = weights["biases"].astype(np.float64)
        self._english = tuple(np.ascontiguousarray(row, np.int8) for row in weights["english"])
        self._english_scales = weights["english_scales"].astype(np.float64)
        self._english_biases = weights["english_biases"].astype(np.float64)
        self._words = weights["words"].astype(np.uint64)
        self._numbers = np.ascontiguousarray(weights["word_numbers"].transpose(0, 2, 1), np.int8)
        self._word_scales = weights["word_scales"].astype(np.float64)
        self._word_biases = weights["word_biases"].astype(np.float64)
        self._calibration = weights["calibration"].astype(np.float64)
        self._calibration_bias = weights["calibration_bias"].astype(np.float64)
        self._thresholds = weights["thresholds"].astype(np.float64)
        self.languages: tuple[str, ...] = tuple(str(lang) for lang in weights["languages"])
        self._place = {lang: k for k, lang in enumerate(self.languages)}
        self._negations = Negations(self.languages)

    def knows(self, lang: str | None) -> bool:
        """Return whether this language can be scored."""
        return lang in self._place

    def threshold(self, lang: str) -> float:
        """Return the probability from which a text of this language is labelled negative."""
        return float(self._thresholds[self._place[lang]])

    def probabilities(
        self, batch: Grams, langs: Sequence[str], polarities: Sequence[Polarity]
    ) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
        """Return texts x (negative, neutral, positive), and whether each text's label is negative."""
        places = np.array([self._place[lang] for lang in langs])
        heard = np.array([(polarity.compound, polarity.neg, polarity.pos) for polarity in polarities])
        words, denied = self._word_logits(batch, places)
        features = np.hstack(
            [self._gram_logits(batch, langs), words, heard, self._english_logits(batch, langs), denied]
        )
        logits = np.einsum("tf,tfc->tc", features, self._calibration[places]) + self._calibration_bias[places]
        odds = np.exp(logits - logits.max(axis=1, keepdims=True))
        shares: NDArray[np.float64] = odds / odds.sum(axis=1, keepdims=True)
        return shares, shares[:, 0] >= self._thresholds[places]

    def _gram_logits(self, batch: Grams, langs: Sequence[str]) -> NDArray[np.float64]:
        """Return the n-grams' log odds of negative and of positive, texts x 2."""
        salts = np.array([SALTS[lang] for lang in langs], np.uint64)
        total = np.zeros((batch.texts, 2), np.int64)
        number = np.zeros(batch.texts, np.int64)
        for hashes, bounds in batch.kinds():
            counts = np.diff(bounds)
            number += counts
            for place in (buckets(hashes, BITS), buckets(hashes, BITS, np.repeat(salts, counts))):
                for head, table in enumerate(self._tables):
                    total[:, head] += sums(table[place], bounds)
        logits: NDArray[np.float64] = total * self._scales / np.sqrt(np.maximum(number, 1))[:, None] + self._biases
        return logits

    def _english_logits(self, batch: Grams, langs: Sequence[str]) -> NDArray[np.float64]:
        """Return the English heads' log odds of negative and of positive, texts x 2; 0 where they do not read."""
        logits = np.zeros((batch.texts, 2))
        rows = [row for row, lang in enumerate(langs) if lang in ENGLISH]
        if not rows:
            return logits
        part = batch if len(rows) == batch.texts else take(batch, rows)
        total = np.zeros((part.texts, 2), np.int64)
        number = np.zeros(part.texts, np.int64)
        for hashes, bounds in part.kinds():
            number += np.diff(bounds)
            place = buckets(hashes, BITS)
            for head, table in enumerate(self._english):
                total[:, head] += sums(table[place], bounds)
        shares = total * self._english_scales / np.sqrt(np.maximum(number, 1))[:, None]
        logits[rows] = shares + self._english_biases
        return logits

    def _word_logits(self, batch: Grams, places: Indices) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return the words' log odds of negative and of positive in each text's language, texts x 2.

        Beside them what those behind a negation have in it, and whether there are any, texts x 3.
        """
        hashes, bounds = batch.words
        counts = np.diff(bounds)
        place, known = find(self._words, hashes)
        numbers = self._numbers[np.repeat(places, counts), place]
        numbers[~known] = 0
        scope = self._negations.scope(hashes, bounds, places)
        scale = self._word_scales[places] / np.sqrt(np.maximum(counts, 1))[:, None]
        logits: NDArray[np.float64] = sums(numbers, bounds) * scale + self._word_biases[places]
        behind: NDArray[np.float64] = sums(numbers * scope[:, None], bounds) * scale
        denies = sums(scope.view(np.int8), bounds) > 0
        return logits, np.hstack([behind, denies[:, None]])
