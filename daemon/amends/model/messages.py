"""Messages to people, and what holds them back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from amends.model.base import Seconds
from amends.model.incidents import EventName, Incident

PageState = Literal["queued", "sent", "failed", "deferred", "cancelled"]
Reason = Literal["first", "raised", "unacknowledged", "story", "acknowledged", "resolved", "drill", "alive"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One message to one person on one channel: kind `page` wakes, `notice` does not.

    `id` is made from (incident, step, person, channel): a retry is the same page, another call another step. `incident`
    is the snapshot that the message speaks of. `title` (at most 60 characters) and `text` are in the person's language.
    """

    id: str
    brand: str
    incident: Incident
    event: EventName
    kind: Literal["page", "notice"]
    reason: Reason
    person: str
    channel: str
    step: str
    title: str
    text: str
    due: Seconds
    decided_at: Seconds
    state: PageState = "queued"
    deadline: Seconds | None = None  # after this, trying again serves nobody: the next person has been called
    group: str | None = None  # rows of one person, channel and group may be told in one message (blind)
    why: str = ""  # the reason of a deferral, cancellation or failure


@dataclass(frozen=True, slots=True, kw_only=True)
class PageChange:
    """What becomes of a page that is already in the outbox."""

    id: str
    state: PageState
    why: str
    due: Seconds | None = None
    channel: str = ""  # where it is known: for counting


@dataclass(frozen=True, slots=True, kw_only=True)
class Silence:
    """No pages for a brand (or one story of it) until an end that must be given."""

    id: str
    brand: str
    until: Seconds
    reason: str
    by: str
    created_at: Seconds
    story: str | None = None
    ended_at: Seconds | None = None
    ended_by: str | None = None
