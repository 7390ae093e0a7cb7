"""How incidents, their events and their pages are written in JSON: the words of the HTTP doors and of the webhook."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from amends.model import Kind

if TYPE_CHECKING:
    from amends.incidents.stages import StageClock
    from amends.model import Incident, IncidentEvent, Page, Quote, Seconds


def rfc3339(at: Seconds | None) -> str | None:
    """Write a time as RFC 3339 in UTC with `Z`, to the millisecond where it is not a whole second."""
    if at is None:
        return None
    moment = datetime.fromtimestamp(round(at, 3), UTC)
    return moment.isoformat(timespec="milliseconds" if moment.microsecond else "seconds").replace("+00:00", "Z")


def incident_document(incident: Incident, *, url: str) -> dict[str, Any]:
    """Return the Incident of the doors; `url` is its page on the web. What has not happened is null."""
    return {
        "id": incident.id,
        "brand": incident.brand,
        "kind": incident.kind.value,
        "state": incident.state.value,
        "severity": incident.severity,
        "revision": incident.revision,
        "title": incident.title,
        "opened_at": rfc3339(incident.opened_at),
        "since": rfc3339(incident.since),
        "updated_at": rfc3339(incident.updated_at),
        "acknowledged_at": rfc3339(incident.acknowledged_at),
        "acknowledged_by": incident.acknowledged_by,
        "resolved_at": rfc3339(incident.resolved_at),
        "resolved_by": incident.resolved_by,
        "observed": incident.observed,
        "expected": incident.expected,
        "why": list(incident.why),
        "authenticity": incident.authenticity,
        "coverage": {"on_time": incident.coverage.on_time, "of": incident.coverage.of},
        "quotes": [_quote(quote) for quote in incident.quotes],
        "response": None
        if incident.response is None
        else {
            "template": incident.response.template,
            "lang": incident.response.lang,
            "text": incident.response.text,
        },
        "record": {"real": incident.record.real, "judged": incident.record.judged},
        "feedback": incident.feedback,
        "snoozed_until": rfc3339(incident.snoozed_until),
        "drill": incident.drill,
        "url": url,
    }


def event_document(event: IncidentEvent) -> dict[str, Any]:
    """Return one line of an incident's history as `GET /api/v1/incidents/ID` gives it."""
    line = {"seq": event.seq, "at": rfc3339(event.at), "event": event.event, "by": event.by, "why": event.why}
    if event.event == "responded":
        line |= {name: event.data.get(name) for name in ("kind", "url", "text")}
    return line


def clock_document(clock: StageClock) -> dict[str, Any]:
    """Return one clock of an incident; seconds and target are durations, `at` is when it stopped."""
    return {
        "name": clock.name,
        "from": rfc3339(clock.start),
        "at": rfc3339(clock.end),
        "seconds": None if clock.seconds is None else round(clock.seconds, 3),
        "target_seconds": clock.target,
        "state": clock.state,
    }


def outbox_document(page: Page, *, attempts: int, at: Seconds) -> dict[str, Any]:
    """Return one page as `GET /api/v1/incidents/ID` lists it; `at` is when its state last changed."""
    return {
        "id": page.id,
        "kind": page.kind,
        "person": page.person,
        "channel": page.channel,
        "state": page.state,
        "attempts": attempts,
        "at": rfc3339(at),
        "error": page.why if page.state == "failed" else None,
        "reason": page.reason,
        "why": page.why or None,
    }


def page_document(page: Page, *, acknowledge_url: str | None) -> dict[str, Any]:
    """Return the `page` of a webhook's body."""
    return {
        "id": page.id,
        "kind": page.kind,
        "reason": page.reason,
        "person": page.person,
        "step": page.step,
        "drill": page.incident.drill,
        "title": page.title,
        "text": page.text,
        "acknowledge_url": acknowledge_url,
        "checklist": list(_CHECKLIST) if _asks_for_calm(page) else [],
    }


_CHECKLIST = ("pause-scheduled-posts", "tell-switchboard")


def _asks_for_calm(page: Page) -> bool:
    """Whether tools that can should now pause what is scheduled: a new or worse crisis in public, and no drill."""
    public = page.incident.kind in (Kind.TONE, Kind.WATCH, Kind.DELETED)
    return public and not page.incident.drill and page.kind == "page" and page.reason in ("first", "raised")


def _quote(quote: Quote) -> dict[str, Any]:
    return {
        "role": quote.role,
        "id": quote.id,
        "source": quote.source,
        "url": quote.url,
        "author": quote.author,
        "published_at": rfc3339(quote.published_at),
        "lang": quote.lang,
        "text": quote.text,
    }
