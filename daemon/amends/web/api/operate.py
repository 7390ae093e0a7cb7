"""`/api/v1/sources`, `/silences` and `/drills`: minding the daemon."""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog
from aiohttp import web

from amends.incidents import rfc3339
from amends.web.act import end_silence, start_drill, start_silence
from amends.web.answers import answer
from amends.web.api.documents import of_incident, of_silence, of_source
from amends.web.guard import caller_of
from amends.web.keys import SITE
from amends.web.problems import Problem
from amends.web.reading import person_of, read_object, text_of

if TYPE_CHECKING:
    from amends.web.ports import Site, SourceStatus

_log = structlog.get_logger("amends.web")
SOURCE_ACTIONS = ("poll", "pause", "resume")


async def get_sources(request: web.Request) -> web.Response:
    """List the sources and how they do."""
    return answer({"sources": [of_source(one) for one in request.app[SITE].sources.status()]})


async def post_source(request: web.Request) -> web.Response:
    """Poll a source now, pause or resume it."""
    source, action = request.match_info["id"], request.match_info["action"]
    return answer(of_source(await operate_source(request.app[SITE], source, action)))


async def operate_source(site: Site, source: str, action: str) -> SourceStatus:
    """Do one of `SOURCE_ACTIONS` to a source and return how it does now."""
    desk = site.sources
    known = {one.id: one for one in desk.status()}
    if source not in known:
        names = ", ".join(sorted(known)) or "none is configured"
        raise Problem(404, "unknown", f"there is no source {source[:80]!r}; known: {names}")
    do = {"poll": desk.poll, "pause": desk.pause, "resume": desk.resume}.get(action)
    if do is None:
        raise Problem(404, "no-such-action", f"{action[:40]!r} is no action; there are {', '.join(SOURCE_ACTIONS)}")
    if action == "poll" and known[source].paused:
        way_out = f"resume it first: `amends sources resume {source}`, or Resume on the view of the sources"
        raise Problem(409, "paused", f"the source {source!r} is paused, and nothing asks it; {way_out}")
    await do(source)
    return next(one for one in desk.status() if one.id == source)


async def get_silences(request: web.Request) -> web.Response:
    """List the silences that hold; `?all=1` those that have ended too."""
    site = request.app[SITE]
    now = site.clock.wall()
    everything = request.query.get("all") in {"1", "true"}
    found = await site.store.silences()
    holding = [one for one in found if everything or (one.ended_at is None and one.until > now)]
    return answer({"silences": [of_silence(one) for one in holding]})


async def post_silence(request: web.Request) -> web.Response:
    """Begin a silence."""
    silence = await start_silence(request.app[SITE], await read_object(request))
    return answer(of_silence(silence), status=201)


async def delete_silence(request: web.Request) -> web.Response:
    """End a silence now."""
    await end_silence(request.app[SITE], request.match_info["id"], await _by(request))
    return web.Response(status=204)


async def post_drill(request: web.Request) -> web.Response:
    """Send a marked test page through the real channels."""
    site = request.app[SITE]
    fields = await read_object(request)
    incident = await start_drill(site, fields, person_of(site, fields) if fields.get("by") else _token(request))
    return answer(of_incident(site, incident), status=201)


async def post_erasure(request: web.Request) -> web.Response:
    """Erase an author's words wherever they lie; the counts and the proof of every record stay."""
    site = request.app[SITE]
    fields = await read_object(request)
    author = text_of(fields, "author")
    by = person_of(site, fields) if fields.get("by") else _token(request)
    erased = await site.store.forget(author)
    _log.info("an author's words were erased on request", by=by, posts=erased)  # whose, the log must not say
    return answer({"author": author, "by": by, "at": rfc3339(site.clock.wall()), "erased": erased})


async def _by(request: web.Request) -> str:
    """Return who acts: a person named in the address or the body, else the token that was shown."""
    site = request.app[SITE]
    fields = {"by": request.query["by"]} if "by" in request.query else await read_object(request)
    return person_of(site, fields) if fields.get("by") else _token(request)


def _token(request: web.Request) -> str:
    return f"token:{caller_of(request).token}"
