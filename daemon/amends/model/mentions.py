"""What arrives: a post as a source gave it, and the same made ready for a decision."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from amends.model.base import Seconds

DateQuality = Literal["given", "missing", "future", "absurd", "zone"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One post as a source gave it; or, by `op`, its edit or its deletion."""

    source: str
    id: str  # native to the source, unique in it
    text: str  # plain, or HTML where `html` is true
    published_at: Seconds  # as repaired by the source: `seen_at` where the given date is missing or impossible
    seen_at: Seconds
    title: str = ""
    html: bool = False
    url: str | None = None
    author: str | None = None
    lang: str | None = None  # the source's hint, ISO 639-1
    reach: int | None = None  # followers or the like
    brand: str | None = None  # id or name, where the giver names it
    op: Literal["create", "update", "delete"] = "create"
    date: DateQuality = "given"  # what was wrong with the date, if anything
    history: bool = False  # backfill: teaches, opens nothing, tells nobody
    late: bool = False  # published before what its source could already have shown us
    extra: Mapping[str, Any] = field(default_factory=dict)  # unknown keys of a Mention record, kept


Label = Literal["negative", "neutral", "positive", "unscored"]


@dataclass(frozen=True, slots=True)
class Tone:
    """How a text sounds. `compound` is VADER's, -1 to 1; the p_* sum to 1, or are None where nobody scores `lang`."""

    lang: str | None
    compound: float
    p_negative: float | None
    p_neutral: float | None
    p_positive: float | None
    label: Label
    arousal: float = 0.0  # 0 calm or sad, 1 stirred up: anger spreads; not stored with the mention


CODE = 4  # characters
NOT = "+not"  # the code of every word that denies


@dataclass(frozen=True, slots=True)
class Wording:
    """A text as `stories` compares it: codes of `CODE` characters for words, one after the other."""

    words: str = ""  # in order; "" = too short to compare
    news: str = ""  # those that a copy cannot add: numbers, names, grave words, watched terms
    watched: str = ""  # those of watched terms


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """An item that names a brand, made ready for a decision."""

    brand: str
    source: str
    id: str
    text: str  # clean plain text, NFC, no control characters
    published_at: Seconds
    seen_at: Seconds
    tone: Tone
    title: str = ""
    url: str | None = None  # canonical
    author: str | None = None
    lang: str | None = None
    reach: int | None = None
    fingerprint: int = 0  # 64-bit simhash of the text: near-duplicates differ in few bits; 0 = too short to tell
    wording: Wording = Wording()  # not stored
    watch: str | None = None  # the watched term or author that it contains
    own: bool = False  # from the brand's own voice
    speech: Literal["apology", "holding", "other"] | None = None  # what the lint reads such a new post as; not stored
    op: Literal["create", "update", "delete"] = "create"
    date: DateQuality = "given"
    history: bool = False
    late: bool = False
    story: str | None = None  # set by `decide`
    extra: Mapping[str, Any] = field(default_factory=dict)
