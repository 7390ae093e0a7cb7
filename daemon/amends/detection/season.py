"""The week's rhythm: hour-of-week cells in the brand's time zone, shrunk to a few smooth terms."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from functools import lru_cache
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

HOURS = 168
HARMONICS = 3
TERMS = 2 * HARMONICS + 1 + 7  # daily harmonics, weekend, weekdays
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
def _design() -> NDArray[np.float64]:
    """One row an hour of the week, one column a term, scaled so that each coefficient's prior is standard normal."""
    import numpy as np  # noqa: PLC0415 - a tenth of a second that short runs of `detect` need not spend

    rows = np.zeros((HOURS, TERMS))
    for hour in range(HOURS):
        angle = 2 * math.pi * (hour % 24 + 0.5) / 24
        for k in range(HARMONICS):
            rows[hour, 2 * k] = math.cos((k + 1) * angle)
            rows[hour, 2 * k + 1] = math.sin((k + 1) * angle)
        rows[hour, 2 * HARMONICS] = 1.0 if hour >= 5 * 24 else 0.0  # Saturday and Sunday
        rows[hour, 2 * HARMONICS + 1 + hour // 24] = 1.0
    scaled: NDArray[np.float64] = rows * np.array(PRIOR_SD)
    return scaled


def fit(counts: Sequence[float], exposure: Sequence[float], scale: Sequence[float]) -> list[float]:
    """Return the coefficients of log factors from counts and what a flat week would expect in each cell.

    Ridge quasi-Poisson regression by Newton's steps: `scale` is each cell's ratio of variance to mean, and every
    coefficient has a standard normal prior (in units of `PRIOR_SD`). The intercept is free and thrown away.
    """
    import numpy as np  # noqa: PLC0415 - see above

    rows = _design()
    y = np.asarray(counts, dtype=float)
    e = np.asarray(exposure, dtype=float)
    w = 1.0 / np.maximum(np.asarray(scale, dtype=float), 1.0)
    beta = np.zeros(TERMS)
    level = math.log((float((y * w).sum()) + 0.1) / (float((e * w).sum()) + 0.1))
    for _ in range(_STEPS):
        mean = e * np.exp(np.clip(rows @ beta + level, -20, 20))
        level += math.log((float((y * w).sum()) + 0.1) / (float((mean * w).sum()) + 0.1))
        mean = e * np.exp(np.clip(rows @ beta + level, -20, 20))
        weighted = rows * (mean * w)[:, None]
        total = float((mean * w).sum()) + 0.1
        centred = weighted.sum(axis=0)
        hessian = rows.T @ weighted - np.outer(centred, centred) / total + np.eye(TERMS)
        step = np.linalg.solve(hessian, rows.T @ ((y - mean) * w) - beta)
        largest = float(np.abs(step).max())
        beta = beta + step * min(1.0, 2.0 / max(largest, 1e-9))
    return [float(b) for b in beta]


def factors(beta: Sequence[float]) -> list[float]:
    """Return the factor of each hour of the week, 1 on average."""
    logs = [0.0] * HOURS
    for hour in range(HOURS):
        angle = 2 * math.pi * (hour % 24 + 0.5) / 24
        value = 0.0
        for k in range(HARMONICS):
            value += beta[2 * k] * PRIOR_SD[2 * k] * math.cos((k + 1) * angle)
            value += beta[2 * k + 1] * PRIOR_SD[2 * k + 1] * math.sin((k + 1) * angle)
        if hour >= 5 * 24:  # Saturday and Sunday
            value += beta[2 * HARMONICS] * PRIOR_SD[2 * HARMONICS]
        day = 2 * HARMONICS + 1 + hour // 24
        logs[hour] = max(-_LARGEST, min(_LARGEST, value + beta[day] * PRIOR_SD[day]))
    values = [math.exp(v) for v in logs]
    mean = sum(values) / HOURS
    return [v / mean for v in values]
