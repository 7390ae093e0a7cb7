"""A pager's whole inside over a real database: configuration, store, core, worker and channels; no web, no sources."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import aiohttp

from amends.config import load
from amends.config.rules import rules as compose
from amends.model import StartDrill
from amends.observe.metrics import Metrics
from amends.paging import Following, Limits, Links, Remembering, Worker, build
from amends.service.engine import Engine
from amends.storage import Store

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from amends.model import Clock
    from amends.pipeline import Decision
    from amends.storage.rows import StoredPage

KEY = b"k" * 32


@dataclass
class Stirring:
    """Wakes who follows, as the daemon does."""

    following: Following

    def decided(self, _decision: Decision) -> None:
        self.following.stir()


@dataclass
class Desk:
    """What a test drives."""

    store: Store
    engine: Engine
    worker: Worker[Any]
    links: Links
    tasks: list[asyncio.Task[None]]

    async def drill(self, brand: str) -> str:
        """Open a drill; returns its incident's id."""
        decision = await self.engine.apply(brand, StartDrill(by="lea"))
        return decision.events[0].incident

    async def pages(self, incident: str) -> list[StoredPage]:
        return await self.store.pages(incident)

    async def until(self, incident: str, states: dict[str, int], seconds: float = 10.0) -> None:
        """Wait until an incident's pages are in these states, so many of each."""
        async with asyncio.timeout(seconds):
            while True:
                found = [row.page.state for row in await self.pages(incident)]
                if {state: found.count(state) for state in set(found)} == states:
                    return
                await asyncio.sleep(0.02)

    async def kill(self) -> None:
        """End the worker without a word, as a crash would."""
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)


@asynccontextmanager
async def desk(folder: Path, configuration: str, clock: Clock, limits: Limits | None = None) -> AsyncIterator[Desk]:
    """Open, or open again, what stands in `folder`."""
    file = folder / "amends.yaml"
    file.write_text(configuration, encoding="utf-8")
    config = load(file, {})
    store = await Store.open("sqlite:///amends.db", folder=folder, durable=False)
    async with aiohttp.ClientSession(trust_env=False) as session:
        engine = Engine(store, compose(config), clock, Metrics("test"))
        channels = {id_: build(id_, settings, session) for id_, settings in config.channels.items()}
        links = Links(KEY, "http://127.0.0.1:8484")
        worker: Worker[Any] = Worker(store, engine, channels, clock, links, limits=limits)

        async def waking() -> None:
            while True:
                await store.page_written.wait()
                store.page_written.clear()
                worker.wake()

        for channel in channels.values():
            if isinstance(channel, Remembering):
                channel.remember(store)
        following = Following(store, engine, clock)
        engine.listeners.append(Stirring(following))
        tasks = [worker.run(), waking(), following.run(channels.values())]
        made = Desk(store, engine, worker, links, [asyncio.create_task(task) for task in tasks])
        try:
            yield made
        finally:
            await made.kill()
            await store.close()
