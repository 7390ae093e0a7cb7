"""What to ask a search for: the brands' words, put into an address."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import quote, quote_plus

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from amends.model import Seconds

HOLES = frozenset({"query", "hashtag", "since", "since_iso"})
_HOLE = re.compile(r"\{([a-z_]+)\}")
_JOINED = 1_000  # characters of one joined query; longer ones are asked in parts
_WORD = re.compile(r"[^\w]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """What one brand is called: its name and aliases, its handles (without @), its hashtags (without #)."""

    brand: str
    names: tuple[str, ...]
    handles: tuple[str, ...] = ()
    hashtags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Ask:
    """One request: `key` names it in the cursor and does not change from poll to poll."""

    key: str
    url: str


def holes(url: str) -> set[str]:
    """The placeholders of an address."""
    return set(_HOLE.findall(url))


def _distinct(words: Iterable[str]) -> list[str]:
    seen: dict[str, str] = {}
    for word in words:
        stripped = word.strip()
        if stripped:
            seen.setdefault(stripped.casefold(), stripped)
    return list(seen.values())


def queries(brands: Sequence[Names]) -> list[str]:
    """Each name, alias and handle once, in the order given."""
    return _distinct(word for brand in brands for word in (*brand.names, *brand.handles))


def hashtags(brands: Sequence[Names]) -> list[str]:
    """Each hashtag once; a brand without any is looked for under its name written as one word."""
    return _distinct(
        word for brand in brands for word in (brand.hashtags or tuple(_WORD.sub("", name) for name in brand.names[:1]))
    )


def _joined(words: list[str], join: str) -> list[str]:
    parts: list[str] = []
    for word in words:
        if parts and len(parts[-1]) + len(join) + len(word) <= _JOINED:
            parts[-1] += join + word
        else:
            parts.append(word)
    return parts


def asks(url: str, brands: Sequence[Names], *, join: str | None, since: Seconds) -> list[Ask]:
    """Fill in an address: one request for each query or hashtag (`join` makes them one), or one alone.

    `{since}` is Unix time, `{since_iso}` RFC 3339. In a path a word is quoted for a path, in a query for a query.
    """
    if "{" not in url:
        return [Ask(url, url)]
    found = holes(url)
    hole = "query" if "query" in found else "hashtag" if "hashtag" in found else None
    when = datetime.fromtimestamp(since, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    dated = url.replace("{since}", f"{since:.0f}").replace("{since_iso}", quote(when, safe=""))
    if hole is None:
        return [Ask(url, dated)]
    words = queries(brands) if hole == "query" else hashtags(brands)
    if join is not None:
        words = _joined(words, join)
    return [Ask(word, _fill(dated, f"{{{hole}}}", word)) for word in words]


def _fill(url: str, hole: str, word: str) -> str:
    path, mark, query = url.partition("?")
    return path.replace(hole, quote(word, safe="")) + mark + query.replace(hole, quote_plus(word))
