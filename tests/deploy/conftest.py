"""One Debian tree for all that is built of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from support.machine import debian

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="session")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Read it, copy it, do not change it."""
    return debian(tmp_path_factory.mktemp("debian"))
