"""The router scores any string in a language it knows, and says so where it does not."""

from __future__ import annotations

import hashlib
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from amends.sentiment import Router, Text
from amends.sentiment.vader import Vader

if TYPE_CHECKING:
    from collections.abc import Callable

    from amends.model import Tone

ROUTER = Router()
WEIGHTS = files("amends.sentiment") / "weights"
HOSTILE = [
    "", " ", "\x00\x01\x02", "\ud800", "\udfff\ud800", "\u202e\u200f", "😡" * 300, "http://a.example " * 200,
    "a" * 1_000_000, "good " * 200_000, "but bad " * 125_000, "@a" * 500_000, "#" * 1_000_000, "é\u0301" * 1000,
    "\U0010ffff", "\x1e\x1e\n\r",
    "النص good texte \u05d0 日本", "İ" * 1000, "www." * 250_000, "https://" * 100_000, "﷽" * 1000, "n't " * 1000,
]  # fmt: skip


def sound(tone: Tone) -> None:
    shares = (tone.p_negative, tone.p_neutral, tone.p_positive)
    assert -1 <= tone.compound <= 1
    if tone.label == "unscored":
        assert shares == (None, None, None)
    else:
        numbers = [share for share in shares if share is not None]
        assert len(numbers) == 3
        assert all(0 <= number <= 1 for number in numbers)
        assert sum(numbers) == pytest.approx(1)


@pytest.mark.parametrize("text", HOSTILE, ids=[f"{k}" for k in range(len(HOSTILE))])
def test_any_string_gets_a_tone(router: Router, text: str) -> None:
    for lang in (None, "en", "ar", "nl"):
        (tone,) = router.score([Text(text, lang=lang, trusted=lang is not None, mask=("good", "#"))])
        sound(tone)


@settings(deadline=None, max_examples=200)
@given(st.lists(st.builds(Text, st.text(max_size=80), st.sampled_from([None, "en", "fr", "xx", "zz-QQ"])), max_size=5))
def test_tones_come_in_order_and_do_not_depend_on_the_batch(texts: list[Text]) -> None:
    tones = ROUTER.score(texts)
    assert len(tones) == len(texts)
    for text, tone in zip(texts, tones, strict=True):
        sound(tone)
        (alone,) = ROUTER.score([text])
        assert (alone.lang, alone.compound, alone.label) == (tone.lang, tone.compound, tone.label)
        assert alone.p_negative == pytest.approx(tone.p_negative)


def test_nothing_gives_nothing(router: Router) -> None:
    assert router.score([]) == []


def test_more_than_one_batch_stays_in_order(router: Router) -> None:
    texts = [Text(f"This is awful, number {k}" if k % 3 else f"Thank you, number {k}, great") for k in range(700)]
    labels = [tone.label for tone in router.score(texts)]
    assert labels == ["negative" if k % 3 else "positive" for k in range(700)]


@pytest.mark.parametrize(
    ("lang", "bad", "good"),
    [
        ("en", "Worst service ever, I hate this company", "Thank you so much, great crew, I love it"),
        ("fr", "Service client honteux, je suis dégoûté, c'est nul", "Merci beaucoup, c'était génial, j'adore"),
        ("de", "Schon wieder Verspätung, so eine Scheiße", "Vielen Dank, das war super schön"),
        ("es", "Qué vergüenza de servicio, odio esta mierda", "Muchas gracias, me encanta, feliz día"),
        ("it", "Che schifo di servizio, una vergogna", "Grazie mille, bellissimo, buona giornata"),
        ("pt", "Que merda de serviço, odeio isso, péssimo", "Muito obrigado, amei, lindo demais"),
        ("ar", "خدمة سيئة جدا والله حرام عليكم", "شكرا جزيلا خدمة رائعة احبكم"),
        ("hi", "kya bakwas service hai yaar, bahut ghatiya aur bekar", "bahut accha laga, dhanyavaad bhai, mast hai"),
    ],
)
def test_bad_news_sounds_worse_than_good_news_in_every_language(router: Router, lang: str, bad: str, good: str) -> None:
    worse, better = router.score([Text(bad, lang=lang, trusted=True), Text(good, lang=lang, trusted=True)])
    assert worse.label == "negative"
    assert better.label == "positive"
    assert (worse.p_negative or 0) > (better.p_negative or 1) + 0.2


def test_a_language_that_nobody_scores_is_unscored_and_keeps_vaders_compound(router: Router) -> None:
    (tone,) = router.score([Text("Wat een terrible service", lang="nl", trusted=True)])
    assert (tone.lang, tone.label, tone.p_negative) == ("nl", "unscored", None)
    assert tone.compound == Vader().score("Wat een terrible service").compound < 0


def test_compound_is_vaders_in_every_language(router: Router) -> None:
    texts = ["Merci, great", "good", "", "so eine horrible Scheiße"]
    vader = Vader()
    assert [tone.compound for tone in router.score([Text(t) for t in texts])] == [
        vader.score(t).compound for t in texts
    ]


def test_signs_without_words_are_scored_where_vader_hears_something(router: Router) -> None:
    smile, nothing, address = router.score([Text(":)"), Text("..."), Text("http://a.example/x")])
    assert smile.label == "positive"
    assert nothing.label == address.label == "unscored"


def test_a_masked_name_says_nothing(router: Router) -> None:
    named, masked, other = router.score(
        [
            Text("Flew with Joy from Best  Buy today"),
            Text("Flew with Joy from Best  buy today", mask=("Best Buy", "Joy", "")),
            Text("What joyful news", mask=("Joy",)),
        ]
    )
    assert named.compound > 0
    assert masked.compound == 0
    assert other.compound == Vader().score("What joyful news").compound


def test_masking_copes_with_names_that_are_patterns(router: Router) -> None:
    for name in ("(", ".*", "a|b", "\\", "C++", "["):
        sound(router.score([Text("I love C++ and .* and (", mask=(name,))])[0])


def test_the_shipped_weights_are_the_ones_that_were_measured() -> None:
    card = (Path(__file__).resolve().parents[2] / "docs" / "model-card.md").read_text(encoding="utf-8")
    total = 0
    for name in ("language.npz", "tone.npz"):
        data = (WEIGHTS / name).read_bytes()
        total += len(data)
        assert hashlib.sha256(data).hexdigest() in card, f"{name} is not the file that docs/model-card.md describes"
    assert total <= 10_000_000


@pytest.mark.parametrize(
    ("complaint", "question"),
    [
        ("@acme any update on my refund? It has been three weeks", "@acme do you fly to Lisbon on Sundays?"),
        ("@acme is anybody there? Two hours and no answer", "@acme is there a direct train from Cork to Dublin?"),
        ("@acme why was my order cancelled again?", "@acme can I change my order until tomorrow? Thanks"),
    ],
)
def test_a_question_that_is_a_complaint_is_told_from_one_that_is_none(
    router: Router, complaint: str, question: str
) -> None:
    bad, plain = router.score([Text(text, lang="en", trusted=True) for text in (complaint, question)])
    assert bad.p_negative is not None
    assert plain.p_negative is not None
    assert bad.p_negative > 0.5 > plain.p_negative


def test_a_text_has_the_same_tone_alone_and_among_others_in_many_languages(router: Router) -> None:
    texts = [
        Text(text) for text in ("Late again, what a joke", "Encore en retard, la honte", "Do ghante late hai yaar")
    ]
    together = router.score(texts * 2)
    assert together == [router.score([text])[0] for text in texts] * 2


def test_real_complaints_are_told_from_the_rest(router: Router, shared: Callable[[str], list[dict[str, Any]]]) -> None:
    rows = shared("mentions/united-2015-02.jsonl")
    tones = router.score([Text(row["text"]) for row in rows])
    scored = [(tone.p_negative, row) for tone, row in zip(tones, rows, strict=True) if tone.p_negative is not None]
    assert len(scored) >= 0.97 * len(rows)
    bad = np.array([p for p, row in scored if row["human_label"] == "negative"])
    rest = np.array([p for p, row in scored if row["human_label"] != "negative"])
    assert (bad[:, None] > rest[None, :]).mean() > 0.85


FLOORS = {"ar": 0.87, "de": 0.86, "en": 0.91, "es": 0.81, "fr": 0.86, "it": 0.82, "pt": 0.81}


def test_negative_posts_of_each_language_rank_above_the_rest(
    router: Router, shared: Callable[[str], list[dict[str, Any]]]
) -> None:
    rows = shared("sentiment/multilingual-val.jsonl")
    tones = router.score([Text(row["text"]) for row in rows])
    score = np.array([1 / 3 if tone.p_negative is None else tone.p_negative for tone in tones])
    for lang, floor in FLOORS.items():
        mine = np.array([row["lang"] == lang for row in rows])
        bad = np.array([row["label"] == "negative" for row in rows])
        assert (score[mine & bad][:, None] > score[mine & ~bad][None, :]).mean() > floor, lang
