"""`/on-call` and `/people/<id>`: who is on call, who would be paged, what each person was sent."""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

from amends.model import DRILL_CASES, DRILL_LEFT_OUT
from amends.web.act import start_drill
from amends.web.answers import page
from amends.web.api.people import SEVERITIES, known_person, person_document, whole
from amends.web.keys import SITE
from amends.web.problems import invalid
from amends.web.push import desk_of
from amends.web.reading import person_of, query_word
from amends.web.times import parse_rfc3339
from amends.web.views.common import back, read_form

if TYPE_CHECKING:
    from aiohttp import web

    from amends.model import Seconds
    from amends.web.ports import Site

_PAGE = 50


async def get_on_call(request: web.Request) -> web.Response:
    """Show who is on call now, and who would be paged at a time that may be chosen."""
    site = request.app[SITE]
    severity = int(query_word(request, "severity", SEVERITIES) or "1")
    at = _asked(site, query_word(request, "at"))
    taken = await site.store.delivered()
    left_out = json.loads(await site.store.meta(DRILL_LEFT_OUT) or "null")
    return page(
        request,
        "oncall.html",
        left_out=left_out,
        found=_times(whole(site, at, severity)),
        persons=[person_document(site, one, taken) for one in site.engine.rules.people.values()],
        cases=DRILL_CASES,
        chosen={"at": query_word(request, "at"), "severity": severity},
        alone=[id_ for id_, brand in site.engine.rules.brands.items() if brand.policy.alone],
    )


async def post_drill(request: web.Request) -> web.Response:
    """Start a drill, then show it."""
    site = request.app[SITE]
    fields = await read_form(request)
    incident = await start_drill(site, fields, person_of(site, fields))
    return back(request, f"/incidents/{quote(incident.id, safe='')}", fields.get("by"))


async def get_person(request: web.Request) -> web.Response:
    """Show what a person was sent, the newest first."""
    site = request.app[SITE]
    person = known_person(site, request.match_info["id"])
    taken = await site.store.delivered()
    listing = await site.store.messages(person.id, _PAGE, query_word(request, "cursor"))
    desk = desk_of(site, person.id)
    about = person_document(site, person, taken)
    return page(
        request, "person.html", person=person, about=about, listing=listing, push=desk.public_key if desk else ""
    )


def _asked(site: Site, given: str | None) -> Seconds:
    """Return the moment of a form's field: on the site's own clock where no offset is given."""
    if given is None:
        return site.clock.wall()
    try:
        moment = datetime.fromisoformat(given)
    except ValueError:
        raise invalid("at", f"is a date and time, found {given[:40]!r}") from None
    return moment.replace(tzinfo=moment.tzinfo or ZoneInfo(site.timezone)).timestamp()


def _times(value: Any) -> Any:  # noqa: ANN401 - a JSON document
    """Return the document with moments as seconds again, for the filters of the templates."""
    if isinstance(value, dict):
        return {key: _seconds(part) if key in _MOMENTS else _times(part) for key, part in value.items()}
    return [_times(part) for part in value] if isinstance(value, list) else value


def _seconds(value: str | None) -> Seconds | None:
    return None if value is None else parse_rfc3339(value)


_MOMENTS = frozenset({"at", "since", "until", "held_until", "read_at"})
