"""How bad an incident is, 1 (critical) to 3 (minor), and the components that say so."""

from __future__ import annotations

from math import log2, log10
from typing import TYPE_CHECKING, cast

from amends.model import HOUR, MINUTE

if TYPE_CHECKING:
    from amends.model import Reading, Severity

CRITICAL, MAJOR = 7.0, 4.0  # points
LEAST_EXPECTED = 1.0  # negatives an hour: below it "times the usual" exaggerates
REACH_CAP = 1.5  # points that reach may add: one account cannot lift an incident alone
STIRRED = 0.15  # mean arousal from which anger is named: one of a hundred groups of 20 airline complaints reaches it
FAST, BRISK = 45 * MINUTE, 2 * HOUR  # doubling times


def assess(
    reading: Reading, *, reach: int, sources: int, news: int, previous: Severity | None, arousal: float = 0.0
) -> tuple[Severity, tuple[str, ...]]:
    """Return the severity and its components in words, weightiest first.

    `reach` is the sum of followers behind the window's negatives, `sources` how many sources carry them, `news` how
    many of these are news outlets, `arousal` how stirred up the negatives are on average, 0 to 1. `previous` is the
    incident's severity so far: it never falls. Points are the logarithms of excess (relative and absolute) with capped
    additions, so no single component decides but the excess.
    """
    usual = max(reading.expected, reading.expected_now)
    heard = max(reading.observed, reading.observed_now)
    times = heard / max(usual, LEAST_EXPECTED)
    excess = max(0.0, heard - usual)
    parts = [(min(4.0, max(0.0, log2(max(times, 1.0)) * 0.8)), _times(heard, usual))]
    parts.append((min(3.0, max(0.0, log10(max(excess, 1.0)))), f"{_number(excess)} more negatives an hour than usual"))
    if reading.doubling is not None:
        speed = 1.5 if reading.doubling <= FAST else 1.0 if reading.doubling <= BRISK else 0.5
        parts.append((speed, f"doubling every {_span(reading.doubling)}"))
    if reach > 0:
        points = min(REACH_CAP, max(0.0, 0.5 * (log10(reach) - 3.0)))
        parts.append((points, f"reaching up to {_number(reach)} followers"))
    if sources > 1:
        parts.append((min(1.0, 0.5 * log2(sources)), f"on {sources} sources"))
    if news > 0:
        parts.append((min(1.5, 0.5 + 0.5 * log2(news)), f"{news} news outlet{'s' if news > 1 else ''} carry it"))
    if arousal >= STIRRED:
        parts.append((min(1.0, 3.0 * arousal), "said in anger, which spreads"))
    total = sum(points for points, _ in parts)
    found = 1 if total >= CRITICAL else 2 if total >= MAJOR else 3
    severity = cast("Severity", found if previous is None else min(found, previous))
    told = [words for points, words in sorted(parts, key=lambda part: -part[0]) if points > 0]
    return severity, tuple(told) or (parts[0][1],)


def _times(heard: float, usual: float) -> str:
    if usual < LEAST_EXPECTED:
        return f"{_number(heard)} negatives an hour, where fewer than one is usual"
    return f"{_number(heard / usual)} times the usual negatives"


def _number(value: float) -> str:
    if value < 10:  # noqa: PLR2004 - one digit after the point reads better below ten
        return f"{value:.1f}".removesuffix(".0")
    return f"{value:,.0f}".replace(",", "\u202f")


def _span(seconds: float) -> str:
    return f"{seconds / MINUTE:.0f} min" if seconds < 2 * HOUR else f"{seconds / HOUR:.1f} h"
