"""`POST /incidents/<id>/lint`: a draft read back with what it lacks; nothing is kept and nothing is sent."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from amends import responses
from amends.responses.lint import LIMITS, PARTS, lint
from amends.web.act import known_incident
from amends.web.advice import said
from amends.web.answers import page
from amends.web.keys import SITE
from amends.web.problems import invalid
from amends.web.views.common import read_form
from amends.web.views.incidents import show

if TYPE_CHECKING:
    from collections.abc import Sequence

    from aiohttp import web

LONGEST = 10_000  # characters of a draft
PIECE = "X-Amends-Piece"  # a script asks by this header for the reading alone


async def post_lint(request: web.Request) -> web.Response:
    """Read a draft: the whole view with the reading in it, or the reading alone for the script that asks."""
    site = request.app[SITE]
    incident = await known_incident(site, request.match_info["id"])
    given = await read_form(request)
    draft = str(given.get("draft", ""))[:LONGEST].replace("\r\n", "\n")
    network = str(given.get("network", "")) or None
    if network is not None and network not in LIMITS:
        raise invalid("network", f"is one of {', '.join(LIMITS)}; found {network[:40]!r}")
    spoken = said(await site.store.events(incident.id))
    reading = await asyncio.to_thread(read, draft, network, spoken)
    if request.headers.get(PIECE):
        return page(request, "reading.html", reading=reading)
    return await show(request, incident, draft=draft, network=network, reading=reading)


def read(draft: str, network: str | None, spoken: Sequence[str]) -> dict[str, Any] | None:
    """Return a draft's report for the view, None for an empty one. Takes up to a second for the longest."""
    if not draft.strip():
        return None
    report = lint(draft, network)
    limit = LIMITS[network] if network else None
    return {
        "report": report,
        "has": [name for name in PARTS if report.parts[name]],
        "lacks": [name for name in PARTS if not report.parts[name]],
        "size": len(draft.strip()),
        "limit": limit,
        "contradiction": responses.contradicts(spoken, draft),
    }
