"""How far the forecast of the next hour errs: back-tested in the first hour of simulated crises, and later.

    python benchmarks/forecast.py [--seeds 21,22] [--regimes same,rough,quiet,coarse] [--tools FOLDER]

`coarse` has bins of fifteen minutes, spread evenly over three. The forecast is given the counts and the true usual
rate, and the crisis' true age. It is judged where it speaks: in the first hour at every bin from the tenth minute on,
with at least ten negatives so far and three times the usual; then every half hour, with ten in the last hour.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from statistics import median

from amends.detection import forecast
from detection import HERE, simulator

HOUR_BINS = 12
LEAST = 10
TIMES = 3.0  # the usual: a page has such a wave
AGES = {"10 to 20 min": (2, 5), "25 to 60 min": (5, 12), "later": (12, 1 << 30)}  # from, below: in bins

Told = tuple[int, float, float, float, float]  # age in bins, low, high, what came, what the last hour brought


def errors(tools: Path, regime: str, seeds: list[int], brands: int) -> list[Told]:
    """Return every forecast made."""
    sim = simulator(tools, regime)
    found = []
    for seed in seeds:
        for index in range(brands):
            brand = sim.Brand(seed, index)
            total, negative = brand.counts(True)
            del total
            fine = sim.BIN // 5
            counts = [n / fine for n in negative.tolist() for _ in range(fine)]
            for crisis in brand.crises:
                start, end = (int(crisis[key]) * fine for key in ("start", "end"))
                before = counts[max(0, start - 7 * 288) : start]
                usual = sum(before) / max(len(before), 1) * HOUR_BINS
                until = min(end, len(counts) - HOUR_BINS)
                young = range(start + 2, min(start + HOUR_BINS, until))
                for at in (*young, *range(start + HOUR_BINS, until, HOUR_BINS // 2)):
                    age, last = at - start, sum(counts[at - HOUR_BINS : at])
                    heard = sum(counts[at - min(age, HOUR_BINS) : at])
                    faint = age < HOUR_BINS and heard * HOUR_BINS / age < TIMES * usual
                    told = forecast(counts[at - HOUR_BINS : at], usual, age)
                    if told is not None and heard >= LEAST and not faint:
                        found.append((age, *told, sum(counts[at : at + HOUR_BINS]), last))
    return found


def main() -> None:
    """Read the command line and print a line for each world."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--tools", type=Path, default=HERE.parent.parent / "shared" / "tools")
    parser.add_argument("--seeds", default="21,22")
    parser.add_argument("--regimes", default="same,rough,quiet,coarse")
    parser.add_argument("--brands", type=int, default=24)
    options = parser.parse_args()
    print("asked: the range holds 80 %; error of its middle beside that of 'as the last hour'")
    for regime in options.regimes.split(","):
        all_ = errors(options.tools, regime, [int(one) for one in options.seeds.split(",")], options.brands)
        for name, (least, below) in AGES.items():
            found = [rest for age, *rest in all_ if least <= age < below]
            held = sum(low <= came <= high for low, high, came, _ in found) / max(len(found), 1)
            off = median(abs((low * high) ** 0.5 - came) / max(came, 1.0) for low, high, came, _ in found)
            naive = median(abs(last - came) / max(came, 1.0) for _, _, came, last in found)
            wide = median(high / max(low, 0.1) for low, high, _, _ in found)
            print(
                f"{regime:7} {name:13} {len(found):5} forecasts: {100 * held:.0f} % held, "
                f"median error {100 * off:.0f} % (as the last hour {100 * naive:.0f} %), high over low {wide:.1f}"
            )


if __name__ == "__main__":
    main()
