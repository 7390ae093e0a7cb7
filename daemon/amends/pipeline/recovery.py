"""Moving on: when the tone is back, and when an incident may close by itself."""

from __future__ import annotations

from math import log, sqrt
from typing import TYPE_CHECKING

from amends.model import DAY, Kind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from amends.model import Incident, Mention, Reading, Seconds, Severity
    from amends.pipeline.state import Case, Live

SHARE = 0.25  # a wave that still runs would show at least this share of its height
SURE = 3.0  # log likelihood ratio, usual against still running (Wald 1945): wrong about once in twenty
SIGMAS = 1.64
AGAIN, FAR = 2.0, 3.0  # times that distance from the usual, at which a calm ends: beside a wave's height, and at all
LEAST = 1e-3  # negatives an hour: the usual is never nothing
CLUMPS = 1.5  # negatives come in clumps: their variance over their mean
DEALT_WITH = 7 * DAY  # how long a story of a closed incident is no news: as long as stories are remembered
SAME = 0.75  # share of a wave that must tell such stories before the wave is one of them
HIGHER = 3.0  # times the closed height from which the same story is a worse one: heights are of differing windows


def tone_is_back(incident: Incident, reading: Reading) -> bool:
    """Tell whether the last hour speaks for the usual tone and clearly against a quarter of the incident's height.

    A sequential probability ratio of two Poisson rates over the negatives of the last hour, thinned by their clumping.
    Where an hour is too short to tell (a brand with few mentions), the detector's own calm decides.
    """
    if reading.calm:
        return True
    return height_is_gone(incident.observed, reading)


def height_is_gone(height: float, reading: Reading) -> bool:
    """Tell whether the last hour speaks for the usual, and clearly against a quarter of a height."""
    usual, heard = max(reading.expected_now, LEAST), reading.observed_now
    if heard > usual + SIGMAS * sqrt(CLUMPS * usual):
        return False
    return _against(height, reading) >= SURE


def _against(height: float, reading: Reading) -> float:
    """Return how strongly the last hour speaks for the usual and against a quarter of a height (negatives an hour)."""
    usual, heard = max(reading.expected_now, LEAST), reading.observed_now
    running = max(SHARE * height, 2.0 * usual)
    return (running - usual - heard * log(running / usual)) / CLUMPS


def stays_back(incident: Incident, reading: Reading) -> bool:
    """Tell whether a calm that has begun goes on: it takes more to end one than it took to begin it.

    Only an hour twice as far from the usual as `height_is_gone` allows is the wave again; thrice as far, where it is
    clearly below a quarter of the height: a few grumbles on a quiet night keep nobody waiting for the end of a storm
    that is gone, and what is many times the usual is never called calm, however high the storm was.
    """
    usual, heard = max(reading.expected_now, LEAST), reading.observed_now
    far = (heard - usual) / (SIGMAS * sqrt(CLUMPS * usual))
    return far <= AGAIN or (far <= FAR and _against(incident.observed, reading) >= SURE)


def dealt_with(live: Live, story: str | None, now: Seconds) -> bool:
    """Tell whether a story was that of an incident which has closed: it pages nobody again."""
    return bool(story) and any(story in _told(case) for case in _closed(live, now))


def is_old_story(live: Live, candidates: Sequence[Mention], severity: Severity, reading: Reading, now: Seconds) -> bool:
    """Tell whether a new wave only goes on telling what a closed incident was about, and is no worse than that was.

    A wave that is far higher and more severe (or critical, as the first was), or of which more than a quarter tells
    something else, is a new fact.
    """
    for case in _closed(live, now):
        told = _told(case)
        old = sum(one.story in told for one in candidates)
        worse = severity == 1 or severity < case.incident.severity
        worse = worse and reading.observed > HIGHER * case.incident.observed
        if candidates and old >= SAME * len(candidates) and not worse:
            return True
    return False


def _closed(live: Live, now: Seconds) -> list[Case]:
    """Return the cases that closed lately, were about stories, and of which somebody was called.

    What was heard afterwards and told as a notice, or was silenced for all its life, nobody has dealt with.
    """
    return [
        case
        for case in live.closed
        if case.incident.kind in {Kind.TONE, Kind.WATCH}
        and case.ledger.level >= 0
        and now - (case.incident.resolved_at or 0.0) <= DEALT_WITH
    ]


def _told(case: Case) -> set[str]:
    return {story for story in (*case.stories, *(one.story for one in case.candidates)) if story}
