"""The polite client against servers that are not: addresses, redirects, sizes, times, cuts."""

from __future__ import annotations

import asyncio
import gzip
import os
import time
import zlib
from contextlib import asynccontextmanager
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any

import pytest
from aiohttp import web
from aiohttp.abc import AbstractResolver, ResolveResult

from amends.sources import Client, SourceError
from amends.sources.http import Answer, Request, redact
from support.feeds import JumpingClock, Site, feed_page, gzipped, rss, serve, serve_bytes

if TYPE_CHECKING:
    import socket
    from collections.abc import AsyncIterator

BODY = rss("one", "two")


@asynccontextmanager
async def client(**network: Any) -> AsyncIterator[Client]:
    network.setdefault("allow", ["127.0.0.0/8"])
    async with Client(clock=JumpingClock(), **network) as made:
        yield made


async def get(url: str, **network: Any) -> Answer:
    async with client(**network) as made:
        return await made.fetch(Request(url))


async def refusal(url: str, **network: Any) -> SourceError:
    with pytest.raises(SourceError) as caught:
        await get(url, **network)
    return caught.value


class Names(AbstractResolver):
    """A DNS that says what it is told, and something else the second time."""

    def __init__(self, *answers: str) -> None:
        self.answers = list(answers)

    async def resolve(self, host: str, port: int = 0, family: socket.AddressFamily = 2) -> list[ResolveResult]:  # type: ignore[assignment]
        del family
        if not self.answers:
            raise OSError(-2, "Name or service not known")
        address = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        kind = 10 if ":" in address else 2
        return [ResolveResult(hostname=host, host=address, port=port, family=kind, proto=0, flags=0)]

    async def close(self) -> None:
        pass


LOOPBACK = [
    "127.0.0.1", "127.1.2.3", "localhost", "[::1]", "[::ffff:127.0.0.1]", "0.0.0.0", "[::]", "2130706433", "127.1",
    "0x7f.0.0.1", "0177.0.0.1", "[::127.0.0.1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]",
]  # fmt: skip
PRIVATE = [
    "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "198.18.0.1", "224.0.0.1",
    "255.255.255.255", "[fe80::1]", "[fc00::1]", "[fec0::1]", "[ff02::1]", "[::ffff:10.0.0.1]",
    "[64:ff9b::a9fe:a9fe]", "[2002:c0a8:101::1]", "[2001:db8::1]", "[2001::1]",
]  # fmt: skip


@pytest.mark.parametrize("host", LOOPBACK + PRIVATE)
async def test_no_spelling_of_a_private_address_is_reached(site: Site, host: str) -> None:
    port = site.url.rpartition(":")[2]
    site.pages["/"] = feed_page(BODY)
    error = await refusal(f"http://{host}:{port}/", allow=(), timeout=3)
    assert error.name in {"unsafe", "unreachable"}
    assert site.log == []


@pytest.mark.parametrize("address", ["127.0.0.1", "::1", "::ffff:127.0.0.1", "10.0.0.1", "64:ff9b::7f00:1"])
async def test_a_name_that_leads_to_a_private_address_is_refused(site: Site, address: str) -> None:
    port = site.url.rpartition(":")[2]
    error = await refusal(f"http://news.example:{port}/", allow=(), resolver=Names(address))
    assert error.name == "unsafe"
    assert "network.allow" in error.detail
    assert site.log == []


async def test_a_name_that_changes_between_check_and_connection_gains_nothing(site: Site) -> None:
    port = site.url.rpartition(":")[2]
    error = await refusal(
        f"http://news.example:{port}/", allow=("10.0.0.0/8",), resolver=Names("127.0.0.1", "10.0.0.1")
    )
    assert error.name == "unsafe"
    assert site.log == []


async def test_each_hop_of_a_redirect_is_checked(site: Site) -> None:
    async with serve() as inside:
        inside.pages["/"] = feed_page(BODY)
        target = inside.url.replace("127.0.0.1", "localhost")
        site.pages["/feed.xml"] = (302, {"Location": f"{target}/"}, b"")
        site.pages["/metadata"] = (301, {"Location": "http://169.254.169.254/latest/"}, b"")
        named = {"allow": ("127.0.0.0/32",), "timeout": 3}
        port = int(site.url.rpartition(":")[2])
        named["named"] = frozenset({(ip_address("127.0.0.1"), port)})
        assert (await refusal(f"{site.url}/feed.xml", **named)).name == "unsafe"
        assert (await refusal(f"{site.url}/metadata", **named)).name == "unsafe"
        assert inside.log == []


async def test_a_network_that_is_allowed_is_reached(site: Site) -> None:
    site.pages["/feed.xml"] = feed_page(BODY)
    assert (await get(f"{site.url}/feed.xml")).body == BODY
    async with client(resolver=Names("127.0.0.1")) as made:
        url = f"{site.url}/feed.xml".replace("127.0.0.1", "news.example")
        assert not made.local("news.example")
        await made.fetch(Request(url))
        assert made.local("news.example")


@pytest.mark.parametrize("target", ["ftp://example.org/", "file:///etc/passwd", "javascript:alert(1)", "gopher://x/"])
async def test_a_redirect_to_another_scheme_is_refused(site: Site, target: str) -> None:
    site.pages["/"] = (302, {"Location": target}, b"")
    assert (await refusal(f"{site.url}/")).name in {"unsafe", "unreachable"}


async def test_redirects_end_after_five_and_circles_at_once(site: Site) -> None:
    site.pages["/feed.xml"] = feed_page(BODY)
    site.pages["/5"] = (302, {"Location": "/feed.xml"}, b"")
    for number in range(5):
        site.pages[f"/{number}"] = (302, {"Location": f"/{number + 1}"}, b"")
    assert (await get(f"{site.url}/1")).url == f"{site.url}/feed.xml"
    assert "more than 5" in (await refusal(f"{site.url}/0")).detail
    site.pages["/a"] = (302, {"Location": "/b"}, b"")
    site.pages["/b"] = (302, {"Location": "/a"}, b"")
    assert "circle" in (await refusal(f"{site.url}/a")).detail


async def test_credentials_stay_at_their_origin(site: Site) -> None:
    async with serve() as other:
        other.pages["/feed.xml"] = feed_page(BODY)
        site.pages["/here"] = (302, {"Location": "/there"}, b"")
        site.pages["/there"] = (302, {"Location": f"{other.url}/feed.xml"}, b"")
        async with client() as made:
            await made.fetch(Request(f"{site.url}/here", headers={"Authorization": "Bearer s3cret"}))
        assert [seen.headers.get("Authorization") for seen in site.log] == ["Bearer s3cret"] * 2
        assert "Authorization" not in other.log[0].headers


@pytest.mark.parametrize("coding", ["gzip", "deflate", "raw-deflate", "x-gzip", "on-disk"])
async def test_compressed_bodies_are_read(site: Site, coding: str) -> None:
    packed = {
        "gzip": gzipped(BODY), "x-gzip": gzipped(BODY), "on-disk": gzipped(BODY), "deflate": zlib.compress(BODY),
        "raw-deflate": zlib.compress(BODY, wbits=-15),
    }[coding]  # fmt: skip
    headers = {} if coding == "on-disk" else {"Content-Encoding": coding.removeprefix("raw-")}
    site.pages["/feed.xml"] = lambda _: web.Response(body=packed, headers=headers)
    assert (await get(f"{site.url}/feed.xml")).body == BODY
    assert "br" not in site.log[0].headers["Accept-Encoding"]


async def test_a_bomb_is_defused_in_time_and_memory(site: Site) -> None:
    bomb = zlib.compressobj(9, wbits=31)
    packed = b"".join(bomb.compress(bytes(2**20)) for _ in range(256)) + bomb.flush()
    site.pages["/bomb"] = lambda _: web.Response(body=packed, headers={"Content-Encoding": "gzip"})
    worst = 0.0

    async def watch() -> None:
        nonlocal worst
        while True:
            before = time.perf_counter()
            await asyncio.sleep(0.001)
            worst = max(worst, time.perf_counter() - before)

    watcher = asyncio.create_task(watch())
    error = await refusal(f"{site.url}/bomb")
    watcher.cancel()
    assert error.name == "too-large"
    assert worst < 0.5


async def test_a_bomb_in_a_bomb_and_an_unknown_coding_are_refused(site: Site) -> None:
    twice = gzip.compress(gzip.compress(bytes(50 * 2**20)))
    site.pages["/twice"] = lambda _: web.Response(body=twice, headers={"Content-Encoding": "gzip, gzip"})
    site.pages["/br"] = lambda _: web.Response(body=b"\x0b", headers={"Content-Encoding": "br"})
    site.pages["/lie"] = lambda _: web.Response(body=BODY, headers={"Content-Encoding": "gzip"})
    for path in ("/twice", "/br", "/lie"):
        assert (await refusal(f"{site.url}{path}")).name == "encoding"


async def test_a_body_over_the_limit_is_not_read_to_its_end(site: Site) -> None:
    site.pages["/big"] = feed_page(b"x" * (50 * 2**20))
    error = await refusal(f"{site.url}/big")
    assert error.name == "too-large"
    assert "8 MiB" in error.detail
    assert "network.max_body" in error.detail


async def test_the_hard_limit_holds_whatever_is_configured(site: Site) -> None:
    site.pages["/big"] = feed_page(os.urandom(2**20) * 21)
    assert "20 MiB" in (await refusal(f"{site.url}/big", max_body=2**30)).detail


@pytest.mark.parametrize("cut", range(0, 400, 20))
async def test_an_answer_that_is_cut_short_is_an_error(cut: int) -> None:
    whole = b"HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\nContent-Length: %d\r\n\r\n%b" % (len(BODY), BODY)
    async with serve_bytes(whole[: len(whole) - 1 - cut]) as url:
        assert (await refusal(f"{url}/")).name in {"truncated", "unreachable"}


@pytest.mark.parametrize("ending", [b"5\r\nab", b"5\r\nabcde", b"5\r\nabcde\r\n", b"zz\r\n"])
async def test_chunks_that_are_cut_or_broken_are_an_error(ending: bytes) -> None:
    async with serve_bytes(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nxyz\r\n" + ending) as url:
        assert (await refusal(f"{url}/")).name in {"truncated", "unreachable"}


async def test_a_compressed_body_that_ends_early_is_an_error(site: Site) -> None:
    site.pages["/"] = lambda _: web.Response(body=gzipped(BODY)[:-9], headers={"Content-Encoding": "gzip"})
    assert (await refusal(f"{site.url}/")).name == "truncated"


async def test_a_slow_drip_ends_at_the_total_time() -> None:
    body = b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n" + b"x" * 100_000
    async with serve_bytes(body, drip=0.05) as url:
        started = time.perf_counter()
        error = await refusal(f"{url}/", timeout=0.5)
        assert error.name == "too-slow"
        assert "network.timeout" in error.detail
        assert time.perf_counter() - started < 3


@pytest.mark.parametrize(
    "garbage",
    [b"", b"not http at all\r\n\r\n", b"HTTP/1.1 999999 ?\r\n\r\n", b"HTTP/1.1 200 OK\r\nX: " + b"y" * 20_000],
)
async def test_what_is_no_http_is_unreachable(garbage: bytes) -> None:
    async with serve_bytes(garbage) as url:
        assert (await refusal(f"{url}/")).name in {"unreachable", "status"}


async def test_nobody_there_and_no_such_name_are_unreachable() -> None:
    async with serve_bytes(b"") as url:
        pass
    assert (await refusal(f"{url}/")).name == "unreachable"

    error = await refusal("http://nowhere.invalid/", resolver=Names())
    assert error.name == "unreachable"
    assert "nowhere.invalid" in error.detail


@pytest.mark.parametrize("url", ["", "feed.xml", "file:///etc/passwd", "http://", "http://[::1", "http://h:99999/"])
async def test_what_is_no_address_is_refused(url: str) -> None:
    assert (await refusal(url)).name == "unreachable"


@pytest.mark.parametrize(
    ("status", "name"),
    [(400, "status"), (401, "blocked"), (403, "blocked"), (404, "status"), (410, "gone"), (429, "throttled"),
     (451, "blocked"), (500, "status"), (503, "status"), (204, "status")],
)  # fmt: skip
async def test_each_status_has_its_name(site: Site, status: int, name: str) -> None:
    site.pages["/"] = (status, {}, b"")
    error = await refusal(f"{site.url}/?key=s3cret")
    assert error.name == name
    assert str(status) in error.detail
    assert "s3cret" not in str(error)


@pytest.mark.parametrize("head", [b"Content-Length: 5\r\n", b"Transfer-Encoding: chunked\r\n", b""])
async def test_a_304_with_a_body_is_a_304(head: bytes) -> None:
    async with serve_bytes(b"HTTP/1.1 304 Not Modified\r\n%b\r\nhello" % head) as url:
        for _ in range(3):
            assert (await get(f"{url}/")).status == 304


@pytest.mark.parametrize("sent", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nhalf"])
async def test_a_server_that_falls_silent_is_given_up_long_before_the_whole_time(
    monkeypatch: pytest.MonkeyPatch, sent: bytes
) -> None:
    monkeypatch.setattr("amends.sources.http.SILENCE", 0.3)

    async def fall_silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        await asyncio.sleep(0.2)  # not silent yet
        writer.write(sent)
        await reader.read()
        writer.close()

    server = await asyncio.start_server(fall_silent, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    error = await asyncio.wait_for(refusal(f"http://127.0.0.1:{port}/"), 5)
    server.close()
    assert error.name == "too-slow"
    assert "silent" in error.detail


async def test_a_body_may_look_like_a_304(site: Site) -> None:
    body = b"HTTP/1.1 304 Not Modified\r\n\r\nhello"
    site.pages["/"] = feed_page(body)
    assert (await get(f"{site.url}/")).body == body


async def test_the_environment_has_no_say(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9/")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9/")
    site.pages["/"] = feed_page(BODY)
    assert (await get(f"{site.url}/")).status == 200


def test_secrets_in_addresses_stay_out_of_messages() -> None:
    shown = redact("https://lea:pw@news.example/feed?token=s3cret#x")
    assert shown == "https://news.example/feed?..."
    assert redact("http://[::1") == "an address that is no URL"
