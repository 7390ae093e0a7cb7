"""Reasons are retold in the reader's language, and none that the rooms write is forgotten."""

from __future__ import annotations

import pytest

from amends import detection
from amends.model import Reading
from amends.pipeline import voice
from amends.responses.because import because


@pytest.mark.parametrize(
    ("entry", "told"),
    [
        ("7.5 times the usual negatives", "7,5 fois plus de critiques que d'habitude"),
        ("doubling every 10 min", "doublement toutes les 10 min"),
        ("doubling every 2.5 h", "doublement toutes les 2,5 h"),
        ("2 news outlets carry it", "repris par 2 médias"),
        ("watched: {recall}", "liste de veille : {recall}"),
        ("0 of 1 source answers in its time; silent: a", "sources à temps : 0 sur 1 ; muettes : a"),
        (
            "811 negatives an hour, where fewer than one is usual",
            "811 critiques par heure, où l'habitude est de moins d'une",
        ),
        (
            "811 negatives an hour over 5 min, where fewer than one is usual",
            "811 critiques par heure sur 5 min, où l'habitude est de moins d'une",
        ),
        ("1 of 4 sources answer in their time; silent: a, b", "sources à temps : 1 sur 4 ; muettes : a, b"),
        (
            "gone from site, and its address says so twice: https://a.example/1 and 3 more",
            "disparu de site, et l'adresse le dit deux fois : https://a.example/1 et 3 autres",
        ),
        ("what nobody foresaw", "what nobody foresaw"),
    ],
)
def test_a_french_reader_is_told_why_in_french(entry: str, told: str) -> None:
    assert because(entry, "fr-CA") == told
    assert because(entry, "en") == because(entry, "ja") == entry


@pytest.mark.parametrize("expected", [0.0, 4.0])
def test_every_component_of_a_severity_has_french_words(expected: float) -> None:
    reading = Reading(
        at=0.0, since=0.0, window=3600.0, observed=40.0, expected=expected, observed_now=40.0, expected_now=expected,
        evidence=2.0, alarm=True, calm=False, doubling=600.0, voices=9, threshold=1.0,
    )  # fmt: skip
    _, components = detection.assess(reading, reach=9_000, sources=3, news=2, previous=None, arousal=0.5)

    assert len(components) == (7 if expected else 6)  # the excess is the rate itself where nothing is usual
    assert all(because(one, "fr") != one for one in components)


def test_every_reason_of_a_lost_post_has_french_words() -> None:
    for one in (
        voice.SILENCE,
        voice.LAWFUL,
        voice.ANGRY,
        voice.GONE.format(source="site", posts="https://a.example/1"),
    ):
        assert because(one, "fr") != one
