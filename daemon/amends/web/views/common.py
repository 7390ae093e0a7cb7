"""What the views share: forms, who acts, where to go afterwards."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from aiohttp import web

from amends.model import DAY, HOUR
from amends.web.guard import caller_of
from amends.web.keys import SITE
from amends.web.problems import invalid

if TYPE_CHECKING:
    from collections.abc import Mapping

    from amends.model import Seconds
    from amends.web.ports import Site

WHO = "amends-who"
_REMEMBERED = 365 * DAY
_LONGEST_HOURS = 720


async def read_form(request: web.Request) -> dict[str, object]:
    """Return the fields of a form; who is signed in by a page's link acts as nobody else."""
    form = {name: value for name, value in (await request.post()).items() if isinstance(value, str)}
    fields: dict[str, object] = {name: value for name, value in form.items() if value != ""}
    person = caller_of(request).person
    return {**fields, "by": person} if person else fields


def back(request: web.Request, path: str, by: object = None, **query: str) -> web.Response:
    """Send the browser to a page with GET, so that a reload repeats nothing; remembers who acted."""
    address = f"{path}?{urlencode(query)}" if query else path
    response = web.Response(status=303, headers={"Location": address})
    site = request.app[SITE]
    if isinstance(by, str) and by in site.engine.rules.people:
        response.set_cookie(
            WHO, by, max_age=int(_REMEMBERED), httponly=True, samesite="Lax", secure=site.secure, path="/"
        )
    return response


def local_path(wanted: str | None, otherwise: str = "/") -> str:
    """Return an address of ours to go to next; anything that could lead elsewhere becomes `otherwise`."""
    if not wanted or not wanted.startswith("/") or wanted.startswith("//") or len(wanted) > 2_000:  # noqa: PLR2004
        return otherwise
    return otherwise if "\\" in wanted or not wanted.isprintable() else wanted


def hours_from(site: Site, fields: Mapping[str, object], name: str = "hours") -> Seconds:
    """Return the moment so many hours from now; 422 where no number up to 30 days is given."""
    given = str(fields.get(name, ""))
    try:
        hours = float(given)
    except ValueError:
        hours = 0.0
    if not 0 < hours <= _LONGEST_HOURS:
        raise invalid(name, f"is a number of hours up to {_LONGEST_HOURS}, found {given[:20]!r}")
    return site.clock.wall() + hours * HOUR
