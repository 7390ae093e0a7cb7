"""`amends oncall`: who is on call, and who would be paged; from the configuration, with no daemon."""

from __future__ import annotations

import asyncio
import time
from datetime import datetime
from pathlib import Path  # noqa: TC003 - click reads the annotations of its callbacks
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import click

from amends.cli import output
from amends.cli.options import config_option, json_option, load_config, log_to_stderr
from amends.model import InputError

if TYPE_CHECKING:
    from amends.config import Configuration
    from amends.model import Seconds

COLUMNS = ("brand", "step", "at", "person", "name", "team", "rota", "held_until", "channels", "why")

EXAMPLES = """\b
Examples:
  amends oncall
  amends oncall --at "Sun 03:00" --severity 1
  amends oncall --at 2026-12-24T22:00 --severity 2 --brand acme
"""


@click.command("oncall", epilog=EXAMPLES)
@config_option
@json_option
@click.option("--at", "moment", metavar="T", help='When: "Sun 03:00", 2026-12-24T22:00, with or without an offset.')
@click.option("--severity", type=click.IntRange(1, 3), default=1, show_default=True, help="1 critical, 3 minor.")
@click.option("--brand", metavar="ID", help="Of one brand only.")
def oncall_command(config: Path | None, moment: str | None, severity: int, brand: str | None, *, as_json: bool) -> None:
    """Say who would be paged now, or then, if nobody acknowledged: step by step, with who is asleep until when.

    No daemon is needed. Times without an offset are on the clock of the configuration. Rotas with a calendar at an
    address use the copy that the daemon keeps, or ask for it where there is none.
    """
    log_to_stderr("error")  # what is wrong with a calendar is for `check` to tell
    loaded = load_config(config)
    if brand is not None and brand not in loaded.brands:
        raise InputError(f"there is no brand {brand!r}; known: {', '.join(loaded.brands)}")
    at = when(moment, time.time(), loaded.timezone)
    found = asyncio.run(_found(loaded, at, severity))
    rows = [
        {"brand": each["brand"], "step": step["step"], "at": step["at"], "severity": severity, **one}
        for each in found["brands"]
        if brand is None or each["brand"] == brand
        for step in each["steps"]
        for one in step["page"]
    ]
    output.rows(rows, COLUMNS, as_json=as_json, empty="Nobody would be paged: there are no people.")
    for rota in found["rotas"]:
        if rota["gap"]:
            instead = f"its fallback {rota['fallback']} is called" if rota["fallback"] else "everyone is called"
            click.echo(f"amends: nobody is on call in the rota {rota['rota']} at {found['at']}: {instead}", err=True)


async def _found(config: Configuration, at: Seconds, severity: int) -> dict[str, Any]:
    from amends.cli.standing import staff_of  # noqa: PLC0415 - costly
    from amends.config.rules import policy, policy_of  # noqa: PLC0415 - the same
    from amends.pipeline.oncall import on_call  # noqa: PLC0415 - the same

    staff, _ = await staff_of(config, fetch=False)
    policies = {id_: policy(policy_of(brand, config), config) for id_, brand in config.brands.items()}
    return on_call(policies, staff, at, severity, timezone=config.timezone)


def when(given: str | None, now: Seconds, timezone: str) -> Seconds:
    """Return the moment that is meant: now, a date and time, or when a weekday and hour come next."""
    if given is None:
        return now
    from amends.config import units  # noqa: PLC0415 - costly, and only for --at
    from amends.escalation import Recurring  # noqa: PLC0415 - the same

    try:
        at = units.at(given)
        return Recurring(1, at.minute, at.weekday).first(now, timezone)
    except ValueError:
        pass
    try:
        moment = datetime.fromisoformat(given)
        return moment.replace(tzinfo=moment.tzinfo or ZoneInfo(timezone)).timestamp()
    except (ValueError, OverflowError):
        raise InputError(f'--at {given!r} is no time; write it like "Sun 03:00" or 2026-12-24T22:00') from None
