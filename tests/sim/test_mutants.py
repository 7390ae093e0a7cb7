"""Does the simulation find what it is there to find? Bugs are planted, and each must be caught by its invariant."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from sim.mutants import MUTANTS, UNANSWERED, hang, pages_are_written_after_the_commit
from sim.universe import Universe

if TYPE_CHECKING:
    from pathlib import Path

    from amends.pipeline import Rules

BEFORE_A_DECISION_IS_KNOWN = range(1, 40)  # points back from there, where a bug needs the power to go in between


def broken(plan_name: str, rules: Rules, template: Path, folder: Path) -> list[str]:
    """Run a mutant's story and return what did not hold; one that needs a crash is given several."""
    mutant = MUTANTS[plan_name]
    world = Universe(mutant.plan, rules, template, folder / "run").run()
    if world.broken or mutant.plant is not pages_are_written_after_the_commit:
        return world.broken
    for back in BEFORE_A_DECISION_IS_KNOWN:
        plan = replace(mutant.plan, lives=(world.known_at[0] - back,))
        found = Universe(plan, rules, template, folder / str(back)).run().broken
        if found:
            return found
    return []


@pytest.mark.slow
@pytest.mark.parametrize("name", MUTANTS)
def test_a_planted_bug_is_caught_by_the_invariant_that_it_breaks(
    name: str, rules: Rules, template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    MUTANTS[name].plant(monkeypatch)
    found = broken(name, rules, template, tmp_path)
    assert any(one.startswith(MUTANTS[name].breaks + ":") for one in found), found


@pytest.mark.parametrize("name", MUTANTS)
def test_the_same_story_without_the_bug_breaks_nothing(name: str, rules: Rules, template: Path, tmp_path: Path) -> None:
    world = Universe(MUTANTS[name].plan, rules, template, tmp_path / "run").run()
    assert world.broken == []
    assert world.receipts


def test_a_worker_that_stands_still_silences_the_dead_mans_switch(
    rules: Rules, template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hang(monkeypatch)
    world = Universe(UNANSWERED, rules, template, tmp_path / "run").run()
    assert world.beats <= 2  # before the page was decided, and before it had been due for long
    assert not any(one.startswith("INV11") for one in world.broken)
