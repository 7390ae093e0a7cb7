from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amends.matching import fingerprint

STORY = (
    "The maker of the Osterly toaster has recalled forty thousand pieces after three kitchens caught fire in Lyon and "
    "Lille, the consumer authority said on Tuesday, and asked buyers to unplug theirs at once and take it back to the "
    "shop where it was sold, with or without the receipt, for their money in full. The company said that it regretted "
    "the fires and that a supplier had changed a spring without telling anybody about the change in material."
)


def differing(one: int, other: int) -> int:
    return ((one ^ other) & (1 << 64) - 1).bit_count()


@pytest.mark.parametrize(
    "copy",
    [
        "RT @someone: " + STORY,
        STORY.upper(),
        STORY + " https://t.example/abc",
        STORY.replace(",", " -").replace(".", "!"),
        "@acme @other " + STORY,
        STORY.replace("é", "e"),
        "RT: " + STORY,
        "Breaking: " + STORY,
        "BREAKING - " + STORY,
        "\U0001f6a8 BREAKING \U0001f6a8 " + STORY,
        "[UPDATE] " + STORY,
        "#Breaking " + STORY,
        "Just in: " + STORY,
        "RT @someone: Breaking News | " + STORY,
        "Alerte info : " + STORY,
        "DERNIÈRE MINUTE \u2014 " + STORY,
        "\u00ab " + STORY + " \u00bb",
        STORY + " #boycott #Osterly",
        STORY + " \U0001f621\U0001f621 #boycott! https://t.example/abc",
    ],
)
def test_a_copy_has_the_number_of_its_original(copy: str) -> None:
    assert fingerprint(copy) == fingerprint(STORY)


def test_words_that_call_for_attention_count_inside_a_text_and_where_they_are_all_of_it() -> None:
    assert fingerprint("the breaking news of today: " + STORY) != fingerprint(STORY)
    assert fingerprint("read-only mode " + STORY) != fingerprint("only mode " + STORY)
    assert fingerprint("#one #two #three #four #five #six") != 0
    assert fingerprint("Update your kettle now, says the maker of it") != fingerprint(
        "your kettle now, says the maker of it"
    )


def test_one_word_changed_in_a_wire_story_moves_few_bits() -> None:
    distances = [
        differing(fingerprint(STORY), fingerprint(STORY.replace(f" {word} ", " otherwise ", 1)))
        for word in ("three", "consumer", "unplug", "receipt", "regretted", "spring", "company", "fires")
    ]
    assert sum(distance <= 3 for distance in distances) >= 5
    assert max(distances) <= 8


def test_unrelated_texts_differ_in_about_half_the_bits() -> None:
    rng = random.Random(7)
    words = [f"word{number}" for number in range(500)]
    prints = [fingerprint(" ".join(rng.sample(words, 20))) for _ in range(200)]
    distances = [differing(one, other) for one in prints[:50] for other in prints[50:]]
    assert 28 <= sum(distances) / len(distances) <= 36
    assert min(distances) > 3


@pytest.mark.parametrize("text", ["", "too short", "five words are too few", "@a @b @c @d @e @f @g", "http://a.b " * 9])
def test_short_texts_have_no_fingerprint(text: str) -> None:
    assert fingerprint(text) == 0


def test_text_without_spaces_is_counted_by_characters() -> None:
    assert fingerprint("\u65b0\u3057\u3044\u96fb\u8a71\u306f\u6700\u60aa\u3067\u3059") != 0


@given(st.text(max_size=500))
def test_fingerprints_fit_a_signed_64_bit_column(text: str) -> None:
    assert -(2**63) <= fingerprint(text) < 2**63
    assert fingerprint(text) == fingerprint(text)


def test_the_number_of_a_text_never_changes_between_programs() -> None:
    assert fingerprint("the quick brown fox jumps over the lazy dog") == 1788073569399355415
