"""Moving on: when the tone is back, and when an incident may close by itself."""

from __future__ import annotations

from math import log, sqrt
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from amends.model import Incident, Reading

SHARE = 0.25  # a wave that still runs would show at least this share of its height
SURE = 3.0  # log likelihood ratio, usual against still running (Wald 1945): wrong about once in twenty
SIGMAS = 1.64
LEAST = 1e-3  # negatives an hour: the usual is never nothing
CLUMPS = 1.5  # negatives come in clumps: their variance over their mean


def tone_is_back(incident: Incident, reading: Reading) -> bool:
    """Tell whether the last hour speaks for the usual tone and clearly against a quarter of the incident's height.

    A sequential probability ratio of two Poisson rates over the negatives of the last hour, thinned by their clumping.
    Where an hour is too short to tell (a brand with few mentions), the detector's own calm decides.
    """
    if reading.calm:
        return True
    usual, heard = max(reading.expected_now, LEAST), reading.observed_now
    running = max(SHARE * incident.observed, 2.0 * usual)
    if heard > usual + SIGMAS * sqrt(CLUMPS * usual):
        return False
    return (running - usual - heard * log(running / usual)) / CLUMPS >= SURE


def is_relapse(reading: Reading) -> bool:
    """Tell whether a recovering incident flares up again: farther from the usual than what ended its calm."""
    usual = max(reading.expected_now, LEAST)
    return reading.observed_now > usual + 2.0 * SIGMAS * sqrt(CLUMPS * usual)
