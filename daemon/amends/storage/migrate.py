"""Brings the schema to this release's at start: under a lock, with a backup before, all or nothing."""

from __future__ import annotations

import asyncio
import fcntl
import os
import sqlite3
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import inspect, text

from amends.storage import schema
from amends.storage.errors import OlderProgramError, StorageError, explain, is_database

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from sqlalchemy import Connection

    from amends.storage.engines import Engines

KEEP_BACKUPS: Final = 5
KEY: Final = "backup.key"  # the key that signs links, in a backup's table `meta`
SCRIPTS: Path = Path(__file__).parent / "migrations"
_LOCK_SECONDS: Final = 60.0
_ADVISORY: Final = 0x616D656E6473  # "amends": the name of PostgreSQL's lock


async def migrate(engines: Engines, folder: Path) -> None:
    """Upgrade the database to `schema.HEAD`; OlderProgramError if a newer release has been there already."""
    try:
        if await _revision(engines) == schema.HEAD:
            return
        if engines.file is None:
            await _upgrade(engines)
            return
        async with _locked(folder / "migrate.lock"):
            before = await _revision(engines)  # another process may have been faster
            if before == schema.HEAD:
                return
            if before is not None:
                _refuse_newer(before, engines.where)
                await asyncio.to_thread(_backup, engines.file, folder / "backups", before)
            await _upgrade(engines)
    except Exception as error:
        if is_database(error):
            raise explain(error, engines.where, "migrating the schema") from error
        raise


async def _revision(engines: Engines) -> str | None:
    """Return the stored schema's revision; None for an empty database."""
    async with engines.reader.connect() as connection:
        return await connection.run_sync(_read_revision, engines.where)


def _read_revision(connection: Connection, where: str) -> str | None:
    tables = inspect(connection).get_table_names()
    if "alembic_version" in tables:
        return connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one_or_none()
    strangers = sorted(set(tables) & set(schema.metadata.tables))
    if strangers:
        raise StorageError(
            f"{where}: has tables of ours ({', '.join(strangers)}) but no `alembic_version`: "
            "it was not made by Amends; name another database in storage.url, or restore a backup"
        )
    return None


def _config() -> Any:  # noqa: ANN401 - alembic's, imported only when there is something to migrate
    from alembic.config import Config  # noqa: PLC0415 - 150 ms that a start without migrations need not wait for

    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    config.set_main_option("path_separator", "os")
    return config


def revisions() -> tuple[str, ...]:
    """Return every revision that this program knows, the newest first."""
    from alembic.script import ScriptDirectory  # noqa: PLC0415 - as above

    return tuple(script.revision for script in ScriptDirectory.from_config(_config()).walk_revisions())


def _refuse_newer(stored: str, where: str) -> None:
    if stored not in revisions():
        raise OlderProgramError(
            f"{where}: its schema is {stored!r}, newer than this program's {schema.HEAD!r}; "
            "install the release that wrote it (or a later one), or restore a backup made before it"
        )


async def _upgrade(engines: Engines) -> None:
    async with engines.writer.connect() as connection:
        # SQLite: the writer's BEGIN IMMEDIATE, which in WAL mode locks as much as BEGIN EXCLUSIVE
        if engines.file is None:
            await connection.execute(text("SELECT pg_advisory_xact_lock(:name)"), {"name": _ADVISORY})
        await connection.run_sync(_run_migrations, engines.where)
        await connection.commit()


def _run_migrations(connection: Connection, where: str) -> None:
    from alembic import command  # noqa: PLC0415 - as above

    stored = _read_revision(connection, where)
    if stored is not None:
        _refuse_newer(stored, where)
    config = _config()
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


# --- SQLite's lock and backups ----------------------------------------------------------------------------------------


@asynccontextmanager
async def _locked(path: Path) -> AsyncIterator[None]:
    """Hold a lock on a file beside the database; one process migrates, the others wait for it."""
    handle = os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    try:
        loop = asyncio.get_running_loop()
        end = loop.time() + _LOCK_SECONDS
        while True:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if loop.time() > end:
                    raise StorageError(
                        f"{path}: another process has been migrating for {_LOCK_SECONDS:.0f} s; "
                        "wait for it, or stop it and start again"
                    ) from None
                await asyncio.sleep(0.1)
        yield
    finally:
        os.close(handle)  # and with it the lock


def _backup(file: Path, folder: Path, revision: str) -> None:
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    number = max((_number(path) for path in folder.glob("before-*.db")), default=0) + 1
    copy_database(file, folder / f"before-{number:04d}-from-{revision}.db", key_along(folder.parent))
    for old in sorted(folder.glob("before-*.db"), key=_number)[:-KEEP_BACKUPS]:
        old.unlink()


def key_along(folder: Path) -> dict[str, str]:
    """Return the signing key of a state folder as a backup carries it; nothing where there is none yet."""
    try:
        return {KEY: (folder / "key").read_text("ascii").strip()}
    except (OSError, ValueError):
        return {}


def _number(path: Path) -> int:
    digits = path.name.split("-")[1]
    return int(digits) if digits.isdigit() else 0


def copy_database(file: Path, to: Path, along: Mapping[str, str] | None = None) -> None:
    """Write a whole, compact copy of a SQLite database that may be in use; it appears under its name when it is whole.

    `along` are words that the copy holds in its table `meta` and the database does not. Raises OSError or
    sqlite3.Error; an existing file of that name is replaced.
    """
    part = to.with_name(f".{to.name}.part")
    part.unlink(missing_ok=True)
    os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
    try:
        with closing(sqlite3.connect(f"{file.as_uri()}?mode=ro", uri=True, timeout=60, isolation_level=None)) as source:
            source.execute("VACUUM INTO ?", (str(part),))  # an empty file is as good to it as none
        if along:
            with closing(sqlite3.connect(part)) as copy, copy:
                copy.executemany("INSERT OR REPLACE INTO meta (key, value) VALUES (?, ?)", list(along.items()))
        _flush(part)
        part.replace(to)
        _flush(to.parent)
    finally:
        part.unlink(missing_ok=True)


def empty_log(file: Path) -> None:
    """Write what is in SQLite's log into the database and cut the log, as far as its readers allow now."""
    with closing(sqlite3.connect(file, timeout=10, isolation_level=None)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _flush(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
