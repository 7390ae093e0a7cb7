"""When to ask again: pure arithmetic over what the operator wants, what the server states and what went wrong."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from amends.model import DAY, HOUR, MINUTE, Seconds

if TYPE_CHECKING:
    from collections.abc import Sequence

LEAST = MINUTE  # between two polls of a public server, whatever `every` says
_STATED, _UNSTATED, _UNCONDITIONAL = 15 * MINUTE, HOUR, DAY  # least adaptive intervals of public sources
_LOCAL = (MINUTE, 15 * MINUTE)
OTHERS_FIRST = 5.0  # seconds after a 429's end: whoever was kept away by it is asked before who may bring the next
_HALF_LIFE = DAY  # of the rate of new entries
_HOURS, _WEEK = 24, 7
_RETRY = 5 * MINUTE
_CAP, _CAP_LONG, _LONG, _CAP_LOCAL = 6 * HOUR, DAY, 7 * DAY, 15 * MINUTE
_SOON, _SOON_LOCAL, _SOON_LEAST = 6, 4, 15 * MINUTE  # a recovery is heard within so many intervals
_LAG_LEAST, _LAG_MOST, _LAGS = MINUTE, HOUR, 32


@dataclass(frozen=True, slots=True, kw_only=True)
class Habits:
    """What an interval depends on."""

    every: Seconds | None = None
    local: bool = False  # inside network.allow: none of our own floors
    search: bool = False  # an API that is asked for words, not a feed
    stated: bool = False  # the server says how long its answers stay fresh
    conditional: bool = False
    rate: float = 0.0  # new entries an hour
    tempo: float = 1.0


def interval(habits: Habits) -> Seconds:
    """Seconds between two polls, before the server's floor and the jitter.

    `every` is believed down to a minute; unset, the interval follows the rate of new entries (half of the time in which
    one is expected) between bounds: 15 minutes where the server states freshness, an hour where it does not, a day
    without conditional requests.
    """
    least = 0.0 if habits.local else LEAST
    if habits.every is not None:
        return max(least, habits.every * habits.tempo)
    if habits.local:
        low, high = _LOCAL
    else:
        low = _STATED if habits.stated or habits.search else _UNSTATED if habits.conditional else _UNCONDITIONAL
        high = max(low, HOUR)
    wished = 0.5 * HOUR / habits.rate if habits.rate > 0 else high
    return max(least, min(max(wished, low), high) * habits.tempo)


def jittered(base: Seconds, share: float, *, local: bool) -> Seconds:
    """Spread polls by up to a tenth, `share` in [0, 1).

    Later for public servers; sooner inside network.allow, where a period is a promise of how soon we hear.
    """
    return base * (1 - 0.05 * share) if local else base * (1 + 0.1 * share)


def retry(
    base: Seconds, failures: int, failing_for: Seconds, share: float, *, local: bool, refused: bool = False
) -> Seconds:
    """Seconds to wait after the n-th failure in a row: doubling with jitter, up to a bound.

    A recovery is to be heard soon: the bound is six intervals (at least 15 minutes, at most 6 hours), inside
    network.allow four (at most 15 minutes). A public server that refuses us (429, 403) or has failed for a day is left
    alone for longer: up to 6 hours, after a week 24.
    """
    if local:
        cap = min(_CAP_LOCAL, _SOON_LOCAL * base)
    elif failing_for > _LONG:
        cap = _CAP_LONG
    else:
        cap = _CAP if refused or failing_for > DAY else min(_CAP, max(_SOON_LEAST, _SOON * base))
    first = min(base, _RETRY)
    grown = first * 2.0 ** min(failures - 1, 40)
    return max(first, min(grown, max(cap, first)) * (0.5 + 0.5 * share))


def recheck(base: Seconds, share: float) -> Seconds:
    """Seconds until one poll without conditions, where the validators may hide a change: one to five minutes."""
    return min(base, MINUTE * (1 + 4 * share))


def skip(due: Seconds, hours: frozenset[int], days: frozenset[int]) -> Seconds:
    """Move a time out of the hours (UTC) and days (0 = Monday) in which a feed asks not to be read."""
    if not (hours or days) or len(hours) >= _HOURS or len(days) >= _WEEK:  # all of them: a mistake
        return due
    for _ in range(7 * 24 + 1):
        when = datetime.fromtimestamp(due, UTC)
        if when.hour not in hours and when.weekday() not in days:
            return due
        due = (when.replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)).timestamp()
    return due


def rate(old: float, new: int, elapsed: Seconds) -> float:
    """Entries an hour after `new` came in `elapsed` seconds: an exponential average with a half-life of a day."""
    if elapsed <= 0:
        return old
    keep = math.exp2(-elapsed / _HALF_LIFE)
    return old * keep + (new * HOUR / elapsed) * (1 - keep)


def usual_lag(samples: Sequence[Seconds]) -> Seconds | None:
    """The seconds from publication to being visible, as three polls of four saw no more; None: not measured yet."""
    return sorted(samples)[int(0.75 * (len(samples) - 1))] if samples else None


def lag(samples: Sequence[Seconds]) -> Seconds:
    """The lag to reckon with when judging what is late: the usual one, between one minute and one hour."""
    return min(max(usual_lag(samples) or 0.0, _LAG_LEAST), _LAG_MOST)


def lag_samples(samples: Sequence[Seconds], published: Sequence[Seconds], previous: Seconds) -> list[Seconds]:
    """Add one poll's sample: how long before the previous poll, which did not show them, its items were published."""
    if not published:
        return list(samples)
    behind = sorted(max(0.0, previous - at) for at in published)
    return [*samples, min(behind[len(behind) // 2], _LAG_MOST)][-_LAGS:]


def tolerance(expected: Seconds) -> Seconds:
    """How much later than expected a source may answer and still be on time."""
    return max(30.0, 0.5 * expected)
