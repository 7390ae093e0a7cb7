"""Which channels of people never took a page: read from the state folder, where there is one."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from amends.config import Problem, state_folder

if TYPE_CHECKING:
    from amends.config import Configuration


def warning(config: Configuration, place: str, text: str) -> Problem:
    """Return a warning about a section's entry, like `people.lea`, with its line."""
    return Problem(str(config.path), config.lines.get(place, 1), "warning", text)


def contacts(config: Configuration) -> list[Problem]:
    """Return a warning for each channel of a person that never took a page, where the state folder can tell.

    Nothing is written, and nothing warned about where there is no database yet, or one of PostgreSQL.
    """
    taken = _taken(config)
    if taken is None:
        return []
    found = []
    for id_, person in config.people.items():
        never = [channel for channel in person.channels if (id_, channel) not in taken]
        if never:
            text = f"people.{id_}: {', '.join(never)} never took a page; run `amends drill` to see that it does"
            found.append(warning(config, f"people.{id_}", text))
    return found


def _taken(config: Configuration) -> set[tuple[str, str]] | None:
    url = config.storage_url(state_folder(config.path, os.environ))
    if not url.startswith("sqlite"):
        return None
    file = _path_of(url)
    try:
        with closing(sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True, timeout=2.0)) as database:
            query = "SELECT DISTINCT person, channel FROM outbox WHERE sent_at IS NOT NULL AND kind = 'page'"
            return {(str(person), str(channel)) for person, channel in database.execute(query)}
    except (sqlite3.Error, OSError, ValueError):
        return None


def _path_of(url: str) -> Path:
    return Path(url.partition(":///")[2].partition("?")[0]).absolute()
