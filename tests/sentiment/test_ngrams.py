"""N-grams are the same alone and in a batch, and any string has some."""
# ruff: noqa: RUF001 - typographic apostrophes are the point

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from amends.sentiment.ngrams import LONG_GRAM, SHORT_GRAM, Grams, buckets, grams, spaced, sums, take

TEXTS = st.lists(st.text(max_size=60), max_size=6)


def of(batch: Grams, k: int) -> list[list[int]]:
    return [hashes[bounds[k] : bounds[k + 1]].tolist() for hashes, bounds in batch.kinds()]


@settings(deadline=None, max_examples=300)
@given(TEXTS)
def test_a_text_has_the_same_grams_alone_and_among_others(texts: list[str]) -> None:
    batch = grams(texts)
    assert batch.texts == len(texts)
    for k, text in enumerate(texts):
        assert of(batch, k) == of(grams([text]), 0)


@settings(deadline=None, max_examples=100)
@given(TEXTS, st.data())
def test_taking_some_texts_takes_their_grams(texts: list[str], data: st.DataObject) -> None:
    chosen = sorted(data.draw(st.sets(st.integers(0, len(texts) - 1)))) if texts else []
    part = take(grams(texts), chosen)
    assert [of(part, k) for k in range(len(chosen))] == [of(grams([texts[k]]), 0) for k in chosen]


def test_grams_are_those_of_the_words() -> None:
    batch = grams(["so bad", "bad"])
    words, bounds = batch.words
    assert bounds.tolist() == [0, 2, 3]
    assert words[1] == words[2]
    pairs, pair_bounds = batch.pairs
    assert (len(pairs), pair_bounds.tolist()) == (1, [0, 1, 1])
    lengths = [np.diff(bounds).tolist() for _, bounds in batch.windows]
    assert lengths[0] == [3 + 4, 4]  # " s", "so", "o ", then " b", "ba", "ad", "d "
    assert lengths[LONG_GRAM - SHORT_GRAM] == [0, 0]


def test_spelling_that_means_the_same_is_the_same() -> None:
    assert spaced("Don’t") == spaced("don't")
    assert spaced("soooooo  bad!!!!!") == spaced("soo bad!!")
    assert spaced("see http://a.b/c?d @someone 2015") == spaced("see https://e.f @other 7391")
    assert spaced("إنّه") == spaced("انه")
    assert spaced("👍🏽") == spaced("👍")
    assert spaced("a\u200bb\u202ec") == " abc "


def test_pictures_are_words_of_their_own_and_signs_stand_apart() -> None:
    assert spaced("bad😡😡ok.") == " bad 😡 😡 ok . "
    assert spaced("\ud800x") == " \ud800 x "


def test_only_the_head_of_a_text_is_looked_at() -> None:
    assert len(grams(["ab " * 100_000]).words[0]) < 1500


def test_sums_are_per_text_even_where_a_text_has_none() -> None:
    weights = np.array([1, 2, 3, -4], np.int8)
    assert sums(weights, np.array([0, 1, 1, 4])).tolist() == [1, 0, 1]


def test_salts_lead_to_other_buckets() -> None:
    hashes = grams(["some words to hash"]).words[0]
    plain, salted = buckets(hashes, 20), buckets(hashes, 20, np.full(len(hashes), 12345, np.uint64))
    assert (plain != salted).any()
    assert ((plain >= 0) & (plain < 1 << 20)).all()
    assert ((salted >= 0) & (salted < 1 << 20)).all()
