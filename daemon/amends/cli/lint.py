"""`amends lint`: read the draft of an apology or a holding line, say what is missing or hurts, and a better way."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from amends.model import InputError
from amends.observe.printable import printable
from amends.responses.lint import LIMITS, PARTS, lint

if TYPE_CHECKING:
    from amends.responses.lint import Report

_MAX_BYTES = 1 << 20  # a draft is no book


@click.command("lint")
@click.option("--json", "as_json", is_flag=True, help="Print the report as one JSON object.")
@click.option("--network", type=click.Choice(tuple(LIMITS)), help="The network whose length the text must keep to.")
@click.argument("file")
def lint_command(*, as_json: bool, network: str | None, file: str) -> None:
    r"""Check the draft of an apology in FILE, or on standard input with `-`. English and French.

    Exits with 1 if the verdict is fail, with 2 if the draft cannot be read.

    \b
    Examples:
      amends lint draft.txt
      echo "We are sorry if anyone was offended." | amends lint --network x -
    """
    try:
        text = _read(file)
    except InputError as error:
        click.echo(f"error: {error}", err=True)
        raise SystemExit(2) from error
    report = lint(text, network)
    if as_json:
        click.echo(json.dumps(report.document(), ensure_ascii=False).encode("utf-8", "backslashreplace"))
    else:
        click.echo("\n".join(told(report)))
    if report.verdict == "fail":
        raise SystemExit(1)


def told(report: Report) -> list[str]:
    """Return the report as lines for a reader; what the draft says is made harmless for a terminal."""
    there = [name for name in PARTS if report.parts[name]]
    missing = [name for name in PARTS if not report.parts[name]]
    lines = [f"{report.verdict}: {report.kind} ({report.lang})"]
    if report.kind == "apology":
        lines.append(f"  has {', '.join(there) or 'none of the six parts'}")
        lines += [f"  lacks {', '.join(missing)}"] if missing else []
    for one in report.findings:
        lines.append(f"{one.start}-{one.end}: {one.rule}: {printable(one.text)}")
        lines += [f"  why: {one.why}", f"  better: {one.better}"]
    return lines


def _read(file: str) -> str:
    try:
        data = sys.stdin.buffer.read(_MAX_BYTES + 1) if file == "-" else _head(Path(file))
        if len(data) > _MAX_BYTES:
            raise InputError(f"{file}: has more than {_MAX_BYTES} bytes: give one draft")
        text = data.decode("utf-8-sig")
    except OSError as error:
        raise InputError(f"{file}: cannot be read: {error.strerror}; give a file, or - for standard input") from error
    except UnicodeDecodeError as error:
        raise InputError(f"{file}: is not UTF-8 at byte {error.start}: save it as UTF-8") from error
    if not text.strip():
        raise InputError(f"{file}: is empty: write the draft into it")
    return text


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(_MAX_BYTES + 1)
