"""Does a text only repeat another: pairs of words that it shares (Broder 1997), and what it brings of its own."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from amends.model import CODE, NOT

if TYPE_CHECKING:
    from amends.model import Wording

SHARED = 0.8  # of a copy's pairs of neighbouring words, those that its original must have
LEAST = 5  # pairs


def near(words: str, mention: Wording, *, sure: bool = False) -> bool:
    """Tell whether a mention says what a story's words say, and no news; `sure` if its fingerprint says the first.

    The containment of the mention's pairs of words in the story's: a copy may be shorter, cut off, but not much longer.
    It is news where a word of `mention.news` does not stand in the story, or a "not" in one of the two alone.
    """
    if not words or not mention.words:
        return sure
    if adds(words, mention.news) or (NOT in _codes(words)) != (NOT in _codes(mention.words)):
        return False
    if sure:
        return True
    mine = _pairs(mention.words)
    return len(mine) >= LEAST and len(mine & _pairs(words)) >= SHARED * len(mine)


def adds(words: str, news: str) -> bool:
    """Tell whether some of these codes are not among a story's; nobody can tell if that has none."""
    return bool(words) and not _codes(news) <= _codes(words)


@lru_cache(maxsize=2_048)
def _codes(words: str) -> frozenset[str]:
    return frozenset(words[at : at + CODE] for at in range(0, len(words), CODE))


@lru_cache(maxsize=2_048)
def _pairs(words: str) -> frozenset[str]:
    return frozenset(words[at : at + 2 * CODE] for at in range(0, len(words) - CODE, CODE))
