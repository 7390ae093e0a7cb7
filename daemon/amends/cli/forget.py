"""`amends forget`: erase an author's words from the running daemon's store."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 - click reads the annotations of its callbacks

import click

from amends.cli import output
from amends.cli.client import connect
from amends.cli.options import by_option, config_option, json_option

EXAMPLES = """\b
Examples:
  amends forget @angry_customer --by lea
"""


@click.command("forget", epilog=EXAMPLES)
@config_option
@json_option
@by_option
@click.argument("author")
def forget_command(config: Path | None, by: str | None, author: str, *, as_json: bool) -> None:
    """Erase an author's words wherever they lie: posts, quotes, messages. Counts and proofs stay.

    The name is matched whole, in any case, with or without @. Backups are yours to replace.
    """
    answer = connect(config).post("/api/v1/erasures", {"author": author} | ({"by": by} if by else {}))
    output.rows([answer], ("author", "erased", "by", "at"), as_json=as_json, empty="")
