"""Opens the database: which driver, which pragmas, who may write."""

from __future__ import annotations

import os
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from amends.model import InputError
from amends.storage.errors import StorageError

if TYPE_CHECKING:
    from sqlalchemy.engine import URL, Connection

BUSY_SECONDS: Final = 10.0  # how long to wait for another process that holds the write lock
READERS: Final = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Engines:
    """One connection that writes, a few that read. `file` is None for PostgreSQL, `where` names it in messages."""

    writer: AsyncEngine
    reader: AsyncEngine
    file: Path | None
    where: str

    async def dispose(self) -> None:
        """Close every connection."""
        await self.reader.dispose()
        await self.writer.dispose()


def connect(url: str, folder: Path, *, durable: bool = True) -> Engines:
    """Return engines for `storage.url`; a relative SQLite path lies in `folder`. Nothing is opened yet."""
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise InputError("storage.url is no database address; write sqlite:///amends.db or postgresql://...") from None
    backend = parsed.get_backend_name()
    if backend == "sqlite":
        return _sqlite(parsed, folder, durable=durable)
    if backend in {"postgresql", "postgres"}:
        return _postgresql(parsed)
    raise InputError(f"storage.url: {backend!r} is not supported; use sqlite:///amends.db or postgresql://...")


# --- SQLite -----------------------------------------------------------------------------------------------------------


def _sqlite(url: URL, folder: Path, *, durable: bool) -> Engines:
    if not url.database or url.database == ":memory:":
        raise InputError("storage.url: SQLite in memory forgets its pages; name a file, as in sqlite:///amends.db")
    file = (folder / url.database).absolute()
    _create(file)
    address = url.set(drivername="sqlite+aiosqlite", database=str(file))

    def engine(begin: str, pool: int, pragmas: tuple[str, ...]) -> AsyncEngine:
        made = create_async_engine(
            address,
            # None: the driver begins nothing by itself, so that BEGIN below is the only one
            connect_args={"isolation_level": None, "timeout": BUSY_SECONDS},
            pool_size=pool,
            max_overflow=0,
        )

        @event.listens_for(made.sync_engine, "connect")
        def prepare(connection: Any, _record: object) -> None:  # noqa: ANN401 - SQLAlchemy's adapter
            cursor = connection.cursor()
            for pragma in pragmas:
                cursor.execute(f"PRAGMA {pragma}")
            cursor.close()
            # SQLite's own lower() knows ASCII alone; searches shall find É by é as PostgreSQL does
            connection.create_function("lower", 1, _lower, deterministic=True)

        @event.listens_for(made.sync_engine, "begin")
        def start(connection: Connection) -> None:
            connection.exec_driver_sql(begin)

        return made

    # secure_delete: what is erased is overwritten, not only let go
    common = ("secure_delete=ON", "foreign_keys=ON", "temp_store=MEMORY", "cache_size=-16384")
    synchronous = "synchronous=FULL" if durable else "synchronous=OFF"
    return Engines(
        writer=engine("BEGIN IMMEDIATE", 1, ("journal_mode=WAL", synchronous, *common)),
        reader=engine("BEGIN", READERS, ("query_only=ON", *common)),
        file=file,
        where=str(file),
    )


def _lower(value: object) -> object:
    return value.lower() if isinstance(value, str) else value


def _create(file: Path) -> None:
    """Make the file for its owner alone (people's words lie in it); SQLite gives its WAL the same rights."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        os.close(os.open(file, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600))
    except OSError as error:
        raise StorageError(
            f"{file}: cannot be opened for writing: {error.strerror}; "
            "give the daemon's user the right to write there, or name another place in storage.url"
        ) from error


# --- PostgreSQL -------------------------------------------------------------------------------------------------------


def _postgresql(url: URL) -> Engines:
    if find_spec("asyncpg") is None:
        raise InputError("storage.url: PostgreSQL needs the driver asyncpg; install amends[postgresql]")
    address = url.set(drivername="postgresql+asyncpg")

    def engine(pool: int, *, read_only: bool) -> AsyncEngine:
        settings = {
            "application_name": "amends",
            "timezone": "UTC",
            "default_transaction_read_only": "on" if read_only else "off",
            "idle_in_transaction_session_timeout": "60s",  # a stuck daemon must not hold its rows for ever
        }
        return create_async_engine(
            address,
            connect_args={"server_settings": settings, "timeout": BUSY_SECONDS, "command_timeout": 60},
            pool_size=pool,
            max_overflow=0,
            pool_pre_ping=True,  # a server that restarted meanwhile costs one query, not one error
        )

    where = url.set(query={}).render_as_string(hide_password=True)
    return Engines(writer=engine(1, read_only=False), reader=engine(READERS, read_only=True), file=None, where=where)
