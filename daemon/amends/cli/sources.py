"""`amends sources`: list, poll, pause, resume; and try one out."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 - click reads the annotations of its callbacks

import click

from amends.cli import output
from amends.cli.app import LazyGroup
from amends.cli.client import connect, quoted
from amends.cli.options import config_option, json_option

COLUMNS = ("id", "kind", "up", "paused", "last_success", "lag_seconds", "next_poll", "last_error")
_TRY = {
    "Without a daemon": {"try": ("amends.cli.sources_try:try_command", "See what an address or a file would bring.")}
}

EXAMPLES = """\b
Examples:
  amends sources try https://example.org/feed.xml
  amends sources list
  amends sources poll news
  amends sources pause forum
"""


@click.group("sources", epilog=EXAMPLES, cls=LazyGroup, sections=_TRY)
def sources_group() -> None:
    """Mind the sources of the running daemon; or try an address out without one."""


@sources_group.command("list")
@config_option
@json_option
def list_command(config: Path | None, *, as_json: bool) -> None:
    """List the sources and how they do."""
    found = connect(config).get("/api/v1/sources")["sources"]
    output.rows(found, COLUMNS, as_json=as_json, empty="No source is configured.")


def _act(config: Path | None, source: str, action: str, *, as_json: bool) -> None:
    answer = connect(config).post(f"/api/v1/sources/{quoted(source)}/{action}")
    output.rows([answer], COLUMNS, as_json=as_json, empty="")


@sources_group.command("poll")
@config_option
@json_option
@click.argument("source")
def poll_command(config: Path | None, source: str, *, as_json: bool) -> None:
    """Ask a source now."""
    _act(config, source, "poll", as_json=as_json)


@sources_group.command("pause")
@config_option
@json_option
@click.argument("source")
def pause_command(config: Path | None, source: str, *, as_json: bool) -> None:
    """Leave a source alone until it is resumed."""
    _act(config, source, "pause", as_json=as_json)


@sources_group.command("resume")
@config_option
@json_option
@click.argument("source")
def resume_command(config: Path | None, source: str, *, as_json: bool) -> None:
    """Ask a paused source again as usual."""
    _act(config, source, "resume", as_json=as_json)
