"""`amends silence`: keep a brand from paging for a while."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from pathlib import Path  # noqa: TC003 - click reads the annotations of its callbacks

import click

from amends.cli import output
from amends.cli.client import connect, quoted
from amends.cli.options import by_option, config_option, json_option
from amends.cli.people import acting
from amends.model import InputError

COLUMNS = ("id", "brand", "until", "reason", "by", "story")

EXAMPLES = """\b
Examples:
  amends silence add acme --for 2h --reason "the launch film is out" --by lea
  amends silence list
  amends silence end sil_1 --by lea
"""


@click.group("silence", epilog=EXAMPLES)
def silence_group() -> None:
    """Keep a brand, or one story of it, from paging until an end that must be given."""


@silence_group.command("add")
@config_option
@json_option
@by_option
@click.argument("brand")
@click.option("--for", "lasting", metavar="DURATION", help="How long from now, like 30m, 2h or 1d.")
@click.option("--until", metavar="TIME", help="Until when, like 2026-12-04T20:00Z.")
@click.option("--reason", required=True, help="Why; the others will read it.")
@click.option("--story", metavar="ID", help="Only one story; the rest may page.")
def add_command(
    config: Path | None,
    by: str | None,
    brand: str,
    lasting: str | None,
    until: str | None,
    reason: str,
    story: str | None,
    *,
    as_json: bool,
) -> None:
    """Begin a silence."""
    body = {"brand": brand, "until": end(lasting, until, time.time()), "reason": reason, "by": acting(by, config)}
    answer = connect(config).post("/api/v1/silences", {**body, **({"story": story} if story else {})})
    output.rows([answer], COLUMNS, as_json=as_json, empty="")


@silence_group.command("list")
@config_option
@json_option
def list_command(config: Path | None, *, as_json: bool) -> None:
    """List the silences that hold."""
    found = connect(config).get("/api/v1/silences")["silences"]
    output.rows(found, COLUMNS, as_json=as_json, empty="No silence holds.")


@silence_group.command("end")
@config_option
@by_option
@click.argument("silence")
def end_command(config: Path | None, by: str | None, silence: str) -> None:
    """End a silence now."""
    body = {"by": acting(by, config)}
    connect(config).ask("DELETE", f"/api/v1/silences/{quoted(silence)}", body)
    click.echo(f"The silence {silence} has ended.", err=True)


def end(lasting: str | None, until: str | None, now: float) -> str:
    """Return the end of a silence in RFC 3339, UTC; exactly one of the two must be given."""
    if (lasting is None) == (until is None):
        raise InputError("say when the silence ends: --for 2h, or --until 2026-12-04T20:00Z")
    if lasting is not None:
        from amends.config.units import duration  # noqa: PLC0415 - costly, and only for --for

        try:
            at = now + duration(lasting)
        except ValueError as error:
            raise InputError(f"--for {lasting!r} {error}") from None
    else:
        try:
            moment = datetime.fromisoformat(until or "")
        except ValueError:
            raise InputError(f"--until {until!r} is no time; write it like 2026-12-04T20:00Z") from None
        at = moment.replace(tzinfo=moment.tzinfo or UTC).timestamp()
    if at <= now:
        raise InputError("the silence would end before it begins; give a later end")
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
