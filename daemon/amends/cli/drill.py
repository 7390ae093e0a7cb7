"""`amends drill`: a marked test page through the real channels."""

from __future__ import annotations

import time
from pathlib import Path  # noqa: TC003 - click reads the annotations of its callbacks

import click

from amends.cli import output
from amends.cli.client import connect, quoted
from amends.cli.incidents import scored
from amends.cli.options import by_option, config_option, json_option
from amends.model import DRILL_CASES
from amends.observe.printable import printable

COLUMNS = ("id", "brand", "kind", "state", "severity", "opened_at", "title")

_LOOK = 1.0  # seconds between two looks

EXAMPLES = """\b
Examples:
  amends drill
  amends drill --case data-breach --brand acme --by lea --wait
"""


@click.command("drill", epilog=EXAMPLES)
@config_option
@json_option
@by_option
@click.option("--case", default="outage", show_default=True, help=f"Which crisis: {', '.join(DRILL_CASES)}.")
@click.option("--brand", metavar="ID", help="Whose policy is called. Default: the first brand.")
@click.option("--wait", is_flag=True, help="Wait for its end, and say how it went.")
def drill_command(
    config: Path | None, by: str | None, case: str, brand: str | None, *, wait: bool, as_json: bool
) -> None:
    """Play a made-up crisis, marked as a drill, through the real rota and channels of the running daemon.

    It ends when somebody acknowledges it, or after an hour. How it went (noticed, acknowledged, first line, its words)
    is shown with --wait and by `amends incidents show`; the first line is what is then entered as a response.
    """
    client = connect(config)
    body = {"case": case, **({"by": by} if by else {}), **({"brand": brand} if brand else {})}
    opened = client.post("/api/v1/drills", body)
    output.rows([opened], COLUMNS, as_json=as_json, empty="")
    if not wait:
        return
    while (found := client.get(f"/api/v1/incidents/{quoted(opened['id'])}"))["state"] != "resolved":
        time.sleep(_LOOK)
    if output.machine(as_json=as_json):
        output.line({"id": found["id"], **(found.get("score") or {})})
        return
    for text in scored(found.get("score") or {}):
        click.echo(printable(text))
