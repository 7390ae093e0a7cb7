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
# None is a dull word: it has none of these, is not in upper case, and no rule asks for it by name.
_Word: TypeAlias = tuple[float | None, float | None, bool, bool, str, bool]

_SILENT = Polarity(0.0, 0.0, 0.0, 0.0)
_FLAT = Polarity(0.0, 0.0, 1.0, 0.0)


class _Memory(dict[str, _Word | None]):
    """Raw token to what it means, filled on a miss; emptied when full, so its size is bounded."""

    def __init__(self, lexicon: Mapping[str, float]) -> None:
        super().__init__()
        names = {*lexicon, *_BOOSTERS, *_NEGATIONS, *_IDIOM_WORDS, *_ASKED_FOR}
        self._meanings = {
            name: (lexicon.get(name), _BOOSTERS.get(name), name in _NEGATIONS or "n't" in name, name in _IDIOM_WORDS)
            for name in names
        }

    def __missing__(self, token: str) -> _Word | None:
        stripped = token.strip(_PUNCTUATION)
        word = token if len(stripped) <= 2 else stripped  # noqa: PLR2004 - the original's: likely an emoticon
        lower = word.lower()
        meaning = self._meanings.get(lower)
        known: _Word | None = None
        if meaning is not None:
            known = (meaning[0], meaning[1], meaning[2], word.isupper(), lower, meaning[3])
        elif word.isupper() or "n't" in lower:
            known = (None, None, "n't" in lower, word.isupper(), lower, False)
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
        self._emoji_pattern = re.compile("[" + "".join(map(re.escape, self._emoji)) + "]")

    def score(self, text: str) -> Polarity:
        """Return the text's polarity, equal to vaderSentiment's `polarity_scores`."""
        if not text.isascii() and not self._emoji_set.isdisjoint(text):
            text = self._emoji_pattern.sub(self._told, text)
        tokens = text.split()
        words = list(map(self._word_of, tokens))
        hits = []
        upper = 0
        idioms = False
        but = -1
        for i, word in enumerate(words):
            if word is None:
                continue
            upper += word[3]
            if word[5]:
                idioms = True
            if word[0] is not None and word[1] is None:
                hits.append(i)
            elif but < 0 and word[4] == "but":
                but = i
        if not hits:
            return _FLAT if tokens else _SILENT
        capitals = 0 < upper < len(words)
        valences: dict[int, float] = {}
        for i in hits:
            if idioms and _lower(words, tokens, i) == "kind" and _lower(words, tokens, i + 1) == "of":
                continue
            valence = _valence(words, i, capitals=capitals)
            if idioms and i >= _BACK and _lexical(words[i - _BACK]) is None:
                valence = _idiom(tokens, words, i, valence)
            if i and words[i - 1] is not None:
                valence = _least(words, i, valence)
            if valence:
                valences[i] = valence
        if not valences:
            return _FLAT
        if but >= 0:
            _contrast(valences, but)
        return _sum(valences.values(), len(words), text)

    def _told(self, match: re.Match[str]) -> str:
        """Put an emoji's description in its place, after a space unless one stands before (the original's rule)."""
        start = match.start()
        told = self._emoji[match.group()]
        return told if start == 0 or match.string[start - 1] == " " else " " + told


def _lexical(word: _Word | None) -> float | None:
    return None if word is None else word[0]


def _lower(words: Sequence[_Word | None], tokens: Sequence[str], i: int) -> str:
    """Return the word at `i` in lower case, "" past the end."""
    if i >= len(words):
        return ""
    word = words[i]
    if word is not None:
        return word[4]
    stripped = tokens[i].strip(_PUNCTUATION)
    return (tokens[i] if len(stripped) <= 2 else stripped).lower()  # noqa: PLR2004 - as in `_Memory`


def _valence(words: Sequence[_Word | None], i: int, *, capitals: bool) -> float:  # noqa: C901, PLR0912 - one rule a branch
    """Return the valence of the lexicon's word at `i`, as altered by the three words before it."""
    word = words[i]
    valence = _lexical(word) or 0.0
    if word is not None and word[4] == "no" and i + 1 < len(words) and _lexical(words[i + 1]) is not None:
        valence = 0.0
    one = words[i - 1] if i else None
    two = words[i - 2] if i > 1 else None
    three = words[i - 3] if i >= _BACK else None
    before = one is not None or two is not None or three is not None
    if before and _refused(one, two, three):
        valence = (_lexical(word) or 0.0) * _N_SCALAR
    if capitals and word is not None and word[3]:
        valence = valence + _C_INCR if valence > 0 else valence - _C_INCR
    if not before:
        return valence
    first = "" if one is None else one[4]
    if one is not None and one[0] is None:
        if one[1] is not None:
            valence += _boost(one, valence, capitals=capitals)
        if one[2]:
            valence *= _N_SCALAR
    if two is not None and two[0] is None:
        if two[1] is not None:
            valence += _boost(two, valence, capitals=capitals) * 0.95
        if two[2]:
            if two[4] == "never" and first in _SO:
                valence *= 1.25
            elif not (two[4] == "without" and first == "doubt"):
                valence *= _N_SCALAR
    if i >= _BACK and (three is None or three[0] is None):
        if three is not None and three[1] is not None:
            valence += _boost(three, valence, capitals=capitals) * 0.9
        second = "" if two is None else two[4]
        if first in _SO or (three is not None and three[4] == "never" and second in _SO):
            valence *= 1.25
        elif three is not None and three[2] and not (three[4] == "without" and "doubt" in {first, second}):
            valence *= _N_SCALAR
    return valence


def _refused(one: _Word | None, two: _Word | None, three: _Word | None) -> bool:
    """Return whether a "no" before the word negates it."""
    return (
        (one is not None and (one[4] == "no" or (one[4] in _OR and three is not None and three[4] == "no")))
        or (two is not None and two[4] == "no")
    )  # fmt: skip


def _least(words: Sequence[_Word | None], i: int, valence: float) -> float:
    """Negate what stands after "least", unless "at" or "very" stands before that."""
    one = words[i - 1]
    if one is None or one[4] != "least" or one[0] is not None:
        return valence
    two = words[i - 2] if i > 1 else None
    return valence if two is not None and two[4] in {"at", "very"} else valence * _N_SCALAR


def _boost(word: _Word, valence: float, *, capitals: bool) -> float:
    """Return what a booster or dampener adds to the valence of a word after it."""
    scalar = word[1] or 0.0
    if valence < 0:
        scalar *= -1
    if capitals and word[3]:
        scalar = scalar + _C_INCR if valence > 0 else scalar - _C_INCR
    return scalar


def _idiom(tokens: Sequence[str], words: Sequence[_Word | None], i: int, valence: float) -> float:
    """Replace the valence where a known phrase of up to three words stands at `i` (which is at least 3)."""
    third, second, first, here = (_lower(words, tokens, j) for j in range(i - 3, i + 1))
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
        after = f"{here} {_lower(words, tokens, i + 1)}"
        valence = _SPECIAL.get(after, valence)
        if i + 2 < len(words):
            valence = _SPECIAL.get(f"{after} {_lower(words, tokens, i + 2)}", valence)
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
    valences.update(zip(places, values, strict=True))


def _sum(valences: Collection[float], words: int, text: str) -> Polarity:
    """Add up the sentiments (none of them 0) and the emphasis of the punctuation."""
    emphasis = 0.0
    if "!" in text:
        emphasis = min(text.count("!"), 4) * 0.292
    if "?" in text:
        questions = text.count("?")
        if questions > 1:
            emphasis += questions * 0.18 if questions <= 3 else 0.96  # noqa: PLR2004 - the original's constants
    total = float(sum(valences))  # as the original adds: newer Pythons' `sum` is not a plain loop
    positive = negative = 0.0
    for valence in valences:
        if valence > 0:
            positive += valence + 1
        else:
            negative += valence - 1
    if total > 0:
        total += emphasis
    elif total < 0:
        total -= emphasis
    if positive > -negative:
        positive += emphasis
    elif positive < -negative:
        negative -= emphasis
    flat = words - len(valences)
    whole = positive - negative + flat
    compound = total / math.sqrt(total * total + 15)
    scaled = compound * 10_000
    place = int(scaled + 10_000.5)
    sure = place != _NIL and abs(scaled - place + _NIL) < _SURE
    return Polarity(
        _TEN_THOUSANDTHS[place] if sure else round(max(-1.0, min(1.0, compound)), 4),
        _rounded(-negative / whole),
        _rounded(flat / whole),
        _rounded(positive / whole),
    )


def _rounded(share: float) -> float:
    """Return `round(share, 3)` for 0 to 1, by a table unless it lies near the middle between two of its values."""
    scaled = share * 1_000
    place = int(scaled + 0.5)
    return _THOUSANDTHS[place] if -_SURE < scaled - place < _SURE else round(abs(share), 3)
