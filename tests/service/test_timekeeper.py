"""One heap of wakes: each brand is looked at when it asked to be, and not when it asked before."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

from amends.demo.clock import FastClock
from amends.model import Coverage, Tick
from amends.service.timekeeper import Timekeeper, first
from amends.storage import StorageError
from support.core import NOON

if TYPE_CHECKING:
    from amends.model import Event
    from amends.pipeline import Engine


class Recorder:
    """Stands where the engine stands, and keeps what it was asked to decide."""

    def __init__(self, clock: FastClock, brands: str = "ab") -> None:
        self.clock = clock
        self.rules = SimpleNamespace(brands=dict.fromkeys(brands))
        self.ticks: list[tuple[str, float]] = []
        self.failures = 0

    async def apply(self, brand: str, event: Event) -> Any:
        assert isinstance(event, Tick)
        if brand == "poison":
            raise ZeroDivisionError
        if self.failures:
            self.failures -= 1
            raise StorageError("the disk is full; make room")
        self.ticks.append((brand, self.clock.wall() - NOON))


def keeper(speed: float = 60.0) -> tuple[Timekeeper, Recorder]:
    clock = FastClock(NOON, speed)
    engine = Recorder(clock)
    return Timekeeper(cast("Engine", engine), clock, lambda _brand: Coverage()), engine


async def until(engine: Recorder, count: int) -> None:
    while len(engine.ticks) < count:  # noqa: ASYNC110 - a recorder, no event
        await asyncio.sleep(0.01)


async def test_brands_are_looked_at_in_the_order_of_their_wakes() -> None:
    time, engine = keeper()
    time.plan("a", NOON + 20)
    time.plan("b", NOON + 10)

    await first(time.run(), until(engine, 2))

    assert [brand for brand, _ in engine.ticks] == ["b", "a"]
    assert engine.ticks[0][1] >= 10
    assert engine.ticks[1][1] >= 20
    assert time.turning()


async def test_a_later_wake_replaces_an_earlier_one() -> None:
    time, engine = keeper()
    time.plan("a", NOON + 5)
    time.plan("a", NOON + 30)

    await first(time.run(), until(engine, 1))

    assert engine.ticks[0][1] >= 30


async def test_a_wake_that_is_planned_while_it_sleeps_is_kept() -> None:
    time, engine = keeper()
    time.plan("a", NOON + 3_000)
    running = asyncio.create_task(time.run())
    await asyncio.sleep(0.05)

    time.plan("b", NOON + 10)
    await asyncio.wait_for(until(engine, 1), 5)
    running.cancel()

    assert [brand for brand, _ in engine.ticks] == ["b"]


async def test_brands_that_are_gone_are_not_looked_at() -> None:
    time, engine = keeper()
    time.plan("a", NOON + 5)
    time.plan("b", NOON + 6)
    time.plan("gone", NOON + 4)
    time.forget(["a"])

    await first(time.run(), until(engine, 1))

    assert [brand for brand, _ in engine.ticks] == ["b"]


async def test_a_full_disk_is_tried_again_and_stops_nobody() -> None:
    time, engine = keeper()
    engine.failures = 2
    time.plan("a", NOON + 1)

    await first(time.run(), until(engine, 1))

    assert engine.ticks[0][1] >= 11


async def test_a_brand_that_cannot_be_decided_stops_no_other_brands_time() -> None:
    time, engine = keeper()
    engine.rules.brands["poison"] = None
    time.plan("poison", NOON + 1)
    time.plan("a", NOON + 70)

    await asyncio.wait_for(first(time.run(), until(engine, 1)), 5)

    assert [brand for brand, _ in engine.ticks] == ["a"]


async def test_a_clock_that_is_put_back_leaves_no_brand_waiting_for_the_future() -> None:
    time, engine = keeper()
    time.plan("a", NOON)
    time.plan("b", NOON + 20)
    await first(time.run(), until(engine, 2))
    time.plan("a", engine.clock.wall() + 400 * 86_400)
    engine.ticks.clear()

    engine.clock = put_back(engine.clock)
    time._clock = engine.clock
    await first(time.run(), until(engine, 1))

    assert engine.ticks[0][0] == "a"


def put_back(clock: FastClock) -> FastClock:
    return FastClock(clock.wall() - 7_200, 60.0)
