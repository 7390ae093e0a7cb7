"""Results: a table at a terminal, JSON Lines otherwise; hostile text is made harmless on the way to a terminal."""

from __future__ import annotations

import json
import shutil
import sys
import unicodedata
from typing import TYPE_CHECKING, Any

import click

from amends.observe.printable import printable

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

_NARROWEST = 8
_GAP = 2
_WHOLE = frozenset({"id", "path"})  # columns whose cells stand in the next command


def machine(*, as_json: bool) -> bool:
    """Whether results go out as JSON Lines."""
    return as_json or not sys.stdout.isatty()


def line(row: Mapping[str, Any]) -> None:
    """Write one JSON line, at once. What a terminal might obey stays escaped, as JSON lets us."""
    text = json.dumps(row, ensure_ascii=False)
    click.echo("".join(f"\\u{ord(char):04x}" if _unsafe(char) else char for char in text))


def _unsafe(char: str) -> bool:
    return ord(char) < 0x10000 and (unicodedata.category(char) in {"Cc", "Cs", "Zl", "Zp"} or char in _DIRECTIONS)  # noqa: PLR2004 - what \uXXXX can say


_DIRECTIONS = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff")


def rows(found: Iterable[Mapping[str, Any]], columns: Sequence[str], *, as_json: bool, empty: str) -> None:
    """Write rows: `columns` of them as a table at a terminal (`empty` where there are none), whole ones otherwise."""
    if machine(as_json=as_json):
        for row in found:
            line(row)
        return
    cells = [[_cell(row.get(column)) for column in columns] for row in found]
    if not cells:
        click.echo(empty, err=True)
        return
    for text in table(columns, cells, shutil.get_terminal_size().columns):
        click.echo(text)


def table(columns: Sequence[str], cells: Sequence[Sequence[str]], width: int) -> list[str]:
    """Lay cells out in columns, together `width` wide at most; the widest gives way first, what is copied never."""
    heads = [column.replace("_", " ").upper() for column in columns]
    wide = [max(columns_of(text) for text in column) for column in zip(heads, *cells, strict=True)]
    elastic = [at for at, column in enumerate(columns) if column not in _WHOLE]
    while sum(wide) + _GAP * (len(wide) - 1) > width:
        widest = max(elastic, key=wide.__getitem__, default=None)
        if widest is None or wide[widest] <= _NARROWEST:
            break
        wide[widest] -= 1
    lines = [[_fit(text, size) for text, size in zip(row, wide, strict=True)] for row in (heads, *cells)]
    return [(" " * _GAP).join(row).rstrip() for row in lines]


def columns_of(text: str) -> int:
    """Return how many columns of a terminal a text takes."""
    return sum(
        0 if unicodedata.combining(char) else 2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text
    )


def _fit(text: str, size: int) -> str:
    if columns_of(text) > size:
        kept = ""
        for char in text:
            if columns_of(kept + char) > size - 1:
                break
            kept += char
        text = kept + "…"
    return text + " " * (size - columns_of(text))


def _cell(value: Any) -> str:  # noqa: ANN401 - whatever JSON holds
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, list | dict):
        return printable(json.dumps(value, ensure_ascii=False))
    return printable(str(value))
