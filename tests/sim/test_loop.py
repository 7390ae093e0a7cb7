"""The simulation's own ground: private names that it leans on, time that jumps, one seed one run."""

from __future__ import annotations

import asyncio
from random import Random
from typing import TYPE_CHECKING

import aiosqlite
import pytest

from sim.loop import DeadlockError, VirtualLoop
from sim.universe import Plan, Universe

if TYPE_CHECKING:
    from pathlib import Path

    from amends.pipeline import Rules


def test_the_private_names_that_it_leans_on_are_there() -> None:
    assert callable(asyncio.BaseEventLoop._run_once)  # type: ignore[attr-defined]  # private
    with asyncio.Runner() as runner:
        assert hasattr(runner.get_loop(), "_ready")
    for name in ("_execute", "_connect", "close", "stop", "__await__", "__del__"):
        assert name in aiosqlite.core.Connection.__dict__


def test_an_hour_passes_at_once_and_nothing_to_come_is_an_error() -> None:
    loop = VirtualLoop(Random(1))
    loop.run_until_complete(asyncio.sleep(3600.0))
    assert loop.time() == pytest.approx(3600.0)
    with pytest.raises(DeadlockError):
        loop.run_until_complete(loop.create_future())
    loop.close()


def test_the_same_seed_is_the_same_run_and_another_seed_another(rules: Rules, template: Path, tmp_path: Path) -> None:
    def messages(seed: int, name: str) -> list[tuple[float, str, str]]:
        rates = {"send-refused": 0.2, "send-reply-lost": 0.1, "db-busy": 0.002}
        plan = Plan(seed=seed, days=0.15, mention_gap=1200.0, crash_gap=3600.0, rates=rates)
        world = Universe(plan, rules, template, tmp_path / name).run()
        assert world.broken == []
        return [(one.mono, one.person, one.reason) for one in world.receipts]

    assert messages(1, "one") == messages(1, "again")
    assert messages(2, "other") != messages(1, "a third time")
