"""`amends replay`: recorded mentions through the ordinary detector, as fast as the machine can."""

from __future__ import annotations

import sys
from collections import Counter
from contextlib import nullcontext
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from amends.cli import output
from amends.cli.options import config_option, json_option, load_config, log_to_stderr
from amends.model import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from amends.cli.records import Records
    from amends.cli.report import Course
    from amends.model import Item
    from amends.pipeline import Decision, Rules

WORTH_A_RATE = 3.0  # days from which a rate per 30 days says something
COLUMNS = ("at", "brand", "event", "severity", "observed", "expected", "since", "why")
EXAMPLES = """\b
Examples:
  amends replay mentions.jsonl
  amends replay week-1.jsonl week-2.jsonl -c amends.yaml --report storm.html
  amends replay labelled.jsonl --labels human_label
  zcat mentions.jsonl.gz | amends replay -
"""


@click.command("replay", epilog=EXAMPLES)
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
@config_option
@json_option
@click.option("--labels", metavar="KEY", help="Take this field (negative, neutral, positive) as the tone.")
@click.option(
    "--report",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Write a page with pictures too (*.md: Markdown).",
)
def replay_command(
    files: tuple[str, ...], config: Path | None, labels: str | None, report: Path | None, *, as_json: bool
) -> None:
    """Run recorded mentions (JSON Lines) through the detector, and write what would have happened, event by event.

    Files are merged by `published_at`. Nothing is sent, nobody acknowledges, the state folder is untouched, every
    source is taken to have been heard. Without -c the brands are the names in the records.
    """
    from amends.cli.records import Records, open_file  # noqa: PLC0415 - costly, and for this command alone
    from amends.pipeline.replay import replay  # noqa: PLC0415 - the same

    log_to_stderr()
    if files.count("-") > 1:
        raise InputError("- stands twice: standard input can be read once")
    rules = _configured(config) if config else None
    with Records() as records:
        for name in files:
            records.add(name, open_file(name))
        rules = rules or named_rules(records)
        if report is not None:
            _writable(report)
        course, tally = _course(rules, report), Tally(rules)
        machine = output.machine(as_json=as_json)
        with _watched(records) as items:
            raw = list(_told(replay(items, rules, labels), tally, course, machine=machine))
    rows = [dated(row) for row in raw]
    if not machine:
        output.rows(rows, COLUMNS, as_json=False, empty=f"Nothing would have paged in {len(records)} mentions.")
    for words in tally.lines():
        click.echo(words, err=True)
    if report is not None:
        _write(report, summary(rows, len(records)) if course is None else course.html(raw, len(records)))


def _told(
    decisions: Iterable[Decision], tally: Tally, course: Course | None, *, machine: bool
) -> Iterator[dict[str, Any]]:
    """Yield the rows of a replay as they come, and write them at once where a program reads them."""
    from amends.pipeline.replay import event_rows  # noqa: PLC0415 - costly, and for this command alone

    for decision in decisions:
        tally.take(decision)
        if course is not None:
            course.take(decision)
        for row in event_rows(decision):
            if machine:
                output.line(dated(row))
            yield row


class Tally:
    """How often the present settings would have paged, brand by brand, and which brands never could."""

    def __init__(self, rules: Rules) -> None:
        self._brands = rules.brands
        self._opened: Counter[tuple[str, str]] = Counter()
        self._span: dict[str, tuple[float, float]] = {}
        self._never: dict[str, bool] = {}

    def take(self, decision: Decision) -> None:
        """Note what a decision opened, and how far its brand's time has come."""
        brand, live = decision.state.brand, decision.state.live
        if live.first_at is not None and decision.reading is not None:
            self._span[brand] = (live.first_at, decision.reading.at)
            self._never[brand] = decision.reading.learned_days >= 1.0 and decision.reading.page_above is None
        kinds = {one.id: one.kind.value for one in decision.incidents}
        for event in decision.events:
            if event.event == "opened":
                self._opened[brand, kinds[event.incident]] += 1

    def lines(self) -> Iterator[str]:
        """Yield a line a brand: paged so often in so many days, so often in thirty, and what was allowed."""
        for brand, (first, last) in sorted(self._span.items()):
            days = max(last - first, 1.0) / 86_400
            kinds = [f"{many} by {kind}" for (one, kind), many in sorted(self._opened.items()) if one == brand]
            many = sum(count for (one, _), count in self._opened.items() if one == brand)
            allowed = 30 * self._brands[brand].detection.false_pages_per_day
            text = f"{brand}: would have paged {many} time{'' if many == 1 else 's'} in {days:.1f} days"
            text += f" ({', '.join(kinds)})" if kinds else ""
            if days >= WORTH_A_RATE:
                text += f", {30 * many / days:.1f} in 30 days; {allowed:.2g} false ones are allowed"
            if days <= 1.0:
                text += "; within a brand's first day its watch list alone pages"
            if self._never.get(brand):
                text += "; as it is set, no number of negatives would page"
            yield text


def _course(rules: Rules, report: Path | None) -> Course | None:
    """Return what follows the replay for a page of it; None where no page is asked for."""
    if report is None or report.suffix.lower() in {".md", ".markdown"}:
        return None
    from amends.cli.report import Course  # noqa: PLC0415 - costly, and only with --report

    return Course(rules)


def _configured(config: Path) -> Rules:
    from amends.config.rules import rules  # noqa: PLC0415 - costly, and only with -c

    return rules(load_config(config))


def named_rules(records: Records) -> Rules:
    """Return rules for the brands that the records name; InputError where a record names none."""
    from amends.config.ids import slug  # noqa: PLC0415 - costly, and only without -c
    from amends.config.models import Brand, Configuration  # noqa: PLC0415 - the same
    from amends.config.rules import rules  # noqa: PLC0415 - the same

    if records.nameless is not None:
        raise InputError(f"{records.nameless}: error: the record names no brand; add one, or name a file with -c")
    languages = tuple(lang for lang in records.languages if lang.isalpha() and len(lang) == 2) or ("en",)  # noqa: PLR2004 - ISO 639-1
    brands: dict[str, Brand] = {}
    for name in records.brands:
        try:
            brands[slug(name, brands)] = Brand(name=name, languages=languages)
        except ValueError:
            raise InputError(f"the brand {name!r} of a record is no name; it needs a letter or digit") from None
    return rules(Configuration(path=Path("replay"), brands=brands))


def _watched(records: Records) -> Any:  # noqa: ANN401 - click's progress bar, or none
    if not sys.stderr.isatty():
        return nullcontext(records)
    items: Iterable[Item] = records
    return click.progressbar(items, length=len(records), label="replaying", file=sys.stderr, show_pos=True)


def dated(row: dict[str, Any]) -> dict[str, Any]:
    """Return a row with its times in RFC 3339."""
    return {key: stamp(value) if key in {"at", "since"} else value for key, value in row.items()}


def stamp(seconds: float | None) -> str | None:
    """Write a time in RFC 3339, UTC, to the second."""
    if seconds is None:
        return None
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


# --- the report ---


def summary(rows: list[dict[str, Any]], mentions: int) -> str:
    """Return a replay as Markdown: each incident with what it saw, then its events."""
    incidents = {row["incident"]: row for row in reversed(rows)}
    lines = ["# Replay", "", f"{mentions} mentions, {len(incidents)} incidents.", ""]
    for incident in sorted(incidents, key=lambda one: incidents[one]["at"]):
        own = [row for row in rows if row["incident"] == incident]
        worst = min(own, key=lambda row: row["severity"])
        lines += [
            f"## {_plain(incident)}: {_plain(own[0]['brand'])}, severity {worst['severity']}",
            "",
            f"Since {own[0]['since']}: {worst['observed']:g} negatives where {worst['expected']:g} were expected.",
            "",
            "| when | event | severity | why |",
            "| --- | --- | --- | --- |",
            *_events(own),
            "",
        ]
    return "\n".join(lines)


def _events(rows: list[dict[str, Any]]) -> Iterator[str]:
    for row in rows:
        yield f"| {row['at']} | {row['event']} | {row['severity']} | {_plain(row['why'])} |"


def _plain(value: Any) -> str:  # noqa: ANN401 - whatever a row holds
    """Make a text harmless in Markdown: it may quote strangers."""
    text = " ".join(str(value).split())
    return "".join(f"\\{char}" if char in "\\`*_{}[]<>#|!" else char for char in text)


def _writable(path: Path) -> None:
    """Say before the work that its report has no place to go."""
    if not path.absolute().parent.is_dir():
        raise InputError(f"--report {path} cannot be written: {path.absolute().parent} is no folder; name another file")


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, "utf-8")
    except OSError as error:
        raise InputError(f"--report {path} cannot be written: {error.strerror}; name another file") from None
    click.echo(f"Report: {path}", err=True)
