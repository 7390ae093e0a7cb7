"""Fixtures of the web's tests: an empty town, and one in which a storm has just broken out."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from support.web import fill, running

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from support.web import Town


@pytest.fixture(scope="session")
def stormy_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return asyncio.run(fill(tmp_path_factory.mktemp("town")))


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return asyncio.run(fill(tmp_path_factory.mktemp("empty"), days=0))


@pytest.fixture
async def town(tmp_path: Path, empty_database: Path) -> AsyncIterator[Town]:
    async with running(tmp_path, empty_database) as found:
        yield found


@pytest.fixture
async def stormy(tmp_path: Path, stormy_database: Path) -> AsyncIterator[Town]:
    async with running(tmp_path, stormy_database) as found:
        yield found
