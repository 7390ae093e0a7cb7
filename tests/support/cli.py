"""Run the command line in this process, at a terminal or not, and see what it wrote."""

from __future__ import annotations

import io
import json
import sys
from dataclasses import dataclass
from typing import Any
from unittest.mock import patch

from amends.cli.app import run


class Terminal(io.StringIO):
    """A text stream that claims to be a terminal."""

    def isatty(self) -> bool:
        return True


@dataclass(frozen=True)
class Ran:
    """What a command did."""

    code: int
    out: str
    err: str

    @property
    def rows(self) -> list[dict[str, Any]]:
        """Standard output as JSON Lines."""
        return [json.loads(line) for line in self.out.splitlines()]


def amends(*arguments: str, terminal: bool = False, columns: int = 120, **env: str) -> Ran:
    """Run `amends ARGUMENTS` with these additions to the environment."""
    out, err = (Terminal(), Terminal()) if terminal else (io.StringIO(), io.StringIO())
    with (
        patch.object(sys, "stdout", out),
        patch.object(sys, "stderr", err),
        patch.dict("os.environ", {"COLUMNS": str(columns), **env}),
    ):
        code = run(arguments)
    return Ran(code, out.getvalue(), err.getvalue())
