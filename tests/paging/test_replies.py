"""Answers from phones: whose they are, what they acknowledge, and when they come too late."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from amends.model import Acknowledge, IncidentEvent, StaleError
from amends.paging import Links, Traits, hear
from support.outbox import LINKS, Outbox, incident, page

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from amends.model import Incident

NOW = 1_767_571_200.0


@dataclass
class Files:
    """Incidents and their histories."""

    events_of: list[IncidentEvent] = field(default_factory=list)
    broken: int = 0

    async def incident(self, incident_id: str) -> Incident | None:
        if self.broken:
            self.broken -= 1
            raise OSError("busy")
        return incident() if incident_id == "inc_acme" else None

    async def events(self, _incident: str) -> list[IncidentEvent]:
        return self.events_of


@dataclass
class Phone:
    """A channel on which people answer what is scripted."""

    answers: list[tuple[str, float]]
    id: str = "phone"
    kind: str = "test"
    traits: Traits = field(default_factory=Traits)
    listens: bool = True
    done: asyncio.Event = field(default_factory=asyncio.Event)
    connections: int = 0

    async def send(self, message: Any) -> Any: ...

    async def listen(self, heard: Callable[[str, float], Awaitable[None]]) -> None:
        self.connections += 1
        for token, age in self.answers:
            await heard(token, age)
        self.done.set()
        await asyncio.Event().wait()


class Still:
    def wall(self) -> float:
        return NOW + 600

    mono = wall

    async def sleep_until(self, wall: float) -> None: ...


async def acknowledged(
    *answers: tuple[str, float], files: Files | None = None, outbox: Outbox | None = None
) -> list[Any]:
    outbox = outbox or Outbox()
    phone = Phone(list(answers))
    task = asyncio.create_task(hear([phone], outbox, files or Files(), lambda: LINKS, Still()))
    try:
        async with asyncio.timeout(5):
            await phone.done.wait()
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    return outbox.commands


def token(**parts: Any) -> str:
    return LINKS.token(page(now=NOW, **parts))


async def test_a_signed_answer_acknowledges_in_its_persons_name() -> None:
    assert await acknowledged((token(), 0.0)) == [Acknowledge(incident="inc_acme", by="sam")]


async def test_forged_expired_and_foreign_answers_are_passed_over() -> None:
    forged = Links(b"x" * 32).token(page(now=NOW))
    expired = token(decided_at=NOW - 8 * 86_400)
    nobody, nothing = token(person="ghost"), token(brand="beta")
    assert await acknowledged(*((one, 0.0) for one in (forged, "", expired, nobody, nothing))) == []


async def test_an_old_answer_counts_unless_the_incident_has_asked_anew_since() -> None:
    asked = IncidentEvent(incident="inc_acme", seq=3, at=NOW + 500, event="unacknowledged", by="sam", why="w")
    assert await acknowledged((token(), 90.0), files=Files([asked])) == [Acknowledge(incident="inc_acme", by="sam")]
    assert await acknowledged((token(), 110.0), files=Files([asked])) == []
    assert await acknowledged((token(), 0.0), files=Files([asked])) == [Acknowledge(incident="inc_acme", by="sam")]


async def test_an_answer_that_comes_too_late_is_passed_over() -> None:
    outbox = Outbox(errors={"apply": [StaleError("resolved")]})
    assert await acknowledged((token(), 0.0), outbox=outbox) == []


async def test_an_answer_the_store_could_not_take_is_heard_again() -> None:
    assert await acknowledged((token(), 0.0), files=Files(broken=1)) == [Acknowledge(incident="inc_acme", by="sam")]


async def test_with_nobody_to_listen_to_it_returns_at_once() -> None:
    deaf = Phone([], listens=False)
    await asyncio.wait_for(hear([deaf], Outbox(), Files(), lambda: LINKS, Still()), 1)
    assert deaf.connections == 0
