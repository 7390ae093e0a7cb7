"""The daemon through its doors alone: what a stranger who has read them would do."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import signal
import time
from datetime import UTC, datetime
from email.utils import format_datetime
from random import Random
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import aiohttp
import pytest

from support.daemon import rfc3339, running
from support.receivers import answer, receiver

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from support.receivers import Received, Receiver

SECRET = "whsec_YW1lbmRzLXRlc3Qtc2VjcmV0LW9mLTMyLWJ5dGVzISE="
GOOD = ("Acme opened a new shop", "A calm day with my Acme kettle", "Acme has a sale", "Where is the Acme shop?")
GRUMBLE = ("Acme support is slow and annoying", "My Acme kettle broke, sad")
ANGRY = (
    "Acme burned my hand, this is horrible",
    "My Acme kettle exploded, I am furious",
    "Acme lies to us, awful company",
    "Disgusting, Acme sells dangerous products",
)


def records(rng: Random, start: float, end: float, an_hour: float, share: float, name: str) -> Iterator[dict[str, Any]]:
    at, number = start, 0
    while (at := at + rng.expovariate(an_hour / 3600)) < end:
        number += 1
        said = rng.choice(ANGRY if share == 1 else GRUMBLE if rng.random() < share else GOOD)
        yield {
            "id": f"{name}-{number}",
            "source": "forum",
            "author": f"{name}{number}",
            "published_at": rfc3339(at),
            "text": f"{said} ({number})",
        }


def history(now: float, days: float = 14) -> list[dict[str, Any]]:
    return list(records(Random(1), now - days * 86_400, now - 60, 8, 0.15, "h"))


def crisis(now: float, name: str = "c") -> list[dict[str, Any]]:
    return list(records(Random(2), now - 600, now, 360, 1, name))


def verified(one: Received) -> dict[str, Any]:
    """The body, once its signature has been found good."""
    key = base64.b64decode(SECRET.removeprefix("whsec_"))
    head = {name.lower(): value for name, value in one.headers.items()}
    signed = f"{head['webhook-id']}.{head['webhook-timestamp']}.".encode() + one.body
    good = "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    assert good in head["webhook-signature"].split()
    assert abs(int(head["webhook-timestamp"]) - time.time()) < 300
    body: dict[str, Any] = one.json
    assert head["webhook-id"] == body["data"]["page"]["id"]
    return body


async def pages(phone: Receiver, count: int, seconds: float = 30.0) -> list[dict[str, Any]]:
    return [verified(one) for one in await phone.until(count, seconds)]


async def test_a_crisis_is_paged_escalated_acknowledged_and_silenced(  # noqa: PLR0915 - one story, told whole
    configure: Callable[..., Path], state: Path
) -> None:
    async with receiver() as phone, running(configure(phone.url), state) as daemon:
        now = time.time()
        told = await daemon.mentions(history(now))
        assert told["accepted"] > 2000
        again = await daemon.mentions(history(now)[:50])
        assert again == {"accepted": 0, "duplicates": 50, "rejected": 0}
        await asyncio.sleep(1.0)
        assert phone.received == []

        posted = time.time()
        await daemon.mentions(crisis(time.time()))
        first, second = (await pages(phone, 2))[:2]

        page, incident = first["data"]["page"], first["data"]["incident"]
        assert first["type"] == "incident.opened"
        assert (page["kind"], page["reason"], page["person"], page["drill"]) == ("page", "first", "lea", False)
        assert len(page["title"]) <= 60
        assert phone.received[0].at - posted < 5.0
        assert incident["kind"] == "tone"
        assert incident["brand"] == "acme"
        assert incident["observed"] > 5 * incident["expected"] > 0
        assert {quote["role"] for quote in incident["quotes"]} == {"earliest", "loudest", "typical"}
        assert incident["response"]["text"] in page["text"]
        assert (second["data"]["page"]["person"], second["data"]["page"]["reason"]) == ("sam", "unacknowledged")
        assert 2.5 < phone.received[1].at - phone.received[0].at < 6.0

        link = page["acknowledge_url"]
        async with aiohttp.ClientSession() as browser:
            async with browser.get(link, allow_redirects=False) as shown:
                assert shown.status == 200
                assert "button" in await shown.text()
            status, found = await daemon.get(f"/api/v1/incidents/{incident['id']}")
            assert (status, found["acknowledged_at"]) == (200, None)
            for _ in range(2):
                async with browser.post(link, allow_redirects=False) as done:
                    assert done.status == 200
            async with browser.post(link[:-4] + "AAAA", allow_redirects=False) as altered:
                assert altered.status == 403
        status, found = await daemon.get(f"/api/v1/incidents/{incident['id']}")
        assert found["acknowledged_by"] == "lea"
        assert [event["event"] for event in found["events"]][:2] == ["opened", "escalated"]
        states = {one["id"]: one["state"] for one in found["pages"]}
        assert states[page["id"]] == "sent"
        status, verdict = await daemon.get(f"/api/v1/incidents/{incident['id']}/verify")
        assert (status, verdict["ok"]) == (200, True)

        until = rfc3339(time.time() + 3600)
        status, _ = await daemon.post(
            "/api/v1/silences", {"brand": "zeta", "until": until, "reason": "we know", "by": "lea"}
        )
        assert status == 201
        zeta = [one | {"text": one["text"].replace("Acme", "Zeta"), "source": "z"} for one in history(time.time(), 5)]
        await daemon.mentions(zeta)
        await asyncio.sleep(2.0)
        before = len(phone.received)
        await daemon.mentions(
            [one | {"text": one["text"].replace("Acme", "Zeta"), "source": "z"} for one in crisis(time.time(), "z")]
        )
        await asyncio.sleep(3.0)
        _, listed = await daemon.get("/api/v1/incidents?brand=zeta")
        assert [one["kind"] for one in listed["incidents"]] == ["tone"]
        assert not [one for one in phone.received[before:] if one.json["data"]["incident"]["brand"] == "zeta"]

        assert await daemon.metric('amends_incidents_total{brand="acme",kind="tone",severity="1"}') == 1
        assert await daemon.metric('amends_pages_total{channel="hook",outcome="sent"}') == len(phone.received)
        assert await daemon.end() == 0


async def test_one_watched_word_pages_at_once(configure: Callable[..., Path], state: Path) -> None:
    async with receiver() as phone, running(configure(phone.url), state) as daemon:
        now = rfc3339(time.time())
        await daemon.mentions([{"id": "1", "source": "x", "published_at": now, "text": "Acme recall announced"}])

        (body,) = await pages(phone, 1, 6.0)

        assert body["data"]["incident"]["kind"] == "watch"
        assert body["data"]["incident"]["severity"] == 2


async def test_a_drill_goes_the_real_way_and_says_that_it_is_one(configure: Callable[..., Path], state: Path) -> None:
    async with receiver() as phone, running(configure(phone.url), state) as daemon:
        status, _ = await daemon.post("/api/v1/drills", {"case": "outage", "brand": "acme", "by": "lea"})
        assert status in {200, 201, 202}

        (body,) = (await pages(phone, 1, 6.0))[:1]

        assert body["data"]["page"]["drill"] is True
        assert "DRILL" in body["data"]["page"]["title"]


async def test_a_reload_takes_a_good_file_and_keeps_the_old_one_over_a_bad_one(
    configure: Callable[..., Path], state: Path
) -> None:
    async with receiver() as phone:
        path = configure(phone.url)
        async with running(path, state) as daemon:
            path.write_text(path.read_text("utf-8").replace("name: Zeta", "nam: Zeta"), encoding="utf-8")
            daemon.process.send_signal(signal.SIGHUP)
            await until(daemon, "amends_config_last_reload_successful", 0)
            assert "nam" in daemon.log
            status, _ = await daemon.get("/healthz")
            assert status == 200

            path.write_text(
                path.read_text("utf-8").replace("nam: Zeta", "name: Zeta").replace("  zeta:", "  omega:"), "utf-8"
            )
            daemon.process.send_signal(signal.SIGHUP)
            await until(daemon, "amends_config_last_reload_successful", 1)
            await until(daemon, 'amends_false_pages_expected_per_day{brand="omega"}', pytest.approx(1 / 30))
            assert await daemon.metric('amends_false_pages_expected_per_day{brand="zeta"}') is None


async def until(daemon: Any, line: str, value: Any, seconds: float = 10.0) -> None:
    """Wait for a metric."""
    async with asyncio.timeout(seconds):
        while await daemon.metric(line) != value:  # noqa: ASYNC110 - a process of its own has no event to wait for
            await asyncio.sleep(0.1)


async def test_feeds_are_polled_and_their_items_become_mentions(configure: Callable[..., Path], state: Path) -> None:
    async with receiver() as phone, receiver("/feed.xml") as server:
        published = format_datetime(datetime.now(UTC))
        item = f"<item><guid>1</guid><title>Acme is in the news</title><pubDate>{published}</pubDate></item>"
        feed = f"<rss version='2.0'><channel><title>t</title>{item}</channel></rss>"
        server.usual = answer(200, text=feed, headers={"Content-Type": "application/rss+xml"})
        more = f'sources:\n  news: {{kind: feed, url: "{server.url}", every: 1m}}\n'
        async with running(configure(phone.url, more=more), state) as daemon:
            async with asyncio.timeout(20):
                while True:
                    _, found = await daemon.get("/api/v1/mentions?brand=acme")
                    if found["mentions"]:
                        break
                    await asyncio.sleep(0.2)
            assert found["mentions"][0]["source"] == "news"
            await until(daemon, 'amends_source_up{source="news"}', 1)
            assert urlsplit(server.url).path == "/feed.xml"
