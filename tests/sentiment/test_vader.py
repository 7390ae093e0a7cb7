"""VADER here equals the package to the last digit, whatever the text."""

from __future__ import annotations

import random
import time
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from vaderSentiment import vaderSentiment

from amends.sentiment import vader as room
from amends.sentiment.vader import Polarity, Vader

if TYPE_CHECKING:
    from collections.abc import Callable

ORIGINAL = vaderSentiment.SentimentIntensityAnalyzer()
OURS = Vader()
RULES = sorted(
    {
        word
        for phrase in (*vaderSentiment.SPECIAL_CASES, *vaderSentiment.BOOSTER_DICT, *vaderSentiment.NEGATE)
        for word in phrase.split()
    }
    | {"no", "nor", "or", "but", "BUT", "least", "at", "very", "never", "so", "this", "without", "doubt", "kind", "of"}
    | {
        "the",
        "table",
        "good",
        "bad",
        "GOOD",
        "BAD",
        "great",
        "awful",
        "!",
        "??",
        "????",
        ":)",
        ":(",
        "😁",
        "💘",
        "❤️",
        "“good”",
    }
)
WORDS = st.one_of(
    st.sampled_from(RULES),
    st.sampled_from(RULES).map(str.upper),
    st.sampled_from(sorted(ORIGINAL.lexicon)),
    st.sampled_from([key for key in ORIGINAL.emojis if len(key) == 1]),
    st.text(max_size=6),
)
SALAD = st.lists(WORDS, max_size=14).map(" ".join)


def expected(text: str) -> Polarity:
    scores = ORIGINAL.polarity_scores(text)
    return Polarity(scores["compound"], scores["neg"], scores["neu"], scores["pos"])


@settings(max_examples=1500, deadline=None)
@given(SALAD)
@example("")
@example(" \t\n")
@example("but but")
@example("no good or no bad nor good")
@example("not so least good, very least bad, at least great")
@example("a kind of good")
@example("\ud800 good 😁good😁 bad")
@example("the bomb and to die for, yeah right, the shit BUT bad ass")
def test_any_salad_of_its_rules_scores_as_in_the_package(text: str) -> None:
    assert repr(OURS.score(text)) == repr(expected(text))


@settings(max_examples=500, deadline=None)
@given(st.text(max_size=200))
def test_any_text_at_all_scores_as_in_the_package(text: str) -> None:
    assert repr(OURS.score(text)) == repr(expected(text))


def test_long_texts_with_but_score_as_in_the_package_though_equal_values_are_looked_up_otherwise() -> None:
    generator = random.Random(7)
    for _ in range(30):
        words = [
            generator.choice(["good", "bad", "great", "GREAT", "awful", "table", "not", "but"]) for _ in range(400)
        ]
        text = " ".join(words)
        assert repr(OURS.score(text)) == repr(expected(text))


@pytest.mark.slow
def test_a_hundred_thousand_salads_score_as_in_the_package() -> None:
    generator = random.Random(11)
    pool = [*RULES * 8, *ORIGINAL.lexicon, *[key for key in ORIGINAL.emojis if len(key) == 1]]
    for _ in range(100_000):
        words = [generator.choice(pool) for _ in range(generator.choice((1, 3, 5, 8, 13)))]
        text = " ".join(word.upper() if generator.random() < 0.2 else word for word in words)
        assert repr(OURS.score(text)) == repr(expected(text)), text


@pytest.mark.parametrize(
    "name", ["mentions/united-2015-02.jsonl", "sentiment/english-news-train.jsonl", "sentiment/multilingual-val.jsonl"]
)
def test_real_posts_score_as_in_the_package(name: str, shared: Callable[[str], list[dict[str, Any]]]) -> None:
    for row in shared(name)[:2500]:
        assert repr(OURS.score(row["text"])) == repr(expected(row["text"])), row["text"]


def test_an_overlay_changes_its_words_and_no_others() -> None:
    bumped = Vader({"Bumped": -2.0, "great": 0.0})
    assert OURS.score("they bumped me").compound == 0
    assert bumped.score("they BUMPED me").compound < 0
    assert bumped.score("great").compound == 0
    assert bumped.score("an awful day") == OURS.score("an awful day")


def test_the_memory_of_tokens_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(room, "_REMEMBERED", 10)
    vader = Vader()
    for k in range(100):
        vader.score(f"good{k} good")
    memory = vader._word_of.__self__  # type: ignore[attr-defined] # the bound method's own dictionary
    assert len(memory) <= 10
    vader.score("x" * 1000)
    assert all(len(token) <= room._LONGEST for token in memory)


@pytest.mark.parametrize("unit", ["good ", "but good ", "not kind of good ", "x", "😁", "! ", "@ ", "no bad or "])
def test_a_long_text_takes_time_in_proportion(unit: str) -> None:
    vader = Vader()

    def spent(length: int) -> float:
        text = unit * (length // len(unit))
        start = time.process_time()
        vader.score(text)
        return time.process_time() - start

    spent(10_000)
    short, long = spent(100_000), spent(800_000)
    assert long < 8 * max(short, 0.002) * 6, "eight times the text took far more than eight times as long"
