"""A planted topic is named by the incident: the benchmark's own replays, a few of them."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from types import ModuleType


def benchmark() -> ModuleType:
    path = Path(__file__).resolve().parents[2] / "benchmarks" / "topics.py"
    spec = importlib.util.spec_from_file_location("topics", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.slow
def test_a_planted_topic_is_named_in_at_least_seven_of_eight_replays() -> None:
    topics = benchmark()
    rules = topics._rules()

    found = [topics.named(2_000 + seed, rules, days=1.2) for seed in range(8)]

    assert found.count(None) == 0
    assert found.count(True) >= 7
