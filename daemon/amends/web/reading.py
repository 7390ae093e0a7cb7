"""Reading requests: bounded bodies, JSON objects, and the fields that commands share."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from aiohttp import hdrs, web
from aiohttp.http_exceptions import PayloadEncodingError

from amends.pipeline.obey import LONGEST_SILENCE
from amends.web.problems import Problem, invalid
from amends.web.records import MAX_BYTES
from amends.web.times import parse_rfc3339

if TYPE_CHECKING:
    from collections.abc import Mapping

    from amends.model import Seconds
    from amends.web.ports import Site

SMALL = 64 * 1024  # bytes of a command
MAX_LIMIT = 1_000
_LONG = 10_000  # characters of a statement's text
_LINE = 500  # characters of a reason


async def read_body(request: web.Request, limit: int = MAX_BYTES) -> bytes:
    """Return the body, unpacked; 413 as soon as it is known to be larger than `limit` bytes, 400 where it cannot be."""
    too_large = Problem(413, "too-large", f"the body is larger than {limit} bytes; send it in parts")
    if (request.content_length or 0) > limit:
        raise too_large
    parts: list[bytes] = []
    size = 0
    try:
        async for part in request.content.iter_any():
            size += len(part)
            if size > limit:
                raise too_large
            parts.append(part)
    except (web.RequestPayloadError, PayloadEncodingError) as error:
        encoding = request.headers.get(hdrs.CONTENT_ENCODING, "")[:40]
        what = f"is no {encoding}, as its Content-Encoding says" if encoding else f"cannot be read: {error}"
        raise Problem(400, "unreadable", f"the body {what}") from error
    return b"".join(parts)


async def read_object(request: web.Request) -> dict[str, Any]:
    """Return the JSON object of a command; an empty body is an empty object."""
    body = await read_body(request, SMALL)
    if not body.strip():
        return {}
    try:
        document = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise Problem(400, "not-json", f"the body is not JSON: {error}") from error
    if not isinstance(document, dict):
        raise Problem(400, "not-an-object", 'the body is a JSON object, like {"by": "lea"}')
    return document


def text_of(fields: Mapping[str, Any], name: str, *, required: bool = True, limit: int = _LINE) -> str:
    """Return a string field without its surrounding space; 422 where it is missing, no string or too long."""
    value = fields.get(name)
    if value is None:
        value = ""
    if not isinstance(value, str):
        raise invalid(name, f"is a string, found {json.dumps(value)[:60]}")
    value = value.strip().replace("\x00", "").encode("utf-8", "replace").decode()
    if required and not value:
        raise invalid(name, "is required")
    if len(value) > limit:
        raise invalid(name, f"has {len(value)} characters, at most {limit} are taken")
    return value


def statement_of(fields: Mapping[str, Any], name: str) -> str:
    """Return a longer text, or nothing."""
    return text_of(fields, name, required=False, limit=_LONG)


def person_of(site: Site, fields: Mapping[str, Any], name: str = "by") -> str:
    """Return who acts; 422 where nobody of that id is configured."""
    person = text_of(fields, name)
    people = site.engine.rules.people
    if person not in people:
        known = ", ".join(sorted(people)) or "nobody is configured"
        raise invalid(name, f"{person!r} is no person of the configuration; known: {known}", "unknown-person")
    return person


def brand_of(site: Site, fields: Mapping[str, Any], name: str = "brand") -> str:
    """Return a brand's id; 422 where none of that id is configured."""
    brand = text_of(fields, name)
    if brand not in site.engine.rules.brands:
        known = ", ".join(sorted(site.engine.rules.brands))
        raise invalid(name, f"{brand!r} is no brand of the configuration; known: {known}", "unknown-brand")
    return brand


def later(site: Site, fields: Mapping[str, Any], name: str = "until") -> Seconds:
    """Return a time to come, 30 days away at most; 422 where it is missing, no RFC 3339, past or further away."""
    given = text_of(fields, name)
    at, now = moment(given, name), site.clock.wall()
    if at <= now:
        raise invalid(name, f"{given} is past; give a time to come")
    if at > now + LONGEST_SILENCE:  # a snooze ends, too: nothing is held for good
        raise invalid(name, f"{given} is more than 30 days away; nothing is held for longer, give a nearer time")
    return at


def moment(given: str, name: str) -> Seconds:
    """Return an RFC 3339 time; 422 otherwise."""
    try:
        return parse_rfc3339(given)
    except ValueError as error:
        raise invalid(name, str(error)) from error


def one_of(fields: Mapping[str, Any], name: str, choices: tuple[str, ...]) -> str:
    """Return a word of a few; 422 otherwise."""
    value = text_of(fields, name)
    if value not in choices:
        raise invalid(name, f"is one of {', '.join(choices)}; found {value[:40]!r}")
    return value


def query_word(request: web.Request, name: str, choices: tuple[str, ...] = ()) -> str | None:
    """Return a filter of the address, None where it is absent or empty; 422 outside its choices."""
    value = request.query.get(name) or None
    if value is not None and choices and value not in choices:
        raise invalid(name, f"is one of {', '.join(choices)}; found {value[:40]!r}")
    return value


def query_time(request: web.Request, name: str) -> Seconds | None:
    """Return a time of the address, None where it is absent."""
    value = request.query.get(name)
    return moment(value.replace(" ", "+"), name) if value else None  # an unescaped + of an offset arrives as a space


def query_limit(request: web.Request, default: int = 100) -> int:
    """Return how many rows are asked for, 1 to 1,000."""
    value = request.query.get("limit")
    if not value:
        return default
    if not (value.isascii() and value.isdigit() and 1 <= int(value[:9]) <= MAX_LIMIT):
        raise invalid("limit", f"is a whole number from 1 to {MAX_LIMIT}, found {value[:20]!r}")
    return int(value)
