"""The keys of `amends.yaml` that speak of people: who is called, in turns, in steps, in drills."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import AfterValidator, Field, StrictBool, model_validator

from amends.config.section import Id, Language, Section
from amends.config.units import At, AtField, Duration, HoursField, MomentField, Rate, RateField, Words, Zone
from amends.model import DAY, DRILL_CASES, HOUR


def _whole(value: Rate) -> Rate:
    if value.count < 1 or value.count % 1:
        raise ValueError("counts no whole messages; write it like 30 per 1h")
    return value


class Person(Section):
    """`people.ID`."""

    name: Words | None = None
    team: str = ""
    language: Language = "en"
    timezone: Zone | None = None
    quiet_hours: HoursField | None = None
    channels: tuple[Id, ...] = ()
    cap: Annotated[RateField, AfterValidator(_whole)] | None = None


class Override(Section):
    """A swap: this person, and nobody else, from then until then."""

    from_: MomentField = Field(alias="from")
    until: MomentField
    person: Id

    @model_validator(mode="after")
    def _goes_forward(self) -> Self:
        if (self.from_.tzinfo is None) != (self.until.tzinfo is None):
            raise ValueError("has one end with an offset and one without; write both the same way")
        if self.until <= self.from_:
            raise ValueError("ends before it begins; swap from and until")
        return self


class Rota(Section):
    """`rotas.ID`: turns from a list of people, or a calendar (a file, or an address, which may be a secret)."""

    people: tuple[Id, ...] = ()
    every: Annotated[Duration, Field(ge=HOUR)] = 7 * DAY
    from_: MomentField | None = Field(default=None, alias="from")
    timezone: Zone | None = None
    calendar: Annotated[str, Field(min_length=1, max_length=4_096)] | None = Field(default=None, repr=False)
    overrides: tuple[Override, ...] = ()
    fallback: Id | None = None

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if bool(self.people) == bool(self.calendar):
            raise ValueError("needs people: [...] with from:, or calendar: a file or an address; one of the two")
        if self.people and self.from_ is None:
            raise ValueError('has no from; add from: "2026-11-30T09:00", when the first of people begins')
        if self.calendar and (self.from_ is not None or "every" in self.model_fields_set):
            raise ValueError("takes its turns from a calendar; leave from and every out")
        if self.from_ is not None and self.from_.tzinfo is not None:
            raise ValueError("has a from with an offset; write it without one, as the clock of its timezone shows it")
        return self

    @property
    def remote(self) -> bool:
        """Whether its calendar is an address."""
        return self.calendar is not None and self.calendar.lower().startswith(("http://", "https://"))


def _case(value: str) -> str:
    if value not in DRILL_CASES:
        raise ValueError(f"is no case; there are {', '.join(DRILL_CASES)}")
    return value


class Drills(Section):
    """`drills`: a drill by schedule; without the section there is none."""

    every: Annotated[Duration, Field(ge=DAY)] = 30 * DAY
    at: AtField = At(10 * 60, 1)
    case: Annotated[str, AfterValidator(_case)] = "outage"
    brand: Id | None = None


class Report(Section):
    """`report`: the weekly proof of life; without the section there is none."""

    every: Annotated[Duration, Field(ge=DAY)] = 7 * DAY
    at: AtField = At(9 * 60, 0)
    to: Annotated[tuple[Id, ...], Field(min_length=1)]


class Step(Section):
    """One step of a policy: who is paged, and how long after the step before."""

    page: Annotated[tuple[Id, ...], Field(min_length=1)]
    after: Duration = 0.0


class Policy(Section):
    """`escalation.ID`."""

    steps: Annotated[tuple[Step, ...], Field(min_length=1)]
    repeat: Annotated[int, Field(ge=0, le=100, strict=True)] = 0
    inform: tuple[Id, ...] = ()
    operators: tuple[Id, ...] = ()
    alone: StrictBool = False
