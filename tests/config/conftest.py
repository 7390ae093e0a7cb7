"""A configuration from text, and the problems of one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from amends.config import Configuration, ConfigurationError, load

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from support.configuration import Load, Problems


@pytest.fixture
def loaded(tmp_path: Path) -> Load:
    """Load a text as amends.yaml."""

    def run(text: str, env: Mapping[str, str] | None = None) -> Configuration:
        path = tmp_path / "amends.yaml"
        path.write_text(text, "utf-8")
        return load(path, env or {})

    return run


@pytest.fixture
def problems(loaded: Load) -> Problems:
    """Return the problems of a text as `LINE: level: text`, warnings of a good one too."""

    def run(text: str, env: Mapping[str, str] | None = None) -> list[str]:
        try:
            found = loaded(text, env).warnings
        except ConfigurationError as error:
            found = error.problems
        return [f"{problem.line}: {problem.level}: {problem.text}" for problem in found]

    return run
