"""What a document says about when something was published, and whether that can be true."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_tz

from amends.model import HOUR, DateQuality, Seconds

_EARLIEST = datetime(1990, 1, 1, tzinfo=UTC).timestamp()  # nothing on the web is older
_YEAR_1, _YEAR_10000 = -62_135_596_800.0, 253_402_300_799.0
_SKEW = 300.0  # seconds by which a server's clock may run ahead of ours
_ISO = re.compile(
    r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[T\s]+(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?)?\s*"
    r"(Z|z|[+-]\d{2}:?\d{2}|[+-]\d{2})?"
)
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})Z?")
_NUMBER = re.compile(r"-?\d{1,19}(?:\.\d{1,9})?")
_TIME = re.compile(r"\d:\d{2}")
_ZONE = re.compile(r"([A-Za-z]{1,6})\s*(?:\([^()]{0,40}\))?$")
_NUMERIC_ZONE = re.compile(r"[+-]\d{2}:?\d{2}\s*(?:\([^()]{0,60}\))?$")
# Hours from UTC of zone names that mean one thing on the web. IST and AST mean several: they are not read as anything.
ZONES: dict[str, float] = {
    "UT": 0, "UTC": 0, "GMT": 0, "Z": 0, "WET": 0, "WEST": 1, "CET": 1, "CEST": 2, "MEZ": 1, "MESZ": 2, "EET": 2,
    "EEST": 3, "BST": 1, "MSK": 3, "SAST": 2, "PKT": 5, "WIB": 7, "HKT": 8, "SGT": 8, "AWST": 8, "JST": 9, "KST": 9,
    "ACST": 9.5, "ACDT": 10.5, "AEST": 10, "AEDT": 11, "NZST": 12, "NZDT": 13, "HST": -10, "AKST": -9, "AKDT": -8,
    "PST": -8, "PDT": -7, "MST": -7, "MDT": -6, "CST": -6, "CDT": -5, "EST": -5, "EDT": -4, "BRT": -3, "ART": -3,
}  # fmt: skip
_NOT_ZONES = frozenset({"AM", "PM", "T"})
_ZONE_LENGTH = 5  # letters of the longest name
_DAY_DIGITS = 8  # 20260105 is a day, not a second of 1970
_NANO, _MICRO, _MILLI = 1e17, 1e14, 1e11  # numbers beyond are in these parts of a second


@dataclass(frozen=True, slots=True)
class Said:
    """A date as the document has it: `at` in Unix time, None where nothing can be read; and what is odd about it."""

    at: Seconds | None
    quality: DateQuality


@dataclass(frozen=True, slots=True)
class When:
    """A date that can be worked with: never after it was seen."""

    at: Seconds
    quality: DateQuality


def read_date(raw: str | None, parsed: Seconds | None = None) -> Said:
    """Read a date: RFC 3339 and its relatives, RFC 2822, Unix seconds and milliseconds; else a parser's reading.

    A zone name that nobody can place makes quality `zone`: without its zone the hour is unknown, so `at` is None.
    """
    text = (raw or "").strip()
    if not text:
        return Said(None, "missing") if parsed is None else Said(parsed, "given")
    if _NUMBER.fullmatch(text) and (len(text.partition(".")[0]) > _DAY_DIGITS or parsed is None):
        return _from_number(text)
    found = _iso(text)
    if found is not None:
        return Said(found, "given")
    return _named(text, parsed)


def _named(text: str, parsed: Seconds | None) -> Said:
    """Dates with names in them: of days, months and zones."""
    zone = _zone_name(text)
    if zone is not None and zone not in ZONES:
        return Said(None, "zone")
    found = _mail(text, zone)
    if found is None:
        # A form that only the parser knows; it takes every zone for UTC that it does not know.
        found = parsed
        if parsed is not None and zone is not None and ZONES[zone] != 0:
            return Said(None, "zone")
    return Said(found, "given" if found is not None else "missing")


def judge(said: Said, seen_at: Seconds) -> When:
    """Replace what cannot be true by `seen_at`, and say so (missing, future, absurd, zone)."""
    if said.at is None:
        return When(seen_at, said.quality if said.quality != "given" else "missing")
    if said.at < _EARLIEST:
        return When(seen_at, "absurd")
    if said.at > seen_at:
        return When(seen_at, "given" if said.at <= seen_at + _SKEW else "future")
    return When(said.at, said.quality)


def rfc3339(at: Seconds) -> str | None:
    """Unix time as RFC 3339 in UTC, with milliseconds only where there are any; None outside years 1 to 9999."""
    if not _YEAR_1 <= at < _YEAR_10000:
        return None
    when = datetime.fromtimestamp(0, UTC) + timedelta(milliseconds=round(at * 1000))
    spec = "milliseconds" if when.microsecond else "seconds"
    return when.isoformat(timespec=spec).replace("+00:00", "Z")


def _from_number(text: str) -> Said:
    value = float(text)
    if value > _NANO:
        value /= 1e9
    elif value > _MICRO:
        value /= 1e6
    elif value > _MILLI:
        value /= 1e3
    return Said(value, "given") if value > 0 else Said(None, "missing")


def _iso(text: str) -> Seconds | None:
    found = _ISO.fullmatch(text)
    if found:
        year, month, day, hour, minute, second, fraction, zone = found.groups()
    else:
        found = _COMPACT.fullmatch(text)
        if not found:
            return None
        year, month, day, hour, minute, second = found.groups()
        fraction, zone = None, None
    try:
        whole = datetime(  # the zone is added in the same breath
            int(year), int(month), int(day), int(hour or 0), int(minute or 0), min(int(second or 0), 59),
            tzinfo=_offset(zone),
        )  # fmt: skip
        return whole.timestamp() + float(f"0.{fraction or 0}")
    except (ValueError, OverflowError):
        return None


def _offset(zone: str | None) -> timezone:
    if not zone or zone in "Zz":
        return UTC
    digits = zone[1:].replace(":", "").ljust(4, "0")
    delta = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return timezone(-delta if zone[0] == "-" else delta)


def _zone_name(text: str) -> str | None:
    """The zone's name, in capitals, at the end of a text with a time of day; None where it is a number or absent."""
    if not _TIME.search(text) or _NUMERIC_ZONE.search(text):
        return None
    found = _ZONE.search(text)
    if found is None or found.group(1).upper() in _NOT_ZONES or len(found.group(1)) > _ZONE_LENGTH:
        return None
    return found.group(1).upper()


def _mail(text: str, zone: str | None) -> Seconds | None:
    """RFC 2822, with the zone names above."""
    if zone is not None:
        text = text[: text.upper().rindex(zone)] + "+0000"
    try:
        parts = parsedate_tz(text)
        if parts is None or not text[:1].isalnum():
            return None
        naive = datetime(*parts[:5], min(parts[5], 59), tzinfo=UTC).timestamp()
    except (ValueError, OverflowError, TypeError, IndexError):
        return None
    offset = ZONES[zone] * HOUR if zone is not None else float(parts[9] or 0)
    return naive - offset
