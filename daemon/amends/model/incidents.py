"""Incidents, as strangers see them, and their history."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Literal, TypeAlias

from amends.model.base import Seconds
from amends.model.readings import Coverage


class Kind(StrEnum):
    """What an incident is about."""

    TONE = "tone"
    WATCH = "watch"
    DELETED = "deleted"
    BLIND = "blind"
    DRILL = "drill"


class Stage(StrEnum):
    """Where an incident stands (`state` in the doors)."""

    OPEN = "open"
    RECOVERING = "recovering"
    RESOLVED = "resolved"


Severity: TypeAlias = Literal[1, 2, 3]  # 1 critical, 2 major, 3 minor: 1 is worst

EventName = Literal[
    "opened", "raised", "escalated", "acknowledged", "unacknowledged", "responded", "story", "recovering", "relapsed",
    "resolved", "reopened", "snoozed", "feedback", "silenced", "unreachable", "advised",
]  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """A mention shown as evidence."""

    role: Literal["earliest", "loudest", "typical"]
    id: str
    source: str
    published_at: Seconds
    text: str
    url: str | None = None
    author: str | None = None
    lang: str | None = None


@dataclass(frozen=True, slots=True)
class Response:
    """The words to say: a template filled in, in the crowd's language."""

    template: str
    lang: str
    text: str


@dataclass(frozen=True, slots=True)
class Record:
    """How often the brand's earlier incidents were real, of those that people judged."""

    real: int = 0
    judged: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """What people know of an incident's cause; `None` while nobody can tell."""

    victim: bool | None = None  # is the organisation itself a victim of it
    unintended: bool | None = None  # was it unintended, or out of its control
    preventable: bool | None = None  # could it have been prevented
    hurt: bool | None = None  # is somebody injured
    before: bool | None = None  # has the same happened before; None: as the record of judged incidents says
    about: str | None = None  # a type of crisis (responses.CRISES)


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """One incident as strangers see it (docs/http-api.md); `None` until it happens."""

    id: str
    brand: str
    kind: Kind
    state: Stage
    severity: Severity
    title: str  # one line that says it all, at most 110 characters
    opened_at: Seconds
    since: Seconds
    updated_at: Seconds
    revision: int = 1
    acknowledged_at: Seconds | None = None
    acknowledged_by: str | None = None
    resolved_at: Seconds | None = None
    resolved_by: str | None = None  # a person's id; "amends" where it ended by itself
    observed: float = 0.0
    expected: float = 0.0
    why: tuple[str, ...] = ()
    authenticity: Literal["organic", "coordinated", "unknown"] = "unknown"
    coverage: Coverage = field(default_factory=Coverage)
    quotes: tuple[Quote, ...] = ()
    response: Response | None = None
    record: Record = field(default_factory=Record)
    feedback: Literal["real", "noise"] | None = None
    snoozed_until: Seconds | None = None
    given_back: int = 0  # how often an acknowledgement was taken back by hand: far ends must ring anew
    drill: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentEvent:
    """One line of an incident's history; `seq` counts from 1 in its incident."""

    incident: str
    seq: int
    at: Seconds
    event: EventName
    by: str  # a person's id, or "amends"
    why: str
    data: Mapping[str, Any] = field(default_factory=dict)  # for the record: numbers, ids of quotes, a reply's text
