"""Mentions in the store: which are there already, what an edit keeps, what a deletion leaves."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import bindparam, select, update
from sqlalchemy import insert as plain_insert

from amends.model import DAY
from amends.storage import rows, schema
from amends.storage.erase import counted_text, erase_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy.ext.asyncio import AsyncConnection

    from amends.model import Mention

Key = tuple[str, str]  # source, id

VERSIONS_A_DAY: Final = 24  # of a post that is edited all the time; the newest text is kept whatever their number
VERSIONS: Final = 240
_CHUNK: Final = 500  # keys a query

_MENTIONS: Final = schema.mentions
_KEYS: Final = select(_MENTIONS.c.id, _MENTIONS.c.deleted_at).where(
    _MENTIONS.c.brand == bindparam("b"),
    _MENTIONS.c.source == bindparam("s"),
    _MENTIONS.c.id.in_(bindparam("ids", expanding=True)),
)
_ONE: Final = select(
    *(_MENTIONS.c[name] for name in ("title", "text", "versions", "deleted_at", "own", "url", "author", "lang")),
    _MENTIONS.c.published_at,
).where(_MENTIONS.c.brand == bindparam("b"), _MENTIONS.c.source == bindparam("s"), _MENTIONS.c.id == bindparam("i"))


@dataclass(frozen=True, slots=True)
class Stored:
    """What is known of a stored mention: gone, or its words (None: not looked up, nobody edits it).

    `archived` are the fields of a post of the brand's own that is being deleted: the copy that is kept of it. `said` is
    what somebody else's said at first, while it is being deleted.
    """

    gone: bool
    words: tuple[str, str] | None = None
    archived: Mapping[str, Any] | None = None
    said: str = ""


async def read_known(connection: AsyncConnection, brand: str, keys: Iterable[Key]) -> dict[Key, Stored]:
    """Return those of the keys that are stored."""
    by_source: defaultdict[str, list[str]] = defaultdict(list)
    for source, native in keys:
        by_source[rows.tidy(source)].append(rows.tidy(native))
    known: dict[Key, Stored] = {}
    for source, ids in by_source.items():
        for start in range(0, len(ids), _CHUNK):
            some = {"b": brand, "s": source, "ids": ids[start : start + _CHUNK]}
            for native, deleted_at in (await connection.execute(_KEYS, some)).all():
                known[(source, native)] = Stored(deleted_at is not None)
    return known


async def read_stored(connection: AsyncConnection, brand: str, mentions: Sequence[Mention]) -> dict[Key, Stored]:
    """Return what is stored of a batch's mentions, with the words of those that it edits or deletes."""
    known = await read_known(connection, brand, ((mention.source, mention.id) for mention in mentions))
    for mention in mentions:
        key = (rows.tidy(mention.source), rows.tidy(mention.id))
        if mention.op == "update" and key in known:
            row = (await connection.execute(_ONE, {"b": brand, "s": key[0], "i": key[1]})).one()
            known[key] = replace(known[key], words=(row.title, row.text))
        elif mention.op == "delete" and mention.own and key in known:
            row = (await connection.execute(_ONE, {"b": brand, "s": key[0], "i": key[1]})).one()
            names = ("title", "text", "url", "author", "lang", "published_at")
            known[key] = replace(known[key], archived={name: getattr(row, name) for name in names})
        elif mention.op == "delete" and key in known and not known[key].gone:
            known[key] = replace(known[key], said=await counted_text(connection, brand, *key))
    return known


def strip(mentions: Iterable[Mention], stored: Mapping[Key, Stored]) -> tuple[tuple[Mention, ...], int]:
    """Return the mentions that say something new, fit for any database, and how many did not.

    The deletion of a post of the brand's own comes with the copy that was kept of it, of another's with what it said.

    A known one created again is a duplicate, and so is an edit that changes no word, whatever concerns one that was
    deleted, and the deletion of one never seen. An edit of one never seen is its creation.
    """
    known = dict(stored)
    kept: list[Mention] = []
    seen = 0
    for given in mentions:
        seen += 1
        mention = rows.tidy_mention(given)
        key = (mention.source, mention.id)
        there = known.get(key)
        words = (mention.title, mention.text)
        if mention.op == "delete":
            if there is None or there.gone:
                continue
            known[key] = Stored(gone=True)
            mention = replace(mention, **there.archived) if there.archived else replace(mention, text=there.said)
        elif there is None:
            known[key] = Stored(gone=False, words=words)
            mention = mention if mention.op == "create" else replace(mention, op="create")
        else:
            if mention.op == "create" or there.gone or there.words == words:
                continue
            known[key] = replace(there, words=words)
        kept.append(mention)
    return tuple(kept), seen - len(kept)


async def write_mentions(connection: AsyncConnection, brand: str, mentions: Sequence[Mention]) -> None:
    """Insert new mentions, then edit and delete stored ones in their order."""
    new = [rows.mention_row(mention) for mention in mentions if mention.op == "create"]
    if new:
        await connection.execute(plain_insert(_MENTIONS), new)
    for mention in mentions:
        if mention.op == "update":
            await _edit(connection, brand, mention)
        elif mention.op == "delete":
            await _delete(connection, brand, mention)


async def _edit(connection: AsyncConnection, brand: str, mention: Mention) -> None:
    """Take the new words and what follows from them; the old ones become a version. A person's tone stays."""
    row = (await connection.execute(_ONE, {"b": brand, "s": mention.source, "i": mention.id})).one_or_none()
    if row is None or row.deleted_at is not None:
        return
    versions: list[dict[str, Any]] = json.loads(row.versions) if row.versions else []
    lately = sum(1 for version in versions if version["at"] > mention.seen_at - DAY)
    if lately < VERSIONS_A_DAY:
        versions.append({"at": mention.seen_at, "title": row.title, "text": row.text})
    fresh = rows.mention_row(mention)
    names = ("title", "text", "tone_lang", "compound", "p_negative", "p_neutral", "p_positive", "label", "fingerprint")
    values = {name: fresh[name] for name in (*names, "lang", "watch")}
    await connection.execute(
        update(_MENTIONS)
        .where(_MENTIONS.c.brand == brand, _MENTIONS.c.source == mention.source, _MENTIONS.c.id == mention.id)
        .values(**values, versions=rows.dumps(versions[-VERSIONS:]))
    )


async def _delete(connection: AsyncConnection, brand: str, mention: Mention) -> None:
    """Note that a post is gone. Other people's words go with it; the brand's own stay (they are the record)."""
    row = (await connection.execute(_ONE, {"b": brand, "s": mention.source, "i": mention.id})).one_or_none()
    if row is None or row.deleted_at is not None:
        return
    await connection.execute(
        update(_MENTIONS)
        .where(_MENTIONS.c.brand == brand, _MENTIONS.c.source == mention.source, _MENTIONS.c.id == mention.id)
        .values(deleted_at=mention.seen_at)
    )
    if not (row.own or mention.own):
        await erase_words(connection, brand, mention.source, mention.id)
