"""The ladder: each thing that may happen to an open incident, and who is called for it. See the package for its use."""

from __future__ import annotations

from typing import TYPE_CHECKING

from amends.escalation.turn import Turn
from amends.model import Kind, Stage

if TYPE_CHECKING:
    from collections.abc import Mapping

    from amends.escalation.ledger import Ledger, Outcome
    from amends.escalation.people import Person
    from amends.escalation.policy import Policy
    from amends.model import Incident, Seconds


def begin(
    incident: Incident,
    ledger: Ledger,
    policy: Policy,
    people: Mapping[str, Person],
    now: Seconds,
    silenced_until: Seconds | None = None,
) -> Outcome:
    """Begin the ladder of an incident that was opened, or opened again (pass its old ledger then)."""
    turn = Turn(incident, ledger, policy, people, now, silenced_until)
    turn.restart()
    return turn.outcome()


def tick(
    incident: Incident,
    ledger: Ledger,
    policy: Policy,
    people: Mapping[str, Person],
    now: Seconds,
    silenced_until: Seconds | None = None,
) -> Outcome:
    """Do what has become due: the next step or round, what quiet hours or a cap held, the call after a silence."""
    turn = Turn(incident, ledger, policy, people, now, silenced_until)
    turn.look()
    return turn.outcome()


snoozed = silenced = (
    tick  # both are read from the incident and from `silenced_until`; looking again is all there is to do
)


def raised(
    incident: Incident,
    ledger: Ledger,
    policy: Policy,
    people: Mapping[str, Person],
    now: Seconds,
    silenced_until: Seconds | None = None,
) -> Outcome:
    """The severity got worse: call the present step's people again, and count the rounds anew.

    At severity 1 whatever was held is released, so those people are called too.
    """
    turn = Turn(incident, ledger, policy, people, now, silenced_until)
    if not turn.owe("raised"):
        turn.round = 0
        turn.call_again("raised", turn.held_people() if incident.severity == 1 else ())
    return turn.outcome()


def story(
    incident: Incident,
    ledger: Ledger,
    policy: Policy,
    people: Mapping[str, Person],
    now: Seconds,
    silenced_until: Seconds | None = None,
) -> Outcome:
    """A new story joined: call the present step's people again, once, even where the incident is acknowledged."""
    turn = Turn(incident, ledger, policy, people, now, silenced_until)
    if not turn.owe("story"):
        holder = (incident.acknowledged_by,) if incident.acknowledged_by in people else ()
        turn.call_again("story", tuple(person for person in holder if person), plan=False)
    return turn.outcome()


def acknowledged(
    incident: Incident,
    ledger: Ledger,
    policy: Policy,
    people: Mapping[str, Person],
    now: Seconds,
    silenced_until: Seconds | None = None,
) -> Outcome:
    """Somebody has it: cancel every unsent page, and tell everyone else whom a page has reached."""
    turn = Turn(incident, ledger, policy, people, now, silenced_until)
    by = incident.acknowledged_by or ""
    turn.stop(f"acknowledged by {turn.name(by)}", kinds=("page",))
    turn.note_told(by)
    if incident.state is not Stage.RESOLVED:
        turn.notify([person for person in ledger.paged if person != by], "acknowledged", turn.name(by))
    return turn.outcome()


def unacknowledged(
    incident: Incident,
    ledger: Ledger,
    policy: Policy,
    people: Mapping[str, Person],
    now: Seconds,
    silenced_until: Seconds | None = None,
) -> Outcome:
    """Nobody has it after all: call the present step's people again and go on from there, with all rounds ahead."""
    turn = Turn(incident, ledger, policy, people, now, silenced_until)
    if not turn.owe("unacknowledged"):
        turn.round = 0
        turn.call_again("unacknowledged")
    return turn.outcome()


def resolved(
    incident: Incident,
    ledger: Ledger,
    policy: Policy,
    people: Mapping[str, Person],
    now: Seconds,
    silenced_until: Seconds | None = None,
    *,
    by: str | None = None,
) -> Outcome:
    """It is over: cancel everything unsent, and send one notice to those who were told, but whoever resolved it.

    Who acknowledged a drill has ended it.
    """
    turn = Turn(incident, ledger, policy, people, now, silenced_until)
    turn.stop("resolved", kinds=("page", "notice"))
    turn.muted_until = turn.owed = None
    enders = {by, incident.acknowledged_by if incident.kind is Kind.DRILL else None}
    turn.notify([person for person in ledger.told if person not in enders], "resolved", turn.name(by or "amends"))
    return turn.outcome()


def delivered(
    incident: Incident,
    ledger: Ledger,
    policy: Policy,
    people: Mapping[str, Person],
    now: Seconds,
    silenced_until: Seconds | None = None,
    *,
    page: str,
) -> Outcome:
    """A channel took the message. If it went out while it was being cancelled, tell the person the newer truth."""
    turn = Turn(incident, ledger, policy, people, now, silenced_until)
    turn.settle_sent(page)
    return turn.outcome()


def failed(
    incident: Incident,
    ledger: Ledger,
    policy: Policy,
    people: Mapping[str, Person],
    now: Seconds,
    silenced_until: Seconds | None = None,
    *,
    page: str,
    error: str,
) -> Outcome:
    """A channel will not take the message: the person's next one is tried; after the last, the next step begins."""
    turn = Turn(incident, ledger, policy, people, now, silenced_until)
    turn.settle_failed(page, error)
    return turn.outcome()


def deferred(  # noqa: PLR0913 - the room's calling convention and what the worker says
    incident: Incident,
    ledger: Ledger,
    policy: Policy,
    people: Mapping[str, Person],
    now: Seconds,
    silenced_until: Seconds | None = None,
    *,
    page: str,
    until: Seconds,
    why: str,
) -> Outcome:
    """The worker met the person's cap: the message is held until then, and decided anew by `tick`."""
    turn = Turn(incident, ledger, policy, people, now, silenced_until)
    turn.hold(page, until, why)
    return turn.outcome()
