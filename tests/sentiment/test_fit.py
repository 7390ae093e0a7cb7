"""How the model fits one brand: bounded, with a minimum, and gone when it is taken back."""

from __future__ import annotations

from math import exp, log
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from amends.sentiment import Fit, People, Prior, Router, Text, estimate, leaned, learned
from amends.sentiment.fit import CORRECTIONS, FURTHEST, LEAST, PEOPLE

if TYPE_CHECKING:
    from collections.abc import Callable


def posts(share: float, number: int, seed: int = 1) -> np.ndarray[Any, np.dtype[np.float64]]:
    """Return what a calibrated model of middling skill says of posts of which a share is negative."""
    rng = np.random.default_rng(seed)
    label = np.where(rng.random(number) < share, 0, rng.integers(1, 3, number))
    evidence = rng.normal(size=(number, 3)) + 1.5 * np.eye(3)[label]
    odds = np.exp(1.5 * evidence)  # the likelihood ratio of the evidence
    return odds / odds.sum(axis=1, keepdims=True)


@pytest.mark.parametrize("share", [0.05, 0.2, 0.5, 0.8])
def test_the_share_of_negatives_is_found_without_any_label(share: float) -> None:
    prior = estimate(posts(share, 2_000))
    assert prior.share == pytest.approx(share, abs=0.05)
    assert abs(prior.raw - share) >= abs((prior.share or 0) - share) - 0.02


def test_below_the_minimum_nothing_is_estimated() -> None:
    assert estimate(np.zeros((0, 3))) == Prior(0, 0.0)
    few = estimate(posts(0.8, LEAST - 1))
    assert (few.share, few.odds, few.bounded) == (None, 1.0, False)
    assert estimate(posts(0.8, LEAST)).share is not None


@settings(deadline=None, max_examples=50)
@given(st.integers(0, 10_000), st.floats(0, 1))
def test_the_odds_of_one_post_move_no_further_than_the_bound(seed: int, share: float) -> None:
    prior = estimate(posts(share, 600, seed))
    assert 1 / FURTHEST <= prior.odds <= FURTHEST
    for raw in (0.0, 0.01, 0.5, 0.99, 1.0):
        fitted = Fit(prior).p_negative(raw)
        assert 0 <= fitted <= 1
        if 0 < raw < 1:
            assert 0.499 <= fitted / (1 - fitted) / (raw / (1 - raw)) <= 2.001


def test_an_estimate_beyond_the_bound_says_so() -> None:
    assert estimate(posts(0.9, 1_000)).bounded
    assert estimate(posts(0.01, 1_000)).bounded
    assert not estimate(posts(1 / 3, 1_000)).bounded


def test_posts_that_all_say_the_same_have_an_estimate_within_its_ends() -> None:
    assert estimate(np.tile([1.0, 0.0, 0.0], (600, 1))).share == 0.99
    assert estimate(np.tile([0.0, 1.0, 0.0], (600, 1))).share == 0.01


def test_people_move_nothing_until_there_are_enough_of_their_words() -> None:
    assert learned([(0.7, False)] * (CORRECTIONS - 1), judged=2, real=0).log_odds == 0
    assert learned([(0.7, False)] * CORRECTIONS, judged=0, real=0).log_odds < 0
    assert learned([(0.2, True)] * CORRECTIONS, judged=0, real=0).log_odds > 0
    assert learned([], judged=3, real=0).log_odds < 0


def test_a_real_incident_confirms_and_moves_nothing_by_itself() -> None:
    assert learned([], judged=9, real=9).log_odds == learned([], judged=8, real=4).log_odds == 0
    noisy = [learned([], judged=8, real=real).log_odds for real in (0, 1, 2, 3)]
    assert noisy == sorted(noisy)


def test_corrections_that_agree_with_what_was_scored_move_hardly_anything() -> None:
    rng = np.random.default_rng(3)
    said = [(p, bool(rng.random() < p)) for p in rng.random(2_000)]
    assert abs(learned(said, judged=0, real=0).log_odds) < 0.2


@given(st.lists(st.tuples(st.floats(0, 1), st.booleans()), max_size=60), st.integers(0, 1000), st.integers(0, 1000))
def test_whatever_people_say_moves_it_no_further_than_the_bound(
    corrected: list[tuple[float, bool]], real: int, noise: int
) -> None:
    people = learned(corrected, judged=real + noise, real=real)
    assert -PEOPLE <= people.log_odds <= PEOPLE
    assert learned(corrected[:-1], judged=0, real=0) == learned(corrected[:-1], judged=0, real=0)


def test_both_work_together_and_nothing_known_changes_nothing() -> None:
    fit = Fit(Prior(600, 0.4, 0.5, 2.0), People(12, 0, 0, -log(2)))
    assert fit.p_negative(0.37) == pytest.approx(0.37)
    assert Fit().p_negative(0.37) == pytest.approx(0.37)
    assert leaned(0.5, 1.0) == pytest.approx(exp(1) / (1 + exp(1)))


def test_people_move_the_label_and_never_the_probabilities(router: Router) -> None:
    tones = router.score([Text(f"Flight {k} was late and {word}") for k in range(20) for word in ("ok", "sad", "bad")])
    away = [router.relabelled(tone, -0.5) for tone in tones]
    assert [tone.p_negative for tone in away] == [tone.p_negative for tone in tones]
    fewer = sum(tone.label == "negative" for tone in away)
    assert fewer <= sum(tone.label == "negative" for tone in tones)
    assert [router.relabelled(tone, 0.0) for tone in away] == away
    again = [router.relabelled(tone, 1e-12) for tone in away]
    assert again == tones, "taken back, all is as it was"
    (unscored,) = router.score([Text("Slecht", lang="nl", trusted=True)])
    assert router.relabelled(unscored, -0.5) == unscored


def test_the_share_of_complaints_to_airlines_is_found(
    router: Router, shared: Callable[[str], list[dict[str, Any]]]
) -> None:
    names = ("united", "us-airways", "virgin-america")
    rows = [row for name in names for row in shared(f"mentions/{name}-2015-02.jsonl")]
    chosen = [rows[k] for k in np.random.default_rng(7).permutation(len(rows))[:2_000]]
    tones = router.score([Text(row["text"]) for row in chosen])
    scored = [(tone, row) for tone, row in zip(tones, chosen, strict=True) if tone.p_negative is not None]
    prior = estimate(np.array([(t.p_negative, t.p_neutral, t.p_positive) for t, _ in scored], np.float64))
    truth = np.mean([row["human_label"] == "negative" for _, row in scored])
    assert prior.share == pytest.approx(truth, abs=0.06)
    assert abs(prior.raw - truth) > 0.15, "as scored it is no share"
