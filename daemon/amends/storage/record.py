"""Writes incidents and their record: rows, quotes beside them, events in a hash chain."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import insert as plain_insert
from sqlalchemy import select, tuple_, update

from amends.model import DAY, Stage
from amends.storage import chain, rows, schema

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sqlalchemy.ext.asyncio import AsyncConnection

    from amends.model import Incident, IncidentEvent, Mention
    from amends.pipeline.decision import Decision

HEARD: Final = 400  # texts that one record keeps: quotes, the mentions that made it, the brand's own posts
OWN_BEFORE: Final = DAY  # how long before its first sign a post of the brand's own may have to do with it
_GROWS: Final = frozenset({"opened", "raised", "story"})
_INCIDENTS: Final = schema.incidents
_EVENTS: Final = schema.incident_events
_TEXTS: Final = schema.incident_texts
_MENTIONS: Final = schema.mentions


async def write_incidents(connection: AsyncConnection, incidents: Sequence[Incident], salt: Callable[[], str]) -> None:
    """Insert or replace incidents; those that end first, since a brand has one open incident of a kind."""
    for incident in sorted(incidents, key=lambda one: one.state is not Stage.RESOLVED):
        row = rows.incident_row(incident, await _write_quotes(connection, incident, salt))
        mine = (_INCIDENTS.c.brand == incident.brand, _INCIDENTS.c.id == incident.id)
        if (await connection.execute(update(_INCIDENTS).where(*mine).values(**row))).rowcount == 0:
            await connection.execute(plain_insert(_INCIDENTS).values(**row, head=None))


async def _write_quotes(connection: AsyncConnection, incident: Incident, salt: Callable[[], str]) -> list[str]:
    """Return the digests of an incident's quotes, in order; new ones are stored, those of erased posts left out."""
    if not incident.quotes:
        return []
    mine = (_TEXTS.c.brand == incident.brand, _TEXTS.c.incident == incident.id, _TEXTS.c.body.is_not(None))
    there = await connection.execute(select(_TEXTS.c.body, _TEXTS.c.digest).where(*mine))
    known: dict[str, str] = {row.body: row.digest for row in there.all()}
    bodies = {rows.quote_body(quote): quote for quote in incident.quotes}
    new = {body: quote for body, quote in bodies.items() if body not in known}
    if new:
        keys = [(rows.tidy(quote.source), rows.tidy(quote.id)) for quote in new.values()]
        deleted = select(_MENTIONS.c.source, _MENTIONS.c.id).where(
            _MENTIONS.c.brand == incident.brand,
            tuple_(_MENTIONS.c.source, _MENTIONS.c.id).in_(keys),
            _MENTIONS.c.deleted_at.is_not(None),
            _MENTIONS.c.own.is_(False),
        )
        gone = {(row.source, row.id) for row in (await connection.execute(deleted)).all()}
        texts: list[dict[str, Any]] = []
        for (body, quote), key in zip(new.items(), keys, strict=True):
            if key in gone:
                continue
            grain = salt()
            known[body] = chain.digest(grain, body)
            texts.append({
                "brand": incident.brand, "incident": incident.id, "digest": known[body], "seq": None, "salt": grain,
                "source": key[0], "mention": key[1], "author": quote.author, "body": body,
            })  # fmt: skip
        if texts:
            await connection.execute(plain_insert(_TEXTS), texts)
    return [known[body] for body in bodies if body in known]


async def write_heard(connection: AsyncConnection, decision: Decision, salt: Callable[[], str]) -> None:
    """Keep the mentions that made an incident, and the brand's own posts before it, for its next event to vouch for."""
    live = decision.state.live
    cases = {case.incident.id: case for case in (*live.cases, *live.closed)}
    for event in decision.events:
        case = cases.get(event.incident)
        if case is None or event.event not in _GROWS:
            continue
        since = case.incident.since - OWN_BEFORE
        own = [one for one in live.posts if event.event == "opened" and since <= one.published_at <= event.at]
        roles = [("own" if one.own else "mention", one) for one in (*own, *case.candidates)]
        await _write_mentions(connection, case.incident, roles, salt)


async def _write_mentions(
    connection: AsyncConnection, incident: Incident, found: Sequence[tuple[str, Mention]], salt: Callable[[], str]
) -> None:
    mine = (_TEXTS.c.brand == incident.brand, _TEXTS.c.incident == incident.id)
    there = (await connection.execute(select(_TEXTS.c.source, _TEXTS.c.mention).where(*mine))).all()
    room = HEARD - len(there)
    known = {(row.source, row.mention) for row in there}
    texts: list[dict[str, Any]] = []
    for role, one in found:
        key = (rows.tidy(one.source), rows.tidy(one.id))
        if key in known:
            continue
        known.add(key)
        body, grain = rows.heard_body(role, one), salt()
        texts.append({
            "brand": incident.brand, "incident": incident.id, "digest": chain.digest(grain, body), "seq": None,
            "salt": grain, "source": key[0], "mention": key[1], "author": one.author, "body": body,
        })  # fmt: skip
    if texts[:room]:
        await connection.execute(plain_insert(_TEXTS), texts[: max(room, 0)])


async def write_events(
    connection: AsyncConnection,
    brand: str,
    events: Sequence[IncidentEvent],
    incidents: Sequence[Incident],
    salt: Callable[[], str],
) -> None:
    """Append events to their incidents' chains; each vouches for the quotes stored since the one before."""
    by_incident: defaultdict[str, list[IncidentEvent]] = defaultdict(list)
    for event in sorted(events, key=lambda one: one.seq):
        by_incident[event.incident].append(event)
    snapshots = {incident.id: incident for incident in incidents}
    for incident, its in by_incident.items():
        await _append(connection, brand, incident, (its, snapshots.get(incident)), salt)


async def _append(
    connection: AsyncConnection,
    brand: str,
    incident: str,
    what: tuple[list[IncidentEvent], Incident | None],
    salt: Callable[[], str],
) -> None:
    events, snapshot = what
    mine = (_INCIDENTS.c.brand == brand, _INCIDENTS.c.id == incident)
    there = (await connection.execute(select(_INCIDENTS.c.head).where(*mine))).one_or_none()
    if there is None:
        raise ValueError(f"{brand}: an event of {incident!r}, which is not stored; decide must give the incident too")
    loose = (_TEXTS.c.brand == brand, _TEXTS.c.incident == incident, _TEXTS.c.seq.is_(None))
    quotes = list((await connection.execute(select(_TEXTS.c.digest).where(*loose).order_by(_TEXTS.c.digest))).scalars())
    head = there.head or chain.genesis(brand, incident)
    chained: list[dict[str, Any]] = []
    for event in events:
        grain = salt()
        body = rows.canonical(_body(event, quotes if event is events[-1] else [], snapshot))
        digest = chain.digest(grain, body)
        head = chain.link(head, digest)
        chained.append({
            "brand": brand, "incident": incident, "seq": event.seq, "at": event.at, "event": event.event,
            "salt": grain, "body": body, "digest": digest, "head": head,
        })  # fmt: skip
    await connection.execute(plain_insert(_EVENTS), chained)
    if quotes:
        await connection.execute(update(_TEXTS).where(*loose).values(seq=events[-1].seq))
    await connection.execute(update(_INCIDENTS).where(*mine).values(head=head))


def _body(event: IncidentEvent, texts: list[str], incident: Incident | None) -> dict[str, Any]:
    """Return what an event says, with the figures of its moment: what a chain is there to keep."""
    body: dict[str, Any] = {
        "incident": event.incident, "seq": event.seq, "at": event.at, "event": event.event, "by": event.by,
        "why": event.why, "data": dict(event.data), "texts": texts,
    }  # fmt: skip
    if incident is not None:
        body["facts"] = {
            "kind": incident.kind.value, "state": incident.state.value, "severity": incident.severity,
            "title": incident.title, "since": incident.since, "observed": incident.observed,
            "expected": incident.expected, "why": incident.why,
            "coverage": [incident.coverage.on_time, incident.coverage.of],
            "opened_at": incident.opened_at, "acknowledged_at": incident.acknowledged_at,
            "acknowledged_by": incident.acknowledged_by, "resolved_at": incident.resolved_at,
            "feedback": incident.feedback, "revision": incident.revision,
        }  # fmt: skip
    return body
