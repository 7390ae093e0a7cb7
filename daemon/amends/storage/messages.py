"""Messages in the outbox and in their incident's record: each, and whatever became of it, a link of a chain."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import func, select, update
from sqlalchemy import insert as plain_insert

from amends.storage import chain, rows, schema
from amends.storage.dialect import insert

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from sqlalchemy.ext.asyncio import AsyncConnection

    from amends.model import Page, PageChange, Seconds

_OUTBOX: Final = schema.outbox
_MESSAGES: Final = schema.incident_messages
_INCIDENTS: Final = schema.incidents


async def write_pages(connection: AsyncConnection, pages: Sequence[Page], salt: Callable[[], str]) -> None:
    """Put new messages into the outbox and into the record; one that was decided before is there already."""
    for page in pages:
        put = insert(connection, _OUTBOX).values(**rows.page_row(page)).on_conflict_do_nothing().returning(_OUTBOX.c.id)
        if (await connection.execute(put)).scalar_one_or_none() is None:
            continue
        words = salt()
        said = {
            "kind": page.kind, "person": page.person, "channel": page.channel, "step": page.step,
            "reason": page.reason, "why": page.why, "words": chain.digest(words, rows.message_words(page)),
        }  # fmt: skip
        await _append(
            connection, page.brand, page.incident.id, (page.id, page.state, page.decided_at), said, salt, words
        )


async def write_page_changes(
    connection: AsyncConnection, brand: str, changes: Sequence[PageChange], now: Seconds, salt: Callable[[], str]
) -> None:
    """Alter messages. What was sent stays sent, whatever was meant for it; an end is an end for the rest too."""
    for change in changes:
        # a channel's yes counts even if the page was cancelled or given up while it was under way
        open_to = ("queued", "deferred", "failed", "cancelled") if change.state == "sent" else ("queued", "deferred")
        values: dict[str, Any] = {
            "state": change.state,
            "why": rows.tidy(change.why),
            "updated_at": now,
            "claimed_by": None,
            "claimed_until": None,
        }
        if change.due is not None:
            values["due"] = change.due
        if change.state == "sent":
            values |= {"sent_at": now, "error": None}
        if change.state == "failed":
            values["error"] = rows.tidy(change.why)
        mine = (_OUTBOX.c.brand == brand, _OUTBOX.c.id == change.id, _OUTBOX.c.state.in_(open_to))
        altered = update(_OUTBOX).where(*mine).values(**values).returning(_OUTBOX.c.incident)
        incident: str | None = (await connection.execute(altered)).scalar_one_or_none()
        if incident is not None:
            await _append(connection, brand, incident, (change.id, change.state, now), {"why": change.why}, salt)


async def _append(
    connection: AsyncConnection,
    brand: str,
    incident: str,
    what: tuple[str, str, Seconds],
    said: Mapping[str, Any],
    salt: Callable[[], str],
    words: str | None = None,
) -> None:
    """Add one link; nothing where the incident is not stored (a test page of a channel has none)."""
    page, state, at = what
    mine = (_INCIDENTS.c.brand == brand, _INCIDENTS.c.id == incident)
    there = (await connection.execute(select(_INCIDENTS.c.messages_head).where(*mine))).one_or_none()
    if there is None:
        return
    last = select(func.max(_MESSAGES.c.n)).where(_MESSAGES.c.brand == brand, _MESSAGES.c.incident == incident)
    n = ((await connection.execute(last)).scalar_one() or 0) + 1
    body = rows.canonical({"incident": incident, "n": n, "at": at, "page": page, "what": state, **said})
    grain = salt()
    digest = chain.digest(grain, body)
    head = chain.link(there.messages_head or chain.genesis(brand, incident), digest)
    await connection.execute(
        plain_insert(_MESSAGES).values(
            brand=brand,
            incident=incident,
            n=n,
            at=at,
            page=page,
            what=state,
            salt=grain,
            body=body,
            text_salt=words,
            digest=digest,
            head=head,
        )
    )
    await connection.execute(update(_INCIDENTS).where(*mine).values(messages_head=head))
