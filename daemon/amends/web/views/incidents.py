"""`/incidents` and `/incidents/<id>`: what is going on, the words to say, and what to press."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from amends.incidents import rfc3339
from amends.model import HOUR
from amends.pipeline.drill import scorecard
from amends.responses import CRISES, foreign
from amends.web.act import known_incident, on_incident
from amends.web.advice import advice_of, answered, full_text
from amends.web.answers import page
from amends.web.api.incidents import STATES
from amends.web.clocks import clocks
from amends.web.keys import SITE
from amends.web.problems import Problem
from amends.web.reading import query_word
from amends.web.svg import Drawing, Moment, chart, slot_seconds
from amends.web.usual import slots
from amends.web.views.common import back, hours_from, read_form
from amends.web.views.report import STAGES, took

if TYPE_CHECKING:
    from aiohttp import web

    from amends.model import Incident, IncidentEvent
    from amends.web.ports import Site

_BEFORE, _AFTER = 6 * HOUR, 2 * HOUR  # shown around an incident
_MARKED = {"opened", "raised", "acknowledged", "responded", "story", "recovering", "relapsed", "resolved", "reopened"}
_ACTIONS = ("acknowledge", "unacknowledge", "resolve", "reopen", "snooze", "wake", "feedback", "responded", "advise")
_PAGE = 30


async def get_incidents(request: web.Request) -> web.Response:
    """List incidents, newest first."""
    site = request.app[SITE]
    chosen = {"brand": query_word(request, "brand"), "state": query_word(request, "state", STATES)}
    listing = await site.store.incidents(
        brand=chosen["brand"], state=chosen["state"], limit=_PAGE, cursor=query_word(request, "cursor")
    )
    return page(request, "incidents.html", listing=listing, chosen=chosen, states=STATES)


async def get_incident(request: web.Request) -> web.Response:
    """Show one incident."""
    site = request.app[SITE]
    return await show(request, await known_incident(site, request.match_info["id"]))


async def show(
    request: web.Request,
    incident: Incident,
    *,
    draft: str | None = None,
    network: str | None = None,
    reading: dict[str, Any] | None = None,
) -> web.Response:
    """Show an incident, with a draft and its reading where one was given."""
    site = request.app[SITE]
    events = await site.store.events(incident.id)
    pages = await site.store.pages(incident.id)
    advice = await advice_of(incident, events)
    brand = site.engine.rules.brands.get(incident.brand)
    return page(
        request,
        "incident.html",
        incident=incident,
        events=events,
        pages=pages,
        zone=brand.timezone if brand else site.timezone,
        name=brand.name if brand else incident.brand,
        drawing=await _drawing(site, incident, events),
        clocks=clocks(incident, events, pages, site.clock.wall()),
        stages=STAGES,
        took=took,
        done=query_word(request, "done"),
        score=scorecard(incident, events),
        responses=[event for event in events if event.event == "responded"],
        advice=advice,
        answers=answered(events),
        crises=CRISES,
        foreign=foreign(incident),
        draft=full_text(site, incident, advice.crisis) if draft is None else draft,
        network=network,
        reading=reading,
    )


async def _drawing(site: Site, incident: Incident, events: list[IncidentEvent] | Any) -> Drawing | None:  # noqa: ANN401
    """Return the chart of an incident: negatives against the usual, from before it until after it."""
    brand = site.engine.rules.brands.get(incident.brand)
    if brand is None:
        return None
    first = min(incident.since, incident.opened_at) - _BEFORE
    last = min(site.clock.wall(), incident.resolved_at + _AFTER if incident.resolved_at else site.clock.wall())
    step = slot_seconds(last - first)
    bins = await site.store.bins(incident.brand, first // step * step, last)
    if not bins:
        return None
    state = await site.store.state(incident.brand)
    moments = [Moment(incident.since, "since", "began")]
    moments += [Moment(event.at, event.event, event.event) for event in events if event.event in _MARKED]
    return chart(slots(bins, first, last, step, state, brand.detection), step, moments, brand.timezone)


async def post_action(request: web.Request) -> web.Response:
    """Do what a button says, then show the incident with a way back."""
    site = request.app[SITE]
    incident, action = request.match_info["id"], request.match_info["action"]
    if action not in _ACTIONS:
        raise Problem(404, "no-such-action", f"{action[:40]!r} is nothing that can be done to an incident")
    fields = await read_form(request)
    by = fields.get("by")
    await on_incident(site, incident, "snooze" if action == "wake" else action, _as_command(site, action, fields))
    done = action if action != "feedback" or fields.get("verdict") in {"real", "noise"} else "unfeedback"
    return back(request, f"/incidents/{quote(incident, safe='')}", by, done=done)


def _as_command(site: Site, action: str, fields: dict[str, object]) -> dict[str, object]:
    """Return a form's fields as the doors would have them."""
    if action == "wake":
        return {**fields, "until": None}
    if action == "snooze":
        return {**fields, "until": rfc3339(hours_from(site, fields, "snooze_hours"))}
    if action == "feedback":
        verdict = fields.get("verdict")
        return {**fields, "verdict": None if verdict in {None, "none"} else verdict}
    return fields
