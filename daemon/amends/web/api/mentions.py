"""`/api/v1/mentions`: taking, reading, and correcting a tone."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, cast

from amends.model import UnknownError
from amends.web.answers import answer
from amends.web.api.documents import of_mention
from amends.web.keys import SITE
from amends.web.problems import Problem
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
    from aiohttp import web

    from amends.model import Label

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
    return answer({"mentions": [of_mention(one) for one in listing.items], "next": listing.next})


async def post_tone(request: web.Request) -> web.Response:
    """Correct the tone of a mention; null gives the machine's word back."""
    site = request.app[SITE]
    fields = await read_object(request)
    by = person_of(site, fields)
    if "tone" not in fields:
        raise Problem(422, "invalid", "tone: is required: negative, neutral, positive or null")
    tone = None if fields["tone"] is None else cast("Label", one_of(fields, "tone", TONES[:3]))
    mention = request.match_info["id"]
    changed = await site.store.set_tone(
        mention,
        tone,
        by=by,
        now=site.clock.wall(),
        source=text_of(fields, "source", required=False) or None,
        brand=text_of(fields, "brand", required=False) or None,
    )
    if not changed:
        raise UnknownError(f"there is no mention {mention[:80]!r}; GET /api/v1/mentions lists them")
    return answer(of_mention(changed[0]))
