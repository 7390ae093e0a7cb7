"""Makes the shipped weights: `python training/train.py DATA CACHE [--out FOLDER]`. Same data, same seed, same figures."""

from __future__ import annotations

import argparse
import hashlib
import sys
from pathlib import Path

import numpy as np

import data
import language
import tone
import wordheads

HERE = Path(__file__).resolve().parent
SHIPPED = HERE.parent / "daemon" / "amends" / "sentiment" / "weights"


def main() -> None:
    """Train both models and write them with their digests."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path, help="the folder with the labelled posts")
    parser.add_argument("cache", type=Path, help="the folder that training/teacher.py has filled")
    parser.add_argument("--out", type=Path, default=SHIPPED)
    parser.add_argument("--only", choices=("language", "tone"), help="leave the other as it is")
    chosen = parser.parse_args()
    held = data.read(chosen.data, data.VALIDATION)
    chosen.out.mkdir(parents=True, exist_ok=True)
    everything = data.without(data.read(chosen.data, data.TRAIN + data.LANGUAGE_ONLY), held)
    labelled = [post for post in everything if data.speaks_of_tone(post)]
    models = {
        "language": lambda: language.train(everything),
        "tone": lambda: tone.train(labelled, wordheads.read(chosen.data, chosen.cache)),
    }
    for name in [chosen.only] if chosen.only else list(models):
        arrays = models[name]()
        path = chosen.out / f"{name}.npz"
        np.savez_compressed(path, **arrays)
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        print(f"{digest}  {name}.npz  {path.stat().st_size:,} bytes", file=sys.stderr)


if __name__ == "__main__":
    main()
