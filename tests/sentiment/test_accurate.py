"""The second opinion is pooled with the first, in its languages alone, and never for what nobody can score."""

from __future__ import annotations

import hashlib
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given as cases
from hypothesis import strategies as st

from amends.model import Tone
from amends.sentiment import Router, given, uncertainty
from amends.sentiment.accurate import MOST_CHARACTERS, SecondOpinion
from amends.sentiment.router import shipped

ROUTER = Router()
HEAD = SecondOpinion(shipped("accurate"))


def tone(lang: str | None, *shares: float) -> Tone:
    return Tone(lang, 0.0, *(shares or (0.3, 0.4, 0.3)), "neutral")  # type: ignore[arg-type]  # three of them


def test_only_its_languages_want_one_and_nothing_unscored() -> None:
    assert {"fr", "it", "ar", "es"} <= set(HEAD.languages)
    assert ROUTER.wants_second(tone("fr"))
    assert not ROUTER.wants_second(tone("en"))
    assert not ROUTER.wants_second(Tone("fr", 0.0, None, None, None, "unscored"))
    assert ROUTER.reconsider([], np.zeros((0, 384), np.float32)) == []


def test_the_pool_follows_both_opinions() -> None:
    rng = np.random.default_rng(1)
    vectors = rng.normal(size=(50, 384)).astype(np.float32) / 20
    low = ROUTER.reconsider([tone("fr", 0.1, 0.5, 0.4)] * 50, vectors)
    high = ROUTER.reconsider([tone("fr", 0.8, 0.1, 0.1)] * 50, vectors)
    assert all((a.p_negative or 1) < (b.p_negative or 0) for a, b in zip(low, high, strict=True))
    assert len({one.p_negative for one in low}) == 50
    assert {one.label for one in high} >= {"negative"}
    for one in low + high:
        assert (one.p_negative or 0) + (one.p_neutral or 0) + (one.p_positive or 0) == pytest.approx(1)


@cases(st.lists(st.floats(0, 1), min_size=3, max_size=3), st.integers(0, 1000), st.sampled_from(HEAD.languages))
def test_any_vector_gives_probabilities(odds: list[float], seed: int, lang: str) -> None:
    total = sum(odds) or 1.0
    vectors = np.random.default_rng(seed).normal(size=(1, 384)).astype(np.float32)
    (one,) = ROUTER.reconsider([tone(lang, *(share / total for share in odds))], vectors)
    shares = [one.p_negative or 0, one.p_neutral or 0, one.p_positive or 0]
    assert all(0 <= share <= 1 for share in shares)
    assert sum(shares) == pytest.approx(1)


def test_who_knows_least_is_the_most_uncertain() -> None:
    assert uncertainty(tone("fr", 1 / 3, 1 / 3, 1 / 3)) == pytest.approx(1)
    assert uncertainty(tone("fr", 1.0, 0.0, 0.0)) < 0.01


@cases(st.text(max_size=1000))
def test_the_encoder_is_given_characters_alone_and_not_many(text: str) -> None:
    told = given(text + "\ud800\x00")
    assert len(told) <= MOST_CHARACTERS
    assert told == told.strip()
    told.encode("utf-8")
    assert "\x00" not in told


def test_the_shipped_head_is_the_one_that_was_measured() -> None:
    card = (Path(__file__).resolve().parents[2] / "docs" / "model-card.md").read_text(encoding="utf-8")
    data = (files("amends.sentiment") / "weights" / "accurate.npz").read_bytes()
    assert hashlib.sha256(data).hexdigest() in card
    assert len(data) < 50_000
