"""How unusual the volume of mentions is, where no negatives are counted: each horizon against its own past days."""

from __future__ import annotations

from collections import deque
from math import log, sqrt

HORIZONS = (1, 3, 9, 24, 72)  # bins
PRIOR_DAYS, PRIOR_SD = 6.0, 0.35  # of the log of a day's largest count, before its own spread is known
FEWEST_DAYS = 2
FLOOR = 0.5  # standard deviations above the usual day's maximum that say nothing
RECORD = 43_200  # seconds: only what exceeds all of the last twelve hours speaks again


class Volume:
    """Scores counts, bin by bin, from each bin and earlier ones alone.

    For every horizon the log of the mean count is held against the largest of each past day (block maxima, after
    Gumbel 1958: they bring the daily rhythm with them), in standard deviations shrunk to a prior. The horizons'
    excesses are combined by root mean square. 0 to 1, 0 unless it is the highest of the last twelve hours.
    """

    def __init__(self, bin_seconds: int) -> None:
        self._day = max(1, 86_400 // bin_seconds)
        self._record = max(1, RECORD // bin_seconds)
        self._count = 0
        self._window: deque[float] = deque(maxlen=HORIZONS[-1])
        self._sums = [0.0] * len(HORIZONS)
        self._top = [-9.0] * len(HORIZONS)
        self._days = 0
        self._mean = [0.0] * len(HORIZONS)  # sums of the days' maxima, and of their squares
        self._square = [0.0] * len(HORIZONS)
        self._records: deque[tuple[int, float]] = deque()  # falling: the highest of the last twelve hours comes first

    def push(self, mentions: float) -> float:
        """Return the score of the newest bin."""
        total = 0.0
        for k, size in enumerate(HORIZONS):
            if len(self._window) >= size:
                self._sums[k] -= self._window[-size]
            self._sums[k] += mentions
            value = log((self._sums[k] + 1.0) / min(size, self._count + 1))
            total += self._excess(k, value) ** 2
            self._top[k] = max(self._top[k], value)
        self._window.append(mentions)
        self._count += 1
        if self._count % self._day == 0:
            self._end_day()
        raw = sqrt(total / len(HORIZONS))
        return raw / (1.0 + raw) if self._is_record(raw) else 0.0

    def _excess(self, k: int, value: float) -> float:
        if self._days < FEWEST_DAYS:
            return 0.0
        mean = self._mean[k] / self._days
        variance = max(0.0, self._square[k] / self._days - mean * mean)
        sd = sqrt((variance * self._days + PRIOR_DAYS * PRIOR_SD * PRIOR_SD) / (self._days + PRIOR_DAYS))
        return max(0.0, (value - mean) / sd - FLOOR)

    def _end_day(self) -> None:
        self._days += 1
        for k, top in enumerate(self._top):
            self._mean[k] += top
            self._square[k] += top * top
            self._top[k] = -9.0

    def _is_record(self, raw: float) -> bool:
        while self._records and self._records[0][0] <= self._count - self._record:
            self._records.popleft()
        best = not self._records or raw > self._records[0][1]
        while self._records and self._records[-1][1] <= raw:
            self._records.pop()
        self._records.append((self._count, raw))
        return best and raw > 0.0
