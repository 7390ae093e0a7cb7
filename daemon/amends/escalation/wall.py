"""Wall times and instants: the one place where a clock on the wall becomes a moment, through every change of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from amends.model import DAY, Seconds

_WEEK = 7


@lru_cache(maxsize=65_536)
def instant(wall: datetime, zone: str, *, last: bool = False) -> Seconds:
    """Return the first or last instant at which a naive wall time is shown, or the change that skipped it.

    So consecutive wall times become instants that never go backwards: what begins when the one before ends leaves
    neither gap nor overlap.
    """
    place = ZoneInfo(zone)
    earlier, later = sorted(wall.replace(tzinfo=place, fold=fold).timestamp() for fold in (0, 1))
    if datetime.fromtimestamp(later, place).replace(tzinfo=None) == wall:
        return later if last else earlier
    # Skipped: the clock jumps somewhere between the two readings. Halve the span down to the second of the jump.
    before = datetime.fromtimestamp(earlier, place).utcoffset()
    low, high = int(earlier), int(later)
    while high - low > 1:
        middle = (low + high) // 2
        if datetime.fromtimestamp(middle, place).utcoffset() == before:
            low = middle
        else:
            high = middle
    return float(high)


def wall(at: Seconds, zone: str) -> datetime:
    """Return what the clocks of a zone show at an instant, naive."""
    return datetime.fromtimestamp(at, ZoneInfo(zone)).replace(tzinfo=None)


@dataclass(frozen=True, slots=True)
class Recurring:
    """A moment that comes again: every so many days at a time of day, on a weekday (Monday is 0) where one is named."""

    days: int
    minute: int  # of the day
    weekday: int | None = None

    def first(self, after: Seconds, zone: str) -> Seconds:
        """Return the first such moment later than `after`, as if none had been before."""
        return self._from(wall(after, zone).date(), after, zone)

    def following(self, last: Seconds, zone: str) -> Seconds:
        """Return the moment that follows one that was: so many days later, and from there on the named weekday."""
        return self._from(wall(last, zone).date() + timedelta(days=self.days), last, zone)

    def _from(self, day: date, after: Seconds, zone: str) -> Seconds:
        while True:
            if self.weekday is None or day.weekday() == self.weekday:
                at = instant(datetime.combine(day, time(self.minute // 60, self.minute % 60)), zone)
                if at > after:
                    return at
            day += timedelta(days=1)


def days_of(seconds: Seconds) -> int:
    """Return whole days, one at least."""
    return max(1, round(seconds / DAY))
