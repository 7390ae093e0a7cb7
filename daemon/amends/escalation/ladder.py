"""The ladder: each thing that may happen to an open incident, and who is called for it. See the package for its use.

Each rule is written over a `Turn`, the ledger opened for writing; `_rule` gives all of them the one calling convention.
"""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING, Concatenate, ParamSpec, Protocol

from amends.escalation.resolve import LEAST
from amends.escalation.turn import Turn
from amends.model import Kind, Stage

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from amends.escalation.ledger import Ledger, Outcome
    from amends.escalation.people import Person
    from amends.escalation.policy import Policy
    from amends.model import Incident, Seconds

P = ParamSpec("P")


class Rule(Protocol[P]):
    """What may happen to an incident: `(incident, ledger, policy, people, now, silenced_until, ...) -> Outcome`."""

    def __call__(
        self,
        incident: Incident,
        ledger: Ledger,
        policy: Policy,
        people: Mapping[str, Person],
        now: Seconds,
        silenced_until: Seconds | None = None,
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> Outcome:
        """Decide; nothing is kept here."""
        ...


def _rule(rule: Callable[Concatenate[Turn, P], None]) -> Rule[P]:
    @wraps(rule)
    def decide(
        incident: Incident,
        ledger: Ledger,
        policy: Policy,
        people: Mapping[str, Person],
        now: Seconds,
        silenced_until: Seconds | None = None,
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> Outcome:
        turn = Turn(incident, ledger, policy, people, now, silenced_until)
        rule(turn, *args, **kwargs)
        return turn.outcome()

    return decide


@_rule
def begin(turn: Turn) -> None:
    """Begin the ladder of an incident that was opened, or opened again (pass its old ledger then)."""
    turn.restart()


@_rule
def tick(turn: Turn) -> None:
    """Do what has become due: the next step or round, what quiet hours or a cap held, the call after a silence."""
    turn.look()


snoozed = silenced = (
    tick  # both are read from the incident and from `silenced_until`; looking again is all there is to do
)


@_rule
def raised(turn: Turn) -> None:
    """The severity got worse: call the present step's people again, and count the rounds anew.

    At severity 1 whatever was held is released, so those people are called too.
    """
    if not turn.owe("raised"):
        turn.round = 0
        turn.call_again("raised", turn.messages.held_people() if turn.incident.severity == 1 else ())


@_rule
def story(turn: Turn) -> None:
    """A new story joined: call the present step's people again, once, even where the incident is acknowledged."""
    if not turn.owe("story"):
        holder = turn.incident.acknowledged_by
        turn.call_again("story", (holder,) if holder is not None and holder in turn.people else (), plan=False)


@_rule
def acknowledged(turn: Turn) -> None:
    """Somebody has it: cancel every unsent page, and tell everyone else whom a page has reached.

    At severity 1 a second person is told even if no page has come so far.
    """
    by = turn.incident.acknowledged_by or ""
    turn.stop(f"acknowledged by {turn.name(by)}", kinds=("page",))
    turn.note_told(by)
    if turn.incident.state is not Stage.RESOLVED:
        others = [person for person in turn.paged if person != by]
        turn.notify([*others, *_uninformed(turn, by)], "acknowledged", turn.name(by))


@_rule
def unacknowledged(turn: Turn) -> None:
    """Nobody has it after all: call the present step's people again and go on from there, with all rounds ahead."""
    if not turn.owe("unacknowledged"):
        turn.round = 0
        turn.call_again("unacknowledged", event="unacknowledged")


@_rule
def resolved(turn: Turn, *, by: str | None = None) -> None:
    """It is over: cancel everything unsent, and send one notice to those who were told, but whoever resolved it.

    Who acknowledged a drill has ended it.
    """
    turn.stop("resolved", kinds=("page", "notice"))
    turn.muted_until = turn.owed = None
    enders = {by, turn.incident.acknowledged_by if turn.incident.kind is Kind.DRILL else None}
    turn.notify([person for person in turn.told if person not in enders], "resolved", turn.name(by or "amends"))


@_rule
def alive(turn: Turn, *, people_to_tell: tuple[str, ...]) -> None:
    """Tell these people that all is well."""
    turn.notify(people_to_tell, "alive", "amends")


@_rule
def unseen(turn: Turn) -> None:
    """It was over before it was heard: one notice to those whom the first step would have paged, unless silenced."""
    if not turn.owe("resolved"):
        steps = turn.policy.steps
        turn.notify(dict.fromkeys((*(steps[0].page if steps else ()), *turn.policy.inform)), "resolved", "amends")


@_rule
def delivered(turn: Turn, *, page: str) -> None:
    """A channel took the message. If it went out while it was being cancelled, tell the person the newer truth."""
    turn.settle_sent(page)


@_rule
def failed(turn: Turn, *, page: str, error: str) -> None:
    """A channel will not take the message: the person's next one is tried; after the last, the next step begins."""
    turn.settle_failed(page, error)


@_rule
def deferred(turn: Turn, *, page: str, until: Seconds, why: str) -> None:
    """The worker met the person's cap: the message is held until then, and decided anew by `tick`."""
    turn.messages.hold(page, until, why)


def _uninformed(turn: Turn, by: str) -> tuple[str, ...]:
    """Return who is to be told at severity 1 that `by` has it, though no page has come so far.

    Two people know of a crisis, if the policy does not accept one: somebody of another team before others.
    """
    if turn.incident.severity != 1 or turn.policy.alone or turn.incident.drill:
        return ()
    reached = {one for one in (*turn.paged, by) if one in turn.people}
    if len(reached) >= LEAST:
        return ()
    teams = {turn.people[one].team for one in reached}
    named = dict.fromkeys(one for step in turn.policy.steps for one in step.page)
    left = [turn.people[one] for one in named if one in turn.people and one not in reached]
    left.sort(key=lambda person: not person.team or person.team in teams)  # stable: else in the policy's order
    return tuple(person.id for person in left[: LEAST - len(reached)])
