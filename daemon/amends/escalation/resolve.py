"""Who stands behind a policy at a moment: rotas become the people on call, and severity 1 never reaches one alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from amends.escalation.people import Person, quiet_until
from amends.escalation.policy import Note, Policy, Step
from amends.escalation.rotas import Rota, duty
from amends.model import Seconds

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

LEAST: Final = 2  # people at severity 1: the community manager is not left alone


@dataclass(frozen=True, slots=True, kw_only=True)
class Staff:
    """Everybody there is: people by id, rotas by id. A step may name either."""

    people: Mapping[str, Person]
    rotas: Mapping[str, Rota]

    def name(self, person: str) -> str:
        """Return a person's name, or the id where nobody of that id is configured any more."""
        return self.people[person].name if person in self.people else person

    def names(self, people: Iterable[str]) -> str:
        """Return several names as one text."""
        return ", ".join(self.name(one) for one in people)


def resolve(policy: Policy, staff: Staff, now: Seconds, severity: int) -> Policy:
    """Return the policy with people alone in it, as it stands at `now`.

    A rota in which nobody is on call gives way to its fallback, or to everyone in the policy: never to nobody. At
    severity 1 the steps reach two people at least, not all of one team: whoever is missing joins the last step, the
    operators first, unless the policy says `alone`.
    """
    steps = tuple(_step(step, policy, staff, now) for step in policy.steps)
    if severity == 1 and steps and not policy.alone:
        steps = _two(steps, policy, staff, now)
    return replace(
        policy,
        steps=steps,
        inform=tuple(dict.fromkeys(one for name in policy.inform for one in _on_call(name, staff, now)[0])),
        operators=_step(Step(policy.operators), policy, staff, now).page if policy.operators else (),
    )


def _step(step: Step, policy: Policy, staff: Staff, now: Seconds) -> Step:
    called: list[str] = []
    notes: list[Note] = []
    for name in step.page:
        people, gap = _on_call(name, staff, now)
        if gap:
            why = f"nobody is on call in the rota {name}"
            if people:
                text = f"{why}: its fallback {staff.names(people)} is called"
                notes.append(Note("fallback", people, text, name))
            else:
                people = _everyone(policy, staff)
                text = f"{why} and it has no fallback: everyone in the policy is called, {staff.names(people)}"
                notes.append(Note("everyone", people, text, name))
        called += people
    return replace(step, page=tuple(dict.fromkeys(called)), notes=tuple(notes))


def _on_call(name: str, staff: Staff, now: Seconds) -> tuple[tuple[str, ...], bool]:
    """Return the people behind a name, and whether that is a gap of a rota (filled by its fallback, if it has one)."""
    rota = staff.rotas.get(name)
    if rota is None:
        return (name,), False
    people = tuple(one for one in duty(rota, now).people if one in staff.people)
    if people:
        return people, False
    if rota.fallback is not None and rota.fallback in staff.people:
        return (rota.fallback,), True
    return (), True


def _everyone(policy: Policy, staff: Staff) -> tuple[str, ...]:
    """Return all whom a policy may ever call; where that is nobody, everybody there is."""
    found: dict[str, None] = {}
    for name in [one for step in policy.steps for one in step.page] + [*policy.operators]:
        rota = staff.rotas.get(name)
        found |= dict.fromkeys([name] if rota is None else rota.everyone)
    return tuple(one for one in found if one in staff.people) or tuple(staff.people)


def _two(steps: tuple[Step, ...], policy: Policy, staff: Staff, now: Seconds) -> tuple[Step, ...]:
    called = [one for step in steps for one in step.page]
    more = second(called, policy, staff, now)
    if more is None:
        return steps
    person = staff.people[more]
    team = f" ({person.team})" if person.team else ""
    text = f"severity 1 reaches two people, one outside the team: {person.name}{team} is called too"
    last = steps[-1]
    return (
        *steps[:-1],
        replace(last, page=(*last.page, more), notes=(*last.notes, Note("second", (more,), text))),
    )


def second(called: Sequence[str], policy: Policy, staff: Staff, now: Seconds) -> str | None:
    """Return who is to be called beside these at severity 1; None where they are enough, or nobody is left.

    Enough are two who have a channel and are not all of one team. Operators come first, then whoever is informed, then
    all others in the order of the configuration; another team before the same.
    """
    reached = [staff.people[one] for one in dict.fromkeys(called) if one in staff.people and staff.people[one].channels]
    teams = {person.team for person in reached}
    if len(reached) >= LEAST and (len(teams) > 1 or not teams - {""}):
        return None
    named = [*policy.operators, *policy.inform]
    wanted = [one for name in named for one in _on_call(name, staff, now)[0]]
    left = [
        staff.people[one]
        for one in dict.fromkeys((*wanted, *staff.people))
        if one not in called and one in staff.people and staff.people[one].channels
    ]
    outside = [person for person in left if person.team and person.team not in teams]
    if len(reached) >= LEAST:  # two of one team: only somebody of another one helps
        return outside[0].id if outside else None
    return (outside or left)[0].id if left else None


# --- who would be paged ---


@dataclass(frozen=True, slots=True, kw_only=True)
class Would:
    """One person of a step: `at` is when the page goes out if nobody acknowledges, `held_until` an end of quiet hours.

    `rotas` are those that have put the person there.
    """

    person: str
    at: Seconds
    held_until: Seconds | None
    rotas: tuple[str, ...] = ()
    note: Note | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rung:
    """One step as it would be taken; `number` counts from 1."""

    number: int
    at: Seconds
    would: tuple[Would, ...]
    notes: tuple[Note, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Roster:
    """Who would be paged for one policy at a moment, in the order of it; informed are told, not woken."""

    rungs: tuple[Rung, ...]
    inform: tuple[str, ...]
    operators: tuple[str, ...]

    @property
    def people(self) -> tuple[str, ...]:
        """Return all who would be paged, the first first."""
        return tuple(dict.fromkeys(one.person for rung in self.rungs for one in rung.would))


def roster(policy: Policy, staff: Staff, at: Seconds, severity: int) -> Roster:
    """Return who would be paged if an incident of this severity opened at `at` and nobody acknowledged."""
    rungs: list[Rung] = []
    when = at
    for number, step in enumerate(policy.steps):
        when += step.after
        resolved = resolve(policy, staff, when, severity).steps[number]
        would = tuple(_would(one, step, resolved, staff, when, severity) for one in resolved.page)
        rungs.append(Rung(number=number + 1, at=when, would=would, notes=resolved.notes))
    now = resolve(policy, staff, at, severity)
    return Roster(rungs=tuple(rungs), inform=now.inform, operators=now.operators)


def _would(person: str, named: Step, resolved: Step, staff: Staff, when: Seconds, severity: int) -> Would:
    known = staff.people.get(person)
    held = quiet_until(known, when) if known is not None and severity != 1 else None
    rotas = tuple(name for name in named.page if name in staff.rotas and person in duty(staff.rotas[name], when).people)
    note = next((one for one in resolved.notes if person in one.people), None)
    return Would(person=person, at=when, held_until=held, rotas=rotas, note=None if rotas else note)
