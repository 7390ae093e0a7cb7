"""Strings of a language's common words, for the identifier: posts hold few of the words that people say to a shop.

A few thousand posts know "colis" or "remboursement" hardly, and a complaint may be two such words. Words and their
frequencies come from wordfreq (Robyn Speer; lists CC BY-SA 4.0); only weights of hashed n-grams are shipped. Word order
means nothing here, so words are drawn alone.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

import numpy as np
import wordfreq

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from data import Post

COMMON = 30_000  # words a language
FLAT = 0.5  # words are drawn by this power of their frequency: rare ones, too
SEEN = 3  # posts that a word of Hindi must stand in
FOREIGN = 2  # ... and how many times as many as English ones
# Languages that are refused, by their names in wordfreq.
REFUSED = ("nl", "sv", "da", "nb", "fi", "pl", "cs", "ro", "hu", "tr", "id", "ms", "fil", "vi", "ca", "sh", "sk", "sl",
           "lt", "lv", "fa", "ur", "is")  # fmt: skip
_WORD = re.compile(r"[^\W\d_][\w'’-]*")


def common(lang: str) -> dict[str, float]:
    """Return a language's common words and their frequencies."""
    words = [word for word in wordfreq.top_n_list(lang, COMMON) if _WORD.fullmatch(word)]
    return {word: wordfreq.word_frequency(word, lang) for word in words}


def hindi(posts: Sequence[Post]) -> dict[str, float]:
    """Return words of Hindi in Latin letters, which no list has: those of Hindi posts that English ones hardly hold."""
    mine, english = (
        Counter(word for post in posts if post.lang == lang for word in set(post.text.lower().split()))
        for lang in ("hi", "en")
    )
    return {
        word: float(count)
        for word, count in sorted(mine.items())  # sets have no order that comes again
        if word.isascii() and word.isalpha() and len(word) > 1 and count >= SEEN and count > FOREIGN * english[word]
    }


def drawn(words: Mapping[str, float], number: int, longest: int, rng: np.random.Generator) -> list[str]:
    """Return strings of 1 to `longest` words."""
    shares = np.array(list(words.values())) ** FLAT
    lengths = rng.integers(1, longest + 1, number)
    chosen = rng.choice(list(words), int(lengths.sum()), p=shares / shares.sum())
    return [" ".join(part) for part in np.split(chosen, np.cumsum(lengths)[:-1])]
