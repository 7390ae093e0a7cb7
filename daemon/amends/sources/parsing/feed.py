"""RSS, Atom and RDF documents to entries: only those that were not seen before reach feedparser."""

from __future__ import annotations

import calendar
import hashlib
import html
import io
import re
from itertools import pairwise
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin

import feedparser

from amends.sources.parsing.entry import Entry, bounded
from amends.sources.parsing.refusal import RefusalError
from amends.sources.parsing.scan import ROOTS, Scan, scan

if TYPE_CHECKING:
    from collections.abc import Iterator

SLICE = 200  # entries given to feedparser at once
_BIG_FRAME = 65_536  # bytes around the entries; beyond, slicing would cost more than it saves
_PREFIXED = re.compile(rb"<([A-Za-z_][\w.-]{0,20}):(?:item|entry)[\s>]")
_OFFERED = re.compile(r"<link\b[^>]{0,500}\btype=[\"']application/(?:rss|atom)\+xml[\"'][^>]{0,500}>", re.IGNORECASE)
_HREF = re.compile(r"\bhref=[\"']([^\"'>]{1,300})[\"']", re.IGNORECASE)
_BLOCKS = re.compile(
    r"just a moment|attention required|captcha|are you (?:a )?human|verify you are|access denied|been blocked"
    r"|unusual traffic|enable javascript and cookies|whoa there",
    re.IGNORECASE,
)


def span_hash(data: bytes) -> str:
    """A short name for an entry's exact bytes."""
    return hashlib.blake2b(data, digest_size=8).hexdigest()


def read_feed(text: str, *, url: str, seen: frozenset[str]) -> Iterator[dict[str, Any] | Entry]:
    """Yield first {"facts", "spans", "root"}, then each entry whose bytes are not among `seen`.

    `spans` are the hashes of all entries in document order, None where the document is ill-formed and was read whole.
    RefusalError on what is no feed, is cut short or unsafe.
    """
    if not text.strip():
        raise RefusalError("not-a-feed", "the document is empty")
    data = text.encode("utf-8")
    found = scan(text, data)
    if found.root in {"html", "body", "head"} or (found.root not in ROOTS and "<" not in text[:1024]):
        refuse_page(text)
    if found.spans is None or found.root not in ROOTS:
        entries, version = _parse_whole(data, url)
        if not version or (found.root not in ROOTS and not entries):
            refuse_page(text, found)
        yield {"facts": found.facts, "spans": None, "root": found.root}
        yield from entries
        return
    hashes = [span_hash(data[start:end]) for start, end in found.spans]
    yield {"facts": found.facts, "spans": hashes, "root": found.root}
    fresh = [index for index, name in enumerate(hashes) if name not in seen]
    if not found.spans or not fresh:
        return
    yield from _parse_spans(data, url, found.spans, hashes, fresh)


def refuse_page(text: str, found: Scan | None = None) -> None:
    """Say what the document is instead of a feed, and whether it offers one."""
    head = text[:65_536]
    if _BLOCKS.search(head) and found is None:
        raise RefusalError("blocked", "the server sent a page that asks for a human instead of the feed")
    offers = [href.group(1) for link in _OFFERED.findall(head) if (href := _HREF.search(link))]
    what = f"a document of <{found.root or 'text'}>" if found is not None else "a web page"
    hint = f"; it offers {html.unescape(offers[0])}" if offers else ""
    raise RefusalError("not-a-feed", f"{what}, neither RSS, Atom, RDF nor JSON Feed{hint}")


def _parse_spans(
    data: bytes, url: str, spans: list[tuple[int, int]], hashes: list[str], fresh: list[int]
) -> Iterator[Entry]:
    edges = [0, *(offset for span in spans for offset in span), len(data)]
    head, *between = [data[start:end] for start, end in list(pairwise(edges))[::2]]
    tail = b"".join(between)
    size = SLICE if len(head) + len(tail) <= _BIG_FRAME else len(fresh)
    for first in range(0, len(fresh), size):
        chosen = fresh[first : first + size]
        part = head + b"".join(data[slice(*spans[index])] for index in chosen) + tail
        entries, _version = _parse(part, url)
        if len(entries) != len(chosen):  # feedparser counts otherwise than we do: read all of it, once
            entries, _version = _parse_whole(data, url)
            yield from entries
            return
        for index, entry in zip(chosen, entries, strict=True):
            entry["span"] = hashes[index]
            yield entry


def _parse_whole(data: bytes, url: str) -> tuple[list[Entry], str]:
    entries, version = _parse(data, url)
    if not entries and (prefix := _PREFIXED.search(data)):  # a prefix that nobody declared hides the elements
        entries, version = _parse(re.sub(rb"(</?|\s)%b:" % re.escape(prefix.group(1)), rb"\1", data), url)
    return entries, version


def _parse(data: bytes, url: str) -> tuple[list[Entry], str]:
    # A stream, never bytes: feedparser would try bytes as a file's name first.
    parsed = feedparser.parse(
        io.BytesIO(data),
        # No content-location: feedparser would resolve guids with it, and an id must not change with a host.
        response_headers={"content-type": "application/xml; charset=utf-8"},
        sanitize_html=False,
        resolve_relative_uris=False,
    )
    lang = parsed.feed.get("language") if parsed.get("feed") else None
    return [_entry(entry, lang, url) for entry in parsed.get("entries", ())], parsed.get("version", "")


def _entry(entry: dict[str, Any], lang: str | None, url: str) -> Entry:
    text, is_html = _text(entry)
    marked = (entry.get("title_detail") or {}).get("type") in {"text/html", "application/xhtml+xml"}
    date, parsed = _date(entry)
    return bounded(
        id=entry.get("id"),
        link=_resolved(url, _link(entry)),
        title=(entry.get("title") or "").strip(),
        title_html=marked or None,
        text=text,
        html=is_html,
        author=_author(entry),
        date=date,
        parsed=parsed,
        lang=_lang(entry, lang),
    )


def _text(entry: dict[str, Any]) -> tuple[str, bool]:
    """The longest of the contents and the summary, and whether it is HTML."""
    parts = [*(entry.get("content") or ()), entry.get("summary_detail") or {}]
    best = max(parts, key=lambda part: len(part.get("value") or ""))
    return best.get("value") or "", best.get("type") != "text/plain"


def _link(entry: dict[str, Any]) -> str | None:
    link = entry.get("link")
    if link:
        return str(link)
    for candidate in entry.get("links") or ():
        if candidate.get("href") and candidate.get("rel", "alternate") == "alternate":
            return str(candidate["href"])
    return None


def _resolved(url: str, link: str | None) -> str | None:
    try:
        return urljoin(url, link.strip()) if link else None
    except ValueError:
        return None


def _author(entry: dict[str, Any]) -> str | None:
    detail = entry.get("author_detail") or {}
    return detail.get("name") or entry.get("author") or detail.get("email") or detail.get("href")


def _date(entry: dict[str, Any]) -> tuple[str | None, float | None]:
    for key in ("published", "updated", "created"):
        # Containment first: feedparser answers `updated` from `published` with a warning otherwise.
        if dict.__contains__(entry, key) and dict.get(entry, key):
            when = dict.get(entry, f"{key}_parsed")
            try:
                return str(dict.get(entry, key)), float(calendar.timegm(when)) if when else None
            except (ValueError, OverflowError):
                return str(dict.get(entry, key)), None
    return None, None


def _lang(entry: dict[str, Any], lang: str | None) -> str | None:
    for part in (*(entry.get("content") or ()), entry.get("summary_detail") or {}, entry.get("title_detail") or {}):
        if part.get("language"):
            return str(part["language"])
    return lang
