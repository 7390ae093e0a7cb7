"""A number that near-duplicates share but for a few bits: simhash (Charikar 2002; Manku, Jain and Das Sarma 2007)."""

from __future__ import annotations

import re
from functools import lru_cache
from hashlib import blake2b

import numpy as np

from amends.matching.fold import SPACELESS, fold, is_spaceless

MIN_WORDS = 6  # fewer say too little to call two posts the same
_MAX_WORDS = 2_000  # the beginning tells
_NOISE = re.compile(r"https?://\S*|(?:\brt\s+)?(?<!\w)@[\w.@]+:?")
_WORD = re.compile(r"\w+")
_CHARACTER = re.compile(rf"[{SPACELESS}]|\w+")


@lru_cache(maxsize=65_536)
def _hash(word: str) -> bytes:
    return blake2b(word.encode("utf-8", "replace"), digest_size=8).digest()


def fingerprint(text: str) -> int:
    """Return the 64-bit simhash of a text as a signed integer, or 0 where it has fewer than `MIN_WORDS` words.

    Case, accents, punctuation, addresses, handles and a leading `RT @name:` do not count, so a copy has the number of
    its original. Features are the distinct words (of text without spaces, its characters): pairs of words would move
    twice as many bits for each word that an editor changed.
    """
    folded = _NOISE.sub(" ", fold(text))
    words = (_CHARACTER if is_spaceless(folded) else _WORD).findall(folded)[:_MAX_WORDS]
    if len(words) < MIN_WORDS:
        return 0
    digests = b"".join(map(_hash, dict.fromkeys(words)))
    bits = np.unpackbits(np.frombuffer(digests, dtype=np.uint8).reshape(-1, 8), axis=1)
    ones = bits.sum(axis=0, dtype=np.int32)
    value = int.from_bytes(np.packbits(ones * 2 > bits.shape[0]).tobytes(), "big", signed=True)
    return value or 1
