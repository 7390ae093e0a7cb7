"""The messages of one decision: those that the ledger knows, those that it adds, and what becomes of each."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Final, Literal

from amends.escalation.ledger import GROUP_BLIND, Call, Cause, Row, page_id
from amends.escalation.people import quiet_until
from amends.model import DAY, HOUR, Kind, PageChange, Stage

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from amends.escalation.ledger import Ledger
    from amends.escalation.people import Person
    from amends.escalation.policy import Note
    from amends.model import Incident, PageState, Seconds

CHANNEL_PATIENCE: Final[Seconds] = 30.0  # how long a channel is tried while the person has another one
SECOND_KIND: Final[Seconds] = 60.0  # until a channel of another kind rings too, at severity 1
NOTICE_PATIENCE: Final[Seconds] = HOUR
HELD_AT_MOST: Final[Seconds] = 32 * DAY  # quiet hours and caps end sooner
BLIND_GRACE: Final[Seconds] = 15.0  # one cause blinds many brands: wait for the others, then tell all at once
CANCELLED_KEPT: Final = 16  # cancelled messages that may turn out to have been under way
_UNSENT: Final[tuple[PageState, ...]] = ("queued", "deferred")


class Messages:
    """A ledger's rows opened for writing. `next_step` is when somebody else is called, `step` the present call."""

    def __init__(
        self, incident: Incident, ledger: Ledger, people: Mapping[str, Person], now: Seconds, *, muted: bool
    ) -> None:
        self.incident, self.people, self.now, self.muted = incident, people, now, muted
        self.live = incident.state is not Stage.RESOLVED and incident.acknowledged_at is None
        self.next_step, self.step = ledger.due, ledger.step
        self.notes: dict[str, Note] = {}  # why a person is called whom the policy does not name
        self.rows = {row.id: row for row in ledger.rows}
        self.paged, self.told = dict.fromkeys(ledger.paged), dict.fromkeys(ledger.told)
        self.calls: list[Call] = []
        self.changes: list[PageChange] = []
        self._group = GROUP_BLIND if incident.kind is Kind.BLIND else None

    # --- what there is ---

    def unsent(self) -> list[Row]:
        """Return what is queued or held."""
        return [row for row in self.rows.values() if row.state in _UNSENT]

    def due(self) -> list[Row]:
        """Return what was held until now."""
        return [row for row in self.rows.values() if row.state == "deferred" and row.due <= self.now]

    def held_people(self) -> tuple[str, ...]:
        """Return those whose page is held."""
        return tuple(row.person for row in self.rows.values() if row.state == "deferred" and row.kind == "page")

    def in_hand(self) -> bool:
        """Return whether anybody of the present step has been, or may yet be, reached."""
        return any(row.step == self.step and row.state in {"queued", "sent"} for row in self.rows.values())

    def reached(self, row: Row) -> bool:
        """Return whether another channel has brought the same call to the same person."""
        others = (one for one in self.rows.values() if one.id != row.id and one.person == row.person)
        return any(one.step == row.step and one.state == "sent" for one in others)

    def kept(self) -> tuple[Row, ...]:
        """Return the rows that the ledger keeps: unsettled, of the present step, the last few cancelled."""
        rows = [row for row in self.rows.values() if row.state in _UNSENT or self._of_present_step(row)]
        cancelled = [row for row in self.rows.values() if row.state == "cancelled"][-CANCELLED_KEPT:]
        return (*rows, *cancelled)

    # --- what becomes of one ---

    def send(
        self,
        person: Person,
        kind: Literal["page", "notice"],
        cause: Cause,
        ordinal: str,
        why: str,
        tried: tuple[str, ...] = (),
    ) -> bool:
        """Queue or hold a message on the person's first channel that was not tried; False if there is none."""
        left = [channel for channel in person.channels if channel not in tried]
        if not left:
            return False
        wakes = self.incident.severity == 1 and not self.incident.drill  # nobody is woken for an exercise
        until = None if wakes else quiet_until(person, self.now)
        if until is not None and kind == "page" and person.id in self.held_people():
            return True  # one held call a person is enough: it will be decided anew
        for row in self.unsent():
            if row.person == person.id:
                self.cancel(row, f"overtaken by {ordinal}")
        call = Call(
            id=page_id(self.incident.id, ordinal, person.id, left[0]),
            person=person.id,
            channel=left[0],
            kind=kind,
            reason=cause.reason,
            event=cause.event,
            step=ordinal,
            due=until if until is not None else self._soon(tried),
            state="queued" if until is None else "deferred",
            why=why if until is None else f"quiet hours of {person.name}",
            deadline=None if until is not None else self._deadline(kind, len(left)),
            group=self._group,
            note=self.notes.get(person.id) if kind == "page" else None,
        )
        self._add(call, tried)
        return True

    def ring_again(self, row: Row) -> None:
        """Queue the page on a channel of another kind: taken is not heard, and severity 1 must be.

        It is due a minute from now, and an acknowledgement until then cancels it like all that is unsent.
        """
        person = self.people.get(row.person)
        if person is None or self.incident.severity != 1 or self.incident.drill or not self.live or self.muted:
            return
        other = person.of_another_kind(row.tried)
        if other is None or self.reached(row):
            return
        due = self.now + SECOND_KIND
        call = Call(
            id=page_id(self.incident.id, row.step, person.id, other),
            person=person.id,
            channel=other,
            kind="page",
            reason=row.reason,
            event=row.cause.event,
            step=row.step,
            due=due,
            state="queued",
            why=f"{row.channel} took it, and nobody has acknowledged",
            deadline=None if self.next_step is None else max(self.next_step, due + CHANNEL_PATIENCE),
            group=self._group,
        )
        self._add(call, row.tried)

    def cancel(self, row: Row, why: str) -> None:
        """Send it no more."""
        self.rows[row.id] = replace(row, state="cancelled")
        self.changes.append(PageChange(id=row.id, state="cancelled", why=why, channel=row.channel))

    def hold(self, page: str, until: Seconds, why: str) -> None:
        """Hold a message until a time at which it is decided anew."""
        row = self.rows.get(page)
        if row is None or row.state != "queued":
            return
        self.rows[page] = replace(row, state="deferred", due=until)
        self.changes.append(PageChange(id=page, state="deferred", why=why, due=until, channel=row.channel))

    def distrust(self) -> None:
        """Hold nothing longer than anything can be held: the clock was ahead then, and has been put back."""
        for id_, row in list(self.rows.items()):
            if row.state == "deferred" and row.due > self.now + HELD_AT_MOST:
                self.rows[id_] = replace(row, due=self.now)

    # --- the parts ---

    def _add(self, call: Call, tried: Sequence[str]) -> None:
        self.calls.append(call)
        self.rows[call.id] = Row(
            id=call.id,
            person=call.person,
            channel=call.channel,
            kind=call.kind,
            reason=call.reason,
            event=call.event,
            step=call.step,
            due=call.due,
            state=call.state,
            tried=(*tried, call.channel),
        )

    def _soon(self, tried: Sequence[str]) -> Seconds:
        """Return now; or, for what will be told together, the next common instant after a short grace."""
        if self._group is None or tried:
            return self.now
        return math.ceil((self.now + BLIND_GRACE) / (2 * BLIND_GRACE)) * 2 * BLIND_GRACE

    def _deadline(self, kind: Literal["page", "notice"], left: int) -> Seconds | None:
        """Return until when this channel is worth trying: a share of the time until somebody else is called."""
        end = self.next_step if kind == "page" else self.now + NOTICE_PATIENCE
        if left == 1:
            return end
        return self.now + min(CHANNEL_PATIENCE, (end - self.now) / left if end is not None else CHANNEL_PATIENCE)

    def _of_present_step(self, row: Row) -> bool:
        return row.state == "sent" and row.step == self.step
