"""How unusual the volume of mentions is, where no negatives are counted: each horizon against its own past days."""

from __future__ import annotations

from collections import deque
from math import exp, inf, log, pi, sqrt

HORIZONS = (300, 900, 2700, 7200, 21_600)  # seconds
PRIOR_DAYS, PRIOR_SD = 6.0, 0.35  # of the log of a day's largest count, before its own spread is known
MEMORY = exp(-1.0 / 60.0)  # of the days, for the alarm: two months
FEWEST_DAYS = 2
FLOOR = 0.5  # standard deviations above the usual day's maximum that say nothing
RECORD = 43_200  # seconds: only what exceeds all of the last twelve hours speaks again
ALARM_DAYS = 3  # of history before the first alarm
UNSURE = 4.0  # how much wider a spread known from few days is taken to be
INDEPENDENT = 2.5  # horizons that can raise an alarm on their own: the five overlap
CLOSE_AFTER = 10_800  # seconds below half the threshold before an alarm closes
_EULER = 0.5772
_NOTHING = -9.0  # log of no day's maximum


class Volume:
    """Scores counts and raises an alarm over them, bin by bin, from each bin and earlier ones alone.

    For every horizon the log of the mean count is held against the largest of each past day (block maxima, after
    Gumbel 1958: they bring the daily rhythm, and a brand's usual bursts, with them). The `score` combines the
    horizons' excesses, in standard deviations shrunk to a prior, by root mean square: 0 to 1, 0 unless it is the
    highest of the last twelve hours. The `alarm` takes the likeliest horizon's Gumbel variate, about the negative log
    of the chance that an ordinary day exceeds it, and opens where that chance is below the false alarms asked for.
    """

    def __init__(self, bin_seconds: int, false_alarms_per_day: float) -> None:
        self.threshold = log(INDEPENDENT / false_alarms_per_day) if false_alarms_per_day > 0 else inf
        self.evidence, self.alarm = 0.0, False
        self._day = max(1, 86_400 // bin_seconds)
        self._record = max(1, RECORD // bin_seconds)
        self._close = max(1, CLOSE_AFTER // bin_seconds)
        self._sizes = sorted({max(1, round(span / bin_seconds)) for span in HORIZONS})
        self._count = self._quiet = 0
        self._window: deque[float] = deque(maxlen=self._sizes[-1])
        self._sums = [0.0] * len(self._sizes)
        self._top = [_NOTHING] * len(self._sizes)
        self._all = _Days(len(self._sizes), 1.0)
        self._late = _Days(len(self._sizes), MEMORY)
        self._records: deque[tuple[int, float]] = deque()  # falling: the highest of the last twelve hours comes first

    def push(self, mentions: float) -> float:
        """Return the score of the newest bin; `evidence` and `alarm` say whether its volume is out of all measure."""
        total, loudest = 0.0, 0.0
        days = self._count // self._day
        for k, size in enumerate(self._sizes):
            if len(self._window) >= size:
                self._sums[k] -= self._window[-size]
            self._sums[k] += mentions
            value = log((self._sums[k] + 1.0) / min(size, self._count + 1))
            if days >= FEWEST_DAYS:
                total += max(0.0, (value - self._all.mean[k]) / self._all.sd[k] - FLOOR) ** 2
            if days >= ALARM_DAYS:
                loudest = max(loudest, (value - self._late.place[k]) / self._late.width[k])
            self._top[k] = max(self._top[k], value)
        self._window.append(mentions)
        self._count += 1
        self._judge(loudest)
        if self._count % self._day == 0:
            self._all.add(self._top)
            self._late.add(self._top)
            self._top = [_NOTHING] * len(self._sizes)
        raw = sqrt(total / len(self._sizes))
        return raw / (1.0 + raw) if self._is_record(raw) else 0.0

    def _judge(self, evidence: float) -> None:
        self.evidence = evidence
        if not self.alarm:
            self.alarm, self._quiet = evidence > self.threshold, 0
            return
        self._quiet = self._quiet + 1 if evidence < self.threshold / 2 else 0
        self.alarm = self._quiet < self._close

    def _is_record(self, raw: float) -> bool:
        while self._records and self._records[0][0] <= self._count - self._record:
            self._records.popleft()
        best = not self._records or raw > self._records[0][1]
        while self._records and self._records[-1][1] <= raw:
            self._records.pop()
        self._records.append((self._count, raw))
        return best and raw > 0.0


class _Days:
    """What past days' maxima say, for each horizon: mean and shrunk sd of their logs, Gumbel's place and width."""

    def __init__(self, many: int, keep: float) -> None:
        self.mean, self.sd = [0.0] * many, [PRIOR_SD] * many
        self.place, self.width = [0.0] * many, [PRIOR_SD] * many
        self._keep, self._weight = keep, 0.0
        self._sum, self._square = [0.0] * many, [0.0] * many

    def add(self, tops: list[float]) -> None:
        """Learn a day that is over."""
        self._weight = self._weight * self._keep + 1.0
        known = self._weight + PRIOR_DAYS
        for k, top in enumerate(tops):
            self._sum[k] = self._sum[k] * self._keep + top
            self._square[k] = self._square[k] * self._keep + top * top
            mean = self._sum[k] / self._weight
            variance = max(0.0, self._square[k] / self._weight - mean * mean)
            sd = sqrt((variance * self._weight + PRIOR_DAYS * PRIOR_SD * PRIOR_SD) / known)
            width = sd * sqrt(6.0) / pi * (1.0 + UNSURE / known)
            self.mean[k], self.sd[k] = mean, sd
            self.place[k], self.width[k] = mean - _EULER * width, width
