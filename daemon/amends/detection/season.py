"""The week's rhythm: hour-of-week cells in the brand's time zone, shrunk to a few smooth terms."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from functools import lru_cache
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from collections.abc import Sequence

HOURS = 168
HARMONICS = 3
TERMS = 2 * HARMONICS + 1 + 7  # daily harmonics, weekend, weekdays
_WEEKEND = 2 * HARMONICS  # its column; the days follow
_SATURDAY = 5
PRIOR_SD = (0.5, 0.5, 0.25, 0.25, 0.15, 0.15, 0.3, *([0.08] * 7))
_HOUR = 3600
_MONDAY = 3 * 24  # hours from the last Monday to 1970-01-01, a Thursday
_STEPS = 4  # of Newton; the problem is concave and small
_LARGEST = 3.0  # |log factor| of an hour: a twentieth or twenty times the usual


@lru_cache(maxsize=4096)
def _offset(zone: str, hour: int) -> int:
    """Seconds east of UTC in `zone` during the hour that begins at Unix time `hour` * 3600."""
    moment = datetime.fromtimestamp(hour * _HOUR, UTC).astimezone(ZoneInfo(zone))
    shift = moment.utcoffset()
    return int(shift.total_seconds()) if shift is not None else 0


def cell(zone: str, at: float) -> int:
    """Return the hour of the week, 0 (Monday 00:00) to 167, of the Unix time `at` in `zone`."""
    hour = int(at // _HOUR)
    shift = 0 if zone == "UTC" else _offset(zone, hour)
    return (int((at + shift) // _HOUR) + _MONDAY) % HOURS


@lru_cache(maxsize=1)
def _harmonics() -> tuple[tuple[float, ...], ...]:
    """One row an hour of the day, one column a harmonic term, scaled so that each coefficient's prior is normal."""
    rows = []
    for hour in range(24):
        angle = 2 * math.pi * (hour + 0.5) / 24
        waves = [wave((k + 1) * angle) for k in range(HARMONICS) for wave in (math.cos, math.sin)]
        rows.append(tuple(x * sd for x, sd in zip(waves, PRIOR_SD, strict=False)))
    return tuple(rows)


def _logs(beta: Sequence[float]) -> list[float]:
    """Return each hour of the week's log factor, from coefficients in units of `PRIOR_SD`."""
    daily = [sum(x * b for x, b in zip(row, beta, strict=False)) for row in _harmonics()]
    logs: list[float] = []
    for day in range(7):
        shift = beta[_WEEKEND] * PRIOR_SD[_WEEKEND] if day >= _SATURDAY else 0.0
        shift += beta[_WEEKEND + 1 + day] * PRIOR_SD[_WEEKEND + 1 + day]
        logs += [value + shift for value in daily]
    return logs


def fit(counts: Sequence[float], exposure: Sequence[float], scale: float) -> list[float]:
    """Return the coefficients of log factors from counts and what a flat week would expect in each cell.

    Ridge quasi-Poisson regression by Newton's steps: `scale` is the ratio of variance to mean, and every
    coefficient has a standard normal prior (in units of `PRIOR_SD`). The intercept is free and thrown away. A term
    speaks of the hour of the day or of the day alone, so a step needs sums over 24 hours and 7 days, not 168 rows.
    """
    weight = 1.0 / max(scale, 1.0)
    total = sum(counts) * weight + 0.1
    beta = [0.0] * TERMS
    for _ in range(_STEPS):
        flat = [e * math.exp(max(-20.0, min(20.0, value))) for e, value in zip(exposure, _logs(beta), strict=True)]
        level = (total / (sum(flat) * weight + 0.1)) * weight
        means = [x * level for x in flat]
        rest = [y * weight - mean for y, mean in zip(counts, means, strict=True)]
        step = _newton(means, rest, beta)
        largest = max(*step, -min(step))
        share = min(1.0, 2.0 / max(largest, 1e-9))
        beta = [b + s * share for b, s in zip(beta, step, strict=True)]
    return beta


def _newton(means: Sequence[float], rest: Sequence[float], beta: Sequence[float]) -> list[float]:
    """Return Newton's step, the free intercept eliminated, from each cell's weighted mean and residual."""
    waves = _harmonics()
    by_hour = [sum(means[hour::24]) for hour in range(24)]
    left = [sum(rest[hour::24]) for hour in range(24)]
    sums = [sum(x * row[k] for x, row in zip(by_hour, waves, strict=True)) for k in range(_WEEKEND)]
    slope = [sum(x * row[k] for x, row in zip(left, waves, strict=True)) for k in range(_WEEKEND)]
    hessian = [[0.0] * TERMS for _ in range(TERMS)]
    for i in range(_WEEKEND):
        for j in range(i + 1):
            hessian[i][j] = sum(x * row[i] * row[j] for x, row in zip(by_hour, waves, strict=True))
    days, pulls = [0.0] * 8, [0.0] * 8  # the weekend, then each day
    for day in range(7):
        here = means[24 * day : 24 * day + 24]
        cross = [sum(x * row[k] for x, row in zip(here, waves, strict=True)) for k in range(_WEEKEND)]
        for spot in (0, day + 1) if day >= _SATURDAY else (day + 1,):
            sd = PRIOR_SD[_WEEKEND + spot]
            days[spot] += sum(here) * sd
            pulls[spot] += sum(rest[24 * day : 24 * day + 24]) * sd
            for k in range(_WEEKEND):
                hessian[_WEEKEND + spot][k] += cross[k] * sd
        if day >= _SATURDAY:
            hessian[_WEEKEND + day + 1][_WEEKEND] = sum(here) * PRIOR_SD[_WEEKEND + day + 1] * PRIOR_SD[_WEEKEND]
    for spot in range(8):
        hessian[_WEEKEND + spot][_WEEKEND + spot] = days[spot] * PRIOR_SD[_WEEKEND + spot]
    sums += days
    slope += pulls
    whole = sum(by_hour) + 0.1
    for i in range(TERMS):
        for j in range(i + 1):
            hessian[i][j] -= sums[i] * sums[j] / whole
        hessian[i][i] += 1.0
    return _solve(hessian, [g - b for g, b in zip(slope, beta, strict=True)])


def _solve(lower: list[list[float]], right: list[float]) -> list[float]:
    """Solve a symmetric positive definite system, given its lower triangle, by Cholesky's factor; both are used up."""
    many = len(right)
    for i in range(many):
        row = lower[i]
        for j in range(i):
            other = lower[j]
            row[j] = (row[j] - sum(x * y for x, y in zip(row[:j], other[:j], strict=True))) / other[j]
        row[i] = math.sqrt(max(row[i] - sum(x * x for x in row[:i]), 1e-12))
        right[i] = (right[i] - sum(x * y for x, y in zip(row[:i], right[:i], strict=True))) / row[i]
    for i in range(many - 1, -1, -1):
        right[i] = (right[i] - sum(lower[k][i] * right[k] for k in range(i + 1, many))) / lower[i][i]
    return right


def factors(beta: Sequence[float]) -> list[float]:
    """Return the factor of each hour of the week, 1 on average."""
    values = [math.exp(max(-_LARGEST, min(_LARGEST, value))) for value in _logs(beta)]
    mean = sum(values) / HOURS
    return [v / mean for v in values]
