"""Opening a database: addresses, places, connections that fail, backups."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import update
from sqlalchemy.exc import IntegrityError

from amends.model import InputError
from amends.storage import StorageError, Store, engines, schema
from amends.storage.errors import explain
from support.storage import a_mention, apply, batch, decide

if TYPE_CHECKING:
    from pathlib import Path

Open = Callable[..., Awaitable[Store]]


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("amends.db", "no database address"),
        ("", "no database address"),
        ("mysql://host/db", "'mysql' is not supported"),
        ("sqlite://", "forgets its pages"),
        ("sqlite:///:memory:", "forgets its pages"),
    ],
)
async def test_an_address_that_names_no_database_of_ours_is_refused(tmp_path: Path, url: str, says: str) -> None:
    with pytest.raises(InputError, match=says):
        await Store.open(url, folder=tmp_path, decide=decide)


async def test_postgresql_without_its_driver_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engines, "find_spec", lambda _name: None)
    with pytest.raises(InputError, match=r"amends\[postgresql\]"):
        await Store.open("postgresql://localhost/amends", folder=tmp_path, decide=decide)


async def test_a_server_that_does_not_answer_is_named_without_its_password(tmp_path: Path) -> None:
    with pytest.raises(StorageError) as caught:
        await Store.open("postgresql://amends:hunter2@127.0.0.1:1/amends", folder=tmp_path, decide=decide)
    assert "127.0.0.1:1/amends" in str(caught.value)
    assert "hunter2" not in str(caught.value)


async def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageError, match=r"file/amends\.db: cannot be opened"):
        await Store.open("sqlite:///file/amends.db", folder=tmp_path, decide=decide)


async def test_a_file_that_is_no_database_is_named_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "amends.db").write_text("dear diary " * 1_000)
    with pytest.raises(StorageError, match="no SQLite database"):
        await Store.open("sqlite:///amends.db", folder=tmp_path, decide=decide)
    assert (tmp_path / "amends.db").read_text().startswith("dear diary")


async def test_the_cores_own_decide_is_the_usual_one(tmp_path: Path) -> None:
    from amends.pipeline.decide import decide as core  # noqa: PLC0415 - the whole core

    store = await Store.open("sqlite:///amends.db", folder=tmp_path)
    assert store._decide is core
    await store.close()
    await store.close()


async def test_commits_of_a_daemon_reach_the_disk(tmp_path: Path, open_store: Open) -> None:
    store = await open_store("sqlite:///amends.db", durable=True)
    async with store._engines.writer.connect() as connection:
        assert (await connection.exec_driver_sql("PRAGMA synchronous")).scalar_one() == 2  # FULL
        assert (await connection.exec_driver_sql("PRAGMA journal_mode")).scalar_one() == "wal"
    assert (tmp_path / "amends.db-wal").stat().st_mode & 0o777 == 0o600


async def test_a_backup_is_whole_while_writing_goes_on(tmp_path: Path, open_store: Open) -> None:
    store = await open_store("sqlite:///amends.db")
    await apply(store, batch(a_mention(1)))
    copy = tmp_path / "copy.db"
    await store.backup(copy)
    await apply(store, batch(a_mention(2)))
    with closing(sqlite3.connect(copy)) as raw:
        assert raw.execute("SELECT id FROM mentions").fetchall() == [("1",)]
    await store.backup(copy)
    restored = await open_store("sqlite:///copy.db")
    assert len((await restored.mentions()).items) == 2
    assert copy.stat().st_mode & 0o777 == 0o600
    with pytest.raises(StorageError, match=r"nowhere.copy\.db"):
        await store.backup(tmp_path / "nowhere" / "copy.db")
    left = await asyncio.to_thread(lambda: [path.name for path in tmp_path.iterdir()])
    assert [name for name in left if name.startswith(".")] == []


async def test_postgresql_leaves_backups_to_its_own_tools(open_store: Open, postgresql: str, tmp_path: Path) -> None:
    store = await open_store(postgresql.replace("/postgres?", "/amends?"))
    with pytest.raises(StorageError, match="pg_dump"):
        await store.backup(tmp_path / "copy.db")
    assert store.free_bytes() > 0


async def test_room_left_is_told_in_bytes(open_store: Open) -> None:
    store = await open_store("sqlite:///amends.db")
    assert store.free_bytes() > 2**20


async def test_a_server_that_dropped_its_connections_is_asked_again(open_store: Open, postgresql: str) -> None:
    address = postgresql.replace("/postgres?", "/amends?")
    store, other = await open_store(address), await open_store(address)
    await store.wakes()
    drop = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = 'amends' AND pid <> pg_backend_pid()"
    async with other._engines.writer.connect() as connection:
        await connection.exec_driver_sql(drop)
    await store.save_source("x", {"a": 1})
    assert await store.source_state("x") == {"a": 1}


async def test_reading_a_damaged_state_says_what_to_do(store: Store) -> None:
    await apply(store, batch(a_mention(1)))
    async with store._engines.writer.begin() as connection:
        await connection.execute(update(schema.brand_state).values(live=b'{"version": 99}'))
    with pytest.raises(StorageError, match="run the release that wrote it"):
        await store.state("acme")


async def test_reading_from_what_is_gone_is_a_storage_error(store: Store) -> None:
    async with store._engines.writer.begin() as connection:
        await connection.exec_driver_sql("ALTER TABLE silences RENAME TO elsewhere")
    try:
        with pytest.raises(StorageError, match="reading failed"):
            await store.silences()
    finally:
        async with store._engines.writer.begin() as connection:
            await connection.exec_driver_sql("ALTER TABLE elsewhere RENAME TO silences")


def test_an_error_names_the_place_the_reason_and_the_way_out_and_no_value() -> None:
    error = explain(OSError(28, "No space left on device"), "/var/lib/amends/amends.db", "writing")
    assert "/var/lib/amends/amends.db: writing failed" in str(error)
    assert "make room" in str(error)
    assert explain(error, "elsewhere", "again") is error
    secret = IntegrityError("INSERT ...", {"text": "a secret"}, ValueError("UNIQUE constraint failed: x"))
    assert "a secret" not in str(explain(secret, "db", "writing"))
    assert "see whether the database is up" in str(explain(ValueError(""), "db", "writing"))
