"""Mention records: bytes from strangers to items, each refusal with its index, id, field and the way out."""

from __future__ import annotations

import json
import unicodedata
from dataclasses import dataclass
from math import isinf
from typing import TYPE_CHECKING, Any, NoReturn

from amends.model import Item
from amends.web.problems import Problem
from amends.web.times import parse_rfc3339

if TYPE_CHECKING:
    from collections.abc import Mapping

    from amends.model import DateQuality, Seconds

MAX_RECORDS = 1_000
MAX_BYTES = 4 * 1024 * 1024
MAX_WORD = 512  # characters of an id, a source, an author
MAX_URL = 4_096
SKEW = 60.0  # seconds by which a giver's clock may be ahead without remark
LINES = frozenset({"application/x-ndjson", "application/ndjson", "application/jsonl"})
ARRAY = "application/json"

_KNOWN = frozenset({"id", "brand", "source", "url", "author", "published_at", "title", "text", "lang", "reach"})
_REACH_MAX = 2**62


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why one record was not taken; `index` counts from 0 over the records of the request."""

    index: int
    id: str | None
    field: str | None
    detail: str

    def document(self) -> dict[str, Any]:
        """Return it as the doors have it."""
        return {"index": self.index, "id": self.id, "field": self.field, "detail": self.detail}


@dataclass(frozen=True, slots=True)
class Read:
    """What a request held: items in order, refusals, and how many records there were."""

    items: tuple[Item, ...]
    refused: tuple[Refusal, ...]
    records: int


class _FieldError(ValueError):
    def __init__(self, field: str | None, detail: str) -> None:
        super().__init__(detail)
        self.field, self.detail = field, detail


def read_records(body: bytes, content_type: str, now: Seconds) -> Read:
    """Return the items of a request body; `Problem` where the whole of it cannot be read (400, 413, 415)."""
    rows = _array(body) if content_type == ARRAY else _lines(body)
    if len(rows) > MAX_RECORDS:
        raise Problem(413, "too-many", f"more than {MAX_RECORDS} records in one request; send them in parts")
    items: list[Item] = []
    refused: list[Refusal] = []
    for index, row in enumerate(rows):
        try:
            record = _loads(row) if isinstance(row, bytes) else row
            items.append(read_record(record, now))
        except _FieldError as error:
            refused.append(Refusal(index, _id_of(row), error.field, error.detail))
    return Read(tuple(items), tuple(refused), len(rows))


def read_record(record: object, now: Seconds) -> Item:
    """Return one record as an item seen `now`; `ValueError` with `field` and `detail` where it is not acceptable."""
    if not isinstance(record, dict):
        raise _FieldError(None, f"a record is a JSON object, found {_kind(record)}")
    fields = {_scrub(key): _scrub(value) for key, value in record.items()}
    text = _string(fields, "text")
    title = _optional(fields, "title") or ""
    if not text.strip() and not title.strip():
        raise _FieldError("text", "is empty, and so is the title; a mention says something")
    published_at, date = _published(fields, now)
    return Item(
        source=_word(fields, "source"),
        id=_word(fields, "id"),
        text=text,
        title=title,
        published_at=published_at,
        seen_at=now,
        date=date,
        url=_bounded(fields, "url", MAX_URL),
        author=_bounded(fields, "author", MAX_WORD),
        lang=_bounded(fields, "lang", MAX_WORD),
        reach=_reach(fields),
        brand=_bounded(fields, "brand", MAX_WORD),
        extra={key: value for key, value in fields.items() if key not in _KNOWN},
    )


def _array(body: bytes) -> list[Any]:
    try:
        rows = _loads(body)
    except _FieldError as error:
        raise Problem(400, "not-json", f"the body {error.detail}") from error
    if not isinstance(rows, list):
        raise Problem(
            400, "not-an-array", f"application/json takes an array of records, found {_kind(rows)}; wrap it in [ ]"
        )
    return rows


def _lines(body: bytes) -> list[Any]:
    return [line for line in body.removeprefix(b"\xef\xbb\xbf").split(b"\n") if line.strip()]


def _loads(raw: bytes) -> Any:  # noqa: ANN401 - whatever JSON holds
    try:
        return json.loads(raw.decode("utf-8-sig"), parse_constant=_no_constant, parse_float=_finite)
    except UnicodeDecodeError as error:
        raise _FieldError(None, f"is not UTF-8 at byte {error.start}; encode it as UTF-8") from error
    except RecursionError as error:
        raise _FieldError(None, "nests too deeply to be read") from error
    except ValueError as error:
        where = f" at character {error.pos}: {error.msg}" if isinstance(error, json.JSONDecodeError) else f": {error}"
        raise _FieldError(None, f"is not JSON{where}") from error


def _finite(text: str) -> float:
    value = float(text)
    if isinf(value):
        raise ValueError(f"{text[:20]} is larger than any number that can be kept")
    return value


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON number")


def _scrub(value: Any, depth: int = 0) -> Any:  # noqa: ANN401 - whatever JSON holds
    """Make strings storable everywhere: no NUL, no half of a surrogate pair. Deep values are bounded."""
    if isinstance(value, str):
        return value.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace").replace("\x00", "")
    if depth > 20:  # noqa: PLR2004 - deeper than any post's metadata
        raise _FieldError(None, "nests more than 20 levels deep; flatten it")
    if isinstance(value, list):
        return [_scrub(one, depth + 1) for one in value]
    if isinstance(value, dict):
        return {_scrub(key): _scrub(one, depth + 1) for key, one in value.items()}
    return value


def _kind(value: object) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "a boolean"
    names = {str: "a string", int: "a number", float: "a number", list: "an array", dict: "an object"}
    return names.get(type(value), "something else")


def _optional(fields: Mapping[str, Any], name: str) -> str | None:
    value = fields.get(name)
    if value is None or isinstance(value, str):
        return value
    raise _FieldError(name, f"is a string, found {_kind(value)}")


def _string(fields: Mapping[str, Any], name: str) -> str:
    value = _optional(fields, name)
    if value is None:
        raise _FieldError(name, "is required" + (" and may not be null" if name in fields else ""))
    return value


def _word(fields: Mapping[str, Any], name: str) -> str:
    """Return a required key of a record: not blank, bounded, no control characters (it goes into addresses)."""
    value = _string(fields, name).strip()
    if not value:
        raise _FieldError(name, "is empty; every record needs one")
    if len(value) > MAX_WORD:
        raise _FieldError(name, f"has {len(value)} characters, at most {MAX_WORD} are taken")
    if any(unicodedata.category(char) == "Cc" for char in value):
        raise _FieldError(name, "holds a control character; remove it")
    return value


def _bounded(fields: Mapping[str, Any], name: str, limit: int) -> str | None:
    """Return an optional one-line value, or None where it is blank."""
    value = _optional(fields, name)
    if value is None:
        return None
    line = "".join(" " if unicodedata.category(char) == "Cc" else char for char in value).strip()
    if len(line) > limit:
        raise _FieldError(name, f"has {len(line)} characters, at most {limit} are taken")
    return line or None


def _reach(fields: Mapping[str, Any]) -> int | None:
    value = fields.get("reach")
    if value is None:
        return None
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= _REACH_MAX:
        raise _FieldError("reach", f"is a whole number from 0, found {repr(value)[:40]}")
    return value


def _published(fields: Mapping[str, Any], now: Seconds) -> tuple[Seconds, DateQuality]:
    try:
        at = parse_rfc3339(_string(fields, "published_at"))
    except _FieldError:
        raise
    except ValueError as error:
        raise _FieldError("published_at", str(error)) from error
    if at > now:  # nobody publishes in the future: two clocks that differ, or a wrong date
        return now, "future" if at > now + SKEW else "given"
    return at, "given"


def _id_of(row: object) -> str | None:
    """Return a refused record's own id where one can be read."""
    try:
        record = _loads(row) if isinstance(row, bytes) else row
    except _FieldError:
        return None
    found = record.get("id") if isinstance(record, dict) else None
    return _scrub(found)[:MAX_WORD] if isinstance(found, str) else None
