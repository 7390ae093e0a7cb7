"""VADER, exact and fast: vaderSentiment 3.3.2 to the last digit, in time linear in the length of a text.

The rules are those of Hutto and Gilbert (2014), "VADER: A Parsimonious Rule-based Model for Sentiment Analysis of
Social Media Text", in the reading of the package vaderSentiment, whose lexicon and word lists are used as they are.
Only the order of work differs: what a raw token means is looked up once and remembered, and a text without any word of
the lexicon is left at once.
"""

from __future__ import annotations

import math
import re
import string
from heapq import heappop, heappush
from itertools import compress
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from vaderSentiment import vaderSentiment

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

_REMEMBERED = 65_536  # tokens; at about 250 bytes each the memory stays under 20 MB
_LONGEST = 48  # characters of a token worth remembering
_N_SCALAR: float = vaderSentiment.N_SCALAR
_C_INCR: float = vaderSentiment.C_INCR
_SPECIAL: dict[str, float] = vaderSentiment.SPECIAL_CASES
_BOOSTERS: dict[str, float] = vaderSentiment.BOOSTER_DICT
_NEGATIONS = frozenset(vaderSentiment.NEGATE)
# The rare word of each idiom of two and more words: without one of them no idiom can match.
_IDIOM_WORDS = frozenset(
    {"shit", "bomb", "ass", "stop", "right", "kiss", "death", "die", "beating", "heart", "enough", "kind", "sort"}
)
# Words that a rule asks for by name and that are in none of the lists above (or might not be, in another lexicon).
_ASKED_FOR = frozenset({"no", "nor", "or", "but", "so", "this", "doubt", "at", "very", "least", "never", "without"})
_SO, _OR = frozenset({"so", "this"}), frozenset({"or", "nor"})
_NOT_LEAST = frozenset({"at", "very"})
_DULL = (None, None, None)
_NEAR = 128  # code points between emoji that one range may span
_NOWHERE = -9  # further before any word than a word can alter
_BACK = 3  # words before a word that can alter it
# `round` is correct to the last digit and slow; its results are these, and only near a half must it be asked.
_THOUSANDTHS = [k / 1_000 for k in range(1_001)]
_TEN_THOUSANDTHS = [k / 10_000 for k in range(-10_000, 10_001)]
_NIL, _SURE = 10_000, 0.499
_PUNCTUATION = string.punctuation
_MANY = 64  # sentiments beyond which looking for the first equal one from the start costs too much


class Polarity(NamedTuple):
    """What `polarity_scores` returns: compound -1 to 1 in four digits; the shares sum to 1 in three, or are all 0."""

    compound: float
    neg: float
    neu: float
    pos: float


# What a word means wherever it stands: (valence in the lexicon, booster, negates, upper case, lower, idiomatic).
# None is a dull word: it has none of these, is not in upper case, and no rule asks for it by name. () is a dull word in
# upper case ("I" is one): it only counts among the words in capitals. Both are false, so they are passed over alike.
_Word: TypeAlias = tuple[float | None, float | None, bool, bool, str, bool]
_Kind: TypeAlias = _Word | tuple[()] | None

_SILENT = Polarity(0.0, 0.0, 0.0, 0.0)
_FLAT = Polarity(0.0, 0.0, 1.0, 0.0)


class _Memory(dict[str, _Kind]):
    """Raw token to what it means, filled on a miss; emptied when full, so its size is bounded."""

    def __init__(self, lexicon: Mapping[str, float]) -> None:
        super().__init__()
        names = {*lexicon, *_BOOSTERS, *_NEGATIONS, *_IDIOM_WORDS, *_ASKED_FOR}
        self._meanings: dict[str, _Word] = {
            name: (
                lexicon.get(name),
                _BOOSTERS.get(name),
                name in _NEGATIONS or "n't" in name,
                False,
                name,
                name in _IDIOM_WORDS,
            )
            for name in names
        }

    def __missing__(self, token: str) -> _Kind:
        word = _bare(token)
        lower = word.lower()
        known: _Kind = self._meanings.get(lower)
        if known is None and "n't" in lower:
            known = (None, None, True, False, lower, False)
        if word.isupper():
            known = (known[0], known[1], known[2], True, lower, known[5]) if known else ()
        if len(token) <= _LONGEST:
            if len(self) >= _REMEMBERED:
                self.clear()
            self[token] = known
        return known


class Vader:
    """Scores English text. `overlay` adds to the lexicon or alters it: word in lower case to valence, -4 to 4."""

    def __init__(self, overlay: Mapping[str, float] | None = None) -> None:
        analyzer = vaderSentiment.SentimentIntensityAnalyzer()
        lexicon: dict[str, float] = analyzer.lexicon
        if overlay:
            lexicon = {**lexicon, **{word.lower(): float(valence) for word, valence in overlay.items()}}
        self._word_of = _Memory(lexicon).__getitem__
        self._emoji: dict[str, str] = {key: told for key, told in analyzer.emojis.items() if len(key) == 1}
        self._emoji_set = frozenset(self._emoji)
        self._emoji_pattern = _ranges(self._emoji_set)

    def score(self, text: str) -> Polarity:  # noqa: C901, PLR0912 - one pass, on purpose: calls cost more than the work
        """Return the text's polarity, equal to vaderSentiment's `polarity_scores`."""
        if not text.isascii() and not self._emoji_set.isdisjoint(text):
            text = self._emoji_pattern.sub(self._told, text)
        tokens = text.split()
        words = list(map(self._word_of, tokens))
        hits: list[int] = []
        valences: list[float] = []
        altered: list[int] = []  # places in `valences` that the words around may alter
        alters = _NOWHERE
        loud = idioms = False
        but = -1
        for i in compress(range(len(words)), words):
            valence, booster, _, upper, lower, idiomatic = words[i]  # type: ignore[misc]  # `compress` has dropped the dull
            if upper:
                loud = True
            if idiomatic:
                idioms = True
            if valence is None:
                alters = i
                if but < 0 and lower == "but":
                    but = i
                continue
            if booster is None:
                if i - alters <= _BACK or upper or lower == "no":
                    altered.append(len(hits))
                hits.append(i)
                valences.append(valence)
            if lower == "no":
                alters = i
        if not hits:
            return _FLAT if tokens else _SILENT
        if idioms:
            altered = [*range(len(hits))]
        if altered:
            capitals = loud and _some_capitals(words)
            words += _DULL  # so that words[i - 1] to words[i - 3] and words[i + 1] are dull words beyond the ends
            for k in altered:
                valences[k] = _valence(tokens, words, hits[k], capitals=capitals, idioms=idioms)
        if but >= 0:
            _contrast(valences, hits, but)
        return _sum(valences, len(tokens), text)

    def _told(self, match: re.Match[str]) -> str:
        """Put an emoji's description in its place, after a space unless one stands before (the original's rule)."""
        start = match.start()
        told = self._emoji.get(match.group())
        if told is None:
            return match.group()
        return told if start == 0 or match.string[start - 1] == " " else " " + told


def _ranges(characters: Collection[str]) -> re.Pattern[str]:
    """Return a pattern of few ranges that hold the characters and some between: `re` is slow at scattered ones."""
    ranges: list[tuple[int, int]] = []
    for point in sorted(map(ord, characters)):
        if ranges and point - ranges[-1][1] <= _NEAR:
            ranges[-1] = ranges[-1][0], point
        else:
            ranges.append((point, point))
    return re.compile("[" + "".join(f"{re.escape(chr(first))}-{re.escape(chr(last))}" for first, last in ranges) + "]")


def _some_capitals(words: Sequence[_Kind]) -> bool:
    """Return whether some words, but not all, are in upper case."""
    upper = sum(1 for word in words if word is not None and (not word or word[3]))
    return 0 < upper < len(words)


def _valence(tokens: list[str], words: list[_Kind], i: int, *, capitals: bool, idioms: bool) -> float:
    """Return the valence of the lexicon's word at `i`, as altered by the words around it.

    Three dull words stand after the last one. `capitals`: some words are in upper case and some are not. `idioms`: a
    word stands here that only idioms have.
    """
    word = words[i]
    if not word or word[0] is None:
        return 0.0
    one, two, three = words[i - 1] or None, words[i - 2] or None, words[i - 3] or None
    valence = word[0]
    if word[4] == "no" and (after := words[i + 1]) and after[0] is not None:
        valence = 0.0
    told = one is not None or two is not None or three is not None
    if told and _refused(one, two, three):
        valence = word[0] * _N_SCALAR
    if capitals and word[3]:
        valence = valence + _C_INCR if valence > 0 else valence - _C_INCR
    if told:
        valence = _altered(valence, one, two, three, far=i >= _BACK, capitals=capitals)
    if idioms:
        if word[4] == "kind" and _lower(tokens, words, i + 1) == "of":
            return 0.0
        if i >= _BACK and (three is None or three[0] is None):
            valence = _idiom(tokens, words, i, valence)
    if one is not None and one[4] == "least" and one[0] is None and (two is None or two[4] not in _NOT_LEAST):
        valence *= _N_SCALAR
    return valence


def _lower(tokens: list[str], words: list[_Kind], i: int) -> str:
    """Return the word at `i` in lower case, "" past the end."""
    if i >= len(tokens):
        return ""
    word = words[i]
    return word[4] if word else _bare(tokens[i]).lower()


def _idiom(tokens: list[str], words: list[_Kind], i: int, valence: float) -> float:
    """Replace the valence where a known phrase of up to three words stands at `i` (which is at least 3)."""
    third, second, first, here, next_, last = (_lower(tokens, words, k) for k in range(i - _BACK, i + _BACK))
    before = (
        f"{first} {here}",
        f"{second} {first} {here}",
        f"{second} {first}",
        f"{third} {second} {first}",
        f"{third} {second}",
    )
    valence = next((_SPECIAL[phrase] for phrase in before if phrase in _SPECIAL), valence)
    valence = _SPECIAL.get(f"{here} {next_}", valence)
    valence = _SPECIAL.get(f"{here} {next_} {last}", valence)
    for phrase in (before[3], before[4], before[2]):
        if phrase in _BOOSTERS:
            valence += _BOOSTERS[phrase]
    return valence


def _bare(token: str) -> str:
    """Return a token without the punctuation around it, unless too little is left (likely an emoticon)."""
    stripped = token.strip(_PUNCTUATION)
    return token if len(stripped) <= 2 else stripped  # noqa: PLR2004 - the original's constant


def _altered(  # noqa: C901 - one branch a rule of the original
    valence: float, one: _Word | None, two: _Word | None, three: _Word | None, *, far: bool, capitals: bool
) -> float:
    """Return a valence as the three words before it boost, dampen or negate it; `far`: there are three."""
    first = "" if one is None else one[4]
    second = "" if two is None else two[4]
    if one is not None and one[0] is None:
        if one[1] is not None:
            valence += _boost(one, valence, capitals=capitals)
        if one[2]:
            valence *= _N_SCALAR
    if two is not None and two[0] is None:
        if two[1] is not None:
            valence += _boost(two, valence, capitals=capitals) * 0.95
        if two[2]:
            valence *= _negation(two[4], first in _SO, first == "doubt")
    if far and (three is None or three[0] is None):
        if three is not None and three[1] is not None:
            valence += _boost(three, valence, capitals=capitals) * 0.9
        if first in _SO:
            valence *= 1.25
        elif three is not None and three[2]:
            valence *= _negation(three[4], second in _SO, "doubt" in {first, second})
    return valence


def _negation(word: str, so: bool, doubt: bool) -> float:  # noqa: FBT001 - two facts of the words after it
    """Return the factor of a negation: "never so" and "never this" praise, "without doubt" changes nothing."""
    if word == "never" and so:
        return 1.25
    return 1.0 if word == "without" and doubt else _N_SCALAR


def _refused(one: _Word | None, two: _Word | None, three: _Word | None) -> bool:
    """Return whether a "no" before the word negates it."""
    if two is not None and two[4] == "no":
        return True
    return one is not None and (one[4] == "no" or (three is not None and three[4] == "no" and one[4] in _OR))


def _boost(word: _Word, valence: float, *, capitals: bool) -> float:
    """Return what a booster or dampener adds to the valence of a word after it."""
    scalar = word[1] or 0.0
    if valence < 0:
        scalar *= -1
    if capitals and word[3]:
        scalar = scalar + _C_INCR if valence > 0 else scalar - _C_INCR
    return scalar


def _contrast(values: list[float], places: Sequence[int], but: int) -> None:
    """Halve what stands before the first "but" and raise by half what stands after it, in place.

    The original looks each sentiment up by its value while it alters the list, so of equal ones the first is altered
    again and the later not at all. That quirk is part of the score. Zeros stay zeros, whichever of them is altered.
    """
    many = len(values) > _MANY
    queues: dict[float, list[int]] = {}
    if many:
        for k, value in enumerate(values):
            queues.setdefault(value, []).append(k)
    for k in range(len(values)):
        value = values[k]
        if not value:
            continue
        first = queues[value][0] if many else values.index(value)
        place = places[first]
        if place == but:
            continue
        changed = value * (0.5 if place < but else 1.5)
        values[first] = changed
        if many:
            heappop(queues[value])
            heappush(queues.setdefault(changed, []), first)


def _sum(  # noqa: C901 - straight on, one branch a rule of the original
    valences: Sequence[float], words: int, text: str
) -> Polarity:
    """Add up the sentiments of the lexicon's words and the emphasis of the punctuation; other words are flat."""
    emphasis = 0.0
    if "!" in text:
        emphasis = min(text.count("!"), 4) * 0.292
    if "?" in text:
        questions = text.count("?")
        if questions > 1:
            emphasis += questions * 0.18 if questions <= 3 else 0.96  # noqa: PLR2004 - the original's constants
    total = float(sum(valences))  # as the original adds: newer Pythons' `sum` is not a plain loop
    positive = negative = 0.0
    flat = words - len(valences)
    for valence in valences:
        if valence > 0:
            positive += valence + 1
        elif valence < 0:
            negative += valence - 1
        else:
            flat += 1
    if total > 0:
        total += emphasis
    elif total < 0:
        total -= emphasis
    if positive > -negative:
        positive += emphasis
    elif positive < -negative:
        negative -= emphasis
    whole = positive - negative + flat
    compound = total / math.sqrt(total * total + 15)
    scaled = compound * 10_000
    place = int(scaled + 10_000.5)
    sure = place != _NIL and abs(scaled - place + _NIL) < _SURE
    shares = (
        _TEN_THOUSANDTHS[place] if sure else round(max(-1.0, min(1.0, compound)), 4),
        _rounded(-negative / whole) if negative else 0.0,
        _rounded(flat / whole) if flat else 0.0,
        _rounded(positive / whole) if positive else 0.0,
    )
    return tuple.__new__(Polarity, shares)


def _rounded(share: float) -> float:
    """Return `round(share, 3)` for 0 to 1, by a table unless it lies near the middle between two of its values."""
    scaled = share * 1_000
    place = int(scaled + 0.5)
    return _THOUSANDTHS[place] if -_SURE < scaled - place < _SURE else round(abs(share), 3)
