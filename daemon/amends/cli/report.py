"""The report of a replay: counts, what was expected, evidence and decisions on one page that needs nothing else."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from importlib.resources import files
from math import isfinite, sqrt
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from jinja2 import Environment, PackageLoader, StrictUndefined

from amends.detection import Planned, engine
from amends.incidents import rfc3339
from amends.model import BIN_SECONDS, HOUR
from amends.web.svg import Drawing, Moment, Slot, chart, slot_seconds
from amends.web.templating import NOTHING, SEVERITIES, host, link, number, plain, span

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from amends.model import Reading, Seconds
    from amends.pipeline import Rules
    from amends.pipeline.decision import Decision

_MOST_SLOTS = 120  # steps of a chart, whatever the span
_NINE_TENTHS = 1.645  # normal quantile of a band that holds nine of ten
_LEARNED = 1.0  # days of event time from which something is expected
_MARKED = frozenset({"opened", "raised", "story", "recovering", "relapsed", "resolved", "reopened"})
_TOP = 3.0  # times the threshold at which the evidence's picture ends


@dataclass(slots=True)
class _Usual:
    """What was expected in one bin, in negatives an hour, and how strong the evidence was."""

    expected: float | None
    spread: float
    ratio: float


@dataclass(slots=True)
class _Course:
    """What one brand heard and what its detector made of it, bin by bin."""

    counts: dict[int, tuple[int, float]] = field(default_factory=dict)  # start -> mentions, sum of p_negative
    usual: dict[int, _Usual] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Brand:
    """One brand, drawn."""

    id: str
    name: str
    timezone: str
    mentions: int
    negatives: float
    step: float
    volume: Drawing
    tone: Drawing
    evidence: Drawing
    events: tuple[dict[str, Any], ...]
    planned: tuple[Planned, ...]


class Course:
    """Follows a replay; bounded by event time (a few numbers a bin), never by mentions."""

    def __init__(self, rules: Rules) -> None:
        self._rules = rules
        self._brands: dict[str, _Course] = {}

    def take(self, decision: Decision) -> None:
        """Note what a decision counted and read."""
        course = self._brands.setdefault(decision.state.brand, _Course())
        for one in decision.bins:
            mentions, negatives = course.counts.get(one.start, (0, 0.0))
            course.counts[one.start] = (mentions + one.mentions, negatives + one.p_negative)
        if decision.reading is not None:
            start = int(decision.reading.at // BIN_SECONDS * BIN_SECONDS)
            before = course.usual.get(start)
            now = self._usual(decision, decision.reading)
            if before is not None:
                now.ratio = max(now.ratio, before.ratio)
            course.usual[start] = now

    def _usual(self, decision: Decision, reading: Reading) -> _Usual:
        ratio = min(reading.ratio, _TOP) if isfinite(reading.ratio) else 0.0
        if reading.learned_days < _LEARNED:
            return _Usual(None, 0.0, ratio)
        model = engine.model_of(decision.state.detector, self._rules.brands[decision.state.brand].detection)
        mean = reading.expected_now
        return _Usual(mean, sqrt(mean * (1.0 + model.phi) + model.mood * mean * mean), ratio)

    def html(self, rows: Sequence[Mapping[str, Any]], mentions: int) -> str:
        """Return the page; `rows` are the replay's events with times in Unix seconds."""
        brands = tuple(self._drawn(rows))
        return (
            _environment()
            .get_template("replay.html")
            .render(
                brands=brands,
                mentions=mentions,
                incidents=len({row["incident"] for row in rows}),
                style=files("amends.web").joinpath("static/style.css").read_text("utf-8"),
            )
        )

    def _drawn(self, rows: Sequence[Mapping[str, Any]]) -> Iterator[_Brand]:
        for id_, course in sorted(self._brands.items()):
            if not course.counts:
                continue
            brand = self._rules.brands[id_]
            own = tuple(dict(row) for row in rows if row["brand"] == id_)
            first, last = min(course.counts), max(course.counts) + BIN_SECONDS
            step = slot_seconds(last - first, _MOST_SLOTS)
            planned = tuple(one for one in brand.detection.planned if one.end > first and one.start < last)
            moments = [Moment(row["at"], row["event"], row["event"]) for row in own if row["event"] in _MARKED]
            moments += [Moment(one.start, "planned", "a planned event begins") for one in planned]
            moments += [Moment(one.end, "planned", "a planned event ends") for one in planned]
            moments.sort(key=lambda one: one.at)
            volume, tone, evidence = _slots(course, first, last, step)
            yield _Brand(
                id=id_,
                name=brand.name,
                timezone=brand.timezone,
                mentions=sum(count for count, _ in course.counts.values()),
                negatives=sum(negative for _, negative in course.counts.values()),
                step=step,
                volume=chart(volume, step, (), brand.timezone),
                tone=chart(tone, step, moments, brand.timezone),
                evidence=chart(evidence, step, moments, brand.timezone),
                events=own,
                planned=planned,
            )


def _slots(course: _Course, first: int, last: int, step: Seconds) -> tuple[list[Slot], list[Slot], list[Slot]]:
    """Return mentions an hour, negatives an hour beside what was expected, and the evidence over its threshold."""
    begin = int(first // step * step)
    count = max(1, -int((begin - last) // step))
    mentions, negatives, ratio = [0.0] * count, [0.0] * count, [0.0] * count
    expected: list[list[_Usual]] = [[] for _ in range(count)]
    for start, (many, negative) in course.counts.items():
        k = int((start - begin) // step)
        mentions[k] += many
        negatives[k] += negative
    for start, usual in course.usual.items():
        k = int((start - begin) // step)
        if 0 <= k < count:
            ratio[k] = max(ratio[k], usual.ratio)
            if usual.expected is not None:
                expected[k].append(usual)
    a_slot = HOUR / step
    volume = [Slot(begin + k * step, mentions[k] * a_slot) for k in range(count)]
    tone = [Slot(begin + k * step, negatives[k] * a_slot, *_band(expected[k])) for k in range(count)]
    evidence = [Slot(begin + k * step, ratio[k], 1.0, 1.0, 1.0) for k in range(count)]
    return volume, tone, evidence


def _band(found: Sequence[_Usual]) -> tuple[float | None, float | None, float | None]:
    if not found:
        return None, None, None
    mean = sum(one.expected or 0.0 for one in found) / len(found)
    spread = _NINE_TENTHS * sum(one.spread for one in found) / len(found)
    return mean, max(0.0, mean - spread), mean + spread


def _environment() -> Environment:
    made = Environment(
        loader=PackageLoader("amends.web", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(
        plain=plain, link=link, host=host, number=number, span=span, iso=rfc3339, clock=clock, ago=lambda _at: ""
    )
    made.globals.update(severities=SEVERITIES)
    return made


def clock(at: Seconds | None, timezone: str = "UTC") -> str:
    """Return a date and a time of a zone; a report is read on another day."""
    return NOTHING if at is None else f"{datetime.fromtimestamp(at, ZoneInfo(timezone)):%Y-%m-%d %H:%M}"
