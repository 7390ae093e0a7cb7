"""The whole way: items to committed on one core, start to ready, and publication in a feed to the page on loopback.

    python benchmarks/whole.py [--items 6000] [--rounds 3] [--pages 20] [--json]

Items go through the real engine: cleaned, matched, scored, decided and committed to a real SQLite file whose commits
reach the disk. Beside the rate by the clock stands the rate by CPU time of the whole process. Start to ready is the
real process, from exec to its ready line. Publication to page: a feed on loopback, polled every minute of a clock that
runs 60 times as fast, so one poll period is one real second; a watched word is published at a random moment, and the
clock stops when the webhook receiver has the page.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import AsyncExitStack
from email.utils import formatdate
from pathlib import Path
from typing import Any

from aiohttp import web

from amends import observe
from amends.config import load
from amends.config.rules import rules as compose
from amends.demo.clock import FastClock
from amends.model import Item
from amends.observe import Metrics
from amends.observe.clock import RealClock
from amends.pipeline import Progress
from amends.service import Daemon, Setting
from amends.service.engine import Engine
from amends.storage import Store

WORDS = [
    "late",
    "again",
    "no",
    "answer",
    "at",
    "the",
    "desk",
    "my",
    "bag",
    "is",
    "gone",
    "thanks",
    "for",
    "nothing",
    "great",
    "crew",
    "today",
    "flight",
    "seat",
    "refund",
    "love",
    "hate",
    "broken",
    "lovely",
    "awful",
    "waiting",
    "hours",
    "phone",
    "nobody",
    "picks",
    "up",
    "good",
    "evening",
    "from",
    "the",
    "airport",
]
BRANDS = "brands:\n  acme: {name: Acme, watch: {terms: [recall]}}\nweb: {listen: '127.0.0.1:0'}\n"
SPEED = 60.0
SECRET = "whsec_YW1lbmRzLXRlc3Qtc2VjcmV0LW9mLTMyLWJ5dGVzISE="  # noqa: S105 - a test's
PAGED = """\
brands:
  acme: {{name: Acme, watch: {{terms: [recall]}}}}
sources:
  news: {{kind: feed, url: "{base}/feed.xml", every: 1m}}
people:
  lea: {{name: Lea, channels: [hook]}}
channels:
  hook: {{kind: webhook, url: "{base}/hook", secret: "{secret}"}}
escalation:
  desk: {{steps: [{{page: [lea]}}], alone: true}}
web: {{listen: "127.0.0.1:0"}}
network: {{allow: ["127.0.0.0/8"]}}
"""


async def ingest(folder: Path, items: int) -> dict[str, float]:
    """Items a second from items to committed, by the clock and by CPU time."""
    path = folder / "amends.yaml"
    path.write_text(BRANDS, encoding="utf-8")
    rng, now = random.Random(1), time.time()
    posts = [
        Item(
            source="bench",
            id=str(number),
            text=f"Acme {' '.join(rng.choices(WORDS, k=rng.randrange(8, 30)))}",
            published_at=now - rng.random() * 3600,
            seen_at=now,
            author=f"a{rng.randrange(5000)}",
        )
        for number in range(items)
    ]
    store = await Store.open("sqlite:///bench.db", folder=folder)
    engine = Engine(store, compose(load(path, {})), RealClock(), Metrics("bench"))
    await engine.ingest(posts[:100], Progress())
    wall, cpu = time.perf_counter(), time.process_time()
    taken = await engine.ingest(posts[100:], Progress())
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    await store.close()
    assert taken.accepted == items - 100  # noqa: S101 - a benchmark that lost something measures nothing
    return {"a second": taken.accepted / wall, "a second of one core": taken.accepted / cpu}


def start(folder: Path) -> float:
    """Seconds from exec to the ready line, with a state folder that exists."""
    path = folder / "amends.yaml"
    path.write_text(BRANDS, encoding="utf-8")
    begun = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "amends", "run", "-c", str(path)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=os.environ | {"STATE_DIRECTORY": str(folder / "state")},
    )
    assert process.stdout is not None  # noqa: S101 - a pipe was asked for
    assert process.stdout.readline().startswith(b"Amends is ready")  # noqa: S101 - else nothing was measured
    took = time.perf_counter() - begun
    process.terminate()
    process.wait(20)
    return took


class Town:
    """A feed that shows what was published, and a phone that notes when it rang."""

    def __init__(self, clock: FastClock) -> None:
        self.clock = clock
        self.published: list[tuple[str, float, float]] = []  # id, in the town's time, in real time
        self.rang: dict[str, float] = {}

    async def feed(self, _request: web.Request) -> web.Response:
        """Serve all that was published."""
        items = "".join(
            f"<item><guid>{name}</guid><title>Acme recall {name}: {' '.join(random.Random(name).choices(WORDS, k=12))}"
            f"</title><pubDate>{formatdate(at, usegmt=True)}</pubDate></item>"
            for name, at, _ in self.published
        )
        text = f"<rss version='2.0'><channel><title>t</title>{items}</channel></rss>"
        return web.Response(text=text, content_type="application/rss+xml")

    async def hook(self, request: web.Request) -> web.Response:
        """Note when a page came."""
        body = await request.json()
        incident = body["data"]["incident"]
        for quote in incident["quotes"]:
            self.rang.setdefault(quote["id"], time.perf_counter())
        return web.Response()


async def pages(folder: Path, count: int) -> list[float]:
    """Real seconds from publication to page, each incident closed before the next."""
    clock = FastClock(time.time() - 5 * 86_400, SPEED)
    town = Town(clock)
    async with AsyncExitStack() as stack:
        app = web.Application()
        app.router.add_get("/feed.xml", town.feed)
        app.router.add_post("/hook", town.hook)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        stack.push_async_callback(runner.cleanup)
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        base = f"http://127.0.0.1:{runner.addresses[0][1]}"
        path = folder / "amends.yaml"
        path.write_text(PAGED.format(base=base, secret=SECRET), encoding="utf-8")
        lock = observe.Lock.acquire(folder / "state")
        stack.callback(lock.release)
        ready = asyncio.Event()
        setting = Setting(
            folder=folder / "state",
            lock=lock,
            clock=clock,
            notifier=observe.Notifier({}),
            announce=lambda _line: ready.set(),
            again=lambda: load(path, {}),
        )
        daemon = Daemon(load(path, {}), setting)
        task = asyncio.create_task(daemon.run())
        await ready.wait()
        took = [await _one(daemon, town, number) for number in range(count)]
        setting.stop.set()
        await task
    return took


async def _one(daemon: Daemon, town: Town, number: int) -> float:
    from amends.model import Resolve  # noqa: PLC0415 - used by this function alone

    await asyncio.sleep(1.0 + random.random())
    name = f"n{number}"
    begun = time.perf_counter()
    town.published.append((name, town.clock.wall(), begun))
    async with asyncio.timeout(30):
        while name not in town.rang:  # noqa: ASYNC110 - the receiver has no event of its own
            await asyncio.sleep(0.002)
    took = town.rang[name] - begun
    for incident in (await daemon.store.incidents(state=("open", "recovering"))).items:
        await daemon.engine.apply("acme", Resolve(incident=incident.id, by="bench"))
    return took


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--items", type=int, default=6000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--pages", type=int, default=20)
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    observe.configure(level="error", env={})
    rates: list[dict[str, float]] = []
    starts: list[float] = []
    for _ in range(options.rounds):
        with tempfile.TemporaryDirectory() as folder:
            rates.append(asyncio.run(ingest(Path(folder), options.items)))
        with tempfile.TemporaryDirectory() as folder:
            start(Path(folder))
            starts.append(start(Path(folder)))
    with tempfile.TemporaryDirectory() as folder:
        waits = sorted(asyncio.run(pages(Path(folder), options.pages)))
    found: dict[str, Any] = {
        "items to committed, a second": [rate["a second"] for rate in rates],
        "items to committed, a second of one core": [rate["a second of one core"] for rate in rates],
        "start to ready, s": starts,
        "publication to page (poll period 1 s), s: median": [statistics.median(waits)],
        "publication to page (poll period 1 s), s: longest": [waits[-1]],
    }
    if options.json:
        print(json.dumps(found))
        return
    for name, values in found.items():
        print(f"{name:<55} {statistics.median(values):>10.2f}   ({min(values):.2f} to {max(values):.2f})")


if __name__ == "__main__":
    main()
