"""`/sign-in`: a token gains a session; `/sign-out` ends it on this browser."""

from __future__ import annotations

from typing import TYPE_CHECKING

from amends.web.answers import page
from amends.web.keys import SITE
from amends.web.problems import Problem
from amends.web.sessions import Session, drop_cookie, set_cookie, token_name
from amends.web.views.common import back, local_path

if TYPE_CHECKING:
    from aiohttp import web


async def get_sign_in(request: web.Request) -> web.Response:
    """Show the form."""
    wanted = local_path(request.query.get("next"))
    return page(request, "sign_in.html", problem=None, next=wanted)


async def post_sign_in(request: web.Request) -> web.Response:
    """Begin a session for the holder of a token."""
    site = request.app[SITE]
    form = await request.post()
    given, wanted = form.get("token"), form.get("next")
    name = token_name(site.tokens, given.strip()) if isinstance(given, str) else None
    if name is None:
        raise Problem(401, "unknown-token", "that is none of the tokens configured under web.tokens")
    response = back(request, local_path(wanted if isinstance(wanted, str) else None))
    set_cookie(site, response, Session(token=name))
    return response


async def post_sign_out(request: web.Request) -> web.Response:
    """End the session on this browser."""
    response = back(request, "/sign-in")
    drop_cookie(request.app[SITE], response)
    return response
