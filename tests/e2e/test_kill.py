"""`kill -9` at many moments of paging: no page is lost, none that the store knows as confirmed is sent again."""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections import Counter
from random import Random
from typing import TYPE_CHECKING

import aiohttp
import pytest

from support.daemon import TOKEN, ready, rfc3339, start
from support.receivers import receiver

if TYPE_CHECKING:
    from pathlib import Path

    from support.receivers import Receiver

KILLS = 200
TRACKS = 2  # daemons that live and die side by side, each on a state of its own
LIVES = KILLS // TRACKS
EACH = 2  # brands that page in each life
# what is killed writes no measurements anyway, and measuring doubles the time of a start
QUIET = {"AMENDS_LOG": "error", "COVERAGE_PROCESS_CONFIG": "", "COVERAGE_PROCESS_START": ""}
CONFIGURATION = """\
brands:
{brands}
people:
  lea: {{name: Léa, channels: [hook]}}
  sam: {{name: Sam, channels: [hook]}}
channels:
  hook: {{kind: webhook, url: "{hook}", secret: "whsec_YW1lbmRzLXRlc3Qtc2VjcmV0LW9mLTMyLWJ5dGVzISE="}}
escalation:
  desk: {{steps: [{{page: [lea]}}, {{page: [sam], after: 1h}}]}}
web: {{listen: "127.0.0.1:0", tokens: {{ci: "{token}"}}}}
"""


def configuration(folder: Path, hook: str) -> Path:
    brands = "".join(
        f"  b{n}: {{name: Brand{n:03d}x, watch: {{terms: [recall]}}}}\n" for n in range((LIVES + 1) * EACH)
    )
    path = folder / "amends.yaml"
    path.write_text(CONFIGURATION.format(brands=brands.rstrip(), hook=hook, token=TOKEN), encoding="utf-8")
    return path


def confirmed(state: Path) -> set[str]:
    """The ids of pages that the store knows as sent, read while nobody runs."""
    with sqlite3.connect(state / "amends.db") as store:
        return {row[0] for row in store.execute("SELECT id FROM outbox WHERE state = 'sent'")}


def received(phone: Receiver) -> Counter[str]:
    return Counter(one.headers["webhook-id"] for one in phone.received)


async def post(address: str, brands: list[int]) -> bool:
    """Post one watched mention for each brand; whether the daemon said that they are safe."""
    now = rfc3339(time.time())
    records = [
        {"id": f"hit-{n}", "source": "forum", "published_at": now, "text": f"Brand{n:03d}x recall"} for n in brands
    ]
    try:
        async with (
            aiohttp.ClientSession() as session,
            session.post(
                f"{address}/api/v1/mentions", json=records, headers={"Authorization": f"Bearer {TOKEN}"}
            ) as answer,
        ):
            return answer.status == 202
    except aiohttp.ClientError:
        return False


async def waiting(address: str) -> bool:
    """Whether anything is in the outbox."""
    async with aiohttp.ClientSession() as session, session.get(f"{address}/metrics") as answer:
        lines = (await answer.text()).splitlines()
    return "amends_outbox_pages 0.0" not in lines


@pytest.mark.alone
@pytest.mark.slow
@pytest.mark.timeout(1500)
async def test_killed_at_200_moments_no_page_is_lost_and_none_confirmed_is_sent_again(tmp_path: Path) -> None:
    async with asyncio.TaskGroup() as tracks:
        for number in range(TRACKS):
            tracks.create_task(live_and_die(tmp_path / str(number), Random(9 + number)))


async def live_and_die(folder: Path, rng: Random) -> None:
    """Start the program, give it something to page about, kill it; `LIVES` times over on one state."""
    state = folder / "state"
    state.mkdir(parents=True)
    promised: set[int] = set()
    known: set[str] = set()
    async with receiver() as phone:
        path = configuration(folder, phone.url)
        for life in range(LIVES):
            before = received(phone)
            process = await start(path, state, **QUIET)
            address = await ready(process)
            brands = list(range(life * EACH, (life + 1) * EACH))
            posting = asyncio.create_task(post(address, brands))
            await asyncio.sleep(rng.uniform(0.0, 0.6))
            process.kill()
            await process.wait()
            if await posting:
                promised |= set(brands)
            await asyncio.sleep(0.1)  # what it had put on the wire is read
            _sent_once(received(phone) - before, known)
            known = confirmed(state)
            assert all(received(phone)[one] for one in known), "the store knows a page as sent that nobody received"
        before = received(phone)
        await _finish(path, state, phone, promised)
        _sent_once(received(phone) - before, known)


def _sent_once(heard: Counter[str], known: set[str]) -> None:
    """What one life sent: a page may come again after a death between sending and confirming, never within a life."""
    assert max(heard.values(), default=0) <= 1, "sent twice in one life"
    assert not known & set(heard), "what the store knew as sent was sent again"


async def _finish(path: Path, state: Path, phone: Receiver, promised: set[int]) -> None:
    """Let a last life do what is left, and count."""
    last = await start(path, state, **QUIET)
    address = await ready(last)
    async with asyncio.timeout(120):
        while len(received(phone)) < len(promised) or await waiting(address):  # noqa: ASYNC110 - another process
            await asyncio.sleep(0.2)
    last.terminate()
    assert await last.wait() == 0

    told = {one.json["data"]["incident"]["brand"] for one in phone.received}
    assert {f"b{n}" for n in promised} <= told
    pages = {one.json["data"]["page"]["id"]: one.json["data"]["incident"]["brand"] for one in phone.received}
    assert len(set(pages.values())) == len(pages), "a repeat came under another id"
    assert confirmed(state) >= set(pages)
    assert len(promised) >= LIVES // 4, "most lives ended before they promised anything"
