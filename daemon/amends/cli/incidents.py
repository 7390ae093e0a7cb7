"""`amends incidents`: list, show, acknowledge, resolve, verify."""

from __future__ import annotations

import sys
import time
from functools import partial
from pathlib import Path  # noqa: TC003 - click reads the annotations of its callbacks
from typing import TYPE_CHECKING, Any

import click

from amends.cli import output
from amends.cli.client import Client, connect, quoted
from amends.cli.options import by_option, config_option, json_option
from amends.cli.people import acting
from amends.cli.silence import end as end_of
from amends.model import HOUR, MINUTE
from amends.observe.printable import printable
from amends.responses import CRISES

if TYPE_CHECKING:
    from collections.abc import Iterator

COLUMNS = ("id", "brand", "kind", "state", "severity", "opened_at", "acknowledged_by", "title")
_PAGE = 100

EXAMPLES = """\b
Examples:
  amends incidents list --state open
  amends incidents show acme-1
  amends incidents ack acme-1 --by lea
  amends incidents advise acme-1 --victim no --preventable yes --about outage
  amends incidents responded acme-1 --by lea --kind full --url https://acme.example/statement
  amends incidents verify
"""


@click.group("incidents", epilog=EXAMPLES)
def incidents_group() -> None:
    """List, show, acknowledge, answer, resolve and verify the incidents of the running daemon."""


@incidents_group.command("list")
@config_option
@json_option
@click.option("--brand", metavar="ID", help="Of one brand only.")
@click.option("--state", type=click.Choice(["open", "recovering", "resolved"]), help="In one state only.")
@click.option("--limit", type=click.IntRange(1), default=_PAGE, show_default=True, help="How many at most.")
def list_command(config: Path | None, brand: str | None, state: str | None, limit: int, *, as_json: bool) -> None:
    """List incidents, newest first."""
    found = _incidents(connect(config), limit, brand=brand, state=state)
    output.rows(found, COLUMNS, as_json=as_json, empty="There is no such incident.")


def _incidents(client: Client, limit: int, **query: str | None) -> Iterator[dict[str, Any]]:
    cursor: str | None = None
    while limit > 0:
        answer = client.get("/api/v1/incidents", limit=min(limit, _PAGE), cursor=cursor, **query)
        yield from answer["incidents"]
        limit -= len(answer["incidents"])
        cursor = answer.get("next")
        if cursor is None:
            return


@incidents_group.command("show")
@config_option
@json_option
@click.argument("incident")
def show_command(config: Path | None, incident: str, *, as_json: bool) -> None:
    """Show one incident: why, quotes, what was said and done, who was told."""
    _show(connect(config).get(f"/api/v1/incidents/{quoted(incident)}"), as_json=as_json)


@incidents_group.command("ack")
@config_option
@json_option
@by_option
@click.argument("incident")
def ack_command(config: Path | None, by: str | None, incident: str, *, as_json: bool) -> None:
    """Say that you have it: nobody else is paged."""
    _act(config, incident, "acknowledge", by, as_json=as_json)


@incidents_group.command("resolve")
@config_option
@json_option
@by_option
@click.argument("incident")
def resolve_command(config: Path | None, by: str | None, incident: str, *, as_json: bool) -> None:
    """Say that it is over."""
    _act(config, incident, "resolve", by, as_json=as_json)


@incidents_group.command("unack")
@config_option
@json_option
@by_option
@click.argument("incident")
def unack_command(config: Path | None, by: str | None, incident: str, *, as_json: bool) -> None:
    """Give it back: nobody has it, and the calls go on."""
    _act(config, incident, "unacknowledge", by, as_json=as_json)


@incidents_group.command("reopen")
@config_option
@json_option
@by_option
@click.argument("incident")
def reopen_command(config: Path | None, by: str | None, incident: str, *, as_json: bool) -> None:
    """Say that it is not over after all."""
    _act(config, incident, "reopen", by, as_json=as_json)


@incidents_group.command("snooze")
@config_option
@json_option
@by_option
@click.option("--for", "duration", default="1h", show_default=True, metavar="DURATION", help="How long: 30m, 4h.")
@click.option("--end", is_flag=True, help="End the snooze now.")
@click.argument("incident")
def snooze_command(
    config: Path | None, by: str | None, duration: str, incident: str, *, end: bool, as_json: bool
) -> None:
    """Be quiet about it for a while."""
    until = None if end else end_of(duration, None, time.time())
    _act(config, incident, "snooze", by, as_json=as_json, until=until)


@incidents_group.command("feedback")
@config_option
@json_option
@by_option
@click.argument("incident")
@click.argument("verdict", type=click.Choice(["real", "noise", "none"]))
def feedback_command(config: Path | None, by: str | None, incident: str, verdict: str, *, as_json: bool) -> None:
    """Say whether it was worth a page; `none` takes the verdict back."""
    _act(config, incident, "feedback", by, as_json=as_json, verdict=None if verdict == "none" else verdict)


@incidents_group.command("responded")
@config_option
@json_option
@by_option
@click.option(
    "--kind", type=click.Choice(["holding", "full"]), default="holding", show_default=True, help="Which text."
)
@click.option("--url", metavar="URL", help="Where it stands.")
@click.option("--text", metavar="WORDS", help="Its words; - reads them from standard input.")
@click.argument("incident")
def responded_command(
    config: Path | None, by: str | None, kind: str, url: str | None, text: str | None, incident: str, *, as_json: bool
) -> None:
    """Note what the brand has said in public; posts in its `own` sources are noted by themselves."""
    words = sys.stdin.read() if text == "-" else text or ""
    _act(config, incident, "responded", by, as_json=as_json, kind=kind, url=url, text=words)


_TOLD = {"yes": True, "no": False, "unknown": None}
_answer = partial(click.option, type=click.Choice(tuple(_TOLD)), default="unknown", show_default=True)


@incidents_group.command("advise")
@config_option
@json_option
@by_option
@_answer("--victim", help="Are we a victim of it?")
@_answer("--unintended", help="Was it unintended, or out of our control?")
@_answer("--preventable", help="Could it have been prevented?")
@_answer("--hurt", help="Is somebody injured?")
@_answer("--before", help="Has the same happened before? unknown: as the record says.")
@click.option("--about", type=click.Choice(CRISES), help="What it is about.")
@click.argument("incident")
def advise_command(
    config: Path | None, by: str | None, incident: str, about: str | None, *, as_json: bool, **answers: str
) -> None:
    """Answer the adviser's questions; it says what to do first, and whether to apologise, inform or refute."""
    client = connect(config)
    given = {name: _TOLD[value] for name, value in answers.items()}
    address = f"/api/v1/incidents/{quoted(incident)}"
    client.post(f"{address}/advise", {"by": acting(by, config), "about": about, **given})
    advice = client.get(address)["advice"]
    if output.machine(as_json=as_json):
        output.line(advice)
        return
    for text in _advised(advice):
        click.echo(printable(text))


def _advised(advice: dict[str, Any]) -> list[str]:
    again = ", and not for the first time" if advice.get("history") else ""
    lines = [f"{advice.get('cluster') or 'still open'}{again}: {advice.get('strategy')} ({advice.get('about')})"]
    steps = [step["text"] + (f" By {step['by']}." if step.get("by") else "") for step in advice.get("checklist") or []]
    lines += _section("First", steps)
    lines += _section("Then", advice.get("say"))
    return lines + _section("Mind", advice.get("warnings"))


def _act(
    config: Path | None, incident: str, action: str, by: str | None, *, as_json: bool, **fields: str | None
) -> None:
    client = connect(config)
    answer = client.post(f"/api/v1/incidents/{quoted(incident)}/{action}", {"by": acting(by, config), **fields})
    output.rows([answer], COLUMNS, as_json=as_json, empty="")


@incidents_group.command("verify")
@config_option
@json_option
@click.argument("incident", required=False)
@click.pass_context
def verify_command(ctx: click.Context, config: Path | None, incident: str | None, *, as_json: bool) -> None:
    """Prove that the record of one incident, or of every one, was not altered; exit 1 where it was."""
    client = connect(config)
    ids = [incident] if incident else [one["id"] for one in _incidents(client, 1_000_000)]
    found = [{"id": id_, **client.get(f"/api/v1/incidents/{quoted(id_)}/verify")} for id_ in ids]
    output.rows(found, ("id", "ok", "head", "detail"), as_json=as_json, empty="There is no incident yet.")
    ctx.exit(0 if all(row.get("ok") is True for row in found) else 1)


# --- one incident, for eyes ---


def _show(incident: dict[str, Any], *, as_json: bool) -> None:
    if output.machine(as_json=as_json):
        output.line(incident)
        return
    for text in described(incident):
        click.echo(text)


def described(incident: dict[str, Any]) -> list[str]:
    """Return an incident as lines for a terminal; everything in it is hostile until made printable."""
    lines = [f"{incident.get('title')}", ""]
    lines += [
        f"{name.replace('_', ' ') + ':':<17}{incident[name]}"
        for name in ("id", "brand", "kind", "state", "severity", "opened_at", "since", "acknowledged_at",
                     "acknowledged_by", "resolved_at", "resolved_by", "observed", "expected", "authenticity", "url")
        if incident.get(name) is not None
    ]  # fmt: skip
    coverage = incident.get("coverage")
    if isinstance(coverage, dict):
        lines.append(f"{'coverage:':<17}{coverage.get('on_time')} of {coverage.get('of')} sources on time")
    lines += _section("Why", incident.get("why"))
    quotes = [
        f"{quote.get('role')}: {quote.get('text')}  ({quote.get('author') or 'no author'}, {quote.get('url') or '-'})"
        for quote in incident.get("quotes") or []
    ]
    lines += _section("Quotes", quotes)
    response = incident.get("response")
    if isinstance(response, dict):
        lines += ["", f"To say ({response.get('template')}, {response.get('lang')}):"]
        lines += [f"  {part}" for part in str(response.get("text")).splitlines()]
    if isinstance(incident.get("score"), dict):
        lines += _section("How the drill went", scored(incident["score"]))
    events = [
        f"{event.get('at')}  {event.get('event')} by {event.get('by')}: {event.get('why')}"
        for event in incident.get("events") or []
    ]
    lines += _section("What happened", events)
    clocks = [
        f"{clock.get('name') + ':':<13}{_span(clock.get('seconds')):>8}  {clock.get('state')}"
        + (f" (target {_span(clock['target_seconds'])})" if clock.get("target_seconds") else "")
        for clock in incident.get("clocks") or []
    ]
    lines += _section("Clocks", clocks)
    pages = [
        f"{page.get('at')}  {page.get('kind')} to {page.get('person')} by {page.get('channel')}: {page.get('state')}"
        + (f" ({page['error']})" if page.get("error") else "")
        for page in incident.get("pages") or []
    ]
    lines += _section("Who was told", pages)
    return [printable(text) for text in lines]


def scored(score: dict[str, Any]) -> list[str]:
    """Return how a drill went as lines."""
    lint, detected = score.get("lint"), score.get("detected_seconds")
    late = "" if score.get("in_time") is None else " (in time)" if score["in_time"] else " (late)"
    by = f" by {score['acknowledged_by']}" if score.get("acknowledged_by") else ""
    wanted = _after(score.get("first_line_target_seconds"))
    words = f"{lint['verdict']}: {', '.join(one['rule'] for one in lint['findings']) or 'no finding'}" if lint else "-"
    return [
        f"case:          {score.get('case')}",
        f"noticed:       {_after(detected) if detected is not None else score.get('detection')}",
        f"acknowledged:  {_after(score.get('acknowledged_seconds'))}{by}",
        f"first line:    {_after(score.get('first_line_seconds'))}{late}, wanted within {wanted}",
        f"its words:     {words}",
    ]


def _after(seconds: float | None) -> str:
    if seconds is None:
        return "not yet"
    return f"{seconds:.0f} s" if seconds < 120 else f"{seconds / 60:.0f} min"  # noqa: PLR2004 - two minutes


def _section(heading: str, parts: list[str] | None) -> list[str]:
    return ["", f"{heading}:", *(f"  {part}" for part in parts)] if parts else []


def _span(seconds: float | None) -> str:
    if seconds is None:
        return "-"
    if seconds < 2 * MINUTE:
        return f"{seconds:.0f} s"
    return f"{seconds / MINUTE:.0f} min" if seconds < 2 * HOUR else f"{seconds / HOUR:.1f} h"
