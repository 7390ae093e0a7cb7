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
LEAST_TOLD = 1e-6  # points of what is told and decides nothing
VIVID = 2  # posts that must show it: one voice cannot make an incident vivid
VIDEO, IMAGE = 1.0, 0.5  # points
FAST, BRISK = 45 * MINUTE, 2 * HOUR  # doubling times


def assess(  # noqa: PLR0913 - what an incident's weight is made of, each by its name
    reading: Reading,
    *,
    reach: int,
    sources: int,
    news: int,
    previous: Severity | None,
    loudest: int = 0,
    video: int = 0,
    image: int = 0,
    arousal: float = 0.0,
    forecast: tuple[float, float] | None = None,
) -> tuple[Severity, tuple[str, ...]]:
    """Return the severity and its components in words, weightiest first.

    `reach` is the sum of followers behind the window's negatives, `loudest` the most of one account: only what the
    others reach counts, so no account lifts an incident alone. `sources` is how many sources carry them, `news` how
    many news outlets, `video` and `image` how many of the negatives show one,
    `arousal` how stirred up the negatives are on average, 0 to 1. `forecast` is the next hour's range,
    told where it grows, unless it lies below what the last hour brought.
    `previous` is the incident's severity so far: it never falls. Points are the logarithms of
    excess (relative and absolute) with capped additions, so no single component decides but the excess. The additions
    are those with evidence of lasting harm: a vivid trigger, spread, speed (Hansen, Kupfer & Hennig-Thurau 2018).
    """
    usual = max(reading.expected, reading.expected_now)
    heard = max(reading.observed, reading.observed_now)
    times = heard / max(usual, LEAST_EXPECTED)
    excess = max(0.0, heard - usual)
    parts = [(min(4.0, max(0.0, log2(max(times, 1.0)) * 0.8)), _times(heard, usual, _over(reading)))]
    more = f"{_number(excess)} more negatives an hour than usual" if usual >= LEAST_EXPECTED else ""  # else told above
    parts.append((min(3.0, max(0.0, log10(max(excess, 1.0)))), more))
    if reading.doubling is not None:
        speed = 1.5 if reading.doubling <= FAST else 1.0 if reading.doubling <= BRISK else 0.5
        parts.append((speed, f"doubling every {_span(reading.doubling)}"))
        if forecast is not None and forecast[1] >= reading.observed_now:  # below the hour just heard it is absurd
            parts.append((LEAST_TOLD, f"{_number(forecast[0])} to {_number(forecast[1])} expected in the next hour"))
    if reach > 0:
        others = max(reach - loudest, 0)
        points = min(REACH_CAP, max(0.0, 0.5 * (log10(others) - 3.0))) if others else 0.0
        parts.append((max(points, LEAST_TOLD), f"reaching up to {_number(reach)} followers"))
    if sources > 1:
        parts.append((min(1.0, 0.5 * log2(sources)), f"on {sources} sources"))
    if news > 0:
        parts.append((min(1.5, 0.5 + 0.5 * log2(news)), f"{news} news outlet{'s' if news > 1 else ''} carry it"))
    if arousal >= STIRRED:
        parts.append((min(1.0, 3.0 * arousal), "said in anger, which spreads"))
    if video >= VIVID or image >= VIVID:
        parts.append((VIDEO, f"{video} with video") if video >= VIVID else (IMAGE, f"{image} with an image"))
    total = sum(points for points, _ in parts)
    found = 1 if total >= CRITICAL else 2 if total >= MAJOR else 3
    severity = cast("Severity", found if previous is None else min(found, previous))
    told = [words for points, words in sorted(parts, key=lambda part: -part[0]) if points > 0 and words]
    return severity, tuple(told) or (parts[0][1],)


def _over(reading: Reading) -> str:
    """Return the time that the rate is of, where it is less than an hour: a burst of minutes is no hour's count."""
    window = reading.window if reading.observed >= reading.observed_now else HOUR
    return f" over {_span(window)}" if 0 < window < HOUR else ""


def _times(heard: float, usual: float, over: str) -> str:
    if usual < LEAST_EXPECTED:
        return f"{_number(heard)} negatives an hour{over}, where fewer than one is usual"
    return f"{_number(heard / usual)} times the usual negatives"


def _number(value: float) -> str:
    if value < 10:  # noqa: PLR2004 - one digit after the point reads better below ten
        return f"{value:.1f}".removesuffix(".0")
    return f"{value:,.0f}".replace(",", "\u202f")


def _span(seconds: float) -> str:
    return f"{seconds / MINUTE:.0f} min" if seconds < 2 * HOUR else f"{seconds / HOUR:.1f} h"
