"""`amends check`: every error with its line; else what the configuration will do; with --online, whether it works."""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from amends.cli import output
from amends.cli.options import config_option, find_config, log_to_stderr
from amends.observe.printable import printable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from amends.config import Configuration, Problem
    from amends.responses import Library

EXAMPLES = """\b
Examples:
  amends check
  amends check --online
  amends check -c /etc/amends/amends.yaml && systemctl reload amends
"""


@click.command("check", epilog=EXAMPLES)
@config_option
@click.option("--online", is_flag=True, help="Ask every source once and reach every channel, paging nobody.")
@click.option("--json", "as_json", is_flag=True, help="Findings as JSON Lines.")
@click.pass_context
def check_command(ctx: click.Context, config: Path | None, *, online: bool, as_json: bool) -> None:
    """Check the configuration, and say what each source and channel will do and what each person must expect.

    Errors and warnings are written as `FILE:LINE: error: what is wrong, what was found, the way out`. Exit 2 on any
    error, 1 if --online finds a source or channel that fails; warnings alone exit 0.
    """
    from amends.config import ConfigurationError, load  # noqa: PLC0415 - costly, and for this command alone
    from amends.config.rules import library  # noqa: PLC0415 - the same
    from amends.config.secrets import scrub  # noqa: PLC0415 - the same

    path = find_config(config)
    try:
        loaded = load(path, os.environ)
        words = library(loaded)  # templates have errors of their own
    except ConfigurationError as error:
        _problems(error.problems, path, as_json=as_json)
        ctx.exit(2)
    warnings = [*loaded.warnings, *_standing(loaded, words, online=online)]
    _problems(warnings, path, as_json=as_json)
    if not as_json:
        for text in _summary(loaded, path, len(warnings)):
            click.echo(printable(scrub(text, dict.fromkeys(loaded.secrets, "***"))))
    if online:
        ctx.exit(_online(loaded, as_json=as_json))


def _problems(problems: Sequence[Problem], path: Path, *, as_json: bool) -> None:
    for given in problems:
        problem = replace(given, file=_as_given(given.file, path))
        if as_json:
            output.line({"file": problem.file, "line": problem.line, "level": problem.level, "text": problem.text})
        else:
            click.echo(printable(str(problem)))


def _as_given(file: str, path: Path) -> str:
    """Name a file as the configuration was named: relative, if that was."""
    folder, there = path.absolute().parent, Path(file).absolute()
    return str(path.parent / there.relative_to(folder)) if there.is_relative_to(folder) else file


def _standing(config: Configuration, words: Library, *, online: bool) -> list[Problem]:
    """Return warnings that depend on the day: gaps of rotas, untried channels, templates that nobody approved."""
    import asyncio  # noqa: PLC0415 - only where there is no error
    import time  # noqa: PLC0415 - the same
    from datetime import UTC, datetime  # noqa: PLC0415 - the same

    from amends.cli.approved import templates  # noqa: PLC0415 - the same
    from amends.cli.contacts import contacts  # noqa: PLC0415 - the same

    found = [*contacts(config), *templates(config, words, datetime.now(UTC).date())]
    if config.rotas:
        from amends.cli.standing import coverage  # noqa: PLC0415 - costly, and only where there are rotas

        log_to_stderr("error")  # what is wrong with a calendar is told as a warning
        found = [*asyncio.run(coverage(config, time.time(), online=online)), *found]
    return found


def _summary(config: Configuration, path: Path, warnings: int) -> list[str]:
    from amends.config.summary import summary, verdict  # noqa: PLC0415 - only where there is no error

    return [verdict(str(path), warnings), *summary(config)]


def _online(config: Configuration, *, as_json: bool) -> int:
    import asyncio  # noqa: PLC0415 - only with --online

    from amends.cli.online import probe  # noqa: PLC0415 - the same

    log_to_stderr()
    failed = False
    if not as_json:
        click.echo("\nOnline")

    def tell(row: dict[str, Any]) -> None:
        nonlocal failed
        failed = failed or not row["ok"]
        if as_json:
            output.line(row)
        else:
            mark = "ok  " if row["ok"] else "FAIL"
            click.echo(printable(f"  {mark}  {row['what']} {row['id']}: {row['detail']}"))
        sys.stdout.flush()

    asyncio.run(probe(config, tell))
    return 1 if failed else 0
