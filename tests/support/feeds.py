"""Loopback web servers that do as they are told, a clock that jumps, a store in memory: for tests of sources."""

from __future__ import annotations

import asyncio
import gzip
import heapq
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web

from amends.sources import KINDS

START = 1_767_600_000.0  # 2026-01-05T08:00:00Z


def settings(**keys: Any) -> Any:
    """Settings of a source, as the configuration would make them; kind feed unless said."""
    keys = {"kind": "feed", **keys}
    return KINDS[keys["kind"]].model_validate(keys)


class JumpingClock:
    """A clock that stands still until it is told to go; sleepers wake in order."""

    def __init__(self, start: float = START) -> None:
        self.now = start
        self._sleepers: list[tuple[float, int, asyncio.Future[None]]] = []
        self._count = 0

    def wall(self) -> float:
        return self.now

    def mono(self) -> float:
        return self.now - START

    async def sleep_until(self, wall: float) -> None:
        if wall <= self.now:
            await asyncio.sleep(0)
            return
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._count += 1
        heapq.heappush(self._sleepers, (wall, self._count, future))
        await future

    async def run_until(self, wall: float, *, idle: Callable[[], bool]) -> None:
        """Let time pass; it stands still while `idle` says that real sockets are at work."""
        while True:
            await _settle(idle)
            while self._sleepers and self._sleepers[0][2].done():
                heapq.heappop(self._sleepers)
            if not self._sleepers or self._sleepers[0][0] > wall:
                self.now = max(self.now, wall)
                return
            due, _, future = heapq.heappop(self._sleepers)
            self.now = max(self.now, due)
            if not future.done():
                future.set_result(None)


async def _settle(idle: Callable[[], bool]) -> None:
    quiet = 0
    while quiet < 8:
        await asyncio.sleep(0 if idle() else 0.001)
        quiet = quiet + 1 if idle() else 0


class MemoryStore:
    """Keeps what a store keeps, as JSON, so that nothing lives in it that a real one would not take."""

    def __init__(self) -> None:
        self.rows: dict[str, str] = {}
        self.saves = 0

    async def load(self, source: str) -> dict[str, Any] | None:
        row = self.rows.get(source)
        return None if row is None else json.loads(row)

    async def save(self, source: str, state: dict[str, Any]) -> None:
        self.saves += 1
        self.rows[source] = json.dumps(state)


@dataclass
class Seen:
    """One request as it came."""

    path: str
    headers: Mapping[str, str]
    at: float


@dataclass
class Site:
    """A web server on loopback. `pages` maps a path to a handler or to (status, headers, body)."""

    url: str = ""
    pages: dict[str, Any] = field(default_factory=dict)
    log: list[Seen] = field(default_factory=list)
    clock: JumpingClock | None = None

    def paths(self) -> list[str]:
        return [seen.path for seen in self.log]

    async def answer(self, request: web.BaseRequest) -> web.StreamResponse:
        at = self.clock.wall() if self.clock else 0.0
        self.log.append(Seen(request.path_qs, dict(request.headers), at))
        page = self.pages.get(request.path_qs, self.pages.get(request.path))
        if page is None:
            return web.Response(status=404, text="nothing here")
        if callable(page):
            made: Awaitable[web.StreamResponse] | web.StreamResponse = page(request)
            return await made if isinstance(made, Awaitable) else made
        status, headers, body = page
        return web.Response(status=status, headers=headers, body=body)


@asynccontextmanager
async def serve(clock: JumpingClock | None = None) -> AsyncIterator[Site]:
    """Serve a site on a free port of 127.0.0.1."""
    site = Site(clock=clock)
    server = web.Server(site.answer)
    runner = web.ServerRunner(server, shutdown_timeout=0.1)
    await runner.setup()
    port_site = web.TCPSite(runner, "127.0.0.1", 0)
    await port_site.start()
    assert port_site._server is not None
    host, port = port_site._server.sockets[0].getsockname()[:2]  # type: ignore[attr-defined]  # asyncio's server has them
    site.url = f"http://{host}:{port}"
    try:
        yield site
    finally:
        await runner.cleanup()


@asynccontextmanager
async def serve_bytes(answer: Callable[[bytes], bytes] | bytes, *, drip: float = 0.0) -> AsyncIterator[str]:
    """Serve raw bytes, well-formed HTTP or not; `drip` seconds between two pieces."""

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            data = answer(head) if callable(answer) else answer
            size = 64 if drip else len(data) or 1
            for start in range(0, len(data), size):
                writer.write(data[start : start + size])
                await writer.drain()
                await asyncio.sleep(drip)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(handle, "127.0.0.1", 0)
    host, port = server.sockets[0].getsockname()[:2]
    async with server:
        yield f"http://{host}:{port}"


def rss(*items: Mapping[str, str] | str, channel: str = "", encoding: str = "utf-8") -> bytes:
    """Build an RSS 2.0 document of items: keys are elements, or a text that is its title, guid and link."""
    parts = []
    for item in items:
        fields = (
            item
            if isinstance(item, Mapping)
            else {"title": item, "guid": f"id-{item}", "link": f"https://news.example/{item}"}
        )
        parts.append("<item>" + "".join(f"<{key}>{value}</{key}>" for key, value in fields.items()) + "</item>")
    text = (
        f'<?xml version="1.0" encoding="{encoding}"?>\n<rss version="2.0" '
        'xmlns:sy="http://purl.org/rss/1.0/modules/syndication/"><channel><title>News</title>'
        f"<link>https://news.example/</link><description>d</description>{channel}{''.join(parts)}</channel></rss>"
    )
    return text.encode(encoding)


def feed_page(body: bytes, **headers: str) -> tuple[int, dict[str, str], bytes]:
    """A 200 with a feed."""
    named = {key.replace("_", "-"): value for key, value in headers.items()}
    return 200, {"Content-Type": "application/rss+xml", **named}, body


def conditional(
    body: Callable[[], bytes], etag: Callable[[], str], **headers: str
) -> Callable[[web.Request], web.Response]:
    """A page that answers 304 where its ETag comes back."""
    named = {key.replace("_", "-"): value for key, value in headers.items()}

    def page(request: web.Request) -> web.Response:
        if request.headers.get("If-None-Match") == etag():
            return web.Response(status=304, headers={"ETag": etag(), **named})
        return web.Response(body=body(), headers={"ETag": etag(), "Content-Type": "application/rss+xml", **named})

    return page


def gzipped(body: bytes) -> bytes:
    return gzip.compress(body)
