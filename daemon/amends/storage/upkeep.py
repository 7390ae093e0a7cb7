"""Keeps the store small and lawful: retention in slices, erasure of a person's words, small rows."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import delete, func, or_, select, tuple_, update

from amends import detection, stories
from amends.model import InputError
from amends.pipeline import usual
from amends.pipeline.state import dump_live
from amends.storage import commit, rows, schema
from amends.storage.dialect import insert
from amends.storage.erase import Name, counted_text, erase_name, erase_words
from amends.storage.restored import ERASURES, remember
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
# what an incident keeps as the brand's own post: as such, or as the copy of one that vanished
_OWN: Final = or_(
    _TEXTS.c.body.like('%"role":"own"%'),
    _TEXTS.c.incident.in_(select(schema.incidents.c.id).where(schema.incidents.c.kind == "deleted")),
)


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
    connection, name = unit.connection, Name(author)
    if not name.bare:
        raise InputError("author: is empty; name whose words are to be erased")
    names = (func.lower(_MENTIONS.c.author), func.lower(_TEXTS.c.author))
    query = select(_MENTIONS.c.brand, _MENTIONS.c.source, _MENTIONS.c.id, _MENTIONS.c.own)
    heard = (await connection.execute(query.where(names[0].in_(name.spelled)))).all()
    own = {(row.brand, row.source, row.id) for row in heard if row.own}
    found = {(row.brand, row.source, row.id) for row in heard if not row.own}
    quoted = select(_TEXTS.c.brand, _TEXTS.c.source, _TEXTS.c.mention).where(names[1].in_(name.spelled), ~_OWN)
    found |= {(row.brand, row.source, row.mention) for row in (await connection.execute(quoted)).all()} - own
    said: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for brand, source, mention in sorted(found):
        said[brand].update(detection.terms(await counted_text(connection, brand, source, mention)))
        await erase_words(connection, brand, source, mention)
    await erase_name(connection, name)
    kept = select(schema.meta.c.value).where(schema.meta.c.key == ERASURES)
    known: str | None = (await connection.execute(kept)).scalar_one_or_none()
    await put(connection, schema.meta, {"key": ERASURES, "value": remember(known, name.bare)})
    for brand in (await connection.execute(select(_STATE.c.brand))).scalars().all():
        await _forget_in_state(unit, brand, name, said[brand], found)
    return len(found)


async def _forget_in_state(
    unit: Unit, brand: str, name: Name, said: Counter[str], found: set[tuple[str, str, str]]
) -> None:
    held = await commit.read_state(unit.connection, brand)
    if held is None:
        return
    live = _without(held.state.live, name, said)
    live = replace(live, stories=stories.without(live.stories, found))
    if live == held.state.live:
        return
    state = replace(held.state, live=live, version=held.state.version + 1)
    mine = (_STATE.c.brand == brand, _STATE.c.version == held.state.version, _STATE.c.epoch == held.state.epoch)
    values = {"live": dump_live(live), "version": state.version}
    if (await unit.connection.execute(update(_STATE).where(*mine).values(**values))).rowcount != 1:
        raise MovedError(brand)
    unit.learned[brand] = Held(state, held.wake, held.tempo)


def _without(live: Live, name: Name, said: Counter[str]) -> Live:
    """Return the state without an author's words. Counts stay, and so do the small hashes: they name nobody.

    Of the usual talk the terms of the erased texts (`said`, in so many of them) are taken back.
    """

    def stays(author: str | None) -> bool:
        return author is None or author.casefold() not in name.spelled

    def incident_of(incident: Incident, own: set[tuple[str, str]]) -> Incident:
        quotes = tuple(one for one in incident.quotes if stays(one.author) or (one.source, one.id) in own)
        why = tuple(name.out_of_all(incident.why))
        return replace(incident, quotes=quotes, why=why, title=name.out_of(incident.title))

    def case_of(case: Case) -> Case:
        own = {(one.source, one.id) for one in case.candidates if one.own}
        kept = tuple(mention for mention in case.candidates if mention.own or stays(mention.author))
        return replace(case, incident=incident_of(case.incident, own), candidates=kept)

    return replace(
        live,
        cases=tuple(map(case_of, live.cases)),
        closed=tuple(map(case_of, live.closed)),
        recent=tuple(mention for mention in live.recent if stays(mention.author)),
        usual_terms={
            term: count for term, count in usual.without(live.usual_terms, said).items() if term != f"@{name.bare}"
        },
    )
