"""What stands behind a negation is known word by word, in the text's own language, and never across two texts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from amends.sentiment import Text
from amends.sentiment.negation import NEGATIONS, REACH, Negations
from amends.sentiment.ngrams import grams, spaced

if TYPE_CHECKING:
    from amends.sentiment import Router

LANGUAGES = tuple(sorted(NEGATIONS))
FOUND = Negations(LANGUAGES)


def denied(texts: list[str], langs: list[str]) -> list[list[str]]:
    """Return the words of each text that stand behind a negation."""
    batch = grams(texts)
    hashes, bounds = batch.words
    scope = FOUND.scope(hashes, bounds, np.array([LANGUAGES.index(lang) for lang in langs], np.intp))
    parts = np.split(scope, bounds[1:-1]) if texts else []
    return [
        [word for word, inside in zip(spaced(text).split(), part, strict=True) if inside]
        for text, part in zip(texts, parts, strict=True)
    ]


@pytest.mark.parametrize(
    ("lang", "text", "behind"),
    [
        ("es", "No me gusta nada este servicio", ["me", "gusta", "nada", "este", "servicio"]),
        ("fr", "Je ne suis pas content du tout", ["content", "du", "tout"]),
        ("pt", "NÃO gostei", ["gostei"]),
        ("it", "bello, non lo so", ["lo", "so"]),
        ("de", "das ist nicht gut , aber schnell", ["gut", ",", "aber"]),
        ("en", "I don\u2019t like it", ["like", "it"]),
        ("ar", "الخدمة ليست جيدة", ["جيده"]),
        ("hi", "accha nahi laga", ["laga"]),
        ("es", "nada", []),
        ("es", "", []),
    ],
)
def test_three_words_behind_a_negation_are_in_its_scope(lang: str, text: str, behind: list[str]) -> None:
    assert denied([text], [lang]) == [behind]


def test_a_negation_is_one_in_its_own_language_only() -> None:
    assert denied(["pas bien", "pas bien", "no good", "no good"], ["fr", "de", "en", "it"]) == [
        ["bien"],
        [],
        ["good"],
        [],
    ]


def test_a_scope_ends_with_its_text() -> None:
    assert denied(["je ne sais pas", "merci beaucoup", "", "pas", "bien"], ["fr"] * 5) == [[], [], [], [], []]


WORDS = st.lists(st.sampled_from(["no", "pas", "bien", "good", "nicht", "!", "لا", "x"]), max_size=9).map(" ".join)


@settings(deadline=None, max_examples=200)
@given(st.lists(st.tuples(WORDS, st.sampled_from(LANGUAGES)), max_size=5))
def test_a_batch_hears_what_each_text_alone_says(rows: list[tuple[str, str]]) -> None:
    found = denied([text for text, _ in rows], [lang for _, lang in rows])
    for (text, lang), behind in zip(rows, found, strict=True):
        words = spaced(text).split()
        negations = set(spaced(NEGATIONS[lang]).split())
        assert behind == [w for k, w in enumerate(words) if negations & set(words[max(0, k - REACH) : k])]


@pytest.mark.parametrize(
    ("lang", "plain", "turned"),
    [
        ("es", "Me gusta mucho", "No me gusta mucho"),
        ("fr", "Je suis content", "Je ne suis pas content"),
        ("de", "Das ist gut", "Das ist nicht gut"),
        ("it", "Sono contento", "Non sono contento"),
        ("pt", "Eu gosto muito", "Eu não gosto muito"),
    ],
)
def test_praise_that_is_denied_is_worse_than_praise(router: Router, lang: str, plain: str, turned: str) -> None:
    good, bad = router.score([Text(text, lang=lang, trusted=True) for text in (plain, turned)])
    assert (bad.p_negative or 0) > (good.p_negative or 1) + 0.1
