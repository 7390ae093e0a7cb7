"""How well a brand's share of negatives is estimated from unlabelled posts: `python benchmarks/prior.py MENTIONS DATA`.

MENTIONS holds complaints to three airlines, DATA the sets that judge. Samples of 2,000 posts (all, where there are
fewer) are drawn twenty times from each; one line tells the true share, the mean of p_negative as scored, the estimate,
its error (mean, spread, largest), and calibration and F1 of the label before and after the bounded odds.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import numpy as np

from amends.sentiment import Router, Text, estimate, leaned

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "training"))
sys.path.insert(0, str(Path(__file__).resolve().parent))
import data
import sentiment

SAMPLE, TIMES, SEED = 2_000, 20, 20261126


def judge(name: str, posts: list[data.Post], router: Router) -> None:
    """Print one line."""
    tones = router.score([Text(post.text) for post in posts])
    pairs = [(tone, post) for tone, post in zip(tones, posts, strict=True) if tone.p_negative is not None]
    shares = np.array([(tone.p_negative, tone.p_neutral, tone.p_positive) for tone, _ in pairs], np.float64)
    truth = np.array([post.label == 0 for _, post in pairs])
    rng = np.random.default_rng(SEED)
    errors, raw, found = [], [], []
    for _ in range(TIMES):
        rows = rng.permutation(len(truth))[:SAMPLE]
        prior = estimate(shares[rows])
        if prior.share is None:
            print(f"{name:20} {len(truth):6} too few")
            return
        raw.append(prior.raw)
        found.append(prior.share)
        errors.append(prior.share - truth[rows].mean())
    prior = estimate(shares)
    moved = np.array([leaned(one, float(np.log(prior.odds))) for one in shares[:, 0]])
    even = np.ones(len(truth))
    calibration = [sentiment.error(score, truth, even) for score in (shares[:, 0], moved)]
    error = f"{np.mean(errors):+6.3f} {np.std(errors):6.3f} {np.max(np.abs(errors)):6.3f}"
    print(
        f"{name:20} {len(truth):6} {truth.mean():6.3f} {np.mean(raw):6.3f} {np.mean(found):9.3f} {error}"
        f" {prior.odds:6.2f} {calibration[0]:8.3f} {calibration[1]:8.3f}",
        flush=True,
    )


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("mentions", type=Path)
    parser.add_argument("data", type=Path, nargs="?")
    chosen = parser.parse_args()
    router = Router()
    print(
        f"{'set':20} {'posts':>6} {'true':>6} {'raw':>6} {'estimated':>9} {'error':>6} {'spread':>6} {'worst':>6}"
        f" {'odds':>6} {'ECE raw':>8} {'moved':>8}"
    )
    complaints = sentiment.airline(chosen.mentions)
    judge("airlines", complaints, router)
    for source in sorted({post.source for post in complaints}):
        judge(source.removesuffix(".jsonl"), [post for post in complaints if post.source == source], router)
    for name in data.JUDGES if chosen.data else ():
        judge(Path(name).stem, data.read(chosen.data, [name]), router)


if __name__ == "__main__":
    main()
