"""What the apology lint finds in a text, as sets to ask of."""

from __future__ import annotations

from amends.responses.lint import PARTS, lint


def parts(text: str) -> set[str]:
    """The parts of an apology that it has."""
    report = lint(text)
    return {name for name in PARTS if report.parts[name]}


def rules(text: str) -> set[str]:
    """The rules that it breaks."""
    return {one.rule for one in lint(text).findings}
