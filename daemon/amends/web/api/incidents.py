"""`/api/v1/incidents`: reading, acting, and proving the record."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from amends.incidents import clock_document, event_document, outbox_document
from amends.model import Kind, Stage
from amends.pipeline.drill import scorecard
from amends.web.act import ACTIONS, known_incident, on_incident
from amends.web.advice import document
from amends.web.answers import answer
from amends.web.api.documents import of_incident
from amends.web.clocks import clocks
from amends.web.keys import SITE
from amends.web.problems import Problem
from amends.web.reading import query_limit, query_word, read_object

if TYPE_CHECKING:
    from aiohttp import web

    from amends.model import Incident
    from amends.storage import StoredPage
    from amends.web.ports import Site

FORMAT = "amends-record/1"
HOW = (
    "Each of `events` and `messages` has digest = SHA-256(salt as bytes + body in UTF-8) and head = SHA-256(head "
    "before + newline + digest), both in hexadecimal; the head before the first is `genesis` = SHA-256('amends/1', "
    "brand and id, a line each, without a final newline). `seal` = SHA-256(head + newline + messages_head), or the "
    "head where there are no messages. A body lists the digests of the `texts` that it vouches for, made in the same "
    "way, and `words`, that of a message's title + newline + text under its `text_salt`. Null salts: erased; the "
    "digests stay."
)
STATES = tuple(stage.value for stage in Stage)
KINDS = tuple(kind.value for kind in Kind)


async def get_incidents(request: web.Request) -> web.Response:
    """List incidents, newest first."""
    site = request.app[SITE]
    listing = await site.store.incidents(
        brand=query_word(request, "brand"),
        state=query_word(request, "state", STATES),
        limit=query_limit(request),
        cursor=query_word(request, "cursor"),
    )
    return answer({"incidents": [of_incident(site, one) for one in listing.items], "next": listing.next})


async def get_incident(request: web.Request) -> web.Response:
    """Show one incident with its events and the pages that were sent."""
    site = request.app[SITE]
    incident = await known_incident(site, request.match_info["id"])
    return answer(await whole(site, incident))


async def whole(site: Site, incident: Incident) -> dict[str, Any]:
    """Return an Incident with `events` and `pages`."""
    events = await site.store.events(incident.id)
    pages = await site.store.pages(incident.id)
    return {
        **of_incident(site, incident),
        "events": [event_document(event) for event in events],
        "pages": [_page(row) for row in pages],
        "advice": await document(incident, events),
        "clocks": [clock_document(clock) for clock in clocks(incident, events, pages, site.clock.wall())],
        "score": scorecard(incident, events),
    }


def _page(row: StoredPage) -> dict[str, Any]:
    document = outbox_document(row.page, attempts=row.attempts, at=row.updated_at)
    return {**document, "error": row.error or document["error"]}


async def post_action(request: web.Request) -> web.Response:
    """Acknowledge, resolve and the like; the same twice changes nothing the second time."""
    site = request.app[SITE]
    action = request.match_info["action"]
    if action not in ACTIONS:
        raise Problem(404, "no-such-action", f"{action[:40]!r} is no action; there are {', '.join(ACTIONS)}")
    await known_incident(site, request.match_info["id"])
    incident = await on_incident(site, request.match_info["id"], action, await read_object(request))
    return answer(of_incident(site, incident))


async def get_verify(request: web.Request) -> web.Response:
    """Prove an incident's hash chain: `head` is its last digest; `ok` is false where it is broken."""
    site = request.app[SITE]
    incident = await known_incident(site, request.match_info["id"])
    head = await site.store.verify(incident.id)
    if isinstance(head, str):
        return answer({"ok": True, "head": head})
    return answer({"ok": False, "head": None, "detail": f"event {head.seq}: {head.why}", "seq": head.seq})


async def get_record(request: web.Request) -> web.Response:
    """Give an incident's archive as one file: the incident, and every row that `verify` looks at."""
    site = request.app[SITE]
    incident = await known_incident(site, request.match_info["id"])
    document = {"format": FORMAT, "how": HOW, "incident": of_incident(site, incident)}
    response = answer(document | {"record": await site.store.record(incident.id)})
    response.headers["Content-Disposition"] = f'attachment; filename="{incident.id}.json"'
    return response
