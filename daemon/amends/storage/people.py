"""What people were sent, which of their channels ever worked, and what is overdue: read from the outbox."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sqlalchemy import and_, func, literal_column, or_, select

from amends.storage import rows, schema
from amends.storage.reads import MOST, Listing, key_of, split

if TYPE_CHECKING:
    from collections.abc import Collection

    from sqlalchemy import ColumnElement
    from sqlalchemy.ext.asyncio import AsyncConnection

    from amends.model import Seconds

_OUTBOX: Final = schema.outbox
_INCIDENTS: Final = schema.incidents
_BINS: Final = schema.bins
_STATE: Final = schema.brand_state
_WAITING: Final = _OUTBOX.c.state.in_([literal_column("'queued'"), literal_column("'deferred'")])


async def delivered(connection: AsyncConnection) -> dict[tuple[str, str], Seconds]:
    """Return when each (person, channel) last took a page; those that never did are not there.

    A notice proves nothing here: it makes no sound.
    """
    query = (
        select(_OUTBOX.c.person, _OUTBOX.c.channel, func.max(_OUTBOX.c.sent_at))
        .where(_OUTBOX.c.sent_at.is_not(None), _OUTBOX.c.kind == "page")
        .group_by(_OUTBOX.c.person, _OUTBOX.c.channel)
    )
    return {(person, channel): float(at) for person, channel, at in (await connection.execute(query)).all()}


async def messages(
    connection: AsyncConnection, person: str, limit: int, cursor: str | None
) -> Listing[rows.StoredPage]:
    """Return a person's messages, whatever became of them, the newest decided first."""
    limit = max(1, min(limit, MOST))
    query = select(_OUTBOX).where(_OUTBOX.c.person == rows.tidy(person))
    if cursor is not None:
        at, last = key_of(cursor, (float, str))
        same = and_(_OUTBOX.c.decided_at == at, _OUTBOX.c.id < last)
        query = query.where(or_(_OUTBOX.c.decided_at < at, same))
    query = query.order_by(_OUTBOX.c.decided_at.desc(), _OUTBOX.c.id.desc()).limit(limit + 1)
    found, following = split((await connection.execute(query)).all(), limit, ("decided_at", "id"))
    return Listing(tuple(rows.stored_page_of(row) for row in found), following)


async def restless(connection: AsyncConnection) -> set[str]:
    """Return the brands that have an open incident, or messages that wait: they are looked at first after a start."""
    open_ = select(_INCIDENTS.c.brand).where(_INCIDENTS.c.state != "resolved")
    waiting = select(_OUTBOX.c.brand).where(_WAITING)
    found = (await connection.execute(open_.union(waiting))).all()
    return {row.brand for row in found}


@dataclass(frozen=True, slots=True)
class Tally:
    """What was heard and paged since a moment: mentions in bins, and pages (no drills, no notices) that were sent."""

    mentions: int
    pages: int


async def tally(connection: AsyncConnection, since: Seconds, brands: Collection[str]) -> Tally:
    """Count what these brands heard, and how often they paged, since then."""
    heard = select(func.coalesce(func.sum(_BINS.c.mentions), 0)).where(
        _BINS.c.brand.in_(brands), _BINS.c.start >= int(since)
    )
    drills = select(_INCIDENTS.c.id).where(_INCIDENTS.c.kind == "drill")
    paged = (
        select(func.count())
        .select_from(_OUTBOX)
        .where(_OUTBOX.c.kind == "page", _OUTBOX.c.sent_at >= since, _OUTBOX.c.incident.not_in(drills))
    )
    mentions = int((await connection.execute(heard)).scalar_one())
    return Tally(mentions, int((await connection.execute(paged)).scalar_one()))


async def overdue(
    connection: AsyncConnection, now: Seconds, patience: Seconds, brands: Collection[str], *, looks: bool
) -> str | None:
    """Say what should have happened by now and has not, None if nothing: a pure query, the auditor of paging.

    A page that nobody sends or decides anew, or that its channels have refused to take for longer than `patience`; an
    incident of the last hour of which no page has reached anybody; a brand that nobody looks at (where `looks` is true:
    after a start the first looks take their time).
    """
    late = now - patience
    stuck = (
        select(_OUTBOX.c.id, _OUTBOX.c.person)
        .where(_WAITING, _OUTBOX.c.brand.in_(list(brands)))
        .where(or_(_OUTBOX.c.due < late, and_(_OUTBOX.c.state == "queued", _tried_in_vain(late))))
        .limit(1)
    )
    if (row := (await connection.execute(stuck)).first()) is not None:
        return f"page {row.id} to {row.person} is overdue"
    reached = select(_OUTBOX.c.incident).where(_OUTBOX.c.sent_at.is_not(None))
    unheard = (
        select(_OUTBOX.c.incident)
        .where(_OUTBOX.c.state == "failed", _OUTBOX.c.kind == "page", _OUTBOX.c.updated_at > now - 3_600.0)
        .where(_OUTBOX.c.incident.not_in(reached), _OUTBOX.c.brand.in_(list(brands)))
        .limit(1)
    )
    if (row := (await connection.execute(unheard)).first()) is not None:
        return f"of incident {row.incident} no page has reached anybody"
    if not looks:
        return None
    unseen = select(_STATE.c.brand).where(_STATE.c.wake < late, _STATE.c.brand.in_(list(brands))).limit(1)
    if (row := (await connection.execute(unseen)).first()) is not None:
        return f"the brand {row.brand} has not been looked at in its time"
    return None


def _tried_in_vain(late: Seconds) -> ColumnElement[bool]:
    """Return the clause of a page that was decided long ago and tried since."""
    return and_(_OUTBOX.c.kind == "page", _OUTBOX.c.decided_at < late, _OUTBOX.c.attempts > 1, _OUTBOX.c.due >= late)
