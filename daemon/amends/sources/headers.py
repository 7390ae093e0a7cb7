"""What an answer's headers say about when to come back (RFC 9110, 9111); seconds from now, or None."""

from __future__ import annotations

import re
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from amends.model import DAY, Seconds

if TYPE_CHECKING:
    from collections.abc import Mapping

RETRY_CAP = 31 * DAY  # nobody means longer; a source that is silent for ever helps nobody
CACHE_CAP = 1 * DAY  # `max-age=31536000` on a feed is a mistake of a file server, not a wish
_LONGEST = 1024  # characters: an ETag of a kilobyte is none
_WEAK = 2.0  # seconds between Last-Modified and Date under which the validator may hide a second change
_MAX_AGE = re.compile(r"(?:^|[\s,])max-age\s*=\s*\"?(\d{1,12})", re.IGNORECASE)
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([A-Za-z0-9._:-]{1,40})", re.IGNORECASE)


def http_date(value: str | None) -> Seconds | None:
    """Read an HTTP date as Unix time; None if it is none."""
    if not value:
        return None
    try:
        when = parsedate_to_datetime(value)
        return (when if when.tzinfo else when.replace(tzinfo=UTC)).timestamp()
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def retry_after(headers: Mapping[str, str], now: Seconds) -> Seconds | None:
    """Seconds of `Retry-After`, given as a number or as a date (read against the server's own clock)."""
    value = headers.get("retry-after", "").strip()
    if not value:
        return None
    if value.isdecimal():
        return min(float(value[:12]), RETRY_CAP)
    when = http_date(value)
    if when is None:
        return None
    return min(max(0.0, when - (http_date(headers.get("date")) or now)), RETRY_CAP)


def fresh_for(headers: Mapping[str, str], now: Seconds) -> Seconds | None:
    """Seconds for which an answer says it stays fresh: max-age less Age, else Expires; None where it is unsaid."""
    control = headers.get("cache-control", "")
    if control and ("no-cache" in control.lower() or "no-store" in control.lower()):
        return 0.0
    found = _MAX_AGE.search(control) if control else None
    if found:
        age = headers.get("age", "").strip()
        spent = float(age[:12]) if age.isdecimal() else 0.0
        return min(max(0.0, float(found.group(1)) - spent), CACHE_CAP)
    expires = http_date(headers.get("expires"))
    if expires is None:
        return None
    return min(max(0.0, expires - (http_date(headers.get("date")) or now)), CACHE_CAP)


def weak(headers: Mapping[str, str]) -> bool:
    """Whether Last-Modified is so close to Date that a change in the same second stays unseen (RFC 9110, 8.8.2.2)."""
    modified = http_date(headers.get("last-modified"))
    date = http_date(headers.get("date")) if modified is not None else None
    return date is not None and modified is not None and date - modified < _WEAK


def charset(headers: Mapping[str, str]) -> str | None:
    """The charset that Content-Type names."""
    found = _CHARSET.search(headers.get("content-type", ""))
    return found.group(1) if found else None


def returnable(value: str | None) -> str | None:
    """A validator that can be sent back byte for byte; None for one that cannot (bytes that are no UTF-8, controls)."""
    if not value or len(value) > _LONGEST or not value.isprintable():
        return None
    try:
        value.encode("utf-8")
    except UnicodeEncodeError:
        return None
    return value
