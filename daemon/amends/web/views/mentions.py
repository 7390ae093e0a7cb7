"""`/mentions`: what was heard, to read, to search, and to put right where the tone was heard wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast
from urllib.parse import urlencode

from amends.model import DAY, HOUR
from amends.web.answers import page
from amends.web.api.mentions import TONES
from amends.web.keys import SITE
from amends.web.reading import one_of, person_of, query_word, text_of
from amends.web.views.common import back, local_path, read_form

if TYPE_CHECKING:
    from aiohttp import web

    from amends.model import Label

_PAGE = 50
SPANS = {"1h": HOUR, "24h": DAY, "7d": 7 * DAY, "30d": 30 * DAY}
_FILTERS = ("brand", "tone", "source", "q", "span")


async def get_mentions(request: web.Request) -> web.Response:
    """Show mentions, newest first, narrowed by brand, tone, source, words and time."""
    site = request.app[SITE]
    span = query_word(request, "span", tuple(SPANS))
    chosen = {name: query_word(request, name) for name in _FILTERS}
    listing = await site.store.mentions(
        brand=chosen["brand"],
        tone=query_word(request, "tone", TONES),
        source=chosen["source"],
        q=chosen["q"],
        since=site.clock.wall() - SPANS[span] if span else None,
        limit=_PAGE,
        cursor=query_word(request, "cursor"),
    )
    kept = {name: value for name, value in chosen.items() if value}
    sources = sorted({source.id for source in site.sources.status()} | {row.mention.source for row in listing.items})
    return page(
        request,
        "mentions.html",
        listing=listing,
        chosen=chosen,
        older=urlencode({**kept, "cursor": listing.next}) if listing.next else None,
        tones=TONES,
        spans=tuple(SPANS),
        sources=sources,
        here=request.path_qs,
        done=query_word(request, "done"),
        fits=site.engine.rules.fits,
    )


async def post_tone(request: web.Request) -> web.Response:
    """Correct the tone of a mention, or take the correction back."""
    site = request.app[SITE]
    fields = await read_form(request)
    by = person_of(site, fields)
    which = dict(request.query)
    tone = cast("Label | None", one_of(which, "tone", TONES[:3])) if which.get("tone") != "none" else None
    brand, source, native = (text_of(which, name) for name in ("brand", "source", "id"))
    await site.store.set_tone(brand, source, native, by=by, tone=tone, now=site.clock.wall())
    site.corrected(brand or "")
    here = local_path(text_of(fields, "here", required=False, limit=2_000), "/mentions")
    return back(request, here if here.startswith("/mentions") else "/mentions", by)
