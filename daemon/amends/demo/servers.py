"""The demo town's servers on loopback: an RSS feed, an Atom feed, a JSON API, and a phone that understands ntfy."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from email.utils import format_datetime
from hashlib import blake2b
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from aiohttp import web

if TYPE_CHECKING:
    from collections.abc import Callable

    from amends.demo.town import Post, Town
    from amends.model import Clock

MOST = 2_000  # posts that a server shows


def town_app(town: Town, clock: Clock) -> web.Application:
    """Return the town's web server: `/news.rss`, `/blogs.atom`, `/forum/search?q=`."""

    async def news(request: web.Request) -> web.Response:
        posts = town.told("news", clock.wall(), MOST)
        return _answer(request, _rss(posts), "application/rss+xml")

    async def blogs(request: web.Request) -> web.Response:
        posts = town.told("blogs", clock.wall(), MOST)
        return _answer(request, _atom(posts), "application/atom+xml")

    async def forum(request: web.Request) -> web.Response:
        wanted = request.query.get("q", "").casefold()
        posts = [post for post in town.told("forum", clock.wall(), MOST) if wanted in post.text.casefold()]
        return _answer(request, json.dumps({"hits": [_hit(post) for post in posts]}), "application/json")

    app = web.Application()
    app.router.add_get("/news.rss", news)
    app.router.add_get("/blogs.atom", blogs)
    app.router.add_get("/forum/search", forum)
    return app


def phone_app(ring: Callable[[dict[str, object]], None]) -> web.Application:
    """Return a phone: an ntfy-compatible server that rings for each message published to it as JSON."""

    async def publish(request: web.Request) -> web.Response:
        message = await request.json()
        ring(message)
        return web.json_response({"id": "demo", "event": "message", "topic": message.get("topic")})

    async def health(_request: web.Request) -> web.Response:
        return web.json_response({"healthy": True})

    app = web.Application()
    app.router.add_post("/", publish)
    app.router.add_get("/v1/health", health)
    return app


def _answer(request: web.Request, body: str, content_type: str) -> web.Response:
    etag = f'"{blake2b(body.encode(), digest_size=8).hexdigest()}"'
    if request.headers.get("If-None-Match") == etag:
        return web.Response(status=304, headers={"ETag": etag})
    return web.Response(text=body, content_type=content_type, charset="utf-8", headers={"ETag": etag})


def _when(post: Post) -> datetime:
    return datetime.fromtimestamp(post.at, UTC)


def _url(post: Post) -> str:
    return f"https://{post.place}.town.example/{post.id}"


def _rss(posts: list[Post]) -> str:
    items = "".join(
        f"<item><guid isPermaLink='false'>{post.id}</guid><title>{escape(post.text[:60])}</title>"
        f"<link>{_url(post)}</link><author>{post.author}@town.example ({post.author})</author>"
        f"<pubDate>{format_datetime(_when(post))}</pubDate><description>{escape(post.text)}</description></item>"
        for post in posts
    )
    return (
        "<?xml version='1.0' encoding='utf-8'?><rss version='2.0'><channel><title>Town news</title>"
        f"<link>https://news.town.example/</link><description>What the papers say</description>{items}</channel></rss>"
    )


def _atom(posts: list[Post]) -> str:
    entries = "".join(
        f"<entry xml:lang='{post.lang}'><id>tag:town.example,2026:{post.id}</id><title>{escape(post.text[:60])}</title>"
        f"<link href='{_url(post)}'/><author><name>{post.author}</name></author>"
        f"<updated>{_when(post).isoformat()}</updated><published>{_when(post).isoformat()}</published>"
        f"<content type='text'>{escape(post.text)}</content></entry>"
        for post in posts
    )
    updated = _when(posts[0]).isoformat() if posts else "2026-01-01T00:00:00+00:00"
    return (
        "<?xml version='1.0' encoding='utf-8'?><feed xmlns='http://www.w3.org/2005/Atom'><title>Town blogs</title>"
        f"<id>tag:town.example,2026:blogs</id><updated>{updated}</updated>{entries}</feed>"
    )


def _hit(post: Post) -> dict[str, object]:
    return {
        "objectID": post.id,
        "url": _url(post),
        "author": post.author,
        "created_at": _when(post).isoformat().replace("+00:00", "Z"),
        "body": post.text,
        "followers": post.reach,
    }
