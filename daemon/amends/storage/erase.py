"""Takes a person's words out of the store and leaves the records whole."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import select, true, update

from amends.responses import defang, one_line
from amends.storage import rows, schema

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import Column, ColumnElement
    from sqlalchemy.ext.asyncio import AsyncConnection

_MENTIONS: Final = schema.mentions
_TEXTS: Final = schema.incident_texts
_OUTBOX: Final = schema.outbox
_MESSAGES: Final = schema.incident_messages
_INCIDENTS: Final = schema.incidents
_EVENTS: Final = schema.incident_events
_OVER: Final = ("sent", "failed", "cancelled")
_TELLING = 24  # characters by which a quote is found again in a message
_SOMEBODY: Final = "somebody"


async def erase_words(connection: AsyncConnection, brand: str, source: str, mention: str) -> None:
    """Erase one mention's words wherever they lie; its key and its counts stay, so that it is not taken for new.

    The mention, its earlier versions, what incidents keep of it (the digests stay: the chain holds), and the messages
    that quoted it. A message still to be sent loses the quote and keeps the rest until it is over.
    """
    mine = (_MENTIONS.c.brand == brand, _MENTIONS.c.source == source, _MENTIONS.c.id == mention)
    nothing = {
        "title": "", "text": "", "author": None, "url": None, "extra": None, "versions": None, "fingerprint": 0,
        "watch": None,
    }  # fmt: skip
    await connection.execute(update(_MENTIONS).where(*mine).values(**nothing))
    quoted = (_TEXTS.c.brand == brand, _TEXTS.c.source == source, _TEXTS.c.mention == mention)
    incidents = (await connection.execute(select(_TEXTS.c.incident).where(*quoted).distinct())).scalars().all()
    if not incidents:
        return
    gone = {"salt": None, "source": None, "mention": None, "author": None, "body": None}
    await connection.execute(update(_TEXTS).where(*quoted).values(**gone))
    for incident in incidents:
        await _erase_messages(connection, brand, incident, (source, mention))


async def counted_text(connection: AsyncConnection, brand: str, source: str, mention: str) -> str:
    """Return the text by which a brand's usual talk has counted a mention: what it said at first."""
    mine = (_MENTIONS.c.brand == brand, _MENTIONS.c.source == source, _MENTIONS.c.id == mention)
    row = (await connection.execute(select(_MENTIONS.c.text, _MENTIONS.c.versions).where(*mine))).one_or_none()
    if row is None:
        return ""
    return str(json.loads(row.versions)[0]["text"] if row.versions else row.text)


async def _erase_messages(connection: AsyncConnection, brand: str, incident: str, key: tuple[str, str]) -> None:
    """Take a quote out of the messages about an incident."""
    mine = (_OUTBOX.c.brand == brand, _OUTBOX.c.incident == incident)
    for row in (await connection.execute(select(_OUTBOX.c.id, _OUTBOX.c.state, _OUTBOX.c.payload).where(*mine))).all():
        payload = json.loads(row.payload)
        quotes = payload["incident"]["quotes"]
        lost = [quote for quote in quotes if (quote["source"], quote["id"]) == key]
        if not lost:
            continue
        payload["incident"]["quotes"] = [quote for quote in quotes if (quote["source"], quote["id"]) != key]
        payload["text"] = "" if row.state in _OVER else _without(payload["text"], lost)
        await _put_message(connection, brand, row.id, payload)


def _without(text: str, lost: Sequence[Mapping[str, Any]]) -> str:
    """Return a message still to be sent without the paragraphs that show the lost quotes."""
    signs = [defang(one_line(quote["text"]))[:_TELLING].rstrip() for quote in lost]
    signs += [quote["url"] for quote in lost if quote["url"]]
    return "\n\n".join(part for part in text.split("\n\n") if not any(sign and sign in part for sign in signs))


async def _put_message(connection: AsyncConnection, brand: str, page: str, payload: Mapping[str, Any]) -> None:
    """Write a message's new words; the salt of the old ones' digest is forgotten with them."""
    there = (_OUTBOX.c.brand == brand, _OUTBOX.c.id == page)
    await connection.execute(update(_OUTBOX).where(*there).values(payload=rows.dumps(payload)))
    recorded = (_MESSAGES.c.brand == brand, _MESSAGES.c.page == page)
    await connection.execute(update(_MESSAGES).where(*recorded).values(text_salt=None))


class Name:
    """An author's name where it stands for the author: as a handle, quoted as a topic, or as what was watched."""

    def __init__(self, author: str) -> None:
        self.bare = author.strip().removeprefix("@").casefold()
        name = re.escape(author.strip().removeprefix("@"))
        around = rf"(?<=watched: ){name}(?!\w)|(?<=[\u201c\u00ab\u00a0]){name}(?=[\u201d\u00bb\u00a0])"
        self._pattern = re.compile(rf"(?<!\w)@{name}(?!\w)|{around}", re.IGNORECASE)

    @property
    def spelled(self) -> tuple[str, str]:
        """The ways in which a source may write it, in lower case."""
        return (self.bare, f"@{self.bare}")

    def out_of(self, text: str) -> str:
        """Return a text without the name."""
        return self._pattern.sub(_SOMEBODY, text)

    def out_of_all(self, texts: Sequence[str]) -> list[str]:
        """Return texts without the name; one that is the name and nothing else is dropped."""
        return [self.out_of(one) for one in texts if one.casefold() not in self.spelled]


async def erase_name(connection: AsyncConnection, name: Name) -> None:
    """Take an author's name out of what incidents, their records and messages say in words of their own."""
    bodies = select(_INCIDENTS.c.brand, _INCIDENTS.c.id, _INCIDENTS.c.body).where(_may_hold(_INCIDENTS.c.body, name))
    for row in (await connection.execute(bodies)).all():
        body = json.loads(row.body)
        if _scrub(body, name):
            mine = (_INCIDENTS.c.brand == row.brand, _INCIDENTS.c.id == row.id)
            await connection.execute(update(_INCIDENTS).where(*mine).values(body=rows.dumps(body)))
    told = (_EVENTS.c.body.is_not(None), _may_hold(_EVENTS.c.body, name))
    found = await connection.execute(select(_EVENTS).where(*told))
    for event in found.all():
        said = json.loads(event.body)
        facts = said.get("facts") or {"title": "", "why": []}
        if name.out_of(said["why"]) != said["why"] or _scrub(facts, name):
            its = (_EVENTS.c.brand == event.brand, _EVENTS.c.incident == event.incident, _EVENTS.c.seq == event.seq)
            await connection.execute(update(_EVENTS).where(*its).values(salt=None, body=None))
    sent = select(_OUTBOX.c.brand, _OUTBOX.c.id, _OUTBOX.c.payload).where(_may_hold(_OUTBOX.c.payload, name))
    for page in (await connection.execute(sent)).all():
        payload = json.loads(page.payload)
        if _scrub(payload["incident"], name) | _scrub(payload, name):
            await _put_message(connection, page.brand, page.id, payload)


def _may_hold(column: Column[Any], name: Name) -> ColumnElement[bool]:
    """Narrow rows of JSON to those that may hold a name: JSON may write what is not ASCII in more than one way."""
    return column.icontains(name.bare, autoescape=True) if name.bare.isascii() else true()


def _scrub(document: dict[str, Any], name: Name) -> bool:
    """Take a name out of the title, the text and the reasons of a document; tell whether it was there."""
    fresh = {key: name.out_of(document[key]) for key in ("title", "text") if isinstance(document.get(key), str)}
    if isinstance(document.get("why"), list):
        fresh["why"] = name.out_of_all(document["why"])  # type: ignore[assignment] # JSON
    changed = any(document[key] != value for key, value in fresh.items())
    document.update(fresh)
    return changed
