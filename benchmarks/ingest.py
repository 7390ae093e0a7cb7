"""How many mentions a second the store takes, from `Mention`s to committed, on one core.

    python benchmarks/ingest.py [--batch 500] [--mentions 20000] [--rounds 5] [--url sqlite:///bench.db]

One process, one brand, a `decide` that counts bins and nothing else, commits that reach the disk (`synchronous=FULL`).
Beside the rate by the clock stands the rate by CPU time of the whole process (event loop and database thread), which
other work on the machine does not disturb. The third figure is a bare executemany of the same rows into the same table
by the driver alone, in the same run on the same disk: the ratio says what the store adds (stripping duplicates, the
core's bins, state, savepoints, queue).
"""

from __future__ import annotations

import argparse
import asyncio
import random
import sqlite3
import statistics
import tempfile
import time
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

from amends import detection
from amends.model import Batch, Mention, Tone
from amends.pipeline.bins import count_all
from amends.pipeline.decision import Decision
from amends.storage import Store
from amends.storage.rows import mention_row

if TYPE_CHECKING:
    from amends.model import Event, Seconds
    from amends.pipeline.rules import Rules
    from amends.pipeline.state import BrandState

START = 1_767_571_200.0
WORDS = "late again no answer at the desk my bag is gone thanks for nothing great crew today flight seat refund".split()  # noqa: SIM905 - words read better than a list of strings
RULES = cast("Rules", SimpleNamespace(brands={"acme": SimpleNamespace(id="acme", detection=detection.Settings())}))


def decide(state: BrandState, event: Event, now: Seconds, rules: Rules) -> Decision:
    """Count a batch into bins: the least that any decision does."""
    del rules
    mentions = event.mentions if isinstance(event, Batch) else ()
    counted = state.with_live(taught=state.live.taught + len(mentions))
    return Decision(state=counted, mentions=mentions, bins=tuple(count_all(mentions).values()), wake=now + 60)


def mentions(count: int, name: str) -> list[Mention]:
    """Return posts of about 140 characters, ten a second, from 2,000 people."""
    rng = random.Random(name)
    made = []
    for number in range(count):
        negative, key = rng.random(), f"{name}-{rng.getrandbits(64):016x}"
        made.append(
            Mention(
                brand="acme",
                source="feed",
                id=key,
                text=" ".join(rng.choices(WORDS, k=26)),
                published_at=START + number / 10,
                seen_at=START + number / 10 + 30,
                url=f"https://example.org/{number}",
                author=f"user{rng.randrange(2_000)}",
                lang="en",
                fingerprint=rng.getrandbits(64),
                reach=rng.randrange(5_000),
                tone=Tone("en", 1 - 2 * negative, negative, (1 - negative) / 2, (1 - negative) / 2, "neutral"),
            )
        )
    return made


async def store_rate(store: Store, posts: list[Mention], size: int) -> tuple[float, float]:
    """Return mentions a second, and a second of CPU, through `apply`, one batch after the other."""
    begun, cpu = time.perf_counter(), time.process_time()
    for start in range(0, len(posts), size):
        await store.apply("acme", Batch(tuple(posts[start : start + size])), now=START, rules=RULES)
    return len(posts) / (time.perf_counter() - begun), len(posts) / (time.process_time() - cpu)


def bare_rate(folder: Path, posts: list[Mention], size: int) -> float:
    """Return rows a second of the driver alone, with the same table, indexes and durability."""
    database = sqlite3.connect(folder / "bench.db", isolation_level=None)
    database.execute("PRAGMA synchronous=FULL")
    rows = [tuple(mention_row(post).values()) for post in posts]
    names = ", ".join(mention_row(posts[0]))
    statement = f"INSERT INTO mentions ({names}) VALUES ({', '.join('?' * len(rows[0]))})"  # noqa: S608 - column names
    begun = time.perf_counter()
    for start in range(0, len(rows), size):
        database.execute("BEGIN IMMEDIATE")
        database.executemany(statement, rows[start : start + size])
        database.execute("COMMIT")
    rate = len(rows) / (time.perf_counter() - begun)
    database.close()
    return rate


async def measure(options: argparse.Namespace) -> None:
    """Print one line a round and the median of all."""
    with tempfile.TemporaryDirectory(prefix="amends-bench-") as name:
        folder = Path(name)
        store = await Store.open(options.url, folder=folder, decide=decide)
        rates: list[tuple[float, float, float]] = []
        posts: list[Mention] = []
        for number in range(options.rounds):
            posts = mentions(options.mentions, f"round{number}")
            rate, of_cpu = await store_rate(store, posts, options.batch)
            bare = float("nan")
            if options.url.startswith("sqlite"):
                bare = bare_rate(folder, mentions(options.mentions, f"bare{number}"), options.batch)
            rates.append((rate, of_cpu, bare))
            print(
                f"round {number + 1}: {rate:8,.0f} mentions/s, {of_cpu:8,.0f} a CPU second; bare driver {bare:8,.0f}/s"
            )
        again, _ = await store_rate(store, posts, options.batch)
        await store.close()
    stored = sorted(rate for rate, _, _ in rates)
    of_cpu = statistics.median(rate for _, rate, _ in rates)
    ratio = statistics.median(rate / bare for rate, _, bare in rates)
    print(f"median {statistics.median(stored):,.0f} mentions/s (from {stored[0]:,.0f} to {stored[-1]:,.0f}), ", end="")
    print(f"{of_cpu:,.0f} a CPU second, {ratio:.2f} of the bare driver by the clock; ", end="")
    print(f"duplicates {again:,.0f}/s; batches of {options.batch}")


def main() -> None:
    """Read the options and measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--batch", type=int, default=500)
    parser.add_argument("--mentions", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--url", default="sqlite:///bench.db")
    asyncio.run(measure(parser.parse_args()))


if __name__ == "__main__":
    main()
