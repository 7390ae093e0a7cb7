"""The world outside the program: its clock, the phones that record what reaches them, the weather on the wires."""

from __future__ import annotations

import asyncio
from bisect import bisect_left
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from random import Random
from typing import TYPE_CHECKING, Any

from amends.escalation import quiet_until
from amends.model import HOUR, Page, Seconds, Stage
from amends.paging import Refused, Retry, Sent, Traits
from amends.pipeline import Rules
from sim.faults import Faults

if TYPE_CHECKING:
    from amends.paging.message import Message
    from amends.paging.ports import Result
    from amends.pipeline import Decision
    from sim.loop import VirtualLoop

NEAR_A_JUMP = 60.0  # wall seconds around a jump in which a message may have been under way from the other side
ENDINGS = {"resolved", "acknowledged"}


class SimClock:
    """The machine's clocks: `mono` is the loop's, `wall` may be stepped; as the real one, it is read again often."""

    def __init__(self, loop: VirtualLoop, start: Seconds) -> None:
        self.loop, self.offset = loop, start
        self.jumps: list[Seconds] = []  # in the loop's time

    def wall(self) -> Seconds:
        return self.loop.now + self.offset

    def mono(self) -> Seconds:
        return self.loop.now

    async def sleep_until(self, wall: Seconds) -> None:
        while (left := wall - self.wall()) > 0:  # noqa: ASYNC110 - nothing but time can end this wait
            await asyncio.sleep(min(left, 15.0))

    def jump(self, seconds: Seconds) -> None:
        """Step the wall clock; a suspend is a step forward."""
        self.jumps.append(self.loop.now)
        self.offset += seconds

    def steady(self, since: Seconds) -> bool:
        """Tell whether the clock has not jumped since then (in the loop's time)."""
        return bisect_left(self.jumps, since) == len(self.jumps)


@dataclass(frozen=True, kw_only=True)
class Receipt:
    """One message on one phone."""

    wall: Seconds
    mono: Seconds
    person: str
    channel: str
    key: str
    kind: str
    reason: str
    incident: str
    severity: int


@dataclass
class Truth:
    """What is committed of one incident, as the world has heard it; times are the loop's."""

    acknowledged: Seconds | None = None
    resolved: Seconds | None = None


@dataclass
class World:
    """Everything that outlives a crash, but for the disk."""

    clock: SimClock
    rng: Random
    faults: Faults
    rules: Rules
    receipts: list[Receipt] = field(default_factory=list)
    of_person: defaultdict[str, list[Receipt]] = field(default_factory=lambda: defaultdict(list))
    times: Counter[str] = field(default_factory=Counter)  # how often each key was received
    unknown: Counter[str] = field(default_factory=Counter)  # how often the program was left without an answer to it
    confirmed: set[str] = field(default_factory=set)  # keys that are committed as sent
    decided: dict[str, Page] = field(default_factory=dict)  # every page whose decision is known to be committed
    known_at: list[int] = field(default_factory=list)  # the points at which decisions to page became known
    truth: defaultdict[str, Truth] = field(default_factory=lambda: defaultdict(Truth))
    hushed: dict[tuple[str, str], tuple[Seconds, Seconds]] = field(
        default_factory=dict
    )  # (since, wall time of its end)
    down: dict[str, Seconds] = field(default_factory=dict)  # channel -> end of its outage, in the loop's time
    broken: list[str] = field(default_factory=list)  # invariants that did not hold
    counted: Counter[tuple[str, str]] = field(default_factory=Counter)  # (channel, outcome), in this life
    judged: Counter[str] = field(default_factory=Counter)  # how often an invariant could be judged at all
    disturbed: list[tuple[Seconds, Seconds]] = field(
        default_factory=list
    )  # wall times: down, jumped, faults on the disk
    beats: int = 0

    def violated(self, text: str) -> None:
        """Write down that an invariant does not hold."""
        self.broken.append(f"{text} (at {self.clock.wall():.3f}, {self.clock.mono():.3f} s in)")

    def said(self, decision: Decision) -> None:
        """Hear of a committed decision, as a listener of the engine."""
        now = self.clock.mono()
        if decision.pages:
            self.known_at.append(self.faults.points)
        for page in decision.pages:
            if page.id in self.decided and self.decided[page.id].step != page.step:
                self.violated(
                    f"INV1: two calls, {self.decided[page.id].step} and {page.step}, have the one id {page.id}"
                )
            self.decided[page.id] = page
        self.counted.update((page.channel, "deferred") for page in decision.pages if page.state == "deferred")
        for change in decision.page_changes:
            if change.state == "sent":
                self.confirmed.add(change.id)
            known = self.decided.get(change.id)  # a row that has left the ledger has lost its channel there
            self.counted[change.channel or (known.channel if known else ""), change.state] += 1
        for silence in decision.silences:
            if silence.story is None:
                self.hushed[silence.brand, silence.id] = (now, silence.until if silence.ended_at is None else 0.0)
        for incident in decision.incidents:
            truth = self.truth[incident.id]
            acknowledged = incident.acknowledged_at is not None
            truth.acknowledged = (
                (truth.acknowledged if truth.acknowledged is not None else now) if acknowledged else None
            )
            ended = incident.state is Stage.RESOLVED
            truth.resolved = (truth.resolved if truth.resolved is not None else now) if ended else None

    def disturb(self, since: Seconds, until: Seconds) -> None:
        """Note a time in which being late is no fault of the program's."""
        self.disturbed.append((since, until))

    def undisturbed(self, since: Seconds, until: Seconds) -> bool:
        """Tell whether the program was up, on a steady clock, for all of a time."""
        return all(end < since or begin > until for begin, end in self.disturbed)

    # --- the wires ---

    def begins(self, page: Page) -> None:
        """Check what is begun to be sent against what is committed."""
        truth, now = self.truth[page.incident.id], self.clock.mono()
        told_anyway = page.reason in {"raised", "story"}  # what is new is told though somebody has the incident
        if page.kind == "page" and not told_anyway and truth.acknowledged is not None and truth.acknowledged < now:
            self.violated(f"INV6: {page.id} ({page.reason}) begun after the acknowledgement was committed")
        wall = self.clock.wall()
        for (brand, _), (since, until) in self.hushed.items():
            if page.kind == "page" and brand == page.brand and since < now and wall < until:
                self.violated(f"INV6: {page.id} ({page.reason}) begun while {brand} is silenced")
        if truth.resolved is not None and truth.resolved < now and page.reason not in ENDINGS:
            self.violated(f"INV6: {page.id} ({page.reason}) begun after the end was committed")

    def arrives(self, page: Page) -> None:
        """Put a message on its phone."""
        wall, mono = self.clock.wall(), self.clock.mono()
        if page.id in self.confirmed:
            self.violated(f"INV2: {page.id} was confirmed and is received again")
        self.times[page.id] += 1
        got = Receipt(
            wall=wall, mono=mono, person=page.person, channel=page.channel, key=page.id, kind=page.kind,
            reason=page.reason, incident=page.incident.id, severity=page.incident.severity,
        )  # fmt: skip
        self._check_manners(got)
        self.receipts.append(got)
        self.of_person[page.person].append(got)

    def _check_manners(self, got: Receipt) -> None:
        person = self.rules.people[got.person]
        if got.severity == 1:
            return
        if quiet_until(person, got.wall) is not None and self.clock.steady(got.mono - NEAR_A_JUMP):
            self.violated(f"INV4: {got.person} gets {got.key} (severity {got.severity}) in quiet hours")
        if person.cap is not None and self.clock.steady(got.mono - HOUR):
            within = {one.key for one in self.of_person[got.person] if one.mono > got.mono - person.cap.per}
            # what arrived without the program's knowing, and was then overtaken, is not in its count
            known = {key for key in within if key in self.confirmed or not self.unknown[key]}
            if len(known | {got.key}) > person.cap.messages:
                self.violated(f"INV9: {got.person} gets more than {person.cap.messages} messages within the cap's time")

    def left_in_the_dark(self, pages: tuple[Page, ...]) -> None:
        """Note that the program cannot know whether these arrived."""
        for page in pages:
            self.unknown[page.id] += 1

    def crashed(self) -> None:
        """Note that nothing is known of what was received and not confirmed."""
        for key in self.times:
            if key not in self.confirmed:
                self.unknown[key] += 1

    def is_down(self, channel: str) -> bool:
        return self.down.get(channel, 0.0) > self.clock.mono()

    def beat(self, overdue: Seconds, bound: Seconds) -> None:
        """Hear the dead man's switch while the oldest due page has waited `overdue` seconds."""
        self.beats += 1
        if overdue > bound:
            self.violated(f"INV11: the heartbeat was sent while a page had been due for {overdue:.0f} s")


class SimChannel:
    """A channel whose far end is the world: refused, late, hung, answered with nothing, or taken."""

    def __init__(self, id_: str, world: World, faults: Faults) -> None:
        self.id, self.kind, self.traits = id_, "simulated", Traits(attempt=10.0)
        self._world, self._faults = world, faults

    async def send(self, message: Message) -> Result:
        world, faults = self._world, self._faults
        for page in message.pages:
            world.begins(page)
        await faults.point("send")
        if world.is_down(self.id):
            faults.hits["send-down"] += 1
            await asyncio.sleep(world.rng.uniform(0.0, 0.5))
            return Retry(None, "nobody answers")
        if faults.now("send-refused"):
            return Retry(None, "500")
        if faults.now("send-permanent"):
            return Refused("404")
        if faults.now("send-429"):
            return Retry(world.rng.choice([1.0, 20.0, 400.0]), "429")
        if faults.now("send-delayed"):
            await asyncio.sleep(world.rng.uniform(0.5, 9.0))
        if faults.now("send-hung"):
            await asyncio.sleep(HOUR)
        faults.strike("send-wire")  # nothing may come between the check and the phone
        for page in message.pages:
            world.arrives(page)
        if faults.now("send-reply-lost"):
            world.left_in_the_dark(message.pages)
            return Retry(None, "the connection was reset")
        await faults.point("send-answer")
        return Sent()


class Outlet:
    """A registry of what one life of the program counted, for INV12."""

    def __init__(self, metrics: Any) -> None:
        self._metrics = metrics

    def count(self, channel: str, outcome: str) -> int:
        value = self._metrics.registry.get_sample_value("amends_pages_total", {"channel": channel, "outcome": outcome})
        return int(value or 0)
