"""A replay is a live run with another clock and another source: stored mentions, time that jumps, nothing sent."""

from __future__ import annotations

import heapq
from collections import defaultdict
from dataclasses import replace
from itertools import groupby, islice
from typing import TYPE_CHECKING, Any

from amends.model import BIN_SECONDS, MINUTE, Batch, InputError, Tick, Tone
from amends.pipeline.bins import bin_of
from amends.pipeline.decide import decide
from amends.pipeline.prepare import prepare
from amends.pipeline.state import new_state

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from amends.model import Event, Item, Mention, Seconds
    from amends.pipeline.decision import Decision
    from amends.pipeline.rules import Rules
    from amends.pipeline.state import BrandState

TOLD = frozenset(
    {"opened", "raised", "escalated", "acknowledged", "responded", "story", "recovering", "relapsed", "resolved",
     "reopened"}
)  # fmt: skip
AT_ONCE = 512  # items prepared together
_CERTAIN: Mapping[str, tuple[float, float, float]] = {
    "negative": (1.0, 0.0, 0.0),
    "neutral": (0.0, 1.0, 0.0),
    "positive": (0.0, 0.0, 1.0),
}


def replay(items: Iterable[Item], rules: Rules, labels: str | None = None) -> Iterator[Decision]:
    """Yield every decision that the items, in order of `published_at`, and the time between them lead to.

    Items are heard the minute they were published; full coverage is assumed. `labels` names a field of the records
    whose value (negative, neutral, positive) stands in for the tone. The replay ends with the last item's bin.
    """
    run = _Run(rules)
    last = None
    for _, group in groupby(_mentions(items, rules, labels), key=lambda one: one.published_at // MINUTE):
        mentions = list(group)
        last = mentions[-1].published_at
        yield from run.until(last)
        by_brand: dict[str, list[Mention]] = defaultdict(list)
        for mention in mentions:
            by_brand[mention.brand].append(mention)
        for brand, heard in by_brand.items():
            yield run.apply(brand, Batch(tuple(heard)), last)
    if last is not None:
        yield from run.until(bin_of(last) + BIN_SECONDS)


def event_rows(decision: Decision) -> Iterator[dict[str, Any]]:
    """Yield what a decision says to a reader of the replay: one row an incident event, times in Unix seconds."""
    incidents = {one.id: one for one in decision.incidents}
    for event in decision.events:
        if event.event not in TOLD:
            continue
        incident = incidents[event.incident]
        yield {
            "at": event.at,
            "brand": incident.brand,
            "incident": incident.id,
            "kind": incident.kind.value,
            "event": event.event,
            "severity": incident.severity,
            "observed": round(incident.observed, 2),
            "expected": round(incident.expected, 2),
            "since": incident.since,
            "by": event.by,
            "why": event.why,
        }


class _Run:
    """The states of the brands and the moments at which they want to be woken."""

    def __init__(self, rules: Rules) -> None:
        self.rules = rules
        self.states: dict[str, BrandState] = {}
        self.wakes: list[tuple[Seconds, str]] = []
        self.next: dict[str, Seconds] = {}

    def apply(self, brand: str, event: Event, now: Seconds) -> Decision:
        state = self.states.get(brand) or new_state(self.rules.brands[brand])
        decision = decide(state, event, now, self.rules)
        self.states[brand] = decision.state
        if decision.wake is not None:
            self.next[brand] = decision.wake
            heapq.heappush(self.wakes, (decision.wake, brand))
        return decision

    def until(self, end: Seconds) -> Iterator[Decision]:
        while self.wakes and self.wakes[0][0] < end:
            wake, brand = heapq.heappop(self.wakes)
            if self.next.get(brand) == wake:
                yield self.apply(brand, Tick(), wake)


def _mentions(items: Iterable[Item], rules: Rules, labels: str | None) -> Iterator[Mention]:
    seen: set[tuple[str, str, str]] = set()
    stream = iter(items)
    while chunk := list(islice(stream, AT_ONCE)):
        for mention in prepare(chunk, rules):
            key = (mention.brand, mention.source, mention.id)
            if key not in seen:
                seen.add(key)
                yield mention if labels is None else replace(mention, tone=_labelled(mention, labels))


def _labelled(mention: Mention, key: str) -> Tone:
    label: Any = mention.extra.get(key)
    if label not in _CERTAIN:
        known = ", ".join(_CERTAIN)
        raise InputError(f"record {mention.id!r}: {key} is {label!r}, not one of {known}; --labels names the field")
    negative, neutral, positive = _CERTAIN[label]
    return Tone(mention.lang, mention.tone.compound, negative, neutral, positive, label)
