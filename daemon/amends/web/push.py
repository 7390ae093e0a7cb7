"""Phones that ring by themselves: the manifest, the service worker, and the door at which a phone subscribes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from aiohttp import web

from amends.model import InputError
from amends.web.answers import answer
from amends.web.api.people import known_person
from amends.web.guard import caller_of
from amends.web.keys import SITE
from amends.web.problems import Problem, invalid
from amends.web.reading import read_object
from amends.web.static import ASSETS

if TYPE_CHECKING:
    from amends.web.ports import PushDesk, Site

MANIFEST = {
    "name": "Amends",
    "short_name": "Amends",
    "start_url": "/",
    "scope": "/",
    "display": "standalone",
    "background_color": "#ffffff",
    "theme_color": "#ffffff",
    "icons": [{"src": "/static/icon.svg", "type": "image/svg+xml", "sizes": "any", "purpose": "any"}],
}


async def get_manifest(request: web.Request) -> web.Response:  # noqa: ARG001 - a handler's shape
    """Tell a browser how to install the pages as an app."""
    response = answer(MANIFEST)
    response.content_type = "application/manifest+json"
    return response


async def get_worker(request: web.Request) -> web.Response:
    """Serve the service worker from the root, so that it speaks for all pages."""
    asset = request.app[ASSETS]["sw.js"]
    return web.Response(body=asset.body, content_type=asset.media_type, headers={"Cache-Control": "no-cache"})


def desk_of(site: Site, person: str) -> PushDesk | None:
    """Return where a person's phones subscribe; None without a channel of that kind."""
    channels = site.engine.rules.people[person].channels
    return next((site.push[one] for one in channels if one in site.push), None)


async def post_subscription(request: web.Request) -> web.Response:
    """Add the phone that asks to a person's channel: their own session, or whoever holds a token."""
    site = request.app[SITE]
    person = known_person(site, request.match_info["id"])
    caller = caller_of(request)
    if caller.person not in {None, person.id}:
        raise Problem(403, "another-person", "this session is another person's; sign in with their link")
    desk = desk_of(site, person.id)
    if desk is None:
        raise Problem(404, "no-push-channel", f"{person.id} has no channel of kind webpush; add one")
    try:
        await desk.subscribe(await read_object(request))
    except InputError as error:
        raise invalid("endpoint", str(error)) from error
    return web.Response(status=204)
