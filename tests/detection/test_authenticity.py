"""Does a wave look like many people, or like one hand? Ranges, and a verdict only where it is plain."""

from __future__ import annotations

from dataclasses import replace
from random import Random
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amends.detection import authenticity
from amends.detection.authenticity import Range, wilson
from support.core import NOON, mention

if TYPE_CHECKING:
    from amends.model import Mention

_TALK = """
    refund delivery broken parcel charger battery screen support phone hours waiting angry cancelled order twice billed
    server crash login password update slow rude agent promise never again flight gate luggage lost hotel voucher
"""
WORDS = _TALK.split()
FLOOD = (
    "Boycott {brand} now, they lied about the recall and everybody must know what they did #{n} https://x.example/{n}"
)


def organic(seed: int, many: int, **fields: object) -> list[Mention]:
    rng = Random(seed)
    return [
        mention(
            NOON + rng.uniform(0, 1800),
            negative=True,
            id=f"o{seed}-{n}",
            author=f"person{rng.randrange(10**6)}",
            text="Acme " + " ".join(rng.sample(WORDS, rng.randrange(5, 14))),
            **fields,
        )
        for n in range(many)
    ]


def flood(many: int, authors: int, **fields: object) -> list[Mention]:
    return [
        mention(
            NOON + 7.0 * n,
            negative=True,
            id=f"f{n}",
            author=f"voice{n % authors}",
            text=FLOOD.format(brand="Acme", n=n),
            **fields,
        )
        for n in range(many)
    ]


@pytest.mark.parametrize("authors", [3, 6, 40])
def test_a_flood_of_one_text_looks_coordinated_by_few_authors_or_by_many(authors: int) -> None:
    found = authenticity(flood(40, authors))

    assert found.verdict == "coordinated"
    assert found.duplicates is not None
    assert found.duplicates.low > 0.8
    assert str(found).startswith("looks coordinated: near-duplicates 9")


@pytest.mark.parametrize("seed", range(20))
def test_a_wave_of_many_people_in_their_own_words_looks_organic(seed: int) -> None:
    assert authenticity(organic(seed, 40)).verdict == "organic"


def test_new_accounts_make_different_texts_look_coordinated_and_old_ones_do_not() -> None:
    assert authenticity(organic(1, 30, extra={"account_days": 2.0})).verdict == "coordinated"
    old = authenticity(organic(1, 30, extra={"account_days": 900.0}))
    assert old.verdict == "organic"
    assert old.new_accounts is not None
    assert old.new_accounts.high < 0.12


def test_where_little_is_known_nothing_is_said() -> None:
    assert authenticity([]).verdict == "unknown"
    assert authenticity(flood(6, 6)).verdict == "unknown"
    assert "too few" in str(authenticity(flood(6, 6)))
    nameless = authenticity([replace(one, author=None) for one in flood(30, 30)])
    assert nameless.verdict == "unknown"
    assert nameless.concentration is None
    assert str(nameless).startswith("origin unknown: near-duplicates")


def test_a_story_that_outlets_repeat_and_marked_shares_are_no_sign() -> None:
    wire = [mention(NOON + n, negative=True, id=f"w{n}", title="Acme recalls", text=FLOOD) for n in range(20)]
    shares = [
        mention(NOON + 60 + n, negative=True, id=f"r{n}", text="RT @paper: Acme recalls its bikes after the fire")
        for n in range(20)
    ]

    assert authenticity([*wire, *shares]).posts == 0
    assert authenticity([*wire, *shares, *organic(4, 30)]).verdict == "organic"


def test_a_few_loud_people_in_their_own_words_are_no_verdict() -> None:
    loud = [replace(one, author=f"loud{n % 5}") for n, one in enumerate(organic(5, 40))]

    found = authenticity(loud)

    assert found.verdict == "unknown"
    assert found.concentration is not None
    assert found.concentration.low > 0.4


def test_speaking_within_seconds_is_told_beyond_chance_alone() -> None:
    pairs = [
        mention(NOON + 300 * (n // 2) + n % 2 + 0.5, negative=True, id=f"p{n}", text=f"Acme {WORDS[n % 30]} {n}")
        for n in range(40)
    ]
    steady = [mention(NOON + 31.0 * n, negative=True, id=f"s{n}", text=f"Acme {n}") for n in range(40)]
    minutes = [mention(NOON + 60.0 * n, negative=True, id=f"m{n}", text=f"Acme {n}") for n in range(40)]

    together, apart, coarse = (authenticity(one).synchrony for one in (pairs, steady, minutes))
    assert together is not None
    assert together.low > 0.8
    assert apart is not None
    assert apart.high < 0.1
    assert coarse is None


@given(part=st.integers(0, 200), more=st.integers(0, 200))
def test_a_range_holds_its_share_and_stays_a_share(part: int, more: int) -> None:
    many = part + more + 1
    found = wilson(part, many)

    assert 0.0 <= found.low <= part / many + 1e-9
    assert part / many - 1e-9 <= found.high <= 1.0


def test_a_range_is_told_in_whole_percent() -> None:
    assert str(Range(0.601, 0.848)) == "60-85 %"
    assert str(Range(0.0, 0.001)) == "0 %"
