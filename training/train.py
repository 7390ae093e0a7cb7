"""Makes the shipped weights: `python training/train.py DATA [--out FOLDER]`. Same data, same seed, same figures."""

from __future__ import annotations

import argparse
import hashlib
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import calibration
import data
import language
import numpy as np

from amends.sentiment.vader import Vader

if TYPE_CHECKING:
    from numpy.typing import NDArray

HERE = Path(__file__).resolve().parent
SHIPPED = HERE.parent / "daemon" / "amends" / "sentiment" / "weights"


def vader_features(texts: list[str]) -> NDArray[np.float64]:
    """Return texts x (compound, neg, pos)."""
    vader = Vader()
    scores = [vader.score(text) for text in texts]
    return np.array([(score.compound, score.neg, score.pos) for score in scores])


def tone(posts: list[data.Post]) -> dict[str, NDArray[np.generic]]:
    """Return VADER's calibration for English."""
    english = [post for post in posts if post.lang == "en"]
    features = vader_features([post.text for post in english])
    target = np.array([post.label for post in english])
    weights, bias = calibration.fit(features, target)
    logits = features @ weights + bias
    odds = np.exp(logits - logits.max(axis=1, keepdims=True))
    p_negative = odds[:, 0] / odds.sum(axis=1)
    return {
        "en_weights": weights,
        "en_bias": bias,
        "en_threshold": np.float32(calibration.threshold(p_negative, target)),
    }


def main() -> None:
    """Train both models and write them with their digests."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path, help="the folder with the labelled posts")
    parser.add_argument("--out", type=Path, default=SHIPPED)
    chosen = parser.parse_args()
    held = data.read(chosen.data, data.VALIDATION)
    chosen.out.mkdir(parents=True, exist_ok=True)
    everything = data.without(data.read(chosen.data, data.TRAIN + data.LANGUAGE_ONLY), held)
    labelled = [post for post in everything if post.source not in data.LANGUAGE_ONLY]
    for name, arrays in (("language", language.train(everything)), ("tone", tone(labelled))):
        path = chosen.out / f"{name}.npz"
        np.savez_compressed(path, **arrays)
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        print(f"{digest}  {name}.npz  {path.stat().st_size:,} bytes", file=sys.stderr)


if __name__ == "__main__":
    main()
