"""From a decision to the receiver: how long a page takes, alone and behind hundreds that wait for slow channels.

    python benchmarks/paging.py [--pages 200] [--stuck 1000] [--rounds 3] [--json]

The real core, a real SQLite database whose commits reach the disk, the real worker and webhook channel, a receiver on
loopback in the same process. Each page is a drill of a brand of its own; the clock starts before the decision and stops
when the receiver has the request. In the second half, `--stuck` pages wait for channels whose far end never answers:
the ratio of the two says what other people's trouble costs.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import statistics
import tempfile
import time
from contextlib import AsyncExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import aiohttp
from aiohttp import web

from amends.config import load
from amends.config.rules import rules as compose
from amends.model import StartDrill
from amends.observe import logging
from amends.observe.clock import RealClock
from amends.observe.metrics import Metrics
from amends.paging import Links, Worker, build
from amends.service.engine import Engine
from amends.storage import Store

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


SECRET = "whsec_YW1lbmRzLXRlc3Qtc2VjcmV0LW9mLTMyLWJ5dGVzISE="  # noqa: S105 - the one of the published vector
SLOW_CHANNELS = 16


class Receivers:
    """One far end that answers and one that never does."""

    def __init__(self) -> None:
        self.arrivals: dict[str, float] = {}
        self.arrived = asyncio.Event()
        self.url = ""

    async def good(self, request: web.Request) -> web.Response:
        """Note when a brand's page arrived."""
        document = await request.json()
        self.arrivals[document["data"]["incident"]["brand"]] = time.perf_counter()
        self.arrived.set()
        return web.Response()

    async def never(self, _request: web.Request) -> web.Response:
        """Say nothing."""
        await asyncio.sleep(3600)
        return web.Response()

    async def until(self, brand: str) -> float:
        """Wait for a brand's page."""
        while brand not in self.arrivals:
            self.arrived.clear()
            await self.arrived.wait()
        return self.arrivals[brand]

    async def serve(self, stack: AsyncExitStack) -> None:
        """Listen on loopback until the stack is left."""
        app = web.Application()
        app.router.add_post("/good", self.good)
        app.router.add_post("/never", self.never)
        runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1, handler_cancellation=True)
        await runner.setup()
        stack.push_async_callback(runner.cleanup)
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{runner.addresses[0][1]}"


def configuration(url: str, pages: int, stuck: int) -> str:
    """Return a configuration with a brand for each page and people on good and on slow channels."""
    brands = [f"  good-{n}: {{name: Good {n}, escalation: good}}" for n in range(2 * pages)]
    brands += [f"  stuck-{n}: {{name: Stuck {n}, escalation: slow-{n % SLOW_CHANNELS}}}" for n in range(stuck)]
    channels = [f'  good: {{kind: webhook, url: "{url}/good", secret: {SECRET}}}']
    people, policies = ["  good: {name: Good, channels: [good]}"], ["  good: {steps: [{page: [good]}], alone: true}"]
    for n in range(SLOW_CHANNELS):
        channels.append(f'  slow-{n}: {{kind: webhook, url: "{url}/never", secret: {SECRET}}}')
        people.append(f"  slow-{n}: {{name: Slow {n}, channels: [slow-{n}]}}")
        policies.append(f"  slow-{n}: {{steps: [{{page: [slow-{n}]}}], alone: true}}")
    parts = {"brands": brands, "people": people, "channels": channels, "escalation": policies}
    return "\n".join(line for name, lines in parts.items() for line in (f"{name}:", *lines))


async def one_round(pages: int, stuck: int) -> AsyncIterator[list[float]]:
    """Yield the seconds of each page alone, then behind the stuck ones."""
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        ends = Receivers()
        await ends.serve(stack)
        file = folder / "amends.yaml"
        file.write_text(configuration(ends.url, pages, stuck), encoding="utf-8")
        config = load(file, {})
        store = await Store.open("sqlite:///amends.db", folder=folder)
        stack.push_async_callback(store.close)
        session = await stack.enter_async_context(aiohttp.ClientSession(trust_env=False))
        engine = Engine(store, compose(config), RealClock(), Metrics("bench"))
        channels = {id_: build(id_, settings, session) for id_, settings in config.channels.items()}
        worker: Worker[Any] = Worker(store, engine, channels, RealClock(), Links(b"k" * 32))

        async def waking() -> None:
            while True:
                await store.page_written.wait()
                store.page_written.clear()
                worker.wake()

        tasks = [asyncio.create_task(worker.run()), asyncio.create_task(waking())]
        try:
            yield [await timed(engine, ends, f"good-{n}") for n in range(pages)]
            for n in range(stuck):
                await engine.apply(f"stuck-{n}", StartDrill(by="bench"))
            await asyncio.sleep(0.5)
            yield [await timed(engine, ends, f"good-{n}") for n in range(pages, 2 * pages)]
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)


async def timed(engine: Engine, ends: Receivers, brand: str) -> float:
    """Decide one page and wait until the receiver has it."""
    began = time.perf_counter()
    await engine.apply(brand, StartDrill(by="bench"))
    return await ends.until(brand) - began


def percentile(values: list[float], share: float) -> float:
    """Return the value below which this share of the values lies, in milliseconds."""
    return 1000 * sorted(values)[min(len(values) - 1, int(share * len(values)))]


async def run(pages: int, stuck: int, rounds: int) -> dict[str, Any]:
    """Measure some rounds; the median round is told, with the spread of all."""
    figures: dict[str, list[float]] = {name: [] for name in ("alone_p50", "alone_p99", "behind_p50", "behind_p99")}
    for _ in range(rounds):
        for name, values in zip(("alone", "behind"), [each async for each in one_round(pages, stuck)], strict=True):
            figures[f"{name}_p50"].append(percentile(values, 0.50))
            figures[f"{name}_p99"].append(percentile(values, 0.99))
    medians: dict[str, Any] = {name: round(statistics.median(values), 1) for name, values in figures.items()}
    medians["ratio_p99"] = round(medians["behind_p99"] / medians["alone_p99"], 2)
    medians["spread"] = {name: [round(min(values), 1), round(max(values), 1)] for name, values in figures.items()}
    return medians


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--pages", type=int, default=200)
    parser.add_argument("--stuck", type=int, default=1000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    found = asyncio.run(run(given.pages, given.stuck, given.rounds))
    if given.json:
        print(json.dumps(found))
        return
    print(
        f"decision to receiver, {given.pages} pages, {given.rounds} rounds, milliseconds (least to most of the rounds)"
    )
    for name in ("alone_p50", "alone_p99", "behind_p50", "behind_p99"):
        low, high = found["spread"][name]
        print(f"  {name.replace('_', ' '):12} {found[name]:8.1f}   ({low} to {high})")
    print(f"  behind {given.stuck} stuck pages the 99th percentile is {found['ratio_p99']} times as long")


if __name__ == "__main__":
    logging.configure(level="error", env={})  # that slow channels give no answer is no news here
    main()
