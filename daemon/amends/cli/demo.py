"""`amends demo`: a crisis in a town made up on this machine."""

from __future__ import annotations

import click

EXAMPLES = """\b
Examples:
  amends demo
  amends demo --speed 120
"""


@click.command("demo", epilog=EXAMPLES)
@click.option("--speed", type=click.FloatRange(1, 240), default=120, show_default=True, help="Times faster than life.")
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="Of the web view. Default: any free one.")
@click.pass_context
def demo_command(ctx: click.Context, speed: float, port: int) -> None:
    """Watch a crisis come and go: nothing to set up, nothing leaves this machine.

    Real servers on loopback play an ordinary fortnight and then a bad day; the ordinary daemon hears it, pages (here,
    and to an ntfy on loopback), watches the tone recover, and moves on. State is temporary. Ctrl-C stops it.
    """
    from amends import demo  # noqa: PLC0415 - the whole daemon, for this command alone

    ctx.exit(demo.run(speed=speed, port=port))
