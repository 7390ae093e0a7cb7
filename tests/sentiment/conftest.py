"""What the tests of tone share: one router, and the data that lies beside the repository where it does."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from amends.sentiment import Router

if TYPE_CHECKING:
    from collections.abc import Callable

SHARED = Path(__file__).resolve().parents[3] / "shared" / "data"


@pytest.fixture(scope="session")
def router() -> Router:
    return Router()


@pytest.fixture(scope="session")
def shared() -> Callable[[str], list[dict[str, Any]]]:
    """Return a reader of the JSON Lines files that lie beside the repository; without them the test is skipped."""

    def read(name: str) -> list[dict[str, Any]]:
        path = SHARED / name
        if not path.exists():
            message = f"{path} is not here: the data lies beside the repository, not in it"
            if os.environ.get("AMENDS_REQUIRE_REAL") == "1" and SHARED.exists():
                pytest.fail(message)
            pytest.skip(message)
        return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]

    return read
