"""What a brand's owner decides for the detector; every other constant lives beside the formula that it belongs to."""

from __future__ import annotations

from dataclasses import dataclass

from amends.detection.planned import Planned
from amends.model import BIN_SECONDS


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """One number to choose, the false pages a brand may cause in a day; the rest says how its bins are to be read.

    `timezone` is an IANA name for the hour of day and the day of the week. `min_voices` distinct authors and
    `min_stories` distinct stories must speak in the alarming window; 0 switches a gate off (counts have no authors).
    `planned` are the announced events during which more is expected.
    """

    false_pages_per_day: float = 1 / 30
    timezone: str = "UTC"
    min_voices: int = 5
    min_stories: int = 3
    bin_seconds: int = BIN_SECONDS
    planned: tuple[Planned, ...] = ()
