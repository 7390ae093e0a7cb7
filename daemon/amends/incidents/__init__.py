"""Incidents: the state machine as one table, their clocks, and how an incident is written down for strangers."""

from amends.incidents.document import (
    clock_document,
    event_document,
    incident_document,
    outbox_document,
    page_document,
    rfc3339,
)
from amends.incidents.machine import TRANSITIONS, Trigger, open_incident, refresh, step
from amends.incidents.stages import StageClock, clocks

__all__ = [
    "TRANSITIONS",
    "StageClock",
    "Trigger",
    "clock_document",
    "clocks",
    "event_document",
    "incident_document",
    "open_incident",
    "outbox_document",
    "page_document",
    "refresh",
    "rfc3339",
    "step",
]
