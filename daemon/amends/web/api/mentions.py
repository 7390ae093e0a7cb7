"""`/api/v1/mentions`: taking, reading, and correcting a tone."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, cast

from amends.model import UnknownError
from amends.web.answers import answer
from amends.web.api.documents import of_fit, of_mention
from amends.web.keys import SITE
from amends.web.problems import Problem, invalid
from amends.web.reading import (
    one_of,
    person_of,
    query_limit,
    query_time,
    query_word,
    read_body,
    read_object,
    text_of,
)
from amends.web.records import ARRAY, LINES, read_records

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aiohttp import web

    from amends.model import Label
    from amends.web.ports import Site

TONES = ("negative", "neutral", "positive", "unscored")
_OFF_LOOP = 64 * 1024  # bytes from which parsing leaves the event loop


async def post_mentions(request: web.Request) -> web.Response:
    """Take Mention records; answers after the commit."""
    site = request.app[SITE]
    content_type = request.content_type
    if content_type != ARRAY and content_type not in LINES:
        raise Problem(
            415,
            "content-type",
            f"mentions come as application/x-ndjson or application/json, found {content_type[:60]!r}",
        )
    body = await read_body(request)
    now = site.clock.wall()
    if len(body) > _OFF_LOOP:
        found = await asyncio.to_thread(read_records, body, content_type, now)
    else:
        found = read_records(body, content_type, now)
    errors = [refusal.document() for refusal in found.refused]
    if found.records and not found.items:
        raise Problem(422, "all-rejected", f"none of the {found.records} records was acceptable", errors=errors)
    taken = await site.engine.ingest(found.items) if found.items else None
    return answer(
        {
            "accepted": taken.accepted if taken else 0,
            "duplicates": taken.duplicates if taken else 0,
            "rejected": len(errors),
            "unmatched": taken.unmatched if taken else 0,
            "errors": errors,
        },
        status=202,
    )


async def get_mentions(request: web.Request) -> web.Response:
    """List mentions, newest first."""
    listing = await request.app[SITE].store.mentions(
        brand=query_word(request, "brand"),
        tone=query_word(request, "tone", TONES),
        source=query_word(request, "source"),
        q=query_word(request, "q"),
        since=query_time(request, "since"),
        until=query_time(request, "until"),
        limit=query_limit(request),
        cursor=query_word(request, "cursor"),
    )
    fits = request.app[SITE].engine.rules.fits
    return answer({"mentions": [of_mention(one, fits) for one in listing.items], "next": listing.next})


async def get_fit(request: web.Request) -> web.Response:
    """Tell how the model fits each brand: its share of negatives, raw and estimated, and what people put right."""
    rules = request.app[SITE].engine.rules
    brand = query_word(request, "brand")
    if brand is not None and brand not in rules.brands:
        raise UnknownError(f"no brand {brand[:80]!r} is configured")
    chosen = [brand] if brand is not None else list(rules.brands)
    return answer({"brands": [of_fit(one, rules.fits.get(one)) for one in chosen]})


async def post_tone(request: web.Request) -> web.Response:
    """Correct the tone of a mention, for every brand that has it; null gives the machine's word back."""
    site = request.app[SITE]
    fields = await read_object(request)
    native = request.match_info["id"]
    places = await _places(site, native, fields)
    by = person_of(site, fields)
    if "tone" not in fields:
        raise invalid("tone", "is required: negative, neutral, positive or null")
    tone = None if fields["tone"] is None else cast("Label", one_of(fields, "tone", TONES[:3]))
    if not places:
        raise UnknownError(f"there is no mention {native[:80]!r}; GET /api/v1/mentions lists them")
    sources = sorted({source for _, source in places})
    if len(sources) > 1:
        raise Problem(
            409, "ambiguous", f"the sources {', '.join(sources)} each have a mention {native[:80]!r}; name `source`"
        )
    now = site.clock.wall()
    changed = [await site.store.set_tone(*place, native, by=by, tone=tone, now=now) for place in places]
    for brand, _source in places:
        site.corrected(brand)
    return answer(of_mention(changed[0], site.engine.rules.fits))


async def _places(site: Site, native: str, fields: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return the (brand, source) pairs that hold a mention of this native id, narrowed by what the request names."""
    brand, source = (text_of(fields, name, required=False) for name in ("brand", "source"))
    brands = [brand] if brand else list(site.engine.rules.brands)
    if source:
        sources = {source}
    else:  # those that poll, and those that have ever pushed: the store keeps a row of each
        sources = {one.id for one in site.sources.status()}
        sources |= {name.removeprefix("pushed:") for name in await site.store.sources()}
    keys = [(one, native) for one in sorted(sources)]
    return [(one, key[0]) for one in brands for key in sorted(await site.store.known(one, keys))]
