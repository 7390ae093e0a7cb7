"""The clocks of an incident: how long each stage took, against its target."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from amends.model import HOUR, MINUTE, Kind, Seconds

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from amends.model import Incident, IncidentEvent

Name = Literal["detect", "page", "acknowledge", "holding", "full", "recovery"]
State = Literal["met", "missed", "running", "late", "done", "none"]

# What is aimed at. Detection of what is polled takes two polls. A third of people expects an answer in 30 minutes, half
# in an hour (Crisp 2019); companies took 21 hours on average to the statement (Freshfields 2013). The others are ours.
DETECT_PUSHED: Final = 5 * MINUTE
DETECT_POLLED: Final = 10 * MINUTE
PAGE: Final = MINUTE
ACKNOWLEDGE: Final[Mapping[int, Seconds]] = {1: 5 * MINUTE, 2: 15 * MINUTE}
HOLDING: Final[Mapping[int, Seconds]] = {1: 30 * MINUTE, 2: 60 * MINUTE}
FULL: Final = 4 * HOUR
ANSWERED: Final = frozenset(
    {Kind.TONE, Kind.WATCH, Kind.DELETED, Kind.DRILL}
)  # kinds to which the public awaits a word


@dataclass(frozen=True, slots=True, kw_only=True)
class StageClock:
    """One stage: from when, until when (None: not yet, or never), in how many seconds at most (None: no target).

    `state`: met or missed; running or late while it is open and before or past its target; done where there is no
    target; none where it ended without (the incident is over).
    """

    name: Name
    start: Seconds
    end: Seconds | None
    target: Seconds | None
    state: State

    @property
    def seconds(self) -> Seconds | None:
        """How long it took; None while it has not happened."""
        return None if self.end is None else max(0.0, self.end - self.start)


def clocks(
    incident: Incident, events: Sequence[IncidentEvent], paged_at: Seconds | None, now: Seconds
) -> tuple[StageClock, ...]:
    """Return an incident's clocks; `paged_at` is when the first page was taken by a channel.

    All but detection run from the moment it opened. Targets are those of the worst severity that it had. The detection
    of a drill has none: its story begins in the past by design, and whether it was noticed stands in its own score.
    """
    opened, severity = incident.opened_at, incident.severity
    first = _first(events)
    polled = incident.coverage.of > 0
    judged = incident.kind is not Kind.DRILL
    found: list[tuple[Name, Seconds, Seconds | None, Seconds | None]] = [
        ("detect", incident.since, opened, (DETECT_POLLED if polled else DETECT_PUSHED) if judged else None),
        ("page", opened, paged_at, PAGE),
        ("acknowledge", opened, first.get("acknowledged"), ACKNOWLEDGE.get(severity)),
    ]
    if incident.kind in ANSWERED:
        full = first.get("full")
        said = [at for at in (first.get("holding"), full) if at is not None]
        found += [
            ("holding", opened, min(said, default=None), HOLDING.get(severity)),
            ("full", opened, full, FULL),
        ]
    found.append(("recovery", opened, incident.resolved_at, None))
    over = dict.fromkeys((name for name, *_ in found), incident.resolved_at)
    if paged_at is None and "acknowledged" in first:  # who has it needed no page
        over["page"] = first["acknowledged"]
    return tuple(
        StageClock(name=name, start=start, end=end, target=target, state=_state(start, end, target, over[name], now))
        for name, start, end, target in found
    )


def _first(events: Sequence[IncidentEvent]) -> dict[str, Seconds]:
    """Return when each thing was first done: acknowledged, holding, full."""
    first: dict[str, Seconds] = {}
    for event in events:
        name = str(event.data.get("kind")) if event.event == "responded" else event.event
        first.setdefault(name, event.at)
    return first


def _state(start: Seconds, end: Seconds | None, target: Seconds | None, over: Seconds | None, now: Seconds) -> State:
    if end is not None:
        return "done" if target is None else "met" if end - start <= target else "missed"
    if over is not None:
        return "none" if target is None or over - start <= target else "missed"
    return "running" if target is None or now - start <= target else "late"
