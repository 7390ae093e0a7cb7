"""Fits the apology lint's second reader: `python training/lint.py [--out FILE]`. Same sentences, same file.

The sentences in `training/lint` were written for this, each with the parts and rules that it alone makes true by the
definitions of docs/lint.md, among them as many that only look like it. No text that the lint is judged on is among them.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from pathlib import Path
from typing import Any

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold, cross_val_predict

from amends.responses.lint import voter

HERE = Path(__file__).resolve().parent / "lint"
STRENGTH = 10.0  # inverse of the penalty on weights of unit-length rows
FOLDS = 5


def read(lang: str) -> list[dict[str, Any]]:
    """Return the sentences of a language."""
    return [json.loads(line) for line in (HERE / f"{lang}.jsonl").read_text("utf-8").splitlines()]


def matrix(sentences: list[str]) -> csr_matrix:
    """Return the sentences as rows of unit length."""
    found = [voter.features(one) for one in sentences]
    ends = np.cumsum([0, *map(len, found)])
    values = np.concatenate([np.full(len(one), 1 / np.sqrt(max(1, len(one)))) for one in found])
    return csr_matrix((values, np.concatenate(found), ends), shape=(len(found), 1 << voter.BITS))


def main() -> None:
    """Fit, say how well by cross-validation, and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=voter.WEIGHTS)
    chosen = parser.parse_args()
    arrays: dict[str, np.ndarray] = {}
    for lang in ("en", "fr"):
        rows = read(lang)
        sentences = matrix([row["text"] for row in rows])
        weights = np.zeros((len(voter.LABELS), 1 << voter.BITS), np.int8)
        scale, bias = np.zeros(len(voter.LABELS)), np.zeros(len(voter.LABELS))
        for at, label in enumerate(voter.LABELS):
            true = np.array([label in (*row["parts"], *row["rules"]) for row in rows])
            model = LogisticRegression(C=STRENGTH, class_weight="balanced", max_iter=1000)
            folds = StratifiedKFold(FOLDS, shuffle=True, random_state=9)
            guess = cross_val_predict(model, sentences, true, cv=folds, method="predict_proba")[:, 1] > 1 / 2
            right = (guess & true).sum()
            print(f"{lang} {label:20} recall {right / true.sum():.2f} precision {right / max(1, guess.sum()):.2f}")
            model.fit(sentences, true)
            scale[at] = np.abs(model.coef_).max() / 127
            weights[at] = np.round(model.coef_[0] / scale[at])
            bias[at] = model.intercept_[0]
        arrays |= {f"{lang}_weights": weights, f"{lang}_scale": scale, f"{lang}_bias": bias}
    np.savez_compressed(chosen.out, **arrays)
    digest = hashlib.sha256(chosen.out.read_bytes()).hexdigest()
    print(f"{digest}  {chosen.out.name}  {chosen.out.stat().st_size:,} bytes", file=sys.stderr)


if __name__ == "__main__":
    main()
