"""What was counted, and what the detector says of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from amends.model.base import BIN_SECONDS, Seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Bin:
    """What a brand heard in `BIN_SECONDS` of event time. Bins of the same start add up (see `pipeline.bins`).

    `authors` and `stories` hold small hashes of distinct negative voices and stories, at most 64 of each: enough to
    tell "one" from "many". `sources` maps a source to (mentions, sum of p_negative). `coverage` is the share, 0 to 1,
    of the brand's polled sources that could hear during the bin; 1 where nothing is polled.
    """

    start: int  # Unix time, a multiple of BIN_SECONDS
    mentions: int = 0
    negatives: int = 0  # labelled so: for display
    p_negative: float = 0.0  # sum of calibrated probabilities: for detection
    unscored: int = 0
    reach: int = 0
    late: int = 0
    authors: tuple[int, ...] = ()
    stories: tuple[int, ...] = ()
    sources: Mapping[str, tuple[int, float]] = field(default_factory=dict)
    coverage: float = 1.0

    @property
    def others(self) -> float:
        """Scored mentions that are not negative, in expectation."""
        return max(0.0, self.mentions - self.unscored - self.p_negative)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What the detector says of one brand at one moment. Rates are negatives an hour."""

    at: Seconds
    observed: float = 0.0  # in the window that speaks loudest
    expected: float = 0.0  # in the same window, given the season and the other mentions
    since: Seconds = 0.0  # where that window begins: the estimated onset
    window: Seconds = BIN_SECONDS
    evidence: float = 0.0  # log likelihood ratio, natural units
    threshold: float = float("inf")
    alarm: bool = False  # evidence stands above the threshold (or still does: hysteresis) on what is fresh, not late
    calm: bool = True  # the tone is back to the usual
    observed_now: float = 0.0  # negatives an hour, the last hour
    expected_now: float = 0.0
    learned_days: float = 0.0  # event time behind the baseline
    page_above: float | None = None  # negatives in one hour from which it would page; None = never could
    doubling: Seconds | None = None  # doubling time while it grows
    voices: int = 0  # distinct authors of negatives in the window, as many as the detector remembers
    stories: int = 0
    held: Literal["", "young", "voices", "stories", "late"] = ""  # why evidence above the threshold pages nobody
    loudest: int = 0  # negatives of the last day by the one voice that said most
    expect: float = 1.0  # times the usual that a planned event lets be expected now
    volume_now: float = 0.0  # mentions an hour, the last hour
    volume_usual: float = 0.0  # the same, as usual at this hour
    buzz: bool = False  # the volume is up, clearly, and the tone is not worse for it

    @property
    def ratio(self) -> float:
        """Evidence over threshold: 1 would page."""
        return self.evidence / self.threshold if self.threshold > 0 else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """Which of a brand's polled sources answered within their own expected interval.

    `of` 0: nothing is polled, or (`waiting` above 0) none has had the time to answer since our start.
    """

    on_time: int = 0
    of: int = 0
    silent: tuple[str, ...] = ()  # ids of those that did not
    heard_until: Seconds | None = None  # every source that is on time has been heard up to here; None = now
    below_since: Seconds | None = None  # since when less than half has been on time; None: at least half is
    waiting: int = 0  # polled sources that are not counted in `of` yet

    @property
    def ratio(self) -> float:
        """Share on time; 1 where nothing is polled."""
        return self.on_time / self.of if self.of else 1.0
