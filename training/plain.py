"""How validation relates to test: `python training/plain.py DATA` trains a plain recipe, whose test figures are known.

The recipe is the first one of this project: two heads on hashed n-grams and VADER's numbers, calibrated; no word
vectors, no English heads. It was once measured on the test splits, which are not here. Trained again on the same data
and read on the validation split, it says in which languages the test split is the harder one, and by how much.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
from sklearn.metrics import roc_auc_score

import calibration
import data
import tone

FOLDS = 3
DESCENT = (8, 0, 3e-6)  # epochs, those before averaging, regularisation
# AUC of negative on the test splits (870 posts each, so good to .015), and VADER's alone.
TEST = {"fr": 0.834, "de": 0.790, "es": 0.770, "pt": 0.841, "it": 0.751, "ar": 0.697}
VADER = {"fr": 0.55, "de": 0.60, "es": 0.58, "pt": 0.58, "it": 0.53, "ar": 0.56}


def main() -> None:
    """Train on the multilingual file and English posts; print validation beside test."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    chosen = parser.parse_args()
    held = data.read(chosen.data, data.VALIDATION)
    posts = data.without(data.read(chosen.data, data.TRAIN[:2]), held)
    X, heard = tone.grams_of(posts), tone.vader_features(posts)
    asked, asked_heard = tone.grams_of(held), tone.vader_features(held)
    fold = np.random.default_rng(tone.SEED).integers(0, FOLDS, len(posts))
    unseen = np.zeros((len(posts), 2))
    for k in range(FOLDS):
        inside, outside = np.flatnonzero(fold != k), np.flatnonzero(fold == k)
        unseen[outside] = tone.descended(X[inside], [posts[i] for i in inside], DESCENT).logits(X[outside])
    features = np.column_stack([unseen, heard])
    judged = np.column_stack([tone.descended(X, posts, DESCENT).logits(asked), asked_heard])
    print("      plain recipe            VADER alone\n      validation test         validation test")
    for lang, known in TEST.items():
        mine = np.array([post.lang == lang for post in posts])
        theirs = np.array([post.lang == lang for post in held])
        weights, bias = calibration.fit(features[mine], np.array([p.label for p in posts])[mine])
        truth = np.array([post.label == 0 for post in held])[theirs]
        area = roc_auc_score(truth, calibration.softmax(judged[theirs] @ weights + bias)[:, 0])
        alone = roc_auc_score(truth, -asked_heard[theirs, 0])
        print(f"{lang}    {area:.3f}      {known:.3f}        {alone:.3f}      {VADER[lang]:.2f}", flush=True)


if __name__ == "__main__":
    main()
