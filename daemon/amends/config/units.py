"""Durations, sizes, rates, clock times and zones as people write them: parsers and the pydantic types made of them."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from pydantic import AfterValidator, BeforeValidator, StringConstraints

from amends.model import DAY, HOUR, MINUTE

_UNITS = {"y": 365 * DAY, "w": 7 * DAY, "d": DAY, "h": HOUR, "m": MINUTE, "s": 1.0, "ms": 0.001}
_DURATION = re.compile(r"(?=[0-9])" + "".join(rf"(?:([0-9]{{1,9}}){unit})?" for unit in _UNITS))
_SIZE = re.compile(r"([0-9]{1,12})\s*(B|kB|KB|MB|GB|KiB|MiB|GiB)?")
_SIZES = {"B": 1, "kB": 10**3, "KB": 10**3, "MB": 10**6, "GB": 10**9, "KiB": 2**10, "MiB": 2**20, "GiB": 2**30}
_RATE = re.compile(r"([0-9]{1,9}(?:\.[0-9]{1,6})?)\s+per\s+(\S+)")
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_YEARS = (1971, 2199)
_CLOCK = re.compile(r"([01]?[0-9]|2[0-3]):([0-5][0-9])")


def duration(value: Any) -> float:  # noqa: ANN401 - whatever stands in the file
    """Read a Prometheus duration (`30s`, `5m`, `1h30m`, `30d`) as seconds; `ValueError` says how to write one."""
    if value == 0 and not isinstance(value, bool):
        return 0.0
    text = value.strip() if isinstance(value, str) else str(value)
    if text == "0":
        return 0.0
    found = _DURATION.fullmatch(text) if isinstance(value, str) else None
    if found is None:
        hint = (
            f"write {text}s, {text}m, {text}h or {text}d" if text.isdigit() else "write it like 30s, 5m, 1h30m or 30d"
        )
        raise ValueError(f"is no duration; {hint}")
    return sum(float(part) * size for part, size in zip(found.groups(), _UNITS.values(), strict=True) if part)


def spell(seconds: float) -> str:
    """Write seconds as the shortest exact Prometheus duration, rounded to a millisecond."""
    left = round(seconds * 1000)
    parts = []
    for unit, size in (("d", DAY), ("h", HOUR), ("m", MINUTE), ("s", 1.0), ("ms", 0.001)):
        count, left = divmod(left, round(size * 1000))
        if count:
            parts.append(f"{count}{unit}")
    return "".join(parts) or "0s"


def size(value: Any) -> int:  # noqa: ANN401 - whatever stands in the file
    """Read a size (`8MiB`, `500kB`, plain bytes) as bytes."""
    text = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
    found = _SIZE.fullmatch(text.strip()) if isinstance(text, str) else None
    if found is None:
        raise ValueError("is no size; write it like 8MiB, 500kB or 1GiB")
    return int(found[1]) * _SIZES[found[2] or "B"]


@dataclass(frozen=True, slots=True)
class Rate:
    """So many in so many seconds."""

    count: float
    seconds: float

    @property
    def per_day(self) -> float:
        """The same as a number a day."""
        return self.count * DAY / self.seconds

    def __str__(self) -> str:
        """Return it as it is written: `1 per 30d`."""
        return f"{self.count:g} per {spell(self.seconds)}"


def rate(value: Any) -> Rate:  # noqa: ANN401 - whatever stands in the file
    """Read a rate (`1 per 30d`, `30 per 1h`); both numbers must be above 0."""
    if isinstance(value, Rate):
        return value
    found = _RATE.fullmatch(value.strip()) if isinstance(value, str) else None
    if found is None:
        raise ValueError("is no rate; write it like 1 per 30d or 30 per 1h")
    count, seconds = float(found[1]), duration(found[2])
    if count <= 0 or seconds <= 0:
        raise ValueError("must be above zero; write it like 1 per 30d")
    return Rate(count, seconds)


@dataclass(frozen=True, slots=True)
class Hours:
    """A daily span on a person's own clock, in minutes since midnight; it may run across midnight."""

    start: int
    end: int

    def __str__(self) -> str:
        """Return it as it is written: `22:00-07:00`."""
        return "-".join(f"{minute // 60:02}:{minute % 60:02}" for minute in (self.start, self.end))


def hours(value: Any) -> Hours:  # noqa: ANN401 - whatever stands in the file
    """Read quiet hours (`22:00-07:00`)."""
    if isinstance(value, Hours):
        return value
    ends = [_CLOCK.fullmatch(part.strip()) for part in value.split("-")] if isinstance(value, str) else []
    if len(ends) != 2 or ends[0] is None or ends[1] is None:  # noqa: PLR2004 - a span has two ends
        raise ValueError('is no span of hours; write it like "22:00-07:00"')
    start, end = (int(part[1]) * 60 + int(part[2]) for part in ends if part)
    if start == end:
        raise ValueError("begins when it ends; leave it out, or give two different times")
    return Hours(start, end)


@dataclass(frozen=True, slots=True)
class At:
    """A time of day, on a weekday (Monday is 0) or on every day."""

    minute: int
    weekday: int | None = None

    def __str__(self) -> str:
        """Return it as it is written: `Tue 10:00`."""
        day = "" if self.weekday is None else f"{_DAYS[self.weekday]} "
        return f"{day}{self.minute // 60:02}:{self.minute % 60:02}"


def at(value: Any) -> At:  # noqa: ANN401 - whatever stands in the file
    """Read a time of day with or without a weekday (`Tue 10:00`, `10:00`)."""
    if isinstance(value, At):
        return value
    day, _, clock = value.strip().rpartition(" ") if isinstance(value, str) else ("", "", "")
    found = _CLOCK.fullmatch(clock)
    known = [number for number, name in enumerate(_DAYS) if day.strip().lower()[:3] == name.lower()]
    if found is None or (day.strip() and not known):
        raise ValueError('is no time of a week; write it like "Tue 10:00", or "10:00" for any day')
    return At(int(found[1]) * 60 + int(found[2]), known[0] if known else None)


def moment(value: Any) -> datetime:  # noqa: ANN401 - whatever stands in the file
    """Read a date and time: naive as written without an offset, for the clock of the place it is used in."""
    if isinstance(value, datetime):
        return value
    try:
        found = datetime.fromisoformat(value.strip()) if isinstance(value, str) else None
    except ValueError:
        found = None
    if found is None or not _YEARS[0] <= found.year <= _YEARS[1]:
        raise ValueError('is no date and time; write it like "2026-11-30T09:00"')
    return found


def zone(value: str) -> str:
    """Check an IANA time zone."""
    try:
        ZoneInfo(value)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(f"is no time zone; {_nearest_zone(value)}") from None
    return value


def _nearest_zone(value: str) -> str:
    """Say which zone may have been meant: by its city, or by its likeness."""
    known = {name.lower(): name for name in sorted(available_timezones())}
    cities = {name.rsplit("/", 1)[-1]: name for name in known}
    city = cities.get(value.lower())
    near = [city] if city else difflib.get_close_matches(value.lower(), known, n=1)
    return f"did you mean {known[near[0]]!r}?" if near else "take an IANA name like Europe/Paris or UTC"


def event_time(value: Any) -> datetime:  # noqa: ANN401 - whatever stands in the file
    """Read a moment (`2026-12-04T08:00Z`; without an offset: the file's time zone); `ValueError` says how."""
    if isinstance(value, datetime):
        return value
    if isinstance(value, str) and "T" in value.upper():
        try:
            return datetime.fromisoformat(value.strip())
        except ValueError:
            pass
    raise ValueError(
        'is no moment; write it like "2026-12-04T08:00Z" or, in the time zone of this file, "2026-12-04T09:00"'
    )


def words(value: str) -> str:
    """Check that a text says something: not blank, at least one letter or digit."""
    if not any(character.isalnum() for character in value):
        lack = "has no letter or digit" if value.strip() else "is empty"
        raise ValueError(f"{lack}; give it at least one letter or digit")
    return value.strip()


Duration = Annotated[float, BeforeValidator(duration)]
Size = Annotated[int, BeforeValidator(size)]
RateField = Annotated[Rate, BeforeValidator(rate)]
AtField = Annotated[At, BeforeValidator(at)]
MomentField = Annotated[datetime, BeforeValidator(moment)]
HoursField = Annotated[Hours, BeforeValidator(hours)]
Zone = Annotated[str, AfterValidator(zone)]
Words = Annotated[str, StringConstraints(max_length=200), AfterValidator(words)]
