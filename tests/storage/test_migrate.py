"""The schema: what the migrations make, how they are run, and what they refuse."""

from __future__ import annotations

import asyncio
import shutil
import sqlite3
from collections.abc import Awaitable, Callable
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, text

from amends.model import InputError
from amends.storage import OlderProgramError, StorageError, Store, migrate, schema
from support.storage import a_mention, apply, batch, decide

if TYPE_CHECKING:
    from pathlib import Path

Open = Callable[..., Awaitable[Store]]

SECOND = """
import sqlalchemy as sa
from alembic import op
revision, down_revision, branch_labels, depends_on = "{number}", "{before}", None, None
def upgrade():
    op.add_column("meta", sa.Column("note_{number}", sa.Text(), nullable=True))
    {more}
def downgrade():
    raise NotImplementedError
"""


@pytest.fixture
def release(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Make this program a later release, with one more migration."""
    scripts = tmp_path / "scripts"
    shutil.copytree(migrate.SCRIPTS, scripts, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(migrate, "SCRIPTS", scripts)

    def make(number: str, more: str = "") -> None:
        step = SECOND.format(number=number, before=schema.HEAD, more=more)
        (scripts / "versions" / f"{number}_next.py").write_text(step)
        monkeypatch.setattr(schema, "HEAD", number)

    return make


def columns(file: Path) -> list[str]:
    with closing(sqlite3.connect(file)) as raw:
        return [row[1] for row in raw.execute("PRAGMA table_info(meta)")]


async def test_the_migrations_make_exactly_the_tables_that_the_program_uses(store: Store) -> None:
    def differences(connection: Connection) -> list[object]:
        options = {"compare_type": True, "compare_server_default": True}
        return list(compare_metadata(MigrationContext.configure(connection, opts=options), schema.metadata))

    async with store._engines.reader.connect() as connection:
        assert await connection.run_sync(differences) == []


def test_the_head_is_the_newest_revision_and_the_way_to_it_is_one_line() -> None:
    known = migrate.revisions()
    assert known[0] == schema.HEAD
    assert list(known) == sorted(known, reverse=True)


async def test_every_stateful_table_has_the_brand_first_in_its_key() -> None:
    without = {"source_state", "meta"}
    for name, table in schema.metadata.tables.items():
        assert (next(iter(table.primary_key)).name == "brand") == (name not in without), name


async def test_a_database_of_a_newer_release_stops_an_older_program(open_store: Open, url: str) -> None:
    store = await open_store(url)
    async with store._engines.writer.begin() as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    try:
        with pytest.raises(OlderProgramError, match="newer than this program's") as caught:
            await open_store(url)
        assert isinstance(caught.value, InputError)
        assert "9999" in str(caught.value)
    finally:
        async with store._engines.writer.begin() as connection:
            await connection.execute(text("UPDATE alembic_version SET version_num = :head"), {"head": schema.HEAD})


async def test_a_fresh_database_is_migrated_without_a_backup(open_store: Open, tmp_path: Path) -> None:
    await open_store("sqlite:///new/amends.db")
    assert (tmp_path / "new" / "amends.db").stat().st_mode & 0o777 == 0o600
    assert not (tmp_path / "backups").exists()


async def test_a_migration_leaves_a_backup_that_the_earlier_release_can_open(
    open_store: Open, tmp_path: Path, release: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    earlier = await open_store("sqlite:///amends.db")
    await apply(earlier, batch(a_mention(1)))
    await earlier.close()
    now = schema.HEAD
    with monkeypatch.context():
        release("9002")
        later = await open_store("sqlite:///amends.db")
    assert await later.known("acme", [("news", "1")])
    assert "note_9002" in columns(tmp_path / "amends.db")
    backup = tmp_path / "backups" / f"before-0001-from-{now}.db"
    assert backup.stat().st_mode & 0o777 == 0o600
    assert "note_9002" not in columns(backup)
    with closing(sqlite3.connect(backup)) as raw:
        assert raw.execute("SELECT id FROM mentions").fetchall() == [("1",)]


async def test_the_last_five_backups_are_kept(open_store: Open, tmp_path: Path, release: Callable[..., None]) -> None:
    await (await open_store("sqlite:///amends.db")).close()
    for number in range(9002, 9009):
        release(f"{number:04d}")
        await (await open_store("sqlite:///amends.db")).close()
    names = sorted(path.name for path in (tmp_path / "backups").iterdir())
    assert [name[:11] for name in names] == [f"before-{number:04d}" for number in range(3, 8)]


async def test_a_migration_that_fails_leaves_the_schema_as_it_was(
    open_store: Open, tmp_path: Path, release: Callable[..., None]
) -> None:
    await (await open_store("sqlite:///amends.db")).close()
    before = schema.HEAD
    release("9002", more='op.execute("INSERT INTO nowhere VALUES (1)")')
    with pytest.raises(StorageError, match="migrating the schema failed"):
        await open_store("sqlite:///amends.db")
    assert "note_9002" not in columns(tmp_path / "amends.db")
    with closing(sqlite3.connect(tmp_path / "amends.db")) as raw:
        assert raw.execute("SELECT version_num FROM alembic_version").fetchall() == [(before,)]


async def test_processes_that_start_at_once_migrate_once(open_store: Open) -> None:
    stores = await asyncio.gather(*(open_store("sqlite:///amends.db") for _ in range(4)))
    assert len({store.where for store in stores}) == 1


async def test_a_migration_that_takes_too_long_elsewhere_is_named(
    open_store: Open, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(migrate, "_LOCK_SECONDS", 0.05)
    async with migrate._locked(tmp_path / "migrate.lock"):
        with pytest.raises(StorageError, match="another process has been migrating"):
            await open_store("sqlite:///amends.db")


async def test_tables_of_somebody_else_are_left_alone(open_store: Open, tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "other.db")) as raw:
        raw.execute("CREATE TABLE mentions (x)")
    with pytest.raises(StorageError, match="not made by Amends"):
        await open_store("sqlite:///other.db")


async def test_postgresql_is_migrated_under_a_lock(open_store: Open, postgresql: str, tmp_path: Path) -> None:
    address = postgresql.replace("/postgres?", "/empty?")
    store = await Store.open(postgresql.replace("/postgres?", "/amends?"), folder=tmp_path, decide=decide)
    async with store._engines.writer.connect() as connection:
        driver = (await connection.get_raw_connection()).driver_connection
        assert driver is not None
        await driver.execute("DROP DATABASE IF EXISTS empty")
        await driver.execute("CREATE DATABASE empty")
    await store.close()
    stores = await asyncio.gather(*(open_store(address) for _ in range(3)))
    assert (await apply(stores[0], batch(a_mention(1)))).state.version == 1
