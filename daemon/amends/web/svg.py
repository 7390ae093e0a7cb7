"""Geometry of the charts: numbers to paths and ticks; the templates draw them. No text of a mention ever comes here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil, floor, log10
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from amends.model import DAY, HOUR, MINUTE, Seconds

if TYPE_CHECKING:
    from collections.abc import Sequence


_HOURS_OF_TICKS = (0.25, 0.5, 1, 2, 3, 6, 12, 24, 48, 96, 168, 336)
_MOST_TICKS = 5  # of time, on a phone
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@dataclass(frozen=True, slots=True)
class Slot:
    """What happened in one step of a chart, in counts an hour; `low` and `high` bound what is usual."""

    start: Seconds
    observed: float
    expected: float | None = None
    low: float | None = None
    high: float | None = None
    heard: bool = True


@dataclass(frozen=True, slots=True)
class Moment:
    """Something that happened, to be marked: `kind` chooses the colour."""

    at: Seconds
    kind: str
    words: str


@dataclass(frozen=True, slots=True)
class Tick:
    """A label and where it stands."""

    at: float
    text: str


@dataclass(frozen=True, slots=True)
class Mark:
    """A moment's line and its letter."""

    x: float
    letter: str
    moment: Moment


@dataclass(frozen=True, slots=True)
class Drawing:
    """Paths and ticks in a box of `width` by `height`; the plot spans `left`..`right` and `top`..`bottom`."""

    width: float
    height: float
    left: float
    right: float
    top: float
    bottom: float
    observed: str
    area: str
    expected: str
    band: str
    gaps: tuple[tuple[float, float], ...] = ()
    rows: tuple[Tick, ...] = ()
    columns: tuple[Tick, ...] = ()
    marks: tuple[Mark, ...] = ()


def sparkline(slots: Sequence[Slot], seconds: Seconds, width: float = 320.0, height: float = 48.0) -> Drawing:
    """Return a small drawing without axes; its scale begins at zero and holds the band and every value."""
    return _draw(slots, seconds, (width, height), (0.0, width, 3.0, height - 1.0), _top(slots))


def chart(
    slots: Sequence[Slot],
    seconds: Seconds,
    moments: Sequence[Moment] = (),
    timezone: str = "UTC",
    size: tuple[float, float] = (358.0, 210.0),
) -> Drawing:
    """Return a drawing with labelled axes for a phone's width; moments are marked by letters above the plot."""
    width, height = size
    box = (34.0, width - 6.0, 22.0, height - 24.0)
    step, top = _nice(_top(slots))
    drawing = _draw(slots, seconds, size, box, top)
    first, last = slots[0].start, slots[-1].start + seconds
    scale = _Scale(first, last, top, box)
    rows = tuple(Tick(scale.y(step * k), f"{step * k:g}") for k in range(round(top / step) + 1))
    columns = tuple(Tick(scale.x(at), text) for at, text in _time_ticks(first, last, timezone))
    inside = [moment for moment in moments if first <= moment.at <= last][: len(_LETTERS)]
    marks = tuple(Mark(scale.x(m.at), _LETTERS[k], m) for k, m in enumerate(inside))
    return Drawing(
        **{name: getattr(drawing, name) for name in _GEOMETRY}, rows=rows, columns=columns, marks=_apart(marks, box)
    )


_GEOMETRY = ("width", "height", "left", "right", "top", "bottom", "observed", "area", "expected", "band", "gaps")


@dataclass(frozen=True, slots=True)
class _Scale:
    first: Seconds
    last: Seconds
    most: float
    box: tuple[float, float, float, float]

    def x(self, at: Seconds) -> float:
        left, right, _, _ = self.box
        return round(left + (right - left) * (at - self.first) / max(self.last - self.first, 1.0), 1)

    def y(self, value: float) -> float:
        _, _, top, bottom = self.box
        return round(bottom - (bottom - top) * min(max(value, 0.0) / self.most, 1.0), 1)


def _draw(
    slots: Sequence[Slot],
    seconds: Seconds,
    size: tuple[float, float],
    box: tuple[float, float, float, float],
    most: float,
) -> Drawing:
    scale = _Scale(slots[0].start, slots[-1].start + seconds, most, box)
    edges = [(scale.x(slot.start), scale.x(slot.start + seconds), slot) for slot in slots]
    line = " ".join(f"L{a} {scale.y(s.observed)}L{b} {scale.y(s.observed)}" for a, b, s in edges)
    base = scale.y(0.0)
    usual = [(a, b, s.low, s.high, s.expected) for a, b, s in edges]
    known = [(a, b, low, high, mid) for a, b, low, high, mid in usual if None not in (low, high, mid)]
    upper = "".join(f"L{a} {scale.y(high or 0.0)}L{b} {scale.y(high or 0.0)}" for a, b, _, high, _ in known)
    lower = "".join(f"L{b} {scale.y(low or 0.0)}L{a} {scale.y(low or 0.0)}" for a, b, low, _, _ in reversed(known))
    middle = "".join(f"L{a} {scale.y(mid or 0.0)}L{b} {scale.y(mid or 0.0)}" for a, b, _, _, mid in known)
    return Drawing(
        size[0],
        size[1],
        *box,
        observed="M" + line[1:],
        area=f"M{edges[0][0]} {base}{line}L{edges[-1][1]} {base}Z",
        expected="M" + middle[1:] if middle else "",
        band=f"M{(upper + lower)[1:]}Z" if known else "",
        gaps=tuple((a, round(b - a, 1)) for a, b, s in edges if not s.heard),
    )


def _top(slots: Sequence[Slot]) -> float:
    return max([1.0, *(slot.observed for slot in slots), *(slot.high or 0.0 for slot in slots)]) * 1.05


def _nice(most: float) -> tuple[float, float]:
    """Return a round step and a top that hold `most` in two to five steps."""
    rough = most / 4
    unit = 10.0 ** floor(log10(rough))
    step = next(unit * k for k in (1, 2, 2.5, 5, 10) if unit * k >= rough)
    step = max(step, 1.0)
    return step, step * ceil(most / step)


def _time_ticks(first: Seconds, last: Seconds, timezone: str) -> list[tuple[Seconds, str]]:
    """Return round wall times of a zone, few enough for a phone; a date where the day begins."""
    zone = ZoneInfo(timezone)
    step = next((h for h in _HOURS_OF_TICKS if (last - first) / (h * HOUR) <= _MOST_TICKS), _HOURS_OF_TICKS[-1])
    midnight = datetime.fromtimestamp(first, zone).replace(hour=0, minute=0, second=0, microsecond=0)
    ticks: list[tuple[Seconds, str]] = []
    day = midnight
    while day.timestamp() <= last:
        for k in range(max(1, round(24 / step))):
            at = (day + timedelta(hours=step * k)).timestamp()  # wall time: a clock change moves no label
            if first <= at <= last:
                wall = datetime.fromtimestamp(at, zone)
                text = f"{wall:%H:%M}" if wall.hour or wall.minute else f"{wall.day} {wall:%b}"
                ticks.append((at, text))
        day = (day + timedelta(days=max(1, round(step / 24)))).replace(hour=0)
    return ticks


def _apart(marks: tuple[Mark, ...], box: tuple[float, float, float, float]) -> tuple[Mark, ...]:
    """Move letters that would cover each other to the right, inside the box."""
    placed: list[Mark] = []
    for mark in marks:
        least = placed[-1].x + 11.0 if placed else box[0]
        placed.append(Mark(min(max(mark.x, least), box[1]), mark.letter, mark.moment))
    return tuple(placed)


def slot_seconds(span: Seconds, most: int = 60) -> Seconds:
    """Return the finest round slot that cuts a span into at most so many."""
    choices = (5 * MINUTE, 10 * MINUTE, 15 * MINUTE, 30 * MINUTE, HOUR, 2 * HOUR, 4 * HOUR, 6 * HOUR, DAY)
    return next((one for one in choices if span / one <= most), DAY)
