"""JSON out and in: bytes that any server takes, and answers read as if a stranger had written them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


def encoded(value: object) -> bytes:
    """Return compact JSON in UTF-8; what no encoding holds becomes a question mark."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def part(document: Mapping[str, Any], key: str) -> dict[str, Any]:
    """Return the object under a key, an empty one where there is none."""
    found = document.get(key)
    return found if isinstance(found, dict) else {}


def parts(document: Mapping[str, Any], key: str) -> list[dict[str, Any]]:
    """Return the objects of the list under a key, none where there is no list."""
    found = document.get(key)
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []
