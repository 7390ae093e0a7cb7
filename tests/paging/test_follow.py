"""Far ends with a state of their own follow the incident, whoever was told, through outages and restarts."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import pytest

from amends.model import Acknowledge, Incident, IncidentEvent, Page, Resolve, StaleError
from amends.paging import Following, Limits, Pressed, Refused, Retry, Sent, Told, Traits, Wish
from support.desk import desk
from support.duty import API, ROUTING, pagerduty
from support.outbox import Outbox, RunningClock, page

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    from amends.model import Seconds
    from amends.paging import Result

QUICK = Limits(first_retry=0.05, longest_retry=0.2, lease=1.0)


@dataclass
class Shelf:
    """What was told, and an incident's history."""

    rows: list[tuple[Page, Incident]] = field(default_factory=list)
    history: list[IncidentEvent] = field(default_factory=list)

    async def told(self, _channel: str, _since: Seconds) -> list[tuple[Page, Incident]]:
        return self.rows

    async def incident(self, _incident: str) -> Incident | None:
        return self.rows[0][1]

    async def events(self, _incident: str) -> list[IncidentEvent]:
        return self.history


@dataclass
class Board:
    """A far end that shows a state; `answers` come first."""

    answers: list[Any] = field(default_factory=list)
    shown: list[str] = field(default_factory=list)
    again: float | None = None
    id: str = "board"
    kind: str = "board"
    traits: Traits = field(default_factory=lambda: Traits(attempt=0.2))

    async def send(self, _message: object) -> Result:
        return Sent()

    def wishes(self, told: Sequence[Told]) -> Iterable[Wish]:
        return [Wish(what=one.incident.id, state=one.incident.state, told=one, again=self.again) for one in told]

    async def follow(self, wish: Wish, _now: Seconds) -> Result | Pressed:
        self.shown.append(wish.state)
        answer = self.answers.pop(0) if self.answers else Sent()
        if isinstance(answer, Exception):
            raise answer
        if answer == "hang":
            await asyncio.sleep(30)
        return answer  # type: ignore[no-any-return]  # as the test has it


class StillClock:
    """Stands until it is moved."""

    def __init__(self) -> None:
        self.now = 1_767_571_300.0

    def wall(self) -> Seconds:
        return self.now

    def mono(self) -> Seconds:
        return self.now

    async def sleep_until(self, wall: Seconds) -> None:
        await asyncio.sleep(max(0.0, wall - self.now))


@dataclass
class Scene:
    """One board, one incident that was told on it."""

    board: Board
    clock: StillClock = field(default_factory=StillClock)
    shelf: Shelf = field(default_factory=Shelf)
    outbox: Outbox = field(default_factory=Outbox)
    done: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        one = page(now=1_767_571_200.0)
        self.shelf.rows = [(one, one.incident)]
        self.following = Following(self.shelf, self.outbox, self.clock)  # type: ignore[arg-type]  # as much of an engine as it needs

    async def look(self, after: float = 0.0) -> float | None:
        self.clock.now += after
        return await self.following.look(self.board, self.done)


async def test_what_is_shown_is_not_shown_again() -> None:
    it = Scene(Board())
    assert [await it.look(), await it.look(60)] == [None, None]
    assert it.board.shown == ["open"]


async def test_what_would_run_out_is_said_again_in_time() -> None:
    it = Scene(Board(again=60.0))
    began = it.clock.now
    assert await it.look() == began + 60
    await it.look(59)
    await it.look(1)
    assert it.board.shown == ["open", "open"]


async def test_a_change_is_shown_and_what_is_over_long_since_is_forgotten() -> None:
    it = Scene(Board())
    await it.look()
    one, incident = it.shelf.rows[0]
    it.shelf.rows = [(one, replace(incident, state="recovering"))]
    await it.look()
    it.shelf.rows = []
    await it.look()
    assert it.board.shown == ["open", "recovering"]
    assert not it.done


@pytest.mark.parametrize("trouble", [Retry(None, "busy"), "hang"])
async def test_a_far_end_in_trouble_is_asked_again_ever_more_slowly(trouble: Any) -> None:
    it = Scene(Board(answers=[trouble, trouble, trouble]))
    waits = []
    for _ in range(3):
        due = await it.look()
        assert due is not None
        waits.append(due - it.clock.now)
        it.clock.now = due
    assert waits == [2.0, 4.0, 8.0]
    assert await it.look() is None
    assert len(it.board.shown) == 4


async def test_what_the_far_end_asks_for_is_kept_whatever_is_committed_meanwhile() -> None:
    it = Scene(Board(answers=[Retry(40.0, "too many")]))
    began = it.clock.now
    assert await it.look() == began + 40
    one, incident = it.shelf.rows[0]
    it.shelf.rows = [(one, replace(incident, state="recovering"))]
    assert await it.look(39) == began + 40
    assert it.board.shown == ["open"]
    await it.look(1)
    assert it.board.shown == ["open", "recovering"]


@pytest.mark.parametrize("answer", [Refused("no"), ValueError("a defect")])
async def test_a_refusal_or_a_defect_is_not_repeated_for_the_same_state(answer: Any) -> None:
    it = Scene(Board(answers=[answer]))
    assert [await it.look(), await it.look(600)] == [None, None]
    assert it.board.shown == ["open"]


async def test_a_press_acknowledges_for_the_person_who_was_told() -> None:
    it = Scene(Board(answers=[Pressed(by="sam", at=1_767_571_250.0)]))
    await it.look()
    assert it.outbox.commands == [Acknowledge(incident="inc_acme", by="sam")]


@pytest.mark.parametrize(
    "spoil",
    [
        lambda it: it.outbox.people.clear(),
        lambda it: it.outbox.errors.update(apply=[StaleError("over")]),
        lambda it: it.shelf.history.append(
            IncidentEvent(incident="inc_acme", seq=2, at=1_767_571_260.0, event="raised", by="amends", why="worse")
        ),
    ],
    ids=["nobody here", "over", "asked anew since"],
)
async def test_a_press_that_no_longer_counts_is_passed_over(spoil: Callable[[Scene], None]) -> None:
    it = Scene(Board(answers=[Pressed(by="sam", at=1_767_571_250.0)]))
    spoil(it)
    await it.look()
    assert not it.outbox.commands


async def test_a_channel_that_hangs_delays_no_other_and_a_store_that_fails_ends_nothing() -> None:
    it, other = Scene(Board(answers=["hang"])), Board(id="other")
    calls: Counter[str] = Counter()
    whole = it.shelf.told

    async def told(channel: str, since: Seconds) -> list[tuple[Page, Incident]]:
        calls[channel] += 1
        if calls[channel] == 1 and channel == "other":
            raise OSError("busy")
        return await whole(channel, since)

    it.shelf.told = told  # type: ignore[method-assign]  # a fault
    task = asyncio.create_task(it.following.run([it.board, other]))
    try:
        async with asyncio.timeout(5):
            while not other.shown:
                await asyncio.sleep(0.01)
                it.following.stir()
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    assert other.shown == ["open"]


# --- the whole, over a real database ---


def configuration(url: str) -> str:
    return f"""
brands: {{acme: {{name: Acme}}}}
people: {{lea: {{name: Léa, channels: [duty]}}, sam: {{name: Sam}}}}
channels: {{duty: {{kind: pagerduty, routing_key: {ROUTING}, server: "{url}", api: "{url}", api_token: {API}}}}}
"""


async def until(true: Callable[[], bool], seconds: float = 10.0) -> None:
    async with asyncio.timeout(seconds):
        while True:
            if true():
                return
            await asyncio.sleep(0.02)


async def test_pagerduty_follows_through_a_restart_and_is_heard(tmp_path: Path) -> None:
    async with pagerduty() as duty:
        clock = RunningClock(20)
        async with desk(tmp_path, configuration(duty.url), clock, QUICK) as it:
            incident = await it.drill("acme")
            await it.until(incident, {"sent": 1})
            assert [alert.status for alert in duty.alerts] == ["triggered"]
        duty.alerts[0].status, duty.alerts[0].at = "acknowledged", clock.wall()
        async with desk(tmp_path, configuration(duty.url), clock, QUICK) as it:
            async with asyncio.timeout(10):
                while True:
                    found = await it.store.incident(incident)
                    if found is not None and found.acknowledged_by is not None:
                        break
                    await asyncio.sleep(0.02)
            assert found.acknowledged_by == "lea"
            if found.state != "resolved":  # a drill ends when it is acknowledged
                await it.engine.apply("acme", Resolve(incident=incident, by="lea"))
            await until(lambda: duty.alerts[0].status == "resolved")


async def test_a_far_end_is_given_the_name_of_who_has_it() -> None:
    it = Scene(Board())
    one, incident = it.shelf.rows[0]
    it.shelf.rows = [(one, replace(incident, acknowledged_by="lea"))]
    it.board.wishes = lambda told: names.extend(one.taker for one in told) or []  # type: ignore[method-assign, assignment]  # look at what is given
    names: list[str | None] = []
    await it.look()
    assert names == [it.outbox.people["lea"].name]
