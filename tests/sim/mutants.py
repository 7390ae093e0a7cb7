"""Bugs planted on purpose, each with the short story in which a simulation that is worth its time must find it."""

from __future__ import annotations

import asyncio
import math
import sys
from dataclasses import dataclass, replace
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from amends import escalation
from amends.escalation import messages, people, turn
from amends.escalation.ledger import Outcome, page_id
from amends.model import BIN_SECONDS, DAY, HOUR, MINUTE, Delivered
from amends.paging import Sent, worker
from amends.service import timekeeper, upkeep
from amends.storage import chain, commit, record, store
from sim.universe import MONDAY, Plan

if TYPE_CHECKING:
    from collections.abc import Callable

    import pytest

    Plant = Callable[[pytest.MonkeyPatch], None]

AT_TEN = MONDAY + 8 * HOUR  # ten in the morning in Paris
IN_THE_EVENING = MONDAY + 20.5 * HOUR  # half past ten in the evening in Paris, half past eight in Greenwich
QUARTER = 15 * MINUTE / DAY


@dataclass(frozen=True)
class Mutant:
    """A bug, the invariant that it breaks, and where."""

    plant: Plant
    breaks: str
    plan: Plan


def confirms_before_sending(patch: pytest.MonkeyPatch) -> None:
    real = worker.Worker._attempt

    async def attempt(self: Any, channel: Any, rows: Any, now: float) -> Any:
        for row in rows:
            await self._apply(row.page, Delivered(page=row.page.id, incident=row.page.incident.id))
        return await real(self, channel, rows, now)

    patch.setattr(worker.Worker, "_attempt", attempt)


def claims_without_a_lease(patch: pytest.MonkeyPatch) -> None:
    class Forgetful(dict[str, Any]):
        def __contains__(self, key: object) -> bool:
            return False

    real = worker.Worker.__init__

    def init(self: Any, *args: Any, **named: Any) -> None:
        real(self, *args, **{**named, "limits": worker.Limits(lease=0.0)})
        self._flying = Forgetful()

    patch.setattr(worker.Worker, "__init__", init)


def keys_without_their_step(patch: pytest.MonkeyPatch) -> None:
    def short(incident: str, _step: str, person: str, channel: str) -> str:
        return page_id(incident, "", person, channel)

    patch.setattr(messages, "page_id", short)
    patch.setattr(escalation, "page_id", short)


def quiet_hours_in_greenwich(patch: pytest.MonkeyPatch) -> None:
    def wrong(person: Any, now: float) -> float | None:
        return people.quiet_until(replace(person, timezone="UTC"), now)

    patch.setattr(messages, "quiet_until", wrong)
    patch.setattr(worker, "quiet_until", wrong)


def quiet_hours_are_not_looked_at_again(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(worker, "quiet_until", lambda _person, _now: None)


def gives_up_at_the_first_busy_store(patch: pytest.MonkeyPatch) -> None:
    async def apply(self: Any, page: Any, command: Any) -> None:
        await self._engine.apply(page.brand, command)

    patch.setattr(worker.Worker, "_apply", apply)


def takes_an_error_for_a_yes(patch: pytest.MonkeyPatch) -> None:
    real = worker.Worker._settle

    async def settle(self: Any, rows: Any, _result: Any) -> None:
        await real(self, rows, Sent())

    patch.setattr(worker.Worker, "_settle", settle)


def an_acknowledgement_cancels_nothing(patch: pytest.MonkeyPatch) -> None:
    def stop(self: Any, why: str, *, kinds: Any) -> None:  # noqa: ARG001 - as the real one
        self.due = None

    patch.setattr(turn.Turn, "stop", stop)


def nobody_looks_at_the_ladder(patch: pytest.MonkeyPatch) -> None:
    def tick(_incident: Any, ledger: Any, *_rest: Any) -> Outcome:
        return Outcome(ledger=ledger)

    decide = sys.modules["amends.pipeline.decide"]  # the package has a function of that name
    patch.setattr(decide, "escalation", SimpleNamespace(**{**vars(escalation), "tick": tick}))


def caps_count_nothing(patch: pytest.MonkeyPatch) -> None:
    async def capped(_self: Any, _rows: Any, _now: float) -> bool:
        return False

    patch.setattr(worker.Worker, "_capped", capped)


def pages_are_written_after_the_commit(patch: pytest.MonkeyPatch) -> None:
    real_apply, real_pages = store.Store.apply, commit.write_pages

    async def nothing(_connection: Any, _pages: Any, _salt: Any) -> None:
        return

    async def apply(self: Any, *args: Any, **named: Any) -> Any:
        decision = await real_apply(self, *args, **named)
        if decision.pages:
            await self._writer.submit(
                lambda unit: real_pages(unit.connection, decision.pages, self._salt), "writing pages"
            )
            self.page_written.set()
        return decision

    patch.setattr(commit, "write_pages", nothing)
    patch.setattr(store.Store, "apply", apply)


def links_nothing_to_what_came_before(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(record, "chain", SimpleNamespace(**{**vars(chain), "link": lambda _head, of: chain.link("", of)}))


def silences_die_with_the_process(patch: pytest.MonkeyPatch) -> None:
    real = commit.load_state

    def load(*args: Any) -> Any:
        return real(*args).with_live(silences=())

    patch.setattr(commit, "load_state", load)


def looks_only_when_a_bin_ends(patch: pytest.MonkeyPatch) -> None:
    real = timekeeper.Timekeeper.plan

    def plan(self: Any, brand: str, wake: float) -> None:
        real(self, brand, math.ceil(wake / BIN_SECONDS) * BIN_SECONDS)

    patch.setattr(timekeeper.Timekeeper, "plan", plan)


def the_observer_is_not_told(patch: pytest.MonkeyPatch) -> None:
    real = worker.Worker.__init__

    def init(self: Any, *args: Any, **named: Any) -> None:
        real(self, *args, **{**named, "observer": None})

    patch.setattr(worker.Worker, "__init__", init)


def a_stuck_outbox_is_no_illness(patch: pytest.MonkeyPatch) -> None:
    """The worker hangs, as a fault of the world's; the bug is that nobody minds."""

    async def well(_self: Any) -> None:
        return

    patch.setattr(upkeep.Heartbeat, "_asked", well)
    hang(patch)


def hang(patch: pytest.MonkeyPatch) -> None:
    """Have the worker stand still from its first look at the outbox on."""

    async def start(_self: Any, _tasks: Any) -> None:
        await asyncio.sleep(10 * DAY)

    patch.setattr(worker.Worker, "_start_due", start)


def story(*lines: tuple[float, str, str], start: float = AT_TEN, days: float = QUARTER, **more: Any) -> Plan:
    return Plan(seed=5, days=days, start=start, script=lines, **more)


UNANSWERED = story((1, "post", "globex"), days=5 * HOUR / DAY)
PHONE_DOWN = story((0, "down", "phone"), (1, "post", "globex"), days=5 * HOUR / DAY)
BOTH_DOWN = story(
    (0, "down", "phone"), (0, "down", "mail"), (1, "post", "acme"), (20, "ack", "acme"), (60, "up", "mail"),
    (60, "up", "phone"),
)  # fmt: skip
BUSY = story(*((20.0 * n, "post" if n % 2 else "resolve", "acme") for n in range(40)), days=HOUR / DAY)

MUTANTS: dict[str, Mutant] = {
    one.plant.__name__: one
    for one in (
        Mutant(confirms_before_sending, "INV2", UNANSWERED),
        Mutant(claims_without_a_lease, "INV3", UNANSWERED),
        Mutant(keys_without_their_step, "INV1", UNANSWERED),
        Mutant(quiet_hours_in_greenwich, "INV4", story((1, "post", "acme"), start=IN_THE_EVENING)),
        Mutant(
            quiet_hours_are_not_looked_at_again, "INV4",
            story((0, "down", "phone"), (76, "post", "acme"), (82, "up", "phone"), start=MONDAY + 20 * HOUR - 80),
        ),
        Mutant(
            gives_up_at_the_first_busy_store, "INV3",
            story(*((60.0 * n, "drill", "acme") for n in range(1, 4)), (1, "post", "globex"), days=HOUR / DAY,
                  rates={"db-busy": 0.05}),
        ),
        Mutant(takes_an_error_for_a_yes, "INV1", PHONE_DOWN),
        Mutant(an_acknowledgement_cancels_nothing, "INV6", BOTH_DOWN),
        Mutant(nobody_looks_at_the_ladder, "INV5", UNANSWERED),
        Mutant(caps_count_nothing, "INV9", BUSY),
        Mutant(pages_are_written_after_the_commit, "INV1", replace(UNANSWERED, days=QUARTER)),
        Mutant(links_nothing_to_what_came_before, "INV10", UNANSWERED),
        Mutant(
            silences_die_with_the_process, "INV6",
            story((1, "hush", "acme"), (300, "post", "acme"), days=HOUR / DAY, lives=(700,)),
        ),
        Mutant(looks_only_when_a_bin_ends, "INV5", story((100, "post", "globex"), days=HOUR / DAY)),
        Mutant(the_observer_is_not_told, "INV12", UNANSWERED),
        Mutant(a_stuck_outbox_is_no_illness, "INV11", UNANSWERED),
    )
}  # fmt: skip
