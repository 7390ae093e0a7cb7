"""Which words of a text stand behind a negation: "not good" is no praise, and a sum of words does not hear that.

As in VADER the reach is three words; here signs count as words, and nothing but the end of the text stops it. What such
a scope does to a word is not assumed: the calibration learns it language by language.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from amends.sentiment.ngrams import find, grams

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from amends.sentiment.ngrams import Hashes, Indices

REACH = 3  # words behind a negation
# Words before what they deny; a verb in between is within reach (French "ne ... pas" begins at "pas").
NEGATIONS = {
    "ar": "لا ما مش ليس لم لن مو ليست بدون",
    "de": "nicht kein keine keinen nie niemals nichts ohne nich",
    "en": "no not never nor without isn't wasn't aren't weren't don't doesn't didn't won't can't couldn't wouldn't "
    "ain't cannot dont didnt cant wont",
    "es": "no nunca jamás jamas nada sin ni tampoco ningún ninguna",
    "fr": "pas jamais rien aucun aucune ni sans",
    "hi": "nahi nahin nhi na mat not no never don't dont",
    "it": "non mai senza né ne nulla niente nessun nessuno",
    "pt": "não nao n nunca nem sem nada jamais",
}


class Negations:
    """The negations of some languages, known by their hashes."""

    def __init__(self, languages: Sequence[str]) -> None:
        bits: dict[int, int] = {}
        for place, lang in enumerate(languages):
            for hashed in grams(NEGATIONS.get(lang, "").split()).words[0].tolist():
                bits[hashed] = bits.get(hashed, 0) | 1 << place
        self._keys = np.array(sorted(bits), np.uint64)
        self._bits = np.array([bits[key] for key in sorted(bits)], np.int64)

    def scope(self, hashes: Hashes, bounds: Indices, places: Indices) -> NDArray[np.bool_]:
        """Return for each word of a batch whether a negation of its text's language stands within reach before it.

        `places` are the texts' languages, as places among those given at the start.
        """
        row = np.repeat(np.arange(len(places)), np.diff(bounds))
        place, known = find(self._keys, hashes)
        denies = known & ((self._bits[place] >> places[row]) & 1).astype(bool)
        scope = np.zeros(len(hashes), bool)
        for back in range(1, REACH + 1):
            scope[back:] |= denies[:-back] & (row[back:] == row[:-back])
        return scope
