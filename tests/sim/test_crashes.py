"""The power is cut at one point after another of a short story; the next life goes on from the disk."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from amends.model import DAY, HOUR, MINUTE
from sim.universe import MONDAY, Plan, Universe

if TYPE_CHECKING:
    from pathlib import Path

    from amends.pipeline import Rules

# two brands page, one is taken and ended, the other climbs a step and comes back; now and then no answer comes
STORY = (
    (1.0, "post", "acme"), (2.0, "post", "globex"), (40.0, "ack", "acme"), (60.0, "drill", "acme"),
    (700.0, "ack", "globex"), (760.0, "resolve", "globex"), (770.0, "post", "globex"),
)  # fmt: skip
RATES = {"send-reply-lost": 0.1, "send-refused": 0.1}


def plan(*lives: int) -> Plan:
    return Plan(seed=3, days=15 * MINUTE / DAY, start=MONDAY + 8 * HOUR, script=STORY, rates=dict(RATES), lives=lives)


def cut_at(points: range, rules: Rules, template: Path, folder: Path) -> int:
    """Run the story once for each point; return how many crashes there were."""
    crashes = heard = 0
    for point in points:
        universe = Universe(plan(point), rules, template, folder / str(point))
        world = universe.run()
        assert world.broken == [], f"cut at point {point}, at {universe.faults.where}"
        heard += bool(world.receipts)  # cut early and down for long, nobody was there to be told anything
        crashes += universe.crashes
    assert heard >= 0.9 * len(points)
    return crashes


def length(rules: Rules, template: Path, folder: Path) -> int:
    """Count the points of the story when nothing cuts it."""
    seen: list[int] = []
    universe = Universe(plan(), rules, template, folder / "whole")
    universe.faults.on_revive = seen.append
    assert universe.run().broken == []
    return seen[1]


@pytest.mark.slow
def test_cut_at_some_points_no_page_is_lost_and_none_confirmed_is_sent_again(
    rules: Rules, template: Path, tmp_path: Path
) -> None:
    whole = length(rules, template, tmp_path)
    assert whole > 2_000
    assert cut_at(range(120, whole, whole // 24), rules, template, tmp_path) >= 20


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_cut_at_200_points_no_page_is_lost_and_none_confirmed_is_sent_again(
    rules: Rules, template: Path, tmp_path: Path
) -> None:
    whole = length(rules, template, tmp_path)
    assert cut_at(range(1, whole, whole // 200), rules, template, tmp_path) >= 200
