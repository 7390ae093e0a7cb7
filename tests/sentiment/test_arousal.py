"""Anger stirs people up, sadness does not, and any string has a figure."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amends.sentiment import arousal


@pytest.mark.parametrize(
    ("lang", "angry", "sad", "plain"),
    [
        ("en", "I am furious, this is an outrage", "So sad and disappointed, we will miss it", "The 8 o'clock to Rome"),
        (
            "fr",
            "C\u2019est une honte, je suis révoltée",
            "C'est triste, quel dommage",
            "Le train de huit heures pour Rome",
        ),
    ],
)
def test_anger_scores_above_sadness_which_is_as_calm_as_plain_words(
    lang: str, angry: str, sad: str, plain: str
) -> None:
    assert arousal(angry, lang) > 0.4
    assert arousal(sad, lang) == arousal(plain, lang) == 0


def test_sadness_takes_from_anger() -> None:
    assert arousal("an outrage and so sad", "en") < arousal("an outrage and so long", "en")


def test_signs_speak_in_every_language() -> None:
    assert arousal("😡 !!!", "ja") > arousal("!!!", "ja") > arousal("...", None) == 0
    assert arousal("WAS FÜR EINE FRECHHEIT", "de") > arousal("was für eine frechheit", "de") == 0
    assert arousal("USA UK EU", "en") == 0, "abbreviations do not shout"


def test_a_word_counts_once_and_an_address_or_a_handle_not_at_all() -> None:
    assert arousal("scam scam scam", "en") == arousal("scam", "en")
    assert arousal("http://scam.example/outrage @furious #scandal", "en") == 0


@given(st.text(), st.sampled_from([None, "en", "fr", "de", "xx"]))
def test_any_string_has_a_figure_from_0_to_1(text: str, lang: str | None) -> None:
    assert 0 <= arousal(text, lang) < 1


def test_a_megabyte_takes_no_longer_than_its_beginning() -> None:
    begun = time.process_time()
    for text in ("outrage " * 125_000, "a" * 1_000_000, "😡" * 250_000, "@" * 1_000_000, "\ud800" * 1_000_000):
        assert 0 <= arousal(text, "en") < 1
    assert time.process_time() - begun < 1
