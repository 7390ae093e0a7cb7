"""The tuner: what is stored is how a brand fits, soon after people speak, and nothing else is kept."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

from amends.model import Kind
from amends.observe import Metrics
from amends.observe.clock import RealClock
from amends.service.tuner import Tuner
from amends.storage import StorageError, Store
from support.core import make_rules
from support.storage import NOW, a_mention, an_incident, apply, batch, decide, resolved, say

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


class Desk:
    """An engine of which only the rules matter."""

    def __init__(self) -> None:
        self.rules = make_rules()

    def swap(self, rules: Any) -> None:
        self.rules = rules


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not condition():  # noqa: ASYNC110 - what is waited for has no event of its own
            await asyncio.sleep(0.02)


def change(**parts: Any) -> Any:
    return SimpleNamespace(state=SimpleNamespace(brand="acme"), **({"mentions": (), "incidents": ()} | parts))


async def test_verdicts_on_tone_lean_the_labels_and_their_taking_back_rights_them(tmp_path: Path) -> None:
    store = await Store.open("sqlite:///amends.db", folder=tmp_path, decide=decide, durable=False)
    desk, metrics = Desk(), Metrics("0")
    metrics.bound(brands={"acme": 0.1}, sources=[], channels=[])
    tuner = Tuner(cast("Any", desk), store, RealClock(), metrics)
    judged = [resolved(an_incident(f"inc_{k}", feedback="noise")) for k in range(3)]
    for one in judged:
        await apply(store, say(incidents=(one,)))
    await apply(store, say(incidents=(resolved(an_incident("inc_w", kind=Kind.WATCH, feedback="noise")),)))
    running = asyncio.create_task(tuner.run())
    try:
        await until(lambda: "acme" in desk.rules.fits)
        people = desk.rules.fits["acme"].people
        assert (people.judged, people.real) == (3, 0), "a watched word tells nothing of tone"
        assert people.log_odds < 0
        back = replace(judged[0], feedback=None, revision=judged[0].revision + 1)
        decision = await apply(store, say(incidents=(back,)))
        tuner.decided(decision)
        await until(lambda: desk.rules.fits["acme"].people.judged == 2)
        assert desk.rules.fits["acme"].people.log_odds == 0
        assert b'amends_negative_share{brand="acme",kind="raw"} NaN' in metrics.render()
    finally:
        running.cancel()
        await store.close()


async def test_the_five_hundredth_mention_is_not_waited_for(tmp_path: Path) -> None:
    store = await Store.open("sqlite:///amends.db", folder=tmp_path, decide=decide, durable=False)
    desk = Desk()
    tuner = Tuner(cast("Any", desk), store, cast("Any", SimpleNamespace(wall=lambda: NOW)), Metrics("0"))
    running = asyncio.create_task(tuner.run())
    try:
        await until(lambda: "acme" in desk.rules.fits)
        assert desk.rules.fits["acme"].prior.share is None
        for first in (0, 499):
            tuner.decided(await apply(store, batch(*(a_mention(k) for k in range(first, 500 if first else 499)))))
        await until(lambda: desk.rules.fits["acme"].prior.share is not None)
        assert desk.rules.fits["acme"].prior.posts == 500
    finally:
        running.cancel()
        await store.close()


async def test_a_brand_that_cannot_be_read_is_tried_again_and_one_that_is_gone_is_left() -> None:
    desk, asked = Desk(), []

    class Broken:
        async def tones(self, brand: str, _since: float) -> Any:
            asked.append(brand)
            raise StorageError("no")

    tuner = Tuner(cast("Any", desk), cast("Any", Broken()), RealClock(), Metrics("0"))
    tuner.stir("gone")
    running = asyncio.create_task(tuner.run())
    await until(lambda: asked == ["acme"])
    tuner.decided(change())
    tuner.stir("acme")
    await until(lambda: asked == ["acme", "acme"])
    running.cancel()
    assert desk.rules.fits == {}
