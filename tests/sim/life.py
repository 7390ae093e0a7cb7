"""One life of the program, to a stop or a crash: the real store, core, worker and timekeeper, no sockets."""

from __future__ import annotations

import asyncio
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from amends.model import MINUTE
from amends.observe.metrics import Metrics
from amends.paging import Limits, Links, Worker
from amends.service import upkeep
from amends.service.engine import Engine
from amends.service.timekeeper import Timekeeper
from amends.storage import Store
from sim.world import Outlet, SimChannel

if TYPE_CHECKING:
    from collections.abc import Coroutine, Mapping
    from pathlib import Path

    from amends.model import Coverage
    from amends.pipeline import Rules
    from sim.faults import Faults
    from sim.world import World

NAME = "amends"
KEY = b"k" * 32
BOUND = upkeep.STUCK + 2 * MINUTE  # the heartbeat is held back once a page has been due so long, and that was seen
LIFE: ContextVar[Life | None] = ContextVar("LIFE", default=None)


def tasks_know_their_life(loop: asyncio.AbstractEventLoop, coro: Any, **named: Any) -> asyncio.Task[Any]:
    """Make a task, and have the life that makes it remember it."""
    task: asyncio.Task[Any] = asyncio.Task(coro, loop=loop, **named)
    life = LIFE.get()
    if life is not None:
        life.tasks.add(task)
        task.add_done_callback(life.tasks.discard)
    return task


class _Beat(upkeep.Heartbeat):
    """The real dead man's switch, whose address is the world."""

    world: World
    store: Store

    async def run(self) -> None:
        await asyncio.sleep(upkeep.GAUGES_EVERY)  # the outbox has been looked at by then
        while True:
            if await self._asked() is None:
                _, overdue = await self.store.outbox_stats(self._clock.wall())
                self.world.beat(overdue, BOUND)
            await self._clock.sleep_until(self._clock.wall() + self.every)


class Life:
    """Start with `await open()`, then `run()` until `stop()`; a crash is the world's business."""

    def __init__(self, folder: Path, world: World, faults: Faults, rules: Rules) -> None:
        self.folder, self.world, self.faults, self.rules = folder, world, faults, rules
        self.tasks: set[asyncio.Task[Any]] = set()
        self.up = False
        self.stopping = asyncio.Event()  # an end may come before the doors are open
        self.metrics = Metrics("simulated")
        self.outlet = Outlet(self.metrics)

    async def run(self) -> None:
        """Open everything and work until `stop`, as the daemon does."""
        world, clock = self.world, self.world.clock
        self.store = store = await Store.open(
            "sqlite:///amends.db", folder=self.folder, durable=False, salt=lambda: f"{world.rng.getrandbits(128):032x}"
        )
        await store.void_claims(NAME)
        await self._catch_up(store)
        self.engine = engine = Engine(store, self.rules, clock, self.metrics)
        self.metrics.bound(brands=dict.fromkeys(self.rules.brands, 0.03), sources=[], channels=_channels(self.rules))
        self.timekeeper = timekeeper = Timekeeper(engine, clock, _nothing_is_polled)
        channels = {id_: SimChannel(id_, world, self.faults) for id_ in _channels(self.rules)}
        self.worker = worker = Worker[Any](
            store, engine, channels, clock, Links(KEY, "https://amends.example"),
            observer=self.metrics, name=NAME, limits=Limits(),
        )  # fmt: skip
        engine.listeners += [timekeeper, _Ear(world)]
        gauges = upkeep.Gauges(store, clock, self.metrics)

        async def ill() -> str | None:
            return gauges.ill

        beat = _Beat(clock, self.metrics, ill)
        beat.world, beat.store, beat.every = world, store, 300.0
        for brand in self.rules.brands:
            timekeeper.plan(brand, clock.wall())
        work: Mapping[str, Coroutine[Any, Any, None]] = {
            "storage": store.run(), "time": timekeeper.run(), "pages": worker.run(),
            "wakes": self._wake_worker(), "gauges": gauges.run(), "heartbeat": beat.run(),
        }  # fmt: skip
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(one, name=name) for name, one in work.items()]
            self.up = True
            await self.stopping.wait()
            self.up = False
            worker.stop()
            await asyncio.wait([task for task in tasks if task.get_name() == "pages"], timeout=5.0)
            for task in tasks:
                task.cancel()
        await store.close()

    def stop(self) -> None:
        """Ask for an orderly stop."""
        self.stopping.set()

    async def _wake_worker(self) -> None:
        while True:
            await self.store.page_written.wait()
            self.store.page_written.clear()
            self.worker.wake()

    async def _catch_up(self, store: Store) -> None:
        """Let the world know what was committed and never told, because the last life died over it."""
        world, now = self.world, self.world.clock.mono()
        for incident in (await store.incidents(limit=1000)).items:
            truth = world.truth[incident.id]
            if incident.acknowledged_at is not None and truth.acknowledged is None:
                truth.acknowledged = now
            if incident.resolved_at is not None and truth.resolved is None:
                truth.resolved = now
            for row in await store.pages(incident.id):
                world.decided.setdefault(row.page.id, row.page)
                if row.page.state == "sent":
                    world.confirmed.add(row.page.id)


class _Ear:
    def __init__(self, world: World) -> None:
        self._world = world

    def decided(self, decision: Any) -> None:
        self._world.said(decision)


def _channels(rules: Rules) -> list[str]:
    return sorted({channel for person in rules.people.values() for channel in person.channels})


def _nothing_is_polled(_brand: str) -> Coverage | None:
    return None
