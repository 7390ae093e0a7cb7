"""How well and how fast tone is scored: `python benchmarks/sentiment.py DATA [--mentions FOLDER]`.

Quality on posts that were never trained on: the multilingual validation split, three sets whose licences let them judge
and not teach, and airline complaints. Speed as ratios to the vaderSentiment package in the same run, by CPU time.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

from amends.accurate import Encoder
from amends.cli.score import second_opinions
from amends.sentiment import Router, Text
from amends.sentiment.language import Identifier
from amends.sentiment.router import shipped
from amends.sentiment.vader import Vader

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "training"))
import data

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from amends.cli.score import Scorer

ROUNDS = 12


def auc(score: NDArray[np.float64], truth: NDArray[np.bool_]) -> float:
    """Return the probability that a negative post scores above another one; ties count half."""
    order = np.argsort(score, kind="stable")
    ranks = np.empty(len(score))
    values = score[order]
    starts = np.flatnonzero(np.append(True, values[1:] != values[:-1]))
    lengths = np.diff(np.append(starts, len(values)))
    ranks[order] = np.repeat(starts + (lengths + 1) / 2, lengths)
    positives = int(truth.sum())
    return float((ranks[truth].sum() - positives * (positives + 1) / 2) / (positives * (len(truth) - positives)))


def recall_at(score: NDArray[np.float64], truth: NDArray[np.bool_], false: float) -> float:
    """Return the share of negatives found where `false` of the others are taken for negative."""
    return float((score[truth] > np.quantile(score[~truth], 1 - false)).mean())


def f1(said: NDArray[np.bool_], truth: NDArray[np.bool_]) -> float:
    """Return the harmonic mean of precision and recall."""
    return float(2 * (said & truth).sum() / max((said.sum() + truth.sum()), 1))


def error(score: NDArray[np.float64], truth: NDArray[np.bool_], weights: NDArray[np.float64]) -> float:
    """Return the expected calibration error in ten bins."""
    total = 0.0
    for k in range(10):
        inside = (score >= k / 10) & ((score < (k + 1) / 10) | (k == 9))
        if inside.any():
            gap = np.average(score[inside], weights=weights[inside]) - np.average(
                truth[inside], weights=weights[inside]
            )
            total += abs(gap) * weights[inside].sum()
    return float(total / weights.sum())


def judge(name: str, posts: Sequence[data.Post], score: Scorer, vader: Vader) -> None:
    """Print one line of the table, scored with no language given; what is unscored counts as p_negative 1/3."""
    tones = score([Text(post.text) for post in posts])
    truth = np.array([post.label == 0 for post in posts])
    found = np.array([1 / 3 if tone.p_negative is None else tone.p_negative for tone in tones])
    said = np.array([tone.label == "negative" for tone in tones])
    compound = np.array([-vader.score(post.text).compound for post in posts])
    label = np.array([post.label for post in posts])
    weights = (len(label) / 3 / np.maximum(np.bincount(label, minlength=3), 1))[label]
    lang = np.mean([tone.lang == post.lang for tone, post in zip(tones, posts, strict=True)])
    lost = np.mean([tone.p_negative is None for tone in tones])
    quality = f"{auc(found, truth):7.3f} {recall_at(found, truth, 0.1):7.2f} {f1(said, truth):6.2f}"
    rest = f"{error(found, truth, weights):7.3f} {lang:9.3f} {lost:9.3f}"
    print(f"{name:24} {len(posts):6} {auc(compound, truth):10.3f} {quality} {rest}", flush=True)


def seconds(*works: Callable[[], Callable[[], object]]) -> list[float]:
    """Return the best CPU time of each work, taken in turns so that a busy machine is busy for all of them.

    A work is made anew for each turn; making it is not counted.
    """
    best = [float("inf")] * len(works)
    for _ in range(ROUNDS):
        for k, make in enumerate(works):
            work = make()
            start = time.process_time()
            work()
            best[k] = min(best[k], time.process_time() - start)
    return best


def each(score: Callable[[str], object], texts: Sequence[str]) -> Callable[[], object]:
    """Return a work that scores texts one by one."""
    return lambda: [score(text) for text in texts]


def speed(sets: dict[str, list[str]], mixed: Sequence[str], router: Router) -> None:
    """Print the speeds, all in texts a CPU second."""
    package, vader = SentimentIntensityAnalyzer(), Vader()
    print(f"\n{'VADER, texts/s':24} {'package':>10} {'cold':>10} {'warm':>10} {'ratio':>7}")
    for name, texts in sets.items():
        spent = seconds(
            lambda texts=texts: each(package.polarity_scores, texts),
            lambda texts=texts: each(Vader().score, texts),
            lambda texts=texts: each(vader.score, texts),
        )
        rates = " ".join(f"{len(texts) / took:10.0f}" for took in spent)
        print(f"{name:24} {rates} {spent[0] / spent[2]:7.1f}")
    english = [text for name, texts in sets.items() if name != "news" for text in texts]
    asked = [Text(text) for text in mixed]
    identifier = Identifier(shipped("language"))
    batches = [asked[k : k + 256] for k in range(0, len(asked), 256)]
    theirs, alone, whole, single = seconds(
        lambda: each(package.polarity_scores, english),
        lambda: lambda: [identifier.identify(batch) for batch in batches],
        lambda: lambda: router.score(asked),
        lambda: lambda: [router.score([text]) for text in asked[:100]],
    )
    ratio = len(asked) / whole / (len(english) / theirs)
    print(f"{'identifier alone':24} {len(asked) / alone:10.0f}")
    print(f"{'router, eight languages':24} {len(asked) / whole:10.0f}   {ratio:.2f} of the package's on English")
    print(f"{'router, one by one':24} {100 / single:10.0f}")


def airline(folder: Path) -> list[data.Post]:
    """Return the airline posts: they judge, and never teach."""
    posts = []
    for path in sorted(folder.glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            posts.append(data.Post(row["text"], "en", data.LABELS.index(row["human_label"]), path.name))
    return posts


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--mentions", type=Path)
    parser.add_argument("--no-speed", action="store_true")
    parser.add_argument("--accurate", action="store_true", help="with the second opinion: some 20 to 45 texts a second")
    chosen = parser.parse_args()
    router, vader = Router(), Vader()
    score = second_opinions(router, Encoder()) if chosen.accurate else router.score
    held = data.read(chosen.data, data.VALIDATION)
    heads = ("VADER AUC", 10), ("AUC", 7), ("R@10%", 7), ("F1", 6), ("ECE", 7), ("language", 9), ("unscored", 9)
    print(f"{'set':24} {'posts':>6} " + " ".join(f"{head:>{width}}" for head, width in heads))
    for lang in data.LANGUAGES:
        judge(f"validation {lang}", [post for post in held if post.lang == lang], score, vader)
    for name in data.JUDGES:
        judge(Path(name).stem, data.read(chosen.data, [name]), score, vader)
    complaints = airline(chosen.mentions) if chosen.mentions else []
    if complaints:
        judge("airline complaints", complaints, score, vader)
    if not chosen.no_speed:
        sets = {
            "tweets": [post.text for post in data.read(chosen.data, ["english-train.jsonl"])[:1000]],
            "news": [post.text for post in data.read(chosen.data, ["english-news-train.jsonl"])[:1000]],
            "complaints": [post.text for post in complaints[:1000]] or ["Late again, and nobody says a word!"],
        }
        speed(sets, [post.text for post in held[::2]], router)


if __name__ == "__main__":
    main()
