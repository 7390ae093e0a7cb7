"""Who acts: the person named, else the only one there is."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from amends.model import AmendsError, InputError

if TYPE_CHECKING:
    from pathlib import Path


def acting(by: str | None, config: Path | None) -> str:
    """Return who acts; without `--by` the configuration must know exactly one person."""
    if by:
        return by
    from amends.config import find, load  # noqa: PLC0415 - costly, and only without --by

    path = find(config, os.environ)
    try:
        people = sorted(load(path, os.environ).people) if path else []
    except AmendsError:  # a client needs no valid configuration, only a name
        people = []
    if len(people) == 1:
        return people[0]
    known = f": one of {', '.join(people)}" if people else ", the id of a person in the configuration"
    raise InputError(f"say who you are with --by PERSON{known}")
