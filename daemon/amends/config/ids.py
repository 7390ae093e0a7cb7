"""Ids made from names."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection

_LONGEST = 40


def slug(name: str, taken: Collection[str] = (), default: str = "brand") -> str:
    """Return an id (`[a-z0-9-]{1,40}`) that reads like the name and is not taken yet."""
    plain = "".join(char for char in unicodedata.normalize("NFKD", name) if not unicodedata.combining(char))
    base = re.sub(r"[^a-z0-9]+", "-", plain.lower()).strip("-")[:_LONGEST].strip("-") or default
    found, number = base, 2
    while found in taken:
        tail = f"-{number}"
        found, number = base[: _LONGEST - len(tail)].rstrip("-") + tail, number + 1
    return found
