"""`/api/v1/on-call`, `/people` and `/rotas`: who is on call, who would be paged, what each person was sent."""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING, Any

from aiohttp import web

from amends.calendars import ics
from amends.escalation import LinkAltered, duties, quiet_until, sign_calendar, verify_calendar
from amends.incidents import outbox_document, rfc3339
from amends.model import DAY, UnknownError
from amends.pipeline.oncall import on_call
from amends.web.answers import answer
from amends.web.keys import SITE
from amends.web.problems import Problem, invalid
from amends.web.reading import query_limit, query_time, query_word

if TYPE_CHECKING:
    from amends.escalation import Person
    from amends.model import Seconds
    from amends.storage import StoredPage
    from amends.web.ports import Site

SEVERITIES = ("1", "2", "3")
_BEFORE, _AHEAD = 30 * DAY, 180 * DAY  # of a rota, as a calendar


async def get_on_call(request: web.Request) -> web.Response:
    """Say who is on call, and who would be paged: now at severity 1, or as `?at=` and `?severity=` say."""
    site = request.app[SITE]
    at = query_time(request, "at")
    severity = int(query_word(request, "severity", SEVERITIES) or "1")
    return answer(whole(site, site.clock.wall() if at is None else at, severity))


def whole(site: Site, at: Seconds, severity: int) -> dict[str, Any]:
    """Return who is on call, with how each rota's calendar does."""
    rules = site.engine.rules
    policies = {id_: brand.policy for id_, brand in rules.brands.items()}
    try:
        document = on_call(policies, rules.staff, at, severity, timezone=site.timezone)
    except (OverflowError, ValueError, OSError):
        raise invalid("at", "is beyond what a calendar has") from None
    for rota in document["rotas"]:
        rota["calendar_url"] = calendar_link(site, rota["rota"])
        kept = site.calendars(rota["rota"])
        rota["calendar"] = kept and {
            "read_at": rfc3339(kept.read_at),
            "age_seconds": None if kept.read_at is None else max(0.0, site.clock.wall() - kept.read_at),
            "error": kept.error,
            "problems": list(kept.problems),
        }
    return document


async def get_rota(request: web.Request) -> web.Response:
    """Give a rota as a calendar, a month back and half a year ahead."""
    return _calendar(request.app[SITE], request.match_info["id"])


async def get_calendar(request: web.Request) -> web.Response:
    """Give a rota as a calendar to whoever has its link: a calendar application sends no token beside it."""
    site = request.app[SITE]
    try:
        rota = verify_calendar(site.keys, request.match_info["token"])
    except LinkAltered:
        why = "this is no calendar's link of ours, or its key is gone; take it anew from the page /on-call"
        raise Problem(403, "link-altered", why) from None
    return _calendar(site, rota)


def calendar_link(site: Site, rota: str) -> str:
    """Return the address under which a calendar application may subscribe to a rota; a path where none is known."""
    return f"{(site.external_url or '').rstrip('/')}/c/{sign_calendar(site.key, rota)}.ics"


def _calendar(site: Site, id_: str) -> web.Response:
    rules, now = site.engine.rules, site.clock.wall()
    rota = rules.rotas.get(id_)
    if rota is None:
        known = ", ".join(sorted(rules.rotas)) or "none is configured"
        raise UnknownError(f"there is no rota {id_[:80]!r}; known: {known}")
    staff = rules.staff
    spans = [
        (piece.start, piece.end, person, staff.name(person))
        for piece in duties(rota, now - _BEFORE, now + _AHEAD)
        for person in piece.people
        if -inf < piece.start < piece.end < inf
    ]
    body = ics.write(f"Amends: {rota.id}", spans, stamp=now)
    return web.Response(body=body, content_type="text/calendar", charset="utf-8")


async def get_people(request: web.Request) -> web.Response:
    """List the people, and which of their channels ever took a page."""
    site = request.app[SITE]
    taken = await site.store.delivered()
    return answer({"people": [person_document(site, one, taken) for one in site.engine.rules.people.values()]})


def person_document(site: Site, person: Person, taken: dict[tuple[str, str], Seconds]) -> dict[str, Any]:
    """Return a person; a channel is `verified` once it has taken a page, a drill's or a real one."""
    now = site.clock.wall()
    return {
        "id": person.id,
        "name": person.name,
        "team": person.team,
        "language": person.language,
        "timezone": person.timezone,
        "quiet_until": rfc3339(quiet_until(person, now)),
        "channels": [
            {
                "channel": channel,
                "verified": (person.id, channel) in taken,
                "last_page_at": rfc3339(taken.get((person.id, channel))),
            }
            for channel in person.channels
        ],
    }


async def get_messages(request: web.Request) -> web.Response:
    """List what a person was sent, the newest first, whatever became of it."""
    site = request.app[SITE]
    person = known_person(site, request.match_info["id"])
    listing = await site.store.messages(person.id, query_limit(request), query_word(request, "cursor"))
    return answer({"messages": [_message(row) for row in listing.items], "next": listing.next})


def known_person(site: Site, person: str) -> Person:
    """Return a person; UnknownError where nobody of that id is configured."""
    found = site.engine.rules.people.get(person)
    if found is None:
        known = ", ".join(sorted(site.engine.rules.people)) or "nobody is configured"
        raise UnknownError(f"there is no person {person[:80]!r}; known: {known}")
    return found


def _message(row: StoredPage) -> dict[str, Any]:
    page = row.page
    document = outbox_document(page, attempts=row.attempts, at=row.updated_at)
    return {
        **document,
        "error": row.error or document["error"],
        "brand": page.brand,
        "incident": page.incident.id if page.reason != "alive" else None,
        "drill": page.incident.drill,
        "title": page.title,
        "decided_at": rfc3339(page.decided_at),
        "sent_at": rfc3339(row.sent_at),
    }
