"""The engine: what comes in is judged, prepared, decided and committed, and every item is accounted for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from amends.model import DAY, HOUR, Item, Tick, UnknownError
from amends.observe import Metrics
from amends.pipeline import Progress
from amends.service.engine import Engine
from amends.storage import Store
from support.core import NOON, make_rules

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from amends.model import Seconds
    from amends.pipeline import Decision


class Still:
    """A clock that stands at noon."""

    def wall(self) -> Seconds:
        return NOON

    def mono(self) -> Seconds:
        return 0.0

    async def sleep_until(self, wall: Seconds) -> None:
        raise AssertionError(f"nobody may wait until {wall} here")


class Told:
    """A listener that keeps what it heard."""

    def __init__(self) -> None:
        self.decisions: list[Decision] = []

    def decided(self, decision: Decision) -> None:
        self.decisions.append(decision)


@pytest.fixture
async def engine(tmp_path: Path) -> AsyncIterator[Engine]:
    store = await Store.open("sqlite:///amends.db", folder=tmp_path, durable=False)
    yield Engine(store, make_rules(), Still(), Metrics("test"))
    await store.close()


def item(number: int, age: float = 60.0, text: str = "Acme again", source: str = "forum") -> Item:
    return Item(source=source, id=str(number), text=text, published_at=NOON - age, seen_at=NOON)


async def test_every_item_is_accepted_a_duplicate_or_unmatched(engine: Engine) -> None:
    first = await engine.ingest([item(1), item(2), item(3, text="nobody we know"), item(1)])
    second = await engine.ingest([item(1), item(4)])

    assert (first.accepted, first.duplicates, first.unmatched) == (3, 1, 1)
    assert (second.accepted, second.duplicates, second.unmatched) == (1, 1, 0)


async def test_more_items_than_one_commit_takes_are_all_taken(engine: Engine) -> None:
    taken = await engine.ingest([item(number) for number in range(1200)])

    assert taken.accepted == 1200


async def test_listeners_hear_of_every_commit(engine: Engine) -> None:
    told = Told()
    engine.listeners.append(told)

    await engine.ingest([item(1)])
    await engine.apply("acme", Tick())

    assert [len(decision.mentions) for decision in told.decisions] == [1, 0]


async def test_what_is_pushed_is_history_until_its_source_brings_a_young_item(engine: Engine) -> None:
    told = Told()
    engine.listeners.append(told)

    await engine.ingest([item(1, age=3 * DAY), item(2, age=2 * HOUR)])
    await engine.ingest([item(3, age=DAY), item(4, age=60.0)])
    await engine.ingest([item(5, age=DAY)])
    await engine.ingest([item(6, age=DAY, source="another")])

    heard = {one.id: (one.history, one.late) for decision in told.decisions for one in decision.mentions}
    assert heard == {
        "1": (True, False),
        "2": (True, False),
        "3": (True, False),
        "4": (False, False),
        "5": (False, True),
        "6": (True, False),
    }


async def test_how_far_a_pushed_source_has_come_outlives_the_program(engine: Engine) -> None:
    await engine.ingest([item(1)])
    again = Engine(engine._store, engine.rules, Still(), Metrics("test"))
    told = Told()
    again.listeners.append(told)

    await again.ingest([item(2, age=DAY)])

    assert [one.history for decision in told.decisions for one in decision.mentions] == [False]


async def test_what_a_schedule_brings_is_judged_by_its_own_progress(engine: Engine) -> None:
    told = Told()
    engine.listeners.append(told)

    await engine.ingest([item(1, age=DAY, source="news")], Progress(first_walk=True))
    await engine.ingest([item(2, age=DAY, source="news")], Progress(previous=NOON - HOUR))

    assert [(one.history, one.late) for decision in told.decisions for one in decision.mentions] == [
        (True, False),
        (False, True),
    ]


async def test_a_brand_that_is_configured_no_longer_is_refused_by_name(engine: Engine) -> None:
    with pytest.raises(UnknownError, match="omega"):
        await engine.apply("omega", Tick())
