"""Patterns over sentences, with what a plain search misses: negation, refusal, condition and who is the subject."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from amends.responses.lint.text import Sentence

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

_MARK = re.compile(r"(^|\|)!")
_BREAK = re.compile(
    r"[,;:()\u2014!?.]|\s-\s|\b(?:but|yet|because|while|although|though|so that|mais|car"
    r"|parce que|pourtant|alors que)\b"
    r"|\b(?:and|et)\s+(?=(?:we|i|it|that|this|our|they|you|nous|je|on|c'|cela|notre|nos|vous|il|elle|ils|elles)\b)",
    re.IGNORECASE,
)
_MAIN = re.compile(
    r"[;:!?]\s|\s\u2014\s|\s?[\u2600-\u27bf\U0001f300-\U0001faff]+\s?"
    r"|, (?:and|but|so|et|mais|donc) (?=\w)|,? \b(?:and|but|so|et|mais|donc) "
    r"(?=(?:we|i|it|the|our|nobody|no one|its|an?|two|one|this|that|they|he|she|nous|je|on|il|elle|le|la|les|notre|nos|"
    r"personne|une?|deux|ce|cette|ils|elles)\b|l'|c')",
    re.IGNORECASE,
)
_NEGATED = re.compile(
    r"\b(?:not(?! only| just| merely)|never|nor|neither|nobody|cannot|refus\w+|declin\w*|nothing|far from|"
    r"no (?:right|reason|claim) to)\b"
    r"|\b(?:at|in|by|under) no\b"
    r"|n't\b(?! only)"
    r"|\b(?:no(?! doubt)|without|rather than|instead of)(?: [\w'-]+)? ?$"
    r"|\b(?:some|others|critics|people|they|lawyers) (?:\w+ )?(?:say|claim|think|believe|insist)s?\b"
    r"|\b(?:certains|d'aucuns|ils|elles) (?:disent|prétendent|affirment|pensent|croient)\b"
    r"|\b(?:sans|au lieu de|aucune?)(?: [\w'-]+)? ?$|\b(?:ne|ni|jamais|refus\w+|loin de)\b|\bn'(?=[aeiouyhéêè])"
    r"|\bpas\b(?! seulement)",
    re.IGNORECASE,
)
_NOTHING = re.compile(r"(?!)")
_DOUBTED = re.compile(r"\b(?:if|whether|should|unless|si|s'il|s'ils|même si)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Pattern:
    """A regular expression; `bare` ones carry their own negation and are not asked about it."""

    regex: re.Pattern[str]
    bare: bool


@dataclass(frozen=True, slots=True)
class Hit:
    """Words seen, with where they stand in the text."""

    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Parts:
    """How a language says the six parts of an apology (Lewicki, Polin and Lount 2016)."""

    regret: tuple[Pattern, ...]
    sympathy: tuple[Pattern, ...]  # sorry for bad luck that is none of ours, if nothing else in the text owns anything
    admission: tuple[Pattern, ...]  # we did something, in the past: in a text that is sorry, it owns the deed
    mourning: tuple[Pattern, ...]  # somebody died or lost a home: sorry is sympathy here
    happened: tuple[Pattern, ...]  # something broke: the cause, unless it opens the text, where it is the harm
    explanation: tuple[Pattern, ...]
    responsibility: tuple[Pattern, ...]
    repentance: tuple[Pattern, ...]
    resolve: tuple[Pattern, ...]  # what will be done from now on, in a text that owns or regrets something
    repair: tuple[Pattern, ...]
    forgiveness: tuple[Pattern, ...]
    undone: tuple[Pattern, ...] = ()  # the harm is off, over or back, in a text that owns or regrets something
    story: tuple[Pattern, ...] = ()  # a cause without "because", past the clause that opens the text
    no_story: re.Pattern[str] = _NOTHING  # a clause about those hit, about owning, mending or what comes


@dataclass(frozen=True, slots=True)
class Vices:
    """How a language spoils an apology, and what else tells the kinds of text apart."""

    conditional: tuple[Pattern, ...]  # the harm in doubt, near words of apology
    perceived: tuple[Pattern, ...]  # the harm in doubt or in the audience's mind, wherever it stands
    culprit: tuple[Pattern, ...]
    taken_back: tuple[Pattern, ...]  # what takes the blame back from a culprit
    passive: tuple[Pattern, ...]
    doer: re.Pattern[str]  # the doer of a passive
    voucher: tuple[Pattern, ...]
    no_gift: re.Pattern[str]  # a sentence in which a voucher is no gift
    unsure: tuple[Pattern, ...]  # we do not know
    unknown: tuple[Pattern, ...]  # the facts are being looked for, or are said to be open
    looking: tuple[Pattern, ...]  # the facts are being looked for
    certain: tuple[Pattern, ...]  # an outcome is asserted
    minimising: tuple[Pattern, ...]
    jargon: tuple[Pattern, ...]
    self_pity: tuple[Pattern, ...]
    denial: tuple[Pattern, ...]
    must_act: tuple[Pattern, ...]  # people must act or will ask
    contact: tuple[Pattern, ...]
    announces: tuple[Pattern, ...]  # more follows
    when: tuple[Pattern, ...]  # by the clock
    hour: tuple[Pattern, ...]  # a time of the day
    behind: re.Pattern[str]  # a sentence about what was, or about opening hours
    acknowledges: tuple[Pattern, ...]
    concern: tuple[Pattern, ...]
    refutes: tuple[Pattern, ...]


def table(lines: Iterable[str], macros: Mapping[str, str]) -> tuple[Pattern, ...]:
    """Compile patterns: `<WE>` is a macro, a leading `!` (also after `|`) says that negation is part of the pattern."""
    compiled = []
    for line in lines:
        bare = line.startswith("!")
        source = _MARK.sub(r"\1", line)
        for name, value in macros.items():
            source = source.replace(f"<{name}>", value)
        compiled.append(Pattern(re.compile(source, re.IGNORECASE), bare))
    return tuple(compiled)


def hits(sentences: Iterable[Sentence], patterns: Iterable[Pattern], *, doubt: bool = False) -> Iterator[Hit]:
    """Yield where a pattern stands in the speaker's own words, not negated; with `doubt`, in no if-clause either."""
    for sentence in sentences:
        for pattern in patterns:
            seen = sentence.seen.get(id(pattern))
            if seen is None:
                seen = sentence.seen[id(pattern)] = tuple(_own(sentence.text, pattern))
            for start, end, doubted in seen:
                if not (doubt and doubted):
                    yield Hit(sentence.start + start, sentence.start + end)


def _own(text: str, pattern: Pattern) -> Iterator[tuple[int, int, bool]]:
    """Yield where a pattern stands that its own clause does not negate, and whether that clause puts it in doubt."""
    for match in pattern.regex.finditer(text):
        before = clause_before(text, match.start())
        if pattern.bare or not _NEGATED.search(before):
            yield match.start(), match.end(), bool(_DOUBTED.search(before))


def clauses(sentence: Sentence) -> Iterator[Sentence]:
    """Yield the main clauses of a sentence, each with where it begins in the text."""
    start = 0
    for match in _MAIN.finditer(sentence.text):
        yield Sentence(sentence.start + start, sentence.text[start : match.start()])
        start = match.end()
    yield Sentence(sentence.start + start, sentence.text[start:])


def found(sentences: Iterable[Sentence], patterns: Iterable[Pattern], *, doubt: bool = False) -> bool:
    """Tell whether any pattern hits."""
    return next(hits(sentences, patterns, doubt=doubt), None) is not None


def first(sentences: Iterable[Sentence], patterns: Iterable[Pattern]) -> Hit | None:
    """Return the first hit in the order of the text, of two the longer, or None."""
    return min(hits(sentences, patterns), key=lambda hit: (hit.start, -hit.end), default=None)


def clause_before(text: str, at: int) -> str:
    """Return what stands before a place in its own clause."""
    start = 0
    for match in _BREAK.finditer(text):
        if match.end() > at:
            break
        start = match.end()
    return text[start:at]
