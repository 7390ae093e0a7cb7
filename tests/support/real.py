"""Real parts of the system: used where they are, skipped loudly where not, demanded with AMENDS_REQUIRE_REAL=1."""

from __future__ import annotations

import os
import shutil

import pytest


def require(reason: str) -> None:
    """Skip with a reason, or fail where every real part is demanded."""
    if os.environ.get("AMENDS_REQUIRE_REAL") == "1":
        pytest.fail(f"a real part is missing: {reason}")
    pytest.skip(f"SKIPPED: {reason}")


def program(name: str) -> str:
    """The path of a program of the system."""
    found = shutil.which(name)
    if found is None:
        require(f"{name} is not installed")
    return str(found)
