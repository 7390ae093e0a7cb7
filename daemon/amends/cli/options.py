"""Options that several commands share, and what they mean."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from amends.model import InputError

if TYPE_CHECKING:
    from amends.config import Configuration

config_option = click.option(
    "-c",
    "--config",
    "config",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="The configuration. Default: $AMENDS_CONFIG, ./amends.yaml, /etc/amends/amends.yaml.",
)
json_option = click.option("--json", "as_json", is_flag=True, help="JSON Lines, at a terminal too.")
by_option = click.option("--by", metavar="PERSON", help="Who does it: an id of `people` in the configuration.")


def find_config(option: Path | None) -> Path:
    """Return the configuration to use, or say how to get one."""
    from amends.config import find  # noqa: PLC0415 - costly, and not for every command

    path = find(option, os.environ)
    if path is None:
        raise InputError("there is no amends.yaml here; write one with `amends init NAME`, or name one with -c FILE")
    return path


def load_config(option: Path | None) -> Configuration:
    """Load the configuration to use; every error in it is told with its line."""
    from amends.config import load  # noqa: PLC0415 - costly, and not for every command

    return load(find_config(option), os.environ)


def log_to_stderr(level: str = "warning") -> None:
    """Keep what the rooms log off the results: where nobody says so, structlog writes to standard output."""
    from amends.observe import configure  # noqa: PLC0415 - costly, and only where a command's rooms may log

    configure(form="console", level=level, env=os.environ)
