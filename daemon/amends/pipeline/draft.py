"""A decision in the making: what the parts of `decide` write to, made into one frozen Decision at the end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, TypeAlias

from amends import escalation, incidents
from amends.model import Kind, Stage, UnknownError
from amends.pipeline import words
from amends.pipeline.bins import add
from amends.pipeline.decision import Decision
from amends.pipeline.state import Case

if TYPE_CHECKING:
    from amends.incidents import Trigger
    from amends.model import (
        Bin,
        Incident,
        IncidentEvent,
        Mention,
        Page,
        PageChange,
        Reading,
        Seconds,
        Silence,
    )
    from amends.pipeline.rules import BrandRules, Rules
    from amends.pipeline.state import BrandState

Escalation: TypeAlias = Callable[..., escalation.Outcome]
PROOF = "alive_"  # how the id of a proof of life begins
KEPT_CLOSED = 8  # resolved cases that can still be reopened


class Draft:
    """Collects what one decision changes. It lives for one call of `decide` and never leaves it."""

    def __init__(self, state: BrandState, now: Seconds, rules: Rules) -> None:
        self.state = state
        self.now = now
        self.rules = rules
        self.brand: BrandRules = rules.brands[state.brand]
        self.mentions: list[Mention] = []
        self.increments: dict[int, Bin] = {}
        self.incidents: dict[str, Incident] = {}
        self.events: list[IncidentEvent] = []
        self.pages: list[Page] = []
        self.page_changes: list[PageChange] = []
        self.silences: list[Silence] = []
        self.reading: Reading | None = None
        self.wakes: list[Seconds] = []

    # --- counts ---

    def count(self, increment: Bin) -> None:
        """Add a bin to the stored row of its start and, while that is open, to the state."""
        start = increment.start
        self.increments[start] = add(self.increments[start], increment) if start in self.increments else increment
        live = self.state.live
        if start < live.watermark:
            return
        opened = {one.start: one for one in live.bins}
        opened[start] = add(opened[start], increment) if start in opened else increment
        self.state = self.state.with_live(bins=tuple(opened[at] for at in sorted(opened)))

    # --- incidents ---

    def cases(self, *kinds: Kind) -> list[Case]:
        """Return the unresolved cases of these kinds."""
        return [case for case in self.state.live.cases if case.incident.kind in kinds]

    def find(self, incident_id: str) -> Case | None:
        """Return an unresolved or lately resolved case by its incident's id, or None if it is long over."""
        return next((case for case in self.state.live.every_case if case.incident.id == incident_id), None)

    def case(self, incident_id: str) -> Case:
        """Return the case that `find` finds, or raise UnknownError."""
        case = self.find(incident_id)
        if case is not None:
            return case
        message = f"no incident {incident_id!r} of {self.brand.id!r} can still change: see /api/v1/incidents"
        raise UnknownError(message)

    def put(self, case: Case) -> None:
        """Store a case where it belongs now: with the open ones, or with the last few resolved."""
        live = self.state.live
        same = case.incident.id
        if is_proof(case.incident):
            self.state = self.state.with_live(proof=case)
            return
        cases = [one for one in live.cases if one.incident.id != same]
        closed = [one for one in live.closed if one.incident.id != same]
        (closed if case.incident.state is Stage.RESOLVED else cases).append(case)
        waiting = [one for one in closed[:-KEPT_CLOSED] if one.wake is not None]  # the notice of an end is held
        self.state = self.state.with_live(cases=tuple(cases), closed=(*waiting, *closed[-KEPT_CLOSED:]))
        self.incidents[same] = case.incident

    def next_incident_id(self) -> str:
        """Return a new id, made of what makes the incident unique."""
        number = self.state.live.incidents + 1
        self.state = self.state.with_live(incidents=number)
        digest = blake2b(f"{self.brand.id}\0{number}\0{self.now!r}".encode(), digest_size=9).hexdigest()
        return f"inc_{digest}"

    def open(
        self,
        kind: Kind,
        why: str,
        *,
        candidates: tuple[Mention, ...] = (),
        call: bool = True,
        **facts: Any,  # noqa: ANN401 - fields of Incident
    ) -> Case:
        """Open an incident and call the people of its policy; `call` false: nobody, for it is over already."""
        facts.setdefault("record", self.state.live.record)
        facts.setdefault("coverage", self.state.live.coverage)
        incident, event = incidents.open_incident(
            id=self.next_incident_id(), brand=self.brand.id, kind=kind, now=self.now, title="", why=why, **facts
        )
        self.events.append(event)
        case = Case(incident=self.titled(incident), ledger=escalation.Ledger(), candidates=candidates)
        if call:
            return self.escalate(case, escalation.begin)
        self.put(case)
        return case

    def step(self, case: Case, trigger: Trigger, why: str, by: str = "amends", **changes: Any) -> Case:  # noqa: ANN401 - fields of Incident
        """Take one step of the state machine and keep what came of it."""
        incident, event = incidents.step(case.incident, trigger, now=self.now, by=by, why=why, **changes)
        if event is not None:
            self.events.append(event)
        case = replace(case, incident=self.titled(incident))
        self.put(case)
        return case

    def titled(self, incident: Incident) -> Incident:
        """Return the incident with the line that says it all, as it stands now."""
        return replace(incident, title=words.headline(incident, self.brand))

    # --- people ---

    def silenced_until(self, story: str | None = None) -> Seconds | None:
        """Return the end of the longest silence in force for the whole brand, or for this story."""
        ends = [
            one.until
            for one in self.state.live.silences
            if one.ended_at is None and one.story in {None, story} and one.until > self.now
        ]
        return max(ends, default=None)

    def covered(self, case: Case, story: str | None) -> bool:
        """Tell whether a silence of a story, or of the whole brand (None), holds a case's pages."""
        return story is None or story == _story_of(case)

    def escalate(self, case: Case, what: Escalation, **details: Any) -> Case:  # noqa: ANN401 - what happened to a page
        """Ask escalation what follows, and turn it into rows: events, pages in each person's language, changes."""
        outcome = what(
            case.incident,
            case.ledger,
            escalation.resolve(self.brand.policy, self.rules.staff, self.now, case.incident.severity),
            self.rules.people,
            self.now,
            self.silenced_until(_story_of(case)),
            **details,
        )
        case = replace(case, ledger=outcome.ledger, wake=outcome.wake)
        self.put(case)
        for name, why in () if is_proof(case.incident) else outcome.events:  # nothing is written down of what is none
            trigger = incidents.Trigger.UNREACHABLE if name == "unreachable" else incidents.Trigger.ESCALATE
            case = self.step(case, trigger, why)
        self.pages += [words.page(case.incident, call, self.brand, self.rules, self.now) for call in outcome.calls]
        self.page_changes += outcome.changes
        return case

    # --- the end ---

    def finish(self, *, learn: bool, tempo: float) -> Decision:
        """Return the decision."""
        wake = min(self.wakes, default=None)
        return Decision(
            state=self.state,
            mentions=tuple(self.mentions),
            bins=tuple(self.increments.values()),
            incidents=tuple(self.incidents.values()),
            events=tuple(self.events),
            pages=tuple(self.pages),
            page_changes=tuple(self.page_changes),
            silences=tuple(self.silences),
            reading=self.reading,
            wake=None if wake is None else max(wake, self.now + 0.001),
            tempo=tempo,
            learn=learn,
        )


def is_proof(incident: Incident) -> bool:
    """Tell the proof of life from incidents."""
    return incident.id.startswith(PROOF)


def _story_of(case: Case) -> str | None:
    """Return the story that most of a case's mentions tell, None where there is no such one."""
    told = Counter(one.story for one in case.candidates if one.story).most_common(1)
    return told[0][0] if told and 2 * told[0][1] > len(case.candidates) else None
