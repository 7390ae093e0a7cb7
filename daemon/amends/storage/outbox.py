"""The outbox: pages that wait for a channel, claimed one by one, counted at the claim."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import and_, case, func, literal_column, or_, select, update

from amends.model import Incident, Page, Seconds
from amends.storage import rows, schema
from amends.storage.reads import read_incident

if TYPE_CHECKING:
    from collections.abc import Collection

    from sqlalchemy import ColumnElement, Row
    from sqlalchemy.ext.asyncio import AsyncConnection


_OUTBOX: Final = schema.outbox
AHEAD: Final[Seconds] = 3_600.0  # no decision and no lease lies so far ahead, unless the clock was put back since
# a literal, not a parameter: only so do both databases see that the partial index serves
_QUEUED: Final = _OUTBOX.c.state == literal_column("'queued'")


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A page that is the worker's until its lease ends.

    `attempts` counts this one; above 1, an earlier attempt failed or its end is unknown. `incident` is the incident as
    it stands now, read in the claim's own transaction: who finds it acknowledged or resolved need not wake anybody.
    """

    page: Page
    attempts: int
    incident: Incident
    claimed_until: Seconds


def _claimable(now: Seconds) -> ColumnElement[bool]:
    """Return the clause of what may be claimed; what was decided by a clock that was ahead does not wait for it."""
    ahead = now + AHEAD
    free = or_(_OUTBOX.c.claimed_until.is_(None), _OUTBOX.c.claimed_until <= now, _OUTBOX.c.claimed_until > ahead)
    return and_(_QUEUED, or_(_OUTBOX.c.due <= now, _OUTBOX.c.decided_at > ahead), free)


def _order() -> tuple[Any, ...]:
    """Pages before notices, then the longest due: nobody sleeps through a page behind a pile of notices."""
    return (case((_OUTBOX.c.kind == "page", 0), else_=1), _OUTBOX.c.due, _OUTBOX.c.decided_at, _OUTBOX.c.id)


def _take(now: Seconds, worker: str, lease: Seconds) -> Any:  # noqa: ANN401 - an UPDATE, whose type says nothing more
    return update(_OUTBOX).values(
        attempts=_OUTBOX.c.attempts + 1, claimed_by=worker, claimed_until=now + lease, updated_at=now
    )


async def claim(
    connection: AsyncConnection, now: Seconds, worker: str, lease: Seconds, skip: Collection[str]
) -> Claim | None:
    """Claim the first due page, if there is one, for `lease` seconds; those of the channels in `skip` stay."""
    first = (
        select(_OUTBOX.c.id)
        .where(_claimable(now), _OUTBOX.c.channel.not_in(skip))
        .order_by(*_order())
        .limit(1)
        .with_for_update(skip_locked=True)
    ).scalar_subquery()
    taken = _take(now, worker, lease).where(_OUTBOX.c.id == first, _claimable(now)).returning(_OUTBOX)
    row = (await connection.execute(taken)).one_or_none()
    return None if row is None else await _claim_of(connection, row)


async def grouped(connection: AsyncConnection, of: Claim, now: Seconds, worker: str, lease: Seconds) -> list[Claim]:
    """Claim the other due pages that may be told in the same message as `of`: same person, channel and group."""
    if not of.page.group:
        return []
    same = select(_OUTBOX.c.id).where(
        _claimable(now),
        _OUTBOX.c.person == of.page.person,
        _OUTBOX.c.channel == of.page.channel,
        _OUTBOX.c.kind == of.page.kind,
        _OUTBOX.c.group_key == of.page.group,
        _OUTBOX.c.id != of.page.id,
    )
    ids = select(same.with_for_update(skip_locked=True).subquery().c.id)
    taken = _take(now, worker, lease).where(_OUTBOX.c.id.in_(ids), _claimable(now)).returning(_OUTBOX)
    found = (await connection.execute(taken)).all()
    return [await _claim_of(connection, row) for row in sorted(found, key=lambda row: (row.due, row.id))]


async def _claim_of(connection: AsyncConnection, row: Row[Any]) -> Claim:
    page = rows.page_of(row)
    incident = await read_incident(connection, row.incident)
    return Claim(
        page=page,
        attempts=row.attempts,
        incident=page.incident if incident is None else incident,
        claimed_until=float(row.claimed_until),  # SQLite's RETURNING gives 33 for 33.0
    )


async def void_claims(connection: AsyncConnection, worker: str) -> int:
    """End the leases that a worker's earlier life left behind; return how many there were."""
    void = (
        update(_OUTBOX)
        .where(_OUTBOX.c.claimed_by == worker, _OUTBOX.c.state == "queued")
        .values(claimed_by=None, claimed_until=None)
    )
    return (await connection.execute(void)).rowcount


async def retry(connection: AsyncConnection, page: str, due: Seconds, error: str) -> bool:
    """Give a claimed page back, to be tried again at `due`; False if it is no longer queued."""
    back = (
        update(_OUTBOX)
        .where(_OUTBOX.c.id == page, _QUEUED)
        .values(due=due, error=rows.tidy(error), claimed_by=None, claimed_until=None)
    )
    return (await connection.execute(back)).rowcount == 1


async def next_due(connection: AsyncConnection, skip: Collection[str]) -> Seconds | None:
    """Return when the first page can be claimed; in the past if one is due. None: nothing waits but for `skip`."""
    held = func.coalesce(_OUTBOX.c.claimed_until, _OUTBOX.c.due)
    when = case((held > _OUTBOX.c.due, held), else_=_OUTBOX.c.due)
    found: Seconds | None = (
        await connection.execute(select(func.min(when)).where(_QUEUED, _OUTBOX.c.channel.not_in(skip)))
    ).scalar_one()
    return found


async def sent_to(connection: AsyncConnection, person: str, since: Seconds) -> int:
    """Return how many messages a person was sent since then: what caps count."""
    mine = (_OUTBOX.c.person == person, _OUTBOX.c.sent_at >= since)
    return (await connection.execute(select(func.count()).select_from(_OUTBOX).where(*mine))).scalar_one()


async def stats(connection: AsyncConnection, now: Seconds) -> tuple[int, Seconds]:
    """Return how many pages are queued, and for how many seconds the oldest of them has been due (0: none is)."""
    count, oldest = (await connection.execute(select(func.count(), func.min(_OUTBOX.c.due)).where(_QUEUED))).one()
    return count, 0.0 if oldest is None else max(0.0, now - oldest)
