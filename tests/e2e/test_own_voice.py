"""The brand's own voice through the doors: what vanishes is paged, what is said is noted by itself."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Any

import pytest

from support.daemon import rfc3339, running
from support.feeds import feed_page, rss, serve
from support.receivers import receiver

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

    from support.feeds import Site

pytestmark = pytest.mark.slow

SOURCE = """
sources:
  newsroom: {{kind: feed, url: "{url}/own.xml", brands: [acme], every: 1s}}
"""
SAFE = "Our kettles are safe: we test every one of them before it leaves the house"
LINE = (
    "We know that the Acme kettle is being recalled and how worrying that is. We do not know the cause yet and are "
    "looking into it. We will be back here within the hour."
)


def show(site: Site, posts: dict[int, str]) -> None:
    """List posts, and let each stand at its address."""
    site.pages = {f"/post/{number}": (200, {}, b"here") for number in posts}
    items = [
        {"title": text, "guid": f"p{number}", "link": f"{site.url}/post/{number}"} for number, text in posts.items()
    ]
    site.pages["/own.xml"] = feed_page(rss(*items))


async def soon(what: Callable[[], Awaitable[Any]], seconds: float = 20.0) -> Any:
    """Ask until the answer is something."""
    end = time.monotonic() + seconds
    while not (found := await what()) and time.monotonic() < end:  # noqa: ASYNC110 - a door tells nobody
        await asyncio.sleep(0.2)
    return found


def with_own(path: Path, site: Site) -> Path:
    text = path.read_text("utf-8").replace("{name: Acme,", "{name: Acme, own: [newsroom],")
    path.write_text(text + SOURCE.format(url=site.url), "utf-8")
    return path


async def test_a_post_that_vanishes_is_paged_with_its_copy_and_one_that_rolled_off_is_not(
    configure: Callable[..., Path], state: Path
) -> None:
    async with receiver() as phone, serve() as site:
        show(
            site,
            {
                1: SAFE,
                2: "A new shop",
                3: "We are hiring",
            },
        )
        async with running(with_own(configure(phone.url), site), state) as daemon:

            async def heard() -> bool:
                _, found = await daemon.get("/api/v1/mentions?source=newsroom")
                return len(found["mentions"]) == 3

            assert await soon(heard)
            show(site, {3: "We are hiring", 4: "Another one"})
            site.pages["/post/2"] = (200, {}, b"rolled off the end, and still there")
            (page,) = [one.json for one in await phone.until(1, 20)]
            await asyncio.sleep(3)

            incident = page["data"]["incident"]
            assert (incident["kind"], incident["severity"]) == ("deleted", 2)
            assert [quote["text"] or quote["id"] for quote in incident["quotes"]] == [SAFE]
            assert incident["quotes"][0]["url"] == f"{site.url}/post/1"
            assert "no longer there" in incident["response"]["text"]
            assert len(phone.received) == 1 or {one.json["data"]["incident"]["id"] for one in phone.received} == {
                incident["id"]
            }
            assert site.paths().count("/post/1") == 2
            assert site.paths().count("/post/2") == 1

            _, whole = await daemon.get("/api/v1/mentions?source=newsroom&q=kettles")
            assert whole["mentions"][0]["text"] or whole["mentions"][0]["title"], "the brand's own words stay"
            assert whole["mentions"][0]["deleted_at"] is not None


async def test_what_the_brand_says_during_an_incident_is_noted_by_itself(
    configure: Callable[..., Path], state: Path
) -> None:
    async with receiver() as phone, serve() as site:
        show(site, {1: "A new shop"})
        async with running(with_own(configure(phone.url), site), state) as daemon:

            async def heard() -> bool:
                _, found = await daemon.get("/api/v1/mentions?source=newsroom")
                return len(found["mentions"]) == 1

            assert await soon(heard)
            now = time.time()
            await daemon.mentions(
                [{"id": "1", "source": "forum", "published_at": rfc3339(now), "text": "A recall of the Acme kettle"}]
            )
            await phone.until(1, 20)
            _, listing = await daemon.get("/api/v1/incidents?brand=acme")
            address = f"/api/v1/incidents/{listing['incidents'][0]['id']}"
            show(site, {1: "A new shop", 2: LINE})

            async def responded() -> list[dict[str, Any]]:
                _, incident = await daemon.get(address)
                return [one for one in incident["events"] if one["event"] == "responded"]

            (said,) = await soon(responded)
            assert (said["by"], said["kind"], said["url"]) == ("amends", "holding", f"{site.url}/post/2")


async def test_a_story_that_is_over_pages_nobody_again_and_a_new_fact_does(
    configure: Callable[..., Path], state: Path
) -> None:
    story = "Acme recall: the company takes back {n} thousand toasters sold since spring in France and in Belgium"
    async with receiver() as phone, running(configure(phone.url), state) as daemon:

        async def hear(name: str, text: str) -> None:
            record = {"id": name, "source": "forum", "published_at": rfc3339(time.time()), "text": text}
            await daemon.mentions([record])

        await hear("1", story.format(n="forty"))
        await phone.until(1, 20)
        _, listing = await daemon.get("/api/v1/incidents?brand=acme")
        await daemon.post(f"/api/v1/incidents/{listing['incidents'][0]['id']}/acknowledge", {"by": "lea"})
        await daemon.post(f"/api/v1/incidents/{listing['incidents'][0]['id']}/resolve", {"by": "lea"})

        await hear("2", story.format(n="forty"))
        await asyncio.sleep(1.5)
        _, listing = await daemon.get("/api/v1/incidents?brand=acme")
        assert [one["state"] for one in listing["incidents"]] == ["resolved"]

        await hear("3", "A child was hurt by an Acme lamp in Lyon: the prosecutor now asks for its recall at once")
        _, listing = await daemon.get("/api/v1/incidents?brand=acme")
        assert [one["state"] for one in listing["incidents"]] == ["open", "resolved"]
