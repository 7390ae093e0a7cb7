"""One entry as its document gave it, in the form that crosses from the child process to the daemon."""

from __future__ import annotations

from typing import TypedDict

from amends.sources.parsing.decode import harmless

MAX_TEXT = 200_000  # characters of one text; more serves no reader
MAX_TITLE = 2_000
MAX_WORD = 2_000  # ids, addresses


class Entry(TypedDict, total=False):
    """All of it optional: what was not given is absent. `parsed` is feedparser's reading of `date`, in Unix time."""

    id: str
    link: str
    title: str
    text: str
    html: bool
    title_html: bool
    author: str
    date: str
    parsed: float
    lang: str
    reach: int
    span: str  # hash of the bytes that it was read from


def bounded(**values: object) -> Entry:
    """Build an entry of the values that are there, each bounded and free of what JSON and databases refuse."""
    limits = {"title": MAX_TITLE, "text": MAX_TEXT}
    entry: dict[str, object] = {}
    for key, value in values.items():
        if value is None or value == "":
            continue
        entry[key] = harmless(value, limits.get(key, MAX_WORD)) if isinstance(value, str) else value
    return entry  # type: ignore[return-value]  # keys are this function's keyword arguments, checked by its tests
