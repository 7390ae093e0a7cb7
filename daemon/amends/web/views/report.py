"""`/incidents/<id>/report`: one page that needs nothing else, for a screen, a file or paper; and the door's forms."""

from __future__ import annotations

from datetime import datetime
from importlib.resources import files
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from aiohttp import web

from amends.web.act import known_incident
from amends.web.answers import answer
from amends.web.api.documents import incident_url
from amends.web.keys import SITE, TEMPLATES
from amends.web.reading import query_word
from amends.web.report import Report, document, gather, markdown
from amends.web.report.lessons import span
from amends.web.templating import NOTHING

if TYPE_CHECKING:
    from amends.model import Seconds

FORMS = ("json", "html", "md")
STAGES = {
    "detect": "From the first sign to the incident", "page": "To the first page",
    "acknowledge": "Until somebody had it",
    "holding": "To the first public line", "full": "To the full statement", "recovery": "Until it was over",
}  # fmt: skip
_OWN_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


async def get_view(request: web.Request) -> web.Response:
    """Show the report of an incident."""
    return _page(request, await _report(request))


async def get_report(request: web.Request) -> web.Response:
    """Give the report as JSON, as a page, or as Markdown (`?as=`)."""
    form = query_word(request, "as", FORMS) or "json"
    report = await _report(request)
    if form == "html":
        return _page(request, report)
    if form == "md":
        return web.Response(text=markdown(report), content_type="text/markdown")
    return answer(document(report))


async def _report(request: web.Request) -> Report:
    site = request.app[SITE]
    incident = await known_incident(site, request.match_info["id"])
    return await gather(site, incident, incident_url(site, incident))


def _page(request: web.Request, report: Report) -> web.Response:
    style = (files("amends.web") / "static" / "style.css").read_text("utf-8")
    values = {"report": report, "style": style, "stages": STAGES, "date": date, "took": took}
    text = request.app[TEMPLATES].render("report.html", request, values)
    return web.Response(text=text, content_type="text/html", headers={"Content-Security-Policy": _OWN_POLICY})


def date(at: Seconds | None, timezone: str) -> str:
    """Return a date and a time of a zone: a report is read on another day."""
    return NOTHING if at is None else f"{datetime.fromtimestamp(at, ZoneInfo(timezone)):%Y-%m-%d %H:%M}"


def took(seconds: Seconds | None) -> str:
    """Return a duration in words, a dash for none."""
    return NOTHING if seconds is None else span(seconds)
