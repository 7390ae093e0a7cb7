"""`/sources` and `/silences`: what is heard, and what is held back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from amends.incidents import rfc3339
from amends.web.act import end_silence, start_silence
from amends.web.answers import page
from amends.web.api.operate import operate_source
from amends.web.keys import SITE
from amends.web.reading import person_of, query_word
from amends.web.views.common import back, hours_from, read_form

if TYPE_CHECKING:
    from aiohttp import web

_ENDED_SHOWN = 20


async def get_sources(request: web.Request) -> web.Response:
    """Show every source and how it does, those in trouble first."""
    sources = sorted(request.app[SITE].sources.status(), key=lambda one: (one.up and not one.paused, one.id))
    return page(
        request, "sources.html", sources=sources, done=query_word(request, "done"), of=query_word(request, "of")
    )


async def post_source(request: web.Request) -> web.Response:
    """Poll, pause or resume a source."""
    source, action = request.match_info["id"], request.match_info["action"]
    await operate_source(request.app[SITE], source, action)
    return back(request, "/sources", done=action, of=source)


async def get_silences(request: web.Request) -> web.Response:
    """Show what is silenced, and a form for more."""
    site = request.app[SITE]
    now = site.clock.wall()
    found = await site.store.silences()
    holding = [one for one in found if one.ended_at is None and one.until > now]
    ended = [one for one in found if one not in holding][:_ENDED_SHOWN]
    brand = query_word(request, "brand")
    return page(request, "silences.html", holding=holding, ended=ended, brand=brand, done=query_word(request, "done"))


async def post_silence(request: web.Request) -> web.Response:
    """Begin a silence."""
    site = request.app[SITE]
    fields = await read_form(request)
    await start_silence(site, {**fields, "until": rfc3339(hours_from(site, fields))})
    return back(request, "/silences", fields.get("by"), done="silence")


async def post_end(request: web.Request) -> web.Response:
    """End a silence now."""
    site = request.app[SITE]
    fields = await read_form(request)
    await end_silence(site, request.match_info["id"], person_of(site, fields))
    return back(request, "/silences", fields.get("by"), done="end")
