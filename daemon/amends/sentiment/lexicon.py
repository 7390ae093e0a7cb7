"""A brand's own words: what they add to VADER, and how they move the probabilities in every language, within bounds.

VADER reads a brand's words as part of its lexicon, with all its rules. The model never saw them, so its log odds are
moved by what they say: by their valence, or by what differs from VADER's own where VADER knows the word in English.
"""

from __future__ import annotations

import re
from functools import lru_cache
from math import exp
from typing import TYPE_CHECKING, TypeAlias

from vaderSentiment import vaderSentiment

from amends.sentiment.ngrams import LONGEST
from amends.sentiment.vader import Vader

if TYPE_CHECKING:
    from collections.abc import Sequence

    from amends.sentiment.vader import Polarity

Overlay: TypeAlias = tuple[tuple[str, float], ...]

STRENGTH = 0.4  # log odds against neutral that one point of valence moves, for negative and for positive
MOST = 4.0  # points that all of a text's words may move together
REFUSED = -0.74  # what a negation before a word makes of it: VADER's factor
_BEFORE = 3  # words before it in which a negation counts
_REACH = 60  # characters in which they are looked for
_VADERS = 64  # overlays whose VADER is kept
_WORD = re.compile(r"[\w']+")
# Negations that stand before what they deny.
_DENY = (
    "no not never nor without isn't wasn't aren't weren't don't doesn't didn't won't can't couldn't wouldn't ain't",
    "nicht kein keine keinen nie ohne pas jamais sans aucun aucune nunca sin ni non mai senza não nem sem nahi nahin",
    "لا لم ليس ليست لن ما غير بدون",
)
_NEGATIONS = frozenset(word for words in _DENY for word in words.split())


def heard(text: str, overlay: Overlay, lang: str | None) -> float | None:
    """Return the points of valence that a brand's words add to a text, at most `MOST` either way; None: none stands.

    Looks at the first `LONGEST` characters. `lang` is the text's: VADER's own valences are English.
    """
    pattern, values = _compiled(overlay)
    head = text[:LONGEST].casefold().replace("\u2019", "'")
    total = 0.0
    found = False
    for match in pattern.finditer(head):
        found = True
        word = " ".join(match.group().split())
        value = values[word]
        if lang in {None, "en"}:
            value -= _vaders_own().get(word, 0.0)
        before = _WORD.findall(head[max(0, match.start() - _REACH) : match.start()])
        total += value * REFUSED if not _NEGATIONS.isdisjoint(before[-_BEFORE:]) else value
    return max(-MOST, min(MOST, total)) if found else None


def moved(shares: Sequence[float], points: float) -> tuple[float, float, float]:
    """Return (negative, neutral, positive) moved by points of valence: below zero is worse."""
    step = STRENGTH * points
    return scaled(shares, (exp(-step), 1.0, exp(step)))


def scaled(shares: Sequence[float], factors: Sequence[float]) -> tuple[float, float, float]:
    """Return probabilities multiplied by factors and made to sum to 1 again."""
    bad, flat, good = (share * factor for share, factor in zip(shares, factors, strict=True))
    total = bad + flat + good
    return bad / total, flat / total, good / total


def polarity(text: str, overlay: Overlay) -> Polarity:
    """Return VADER's polarity of a text with the brand's words in its lexicon."""
    return _vader(overlay).score(text)


@lru_cache(maxsize=_VADERS)
def _vader(overlay: Overlay) -> Vader:
    return Vader(dict(overlay))


@lru_cache(maxsize=1)
def _vaders_own() -> dict[str, float]:
    lexicon: dict[str, float] = vaderSentiment.SentimentIntensityAnalyzer().lexicon
    return lexicon


@lru_cache(maxsize=4096)
def _compiled(overlay: Overlay) -> tuple[re.Pattern[str], dict[str, float]]:
    values = {" ".join(word.casefold().replace("\u2019", "'").split()): value for word, value in overlay}
    told = sorted(values, key=len, reverse=True)
    choice = "|".join(r"\s+".join(map(re.escape, word.split())) for word in told)
    return re.compile(rf"(?<!\w)(?:{choice})(?!\w)" if choice else r"(?!)"), values
