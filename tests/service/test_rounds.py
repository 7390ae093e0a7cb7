"""The drill and the proof of life: at their wall time, once, across restarts and jumps of the clock."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from amends.config import load
from amends.config.rules import rules
from amends.model import DRILL_LEFT_OUT, Batch, Coverage, Failed, Kind, Mention, Resolve, Tick, Tone
from amends.observe import Metrics
from amends.service.engine import Engine
from amends.service.rounds import Rounds
from amends.storage import Store
from support.web import SetClock

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

FILE = """
timezone: Europe/Paris
brands: {acme: {name: Acme}, bolt: {name: Bolt, watch: {terms: [recall]}}}
people:
  lea: {name: Léa, language: fr, channels: [phone, hook], quiet_hours: "22:00-07:00"}
  sam: {name: Sam, channels: [hook]}
channels:
  phone: {kind: ntfy, topic: amends-a-topic-for-tests}
  hook: {kind: webhook, url: "http://127.0.0.1:1/", secret: "whsec_YW1lbmRzLXRlc3Qtc2VjcmV0"}
rotas: {week: {people: [sam], every: 7d, from: "2026-01-05T09:00"}}
drills: {every: 30d, at: "Tue 10:00", case: rumour}
report: {every: 7d, at: "Mon 09:00", to: [lea, week]}
"""


def at(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()


class World:
    """A store, an engine and a clock that is set; `again` is a restart."""

    def __init__(self, folder: Path, store: Store, text: str = FILE) -> None:
        path = folder / "amends.yaml"
        path.write_text(text, "utf-8")
        self.config = load(path, {})
        self.store, self.clock = store, SetClock(at("2026-11-26T12:00"))
        self.metrics = Metrics("test")
        self.engine = Engine(store, rules(self.config), self.clock, self.metrics)
        self.again()

    def again(self) -> None:
        self.rounds = Rounds(
            self.store, self.engine, self.clock, lambda: Coverage(on_time=10, of=11, silent=("forum",)), self.metrics
        )
        self.rounds.config = self.config

    async def look(self, when: str) -> None:
        self.clock.now = at(when)
        await self.rounds.look()

    async def drills(self) -> list[str]:
        found = (await self.store.incidents()).items
        return sorted(f"{datetime.fromtimestamp(one.opened_at, UTC):%m-%dT%H:%M}" for one in found)

    async def told(self, person: str = "lea") -> list[tuple[str, str, str]]:
        rows = (await self.store.messages(person)).items
        return [(row.page.channel, row.page.state, row.page.text) for row in rows if row.page.reason == "alive"]


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    store = await Store.open("sqlite:///amends.db", folder=tmp_path, durable=False)
    try:
        yield World(tmp_path, store)
    finally:
        await store.close()


async def test_a_drill_starts_at_its_wall_time_once_and_again_thirty_days_later_on_a_tuesday(world: World) -> None:
    await world.look("2026-11-26T12:00")
    await world.look("2026-12-01T08:59")
    assert await world.drills() == []
    await world.look("2026-12-01T09:00")  # 10:00 in Paris
    world.again()
    await world.look("2026-12-01T09:00:15")
    assert await world.drills() == ["12-01T09:00"]
    for when in ("2026-12-29T09:00", "2027-01-05T08:59", "2027-01-05T09:00"):
        await world.engine.apply("acme", Tick())  # the first has ended by itself
        await world.look(when)
    assert await world.drills() == ["01-05T09:00", "12-01T09:00"]
    (drill, *_) = (await world.store.incidents()).items
    assert drill.drill
    assert any("rumour" in line for line in drill.why)


async def test_a_drill_that_was_missed_by_more_than_an_hour_is_left_out(world: World) -> None:
    await world.look("2026-11-26T12:00")
    await world.look("2026-12-01T10:30")
    assert await world.drills() == []
    await world.look("2026-12-01T11:00")
    assert await world.drills() == []


async def test_a_drill_that_cannot_start_is_no_error_and_is_not_tried_again(world: World) -> None:
    await world.look("2026-11-26T12:00")
    await world.look("2026-12-01T09:00")
    await world.store.save_meta("drill:last", repr(at("2026-10-01T09:00")))
    await world.look("2026-12-01T09:01")  # due by the clock, and one is running
    assert await world.drills() == ["12-01T09:00"]


@pytest.mark.parametrize("brand", ["acme", "bolt"])
async def test_a_drill_gives_way_to_something_real_of_any_brand_and_says_so(tmp_path: Path, brand: str) -> None:
    store = await Store.open("sqlite:///amends.db", folder=tmp_path, durable=False)
    try:
        world = World(tmp_path, store, FILE.replace("case: rumour", f"case: rumour, brand: {brand}"))
        await world.look("2026-11-26T12:00")
        when = world.clock.now = at("2026-12-01T08:58")
        hit = Mention(
            brand="bolt", source="news", id="1", text="Bolt recall", published_at=when, seen_at=when, watch="recall",
            tone=Tone("en", -0.5, 0.8, 0.15, 0.05, "negative"),
        )  # fmt: skip
        await world.engine.apply("bolt", Batch((hit,)))

        await world.look("2026-12-01T09:00")

        assert [one.kind for one in (await store.incidents()).items] == [Kind.WATCH]
        left_out = json.loads(await store.meta(DRILL_LEFT_OUT) or "null")
        assert left_out["at"] == at("2026-12-01T09:00")
        assert "something real is open for bolt" in left_out["why"]
        assert b'amends_scheduled_drills_total{outcome="left_out"} 1.0' in world.metrics.render()

        (real,) = (await store.incidents()).items
        await world.engine.apply("bolt", Resolve(incident=real.id, by="lea"))
        await world.look("2027-01-05T09:00")
        assert [one.kind for one in (await store.incidents()).items] == [Kind.DRILL, Kind.WATCH]
        assert await store.meta(DRILL_LEFT_OUT) == "null"
    finally:
        await store.close()


async def test_the_proof_of_life_is_told_once_to_people_and_rotas_in_their_language(world: World) -> None:
    await world.look("2026-11-26T12:00")
    await world.look("2026-11-30T07:59")
    assert await world.told() == []
    await world.look("2026-11-30T08:00")
    world.again()
    await world.look("2026-11-30T08:00:15")
    await world.store.save_meta("report:last", repr(at("2026-11-23T08:00")))  # the crash before it was marked
    await world.look("2026-11-30T08:00:30")
    ((channel, state, text),) = await world.told()
    assert (channel, state) == ("phone", "queued")
    assert text == (
        "Depuis 23 nov. à 9\u00a0h\u00a000 : 0 mentions entendues, 0 alertes envoyées. "
        "10 sources sur 11 à l'heure ; muettes : forum."
    )
    ((_, _, english),) = await world.told("sam")
    assert "heard 0 mentions, paged 0 times. 10 of 11 sources on time; silent: forum." in english
    assert (await world.store.incidents()).items == ()
    await world.look("2026-12-07T08:00")
    assert len(await world.told()) == 2


async def test_after_a_night_of_three_weeks_one_proof_is_told_and_the_week_goes_on(world: World) -> None:
    await world.look("2026-11-26T12:00")
    await world.look("2026-12-18T11:00")
    assert len(await world.told()) == 1
    await world.look("2026-12-21T08:00")
    assert len(await world.told()) == 2


async def test_a_proof_that_one_channel_refuses_goes_out_by_the_next(world: World) -> None:
    await world.look("2026-11-26T12:00")
    await world.look("2026-11-30T08:00")
    (row,) = (await world.store.messages("lea")).items
    await world.engine.apply("acme", Failed(page=row.page.id, incident=row.page.incident.id, error="403"))
    assert sorted((channel, state) for channel, state, _ in await world.told()) == [
        ("hook", "queued"), ("phone", "failed"),
    ]  # fmt: skip
    second = next(row for row in (await world.store.messages("lea")).items if row.page.channel == "hook")
    await world.engine.apply("acme", Failed(page=second.page.id, incident=second.page.incident.id, error="403"))
    assert (await world.store.incidents()).items == ()


async def test_a_proof_in_quiet_hours_waits_for_their_end(tmp_path: Path) -> None:
    store = await Store.open("sqlite:///amends.db", folder=tmp_path, durable=False)
    world = World(tmp_path, store, FILE.replace("Mon 09:00", "Mon 05:00"))
    await world.look("2026-11-26T12:00")
    await world.look("2026-11-30T04:00")
    assert [state for _, state, _ in await world.told()] == ["deferred"]
    world.clock.now = at("2026-11-30T06:00")
    await world.engine.apply("acme", Tick())
    assert sorted(state for _, state, _ in await world.told()) == ["cancelled", "queued"]
    await store.close()


async def test_a_clock_that_was_ahead_does_not_end_the_rounds(world: World) -> None:
    await world.look("2030-11-26T12:00")
    await world.look("2030-12-03T09:00")
    await world.look("2026-11-26T12:00")
    await world.look("2026-11-26T12:01")
    before = len(await world.told())
    await world.look("2026-12-07T08:00")
    assert len(await world.told()) == before + 1
