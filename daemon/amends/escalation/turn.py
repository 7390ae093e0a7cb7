"""One decision about one incident in the making: the steps and silences from which the ladder's rules are built."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Literal

from amends.escalation.ledger import Cause, Ledger, Outcome
from amends.escalation.messages import Messages
from amends.escalation.policy import Step
from amends.model import Kind, PageChange, Stage

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from amends.escalation.people import Person
    from amends.escalation.policy import Note, Policy
    from amends.model import EventName, Incident, Reason, Seconds


class Turn:
    """A ledger opened for writing, with what the decision asks for so far. Made, used and read once, by `ladder`."""

    def __init__(
        self,
        incident: Incident,
        ledger: Ledger,
        policy: Policy,
        people: Mapping[str, Person],
        now: Seconds,
        silenced_until: Seconds | None,
    ) -> None:
        self.incident, self.people, self.now = incident, people, now
        blind = incident.kind is Kind.BLIND
        self.policy = policy.for_operators() if blind else policy
        ends = (until for until in (silenced_until, incident.snoozed_until) if until is not None and until > now)
        self._mute = max(ends, default=None)
        self.messages = Messages(incident, ledger, people, now, muted=self._mute is not None)
        self.live = self.messages.live
        self.round, self.level = ledger.round, ledger.level
        self.muted_until, self.owed, self._begun = ledger.muted_until, ledger.owed, ledger.begun
        self._count = ledger.calls
        self._events: list[tuple[EventName, str]] = []
        self._note(self.policy.steps[self.level].notes if 0 <= self.level < len(self.policy.steps) else ())

    @property
    def due(self) -> Seconds | None:
        """When the next step, or the next round, begins."""
        return self.messages.next_step

    @due.setter
    def due(self, at: Seconds | None) -> None:
        self.messages.next_step = at

    # --- the ladder ---

    def restart(self) -> None:
        """Stand before the first step, and take it unless a silence holds."""
        self.round, self.level, self.due, self.messages.step = 0, -1, None, ""
        self._begun = "opened" if self.incident.revision == 1 else "reopened"
        if not self.owe("first"):
            self._open()

    def look(self) -> None:
        """Do all that time has made due."""
        self._distrust()
        if self._mute is not None:
            self._silence()
        elif self.muted_until is not None:
            self._unsilence()
        if self.live and self.due is not None and self.due <= self.now:
            self._next_step("nobody acknowledged")
        self._release()  # after the step: whom it has called anew is not told twice

    def owe(self, reason: Reason) -> bool:
        """Return whether a silence holds; if so, remember why the one call at its end will be made."""
        if self._mute is None:
            return False
        self._silence()
        self.owed = reason
        return True

    def call_again(
        self, reason: Reason, others: Sequence[str] = (), *, plan: bool = True, event: EventName | None = None
    ) -> None:
        """Call the people of the present step again, and `others` with them.

        The next step follows as long after this call as after the step itself, unless `plan` is false: then the ladder
        stays where it is (a first step that was still to come has come with this).
        """
        steps = self.policy.steps
        began, self.level = self.level >= 0, min(max(self.level, 0), len(steps) - 1)
        if plan or not began:
            self.plan()
        step = steps[self.level] if steps else Step(())
        self._say(step)
        self._call_people((*step.page, *others), Cause.of(reason, event), step.notes)

    def plan(self) -> None:
        """Set when the next step, or the next round, begins if nobody acknowledges."""
        steps = self.policy.steps
        if not self.live:
            self.due = None
        elif self.level + 1 < len(steps):
            self.due = self.now + steps[self.level + 1].after
        elif steps and self.round < self.policy.repeat:
            self.due = self.now + self.policy.between_rounds
        else:
            self.due = None

    def stop(self, why: str, *, kinds: Sequence[Literal["page", "notice"]]) -> None:
        """Cancel all unsent messages of these kinds, and take no further step."""
        self.due = None
        for row in self.messages.unsent():
            if row.kind in kinds:
                self.messages.cancel(row, why)

    def notify(self, people: Iterable[str], reason: Reason, who: str) -> None:
        """Send a notice to each."""
        ordinal = self._ordinal(reason)
        cause = Cause.of(reason, self._begun if reason == "first" else None)
        for person in people:
            self._call(person, "notice", cause, ordinal, f"{reason} by {who}")

    @property
    def paged(self) -> tuple[str, ...]:
        """The people whom a page has reached."""
        return tuple(self.messages.paged)

    @property
    def told(self) -> tuple[str, ...]:
        """The people whom anything has reached."""
        return tuple(self.messages.told)

    def note_told(self, person: str) -> None:
        """Count a person as told: the one who acknowledged wants to hear of the end."""
        if person in self.people:
            self.messages.told[person] = None

    def name(self, person: str) -> str:
        """Return a person's name, or the id where nobody of that id is configured any more."""
        return self.people[person].name if person in self.people else person

    # --- what became of a message ---

    def settle_sent(self, page: str) -> None:
        """Record a delivery; a page that went out while it was being cancelled is followed by the newer truth."""
        messages = self.messages
        row = messages.rows.get(page)
        messages.changes.append(PageChange(id=page, state="sent", why="", channel=row.channel if row else ""))
        if row is None:
            return
        known = row.person in messages.told
        messages.rows[page] = replace(row, state="sent")
        messages.told[row.person] = None
        if row.kind != "page":
            return
        messages.paged[row.person] = None
        if row.state == "queued":
            messages.ring_again(row)
        if row.state != "cancelled" or known:
            return
        by = self.incident.acknowledged_by
        if self.incident.state is Stage.RESOLVED:
            self.notify([row.person], "resolved", "amends")
        elif by is not None and by != row.person:
            self.notify([row.person], "acknowledged", self.name(by))

    def settle_failed(self, page: str, error: str) -> None:
        """Record a failure and go on to the person's next channel, or to the next person."""
        messages = self.messages
        row = messages.rows.pop(page, None)
        if row is not None and row.state == "cancelled":
            return
        messages.changes.append(PageChange(id=page, state="failed", why=error, channel=row.channel if row else ""))
        if row is None or row.state == "sent":
            return
        person = self.people.get(row.person)
        if person and messages.send(person, row.kind, row.cause, row.step, f"{row.channel} failed", row.tried):
            return
        if row.kind == "notice" or messages.reached(row):
            return
        self._unreachable(row.person, f"every channel failed, the last, {row.channel}, with: {error}")
        if row.step == messages.step and not messages.in_hand():
            self._at_once(row.person)

    def outcome(self) -> Outcome:
        """Close the ledger and return the decision."""
        messages = self.messages
        rows = messages.kept()
        times = [row.due for row in rows if row.state == "deferred"]
        if self.incident.state is not Stage.RESOLVED:
            times += [at for at in (self.due, self.muted_until) if at is not None]
        ledger = Ledger(
            calls=self._count,
            round=self.round,
            level=self.level,
            step=messages.step,
            due=self.due,
            rows=rows,
            paged=self.paged,
            told=self.told,
            muted_until=self.muted_until,
            owed=self.owed,
            begun=self._begun,
        )
        return Outcome(
            ledger=ledger,
            calls=tuple(messages.calls),
            changes=tuple(messages.changes),
            events=tuple(self._events),
            wake=min(times, default=None),
        )

    # --- the parts ---

    def _open(self) -> None:
        steps = self.policy.steps
        if not steps:
            self._events.append(("unreachable", "the escalation policy names nobody; give it a step"))
        self.plan()
        if steps and steps[0].after <= 0:
            self._next_step("")
        called = {row.person for row in self.messages.unsent() if row.kind == "page"}
        self.notify([person for person in self.policy.inform if person not in called], "first", "amends")

    def _distrust(self) -> None:
        """Let no plan lie further ahead than one can be made: the clock was ahead then, and has been put back."""
        longest = max([self.policy.between_rounds, *(step.after for step in self.policy.steps)])
        if self.due is not None and self.due > self.now + longest:
            self.due = self.now + longest
        self.messages.distrust()

    def _silence(self) -> None:
        if self.muted_until is None:
            self.owed = "unacknowledged" if self.level >= 0 else "first"
        self.stop("silenced", kinds=("page",))
        self.muted_until = self._mute

    def _unsilence(self) -> None:
        reason, self.owed, self.muted_until = self.owed, None, None
        if not self.live:
            return
        if self.level < 0:
            self._open()
            return
        if reason not in {"raised", "story"}:
            level = min(self.level, len(self.policy.steps) - 1)
            self._escalated("it is silenced no longer, and nobody has acknowledged", level)
        self.call_again(reason or "unacknowledged")

    def _release(self) -> None:
        """Decide anew what was held: whatever has been overtaken is cancelled, the rest is told as it is now."""
        due = self.messages.due()
        ordinal = self._ordinal("held") if due else ""
        if self.due is None and any(row.kind == "page" for row in due):
            self.plan()  # the rounds had waited for the first who may be woken
        for row in due:
            if row.kind == "page":
                wanted = self._mute is None and self.incident.state is not Stage.RESOLVED
            else:
                wanted = not (row.reason == "acknowledged" and self.live)
            self.messages.cancel(row, "its time has come: told anew" if wanted else "no longer so")
            if wanted:
                self._call(row.person, row.kind, row.cause, ordinal, "it was held until now")

    def _next_step(self, why: str) -> None:
        steps = self.policy.steps
        if self.level + 1 < len(steps):
            self.level += 1
        elif self.round >= self.policy.repeat or not steps or self._everybody_held(steps):
            self.due = None  # the last round is over; or nobody may be woken, and the round waits for the first who may
            return
        else:
            self.round, self.level = self.round + 1, 0
        first = not self.messages.step
        if not first:
            self._escalated(why, self.level)
        self._say(steps[self.level])
        self.plan()
        begun = Cause.of("drill" if self.incident.drill else "first", self._begun)
        cause = begun if first else Cause.of("unacknowledged")
        self._call_people(steps[self.level].page, cause, steps[self.level].notes)

    def _escalated(self, why: str, level: int) -> None:
        names = ", ".join(self.name(person) for person in self.policy.steps[level].page) if self.policy.steps else ""
        self._events.append(
            ("escalated", f"{why}: step {level + 1} of round {self.round + 1} calls {names or 'nobody'}")
        )

    def _note(self, notes: Sequence[Note]) -> None:
        """Keep why somebody of a step is called whom the policy does not name: each message to that person says so."""
        self.messages.notes = {person: note for note in notes for person in note.people}

    def _say(self, step: Step) -> None:
        """Write down why people are called whom the policy does not name."""
        self._events += [("unreachable" if note.rota else "escalated", note.text) for note in step.notes]

    def _call_people(self, people: Iterable[str], cause: Cause, notes: Sequence[Note] = ()) -> None:
        self.messages.step = self._ordinal(cause.reason)
        self._note(notes)
        wanted = tuple(dict.fromkeys(people))
        for person in wanted:
            self._call(person, "page", cause, self.messages.step, cause.reason)
        if not self.messages.in_hand() and not set(wanted).intersection(self.messages.held_people()):
            self._at_once("nobody here")

    def _at_once(self, who: str) -> None:
        if self.live and self._mute is None and self.level + 1 < len(self.policy.steps):
            self._next_step(f"{self.name(who)} cannot be reached")

    def _call(self, person_id: str, kind: Literal["page", "notice"], cause: Cause, ordinal: str, why: str) -> None:
        person = self.people.get(person_id)
        if person is not None and self.messages.send(person, kind, cause, ordinal, why):
            return
        if kind == "page":
            self._unreachable(person_id, "no such person" if person is None else "no channel is configured")

    def _unreachable(self, person: str, why: str) -> None:
        self._events.append(("unreachable", f"{self.name(person)} cannot be reached: {why}"))

    def _ordinal(self, reason: str) -> str:
        self._count += 1
        return f"{self._count}-{self.round + 1}.{self.level + 1}-{reason}"

    def _everybody_held(self, steps: Sequence[Step]) -> bool:
        held = self.messages.held_people()
        return all(person in held for step in steps for person in step.page if person in self.people)
