"""The life of an incident: one table, and the only code that moves an incident through it.

The rules
---------
1.  An incident is open, recovering or resolved. Nothing else in the program changes `state`, `revision` or the facts
    beside the state (acknowledged, snoozed, feedback); all of it goes through `step`.
2.  A pair (state, trigger) that is not in `TRANSITIONS` comes too late: `StaleError`, nothing changes.
3.  Each step that says something new adds one to `revision` and makes one event whose `seq` is that revision, so an
    incident's history has no gap. A step that says nothing new (a second acknowledgement, a resolve of what is
    resolved, a raise that is not one) returns the incident as it was and no event: every command may come twice.
4.  Tone recovers before it ends: open -> recovering (calm) -> resolved (recovered), with relapse as the way back. The
    other kinds have no tone to measure: their occasion is over at once (`recovered` from open), and `calm` and
    `relapse` are not theirs, except that blindness may clear slowly (hysteresis) in the same way.
5.  A raise or a new story while recovering opens the incident again by itself: the tone is not calm.
6.  Acknowledged is a fact beside the state. It never moves the state, so an acknowledgement that races a resolve ends
    the same whichever came first. It holds for the severity it was given at: a raise asks anew and clears it. A story
    leaves it standing (whoever has it is told, see `escalation`), an unacknowledge and a reopen clear it.
7.  Feedback, responses and answers to the adviser may come at any time, also long after the end.
8.  A resolved incident opens again by hand only (`reopen`); the same crisis, back later, is a new incident.
"""

from __future__ import annotations

from dataclasses import replace
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from amends.model import EventName, Incident, IncidentEvent, Kind, Seconds, Severity, Stage, StaleError

if TYPE_CHECKING:
    from collections.abc import Mapping

TITLE_LIMIT = 110


class Trigger(StrEnum):
    """What may happen to an incident."""

    RAISE = "raise"  # severity=... (worse than now, else nothing new)
    STORY = "story"  # a new story joined
    CALM = "calm"  # the tone is back to the usual
    RELAPSE = "relapse"  # it was not for good
    RECOVERED = "recovered"  # it was: the incident ends by itself
    RESOLVE = "resolve"  # ends by hand
    REOPEN = "reopen"
    ACKNOWLEDGE = "acknowledge"
    UNACKNOWLEDGE = "unacknowledge"
    SNOOZE = "snooze"  # snoozed_until=...; a time that is past ends a snooze
    SILENCE = "silence"  # a silence of the brand holds this incident's pages
    FEEDBACK = "feedback"  # feedback="real" | "noise" | None
    RESPONDED = "responded"  # the brand has said something in public
    ADVISED = "advised"  # somebody answered the adviser's questions
    ESCALATE = "escalate"  # the next person was paged
    UNREACHABLE = "unreachable"  # a person could not be reached on any channel


_O, _R, _X = Stage.OPEN, Stage.RECOVERING, Stage.RESOLVED

TRANSITIONS: Final[Mapping[tuple[Stage, Trigger], Stage]] = MappingProxyType(
    {
        (_O, Trigger.RAISE): _O,
        (_O, Trigger.STORY): _O,
        (_O, Trigger.CALM): _R,
        (_O, Trigger.RELAPSE): _O,
        (_O, Trigger.RECOVERED): _X,  # rule 4: not for tone
        (_O, Trigger.RESOLVE): _X,
        (_O, Trigger.REOPEN): _O,
        (_O, Trigger.ACKNOWLEDGE): _O,
        (_O, Trigger.UNACKNOWLEDGE): _O,
        (_O, Trigger.SNOOZE): _O,
        (_O, Trigger.SILENCE): _O,
        (_O, Trigger.FEEDBACK): _O,
        (_O, Trigger.RESPONDED): _O,
        (_O, Trigger.ADVISED): _O,
        (_O, Trigger.ESCALATE): _O,
        (_O, Trigger.UNREACHABLE): _O,
        (_R, Trigger.RAISE): _O,
        (_R, Trigger.STORY): _O,
        (_R, Trigger.CALM): _R,
        (_R, Trigger.RELAPSE): _O,
        (_R, Trigger.RECOVERED): _X,
        (_R, Trigger.RESOLVE): _X,
        (_R, Trigger.REOPEN): _R,
        (_R, Trigger.ACKNOWLEDGE): _R,
        (_R, Trigger.UNACKNOWLEDGE): _R,
        (_R, Trigger.SNOOZE): _R,
        (_R, Trigger.SILENCE): _R,
        (_R, Trigger.FEEDBACK): _R,
        (_R, Trigger.RESPONDED): _R,
        (_R, Trigger.ADVISED): _R,
        (_R, Trigger.ESCALATE): _R,
        (_R, Trigger.UNREACHABLE): _R,
        (_X, Trigger.RECOVERED): _X,
        (_X, Trigger.RESOLVE): _X,
        (_X, Trigger.REOPEN): _O,
        (_X, Trigger.ACKNOWLEDGE): _X,
        (_X, Trigger.FEEDBACK): _X,
        (_X, Trigger.RESPONDED): _X,
        (_X, Trigger.ADVISED): _X,
        (_X, Trigger.UNREACHABLE): _X,  # a page that was under way may fail after the end
    }
)

EVENTS: Final[Mapping[Trigger, EventName]] = MappingProxyType(
    {
        Trigger.RAISE: "raised",
        Trigger.STORY: "story",
        Trigger.CALM: "recovering",
        Trigger.RELAPSE: "relapsed",
        Trigger.RECOVERED: "resolved",
        Trigger.RESOLVE: "resolved",
        Trigger.REOPEN: "reopened",
        Trigger.ACKNOWLEDGE: "acknowledged",
        Trigger.UNACKNOWLEDGE: "unacknowledged",
        Trigger.SNOOZE: "snoozed",
        Trigger.SILENCE: "silenced",
        Trigger.FEEDBACK: "feedback",
        Trigger.RESPONDED: "responded",
        Trigger.ADVISED: "advised",
        Trigger.ESCALATE: "escalated",
        Trigger.UNREACHABLE: "unreachable",
    }
)

# What describes an incident without moving it: any step, and `refresh`, may bring newer values of these.
DESCRIPTION: Final = frozenset(
    {"title", "since", "observed", "expected", "why", "authenticity", "coverage", "quotes", "response", "record"}
)
# What one trigger alone may, and must, say.
OWN: Final[Mapping[Trigger, str]] = MappingProxyType(
    {Trigger.RAISE: "severity", Trigger.SNOOZE: "snoozed_until", Trigger.FEEDBACK: "feedback"}
)
_MEASURED: Final = frozenset({Kind.TONE, Kind.BLIND})


def open_incident(  # noqa: PLR0913 - an incident is born with all of these, each by its name
    *,
    id: str,  # noqa: A002 - the field's name in the model and in the doors
    brand: str,
    kind: Kind,
    severity: Severity,
    now: Seconds,
    since: Seconds,
    title: str,
    why: str,
    by: str = "amends",
    reasons: tuple[str, ...] = (),
    data: Mapping[str, Any] | None = None,
    **facts: Any,  # noqa: ANN401 - fields of Incident, checked by name below and by Incident itself
) -> tuple[Incident, IncidentEvent]:
    """Open an incident: revision 1, and the event `opened` with seq 1.

    `why` is the event's one reason, `reasons` become `Incident.why`. `facts` are fields of `Incident` that describe it
    (`DESCRIPTION`), or `drill`.
    """
    _only(facts, DESCRIPTION | {"drill"}, "opening an incident")
    incident = Incident(
        id=id,
        brand=brand,
        kind=kind,
        state=Stage.OPEN,
        severity=severity,
        title=title[:TITLE_LIMIT],
        opened_at=now,
        since=since,
        updated_at=now,
        revision=1,
        why=reasons,
        **facts,
    )
    return incident, IncidentEvent(
        incident=id, seq=1, at=now, event="opened", by=by, why=why, data=dict(data) if data else {}
    )


def step(
    incident: Incident,
    trigger: Trigger,
    *,
    now: Seconds,
    by: str,
    why: str,
    reasons: tuple[str, ...] | None = None,
    data: Mapping[str, Any] | None = None,
    **changes: Any,  # noqa: ANN401 - fields of Incident, checked by name here and by Incident itself
) -> tuple[Incident, IncidentEvent | None]:
    """Take one step; return the new incident and its event, or (incident, None) if it says nothing new.

    `changes` are fields that describe the incident (`DESCRIPTION`) and the trigger's own one (`OWN`: raise needs
    `severity`, snooze `snoozed_until`, feedback `feedback`). `why` is the event's one reason; `reasons`, if given,
    become `Incident.why`. `data` goes into the event, for the record.

    Raises StaleError if the table has no such step, ValueError if `changes` name what a step may not touch.
    """
    own = OWN.get(trigger)
    _only(changes, DESCRIPTION | ({own} if own else set()), f"the step {trigger.value!r}")
    if own and own not in changes:
        raise ValueError(f"the step {trigger.value!r} needs {own}=...")
    after = _target(incident, trigger)
    facts = _facts(incident, trigger, now=now, by=by, changes=changes)
    if facts is None:
        return incident, None
    if reasons is not None:
        changes["why"] = reasons
    revision = incident.revision + 1
    moved = replace(incident, **{**changes, **facts}, state=after, revision=revision, updated_at=now)
    event = IncidentEvent(
        incident=incident.id,
        seq=revision,
        at=now,
        event=EVENTS[trigger],
        by=by,
        why=why,
        data=dict(data) if data else {},
    )
    return moved, event


def refresh(incident: Incident, *, now: Seconds, **changes: Any) -> Incident:  # noqa: ANN401 - fields of Incident
    """Bring the description (`DESCRIPTION`) up to date between two events: no event, so no new revision."""
    _only(changes, DESCRIPTION, "a refresh")
    fresh = replace(incident, **changes)
    return incident if fresh == incident else replace(fresh, updated_at=now)


def _target(incident: Incident, trigger: Trigger) -> Stage:
    after = TRANSITIONS.get((incident.state, trigger))
    if after is None:
        raise StaleError(
            f"incident {incident.id} is {incident.state.value}: {trigger.value} comes too late; reopen it first"
        )
    if incident.kind not in _MEASURED and trigger in (Trigger.CALM, Trigger.RELAPSE):
        raise StaleError(
            f"incident {incident.id} is of kind {incident.kind.value}, which has no tone to {trigger.value}"
        )
    if incident.kind is Kind.TONE and incident.state is Stage.OPEN and trigger is Trigger.RECOVERED:
        raise StaleError(f"incident {incident.id} is open: its tone must be calm before it can have recovered")
    return after


def _facts(
    incident: Incident, trigger: Trigger, *, now: Seconds, by: str, changes: Mapping[str, Any]
) -> dict[str, Any] | None:
    """Return the facts beside the state that the trigger sets, or None where it says nothing new."""
    stage, known = incident.state, incident.acknowledged_at is not None
    new, facts = True, dict[str, Any]()
    match trigger:
        case Trigger.RAISE:
            new, facts = changes["severity"] < incident.severity, _CLEARED
        case Trigger.CALM:
            new = stage is Stage.OPEN
        case Trigger.RELAPSE:
            new = stage is Stage.RECOVERING
        case Trigger.RECOVERED | Trigger.RESOLVE:
            new, facts = stage is not Stage.RESOLVED, {"resolved_at": now, "resolved_by": by}
        case Trigger.REOPEN:
            new, facts = stage is Stage.RESOLVED, {**_CLEARED, **_UNRESOLVED, "snoozed_until": None}
        case Trigger.ACKNOWLEDGE:
            new, facts = not known, {"acknowledged_at": now, "acknowledged_by": by}
        case Trigger.UNACKNOWLEDGE:
            new, facts = known, {**_CLEARED, "given_back": incident.given_back + 1}
        case Trigger.SNOOZE:
            until = changes["snoozed_until"]
            until = until if until is not None and until > now else None
            new, facts = until != incident.snoozed_until, {"snoozed_until": until}
        case Trigger.FEEDBACK:
            new = changes["feedback"] != incident.feedback
        case _:
            pass  # each of these is news whenever it comes
    return facts if new else None


_CLEARED: Final[dict[str, Any]] = {"acknowledged_at": None, "acknowledged_by": None}
_UNRESOLVED: Final[dict[str, Any]] = {"resolved_at": None, "resolved_by": None}


def _only(changes: Mapping[str, Any], allowed: frozenset[str] | set[str], what: str) -> None:
    foreign = sorted(set(changes) - allowed)
    if foreign:
        raise ValueError(f"{what} may not set {', '.join(foreign)}; it may set {', '.join(sorted(allowed))}")
