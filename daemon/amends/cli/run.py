"""`amends run`: the daemon."""

from __future__ import annotations

from pathlib import Path  # noqa: TC003 - click reads the annotations of its callbacks

import click

from amends.cli.options import config_option, find_config

EXAMPLES = """\b
Examples:
  amends run
  amends run -c /etc/amends/amends.yaml
  AMENDS_LOG=debug amends run
"""


@click.command("run", epilog=EXAMPLES)
@config_option
@click.pass_context
def run_command(ctx: click.Context, config: Path | None) -> None:
    """Run the daemon until SIGINT or SIGTERM; SIGHUP reads the configuration again.

    When it is ready it prints one line, `Amends is ready: http://...`, on standard output; its log goes to standard
    error. A faulty new configuration is refused and the old one kept.
    """
    from amends import service  # noqa: PLC0415 - the whole daemon, for this command alone

    ctx.exit(service.run(find_config(config)))
