"""`/a/TOKEN`: one button on a phone far away. Looking changes nothing; pressing acknowledges, twice is once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import web

from amends.escalation import LinkAltered, LinkExpired, Signed, verify
from amends.model import Acknowledge, StaleError
from amends.web.act import apply_to_incident, known_incident
from amends.web.answers import answer, page, wants_page
from amends.web.api.documents import of_incident
from amends.web.guard import same_origin
from amends.web.keys import SITE
from amends.web.problems import Problem
from amends.web.sessions import Session, set_cookie

if TYPE_CHECKING:
    from amends.model import Incident
    from amends.web.ports import Site

_HEADERS = {"Referrer-Policy": "no-referrer", "Cache-Control": "no-store", "X-Robots-Tag": "noindex, nofollow"}


async def show_link(request: web.Request) -> web.Response:
    """Show the incident and one button; nothing changes, whoever fetches it."""
    site = request.app[SITE]
    signed = _signed(site, request)
    incident = await known_incident(site, signed.incident)
    return _answer(request, signed, incident, done=False)


async def use_link(request: web.Request) -> web.Response:
    """Acknowledge, without bearer or cookie; the link is the proof. Gains a session, so that the person may read on."""
    site = request.app[SITE]
    if same_origin(site, request) is False:
        raise Problem(
            403, "foreign-origin", "another site sent this; open the link itself and press its button", headers=_HEADERS
        )
    signed = _signed(site, request)
    incident = await known_incident(site, signed.incident)
    key = await _pressed(request)
    if key is not None and key != "1":
        return _spoken("Not acknowledged.")
    try:
        incident = await apply_to_incident(site, incident, Acknowledge(incident=incident.id, by=signed.person))
    except StaleError:
        incident = await known_incident(site, signed.incident)  # it is over: the page says so
    if key is not None:
        return _spoken("Acknowledged. Thank you.")
    response = _answer(request, signed, incident, done=True)
    if signed.person in site.engine.rules.people:
        set_cookie(site, response, Session(person=signed.person))
    return response


async def _pressed(request: web.Request) -> str | None:
    """Return the key that was pressed in a call, where the caller is a telephone service; None: it is a browser."""
    if request.content_type != "application/x-www-form-urlencoded":
        return None
    form = await request.post()
    return str(form.get("Digits", "")) if "CallSid" in form else None


def _spoken(text: str) -> web.Response:
    """Return what the telephone service is to say (TwiML): it takes no page."""
    said = f'<?xml version="1.0" encoding="UTF-8"?><Response><Say>{text}</Say></Response>'
    return web.Response(text=said, content_type="text/xml", headers=_HEADERS)


def _signed(site: Site, request: web.Request) -> Signed:
    try:
        signed = verify(site.keys, request.match_info["token"], site.clock.wall())
    except LinkExpired as error:
        raise Problem(410, "link-expired", str(error), headers=_HEADERS) from error
    except LinkAltered as error:
        raise Problem(403, "link-altered", str(error), headers=_HEADERS) from error
    if signed.person not in site.engine.rules.people:
        raise Problem(
            403, "unknown-person", "this link is for somebody who is no longer in the configuration", headers=_HEADERS
        )
    return signed


def _answer(request: web.Request, signed: Signed, incident: Incident, *, done: bool) -> web.Response:
    site = request.app[SITE]
    if not done or wants_page(request):  # who only looks is shown the button, whatever it says that it accepts
        response = page(request, "acknowledge.html", incident=incident, person=signed.person, done=done)
    else:
        response = answer(of_incident(site, incident))
    response.headers.update(_HEADERS)
    return response
