"""Takes a person's words out of the store and leaves the records whole."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from sqlalchemy import select, update

from amends.storage import rows, schema

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection

_MENTIONS: Final = schema.mentions
_TEXTS: Final = schema.incident_texts
_OUTBOX: Final = schema.outbox
_OVER: Final = ("sent", "failed", "cancelled")


async def erase_words(connection: AsyncConnection, brand: str, source: str, mention: str) -> None:
    """Erase one mention's words wherever they lie; its key and its counts stay, so that it is not taken for new.

    The mention, its earlier versions, the quotes in incidents (their digests stay: the chain holds), and the messages
    that quoted it. A message still to be sent loses the quote's link and keeps its text until it is over.
    """
    mine = (_MENTIONS.c.brand == brand, _MENTIONS.c.source == source, _MENTIONS.c.id == mention)
    nothing = {"title": "", "text": "", "author": None, "url": None, "extra": None, "versions": None, "fingerprint": 0}
    await connection.execute(update(_MENTIONS).where(*mine).values(**nothing))
    quoted = (_TEXTS.c.brand == brand, _TEXTS.c.source == source, _TEXTS.c.mention == mention)
    incidents = (await connection.execute(select(_TEXTS.c.incident).where(*quoted).distinct())).scalars().all()
    if not incidents:
        return
    gone = {"salt": None, "source": None, "mention": None, "author": None, "body": None}
    await connection.execute(update(_TEXTS).where(*quoted).values(**gone))
    for incident in incidents:
        await _erase_messages(connection, brand, incident, (source, mention))


async def _erase_messages(connection: AsyncConnection, brand: str, incident: str, key: tuple[str, str]) -> None:
    """Take a quote out of the messages about an incident."""
    mine = (_OUTBOX.c.brand == brand, _OUTBOX.c.incident == incident)
    for row in (await connection.execute(select(_OUTBOX.c.id, _OUTBOX.c.state, _OUTBOX.c.payload).where(*mine))).all():
        payload = json.loads(row.payload)
        quotes = payload["incident"]["quotes"]
        left = [quote for quote in quotes if (quote["source"], quote["id"]) != key]
        if len(left) == len(quotes):
            continue
        payload["incident"]["quotes"] = left
        if row.state in _OVER:
            payload["text"] = ""
        there = (_OUTBOX.c.brand == brand, _OUTBOX.c.id == row.id)
        await connection.execute(update(_OUTBOX).where(*there).values(payload=rows.dumps(payload)))
