"""The speaker's own words: spelling made even without moving a character, quotations blanked, sentences, language."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterator

Lang: TypeAlias = Literal["en", "fr"]
MAX_TEXT = 10_000  # characters that are read
_MAX_SENTENCE = 600  # characters; a longer one is read in pieces, so that no pattern meets an endless line

# One character for one character: every offset stays that of the text as given.
_EVEN = str.maketrans(
    {
        "\u2019": "'", "\u2018": "'", "\u02bc": "'", "\u00b4": "'", "\u00a0": " ", "\u202f": " ", "\u2009": " ",
        "\t": " ", "\u2010": "-", "\u2011": "-", "\u2013": "\u2014", "\u2015": "\u2014",
    }
)  # fmt: skip
_QUOTED = re.compile(
    r'"[^"\n]{1,600}"|\u201c[^\u201d\n]{1,600}\u201d|\u00ab[^\u00bb\n]{1,600}\u00bb|\u201e[^\u201c\u201d\n]{1,600}[\u201c\u201d]'
)
_SINGLE = re.compile(
    r"(?<![\w'])'[^'\n]{2,200}(?:'\w[^'\n]{0,200}){0,6}'(?!\w)|(?<!\w)\u2018[^\u2018\n]{2,300}?\u2019(?!\w)"
)
# What one will not say, promise or claim: to the end of the clause, it is as little the speaker's own as a quotation.
_REFUSED = re.compile(
    r"\b(?:won't|will not|wouldn't|would not|refuse to"
    r"|(?:not|n't) (?:going|here|asking|about|trying|writing) (?:to|for)"
    r"|shall not|shan't|(?:cannot|can't|could not|couldn't)(?= promise)) (?:\w+ ){0,4}?"
    r"(?:say|promise|tell you(?! (?:how|what))|claim|swear|guarantee|argue|insist|ask)\b(?! sorry enough)"
    r"[^.!?;\n]*?(?=[.!?;\n]|, ?(?:but|yet|and i'm sorry|and we're sorry|and we are)|\bbut\b|$)"
    r"|\b(?:ne|n')(?: ?(?:vous|te))? ?"
    r"(?:(?:dirons|dirai|dira|promett\w+|prétend\w+|jur\w+|demand\w+|affirm\w+) pas"
    r"|(?:viens|venons|allons|vais|suis|sommes|voulons|veux|chercherons|cherchons) pas (?:ici |là )?(?:pour |à )?"
    r"(?:vous )?"
    r"(?:dire|promettre|jurer|prétendre|demander|affirmer|raconter)"
    r"|(?:pouvons|peux) pas (?:vous )?promettre)\b"
    r"[^.!?;\n]*?(?=[.!?;\n]|, ?mais|\bmais\b|$)",
    re.IGNORECASE,
)
_END = re.compile(r"(?<!\bMr)(?<!\bMrs)(?<!\bDr)(?<!\bNo)(?<!\bM)(?<!\bSt)(?<=[.!?\u2026])[\"'\u201d\u00bb)]*\s+|\n+")
_WORD = re.compile(r"\w")
# Emoji, a dash, whom it answers, "1/2", a hashtag before a new beginning: none of them is a sentence's first word.
_BEFORE = re.compile(r"(?:@[\w.-]+|#\w+(?=\s+[^\w\s]*[A-Z\u00c0-\u00dd])|\b\d{1,2} ?/ ?\d{1,2}\b|[^\w\u00a4\"'])*")
_CLAUSE = re.compile(r"[^,;:]+[,;:]?")
_ENGLISH = re.compile(
    r"\b(?:the|and|we|our|you|your|of|to|is|was|are|were|that|this|it|for|have|has|not|with|in|by|be|will|from|us|at|"
    r"sorry|an|as|who|all|no)\b",
    re.IGNORECASE,
)
_FRENCH = re.compile(
    r"\b(?:le|la|les|des|du|de|et|nous|vous|notre|nos|votre|vos|est|sont|une|un|pour|dans|que|qui|ce|cette|pas|ne|sur|à|"
    r"avons|au|aux|en|par|plus|ont|se|il|elle|tout|tous|pardon|excuses|je|mes|mon)\b|\b[ldnscjmq]'|qu'|[éèêàçùœ]",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of the speaker's own, with where it begins in the text. Quotations in it are blanks.

    `seen` keeps what a pattern (by its id) found here, so that none reads a sentence twice: start, end, doubted.
    """

    start: int
    text: str
    seen: dict[int, tuple[tuple[int, int, bool], ...]] = field(default_factory=dict, compare=False, repr=False)

    def clauses(self) -> Iterator[Sentence]:
        """Yield the sentence in the pieces between its commas, colons and semicolons."""
        for piece in _CLAUSE.finditer(self.text):
            yield Sentence(self.start + piece.start(), piece.group())


@dataclass(frozen=True)
class Words:
    """A text as the rules read it."""

    given: str

    @cached_property
    def even(self) -> str:
        """The text with one kind of apostrophe, space and dash; offsets are those of the text as given."""
        return self.given[:MAX_TEXT].translate(_EVEN)

    @cached_property
    def own(self) -> str:
        """The same with quotations blanked: what others said, or what one refuses to say, is not the speaker's."""
        blanked = _SINGLE.sub(_blank, _QUOTED.sub(_blank, self.given[:MAX_TEXT])).translate(_EVEN)
        return _REFUSED.sub(_blank, blanked)

    @cached_property
    def sentences(self) -> tuple[Sentence, ...]:
        """The sentences of the speaker's own words, in order."""
        return tuple(_sentences(self.own))

    @cached_property
    def lang(self) -> Lang:
        """The language, by the small words that are used; English where nothing tells."""
        own = self.own if self.own.strip() else self.even
        return "fr" if len(_FRENCH.findall(own)) > len(_ENGLISH.findall(own)) else "en"


def _blank(match: re.Match[str]) -> str:
    return "\u00a4" + " " * (len(match.group()) - 1)


def _sentences(text: str) -> list[Sentence]:
    found: list[Sentence] = []
    at = 0
    for end in (*(match.end() for match in _END.finditer(text)), len(text)):
        while at < end:
            piece = text[at : min(end, at + _MAX_SENTENCE)]
            if _WORD.search(piece):
                before = len(_BEFORE.match(piece).group())  # type: ignore[union-attr]  # it matches nothing as well
                found.append(Sentence(at + before, piece[before:]))
            at += len(piece)
    return found
