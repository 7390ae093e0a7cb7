"""VADER, exact and fast: vaderSentiment 3.3.2 to the last digit, in time linear in the length of a text.

The rules are those of Hutto and Gilbert (2014), "VADER: A Parsimonious Rule-based Model for Sentiment Analysis of
Social Media Text", in the reading of the package vaderSentiment, whose lexicon and word lists are used as they are. Only the
order of work differs: what a raw token means is looked up once and remembered, and a text without any word of the
lexicon is left at once.
"""

from __future__ import annotations

import math
import re
import string
from heapq import heappop, heappush
from typing import TYPE_CHECKING, NamedTuple

from vaderSentiment import vaderSentiment as original

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_REMEMBERED = 65_536  # tokens; at about 250 bytes each the memory stays under 20 MB
_LONGEST = 48  # characters of a token worth remembering
_N_SCALAR: float = original.N_SCALAR
_C_INCR: float = original.C_INCR
_SPECIAL: dict[str, float] = original.SPECIAL_CASES
_BOOSTERS: dict[str, float] = original.BOOSTER_DICT
_NEGATIONS = frozenset(original.NEGATE)
# The rare word of each idiom of two and more words: without one of them no idiom can match.
_IDIOM_WORDS = frozenset(
    {"shit", "bomb", "ass", "stop", "right", "kiss", "death", "die", "beating", "heart", "enough", "kind", "sort"}
)
_MANY = 64  # sentiments beyond which looking for the first equal one from the start costs too much


class Polarity(NamedTuple):
    """What `polarity_scores` returns: compound -1 to 1 in four digits; the shares sum to 1 in three, or are all 0."""

    compound: float
    neg: float
    neu: float
    pos: float


class _Word(NamedTuple):
    """What a raw token means, whatever stands around it."""

    lower: str
    valence: float | None  # of the lexicon
    booster: float | None
    negates: bool
    upper: bool
    idiomatic: bool


_SILENT = Polarity(0.0, 0.0, 0.0, 0.0)
_FLAT = Polarity(0.0, 0.0, 1.0, 0.0)


class _Memory(dict[str, _Word]):
    """Raw token to its meaning, filled on a miss; emptied when full, so its size is bounded."""

    def __init__(self, lexicon: Mapping[str, float]) -> None:
        super().__init__()
        self._lexicon = lexicon

    def __missing__(self, token: str) -> _Word:
        stripped = token.strip(string.punctuation)
        word = token if len(stripped) <= 2 else stripped  # noqa: PLR2004 - the original's: likely an emoticon
        lower = word.lower()
        known = _Word(
            lower,
            self._lexicon.get(lower),
            _BOOSTERS.get(lower),
            lower in _NEGATIONS or "n't" in lower,
            word.isupper(),
            lower in _IDIOM_WORDS,
        )
        if len(token) <= _LONGEST:
            if len(self) >= _REMEMBERED:
                self.clear()
            self[token] = known
        return known


class Vader:
    """Scores English text. `overlay` adds to the lexicon or alters it: word in lower case to valence, -4 to 4."""

    def __init__(self, overlay: Mapping[str, float] | None = None) -> None:
        analyzer = original.SentimentIntensityAnalyzer()
        lexicon: dict[str, float] = analyzer.lexicon
        if overlay:
            lexicon = {**lexicon, **{word.lower(): float(valence) for word, valence in overlay.items()}}
        self._words = _Memory(lexicon)
        self._word_of = self._words.__getitem__
        self._emoji: dict[str, str] = {key: told for key, told in analyzer.emojis.items() if len(key) == 1}
        self._emoji_set = frozenset(self._emoji)
        self._emoji_pattern = re.compile("[" + "".join(map(re.escape, self._emoji)) + "]")

    def score(self, text: str) -> Polarity:
        """Return the text's polarity, equal to vaderSentiment's `polarity_scores`."""
        if not text.isascii() and not self._emoji_set.isdisjoint(text):
            text = self._emoji_pattern.sub(self._told, text)
        tokens = text.split()
        if not tokens:
            return _SILENT
        words = list(map(self._word_of, tokens))
        hits = [i for i, word in enumerate(words) if word[1] is not None and word[2] is None]
        if not hits:
            return _FLAT
        capitals = any(word[4] for word in words) and not all(word[4] for word in words)
        idioms = any(word[5] for word in words)
        valences: dict[int, float] = {}
        last = len(words) - 1
        for i in hits:
            if idioms and i < last and words[i][0] == "kind" and words[i + 1][0] == "of":
                continue
            valence = _valence(words, i, capitals=capitals, idioms=idioms)
            if valence:
                valences[i] = valence
        if not valences:
            return _FLAT
        but = next((i for i, word in enumerate(words) if word[0] == "but"), None)
        if but is not None:
            _contrast(valences, but)
        return _sum(list(valences.values()), len(words), text)

    def _told(self, match: re.Match[str]) -> str:
        """Put an emoji's description in its place, after a space unless one stands before (the original's rule)."""
        start = match.start()
        told = self._emoji[match.group()]
        return told if start == 0 or match.string[start - 1] == " " else " " + told


def _valence(words: Sequence[_Word], i: int, *, capitals: bool, idioms: bool) -> float:
    """Return the valence of the lexicon's word at `i`, as altered by the three words before it."""
    word = words[i]
    valence = lexical = word[1] or 0.0
    if word[0] == "no" and i < len(words) - 1 and words[i + 1][1] is not None:
        valence = 0.0
    one = words[i - 1] if i > 0 else None
    two = words[i - 2] if i > 1 else None
    three = words[i - 3] if i > 2 else None  # noqa: PLR2004 - three words back
    if (
        (one and one[0] == "no")
        or (two and two[0] == "no")
        or (one and three and three[0] == "no" and one[0] in {"or", "nor"})
    ):
        valence = lexical * _N_SCALAR
    if capitals and word[4]:
        valence = valence + _C_INCR if valence > 0 else valence - _C_INCR
    if one and one[1] is None:
        valence += _boost(one, valence, capitals=capitals)
        if one[3]:
            valence *= _N_SCALAR
    if one and two and two[1] is None:
        valence += _boost(two, valence, capitals=capitals) * 0.95
        if two[0] == "never" and one[0] in {"so", "this"}:
            valence *= 1.25
        elif two[3] and not (two[0] == "without" and one[0] == "doubt"):
            valence *= _N_SCALAR
    if one and two and three and three[1] is None:
        valence += _boost(three, valence, capitals=capitals) * 0.9
        if (three[0] == "never" and two[0] in {"so", "this"}) or one[0] in {"so", "this"}:
            valence *= 1.25
        elif three[3] and not (three[0] == "without" and "doubt" in {two[0], one[0]}):
            valence *= _N_SCALAR
        if idioms:
            valence = _idiom(words, i, valence)
    if one and one[0] == "least" and one[1] is None and not (two and two[0] in {"at", "very"}):
        valence *= _N_SCALAR
    return valence


def _boost(word: _Word, valence: float, *, capitals: bool) -> float:
    """Return what a booster or dampener adds to the valence of a word after it."""
    scalar = word[2]
    if scalar is None:
        return 0.0
    if valence < 0:
        scalar *= -1
    if capitals and word[4]:
        scalar = scalar + _C_INCR if valence > 0 else scalar - _C_INCR
    return scalar


def _idiom(words: Sequence[_Word], i: int, valence: float) -> float:
    """Replace the valence where a known phrase of up to three words stands at `i` (which is at least 3)."""
    third, second, first, here = (words[j][0] for j in range(i - 3, i + 1))
    before = (
        f"{first} {here}",
        f"{second} {first} {here}",
        f"{second} {first}",
        f"{third} {second} {first}",
        f"{third} {second}",
    )
    for phrase in before:
        if phrase in _SPECIAL:
            valence = _SPECIAL[phrase]
            break
    if i + 1 < len(words):
        after = f"{here} {words[i + 1][0]}"
        valence = _SPECIAL.get(after, valence)
        if i + 2 < len(words):
            valence = _SPECIAL.get(f"{after} {words[i + 2][0]}", valence)
    for phrase in (before[3], before[4], before[2]):
        if phrase in _BOOSTERS:
            valence += _BOOSTERS[phrase]
    return valence


def _contrast(valences: dict[int, float], but: int) -> None:
    """Halve what stands before the first "but" and raise by half what stands after it, in place.

    The original looks each sentiment up by its value while it alters the list, so of equal ones the first is altered
    again and the later not at all. That quirk is part of the score. Zeros stay zeros, so only the others are kept.
    """
    places = list(valences)
    values = [valences[i] for i in places]
    many = len(values) > _MANY
    queues: dict[float, list[int]] = {}
    if many:
        for k, value in enumerate(values):
            queues.setdefault(value, []).append(k)
    for k in range(len(values)):
        value = values[k]
        first = queues[value][0] if many else values.index(value)
        place = places[first]
        if place == but:
            continue
        changed = value * (0.5 if place < but else 1.5)
        values[first] = changed
        if many:
            heappop(queues[value])
            heappush(queues.setdefault(changed, []), first)
    for place, value in zip(places, values, strict=True):
        valences[place] = value


def _sum(valences: Sequence[float], words: int, text: str) -> Polarity:
    """Add up the sentiments and the emphasis of the punctuation."""
    exclamations, questions = text.count("!"), text.count("?")
    emphasis = min(exclamations, 4) * 0.292
    if questions > 1:
        emphasis += questions * 0.18 if questions <= 3 else 0.96  # noqa: PLR2004 - the original's constants
    total = float(sum(valences))
    if total > 0:
        total += emphasis
    elif total < 0:
        total -= emphasis
    positive = negative = 0.0
    flat = words - len(valences)
    for valence in valences:
        if valence > 0:
            positive += valence + 1
        elif valence < 0:
            negative += valence - 1
        else:
            flat += 1
    if positive > -negative:
        positive += emphasis
    elif positive < -negative:
        negative -= emphasis
    whole = positive - negative + flat
    compound = max(-1.0, min(1.0, total / math.sqrt(total * total + 15)))
    return Polarity(
        round(compound, 4),
        round(abs(negative / whole), 3),
        round(abs(flat / whole), 3),
        round(positive / whole, 3),
    )
