"""Incidents: the state machine as one table, and how an incident is written down for strangers."""

from amends.incidents.document import event_document, incident_document, outbox_document, page_document, rfc3339
from amends.incidents.machine import TRANSITIONS, Trigger, open_incident, refresh, step

__all__ = [
    "TRANSITIONS",
    "Trigger",
    "event_document",
    "incident_document",
    "open_incident",
    "outbox_document",
    "page_document",
    "refresh",
    "rfc3339",
    "step",
]
