"""Judge the detector on simulated brands: delay beside a clairvoyant's, recall, false pages, openings; and its cost.

    python benchmarks/detection.py --tools ../shared/tools --seeds 1,2 --worlds same,rough,quiet,coarse
    python benchmarks/detection.py --per-30d 4.286 ...   the same brands, asked for one false page in seven days
    python benchmarks/detection.py --volumes ../shared/data/counts    real volumes: the benchmark's scores, alarms
    python benchmarks/detection.py --cost                microseconds a bin, a read, bytes a brand; needs no simulator

`--tools` is the folder with `crisis_sim.py` and `nab_score.py`. The detector gets counts alone and the false pages it
may cause. Each world runs twice, with its crises and, on the same brands, without any: there every alarm is false.
"""

from __future__ import annotations

import argparse
import csv
import importlib.util
import json
import math
import random
import sys
import time
from pathlib import Path
from statistics import fmean, median
from typing import TYPE_CHECKING, Any

from amends.detection import Settings, Stream, Volume, dump, fold, load, new, read
from amends.model import Bin

if TYPE_CHECKING:
    from types import ModuleType

HERE = Path(__file__).resolve().parent
MONDAY = 1_767_571_200
SHAPES = ("step", "ramp", "pulse", "saw", "twice")
WORLDS: dict[str, dict[str, Any]] = {  # beside the simulator's own
    "mid": {
        "BRANCHING": 0.3,
        "MOOD": (0.1, 0.3),
        "SURGES": 8,
        "SHAPES": SHAPES,
        "SIZES": (2.5, 5.0, 12.0, 30.0),
        "CRISES": (0, 2),
    },
    "ten": {
        "BIN": 10,
        "CLASSES": {"tiny": (0.5, 2), "small": (2, 15), "medium": (15, 100), "large": (100, 900)},
        "BRANCHING": 0.2,
        "MOOD": (0.05, 0.2),
        "SURGES": 4,
        "CRISES": (1, 2),
    },
    "half": {"BIN": 30, "SHAPES": SHAPES, "DURATION": (4, 40), "SURGE_TONE": 0.3, "BRANCHING": 0.3},
    "wide": {
        "CLASSES": {"tiny": (0.5, 1.5), "small": (5, 50), "medium": (500, 5000), "large": (10_000, 100_000)},
        "BRANCHING": 0.3,
        "MOOD": (0.05, 0.3),
    },
}


def tool(folder: Path, name: str) -> ModuleType:
    """Load one of the tools afresh."""
    path = folder / f"{name}.py"
    if not path.exists():
        sys.exit(f"no {path}: name its folder with --tools")
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        sys.exit(f"{path} is not Python")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def simulator(folder: Path, world: str) -> ModuleType:
    """Load the simulator in one of its worlds, or of ours."""
    module = tool(folder, "crisis_sim")
    worlds = {**WORLDS, **module.REGIMES}
    if world not in worlds:
        sys.exit(f"no world {world!r}: choose of {', '.join(worlds)}")
    for name, value in worlds[world].items():
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
    """Print a line for each world and seed, and the mean of each world."""
    print(f"asked: {options.per_30d:g} false page(s) per brand and 30 days; {options.brands} brands a seed")
    print(
        f"{'world':8} {'seed':>4} {'ratio':>6} {'recall':>6} {'openings':>8} {'delay':>6} | false pages in 30 d: "
        f"with crises, without, by class (with / without)"
    )
    for name in options.worlds.split(","):
        lines = []
        for seed in map(int, options.seeds.split(",")):
            sim = simulator(options.tools, name)
            got = world(sim, seed, options.brands, options.per_30d / 30, crises=True)
            idle = world(sim, seed, options.brands, options.per_30d / 30, crises=False)
            share = got["brand_months"] / len(got["false_pages_by_class"])
            delay = got["all"]["mean_capped_delay_min"]
            lines.append(
                [
                    delay / got["bound"]["mean_capped_delay_min"],
                    got["all"]["recall"] / got["bound"]["recall"],
                    got["openings_per_found_crisis"],
                    delay,
                    got["false_pages_per_brand_30d"],
                    idle["false_pages_per_brand_30d"],
                    *(
                        one["false_pages_by_class"][c] / share
                        for c in got["false_pages_by_class"]
                        for one in (got, idle)
                    ),
                ]
            )
            show(name, str(seed), lines[-1], list(got["false_pages_by_class"]))
        if len(lines) > 1:
            show(name, "mean", [fmean(column) for column in zip(*lines, strict=True)], list(sim.CLASSES))


def show(name: str, seed: str, line: list[float], classes: list[str]) -> None:
    """Print one line of the table."""
    ratio, recall, opened, delay, crises, idle, *rest = line
    by_class = ", ".join(f"{c} {rest[2 * k]:.1f} / {rest[2 * k + 1]:.1f}" for k, c in enumerate(classes))
    print(
        f"{name:8} {seed:>4} {ratio:6.3f} {recall:6.3f} {opened:8.2f} {delay:6.1f} | {crises:.2f}, {idle:.2f}; "
        f"{by_class}",
        flush=True,
    )


def volumes(folder: Path, tools: Path) -> None:
    """Print what real volumes score, and how often an alarm over them opens."""
    scorer = tool(tools, "nab_score")
    labels = json.loads((folder / "labels.json").read_text(encoding="utf-8"))
    series = []
    for key, spans in labels.items():
        path = folder / Path(key).name
        if not path.exists():
            continue
        with path.open(encoding="utf-8", newline="") as stream:
            rows = [(row["timestamp"], float(row["mentions"])) for row in csv.DictReader(stream)]
        series.append(scorer.series_events(scored(rows), spans))
        opened = [volume_openings([count for _, count in rows], rate) for rate in (1 / 7, 1 / 30, 1 / 90)]
        months = len(rows) * 300 / 86_400 / 30
        print(
            f"{path.stem:24} {len(spans)} labelled; alarms in 30 days, asked for 4.3, 1, 0.33: "
            + ", ".join(f"{many / months:.1f}" for many in opened)
        )
    for profile in ("standard", "low_fp"):
        print(f"{profile}: {scorer.best(series, scorer.PROFILES[profile])[0]:.1f}")


def scored(rows: list[tuple[str, float]]) -> list[tuple[str, float]]:
    """Return each row's score of its volume."""
    volume = Volume(300, 1 / 30)
    return [(stamp, volume.push(count)) for stamp, count in rows]


def volume_openings(counts: list[float], rate: float) -> int:
    """Count how often an alarm over volumes opens."""
    volume, found, before = Volume(300, rate), 0, False
    for count in counts:
        volume.push(count)
        found += volume.alarm and not before
        before = volume.alarm
    return found


def cost() -> None:
    """Print what an update, a read and a brand's state cost."""
    rng = random.Random(1)
    settings = Settings()
    for per_hour in (0.5, 20.0, 1_000.0, 100_000.0):
        state = new(settings)
        folds, reads = [], []
        for k in range(288 * 9):
            mean = per_hour / 12
            total = (
                max(0, round(rng.gauss(mean, math.sqrt(mean)))) if mean > 30 else int(rng.expovariate(1) * mean + 0.5)
            )
            negative = total * 0.2
            item = Bin(start=MONDAY + 300 * k, mentions=total, p_negative=negative, authors=tuple(range(total % 5)))
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
    parser.add_argument("--worlds", default="same,rough,quiet,coarse")
    parser.add_argument("--brands", type=int, default=24)
    parser.add_argument("--per-30d", type=float, default=1.0, help="false pages asked for, per brand and 30 days")
    parser.add_argument("--volumes", type=Path, help="folder with labels.json and series of volumes")
    parser.add_argument("--cost", action="store_true")
    options = parser.parse_args()
    if options.cost:
        cost()
    elif options.volumes:
        volumes(options.volumes, options.tools)
    else:
        table(options)


if __name__ == "__main__":
    main()
