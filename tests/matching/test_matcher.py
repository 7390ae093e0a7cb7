from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amends.matching import Matcher, Terms, Watch, clean, fingerprint

TWO = Matcher(
    {"acme": Terms("Acme", aliases=("Acme Corp",)), "osterly": Terms("Osterly", exclude=("osterly park",))},
    {
        "acme": Watch(
            terms=("recall", "class action", "inquiry", "rappel produit", "\u30ea\u30b3\u30fc\u30eb", "Lawsuits"),
            authors=("@Jo_Press", "u/tester"),
        ),
        "osterly": Watch(),
    },
)


def test_brands_come_in_configured_order() -> None:
    assert TWO.brands("Osterly bought Acme") == ("acme", "osterly")


def test_excluding_one_brand_leaves_the_other() -> None:
    assert TWO.brands("Osterly Park and Acme") == ("acme",)


def test_a_hint_is_believed_by_id_and_by_name() -> None:
    assert TWO.brands("says nothing", "acme") == ("acme",)
    assert TWO.brands("says nothing", "OSTERLY") == ("osterly",)


def test_an_unknown_hint_names_nobody() -> None:
    assert TWO.brands("Acme", "nobody") == ()


def test_empty_terms_are_no_names() -> None:
    matcher = Matcher({"acme": Terms("Acme", aliases=("",), handles=("@", " "), hashtags=("#",))})
    assert matcher.brands("@ # and nothing") == ()
    assert Matcher({}).brands("Acme") == ()


def test_a_name_of_nothing_but_signs_is_taken_as_it_stands() -> None:
    assert Matcher({"band": Terms("!!!")}).brands("I saw !!! live") == ("band",)


@pytest.mark.parametrize(
    ("text", "term"),
    [
        ("They recall it", "recall"),
        ("two RECALLS", "recall"),
        ("they recalled it", None),
        ("a class-action", "class action"),
        ("class actions everywhere", "class action"),
        ("two inquiries", "inquiry"),
        ("des rappels produits", "rappel produit"),
        ("\u81ea\u4e3b\u30ea\u30b3\u30fc\u30eb\u3092", "\u30ea\u30b3\u30fc\u30eb"),
        ("a lawsuit", "Lawsuits"),
        ("total", None),
    ],
)
def test_watched_terms_are_whole_words_and_simple_plurals(text: str, term: str | None) -> None:
    assert TWO.watch("acme", text, None) == term


def test_plurals_in_al_y_eau_and_a_long_phrase() -> None:
    terms = ("tribunal", "bureau", "gas", "loss", "one two three four five")
    matcher = Matcher({"acme": Terms("Acme")}, {"acme": Watch(terms=(*terms, ""))})
    assert matcher.watch("acme", "les tribunaux", None) == "tribunal"
    assert matcher.watch("acme", "les bureaux", None) == "bureau"
    assert matcher.watch("acme", "losses", None) == "loss"
    assert matcher.watch("acme", "one two three four five", None) == "one two three four five"
    assert matcher.watch("acme", "los", None) is None


@pytest.mark.parametrize("author", ["Jo_Press", "@jo_press", "JO_PRESS"])
def test_watched_authors_are_known_blind_to_case_and_at(author: str) -> None:
    assert TWO.watch("acme", "hello", author) == "@Jo_Press"
    assert TWO.watch("acme", "hello", "/u/Tester") == "u/tester"


def test_a_brand_without_a_watch_list_watches_nothing() -> None:
    assert TWO.watch("osterly", "recall", "jo_press") is None
    assert TWO.watch("nobody", "recall", None) is None
    assert Matcher({"a": Terms("A")}, {"a": Watch(authors=("jo",))}).watch("a", "recall", "someone") is None


@given(st.text(max_size=300), st.text(max_size=40))
def test_wanted_is_true_wherever_brands_finds_one(text: str, name: str) -> None:
    matcher = Matcher({"one": Terms(name or "x"), "two": Terms("Acme", exclude=("b",))})
    said = f"{text} {name} {text}"
    assert matcher.wanted(said) or not matcher.brands(said)
    matcher.watch("one", said, text)


@given(st.text(alphabet=st.characters(categories=["Lu", "Ll", "Nd"], max_codepoint=0x24F), min_size=1, max_size=20))
def test_a_name_of_letters_names_itself_in_any_case(name: str) -> None:
    matcher = Matcher({"one": Terms(name)})
    for said in (name, name.lower(), name.upper(), f"({name})", f"x {name}, y"):
        # Upper case may spell a letter with two (\u0149) that no lower case has; folding is one way by nature.
        if said.casefold() == name.casefold() or name in said:
            assert matcher.brands(said) == ("one",)


HOSTILE = [
    "a" * 50_000, "@" * 50_000, "#" * 50_000, "#aA" * 16_000, "http://" * 7_000, "://?" * 12_000, "rt @a " * 8_000,
    "acme " * 10_000, "\u30bd\u30cb" * 25_000, "a\u0301\u0323" * 16_000, "a" + "\u0323\u0301" * 25_000, "'-" * 25_000,
    "\ud800" * 50_000, "\u202e" * 50_000, "\x00" * 50_000, "e\u0430" * 25_000, " " * 50_000, "...\n" * 12_000,
]  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_texts_cost_no_more_than_their_length(text: str) -> None:
    matcher = Matcher({f"b{number}": Terms(f"Brand{number} Corp", handles=(f"h{number}",)) for number in range(2_000)})
    started = time.perf_counter()
    matcher.brands(text)
    fingerprint(clean(text, html=False))
    assert time.perf_counter() - started < 1.0


def test_the_index_answers_among_ten_thousand_brands() -> None:
    brands = {f"b{number}": Terms(f"Brand {number}", aliases=(f"alias{number}",)) for number in range(10_000)}
    matcher = Matcher(brands)
    text = " ".join(f"word{number}" for number in range(6_000)) + " brand 77 and alias9999"
    started = time.perf_counter()
    assert matcher.brands(text) == ("b77", "b9999")
    assert time.perf_counter() - started < 0.5
