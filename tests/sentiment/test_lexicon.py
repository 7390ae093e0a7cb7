"""A brand's own words move its tone, in every language, within bounds, and nobody else's."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from amends.sentiment import Router, Text
from amends.sentiment import given as given_text
from amends.sentiment.lexicon import MOST, heard, moved
from amends.sentiment.vader import Vader

ROUTER = Router()
BUMPED = (("bumped", -2.0), ("sick", 2.0), ("on hold", -1.0), ("🤡", -1.5))


def p_negative(text: str, lexicon: tuple[tuple[str, float], ...] = (), lang: str | None = None) -> float:
    (tone,) = ROUTER.score([Text(text, lang=lang, trusted=lang is not None, lexicon=lexicon)])
    assert tone.p_negative is not None
    return tone.p_negative


@pytest.mark.parametrize(
    ("lang", "text"),
    [
        ("en", "We were bumped this morning"), ("fr", "On nous a bumped ce matin"), ("de", "Wir wurden heute bumped"),
        ("es", "Nos han bumped esta mañana"), ("it", "Siamo stati bumped stamattina"), ("pt", "Fomos bumped hoje"),
        ("ar", "تم bumped هذا الصباح يا جماعة"), ("hi", "humko aaj subah bumped kar diya"),
    ],
)  # fmt: skip
def test_a_bad_word_of_the_brands_world_makes_a_post_sound_worse_in_every_language(lang: str, text: str) -> None:
    assert p_negative(text, BUMPED, lang) > p_negative(text, (), lang)
    assert p_negative(text, (("bumped", 3.0),), lang) < p_negative(text, (), lang)


def test_vader_reads_the_word_with_all_its_rules() -> None:
    (tone,) = ROUTER.score([Text("VERY bumped, again", lexicon=BUMPED)])
    assert tone.compound == Vader({"bumped": -2.0}).score("VERY bumped, again").compound < -0.45


def test_a_text_without_such_a_word_is_scored_as_ever() -> None:
    texts = ["I hate it", "Merci beaucoup", "sickness and rebumped", "", "😡"]
    plain = ROUTER.score([Text(text) for text in texts])
    assert ROUTER.score([Text(text, lexicon=BUMPED) for text in texts]) == plain


def test_a_word_that_vader_knows_moves_by_what_differs_from_its_own_valence() -> None:
    theirs = Vader({}).score("sick").compound
    assert theirs < 0
    assert heard("that is sick", (("sick", 1.0),), "en") == pytest.approx(1.0 + 2.3)
    assert heard("that is sick", (("sick", -2.3),), "en") == 0
    assert heard("das ist sick", BUMPED, "de") == 2.0


def test_phrases_pictures_case_and_curly_apostrophes_are_found() -> None:
    assert heard("ON  HOLD for an hour", BUMPED, "fr") == -1.0
    assert heard("🤡🤡", BUMPED, "fr") == -3.0
    assert heard("DON\u2019T PANIC", (("don't panic", 1.0),), "fr") == 1.0
    assert heard("\u0131", (("i", 1.0),), "en") is None


@pytest.mark.parametrize("text", ["was not bumped", "nicht bumped", "pas du tout bumped", "لم bumped"])
def test_a_negation_before_the_word_turns_it(text: str) -> None:
    assert heard(text, BUMPED, "fr") == pytest.approx(1.48)
    assert heard("not once today was anybody bumped", BUMPED, "fr") == -2.0, "too far before it"


def test_all_words_of_a_text_together_move_it_no_further_than_the_bound() -> None:
    assert heard("bumped " * 500, BUMPED, "en") == -MOST
    assert 0 < p_negative("we were " + "bumped " * 50, BUMPED) < 1


def test_a_picture_of_the_brands_own_gives_a_text_without_words_a_tone() -> None:
    plain, own = ROUTER.score([Text("🤡", expected=("fr",)), Text("🤡", expected=("fr",), lexicon=(("🤡", -4.0),))])
    assert own.p_negative is not None
    assert own.p_negative > (plain.p_negative or 0)


@settings(deadline=None, max_examples=100)
@given(
    st.text(max_size=60),
    st.dictionaries(st.text(min_size=1, max_size=8), st.floats(-4, 4), max_size=5),
    st.sampled_from([None, "en", "fr"]),
)
def test_any_text_and_any_words_give_a_tone(text: str, words: dict[str, float], lang: str | None) -> None:
    lexicon = tuple(sorted(words.items()))
    (tone,) = ROUTER.score([Text(text, lang=lang, lexicon=lexicon)])
    points = heard(text, lexicon, lang)
    assert points is None or -MOST <= points <= MOST
    if tone.p_negative is not None:
        assert tone.p_negative + (tone.p_neutral or 0) + (tone.p_positive or 0) == pytest.approx(1)


@given(st.floats(-MOST, MOST), st.lists(st.floats(0.01, 1), min_size=3, max_size=3))
def test_worse_words_never_make_a_text_sound_better(points: float, odds: list[float]) -> None:
    shares = [one / sum(odds) for one in odds]
    bad, _, good = moved(shares, points)
    assert bad >= shares[0] - 1e-12 if points <= 0 else good >= shares[2] - 1e-12


@pytest.mark.parametrize(
    "text",
    ["", "\x00\x01", "\ud800", "\u202e\u200f bumped", "😡🤡" * 300, "http://a.example/bumped " * 200,
     "bumped " * 140_000, "a" * 1_000_000, "النص bumped \u05d0 日本", "not " * 250_000, "\u0130" * 100_000],
)  # fmt: skip
def test_bad_input_has_a_tone_or_none_in_time_linear_in_its_length(text: str) -> None:
    begun = time.process_time()
    for lang in (None, "en", "ar", "nl"):
        (tone,) = ROUTER.score([Text(text, lang=lang, trusted=lang is not None, lexicon=BUMPED, mask=("bump",))])
        assert (tone.label == "unscored") == (tone.p_negative is None)
        assert ROUTER.relabelled(tone, -0.5).p_negative == tone.p_negative
        assert len(given_text(text)) <= 400
    assert time.process_time() - begun < 8
