"""A daemon's polling half on loopback: real sockets, a real child process, a clock that jumps."""

from __future__ import annotations

import asyncio
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any

import pytest

from amends.sources import Client, Names, Parser, Scheduler, SourceSpec
from support.feeds import JumpingClock, MemoryStore, Site, serve, settings

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from amends.model import Item
    from amends.pipeline import Progress

ACME = Names(brand="acme", names=("Acme", "Acme Corp"), handles=("acme_help",), hashtags=("acme",))


class Bench:
    """Everything that a schedule stands on; `restart` is a new process on the same store."""

    def __init__(self, clock: JumpingClock, parser: Parser, **network: Any) -> None:
        self.clock = clock
        self.parser = parser
        self.network = network
        self.store = MemoryStore()
        self.items: list[Item] = []
        self.progress: list[tuple[int, Progress]] = []
        self.outcomes: list[tuple[str, str]] = []
        self.refuse: Callable[[list[Item]], None] | None = None
        self.specs: list[SourceSpec] = []
        self._clients: list[Client] = []
        self._make()

    def _make(self) -> None:
        self.client = Client(clock=self.clock, contact="ops@example.org", **self.network)
        self._clients.append(self.client)
        self.schedule = Scheduler(
            clock=self.clock,
            client=self.client,
            parser=self.parser,
            store=self.store,
            deliver=self._deliver,
            on_poll=lambda source, outcome: self.outcomes.append((source, outcome)),
        )

    async def _deliver(self, items: list[Item], progress: Progress) -> None:
        if self.refuse is not None:
            self.refuse(items)
        self.items += items
        self.progress.append((len(items), progress))

    def add(self, source_id: str, *names: Names, **keys: Any) -> None:
        self.specs.append(SourceSpec(source_id, settings(**keys), names or (ACME,)))
        self.schedule.configure(self.specs)

    def idle(self) -> bool:
        return self.client.in_flight == 0 and self.parser.busy == 0

    async def run(self, seconds: float) -> None:
        """Let the schedule run for that long on the jumping clock."""
        until = self.clock.wall() + seconds
        task = asyncio.create_task(self.schedule.run())
        await self.clock.run_until(until, idle=self.idle)
        while self.schedule.busy and not self.idle():  # noqa: ASYNC110 - sockets tell nobody when they are done
            await asyncio.sleep(0.001)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    def restart(self) -> None:
        self._make()
        self.schedule.configure(self.specs)

    async def close(self) -> None:
        for client in self._clients:
            await client.close()

    def status(self, source_id: str) -> Any:
        return next(one for one in self.schedule.status() if one.id == source_id)


@pytest.fixture
def clock() -> JumpingClock:
    return JumpingClock()


@pytest.fixture
async def site(clock: JumpingClock) -> AsyncIterator[Site]:
    async with serve(clock) as site:
        yield site


@pytest.fixture
async def parser() -> AsyncIterator[Parser]:
    async with Parser() as parser:
        yield parser


@pytest.fixture
async def bench(clock: JumpingClock, parser: Parser) -> AsyncIterator[Bench]:
    """Loopback lies in network.allow: only what the server states slows us down."""
    bench = Bench(clock, parser, allow=["127.0.0.0/8"])
    yield bench
    await bench.close()


@pytest.fixture
async def stranger(clock: JumpingClock, parser: Parser, site: Site) -> AsyncIterator[Bench]:
    """The site is reachable, but nobody opened its network: all of our own manners hold."""
    address, port = site.url.removeprefix("http://").split(":")
    bench = Bench(clock, parser, named=frozenset({(ip_address(address), int(port))}))
    yield bench
    await bench.close()
