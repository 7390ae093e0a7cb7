"""The power is cut at every single database call: what lies on the disk then is looked at, all of it."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any

import aiosqlite
import pytest

from amends.model import PageChange
from amends.storage import Store
from support.storage import NOW, a_bin, a_mention, a_page, a_quote, an_event, an_incident, apply, resolved, say

if TYPE_CHECKING:
    from pathlib import Path

Open = Callable[..., Awaitable[Store]]


class Camera:
    """Keeps a copy of the database's files as they lie before and after each call, the same ones once."""

    def __init__(self, folder: Path, album: Path) -> None:
        self.folder, self.album = folder, album
        self.calls = 0
        self.shots: list[Path] = []
        self._last = ""

    def shoot(self) -> None:
        self.calls += 1
        files = [self.folder / name for name in ("amends.db", "amends.db-wal")]
        now = hashlib.sha256(b"|".join(file.read_bytes() for file in files if file.exists())).hexdigest()
        if now != self._last:
            self._last = now
            shot = self.album / f"{self.calls:05d}"
            shot.mkdir(parents=True)
            for file in files:
                if file.exists():
                    shutil.copy(file, shot)
            self.shots.append(shot)


@pytest.fixture
def camera(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Camera:
    made = Camera(tmp_path, tmp_path / "album")
    real = aiosqlite.core.Connection._execute

    async def watched(self: aiosqlite.Connection, function: Any, *args: Any, **named: Any) -> Any:
        made.shoot()
        result = await real(self, function, *args, **named)
        made.shoot()
        return result

    monkeypatch.setattr(aiosqlite.core.Connection, "_execute", watched)
    return made


def decision(seq: int) -> Any:
    """Everything that a decision can write."""
    snapshot = an_incident(revision=seq, quotes=(a_quote(seq),))
    return say(
        mentions=(a_mention(seq),),
        bins=(a_bin(mentions=1),),
        incidents=(resolved(snapshot) if seq == 4 else snapshot,),
        events=(an_event(seq),),
        pages=(a_page(f"pg_{seq}", step=str(seq), incident=snapshot),),
        page_changes=(PageChange(id=f"pg_{seq - 1}", state="sent", why=""),),
    )


async def look(store: Store) -> tuple[int, int, int]:
    """Check that each decision is there whole or not at all; return how far the story has come."""
    state = await store.state("acme")
    version = state.version if state else 0
    assert len((await store.mentions()).items) == version
    assert sum(one.mentions for one in await store.bins("acme", 0, 2e9)) == version
    assert [event.seq for event in await store.events("inc_1")] == list(range(1, version + 1))
    rows = await store.pages("inc_1")
    assert [row.page.id for row in rows] == [f"pg_{seq}" for seq in range(1, version + 1)]
    assert [row.page.state for row in rows] == ["sent"] * (version - 1) + ["queued"] * bool(version)
    attempts = sum(row.attempts for row in rows)
    cursor = (await store.source_state("news") or {"at": 0})["at"]
    if version:
        incident = await store.incident("inc_1")
        assert incident is not None
        assert incident.quotes == (a_quote(version),)
        assert isinstance(await store.verify("inc_1"), str)
        claim = await store.claim(NOW + 1e6, "after", 1.0)
        assert claim is not None
        assert claim.page.id == f"pg_{version}"
    return version, attempts, cursor


async def test_a_power_cut_at_any_database_call_loses_nothing_and_halves_nothing(
    open_store: Open, camera: Camera, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = await open_store("sqlite:///amends.db", durable=True)
    for seq in range(1, 5):
        await apply(store, decision(seq))
        claim = await store.claim(NOW, "w", 30.0)
        assert claim is not None
        await store.save_source("news", {"at": seq})
    await store.close()
    shots = list(camera.shots)
    monkeypatch.undo()
    assert camera.calls > 400
    seen = []
    for shot in shots:
        if not (shot / "amends.db-wal").exists() and (shot / "amends.db").stat().st_size == 0:
            continue  # before anything was
        again = await open_store("sqlite:///amends.db", folder=shot)
        seen.append(await look(again))
        await again.close()
    assert seen == sorted(seen)  # nothing that was there is ever gone at a later call
    assert {version for version, _, _ in seen} == {0, 1, 2, 3, 4}
    assert seen[-1] == (4, 4, 4)
    assert len(set(seen)) == 13  # every commit is a step of its own: four decisions, four claims, four cursors
