"""Whether a flood that only the small model reads looks like another tone: `python benchmarks/switching.py DATA CACHE`.

CACHE is the one that `training/accurate.py` fills: vectors of the validation posts. A simulated brand draws its posts
from them, a fifth of these negative, for ten days read twice; then comes a launch, five times the posts at the same
tone for six hours, and the flood is read once, or twice, too. Printed: in how many fortnights the launch alarmed.
"""

from __future__ import annotations

import argparse
import math
import sys
from pathlib import Path

import numpy as np

from amends.detection import Settings, Stream
from amends.sentiment import Router, Text

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "training"))
import data

LANGUAGES = ("ar", "de", "es", "fr", "it", "pt")
FORTNIGHTS = 6
MONDAY = 1_767_571_200  # Unix time, UTC
DAY = 288  # five-minute bins
HOURLY, TIMES = 30, 5
NEGATIVE = 0.18
FLOOD = range(10 * DAY + 100, 10 * DAY + 172)


def alarmed(seed: int, usual: np.ndarray, flooded: np.ndarray, weights: np.ndarray) -> bool:
    """Return whether an alarm opens in the flood or within the two hours after it."""
    rng = np.random.default_rng(seed)
    stream = Stream(Settings(false_pages_per_day=1 / 30, min_voices=0, min_stories=0))
    before = hit = False
    for k in range(14 * DAY):
        rate = HOURLY / 12 * (1 + 0.7 * math.sin(2 * math.pi * (k / DAY - 0.3)))
        flood = k in FLOOD
        drawn = rng.choice(len(weights), rng.poisson(rate * (TIMES if flood else 1)), p=weights)
        chances = (flooded if flood else usual)[drawn]
        _, _, alarm = stream.push(MONDAY + 300 * k, float(chances.sum()), float(len(drawn) - chances.sum()))
        hit |= bool(alarm) and not before and FLOOD.start <= k < FLOOD.stop + 24
        before = bool(alarm)
    return hit


def main() -> None:
    """Print one line a language."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("cache", type=Path)
    chosen = parser.parse_args()
    router = Router()
    held = data.read(chosen.data, data.VALIDATION)
    print("      launches of 6 that alarm    mean p_negative\n      read once   read twice      once    twice")
    for lang in LANGUAGES:
        posts = [post for post in held if post.lang == lang]
        vectors = np.load(chosen.cache / f"accurate-{lang}-val.npy")
        tones = router.score([Text(post.text, lang=lang, trusted=True) for post in posts])
        rows = [k for k, tone in enumerate(tones) if tone.p_negative is not None]
        once = [tones[k] for k in rows]
        small = np.array([tone.p_negative for tone in once], float)
        pool = np.array([tone.p_negative for tone in router.reconsider(once, vectors[rows])], float)
        bad = np.array([posts[k].label == 0 for k in rows])
        weights = np.where(bad, NEGATIVE / bad.sum(), (1 - NEGATIVE) / (~bad).sum())
        counts = [sum(alarmed(seed, pool, flooded, weights) for seed in range(FORTNIGHTS)) for flooded in (small, pool)]
        print(
            f"{lang}    {counts[0]:5}       {counts[1]:5}          {small @ weights:.3f}   {pool @ weights:.3f}",
            flush=True,
        )


if __name__ == "__main__":
    main()
