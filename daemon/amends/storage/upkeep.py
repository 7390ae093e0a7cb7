"""Keeps the store small and lawful: retention in slices, erasure of a person's words, small rows."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import delete, func, select, tuple_, update

from amends.pipeline.state import dump_live
from amends.storage import commit, rows, schema
from amends.storage.dialect import insert
from amends.storage.erase import erase_words
from amends.storage.writer import Held, MovedError

if TYPE_CHECKING:
    from sqlalchemy import Table
    from sqlalchemy.ext.asyncio import AsyncConnection

    from amends.model import Incident, Seconds
    from amends.pipeline.state import Case, Live
    from amends.storage.writer import Unit

_MENTIONS: Final = schema.mentions
_BINS: Final = schema.bins
_TEXTS: Final = schema.incident_texts
_STATE: Final = schema.brand_state


async def put(connection: AsyncConnection, table: Table, values: dict[str, Any]) -> None:
    """Insert a row, or replace the one of the same key."""
    statement = insert(connection, table).values(**values)
    key = [column.name for column in table.primary_key]
    fresh = {name: statement.excluded[name] for name in values if name not in key}
    await connection.execute(statement.on_conflict_do_update(index_elements=key, set_=fresh))


async def set_tone(
    connection: AsyncConnection, key: tuple[str, str, str], tone: str | None, by: str, now: Seconds
) -> rows.StoredMention | None:
    """Correct the tone of one mention (brand, source, id) and return it, if it is stored."""
    brand, source, native = map(rows.tidy, key)
    mine = (_MENTIONS.c.brand == brand, _MENTIONS.c.source == source, _MENTIONS.c.id == native)
    values = {"corrected": tone, "corrected_by": by if tone else None, "corrected_at": now if tone else None}
    changed = await connection.execute(update(_MENTIONS).where(*mine).values(**values).returning(_MENTIONS))
    row = changed.one_or_none()
    return None if row is None else rows.mention_of(row)


async def retain(connection: AsyncConnection, before: Seconds, limit: int) -> int:
    """Delete at most `limit` mentions seen, and bins begun, before then; return how many rows went."""
    key = (_MENTIONS.c.brand, _MENTIONS.c.source, _MENTIONS.c.id)
    oldest = select(*key).where(_MENTIONS.c.seen_at < before).order_by(_MENTIONS.c.seen_at).limit(limit)
    gone = (await connection.execute(delete(_MENTIONS).where(tuple_(*key).in_(oldest)))).rowcount
    start = (_BINS.c.brand, _BINS.c.start)
    first = select(*start).where(_BINS.c.start < math.ceil(before)).order_by(_BINS.c.start).limit(limit)
    return gone + (await connection.execute(delete(_BINS).where(tuple_(*start).in_(first)))).rowcount


async def forget(unit: Unit, author: str) -> int:
    """Erase an author's words: mentions, quotes, messages, and what the brands' states hold for quoting."""
    connection, who = unit.connection, author.strip().removeprefix("@").casefold()
    names = (func.lower(_MENTIONS.c.author), func.lower(_TEXTS.c.author))
    spelled = (who, f"@{who}")
    query = select(_MENTIONS.c.brand, _MENTIONS.c.source, _MENTIONS.c.id).where(names[0].in_(spelled))
    found = {tuple(row) for row in (await connection.execute(query)).all()}
    quoted = select(_TEXTS.c.brand, _TEXTS.c.source, _TEXTS.c.mention).where(names[1].in_(spelled))
    found |= {tuple(row) for row in (await connection.execute(quoted)).all()}
    for brand, source, mention in sorted(found):
        await erase_words(connection, brand, source, mention)
    for brand in (await connection.execute(select(_STATE.c.brand))).scalars().all():
        await _forget_in_state(unit, brand, spelled)
    return len(found)


async def _forget_in_state(unit: Unit, brand: str, spelled: tuple[str, ...]) -> None:
    held = await commit.read_state(unit.connection, brand)
    if held is None:
        return
    live = _without(held.state.live, spelled)
    if live == held.state.live:
        return
    state = replace(held.state, live=live, version=held.state.version + 1)
    mine = (_STATE.c.brand == brand, _STATE.c.version == held.state.version, _STATE.c.epoch == held.state.epoch)
    values = {"live": dump_live(live), "version": state.version}
    if (await unit.connection.execute(update(_STATE).where(*mine).values(**values))).rowcount != 1:
        raise MovedError(brand)
    unit.learned[brand] = Held(state, held.wake, held.tempo)


def _without(live: Live, spelled: tuple[str, ...]) -> Live:
    """Return the state without an author's words. Counts stay, and so do the small hashes: they name nobody."""

    def heard(author: str | None) -> bool:
        return author is None or author.casefold() not in spelled

    def incident_of(incident: Incident) -> Incident:
        return replace(incident, quotes=tuple(quote for quote in incident.quotes if heard(quote.author)))

    def case_of(case: Case) -> Case:
        kept = tuple(mention for mention in case.candidates if heard(mention.author))
        return replace(case, incident=incident_of(case.incident), candidates=kept)

    return replace(
        live,
        cases=tuple(map(case_of, live.cases)),
        closed=tuple(map(case_of, live.closed)),
        recent=tuple(mention for mention in live.recent if heard(mention.author)),
    )
