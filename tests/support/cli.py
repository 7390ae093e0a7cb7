"""Run the command line in this process, at a terminal or not, and see what it wrote."""

from __future__ import annotations

import io
import json
import logging
import sys
import warnings
from dataclasses import dataclass
from typing import Any
from unittest.mock import patch

import structlog

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
    root = logging.getLogger()
    before = structlog.get_config(), list(root.handlers), root.level
    try:
        with (
            patch.object(sys, "stdout", out),
            patch.object(sys, "stderr", err),
            patch.object(warnings, "showwarning", warnings.showwarning),
            patch.dict("os.environ", {"COLUMNS": str(columns), **env}),
        ):
            code = run(arguments)
    finally:
        logging.captureWarnings(capture=False)
        structlog.configure(**before[0])
        root.handlers[:], root.level = before[1], before[2]
    return Ran(code, out.getvalue(), err.getvalue())
