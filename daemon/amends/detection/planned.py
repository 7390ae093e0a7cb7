"""Planned events: what a brand announced lets more be expected while it lasts, and teaches nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from amends.model import Seconds

if TYPE_CHECKING:
    from collections.abc import Sequence

    from amends.detection.state import DetectorState


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """From `start` until `end` (exclusive), `expect` times the usual negatives are expected, for this reason."""

    start: Seconds
    end: Seconds
    expect: float
    reason: str = ""


def planned_at(events: Sequence[Planned], at: Seconds) -> Planned | None:
    """Return the event that raises most at this moment, None where nothing is planned."""
    return max((one for one in events if one.start <= at < one.end), key=lambda one: one.expect, default=None)


def lift(state: DetectorState, events: Sequence[Planned], bins: int, odds: float, mean: float) -> float:
    """Return the factor on `mean`, the negatives expected in the newest `bins` bins.

    An event asks for so many times the *usual*: odds x expected others. What the others of the window have raised
    already (it is in `mean`) counts towards it, so an announcement that everybody talks about is not raised twice.
    """
    asked = plain = total = 0.0
    for k in range(bins):
        expected = state.e[(state.count - k) % state.size]
        event = planned_at(events, state.next - (k + 0.5) * state.bin_seconds)
        total += expected
        if event is None:
            plain += expected
        else:
            asked += event.expect * expected
    if mean <= 0.0 or total <= 0.0:
        return 1.0
    return max(1.0, odds * asked / mean + plain / total)
