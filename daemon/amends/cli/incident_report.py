"""`amends report`: the report of an incident, from the running daemon."""

from __future__ import annotations

from pathlib import Path

import click

from amends.cli import output
from amends.cli.client import connect, quoted
from amends.cli.options import config_option
from amends.model import AmendsError, InputError
from amends.observe.printable import printable

EXAMPLES = """\b
Examples:
  amends report inc_1a2b                       Markdown, for a terminal or a wiki
  amends report inc_1a2b -o report.html        a page that needs nothing else; print it
  amends report inc_1a2b --json
"""
_FORMS = {".html": "html", ".htm": "html", ".md": "md", ".json": "json"}


@click.command("report", epilog=EXAMPLES)
@config_option
@click.option("--json", "as_json", is_flag=True, help="The same as --as json.")
@click.option(
    "--as", "form", type=click.Choice(["md", "html", "json"]), help="Its form. Default: of FILE's name, or md."
)
@click.option("-o", "--output", "path", type=click.Path(path_type=Path), metavar="FILE", help="Write it there.")
@click.argument("incident")
def report_command(config: Path | None, form: str | None, path: Path | None, incident: str, *, as_json: bool) -> None:
    """Tell an incident's story: clocks, curve, what spread it, what was said, whom it cost, what to change."""
    wanted = "json" if as_json else form or _form_of(path)
    client = connect(config)
    text = client.text(f"/api/v1/incidents/{quoted(incident)}/report", **{"as": wanted})
    if path is None:
        click.echo(text if output.machine(as_json=as_json) else printable(text, lines=True), nl=not text.endswith("\n"))
        return
    try:
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise AmendsError(f"{path}: cannot be written: {error.strerror}") from None
    click.echo(str(path))


def _form_of(path: Path | None) -> str:
    """Return the form that a file's name asks for."""
    if path is None or not path.suffix:
        return "md"
    if path.suffix.lower() not in _FORMS:
        known = ", ".join(_FORMS)
        raise InputError(
            f"{path}: a report is no {path.suffix!r}: end its name in one of {known}, or say its form (--as); "
            "for a PDF print the .html"
        )
    return _FORMS[path.suffix.lower()]
