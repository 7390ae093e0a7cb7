"""How many conditional polls a second the schedule makes, beside a bare loop of the same requests; and what idles cost.

    python benchmarks/polls.py [--sources 300] [--seconds 4] [--rounds 3] [--json]

One process polls, another serves (loopback, 304 to every conditional request). The bare loop is aiohttp alone, with as
many requests on their way; the polite client and the whole schedule (heap, cursor loaded and saved, outcome counted)
make the same ones in the same run, in turns, so that the ratio means something on a machine that does other work; the
rate by processor time is the steadier one. The last figure is the memory that 10,000 configured sources take.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import statistics
import subprocess
import sys
import time
from typing import IO, TYPE_CHECKING, Any, cast

import aiohttp

from amends.service.run import spare_the_collector
from amends.sources import KINDS, Client, Parser, Scheduler, SourceSpec
from amends.sources.http import Request

if TYPE_CHECKING:
    from amends.model import Item
    from amends.pipeline import Progress

CONCURRENCY = 32
BODY = (
    b'<rss version="2.0"><channel><title>t</title><item><guid>1</guid><title>one</title>'
    b"<pubDate>Mon, 05 Jan 2026 08:00:00 GMT</pubDate></item></channel></rss>"
)
FULL = (
    b'HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\nETag: "v1"\r\nDate: Mon, 05 Jan 2026 09:00:00 GMT\r\n'
    b"Content-Length: %d\r\n\r\n%b" % (len(BODY), BODY)
)
UNCHANGED = b'HTTP/1.1 304 Not Modified\r\nETag: "v1"\r\nDate: Mon, 05 Jan 2026 09:00:00 GMT\r\n\r\n'


class Feed(asyncio.Protocol):
    """The least server that speaks enough HTTP: it is not what is measured."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the way back."""
        self.transport = cast("asyncio.WriteTransport", transport)

    def data_received(self, data: bytes) -> None:
        """Answer each request that is whole."""
        for head in data.split(b"\r\n\r\n")[:-1]:
            self.transport.write(UNCHANGED if b"none-match" in head.lower() else FULL)


async def serve() -> None:
    """Serve until standard input ends; print the address first."""
    server = await asyncio.get_running_loop().create_server(Feed, "127.0.0.1", 0, backlog=512)
    print("http://127.0.0.1:%d" % server.sockets[0].getsockname()[1], flush=True)  # noqa: UP031 - a port
    await asyncio.to_thread(sys.stdin.read)


class Clock:
    """Real time, and schedules that never wait: a source is due again at once."""

    def wall(self) -> float:
        """Unix time."""
        return time.time()

    def mono(self) -> float:
        """A time for durations."""
        return time.monotonic()

    async def sleep_until(self, wall: float) -> None:
        """Wait in real time."""
        await asyncio.sleep(max(0.0, wall - time.time()))


class Store:
    """Keeps cursors and no more: what a disk costs is measured with the store."""

    def __init__(self) -> None:
        self.rows: dict[str, dict[str, Any]] = {}

    async def load(self, source: str) -> dict[str, Any] | None:
        """Return what was saved."""
        return self.rows.get(source)

    async def save(self, source: str, state: dict[str, Any]) -> None:
        """Keep it."""
        self.rows[source] = state


Rate = tuple[float, float]  # a second, and a second of processor time


async def bare(url: str, seconds: float) -> Rate:
    """Requests of aiohttp alone."""
    done = 0
    async with aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=200), cookie_jar=aiohttp.DummyCookieJar(), auto_decompress=False
    ) as session:
        until, cpu = time.perf_counter() + seconds, time.process_time()

        async def loop(number: int) -> None:
            nonlocal done
            while time.perf_counter() < until:
                async with session.get(f"{url}/{number}", headers={"If-None-Match": '"v1"'}) as response:
                    await response.read()
                done += 1

        await asyncio.gather(*(loop(number) for number in range(CONCURRENCY)))
        return done / seconds, done / (time.process_time() - cpu)


async def polite(url: str, seconds: float) -> Rate:
    """Requests of the polite client."""
    done = 0
    async with Client(clock=Clock(), allow=["127.0.0.0/8"]) as client:
        until, cpu = time.perf_counter() + seconds, time.process_time()

        async def loop(number: int) -> None:
            nonlocal done
            request = Request(f"{url}/{number}", etag='"v1"')
            while time.perf_counter() < until:
                await client.fetch(request)
                done += 1

        await asyncio.gather(*(loop(number) for number in range(CONCURRENCY)))
        return done / seconds, done / (time.process_time() - cpu)


async def scheduled(url: str, seconds: float, sources: int) -> Rate:
    """Polls of the whole schedule."""
    done = 0
    warm: set[str] = set()

    def count(source: str, outcome: str) -> None:
        nonlocal done
        if outcome == "unchanged":
            done += 1
            warm.add(source)

    async def deliver(_items: list[Item], _progress: Progress) -> None:
        pass

    clock = Clock()
    async with Client(clock=clock, allow=["127.0.0.0/8"]) as client, Parser() as parser:
        schedule = Scheduler(
            clock=clock, client=client, parser=parser, store=Store(), deliver=deliver, on_poll=count,
            concurrency=CONCURRENCY,
        )  # fmt: skip
        settings = KINDS["feed"]
        schedule.configure(
            SourceSpec(f"feed-{number}", settings.model_validate({"url": f"{url}/{number}", "every": "1ms"}), ())
            for number in range(sources)
        )
        task = asyncio.create_task(schedule.run())
        # The first, unconditional round, which is parsed, is not counted; it ends when each source was asked twice.
        while len(warm) < sources:  # noqa: ASYNC110 - the schedule tells nobody
            await asyncio.sleep(0.01)
        before, begun, cpu = done, time.perf_counter(), time.process_time()
        await asyncio.sleep(seconds)
        made = done - before
        rate = made / (time.perf_counter() - begun), made / (time.process_time() - cpu)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    return rate


def resident() -> float:
    """Resident memory of this process in MiB."""
    with open("/proc/self/statm", encoding="ascii") as stream:  # noqa: PTH123 - one number
        return int(stream.read().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 2**20


async def memory(count: int) -> float:
    """MiB that so many configured sources take."""
    clock = Clock()

    async def deliver(_items: list[Item], _progress: Progress) -> None:
        pass

    async with Client(clock=clock) as client, Parser() as parser:
        schedule = Scheduler(clock=clock, client=client, parser=parser, store=Store(), deliver=deliver, concurrency=0)
        before = resident()
        settings = KINDS["feed"]
        schedule.configure(
            SourceSpec(f"feed-{n}", settings.model_validate({"url": f"https://host-{n}.example/feed.xml"}), ())
            for n in range(count)
        )
        task = asyncio.create_task(schedule.run())
        await asyncio.sleep(1)
        after = resident()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    return after - before


async def measure(arguments: argparse.Namespace, url: str) -> dict[str, Any]:
    """Run everything in turns and return medians, spreads and the ratio."""
    spare_the_collector()  # as the daemon does when it starts; it spares the bare loop as well
    rates: dict[str, list[Rate]] = {"bare": [], "client": [], "schedule": []}
    for _ in range(arguments.rounds):
        rates["bare"].append(await bare(url, arguments.seconds))
        rates["client"].append(await polite(url, arguments.seconds))
        rates["schedule"].append(await scheduled(url, arguments.seconds, arguments.sources))
    found: dict[str, Any] = {}
    for index, of in enumerate(("per_second", "per_cpu_second")):
        for name, pairs in rates.items():
            found[f"{name}_{of}"] = [round(pair[index]) for pair in pairs]
        ratios = [ours[index] / theirs[index] for ours, theirs in zip(rates["schedule"], rates["bare"], strict=True)]
        found[f"ratio_{of}"] = [round(value, 2) for value in (statistics.median(ratios), min(ratios), max(ratios))]
    found["memory_10000_sources_mib"] = round(await memory(10_000), 1)
    return found


def show(found: dict[str, Any]) -> None:
    """Print a table: medians, and the spread of the rounds."""
    print(f"{'':<22}{'a second':>24}{'a second of processor':>28}")
    for name in ("bare", "client", "schedule"):
        cells = []
        for of in ("per_second", "per_cpu_second"):
            values = found[f"{name}_{of}"]
            cells.append(f"{statistics.median(values):.0f} ({min(values)} to {max(values)})")
        print(f"{name:<22}{cells[0]:>24}{cells[1]:>28}")
    cells = ["{} ({} to {})".format(*found[f"ratio_{of}"]) for of in ("per_second", "per_cpu_second")]
    print(f"{'schedule / bare':<22}{cells[0]:>24}{cells[1]:>28}")
    print(f"{'10,000 sources, MiB':<22}{found['memory_10000_sources_mib']:>24}")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sources", type=int, default=300)
    parser.add_argument("--seconds", type=float, default=4.0)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--serve", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.serve:
        asyncio.run(serve())
        return
    with subprocess.Popen(
        [sys.executable, __file__, "--serve"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as server:
        found = asyncio.run(measure(arguments, cast("IO[str]", server.stdout).readline().strip()))
        cast("IO[str]", server.stdin).close()
    if arguments.json:
        print(json.dumps(found))
        return
    show(found)


if __name__ == "__main__":
    main()
