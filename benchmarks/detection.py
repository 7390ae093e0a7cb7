"""Judge the detector on simulated brands: delay beside a clairvoyant's, recall, false pages, openings; and its cost.

    python benchmarks/detection.py --tools ../shared/tools --seeds 1,2 --regimes same,rough,quiet,coarse
    python benchmarks/detection.py --no-crises ...     the same brands, nothing happens: every alarm is a false page
    python benchmarks/detection.py --cost              microseconds a bin, a read, bytes a brand; needs no simulator

`--tools` is the folder with `crisis_sim.py`. The detector gets counts alone and the false pages it may cause.
"""

from __future__ import annotations

import argparse
import importlib.util
import math
import random
import sys
import time
from pathlib import Path
from statistics import fmean, median
from typing import TYPE_CHECKING, Any

from amends.detection import Settings, Stream, dump, fold, load, new, read
from amends.model import Bin

if TYPE_CHECKING:
    from types import ModuleType

HERE = Path(__file__).resolve().parent
MONDAY = 1_767_571_200


def simulator(folder: Path, regime: str) -> ModuleType:
    """Load the simulator afresh, in one of its worlds."""
    path = folder / "crisis_sim.py"
    if not path.exists():
        sys.exit(f"no simulator at {path}: name its folder with --tools")
    spec = importlib.util.spec_from_file_location("crisis_sim", path)
    if spec is None or spec.loader is None:
        sys.exit(f"{path} is not Python")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    if regime not in module.REGIMES:
        sys.exit(f"no regime {regime!r}: choose of {', '.join(module.REGIMES)}")
    for name, value in module.REGIMES[regime].items():
        setattr(module, name, value)
    return module


def openings(total: list[int], negative: list[int], bin_seconds: int, rate: float) -> list[int]:
    """Return the bins at which an alarm opens."""
    stream = Stream(Settings(false_pages_per_day=rate, min_voices=0, min_stories=0, bin_seconds=bin_seconds))
    found, before = [], False
    for k, (m, n) in enumerate(zip(total, negative, strict=True)):
        _, _, alarm = stream.push(MONDAY + k * bin_seconds, n, m - n)
        if alarm and not before:
            found.append(k)
        before = alarm
    return found


def world(sim: ModuleType, seed: int, brands: int, rate: float, *, crises: bool) -> dict[str, Any]:
    """Judge one world of one seed; the bound comes from the same brands."""
    truth: dict[str, Any] = {"warmup_bins": sim.WARMUP_DAYS * sim.per_day(), "brands": {}}
    ours, bound = {}, {}
    for index in range(brands):
        brand, name = sim.Brand(seed, index), f"brand-{index:03d}"
        total, negative = brand.counts(crises)
        truth["brands"][name] = {"class": brand.volume_class, "crises": brand.crises if crises else []}
        ours[name] = openings(total.tolist(), negative.tolist(), sim.BIN * 60, rate)
        if crises:
            bound[name] = sim.oracle_alarms(brand, negative, math.log(30 * sim.per_day()))
    judged: dict[str, Any] = sim.judge(truth, ours)
    judged["bound"] = sim.judge(truth, bound)["all"] if crises else None
    return judged


def table(options: argparse.Namespace) -> None:
    """Print a line for each world and seed."""
    print(f"asked: {options.per_30d:g} false page(s) per brand and 30 days; {options.brands} brands a seed")
    print(f"{'world':8} {'seed':>4} {'ratio':>6} {'recall':>6} {'false/30d':>9} {'worst class':>11} {'openings':>8}")
    for regime in options.regimes.split(","):
        for seed in map(int, options.seeds.split(",")):
            sim = simulator(options.tools, regime)
            got = world(sim, seed, options.brands, options.per_30d / 30, crises=not options.no_crises)
            months = got["brand_months"]
            worst = max(got["false_pages_by_class"].values()) / (months / len(got["false_pages_by_class"]))
            ratio = recall = float("nan")
            if got["bound"]:
                ratio = got["all"]["mean_capped_delay_min"] / got["bound"]["mean_capped_delay_min"]
                recall = got["all"]["recall"] / got["bound"]["recall"]
            print(
                f"{regime:8} {seed:4} {ratio:6.3f} {recall:6.3f} {got['false_pages_per_brand_30d']:9.2f} "
                f"{worst:11.2f} {got['openings_per_found_crisis']:8.2f}",
                flush=True,
            )


def cost() -> None:
    """Print what an update, a read and a brand's state cost."""
    rng = random.Random(1)
    settings = Settings()
    for per_hour in (0.5, 20.0, 1_000.0, 100_000.0):
        state = new(settings)
        folds, reads, last = [], [], []
        for k in range(288 * 9):
            mean = per_hour / 12
            total = (
                max(0, round(rng.gauss(mean, math.sqrt(mean)))) if mean > 30 else int(rng.expovariate(1) * mean + 0.5)
            )
            negative = total * 0.2
            item = Bin(start=MONDAY + 300 * k, mentions=total, p_negative=negative, authors=tuple(range(total % 5)))
            last = [*last, item][-14:]
            if k % 12 == 11 and k > 288:
                begun = time.process_time()
                read(state, [item], item.start + 150.0, settings)
                reads.append(time.process_time() - begun)
            begun = time.process_time()
            state = fold(state, item, settings)
            folds.append(time.process_time() - begun)
        data = dump(state)
        begun = time.process_time()
        load(data)
        loading = time.process_time() - begun
        ahead = [Bin(start=state.next + 300 * k, mentions=9, p_negative=2.0) for k in range(80)]
        spans = []
        for many in (14, 80):
            begun = time.process_time()
            for _ in range(20):
                read(state, ahead[:many], ahead[many - 1].start + 150.0, settings)
            spans.append((time.process_time() - begun) / 20)
        print(
            f"{per_hour:9g} mentions/h: fold {fmean(folds) * 1e6:5.0f} us (median {median(folds) * 1e6:.0f}), "
            f"read 1 bin {median(reads) * 1e6:.0f} us, "
            f"14 bins {spans[0] * 1e3:.2f} ms, 80 bins {spans[1] * 1e3:.2f} ms, "
            f"state {len(data)} bytes, load {loading * 1e6:.0f} us"
        )


def main() -> None:
    """Read the command line and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tools", type=Path, default=HERE.parent.parent / "shared" / "tools")
    parser.add_argument("--seeds", default="1")
    parser.add_argument("--regimes", default="same,rough,quiet,coarse")
    parser.add_argument("--brands", type=int, default=24)
    parser.add_argument("--per-30d", type=float, default=1.0, help="false pages asked for, per brand and 30 days")
    parser.add_argument("--no-crises", action="store_true")
    parser.add_argument("--cost", action="store_true")
    options = parser.parse_args()
    if options.cost:
        cost()
    else:
        table(options)


if __name__ == "__main__":
    main()
