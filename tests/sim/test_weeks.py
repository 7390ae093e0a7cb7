"""Weeks of bad luck: crashes, outages, lost answers, a sick disk, clocks that jump, silences, people who sleep."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest

from amends.model import HOUR
from sim.faults import SITES
from sim.universe import MONDAY, Plan, Universe

if TYPE_CHECKING:
    from pathlib import Path

    from amends.pipeline import Rules
    from sim.world import World

RATES = {
    "db-busy": 0.0008, "db-full": 0.0005, "db-io": 0.0005, "db-torn": 0.002, "send-refused": 0.08,
    "send-permanent": 0.03, "send-429": 0.06, "send-delayed": 0.08, "send-hung": 0.05, "send-reply-lost": 0.06,
}  # fmt: skip
OFTEN = 10  # a fault that was hardly ever injected proves nothing
# the last Sunday of March has no hour from two to three in Paris, that of October has it twice
SPRING_FORWARD, FALL_BACK = 1_774_659_600.0, 1_792_803_600.0


def run(seed: int, days: float, start: float, rules: Rules, template: Path, folder: Path) -> tuple[World, Counter[str]]:
    plan = Plan(
        seed=seed, days=days, start=start, mention_gap=0.5 * HOUR, crash_gap=2 * HOUR, storm_gap=3 * HOUR,
        jump_gap=8 * HOUR, silence_gap=24 * HOUR, rates=dict(RATES),
    )  # fmt: skip
    universe = Universe(plan, rules, template, folder / str(seed))
    world = universe.run()
    assert world.broken == [], f"seed {seed}: {world.broken[:5]}"
    assert len(world.receipts) > 10 * days
    return world, universe.faults.hits


@pytest.mark.parametrize(("seed", "start"), [(1, MONDAY + 8 * HOUR), (2, MONDAY + 19 * HOUR)])
def test_half_a_day_of_bad_luck_breaks_no_promise(
    seed: int, start: float, rules: Rules, template: Path, tmp_path: Path
) -> None:
    run(seed, 0.5, start, rules, template, tmp_path)


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_weeks_of_bad_luck_break_no_promise_and_every_fault_was_there(
    rules: Rules, template: Path, tmp_path: Path
) -> None:
    hits: Counter[str] = Counter()
    judged: Counter[str] = Counter()
    starts = [MONDAY, SPRING_FORWARD, FALL_BACK, MONDAY + 3 * HOUR]
    for number, start in enumerate(starts * 2):
        if number >= len(starts) and not _lacks(hits, judged):
            break  # a second round is for what chance has left out of the first
        world, seen = run(100 + number, 3.5, start, rules, template, tmp_path)
        hits += seen
        judged += world.judged
    assert _lacks(hits, judged) == {}


def _lacks(hits: Counter[str], judged: Counter[str]) -> dict[str, int]:
    """What came too seldom to prove anything; most pages are answered, or something stands in INV5's way."""
    least = dict.fromkeys(SITES, OFTEN) | {"INV12": OFTEN, "INV5": 3}
    came = hits + judged
    return {what: came[what] for what, often in least.items() if came[what] < often}
