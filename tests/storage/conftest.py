"""Stores for the tests: every contract runs on SQLite and on a real PostgreSQL."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from amends.storage import Store, schema
from support.postgres import postgres
from support.storage import decide

Open = Callable[..., Awaitable[Store]]


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """The address of a PostgreSQL server with a migrated database called `amends`."""
    memory = Path("/dev/shm")  # noqa: S108 - a private folder in it, in memory: no test waits for the disk
    roomy = memory.is_dir() and shutil.disk_usage(memory).free > 2**30
    # a short name: a Unix socket's path has 107 bytes at most
    folder = Path(tempfile.mkdtemp(prefix="amends-pg-", dir=memory if roomy else None))
    try:
        with postgres(folder) as address:
            _in_a_loop_of_its_own(_prepare(address, folder))
            yield address
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _in_a_loop_of_its_own(work: Coroutine[Any, Any, None]) -> None:
    """Run to the end, though a test's loop may be turning in this thread."""
    with ThreadPoolExecutor(1) as pool:
        pool.submit(asyncio.run, work).result()


async def _prepare(address: str, folder: Path) -> None:
    await execute(address, "ALTER SYSTEM SET fsync = off")  # nobody cuts the power here, and disks are slow
    await execute(address, "SELECT pg_reload_conf()")
    await execute(address, "CREATE DATABASE amends")
    store = await Store.open(of_database(address, "amends"), folder=folder, decide=decide)
    await store.close()


def of_database(address: str, name: str) -> str:
    return address.replace("/postgres?", f"/{name}?")


async def execute(address: str, statement: str) -> None:
    connection = await asyncpg.connect(address)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file without a row."""
    folder = tmp_path_factory.mktemp("template")

    async def make() -> None:
        store = await Store.open("sqlite:///template.db", folder=folder, decide=decide)
        await store.close()

    _in_a_loop_of_its_own(make())
    return folder / "template.db"


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty, migrated database of each kind."""
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("sqlite_template"), tmp_path / "amends.db")
        return f"sqlite:///{tmp_path}/amends.db"
    server: str = request.getfixturevalue("postgresql")
    tables = ", ".join(schema.metadata.tables)
    _in_a_loop_of_its_own(execute(of_database(server, "amends"), f"TRUNCATE {tables}"))
    return of_database(server, "amends")


@pytest.fixture
async def open_store(tmp_path: Path) -> AsyncIterator[Open]:
    """Open stores that are closed when the test ends."""
    opened: list[Store] = []

    async def open_one(address: str, **options: object) -> Store:
        store = await Store.open(address, **{"folder": tmp_path, "decide": decide, "durable": False, **options})  # type: ignore[arg-type]  # options are Store.open's
        opened.append(store)
        return store

    yield open_one
    for store in opened:
        await store.close()


@pytest.fixture
async def store(open_store: Open, url: str) -> Store:
    return await open_store(url)
