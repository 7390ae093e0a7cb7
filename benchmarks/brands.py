"""What ten thousand brands cost: microseconds a tick of the core, bytes a brand, and a look in the real store.

    python benchmarks/brands.py [--brands 10000] [--looks 2000]

Each brand has a fortnight of ordinary talk behind it (16 different ones, shared: states are frozen values). A tick is
one `decide` of a `Tick` five minutes later: it folds a bin and reads the open ones. A look in the store is what the
service does at a tick: load the state, decide, commit to SQLite, 64 at a time as the timekeeper does.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from statistics import fmean, median

from amends import detection, escalation, matching, responses, sentiment
from amends.model import BIN_SECONDS, DAY, HOUR, Batch, Learned, Mention, Tick, Tone
from amends.pipeline import BrandRules, BrandState, Rules, decide, learn, new_state
from amends.pipeline.bins import add
from amends.pipeline.state import dump_live
from amends.storage import Store

NOW = 1_767_614_400.0
KINDS = 16
TOGETHER = 64


def rules(brands: int) -> Rules:
    """Return rules for so many brands."""
    made = {
        f"b{n}": BrandRules(
            id=f"b{n}",
            name=f"B{n}",
            terms=matching.Terms(name=f"B{n}"),
            watch=matching.Watch(),
            detection=detection.Settings(),
            policy=escalation.Policy(steps=()),
        )
        for n in range(brands)
    }
    return Rules(
        brands=made, people={}, matcher=matching.Matcher({}), router=sentiment.Router(), library=responses.Library([])
    )


def talk(brand: str, seed: int) -> list[Mention]:
    """Return a fortnight of ordinary talk, 0.5 to 100 mentions an hour."""
    rng = random.Random(seed)
    an_hour = 0.5 * 200 ** (seed / (KINDS - 1))
    at, found = NOW - 14 * DAY, list[Mention]()
    while (at := at + rng.expovariate(an_hour / HOUR)) < NOW - HOUR:
        bad = rng.random() < 0.2
        tone = Tone("en", -0.5, 0.7, 0.2, 0.1, "negative") if bad else Tone("en", 0.1, 0.2, 0.5, 0.3, "neutral")
        words = f"{brand} was {rng.choice(('late', 'fine', 'loud', 'kind'))} today, says number {rng.randrange(10**6)}"
        found.append(Mention(brand=brand, source="s", id=str(len(found)), text=words, published_at=at, seen_at=NOW,
                             tone=tone, author=f"a{rng.randrange(10**5)}", history=True))  # fmt: skip
    return found


def grown(brand: str, seed: int, ruled: Rules) -> BrandState:
    """Return the state of a brand that has learned its fortnight."""
    state = decide(new_state(ruled.brands[brand]), Tick(), NOW, ruled).state
    decision = decide(state, Batch(tuple(talk(brand, seed))), NOW, ruled)
    bins = {one.start: one for one in decision.bins}
    for one in decision.bins:
        bins[one.start] = add(bins[one.start], one) if bins[one.start] is not one else one
    live = decision.state.live
    folded = [one for start, one in sorted(bins.items()) if start < live.watermark]
    learned = learn(folded, ruled.brands[brand].detection, live.watermark)
    return decide(decision.state, Learned(detector=learned, until=live.watermark, taught=live.taught), NOW, ruled).state


def core(brands: int, ruled: Rules, kinds: list[BrandState]) -> None:
    """Print what a tick costs the core, and what a brand weighs."""
    sizes = [len(dump_live(one.live)) + len(detection.dump(one.detector)) for one in kinds]
    spans = []
    for n in range(brands):
        state = replace(kinds[n % KINDS], brand=f"b{n}")
        begun = time.process_time()
        decide(state, Tick(), NOW + BIN_SECONDS, ruled)
        spans.append(time.process_time() - begun)
    mean = fmean(spans)
    print(
        f"{brands} brands: {mean * 1e6:.0f} us a tick (median {median(spans) * 1e6:.0f}); one tick each "
        f"{mean * brands:.1f} s of {BIN_SECONDS} s; {fmean(sizes) / 1024:.1f} KiB a brand, "
        f"{max(sizes) / 1024:.1f} at most"
    )


async def stored(looks: int, ruled: Rules) -> None:
    """Print what a look costs in the store: load, decide, commit."""
    with tempfile.TemporaryDirectory() as folder:
        store = await Store.open("sqlite:///bench.db", folder=Path(folder))
        try:
            brands = [f"b{n}" for n in range(min(looks, 256))]
            for n, brand in enumerate(brands):
                await store.apply(brand, Batch(tuple(talk(brand, n % 8)[-200:])), now=NOW, rules=ruled)
            begun, work = time.perf_counter(), time.process_time()
            done, now = 0, NOW
            while done < looks:
                now += BIN_SECONDS
                for start in range(0, len(brands), TOGETHER):
                    part = brands[start : start + TOGETHER]
                    await asyncio.gather(*(store.apply(one, Tick(), now=now, rules=ruled) for one in part))
                    done += len(part)
            seconds, work = time.perf_counter() - begun, time.process_time() - work
            print(
                f"store: {done} looks, {seconds / done * 1e3:.2f} ms each by the clock, {work / done * 1e3:.2f} ms CPU"
            )
        finally:
            await store.close()


def main() -> None:
    """Read the command line and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--brands", type=int, default=10_000)
    parser.add_argument("--looks", type=int, default=2_000)
    options = parser.parse_args()
    ruled = rules(max(options.brands, options.looks, KINDS))
    core(options.brands, ruled, [grown(f"b{n}", n, ruled) for n in range(KINDS)])
    asyncio.run(stored(options.looks, ruled))


if __name__ == "__main__":
    main()
