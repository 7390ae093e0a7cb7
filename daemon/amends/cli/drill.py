"""`amends drill`: a marked test page through the real channels."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 - click reads the annotations of its callbacks

import click

from amends.cli import output
from amends.cli.client import connect
from amends.cli.options import by_option, config_option, json_option

COLUMNS = ("id", "brand", "kind", "state", "severity", "opened_at", "title")

EXAMPLES = """\b
Examples:
  amends drill
  amends drill --case outage --brand acme --by lea
"""


@click.command("drill", epilog=EXAMPLES)
@config_option
@json_option
@by_option
@click.option("--case", default="outage", show_default=True, help="Which crisis to play.")
@click.option("--brand", metavar="ID", help="Whose policy is called. Default: the first brand.")
def drill_command(config: Path | None, by: str | None, case: str, brand: str | None, *, as_json: bool) -> None:
    """Send a test page, marked as a drill, through the real channels of the running daemon.

    It ends when somebody acknowledges it, or after an hour.
    """
    body = {"case": case, **({"by": by} if by else {}), **({"brand": brand} if brand else {})}
    output.rows([connect(config).post("/api/v1/drills", body)], COLUMNS, as_json=as_json, empty="")
