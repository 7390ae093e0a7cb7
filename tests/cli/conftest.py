"""A place where no configuration or daemon of the machine's own is found."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(autouse=True)
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Work in an empty folder, with a state folder of its own."""
    for name in (
        "AMENDS_URL",
        "AMENDS_TOKEN",
        "AMENDS_CONFIG",
        "AMENDS_LOG",
        "STATE_DIRECTORY",
        "CREDENTIALS_DIRECTORY",
    ):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.chdir(tmp_path)
    return tmp_path
