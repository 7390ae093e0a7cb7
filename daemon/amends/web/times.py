"""RFC 3339 read strictly."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from amends.model import Seconds

_RFC3339 = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(?:\.(\d{1,12}))?(?:([Zz])|([+-])(\d\d):(\d\d))", re.ASCII
)
_LEAP = 60
_HOURS, _MINUTES = 24, 60


def parse_rfc3339(text: str) -> Seconds:
    """Return Unix seconds of an RFC 3339 `date-time`, a leap second as :59 and 1 s; `ValueError` in plain words."""
    found = _RFC3339.fullmatch(text)
    if found is None:
        raise ValueError(f"{text[:40]!r} is no RFC 3339 time; write it like 2026-01-05T08:00:00Z")
    year, month, day, hour, minute, second = (int(part) for part in found.groups()[:6])
    fraction, zulu, sign, off_hours, off_minutes = found.groups()[6:]
    offset = timedelta()
    if not zulu:
        if int(off_hours) >= _HOURS or int(off_minutes) >= _MINUTES:
            raise ValueError(f"{text[:40]!r} has an impossible offset; hours go to 23, minutes to 59")
        offset = timedelta(hours=int(off_hours), minutes=int(off_minutes)) * (-1 if sign == "-" else 1)
    leap = second == _LEAP
    try:
        moment = datetime(year, month, day, hour, minute, 59 if leap else second, tzinfo=timezone(offset))
    except ValueError as error:
        raise ValueError(f"{text[:40]!r} is no date in the calendar: {error}") from error
    # Whole seconds from the calendar and the fraction apart: no rounding of one by the other.
    whole = (moment.replace(tzinfo=None) - datetime(1970, 1, 1)) // timedelta(seconds=1)  # noqa: DTZ001 - same clock both sides
    return whole - offset.total_seconds() + (1 if leap else 0) + (float(f"0.{fraction}") if fraction else 0.0)
