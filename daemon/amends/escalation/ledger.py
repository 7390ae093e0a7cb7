"""What escalation remembers of one incident, and what it asks for."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Final, Literal

from amends.escalation.policy import Note
from amends.model import EventName, PageChange, PageState, Reason, Seconds

GROUP_BLIND: Final = "blind"
_EVENTS: Final[dict[Reason, EventName]] = {
    "first": "opened",
    "drill": "opened",
    "raised": "raised",
    "unacknowledged": "escalated",
    "story": "story",
    "acknowledged": "acknowledged",
    "resolved": "resolved",
    "alive": "opened",  # of no incident: channels go by the reason
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """Why a message is sent: the reason that it gives, and the incident's recorded event that asked for it."""

    reason: Reason
    event: EventName

    @classmethod
    def of(cls, reason: Reason, event: EventName | None = None) -> Cause:
        """Return the cause that a reason usually has, or one with another event."""
        return cls(reason=reason, event=event or _EVENTS[reason])


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One message that may still change something: not settled, or of the present step, or cancelled under way."""

    id: str
    person: str
    channel: str
    kind: Literal["page", "notice"]
    reason: Reason
    step: str
    due: Seconds
    state: PageState
    tried: tuple[str, ...] = ()  # channels, this one last
    event: EventName | None = None  # None: written by a release that knew the reason alone

    @property
    def cause(self) -> Cause:
        """Why it is sent: the same on every channel and after every deferral."""
        return Cause.of(self.reason, self.event)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledger:
    """What was called, when the next step is due, who was told, what is held. Start with `Ledger()`.

    It stays small whatever happens: `rows` holds at most one unsettled message a person, those of the present step and
    the last few cancelled ones.
    """

    calls: int = 0  # ordinals handed out, never reused: they make the ids of pages
    round: int = 0
    level: int = -1  # index of the step called last, in its round; -1 before the first
    step: str = ""  # ordinal of that call
    due: Seconds | None = None  # when the next step, or the next round, begins
    rows: tuple[Row, ...] = ()
    paged: tuple[str, ...] = ()  # people whom a page has reached
    told: tuple[str, ...] = ()  # people whom anything has reached
    muted_until: Seconds | None = None  # a silence or a snooze
    owed: Reason | None = None  # why the one call at its end is made
    begun: EventName = "opened"  # or "reopened": what the first call tells of


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One new message for the outbox; `state` is queued, or deferred with `due` as the time to decide anew."""

    id: str
    person: str
    channel: str
    kind: Literal["page", "notice"]
    reason: Reason
    step: str
    due: Seconds
    state: PageState
    why: str
    deadline: Seconds | None
    event: EventName  # of which it tells
    group: str | None = None
    note: Note | None = None  # why this person is called though the policy names another


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """A decision about one incident's messages; see the package's docstring for what to do with each part.

    `changes` are to rows that are in the outbox already: sent, failed, or cancelled with the reason.
    """

    ledger: Ledger
    calls: tuple[Call, ...] = ()
    changes: tuple[PageChange, ...] = ()
    events: tuple[tuple[EventName, str], ...] = ()
    wake: Seconds | None = None


def page_id(incident: str, step: str, person: str, channel: str) -> str:
    """Return the id of a message: the same for each retry, another for each call."""
    digest = hashlib.sha256(f"{incident}\x00{step}\x00{person}\x00{channel}".encode()).hexdigest()
    return f"pg_{digest[:24]}"
