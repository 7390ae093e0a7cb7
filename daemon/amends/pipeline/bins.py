"""Counting: mentions into bins of event time, and bins added to bins."""

from __future__ import annotations

from dataclasses import replace
from hashlib import blake2b
from typing import TYPE_CHECKING

from amends.model import BIN_SECONDS, Bin

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from amends.model import Mention, Seconds

MOST_DISTINCT = 64


def bin_of(when: Seconds) -> int:
    """Return the start of the bin that holds this moment."""
    return int(when // BIN_SECONDS) * BIN_SECONDS


def small_hash(text: str) -> int:
    """Return 32 bits of a text: enough to tell a few dozen apart, too few to tell who it was."""
    return int.from_bytes(blake2b(text.encode("utf-8", "replace"), digest_size=4).digest())


def voice(mention: Mention) -> str:
    """Return who speaks: an item without an author is its own author."""
    return mention.author.casefold() if mention.author else f"{mention.source}\0{mention.id}"


def independent(mention: Mention) -> str:
    """Return what makes a mention independent evidence: articles by their story, posts by who speaks.

    An article (it has a title) that twelve outlets repeat is one story. A post that twelve people repeat is twelve
    people, even where they copy each other's words: that may be coordinated, and is for people to see.
    """
    return f"story\0{mention.story}" if mention.title and mention.story else voice(mention)


def is_negative(mention: Mention) -> bool:
    """Tell whether a mention speaks against the brand, more likely than not."""
    return mention.tone.p_negative is not None and mention.tone.label == "negative"


def count(mention: Mention) -> Bin:
    """Return the bin that one mention alone would make."""
    p_negative = mention.tone.p_negative
    negative = is_negative(mention)
    return Bin(
        start=bin_of(mention.published_at),
        mentions=1,
        negatives=int(negative),
        p_negative=p_negative or 0.0,
        unscored=int(p_negative is None),
        reach=mention.reach or 0,
        late=int(mention.late),
        authors=(small_hash(voice(mention)),) if negative else (),
        stories=(small_hash(independent(mention)),) if negative else (),
        sources={mention.source: (1, p_negative or 0.0)},
    )


def _union(first: tuple[int, ...], second: tuple[int, ...]) -> tuple[int, ...]:
    if not second:
        return first
    return tuple(dict.fromkeys((*first, *second)))[:MOST_DISTINCT]


def add(first: Bin, second: Bin) -> Bin:
    """Add two bins of one start: counts add up, distinct sets unite, the lower coverage holds."""
    sources = dict(first.sources)
    for source, (mentions, p_negative) in second.sources.items():
        before = sources.get(source, (0, 0.0))
        sources[source] = (before[0] + mentions, before[1] + p_negative)
    return Bin(
        start=first.start,
        mentions=first.mentions + second.mentions,
        negatives=first.negatives + second.negatives,
        p_negative=first.p_negative + second.p_negative,
        unscored=first.unscored + second.unscored,
        reach=first.reach + second.reach,
        late=first.late + second.late,
        authors=_union(first.authors, second.authors),
        stories=_union(first.stories, second.stories),
        sources=sources,
        coverage=min(first.coverage, second.coverage),
    )


def count_all(mentions: Iterable[Mention]) -> dict[int, Bin]:
    """Return bins by their start, in order of start."""
    bins: dict[int, Bin] = {}
    for mention in mentions:
        one = count(mention)
        bins[one.start] = add(bins[one.start], one) if one.start in bins else one
    return dict(sorted(bins.items()))


def gapless(bins: Sequence[Bin], start: int, end: int) -> list[Bin]:
    """Return one bin for every start in [start, end): those given, and empty ones between."""
    known = {one.start: one for one in bins}
    return [known.get(at) or Bin(start=at) for at in range(start, end, BIN_SECONDS)]


def without_late(one: Bin) -> Bin:
    """Return the bin as it would be without its late mentions, which are taken to be as negative as the rest."""
    if not one.late or not one.mentions:
        return one
    kept = max(0, one.mentions - one.late)
    share = kept / one.mentions
    return replace(one, mentions=kept, p_negative=one.p_negative * share, unscored=round(one.unscored * share), late=0)
