"""Escalation policies: steps of people, and how often the whole of them is gone through."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from amends.model import MINUTE, Seconds

LEAST_BETWEEN_ROUNDS: Seconds = 5 * MINUTE


@dataclass(frozen=True, slots=True)
class Note:
    """Why somebody is called whom the policy does not name: written into the history, and told to the person.

    `why` is `fallback` or `everyone` (a gap in `rota`), or `second` (severity 1 reaches two people).
    """

    why: Literal["fallback", "everyone", "second"]
    people: tuple[str, ...]
    text: str  # one sentence, for the history
    rota: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """The people who are called together, `after` seconds from the step before (the first: from the opening).

    They may be rotas until `resolve` has put the people on call in their place; `notes` are what it has to say.
    """

    page: tuple[str, ...]
    after: Seconds = 0.0
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """Who is called, in which order; see docs/paging.md.

    `repeat` is how many more rounds follow the first, `inform` get a notice at opening and resolution, `operators` get
    incidents of kind blind, `alone` accepts that severity 1 reaches one person.
    """

    steps: tuple[Step, ...]
    repeat: int = 0
    inform: tuple[str, ...] = ()
    operators: tuple[str, ...] = ()
    alone: bool = False

    @property
    def between_rounds(self) -> Seconds:
        """How long the last step goes unanswered before the next round: the longest `after`, 5 minutes at least."""
        return max([LEAST_BETWEEN_ROUNDS, *(step.after for step in self.steps)])

    def for_operators(self) -> Policy:
        """Return the policy of blind incidents: operators alone, or the first step's people if there are none."""
        people = self.operators or (self.steps[0].page if self.steps else ())
        return Policy(steps=(Step(people),), repeat=self.repeat, operators=self.operators, alone=True)
