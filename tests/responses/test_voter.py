"""The lint's second reader: what it was made of, and where its votes count."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amends.responses.lint import lint, voter
from amends.responses.lint.text import Words
from support.machine import ROOT

if TYPE_CHECKING:
    from amends.responses.lint.text import Lang


def test_the_weights_are_those_that_the_manual_describes() -> None:
    digest = hashlib.sha256(voter.WEIGHTS.read_bytes()).hexdigest()
    assert digest in (ROOT / "docs" / "lint.md").read_text("utf-8")


@pytest.mark.parametrize(
    ("lang", "said", "label"),
    [
        ("en", "The thermostat came unsoldered in the heat, and our bench test never ran that long.", "explanation"),
        ("en", "From this week two of us sit with every new driver for a month.", "repentance"),
        ("fr", "Le thermostat se dessoudait à la chaleur, et notre banc d'essai s'arrêtait avant.", "explanation"),
        ("fr", "Désormais, deux d'entre nous accompagnent chaque nouveau chauffeur pendant un mois.", "repentance"),
    ],
)  # fmt: skip
def test_a_wording_that_nobody_wrote_down_has_its_vote(lang: Lang, said: str, label: str) -> None:
    (vote,) = voter.votes(lang, Words(said).sentences)
    assert vote[label] > 0.5


@pytest.mark.parametrize(
    "plain",
    ["We open at nine on Sunday and close at six.", "Nous ouvrons à neuf heures le dimanche, jusqu'à six heures."],
)
def test_what_says_nothing_of_the_kind_has_no_vote_that_counts(plain: str) -> None:
    words = Words(plain)
    (vote,) = voter.votes(words.lang, words.sentences)
    assert not [label for label, sure in voter.SURE.items() if vote[label] > sure]


def test_a_vote_alone_makes_no_apology_of_a_text() -> None:
    report = lint("From this week two of us sit with every new driver for a month.")
    assert (report.kind, report.parts["repentance"]) == ("other", False)


@given(st.text(max_size=300))
def test_any_sentence_has_its_features_within_bounds(text: str) -> None:
    found = voter.features(text)
    assert list(found) == sorted(set(found))
    assert all(0 <= bucket < 1 << voter.BITS for bucket in found)
