"""The polite client: conditional, bounded, honest, and never inside a network that nobody opened to it."""

from __future__ import annotations

import asyncio
import hashlib
import socket
import time
from collections.abc import Iterable, Mapping
from contextlib import AbstractAsyncContextManager, nullcontext
from dataclasses import dataclass, field, replace
from functools import partial
from http import HTTPStatus
from typing import TYPE_CHECKING, Self

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.client_proto import ResponseHandler

from amends.sources import headers as said
from amends.sources.address import Address, Guard, Network, literal
from amends.sources.errors import SourceError
from amends.sources.gate import Gate
from amends.sources.inflate import Inflater
from amends.sources.urls import UnsafeAddressError, host_key, join, redact, unreachable, web_url
from amends.sources.version import VERSION

if TYPE_CHECKING:
    from aiohappyeyeballs import AddrInfoType
    from yarl import URL

    from amends.model import Clock, Seconds

__all__ = ["Answer", "Client", "Request", "redact"]

MAX_REDIRECTS = 5
CONNECT_TIMEOUT, SILENCE = 5.0, 10.0
MAX_BODY = 8 * 2**20  # bytes of one decoded body, unless network.max_body says otherwise
HARD_LIMIT = 20 * 2**20  # bytes of one decoded body, whatever the configuration says
_YIELD = 2**20  # decoded bytes after which other tasks get a turn
_DEFAULT_RETRY = 300.0  # seconds that we stay away after a 429 that names none
_ACCEPT = "application/atom+xml, application/rss+xml, application/feed+json, application/xml;q=0.9, */*;q=0.5"
_BUSY = frozenset({429, 503})
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_PERMANENT = frozenset({301, 308})
_REFUSALS = frozenset({401, 402, 403, 407, 451})


@dataclass(frozen=True, slots=True)
class Request:
    """One GET.

    `etag` and `modified` are sent back as they came, to the address `at` that gave them (None: to `url`); `headers` go
    to the origin of `url` only.
    """

    url: str
    etag: str | None = None
    modified: str | None = None
    at: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    accept: str = _ACCEPT


@dataclass(frozen=True, slots=True)
class Answer:
    """A 200 (with its body) or a 304 (without)."""

    status: int
    url: str  # where it came from in the end
    headers: Mapping[str, str]  # names in any case
    body: bytes = b""
    digest: str = ""
    moved: bool = False  # every redirect on the way was permanent, and there was one


class Client:
    """Fetches documents for all sources; open it inside a running loop and close it.

    `allow` are networks beyond the public internet (CIDR), `contact` an address or URL that operators of servers can
    write to, `timeout` the seconds for one request with its redirects, `max_body` bytes after decoding. `named` are
    private servers that may be reached all the same; with `own` they are the user's own, and asked without gaps.
    """

    def __init__(
        self,
        *,
        clock: Clock,
        allow: Iterable[str | Network] = (),
        contact: str | None = None,
        timeout: Seconds = 30.0,
        max_body: int = MAX_BODY,
        named: frozenset[tuple[Address, int]] = frozenset(),
        own: bool = False,
        resolver: AbstractResolver | None = None,
    ) -> None:
        self.clock = clock
        self.guard = Guard.of(allow, named)
        self.gate = Gate(clock)
        self.in_flight = 0
        self._timeout = timeout
        self._whole = _times(timeout)
        self._max_body = min(max_body, HARD_LIMIT)
        self._own = own
        self._agent = f"Amends/{VERSION} (+{contact})" if contact else f"Amends/{VERSION}"
        self._resolver = resolver
        self._session: aiohttp.ClientSession | None = None
        self._local: dict[str, bool] = {}

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        """Close every connection."""
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    def local(self, host: str) -> bool:
        """Whether a host lies in `network.allow`; of a name this is known once it was resolved, False until then."""
        known = self._local.get(host)
        if known is None and (address := literal(host)) is not None:
            known = self._local[host] = self.guard.local(address)
        return bool(known)

    async def fetch(self, request: Request) -> Answer:
        """Get a document; SourceError names why there is none.

        Redirects are followed by hand: at most five, never from https to http, each address checked, credentials only
        to the first origin. A 429 keeps every source from the host until it has passed.
        """
        url = first = web_url(request.url)
        validated = web_url(request.at) if request.at else first
        moved, visited = True, [url]
        left = self._timeout
        for hop in range(MAX_REDIRECTS + 1):
            conditional, at_home = url == validated, hop == 0 or url.origin() == first.origin()
            sent = self._headers(request, conditional=conditional, at_home=at_home)
            started = time.monotonic()
            answer = await self._hop(url, sent, left)
            if isinstance(answer, Answer):
                return replace(answer, moved=True) if moved and hop > 0 else answer
            left -= time.monotonic() - started
            permanent, target = answer
            moved = moved and permanent
            if target.scheme not in {"http", "https"} or (url.scheme == "https" and target.scheme == "http"):
                raise SourceError("unsafe", f"{redact(str(url))} redirects to {redact(str(target))}: refused")
            if target in visited:
                raise SourceError("unreachable", f"{redact(request.url)} redirects in a circle")
            visited.append(target)
            url = target
        raise SourceError("unreachable", f"{redact(request.url)} redirects more than {MAX_REDIRECTS} times")

    async def _hop(self, url: URL, sent: dict[str, str], left: Seconds) -> Answer | tuple[bool, URL]:
        """Make one request once it is our turn; waiting for it is not the server's time."""
        name, port = url.host or "", url.port or 0
        local = self.local(name) or (self._own and self.guard.typed(name, port))
        host = host_key(name, port, local=local)
        floor = self.gate.floor(host) - self.clock.wall()
        if floor > 0:
            raise SourceError("held", f"{host} wants no request for {floor:.0f} s more", floor=floor)
        turn: AbstractAsyncContextManager[None] = nullcontext() if local else self.gate.turn(host)
        async with turn:
            self.in_flight += 1
            try:
                return await self._exchange(url, sent, host, left)
            except TimeoutError:
                detail = f"no complete answer from {redact(str(url))} within {self._timeout:g} s (network.timeout)"
                raise SourceError("too-slow", detail) from None
            finally:
                self.in_flight -= 1

    def _headers(self, request: Request, *, conditional: bool, at_home: bool) -> dict[str, str]:
        sent = {"Accept": request.accept, "Accept-Encoding": "gzip, deflate"}
        if at_home:
            sent |= request.headers
        if conditional:
            if request.etag:
                sent["If-None-Match"] = request.etag
            if request.modified:
                sent["If-Modified-Since"] = request.modified
        return sent

    async def _exchange(self, url: URL, sent: dict[str, str], host: str, left: Seconds) -> Answer | tuple[bool, URL]:
        try:
            timeout = self._whole if left == self._timeout else _times(max(left, 0.001))
            session = self._opened()
            async with session.get(url, headers=sent, allow_redirects=False, timeout=timeout) as response:
                got = response.headers
                if response.status in _REDIRECTS and "location" in got:
                    return response.status in _PERMANENT, join(url, got["location"])
                self._refuse(response.status, url, got, host)
                if response.status == HTTPStatus.NOT_MODIFIED:
                    return Answer(304, str(url), got)
                body, digest = await self._body(response, got)
                return Answer(200, str(url), got, body, digest)
        except aiohttp.ConnectionTimeoutError:
            raise SourceError("unreachable", f"{host} does not answer within {CONNECT_TIMEOUT:g} s") from None
        except aiohttp.SocketTimeoutError:
            raise SourceError("too-slow", f"{host} fell silent for {SILENCE:g} s") from None
        except TimeoutError:
            raise
        except aiohttp.ClientConnectorError as error:
            raise unreachable(error, url) from None
        except aiohttp.ClientPayloadError as error:
            raise SourceError("truncated", f"the answer of {redact(str(url))} was cut: {error}") from None
        except (aiohttp.ClientError, OSError, ValueError) as error:
            why = f"{type(error).__name__}: {error}"[:200]
            raise SourceError("unreachable", f"{redact(str(url))}: {why}") from None

    def _refuse(self, status: int, url: URL, got: Mapping[str, str], host: str) -> None:
        if status in {200, 304}:
            return
        where = redact(str(url))
        now = self.clock.wall()
        if status in _BUSY:
            asked = said.retry_after(got, now)
            fresh = said.fresh_for(got, now) or 0.0
            if status == HTTPStatus.TOO_MANY_REQUESTS:
                floor = max(asked if asked is not None else _DEFAULT_RETRY, fresh)
                self.gate.raise_floor(host, now + floor)
                raise SourceError("throttled", f"{where} answers 429: too many requests", floor=floor)
            if asked is not None:
                raise SourceError("throttled", f"{where} answers 503: not now", floor=max(asked, fresh))
        if status == HTTPStatus.GONE:
            raise SourceError("gone", f"{where} answers 410: it is gone for good", status=status, url=str(url))
        if status in _REFUSALS:
            raise SourceError("blocked", f"{where} answers {status}: it does not let us in")
        raise SourceError("status", f"{where} answers {status}", status=status, url=str(url))

    async def _body(self, response: aiohttp.ClientResponse, got: Mapping[str, str]) -> tuple[bytes, str]:
        inflater = Inflater(got.get("content-encoding", ""), self._max_body)
        digest = hashlib.blake2b(digest_size=16)
        pieces: list[bytes] = []
        turn = _YIELD
        try:
            async for chunk in response.content.iter_any():
                for piece in inflater.feed(chunk):
                    pieces.append(piece)
                    digest.update(piece)
                    if inflater.given > turn:
                        turn += _YIELD
                        await asyncio.sleep(0)
            inflater.finish()
        except SourceError:
            response.close()  # the rest is not read: the connection ends here
            raise
        return b"".join(pieces), digest.hexdigest()

    def _opened(self) -> aiohttp.ClientSession:
        if self._session is None:
            connector = aiohttp.TCPConnector(
                limit=200,
                ttl_dns_cache=300,
                socket_factory=self._socket,
                resolver=_Resolver(self._resolver or aiohttp.ThreadedResolver(), self),
            )
            connector._factory = partial(_Exchange.on, asyncio.get_running_loop())  # noqa: SLF001 - there is no other door to the bytes of a connection
            self._session = aiohttp.ClientSession(
                connector=connector,
                cookie_jar=aiohttp.DummyCookieJar(),
                auto_decompress=False,
                trust_env=False,
                raise_for_status=False,
                headers={"User-Agent": self._agent},
            )
        return self._session

    def _socket(self, info: AddrInfoType) -> socket.socket:
        """Make a socket for an address that may be reached: the last moment, after every resolver and every literal."""
        family, kind, proto, _, sockaddr = info
        host, port = str(sockaddr[0]), int(sockaddr[1])
        if not self.guard.allows(host, port):
            raise UnsafeAddressError(f"{host} is not public, nor in network.allow")
        made = socket.socket(family, kind, proto)
        made.setblocking(False)
        return made

    def resolved(self, host: str, addresses: Iterable[str]) -> None:
        """Remember whether a name leads into `network.allow`."""
        found = [literal(address) for address in addresses]
        self._local[host] = bool(found) and all(one is not None and self.guard.local(one) for one in found)


def _times(total: Seconds) -> aiohttp.ClientTimeout:
    return aiohttp.ClientTimeout(total=total, sock_connect=CONNECT_TIMEOUT, sock_read=SILENCE)


class _Exchange(ResponseHandler):
    """One connection, which bears a 304 that has a body: it should have none (RFC 9110, 15.4.5), but some have.

    aiohttp alone would take those bytes for another answer, and fail both. Silence is watched by one timer that is set
    anew when it rings too early: aiohttp's own makes and cancels two for every request.
    """

    _heard_at: float | None = None  # of the loop's time, while something is awaited
    _watch: asyncio.TimerHandle | None = None

    @classmethod
    def on(cls, loop: asyncio.AbstractEventLoop) -> ResponseHandler:
        """Make one on a loop."""
        return cls(loop)

    def data_received(self, data: bytes) -> None:
        if data.startswith((b"HTTP/1.1 304", b"HTTP/1.0 304")) and (self._payload is None or self._payload.is_eof()):
            end = data.find(b"\r\n\r\n") + 4
            if 4 <= end < len(data):  # noqa: PLR2004 - the length of what was looked for
                data = data[:end]
                self.force_close()  # more of it may come: nobody else gets this connection
        super().data_received(data)

    def _reschedule_timeout(self) -> None:
        self._heard_at = self._loop.time()
        if self._watch is None and self._read_timeout:
            self._watch = self._loop.call_at(self._heard_at + self._read_timeout, self._rings)

    def _drop_timeout(self) -> None:
        self._heard_at = None

    def _rings(self) -> None:
        self._watch = None
        if self._heard_at is None or not self._read_timeout:
            return
        until = self._heard_at + self._read_timeout
        if until <= self._loop.time():
            self._on_read_timeout()
        else:
            self._watch = self._loop.call_at(until, self._rings)

    def connection_lost(self, exc: BaseException | None) -> None:
        if self._watch is not None:
            self._watch.cancel()
            self._watch = None
        super().connection_lost(exc)


class _Resolver(AbstractResolver):
    """Asks the real resolver and tells the client what names lead to."""

    def __init__(self, inner: AbstractResolver, client: Client) -> None:
        self._inner = inner
        self._client = client

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        found = await self._inner.resolve(host, port, family)
        self._client.resolved(host, [one["host"] for one in found])
        return found

    async def close(self) -> None:
        await self._inner.close()
