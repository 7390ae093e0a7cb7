"""A report as JSON and as Markdown; the page is a template."""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from amends.incidents import clock_document, event_document, incident_document, outbox_document, rfc3339
from amends.model import Kind
from amends.responses import defang, one_line
from amends.web.report.lessons import span

if TYPE_CHECKING:
    from amends.model import Incident, Seconds
    from amends.web.report.facts import Carrier, Report, Spoken

FORMAT = "amends-report/1"
SEVERITIES = {1: "critical", 2: "major", 3: "minor"}
_MARKS = re.compile(r"([\\`*_{}\[\]<>#|~])")  # what Markdown, or HTML in it, might obey
_SHORT = 300


def document(report: Report) -> dict[str, Any]:
    """Return a report as plain values."""
    spread = report.spread
    return {
        "format": FORMAT,
        "made_at": rfc3339(report.made_at),
        "timezone": report.timezone,
        "incident": incident_document(report.incident, url=report.url),
        "clocks": [clock_document(clock) for clock in report.clocks],
        "half_life": None
        if report.half_life is None
        else {"seconds": report.half_life.seconds, "low": report.half_life.low, "high": report.half_life.high},
        "curve": {
            "step_seconds": report.step,
            "points": [
                {"at": rfc3339(slot.start), "negative_per_hour": round(slot.observed, 3), "usual": slot.expected,
                 "heard": slot.heard}
                for slot in report.slots
            ],
        },
        "spread": {
            "mentions": spread.mentions,
            "negative": spread.negative,
            "voices": spread.voices,
            "sources": [{"source": source, "negative": count} for source, count in spread.sources],
            "stories": [_carrier(one) for one in spread.stories],
            "loudest": [_carrier(one) for one in spread.loudest],
        },
        "texts": [_text(one) for one in report.spoken],
        "load": [
            {"person": one.person, "pages": one.pages, "notices": one.notices, "night_pages": one.night,
             "failed": one.failed}
            for one in report.load
        ],
        "change": list(report.lessons),
        "events": [event_document(event) for event in report.events],
        "pages": [outbox_document(row.page, attempts=row.attempts, at=row.updated_at) for row in report.pages],
    }  # fmt: skip


def _carrier(one: Carrier) -> dict[str, Any]:
    return {
        "count": one.count, "text": one.text[:500], "source": one.source, "at": rfc3339(one.at), "url": one.url,
        "reach": one.reach,
    }  # fmt: skip


def _text(one: Spoken) -> dict[str, Any]:
    return {
        "kind": one.kind, "at": rfc3339(one.at), "by": one.by, "text": one.text, "url": one.url,
        "template": one.template, "lint": None if one.lint is None else one.lint.document(),
    }  # fmt: skip


def markdown(report: Report) -> str:
    """Return a report as Markdown: for a wiki, a ticket, a terminal."""
    incident, spread = report.incident, report.spread
    parts = [
        f"# {_safe(incident.title)}",
        _head(report),
        "## Clocks",
        _table(("", "took", "aimed at", ""), [
            (clock.name, "-" if clock.seconds is None else span(clock.seconds),
             "-" if clock.target is None else span(clock.target), clock.state)
            for clock in report.clocks
        ]),
        "## What to change",
        _list([_safe(line).replace("\\`", "`") for line in report.lessons], raw=True),  # our own, with code in them
        "## What was heard",
        _list([
            f"{spread.mentions} mentions, {spread.negative} of them negative, from {spread.voices} voices",
            *_height(incident),
            *([str(report.half_life)] if report.half_life else []),
            *(f"{count} from {source}" for source, count in spread.sources),
        ]),
        *_carriers("Told more than once", [(f"{one.count} times", one) for one in spread.stories]),
        *_carriers("Heard the farthest", [(f"reach {one.reach}", one) for one in spread.loudest]),
        *_quoted(report),
        "## What was said",
        *[_said(one, report) for one in report.spoken],
        "## Whom it cost",
        _table(("person", "pages", "by night", "notices", "failed"), [
            (one.name, one.pages, one.night, one.notices, one.failed) for one in report.load
        ]) if report.load else "Nobody was told.",
        "## What happened",
        _list([
            f"{_clock(event.at, report)} **{event.event}** by {_safe(event.by)}: {_safe(event.why)}"
            for event in report.events
        ], raw=True),
    ]  # fmt: skip
    return "\n\n".join(parts) + "\n"


def _height(incident: Incident) -> list[str]:
    if incident.kind is not Kind.TONE:
        return []
    return [f"at its height {incident.observed:.1f} negative an hour where {incident.expected:.1f} were usual"]


def _quoted(report: Report) -> list[str]:
    incident = report.incident
    if not incident.quotes:
        return []
    heading = "### What vanished" if incident.kind is Kind.DELETED else "### What was quoted"
    lines = [
        f"{_clock(one.published_at, report)} ({_safe(one.source)}): {_foreign(one.text)}" for one in incident.quotes
    ]
    return [heading, _list(lines, raw=True)]


def _head(report: Report) -> str:
    incident = report.incident
    what = f"kind {incident.kind.value}, {SEVERITIES[incident.severity]}, {incident.state.value}"
    drill = " A drill: nothing of it was real." if incident.drill else ""
    return f"{_safe(report.name)}, {what}.{drill} Times: {report.timezone}. Made {_clock(report.made_at, report)}."


def _carriers(heading: str, found: list[tuple[str, Carrier]]) -> list[str]:
    if not found:
        return []
    lines = [f"{many} ({_safe(one.source)}): {_foreign(one.text)}" + (f" <{one.url}>" if _plain_url(one.url) else "")
             for many, one in found]  # fmt: skip
    return [f"### {heading}", _list(lines, raw=True)]


def _said(one: Spoken, report: Report) -> str:
    head = f"**{one.kind}**, {_clock(one.at, report)}, {_safe(one.by)}"
    head += f", template {_safe(one.template)}" if one.template else ""
    head += f", <{one.url}>" if _plain_url(one.url) else ""
    lines = [_safe(line) for line in one.text.splitlines() if line.strip()] or ["(its words were not noted)"]
    text = "\n".join(f"> {line}" for line in lines)
    if one.lint is None:
        return f"{head}\n\n{text}"
    findings = [
        f"{one_found.rule}: \u201c{_foreign(one_found.text)}\u201d: {_safe(one_found.better)}"
        for one_found in one.lint.findings
    ]
    return f"{head}\n\n{text}\n\nLint: {one.lint.verdict}" + (f"\n\n{_list(findings, raw=True)}" if findings else "")


def _table(heads: tuple[str, ...], rows: list[tuple[Any, ...]]) -> str:
    cells = [[_safe(str(cell)) for cell in row] for row in (heads, *rows)]
    lines = [cells[0], ["---"] * len(heads), *cells[1:]]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def _list(lines: list[str], *, raw: bool = False) -> str:
    return "\n".join(f"- {line if raw else _safe(line)}" for line in lines)


def _safe(text: str, limit: int = 2_000) -> str:
    """Return a text on one line in which Markdown and HTML find nothing to obey."""
    return _MARKS.sub(r"\\\1", one_line(text, limit))


def _foreign(text: str) -> str:
    """Return a stranger's text, short, safe, and without a link to follow."""
    return _safe(defang(text), _SHORT)


def _plain_url(url: str | None) -> bool:
    return bool(url) and re.fullmatch(r"https?://[^\s<>\"'\\]+", url or "") is not None


def _clock(at: Seconds, report: Report) -> str:
    return f"{datetime.fromtimestamp(at, ZoneInfo(report.timezone)):%Y-%m-%d %H:%M}"
