"""Between the model's values and the tables' rows."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any, Final, cast

from pydantic import TypeAdapter

from amends.model import Bin, Incident, IncidentEvent, Label, Mention, Page, PageState, Quote, Seconds, Silence, Tone

if TYPE_CHECKING:
    from sqlalchemy import Row

_HOSTILE: Final = re.compile("[\x00\ud800-\udfff]")  # PostgreSQL stores neither, UTF-8 has no room for the second
_INT64: Final = 1 << 63

_INCIDENT: Final = TypeAdapter(Incident)
_PAGE: Final = TypeAdapter(Page)
_QUOTE: Final = TypeAdapter(Quote)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredMention:
    """A mention as the store keeps it, with what has happened to it since.

    `versions` are the earlier texts, oldest first, each `{"at", "title", "text"}`; `corrected` is the tone that a
    person gave it; `deleted_at` says when its source took it back: its text is then empty, unless it is the brand's
    own.
    """

    mention: Mention
    corrected: Label | None = None
    corrected_by: str | None = None
    corrected_at: Seconds | None = None
    versions: tuple[Mapping[str, Any], ...] = ()
    deleted_at: Seconds | None = None

    @property
    def label(self) -> Label:
        """The tone to show and to filter by: a person's word before the model's."""
        return self.corrected or self.mention.tone.label


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredPage:
    """A row of the outbox: `page.state`, `page.due` and `page.why` are those of now."""

    page: Page
    attempts: int = 0
    error: str | None = None  # the last one
    updated_at: Seconds = 0.0
    sent_at: Seconds | None = None


def tidy(text: str) -> str:
    """Return `text` without what a database cannot hold: NUL and lone surrogates become U+FFFD."""
    return text if _HOSTILE.search(text) is None else _HOSTILE.sub("\ufffd", text)


def tidy_json(value: Any) -> Any:  # noqa: ANN401 - JSON
    """Return a JSON value with all its strings tidied."""
    if isinstance(value, str):
        return tidy(value)
    if isinstance(value, dict):
        return {tidy(str(key)): tidy_json(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [tidy_json(item) for item in value]
    return value


_TEXTS: Final = ("source", "id", "title", "text", "url", "author", "lang", "watch")


def tidy_mention(mention: Mention) -> Mention:
    """Return a mention that any database takes; the same object if it is so already, as almost all are."""
    changes: dict[str, Any] = {}
    for name in _TEXTS:
        value = getattr(mention, name)
        if value is not None and _HOSTILE.search(value) is not None:
            changes[name] = tidy(value)
    if mention.extra:
        changes["extra"] = tidy_json(dict(mention.extra))
    return replace(mention, **changes) if changes else mention


def dumps(value: object) -> str:
    """JSON, compact; what is no JSON becomes its words."""
    return json.dumps(value, separators=(",", ":"), default=str)


# --- mentions ---------------------------------------------------------------------------------------------------------


def mention_row(mention: Mention) -> dict[str, Any]:
    """Return the row of a new mention."""
    tone = mention.tone
    return {
        "brand": mention.brand,
        "source": mention.source,
        "id": mention.id,
        "published_at": mention.published_at,
        "seen_at": mention.seen_at,
        "title": mention.title,
        "text": mention.text,
        "url": mention.url,
        "author": mention.author,
        "lang": mention.lang,
        "reach": mention.reach if mention.reach is None else min(mention.reach, _INT64 - 1),
        "tone_lang": tone.lang,
        "compound": tone.compound,
        "p_negative": tone.p_negative,
        "p_neutral": tone.p_neutral,
        "p_positive": tone.p_positive,
        "label": tone.label,
        "fingerprint": _signed(mention.fingerprint),
        "story": mention.story,
        "watch": mention.watch,
        "own": mention.own,
        "history": mention.history,
        "late": mention.late,
        "date_quality": mention.date,
        "extra": dumps(dict(mention.extra)) if mention.extra else None,
        "corrected": None,
        "corrected_by": None,
        "corrected_at": None,
        "versions": None,
        "deleted_at": None,
    }


def _signed(value: int) -> int:
    """A 64-bit pattern as the databases' signed integer."""
    value &= 2 * _INT64 - 1
    return value - 2 * _INT64 if value >= _INT64 else value


def mention_of(row: Row[Any]) -> StoredMention:
    """Return what `mention_row` stored, and what came later."""
    tone = Tone(row.tone_lang, row.compound, row.p_negative, row.p_neutral, row.p_positive, row.label)
    mention = Mention(
        brand=row.brand,
        source=row.source,
        id=row.id,
        text=row.text,
        published_at=row.published_at,
        seen_at=row.seen_at,
        tone=tone,
        title=row.title,
        url=row.url,
        author=row.author,
        lang=row.lang,
        reach=row.reach,
        fingerprint=row.fingerprint,
        watch=row.watch,
        own=row.own,
        date=row.date_quality,
        history=row.history,
        late=row.late,
        story=row.story,
        extra=json.loads(row.extra) if row.extra else {},
    )
    return StoredMention(
        mention=mention,
        corrected=row.corrected,
        corrected_by=row.corrected_by,
        corrected_at=row.corrected_at,
        versions=tuple(json.loads(row.versions)) if row.versions else (),
        deleted_at=row.deleted_at,
    )


# --- bins -------------------------------------------------------------------------------------------------------------


def bin_row(brand: str, value: Bin) -> dict[str, Any]:
    """Return the row of a bin."""
    return {
        "brand": brand,
        "start": value.start,
        "mentions": value.mentions,
        "negatives": value.negatives,
        "p_negative": value.p_negative,
        "unscored": value.unscored,
        "reach": min(value.reach, _INT64 - 1),
        "late": value.late,
        "authors": dumps(value.authors),
        "stories": dumps(value.stories),
        "sources": dumps(dict(value.sources)),
        "coverage": value.coverage,
    }


def bin_of(row: Row[Any]) -> Bin:
    """Return what `bin_row` stored."""
    return Bin(
        start=row.start,
        mentions=row.mentions,
        negatives=row.negatives,
        p_negative=row.p_negative,
        unscored=row.unscored,
        reach=row.reach,
        late=row.late,
        authors=tuple(json.loads(row.authors)),
        stories=tuple(json.loads(row.stories)),
        sources={source: (count, weight) for source, (count, weight) in json.loads(row.sources).items()},
        coverage=row.coverage,
    )


# --- incidents --------------------------------------------------------------------------------------------------------


def incident_row(incident: Incident, quotes: list[str]) -> dict[str, Any]:
    """Return an incident's row; its body holds the digests of its quotes, whose words lie in `incident_texts`."""
    body = _INCIDENT.dump_python(incident, mode="json", exclude={"quotes": True})
    body["quotes"] = quotes
    return {
        "brand": incident.brand,
        "id": incident.id,
        "kind": incident.kind.value,
        "state": incident.state.value,
        "severity": incident.severity,
        "revision": incident.revision,
        "opened_at": incident.opened_at,
        "updated_at": incident.updated_at,
        "acknowledged_at": incident.acknowledged_at,
        "resolved_at": incident.resolved_at,
        "body": dumps(tidy_json(body)),
    }


def incident_of(body: str, quotes: Mapping[str, Quote]) -> Incident:
    """Return the incident of a stored body; quotes whose words were erased are left out."""
    document = json.loads(body)
    digests = document.pop("quotes")
    incident = _INCIDENT.validate_python(document)
    return replace(incident, quotes=tuple(quotes[digest] for digest in digests if digest in quotes))


def quote_digests(body: str) -> list[str]:
    """Return the digests that an incident's stored body refers to, in order."""
    return cast("list[str]", json.loads(body)["quotes"])


def quote_body(quote: Quote) -> str:
    """Return a quote as it is digested and kept: canonical JSON."""
    return canonical({item.name: getattr(quote, item.name) for item in fields(quote)})


def heard_body(role: str, mention: Mention) -> str:
    """Return a mention as a record keeps it, in the form of a quote; `role` is mention or own."""
    names = ("source", "id", "published_at", "url", "author", "lang")
    text = mention.text or mention.title
    return canonical({"role": role, "text": text, **{name: getattr(mention, name) for name in names}})


def quote_of(body: str) -> Quote:
    """Return what `quote_body` wrote."""
    return _QUOTE.validate_json(body)


def canonical(value: Mapping[str, Any]) -> str:
    """JSON with sorted keys and no spaces: one value, one text, whatever the program's version."""
    return json.dumps(tidy_json(value), sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=str)


def event_of(row: Row[Any]) -> IncidentEvent:
    """Return an event from its canonical body; an erased one keeps its place and its name."""
    if row.body is None:
        return IncidentEvent(
            incident=row.incident, seq=row.seq, at=row.at, event=row.event, by="amends", why="erased on request"
        )
    body = json.loads(row.body)
    return IncidentEvent(
        incident=row.incident,
        seq=row.seq,
        at=row.at,
        event=row.event,
        by=body["by"],
        why=body["why"],
        data=body["data"],
    )


# --- pages and silences -----------------------------------------------------------------------------------------------


def page_row(page: Page) -> dict[str, Any]:
    """Return a new row of the outbox."""
    return {
        "brand": page.brand,
        "id": page.id,
        "incident": page.incident.id,
        "step": page.step,
        "person": page.person,
        "channel": page.channel,
        "kind": page.kind,
        "group_key": page.group or "",
        "state": page.state,
        "due": page.due,
        "attempts": 0,
        "decided_at": page.decided_at,
        "updated_at": page.decided_at,
        "error": None,
        "why": tidy(page.why),
        "payload": dumps(tidy_json(_PAGE.dump_python(page, mode="json"))),
    }


def message_words(page: Page) -> str:
    """Return the words of a message as they are digested."""
    return tidy(f"{page.title}\n{page.text}")


def page_of(row: Row[Any]) -> Page:
    """Return a page with its state, due time and reason of now."""
    page = _PAGE.validate_json(row.payload)
    return replace(page, state=cast("PageState", row.state), due=float(row.due), why=row.why)


def stored_page_of(row: Row[Any]) -> StoredPage:
    """Return a page with what has become of it."""
    return StoredPage(
        page=page_of(row), attempts=row.attempts, error=row.error, updated_at=row.updated_at, sent_at=row.sent_at
    )


def silence_row(silence: Silence) -> dict[str, Any]:
    """Return a silence's row."""
    row = {item.name: getattr(silence, item.name) for item in fields(silence)}
    return {**row, "reason": tidy(silence.reason)}


def silence_of(row: Row[Any]) -> Silence:
    """Return what `silence_row` stored."""
    return Silence(**{item.name: getattr(row, item.name) for item in fields(Silence)})
