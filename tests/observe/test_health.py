"""Readiness by parts, and the loop's lag."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time

import pytest

from amends import observe
from amends.observe import Health, sample_lag


def test_all_parts_must_stand() -> None:
    health = Health()
    assert not health.ready
    assert health.why == ("storage: has not started yet", "web: has not started yet", "workers: has not started yet")
    for part in ("storage", "web", "workers"):
        health.up(part)
    assert health.ready
    health.down("storage", "the disk is full")
    assert health.why == ("storage: the disk is full",)
    assert not health.ready


async def test_a_held_loop_is_seen_as_lag() -> None:
    seen: list[float] = []
    task = asyncio.create_task(sample_lag(seen.append, every=0.01))
    await asyncio.sleep(0.05)
    time.sleep(0.2)  # noqa: ASYNC251 - this is what is to be seen
    await asyncio.sleep(0.05)
    task.cancel()
    assert max(seen) > 0.1
    assert min(seen) >= 0


def test_a_client_s_part_of_this_room_is_light() -> None:
    code = """
import sys
from amends.observe import Lock
from amends.observe.printable import printable
print([name for name in ("prometheus_client", "structlog", "numpy", "aiohttp") if name in sys.modules])
"""
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"


def test_an_unknown_name_is_no_part_of_this_room() -> None:
    with pytest.raises(AttributeError, match="nothing"):
        observe.nothing  # noqa: B018 - looked up to fail
