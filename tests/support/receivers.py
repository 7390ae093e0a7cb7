"""Receivers on loopback for tests: real servers with scripted faults, for webhooks and as an ntfy-compatible one."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import json
import socket
import ssl
import time
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from aiohttp import web

if TYPE_CHECKING:
    from pathlib import Path

Behaviour = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass(frozen=True)
class Received:
    """One request as it came in, whatever was answered."""

    at: float
    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


# --- scripted faults -------------------------------------------------------------------------------------------------


def answer(status: int = 200, *, headers: dict[str, str] | None = None, text: str = "") -> Behaviour:
    """Answer at once."""

    async def behave(_request: web.Request) -> web.StreamResponse:
        return web.Response(status=status, headers=headers, text=text)

    return behave


def reply_lost() -> Behaviour:
    """Take the whole request, then drop the connection without a word."""

    async def behave(request: web.Request) -> web.StreamResponse:
        assert request.transport is not None
        request.transport.abort()
        return web.Response()

    return behave


def never(seconds: float = 60.0) -> Behaviour:
    """Take the request and say nothing."""

    async def behave(_request: web.Request) -> web.StreamResponse:
        await asyncio.sleep(seconds)
        return web.Response()

    return behave


def drip(every: float = 0.2) -> Behaviour:
    """Answer a 200 one byte at a time, so that no socket timeout ever strikes."""

    async def behave(request: web.Request) -> web.StreamResponse:
        transport = request.transport
        assert transport is not None
        for byte in b"HTTP/1.1 200 OK\r\nX-Slow: " + b"s" * 200 + b"\r\nContent-Length: 0\r\n\r\n":
            if transport.is_closing():
                break
            transport.write(bytes([byte]))
            await asyncio.sleep(every)
        return web.Response()

    return behave


def redirect(to: str) -> Behaviour:
    """Point elsewhere."""
    return answer(302, headers={"Location": to})


@dataclass
class Receiver:
    """A server that keeps what it received and behaves as scripted: the script first, then `usual` for ever."""

    url: str = ""
    usual: Behaviour = field(default_factory=answer)
    script: deque[Behaviour] = field(default_factory=deque)
    received: list[Received] = field(default_factory=list)
    arrived: asyncio.Event = field(default_factory=asyncio.Event)

    def then(self, *behaviours: Behaviour) -> Receiver:
        self.script.extend(behaviours)
        return self

    async def handle(self, request: web.Request) -> web.StreamResponse:
        body = await request.read()
        self.received.append(
            Received(time.time(), request.method, request.path_qs, dict(request.headers.items()), body)
        )
        self.arrived.set()
        behave = self.script.popleft() if self.script else self.usual
        return await behave(request)

    async def until(self, count: int, seconds: float = 5.0) -> list[Received]:
        """Wait until `count` requests have come; fail loudly otherwise."""
        async with asyncio.timeout(seconds):
            while len(self.received) < count:
                self.arrived.clear()
                await self.arrived.wait()
        return self.received


@asynccontextmanager
async def serving(app: web.Application, certificate: Path | None = None) -> AsyncIterator[str]:
    """Run an application on a free port of loopback, over TLS if there is a certificate (with its key); its address."""
    context = None
    if certificate is not None:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(certificate)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1, handler_cancellation=True)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=context)
    await site.start()
    host, port = runner.addresses[0][:2]
    try:
        yield f"http{'s' if certificate else ''}://{host}:{port}"
    finally:
        await runner.cleanup()


@asynccontextmanager
async def receiver(path: str = "/hook", certificate: Path | None = None) -> AsyncIterator[Receiver]:
    """A scripted receiver; `url` ends in `path`, every path is answered."""
    one = Receiver()
    app = web.Application(client_max_size=8 * 2**20)
    app.router.add_route("*", "/{tail:.*}", one.handle)
    async with serving(app, certificate) as base:
        one.url = base + path
        yield one


@contextlib.contextmanager
def nobody() -> Any:
    """An address at which nobody listens, kept free while in use."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{held.getsockname()[1]}/"


# --- an ntfy-compatible server --------------------------------------------------------------------------------------


@dataclass
class NtfyServer:
    """Topics, publishing as JSON or as plain text, and the JSON stream with `since` and keep-alives.

    As the real one: over 4,096 bytes of message it makes an attachment, a JSON publish to `/` names its topic. `script`
    holds faults for publishes. `token`, if set, is demanded of everybody, but on `open_topics`.
    """

    url: str = ""
    token: str | None = None
    open_topics: set[str] = field(default_factory=set)
    keepalive: float = 0.2
    script: deque[Behaviour] = field(default_factory=deque)
    requests: list[Received] = field(default_factory=list)
    messages: list[dict[str, Any]] = field(default_factory=list)
    streams: int = 0
    arrived: asyncio.Event = field(default_factory=asyncio.Event)
    _queues: list[tuple[set[str], asyncio.Queue[dict[str, Any] | None]]] = field(default_factory=list)
    _count: Any = field(default_factory=itertools.count)

    def of(self, topic: str) -> list[dict[str, Any]]:
        """Return what a phone with this topic shows, oldest first."""
        return [message for message in self.messages if message["topic"] == topic]

    async def until(self, topic: str, count: int, seconds: float = 5.0) -> list[dict[str, Any]]:
        """Wait until a topic has `count` messages."""
        async with asyncio.timeout(seconds):
            while len(self.of(topic)) < count:
                self.arrived.clear()
                await self.arrived.wait()
        return self.of(topic)

    def publish(self, topic: str, text: str, **more: Any) -> dict[str, Any]:
        """Put a message into a topic."""
        line = {
            "id": f"m{next(self._count):06d}",
            "time": int(time.time()),
            "event": "message",
            "topic": topic,
            "message": text,
            **more,
        }
        if len(text.encode()) > 4096:
            line |= {"message": "You received a file: attachment.txt", "attachment": {"size": len(text.encode())}}
        self.messages.append(line)
        self.arrived.set()
        for topics, queue in self._queues:
            if topic in topics:
                queue.put_nowait(line)
        return line

    def drop_streams(self) -> None:
        """End every subscription, as a restart of the server would."""
        for _topics, queue in self._queues:
            queue.put_nowait(None)

    def _forbidden(self, request: web.Request, topic: str) -> bool:
        return (
            self.token is not None
            and topic not in self.open_topics
            and request.headers.get("Authorization") != f"Bearer {self.token}"
        )

    async def post(self, request: web.Request) -> web.StreamResponse:
        body = await request.read()
        self.requests.append(
            Received(time.time(), request.method, request.path_qs, dict(request.headers.items()), body)
        )
        lost: Behaviour | None = None
        if self.script:
            lost = self.script.popleft()
            if getattr(lost, "__qualname__", "").split(".")[0] != "reply_lost":
                return await lost(request)
        topic = request.match_info.get("topic", "")
        if topic:
            line = {"message": body.decode("utf-8", "replace")}
        else:
            try:
                line = json.loads(body)
                topic = line.pop("topic")
            except (ValueError, KeyError):
                return web.json_response({"code": 40024, "http": 400, "error": "invalid JSON body"}, status=400)
        if self._forbidden(request, topic):
            return web.json_response({"code": 40301, "http": 403, "error": "forbidden"}, status=403)
        published = self.publish(topic, line.pop("message", "triggered"), **line)
        return await lost(request) if lost else web.json_response(published)

    async def stream(self, request: web.Request) -> web.StreamResponse:
        topics = set(request.match_info["topic"].split(","))
        if any(self._forbidden(request, topic) for topic in topics):
            return web.json_response({"code": 40301, "http": 403, "error": "forbidden"}, status=403)
        response = web.StreamResponse(headers={"Content-Type": "application/x-ndjson"})
        await response.prepare(request)

        async def say(line: dict[str, Any]) -> None:
            await response.write(json.dumps(line).encode() + b"\n")

        queue: asyncio.Queue[dict[str, Any] | None] = asyncio.Queue()
        entry = (topics, queue)
        since = request.query.get("since", "")
        old = [message for message in self.messages if message["topic"] in topics]
        if since not in {"all", ""}:
            ids = [message["id"] for message in old]
            old = old[ids.index(since) + 1 :] if since in ids else old
        self._queues.append(entry)
        self.streams += 1
        try:
            await say({"id": "o", "time": int(time.time()), "event": "open", "topic": ",".join(topics)})
            for message in old if since else []:
                await say(message)
            while True:
                try:
                    line = await asyncio.wait_for(queue.get(), self.keepalive)
                except TimeoutError:
                    await say({"id": "k", "time": int(time.time()), "event": "keepalive", "topic": ",".join(topics)})
                    continue
                if line is None:
                    break
                await say(line)
        except ConnectionError:
            pass  # the subscriber has gone
        finally:
            self._queues.remove(entry)
        return response


@asynccontextmanager
async def ntfy_server(**options: Any) -> AsyncIterator[NtfyServer]:
    """Run an ntfy-compatible server on loopback."""
    server = NtfyServer(**options)
    app = web.Application(client_max_size=2**20)
    app.router.add_post("/", server.post)
    app.router.add_put("/", server.post)
    app.router.add_get("/{topic}/json", server.stream)
    app.router.add_post("/{topic}", server.post)
    app.router.add_put("/{topic}", server.post)
    async with serving(app) as base:
        server.url = base
        yield server
