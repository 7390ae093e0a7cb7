"""What one document would bring, outside any schedule: for trying a source out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from amends.matching import clean
from amends.sources.dates import read_date, rfc3339
from amends.sources.memory import identify, language, title_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from amends.sources.parsing.entry import Entry


def shape_of(kind: str, keys: Mapping[str, Any]) -> dict[str, Any]:
    """Return a parser's job for a kind and a preset's keys; JSON without a preset is read by guessing its fields."""
    if kind == "feed":
        return {"kind": "feed"}
    return {
        "kind": "json",
        "items": keys.get("items"),
        "fields": keys.get("fields", {}),
        "html": keys.get("html", True),
    }


def records(entries: Sequence[Entry]) -> Iterator[dict[str, Any] | None]:
    """Yield each entry as a Mention record, dates as the document has them; None for one that says nothing.

    `published_at` is null where there is none, or none that can be placed; `date` then says why.
    """
    known = identify(entries)
    for _ in range(len(entries) - len(known)):
        yield None
    for key, entry in known:
        said = read_date(entry.get("date"), entry.get("parsed"))
        at = rfc3339(said.at) if said.at is not None else None
        is_html = entry.get("html", False)
        yield {
            "id": key,
            "source": "try",
            "url": entry.get("link"),
            "author": entry.get("author"),
            "published_at": at,
            **({} if at else {"date": said.quality}),
            "title": clean(title_of(entry), html=False),
            "text": clean(entry.get("text", ""), html=is_html),
            **({"lang": lang} if (lang := language(entry)) else {}),
            **({"reach": entry["reach"]} if "reach" in entry else {}),
        }
