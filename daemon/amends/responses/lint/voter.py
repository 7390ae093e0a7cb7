"""A second reader of sentences: a linear model over hashed n-grams, which votes where no pattern knows the words.

Patterns know a wording or do not; people word the same deed in a thousand ways. The model was made of sentences written
for it (`training/lint`, fitted by `training/lint.py`), a logistic regression for each language and label over words,
pairs and triples of words and the letters in words, hashed (Weinberger et al. 2009). It never says alone what a text
is: `judge` knows where its votes count.
"""

from __future__ import annotations

import re
import zlib
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from amends.responses.lint.text import Lang, Sentence

LABELS: Final = (
    "regret", "explanation", "responsibility", "repentance", "repair", "forgiveness", "conditional", "scapegoat",
    "passive-blame", "voucher", "unconfirmed-promise", "minimising", "jargon", "self-pity", "denial",
)  # fmt: skip
# From which probability a vote counts: chosen on ten batches of texts that neither the model nor the patterns of then
# had been made with, so that it finds what they missed. A label that is not here found too much in plain holding lines,
# or nothing that patterns miss.
SURE: Final[dict[str, float]] = {
    "explanation": 0.7, "responsibility": 0.85, "repentance": 0.7, "repair": 0.7, "passive-blame": 0.85,
    "self-pity": 0.95,
}  # fmt: skip
FEWEST_WORDS: Final = 5  # of a sentence: a few words say too little to be sure of anything
BITS: Final = 15
WEIGHTS: Final = Path(__file__).with_name("voter.npz")
_TOKEN = re.compile(r"[^\W\d_]+|\d+|[!?.,;:]")
_WORDS, _SHORT, _LONG = 3, 3, 5
_LONGEST = 600  # characters of a sentence


def votes(lang: Lang, sentences: Sequence[Sentence]) -> list[dict[str, float]]:
    """Return the probability of each label, sentence by sentence."""
    weights, scale, bias = _model(lang)
    told = []
    for sentence in sentences:
        found = features(sentence.text)
        scores = weights[:, found].sum(axis=1, dtype=np.int64) * scale / np.sqrt(max(1, len(found))) + bias
        told.append(dict(zip(LABELS, (1.0 / (1.0 + np.exp(-scores))).tolist(), strict=True)))
    return told


def features(sentence: str) -> NDArray[np.intp]:
    """Return the buckets of a sentence's n-grams, each once, in order."""
    tokens = _TOKEN.findall(sentence[:_LONGEST].lower())
    grams = {" ".join(tokens[at : at + size]) for size in range(1, _WORDS + 1) for at in range(len(tokens) - size + 1)}
    for token in set(tokens):
        framed = f"<{token}>"
        grams.update(
            "#" + framed[at : at + size] for size in range(_SHORT, _LONG + 1) for at in range(len(framed) - size + 1)
        )
    return np.unique(np.fromiter((zlib.crc32(gram.encode()) >> (32 - BITS) for gram in grams), np.intp, len(grams)))


@cache
def _model(lang: Lang) -> tuple[NDArray[np.int8], NDArray[np.float64], NDArray[np.float64]]:
    with np.load(WEIGHTS) as stored:
        return stored[f"{lang}_weights"], stored[f"{lang}_scale"], stored[f"{lang}_bias"]
