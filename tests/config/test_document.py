"""YAML 1.2 with its lines."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amends.config import document as document_room
from amends.config.document import Document, shape
from amends.config.problems import ConfigurationError, Problem


def read(text: str) -> Document:
    return Document("f", text)


def test_words_of_yaml_1_1_are_words() -> None:
    tree = read(
        "a: [no, on, yes, off, y, 22:00, 2026-12-04T08:00Z, true, false, ~, 0x1F, 0o17, 1_000, -3, 1e3, .inf]"
    ).value
    assert tree["a"][:7] == ["no", "on", "yes", "off", "y", "22:00", "2026-12-04T08:00Z"]
    assert tree["a"][7:] == [True, False, None, 31, 15, 1000, -3, 1000.0, float("inf")]


def test_keys_are_always_words() -> None:
    assert read("1: a\ntrue: b\n2026-01-01: c\n~: d").value == {"1": "a", "true": "b", "2026-01-01": "c", "~": "d"}


def test_a_directive_for_yaml_1_1_changes_nothing() -> None:
    assert read("%YAML 1.1\n---\na: no").value == {"a": "no"}


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("a: [1\nb: 2", 2, "a flow sequence that began on line 1"),
        ("a:\n\tb: 1", 2, "indent with blanks"),
        ("ok: 1\na: 'x", 2, "quotes"),
        ("a: b: c", 1, "put the value in quotes"),
        ("a: *q", 1, "undefined alias 'q'"),
        ("a: 1\n---\nb: 2", 2, "a second document"),
        ("a: 1\nb: \x07", 2, "a control character"),
        ("a: " + "[" * 500, 1, "nested too deeply"),
        ("- a\nb: 1", 2, "look at the quotes, brackets and indents"),
    ],
)
def test_a_syntax_error_names_its_line_and_the_way_out(text: str, line: int, words: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        read(text)
    (problem,) = caught.value.problems
    assert problem.line == line
    assert "not valid YAML" in problem.text
    assert words in problem.text


def test_a_key_that_stands_twice_is_told_with_both_lines() -> None:
    document = read("a: 1\nb: {c: 1, c: 2}\na: 3")
    assert [str(problem) for problem in document.problems] == [
        "f:2: error: 'c' stands twice (first on line 2); keep one of them",
        "f:3: error: 'a' stands twice (first on line 1); keep one of them",
    ]


def test_merges_fill_in_and_own_keys_win() -> None:
    document = read("x: &x {a: 1, b: 2}\ny: &y {b: 3, d: 4}\nz: {<<: [*x, *y], a: 9}\n")
    assert document.value["z"] == {"a": 9, "b": 2, "d": 4}
    assert document.line(("z", "b")) == 1
    assert document.line(("z", "d")) == 2
    assert document.line(("z", "a")) == 3
    assert read("z: {<<: 5}").problems[0].text.startswith("<< takes a map")


def test_lines_are_those_of_keys_and_items_or_of_the_nearest_thing_above() -> None:
    document = read("a:\n  b:\n    - 1\n    - {c: 2}\n")
    assert document.line(()) == 1
    assert document.line(("a", "b")) == 2
    assert document.line(("a", "b", 1)) == 4
    assert document.line(("a", "b", 1, "c")) == 4
    assert document.line(("a", "b", 7)) == 2
    assert document.line(("a", "nothing", "here")) == 1
    assert document.raw(("a", "b", 0)) == "1"
    assert document.raw(("a",)) is None


def test_unknown_tags_and_keys_that_are_maps_are_errors() -> None:
    found = [problem.text for problem in read("a: !!python/object:os.system x\n? {b: 1}\n: 2\n").problems]
    assert any("is not known; write the plain value" in text for text in found)
    assert any("a key must be a plain word" in text for text in found)


def test_aliases_that_multiply_are_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(document_room, "_MAX_NODES", 20_000)
    bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
        f"a{level}: &a{level} [{', '.join([f'*a{level - 1}'] * 10)}]\n" for level in range(1, 9)
    )
    with pytest.raises(ConfigurationError, match="more than 20000 values"):
        read(bomb)


def test_an_empty_file_holds_nothing() -> None:
    document = read("# only a comment\n")
    assert document.value is None
    assert document.line(("a",)) == 1


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused_with_a_line(text: str) -> None:
    found: tuple[Problem, ...] = ()
    try:
        read(text)
    except ConfigurationError as error:
        found = error.problems
    assert all(1 <= problem.line <= len(text) + 1 for problem in found)


def test_shapes_have_names() -> None:
    assert [shape(value) for value in (None, True, 1, 1.5, "x", [], {}, object())] == [
        "nothing", "true or false", "a number", "a number", "text", "a list", "a map", "a value",
    ]  # fmt: skip
