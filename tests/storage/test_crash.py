"""A store whose process is killed, and one that two processes share."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import sqlite3
import sys
from collections.abc import Awaitable, Callable
from contextlib import closing
from pathlib import Path

import pytest

from amends.storage import Store
from support.storage import NOW, a_mention, apply, batch

Open = Callable[..., Awaitable[Store]]
TESTS = Path(__file__).parent.parent


async def start(folder: Path, name: str, brand: str = "acme", times: int = 0) -> asyncio.subprocess.Process:
    script = str(TESTS / "support" / "storage_child.py")
    path = os.pathsep.join((str(TESTS), str(TESTS.parent / "daemon")))
    return await asyncio.create_subprocess_exec(
        sys.executable, script, str(folder), name, brand, str(times),
        stdout=asyncio.subprocess.PIPE, env={**os.environ, "PYTHONPATH": path},
    )  # fmt: skip


async def committed(child: asyncio.subprocess.Process, least: int, pause: float) -> list[str]:
    """Wait until `least` writes were confirmed, and a moment; kill -9; return all that were confirmed."""
    assert child.stdout is not None
    lines = [await child.stdout.readline() for _ in range(least)]
    await asyncio.sleep(pause)
    child.send_signal(signal.SIGKILL)
    lines += (await child.stdout.read()).splitlines(keepends=True)
    await child.wait()
    return [line.decode().strip() for line in lines if line.endswith(b"\n")]


async def whole(store: Store, folder: Path, brand: str = "acme") -> set[str]:
    """Check that every decision is there with all that it wrote, or not at all; return the ids of the mentions."""
    with closing(sqlite3.connect(folder / "amends.db")) as raw:
        assert raw.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    state = await store.state(brand)
    assert state is not None
    version, incident = state.version, f"inc_{brand}"
    found = await store.mentions(brand=brand, limit=1_000)
    pages = await store.pages(incident)
    events = await store.events(incident)
    snapshot = await store.incident(incident)
    assert snapshot is not None
    assert (len(found.items), found.next) == (version, None)
    assert sum(one.mentions for one in await store.bins(brand, 0, 2e9)) == version
    assert (len(pages), [event.seq for event in events]) == (2 * version, list(range(1, version + 1)))
    assert (snapshot.revision, state.live.incidents) == (version, version)
    assert sum(row.page.state == "sent" for row in pages) == version - 1
    assert isinstance(await store.verify(incident), str)
    return {one.mention.id for one in found.items}


@pytest.mark.slow
async def test_a_store_killed_at_any_moment_has_every_confirmed_decision_whole(
    tmp_path: Path, open_store: Open
) -> None:
    moments = random.Random(1)
    confirmed: set[str] = set()
    for life in range(6):
        child = await start(tmp_path, f"life{life}")
        confirmed |= set(await committed(child, 2 + life, moments.random() * 0.05))
        store = await open_store("sqlite:///amends.db")
        there = await whole(store, tmp_path)
        assert confirmed <= there
        assert len(there) <= len(confirmed) + life + 1  # at most the one under way in each life
        claim = await store.claim(NOW + 1e6, "w", 1.0)
        assert claim is not None  # the page decided in the last moment is still to be sent
        await store.retry(claim.page.id, NOW, "")
        await store.close()


@pytest.mark.slow
async def test_two_processes_may_write_one_brand_of_one_file(tmp_path: Path, open_store: Open) -> None:
    store = await open_store("sqlite:///amends.db")
    await apply(store, batch(a_mention("first", brand="globex")), brand="globex")
    children = [await start(tmp_path, name, brand, 25) for name, brand in (("one", "acme"), ("two", "globex"))]
    assert [await child.wait() for child in children] == [0, 0]
    assert await whole(store, tmp_path) == {f"one-{number}" for number in range(1, 26)}
    assert len((await store.mentions(brand="globex")).items) == 26
