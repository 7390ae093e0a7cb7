"""What the web, the API and the service read: plain queries, none of which waits for the writer."""

from __future__ import annotations

import base64
import binascii
import json
import math
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar

from sqlalchemy import and_, func, or_, select

from amends.model import InputError, Seconds, UnknownError
from amends.storage import chain, rows, schema

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy import ColumnElement, Row, Select
    from sqlalchemy.ext.asyncio import AsyncConnection

    from amends.model import Bin, Incident, IncidentEvent, Page, Quote, Silence

T = TypeVar("T")
MOST: Final = 1_000  # rows a page, whatever is asked for
CORRECTIONS: Final = 500  # of a brand's tones that are counted

_INCIDENTS: Final = schema.incidents
_EVENTS: Final = schema.incident_events
_TEXTS: Final = schema.incident_texts
_MESSAGES: Final = schema.incident_messages
_OUTBOX: Final = schema.outbox
_MENTIONS: Final = schema.mentions
_BINS: Final = schema.bins
_SILENCES: Final = schema.silences


@dataclass(frozen=True, slots=True)
class Listing(Generic[T]):
    """One page of a longer list; `next` is the cursor of the following one, None at the end."""

    items: tuple[T, ...]
    next: str | None = None


def cursor_of(*key: object) -> str:
    """Return the cursor of a row by the values that order its list."""
    return base64.urlsafe_b64encode(json.dumps(key, separators=(",", ":")).encode()).decode().rstrip("=")


def key_of(cursor: str, kinds: tuple[type, ...]) -> list[Any]:
    """Return the key in a cursor; whoever made one up is told so."""
    try:
        raw = base64.urlsafe_b64decode(cursor.encode("ascii") + b"=" * (-len(cursor) % 4))
        key = json.loads(raw)
    except (ValueError, binascii.Error):
        key = None
    if not isinstance(key, list) or len(key) != len(kinds) or not all(map(isinstance, key, kinds)):
        raise InputError(f"cursor: {cursor[:80]!r} is none of ours; take `next` of the answer before, as it is")
    return [rows.tidy(part) if isinstance(part, str) else part for part in key]


def split(found: Sequence[Row[Any]], limit: int, columns: tuple[str, ...]) -> tuple[Sequence[Row[Any]], str | None]:
    """Split one row too many off, and make a cursor of the last one kept."""
    if len(found) <= limit:
        return found, None
    kept = found[:limit]
    return kept, cursor_of(*(getattr(kept[-1], name) for name in columns))


# --- incidents --------------------------------------------------------------------------------------------------------


async def incidents(
    connection: AsyncConnection,
    *,
    brand: str | None,
    states: Sequence[str],
    kind: str | None,
    limit: int,
    cursor: str | None,
) -> Listing[Incident]:
    """Return incidents, the newest first."""
    limit = max(1, min(limit, MOST))
    query = select(_INCIDENTS).order_by(_INCIDENTS.c.opened_at.desc(), _INCIDENTS.c.id.desc()).limit(limit + 1)
    if brand is not None:
        query = query.where(_INCIDENTS.c.brand == rows.tidy(brand))
    if states:
        query = query.where(_INCIDENTS.c.state.in_([rows.tidy(state) for state in states]))
    if kind is not None:
        query = query.where(_INCIDENTS.c.kind == rows.tidy(kind))
    if cursor is not None:
        at, last = key_of(cursor, (float, str))
        same = and_(_INCIDENTS.c.opened_at == at, _INCIDENTS.c.id < last)
        query = query.where(or_(_INCIDENTS.c.opened_at < at, same))
    found, following = split((await connection.execute(query)).all(), limit, ("opened_at", "id"))
    return Listing(tuple(await _incidents_of(connection, found)), following)


async def _incidents_of(connection: AsyncConnection, found: Sequence[Row[Any]]) -> list[Incident]:
    """Join incidents with the words of their quotes, in one query for all."""
    quotes: defaultdict[str, dict[str, Quote]] = defaultdict(dict)
    wanted = {digest for row in found for digest in rows.quote_digests(row.body)}
    if wanted:
        query = select(_TEXTS.c.incident, _TEXTS.c.digest, _TEXTS.c.body).where(
            _TEXTS.c.brand.in_({row.brand for row in found}),
            _TEXTS.c.incident.in_([row.id for row in found]),
            _TEXTS.c.body.is_not(None),
        )
        for incident, digest, body in (await connection.execute(query)).all():
            if digest in wanted:
                quotes[incident][digest] = rows.quote_of(body)
    return [rows.incident_of(row.body, quotes[row.id]) for row in found]


async def read_incident(connection: AsyncConnection, incident: str) -> Incident | None:
    """Return one incident, if there is such a one."""
    row = (await connection.execute(select(_INCIDENTS).where(_INCIDENTS.c.id == rows.tidy(incident)))).one_or_none()
    return None if row is None else (await _incidents_of(connection, [row]))[0]


async def events(connection: AsyncConnection, incident: str) -> list[IncidentEvent]:
    """Return an incident's history in order."""
    query = select(_EVENTS).where(_EVENTS.c.incident == rows.tidy(incident)).order_by(_EVENTS.c.seq)
    return [rows.event_of(row) for row in (await connection.execute(query)).all()]


async def pages(connection: AsyncConnection, incident: str) -> list[rows.StoredPage]:
    """Return an incident's messages in the order in which they were decided."""
    query = (
        select(_OUTBOX)
        .where(_OUTBOX.c.incident == rows.tidy(incident))
        .order_by(_OUTBOX.c.decided_at, _OUTBOX.c.due, _OUTBOX.c.id)
    )
    return [rows.stored_page_of(row) for row in (await connection.execute(query)).all()]


async def told(connection: AsyncConnection, channel: str, since: Seconds) -> list[tuple[Page, Incident]]:
    """Return what a channel was sent, the oldest first, each with its incident as it stands now.

    Of the incidents that have not ended, or ended at `since` or later.
    """
    going_on = or_(_INCIDENTS.c.resolved_at.is_(None), _INCIDENTS.c.resolved_at >= since)
    query = (
        select(_OUTBOX)
        .where(
            _OUTBOX.c.incident.in_(select(_INCIDENTS.c.id).where(going_on)),
            _OUTBOX.c.channel == channel,
            _OUTBOX.c.sent_at.is_not(None),
        )
        .order_by(_OUTBOX.c.sent_at, _OUTBOX.c.id)
    )
    found = [rows.page_of(row) for row in (await connection.execute(query)).all()]
    ids = sorted({page.incident.id for page in found})
    kept = (await connection.execute(select(_INCIDENTS).where(_INCIDENTS.c.id.in_(ids)))).all() if ids else []
    incidents = {one.id: one for one in await _incidents_of(connection, kept)}
    return [(page, incidents[page.incident.id]) for page in found]


async def verify(connection: AsyncConnection, incident: str) -> str | chain.BrokenChain:
    """Check a record against its chain."""
    row = (await connection.execute(select(_INCIDENTS).where(_INCIDENTS.c.id == rows.tidy(incident)))).one_or_none()
    if row is None:
        raise UnknownError(f"no incident {incident!r}; `amends incidents list` shows those there are")
    events_query = select(_EVENTS).where(_EVENTS.c.brand == row.brand, _EVENTS.c.incident == row.id)
    its_events = (await connection.execute(events_query.order_by(_EVENTS.c.seq))).all()
    texts = await connection.execute(select(_TEXTS).where(_TEXTS.c.brand == row.brand, _TEXTS.c.incident == row.id))
    links = (await connection.execute(_links(row.brand, row.id))).all()
    outbox = (await connection.execute(select(_OUTBOX).where(_OUTBOX.c.incident == row.id))).all()
    head = chain.check(row.brand, row.id, row.head, its_events, texts.all())
    broken = chain.check_messages(row.brand, row.id, row.messages_head, links, outbox)
    for found in (head, broken, chain.check_row(row, its_events)):
        if isinstance(found, chain.BrokenChain):
            return found
    return chain.seal(str(head), row.messages_head)


def _links(brand: str, incident: str) -> Select[Any]:
    mine = (_MESSAGES.c.brand == brand, _MESSAGES.c.incident == incident)
    return select(_MESSAGES).where(*mine).order_by(_MESSAGES.c.n)


async def record(connection: AsyncConnection, incident: str) -> dict[str, Any] | None:
    """Return an incident's whole archive as plain values: what `verify` reads, so that anybody can check it."""
    row = (await connection.execute(select(_INCIDENTS).where(_INCIDENTS.c.id == rows.tidy(incident)))).one_or_none()
    if row is None:
        return None
    mine = (_EVENTS.c.brand == row.brand, _EVENTS.c.incident == row.id)
    its_events = (await connection.execute(select(_EVENTS).where(*mine).order_by(_EVENTS.c.seq))).all()
    about = (_TEXTS.c.brand == row.brand, _TEXTS.c.incident == row.id)
    texts = (await connection.execute(select(_TEXTS).where(*about).order_by(_TEXTS.c.seq, _TEXTS.c.digest))).all()
    links = (await connection.execute(_links(row.brand, row.id))).all()
    by = (_OUTBOX.c.decided_at, _OUTBOX.c.id)
    outbox = (await connection.execute(select(_OUTBOX).where(_OUTBOX.c.incident == row.id).order_by(*by))).all()
    columns = ("id", "kind", "person", "channel", "step", "state", "attempts", "decided_at", "sent_at", "error", "why")
    return {
        "brand": row.brand,
        "genesis": chain.genesis(row.brand, row.id),
        "head": row.head,
        "messages_head": row.messages_head,
        "seal": chain.seal(row.head or chain.genesis(row.brand, row.id), row.messages_head),
        "events": [_plain(one, ("seq", "at", "event", "salt", "body", "digest", "head")) for one in its_events],
        "texts": [_plain(one, ("digest", "seq", "salt", "body")) for one in texts],
        "messages": [
            _plain(one, ("n", "at", "page", "what", "salt", "body", "text_salt", "digest", "head")) for one in links
        ],
        "pages": [_plain(one, columns) | _words(one) for one in outbox],
    }


def _plain(row: Row[Any], names: Sequence[str]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names}


def _words(row: Row[Any]) -> dict[str, Any]:
    payload = json.loads(row.payload)
    return {"title": payload["title"], "text": payload["text"]}


# --- mentions, bins, silences -----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """Which mentions: all that is given must hold. `since` <= published_at < `until`; `q` is found in any case."""

    brand: str | None = None
    tone: str | None = None
    source: str | None = None
    q: str | None = None
    since: Seconds | None = None
    until: Seconds | None = None


_TONE: Final[ColumnElement[str]] = func.coalesce(_MENTIONS.c.corrected, _MENTIONS.c.label)


def _narrow(query: Select[Any], what: Filter) -> Select[Any]:
    if what.brand is not None:
        query = query.where(_MENTIONS.c.brand == rows.tidy(what.brand))
    if what.tone is not None:
        query = query.where(_TONE.in_([rows.tidy(what.tone)]))
    if what.source is not None:
        query = query.where(_MENTIONS.c.source == rows.tidy(what.source))
    if what.since is not None:
        query = query.where(_MENTIONS.c.published_at >= what.since)
    if what.until is not None:
        query = query.where(_MENTIONS.c.published_at < what.until)
    if what.q:
        q = rows.tidy(what.q)
        anywhere = (_MENTIONS.c.text, _MENTIONS.c.title, func.coalesce(_MENTIONS.c.author, ""))
        query = query.where(or_(*[column.icontains(q, autoescape=True) for column in anywhere]))
    return query


@dataclass(frozen=True, slots=True)
class Tones:
    """How a brand's mentions were scored: (negative, neutral, positive), and (p_negative, what a person says)."""

    shares: tuple[tuple[float, float, float], ...] = ()
    corrected: tuple[tuple[float, str], ...] = ()


async def mentions(
    connection: AsyncConnection, what: Filter, *, limit: int, cursor: str | None
) -> Listing[rows.StoredMention]:
    """Return mentions, the newest first by publication."""
    limit = max(1, min(limit, MOST))
    order = (
        _MENTIONS.c.published_at.desc(),
        _MENTIONS.c.source.desc(),
        _MENTIONS.c.id.desc(),
        _MENTIONS.c.brand.desc(),
    )
    query = _narrow(select(_MENTIONS), what).order_by(*order).limit(limit + 1)
    if cursor is not None:
        at, source, native, brand = key_of(cursor, (float, str, str, str))
        columns = (_MENTIONS.c.published_at, _MENTIONS.c.source, _MENTIONS.c.id, _MENTIONS.c.brand)
        query = query.where(_before(columns, (at, source, native, brand)))
    names = ("published_at", "source", "id", "brand")
    found, following = split((await connection.execute(query)).all(), limit, names)
    return Listing(tuple(rows.mention_of(row) for row in found), following)


def _before(columns: tuple[Any, ...], key: tuple[Any, ...]) -> Any:  # noqa: ANN401 - a clause
    """Return the clause of rows that come after `key` in descending order; written out, so that an index serves."""
    clause: Any = columns[-1] < key[-1]
    for column, value in reversed(list(zip(columns[:-1], key[:-1], strict=True))):
        clause = or_(column < value, and_(column == value, clause))
    return and_(columns[0] <= key[0], clause)


async def mention(connection: AsyncConnection, brand: str, source: str, native: str) -> rows.StoredMention | None:
    """Return one mention, if it is stored."""
    mine = (_MENTIONS.c.brand == rows.tidy(brand), _MENTIONS.c.source == rows.tidy(source))
    query = select(_MENTIONS).where(*mine, _MENTIONS.c.id == rows.tidy(native))
    row = (await connection.execute(query)).one_or_none()
    return None if row is None else rows.mention_of(row)


async def tones(connection: AsyncConnection, brand: str, since: Seconds, limit: int) -> Tones:
    """Return how a brand's newest mentions were scored, and its newest corrections."""
    mine = (
        _MENTIONS.c.brand == rows.tidy(brand),
        _MENTIONS.c.own.is_(False),
        _MENTIONS.c.deleted_at.is_(None),
        _MENTIONS.c.p_negative.is_not(None),
    )
    shares = select(_MENTIONS.c.p_negative, _MENTIONS.c.p_neutral, _MENTIONS.c.p_positive).where(
        *mine, _MENTIONS.c.published_at >= since, _MENTIONS.c.corrected.is_(None)
    )
    newest = shares.order_by(_MENTIONS.c.published_at.desc()).limit(limit)
    corrected = select(_MENTIONS.c.p_negative, _MENTIONS.c.corrected).where(*mine, _MENTIONS.c.corrected.is_not(None))
    last = corrected.order_by(_MENTIONS.c.corrected_at.desc()).limit(CORRECTIONS)
    return Tones(
        shares=tuple((row[0], row[1], row[2]) for row in (await connection.execute(newest)).all()),
        corrected=tuple((row.p_negative, row.corrected) for row in (await connection.execute(last)).all()),
    )


async def bins(connection: AsyncConnection, brand: str, since: Seconds, until: Seconds) -> list[Bin]:
    """Return the bins with `since` <= start < `until`, in order."""
    # whole seconds: PostgreSQL takes no fraction for an integer column
    mine = (_BINS.c.brand == rows.tidy(brand), _BINS.c.start >= math.ceil(since), _BINS.c.start < math.ceil(until))
    query = select(_BINS).where(*mine).order_by(_BINS.c.start)
    return [rows.bin_of(row) for row in (await connection.execute(query)).all()]


async def silences(connection: AsyncConnection, brand: str | None, at: Seconds | None) -> list[Silence]:
    """Return silences, the newest first; with `at`, those in force then."""
    query = select(_SILENCES).order_by(_SILENCES.c.created_at.desc(), _SILENCES.c.id.desc())
    if brand is not None:
        query = query.where(_SILENCES.c.brand == rows.tidy(brand))
    if at is not None:
        ended = or_(_SILENCES.c.ended_at.is_(None), _SILENCES.c.ended_at > at)
        query = query.where(_SILENCES.c.created_at <= at, _SILENCES.c.until > at, ended)
    return [rows.silence_of(row) for row in (await connection.execute(query)).all()]


def states_of(state: str | Iterable[str] | None) -> tuple[str, ...]:
    """Return the states that a caller means by one, several or none (all)."""
    if state is None:
        return ()
    return (state,) if isinstance(state, str) else tuple(state)
