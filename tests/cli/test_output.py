"""Tables for eyes, JSON Lines for programs; hostile text harmless in both."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from amends.cli import output

if TYPE_CHECKING:
    import pytest

HOSTILE = "a\x1b[31m\x9b2J\u202eb\nc\u2028\x00\r\t\ud800"


def test_a_table_fits_the_terminal_and_the_widest_column_gives_way() -> None:
    lines = output.table(("id", "opened_at"), [["a", "x" * 100], ["bb", "y"]], 30)
    assert lines[0] == "ID  OPENED AT"
    assert all(output.columns_of(line) <= 30 for line in lines)
    assert lines[1].endswith("…")


def test_an_id_is_never_cut_for_it_stands_in_the_next_command() -> None:
    (_, row) = output.table(("id", "brand", "title"), [["inc_" + "a" * 32, "acme", "x" * 100]], 60)
    assert row.startswith("inc_" + "a" * 32 + "  acme   x")
    assert row.endswith("…")


@given(st.lists(st.lists(st.text(max_size=60), min_size=3, max_size=3), max_size=8), st.integers(40, 200))
def test_any_cells_fit_any_terminal(cells: list[list[str]], width: int) -> None:
    clean = [[output.printable(cell) for cell in row] for row in cells]
    assert all(output.columns_of(line) <= width for line in output.table(("a", "b", "c"), clean, width))


def test_wide_and_combining_letters_are_counted_as_the_terminal_does() -> None:
    assert output.columns_of("日本") == 4
    assert output.columns_of("e\u0301") == 1


def test_a_json_line_holds_the_value_and_nothing_a_terminal_obeys(capsys: pytest.CaptureFixture[str]) -> None:
    output.line({"text": HOSTILE, "name": "Léa 日本 🎉"})
    out = capsys.readouterr().out
    assert json.loads(out) == {"text": HOSTILE, "name": "Léa 日本 🎉"}
    assert "Léa 日本 🎉" in out
    assert out.count("\n") == 1
    assert not set(out) & set("\x1b\x9b\u202e\u2028\x00\r\t")


def test_cells_say_what_there_is() -> None:
    assert [output._cell(value) for value in (None, True, False, 1.50, [1], HOSTILE[:2])] == [
        "-", "yes", "no", "1.5", "[1]", "a\\x1b",
    ]  # fmt: skip
