"""People, and when they may be woken."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta

from amends.escalation.wall import instant, wall
from amends.model import HOUR, InputError, Seconds

_WINDOW = re.compile(r"([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)")


@dataclass(frozen=True, slots=True)
class QuietHours:
    """A daily window on a person's wall clock, in minutes from midnight; `start` after `end` runs across midnight."""

    start: int
    end: int

    def __post_init__(self) -> None:
        if self.start == self.end or not (0 <= self.start < 24 * 60 and 0 <= self.end < 24 * 60):
            raise InputError(f"quiet hours from minute {self.start} to {self.end} are no window of a day")

    @classmethod
    def parse(cls, text: str) -> QuietHours:
        """Read `22:00-07:00`; InputError on anything else."""
        match = _WINDOW.fullmatch(text.strip())
        if match is None:
            raise InputError(f"quiet hours {text!r} are not two times of a day; write them like 22:00-07:00")
        hour, minute, hour_end, minute_end = map(int, match.groups())
        return cls(hour * 60 + minute, hour_end * 60 + minute_end)


@dataclass(frozen=True, slots=True)
class Cap:
    """At most `messages` to a person in any `per` seconds; severity 1 is never held."""

    messages: int
    per: Seconds = HOUR


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """Who may be paged; `channels` are tried in order, the next one on failure. `kinds` says what each of them is."""

    id: str
    name: str
    team: str = ""
    language: str = "en"
    timezone: str = "UTC"
    quiet: QuietHours | None = None
    channels: tuple[str, ...] = ()
    cap: Cap | None = None
    kinds: tuple[str, ...] = ()  # in the order of `channels`; empty: not known

    def of_another_kind(self, tried: tuple[str, ...]) -> str | None:
        """Return the first channel that was not tried and is of another kind than the last that was."""
        known = dict(zip(self.channels, self.kinds, strict=False))
        last = known.get(tried[-1])
        others = (one for one, kind in known.items() if one not in tried and kind != last)
        return next(others, None) if last is not None else None


def quiet_until(person: Person, now: Seconds) -> Seconds | None:
    """Return when the quiet hours in which `now` falls will end, or None outside of them.

    All arithmetic is on instants. Where a clock change makes a wall time happen twice, a window begins at its first
    instant and ends at its last; where it makes one not happen at all, the change itself stands in for it.
    """
    if person.quiet is None:
        return None
    zone = person.timezone
    today = wall(now, zone).replace(hour=0, minute=0, second=0, microsecond=0)
    across = person.quiet.start > person.quiet.end
    for day in (today - timedelta(days=1), today):
        begin = instant(day + timedelta(minutes=person.quiet.start), zone, last=False)
        end = instant(day + timedelta(days=1 if across else 0, minutes=person.quiet.end), zone, last=True)
        if begin <= now < end:
            return end
    return None
