"""Rotas: who is on call when. Turns by the wall clock, overrides over them, or the shifts of a calendar.

A rota's id stands wherever a person's may. Turns are computed, so they never run out; a calendar is unrolled to shifts
by the shell, as far as `known_until`. Where nobody is on call there is a gap, which is never silent: see `resolve`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from amends.escalation.wall import instant, wall
from amends.model import Seconds

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True, slots=True)
class Shift:
    """A person's time on call: from `start`, before `end`."""

    start: Seconds
    end: Seconds
    person: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Turns:
    """People one after the other, each for `every` seconds of wall time from `start` (naive, on the zone's clock).

    A handover is at the same wall time through every change of the clock; where that time comes twice, at the first,
    where it does not come at all, at the change. So a shift may be an hour longer or shorter, and none overlaps.
    """

    people: tuple[str, ...]
    every: Seconds
    start: datetime
    timezone: str

    def handover(self, number: int) -> Seconds:
        """Return when turn `number` begins; the first is 0."""
        return instant(self.start + timedelta(seconds=self.every * number), self.timezone)

    def at(self, at: Seconds) -> Shift | None:
        """Return the turn in which `at` lies; None before the first."""
        if at < self.handover(0):
            return None
        number = max(0, int((wall(at, self.timezone) - self.start).total_seconds() // self.every))
        while self.handover(number) > at:
            number -= 1
        while self.handover(number + 1) <= at:
            number += 1
        return Shift(self.handover(number), self.handover(number + 1), self.people[number % len(self.people)])


@dataclass(frozen=True, slots=True, kw_only=True)
class Rota:
    """One rota. `shifts` are a calendar's, in order of their start; the last of `overrides` that holds wins.

    `fallback` is called in a gap. `known_until`: beyond it the calendar has not been unrolled (None: no calendar).
    """

    id: str
    turns: Turns | None = None
    shifts: tuple[Shift, ...] = ()
    overrides: tuple[Shift, ...] = ()
    fallback: str | None = None
    known_until: Seconds | None = None

    @property
    def everyone(self) -> tuple[str, ...]:
        """Return all who may ever be on call in it."""
        turns = self.turns.people if self.turns else ()
        rest = [shift.person for shift in (*self.shifts, *self.overrides)]
        return tuple(dict.fromkeys((*turns, *rest, *([self.fallback] if self.fallback else ()))))


@dataclass(frozen=True, slots=True)
class Duty:
    """Who is on call from `start`, before `end`, without a change in between; nobody is a gap."""

    start: Seconds
    end: Seconds
    people: tuple[str, ...]


def duty(rota: Rota, at: Seconds) -> Duty:
    """Return who is on call at a moment, since when at least, and until when at least."""
    people: tuple[str, ...] = ()
    marks: list[Seconds] = []
    turn = None
    if rota.turns is not None:
        turn = rota.turns.at(at)
        marks += [rota.turns.handover(0)] if turn is None else [turn.start, turn.end]
        people = () if turn is None else (turn.person,)
    on = [shift for shift in rota.shifts if shift.start <= at < shift.end]
    people = tuple(dict.fromkeys((*people, *(shift.person for shift in on))))
    marks += [mark for shift in (*rota.shifts, *rota.overrides) for mark in (shift.start, shift.end)]
    over = [shift for shift in rota.overrides if shift.start <= at < shift.end]
    if over:
        people = (over[-1].person,)
    since = max((mark for mark in marks if mark <= at), default=float("-inf"))
    until = min((mark for mark in marks if mark > at), default=float("inf"))
    return Duty(since, until, people)


def duties(rota: Rota, start: Seconds, end: Seconds) -> Iterator[Duty]:
    """Return who is on call from `start` to `end`, one after the other: no gap between them, no overlap."""
    held: Duty | None = None
    at = start
    while at < end:
        found = duty(rota, at)
        piece = Duty(at, min(found.end, end), found.people)
        if held is not None and held.people == piece.people:
            held = replace(held, end=piece.end)
        else:
            if held is not None:
                yield held
            held = piece
        at = piece.end
    if held is not None:
        yield held


def gaps(rota: Rota, start: Seconds, end: Seconds) -> list[Duty]:
    """Return when nobody is on call, from `start` to `end`."""
    return [piece for piece in duties(rota, start, end) if not piece.people]
