"""The learner: what goes wrong with one brand stays with it."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace
from typing import Any, cast

from amends.demo.clock import FastClock
from amends.model import Learned, UnknownError
from amends.service.learner import Learner
from amends.service.timekeeper import first
from support.core import NOON, make_rules


class Desk:
    """Store and engine in one: `gone` is dropped by a reload while it is learned."""

    def __init__(self) -> None:
        acme = make_rules().brands["acme"]
        self.rules = SimpleNamespace(brands={"gone": acme, "acme": acme})
        self.learned = asyncio.Event()

    async def state(self, _brand: str) -> Any:
        return SimpleNamespace(live=SimpleNamespace(taught=1, learned=0, watermark=int(NOON)))

    async def bins(self, _brand: str, _since: float, _until: float) -> list[Any]:
        return []

    async def apply(self, brand: str, event: object) -> Any:
        assert isinstance(event, Learned)
        if brand == "gone":
            raise UnknownError("no brand 'gone' is configured")
        self.learned.set()
        return SimpleNamespace(learn=False)


async def test_a_brand_that_is_dropped_while_it_is_learned_ends_nobody_elses_learning() -> None:
    desk = Desk()
    learner = Learner(cast("Any", desk), cast("Any", desk), FastClock(NOON, 1.0))
    for brand in ("gone", "acme"):
        learner.decided(cast("Any", SimpleNamespace(learn=True, state=SimpleNamespace(brand=brand))))

    await asyncio.wait_for(first(learner.run(), desk.learned.wait()), 5)

    assert desk.learned.is_set()
