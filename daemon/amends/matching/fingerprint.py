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
# What is set before a text that is passed on, in English and French, folded; and the marks that end it.
_CALLS = (
    "rt|mt|qt|via|breaking(?: news)?|news alert|just in|this just in|update[sd]?|alert|urgent|flash|developing|"
    "exclusive|watch|read|news|latest|alerte(?: info| rouge)?|flash info|info|infos|derniere minute|"
    "dernieres? (?:info|nouvelle)s?|a l'instant|en direct|mise a jour|maj|exclusif|exclu"
)
_LEAD = re.compile(rf"\W*(?:#(?:{_CALLS})\b|(?:{_CALLS})[^\w\n]*(?:[:|\u2014!\])\U0001f6a8]|-\s)[^\w\n]*)")
_MOST_CALLS = 4
_WORD = re.compile(r"\w+")
_CHARACTER = re.compile(rf"[{SPACELESS}]|\w+")


@lru_cache(maxsize=65_536)
def _hash(word: str) -> bytes:
    return blake2b(word.encode("utf-8", "replace"), digest_size=8).digest()


def fingerprint(text: str) -> int:
    """Return the 64-bit simhash of a text as a signed integer, or 0 where it has fewer than `MIN_WORDS` words.

    Case, accents, punctuation, emoji, addresses, handles, what calls for attention before a text (`RT @name:`,
    `Breaking:`) and hashtags after it do not count, so a copy has the number of its original. Features are the
    distinct words (of text without spaces, its characters): pairs of words would move twice as many bits for each
    word that an editor changed.
    """
    words = words_of(text)
    if len(words) < MIN_WORDS:
        return 0
    digests = b"".join(map(_hash, dict.fromkeys(words)))
    bits = np.unpackbits(np.frombuffer(digests, dtype=np.uint8).reshape(-1, 8), axis=1)
    ones = bits.sum(axis=0, dtype=np.int32)
    value = int.from_bytes(np.packbits(ones * 2 > bits.shape[0]).tobytes(), "big", signed=True)
    return value or 1


def words_of(text: str) -> list[str]:
    """Return the folded words of a text that its copies have too, in order, `_MAX_WORDS` at most."""
    folded = _NOISE.sub(" ", fold(text))
    spaceless = is_spaceless(folded)
    if "#" in folded and not spaceless:
        folded = _without_last_tags(folded)
    for _ in range(_MOST_CALLS):
        lead = _LEAD.match(folded)
        if lead is None or not _WORD.search(folded, lead.end()):
            break
        folded = folded[lead.end() :]
    return (_CHARACTER if spaceless else _WORD).findall(folded)[:_MAX_WORDS]


def _without_last_tags(folded: str) -> str:
    """Return a text without the hashtags at its end; whole where it is nothing but hashtags."""
    words = folded.split()
    last = next((at for at in range(len(words), 0, -1) if words[at - 1][0] != "#"), 0)
    return " ".join(words[:last]) if last else folded
