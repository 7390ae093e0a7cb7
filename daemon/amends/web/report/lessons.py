"""What to change after an incident: rules over its own figures, each with the way to do it."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from amends.model import HOUR, MINUTE

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from amends.incidents import StageClock
    from amends.model import Incident, Seconds
    from amends.storage import StoredPage
    from amends.web.report.facts import Load, Spoken

_MISSED: Final = {
    "detect": "ask the sources more often (`every`), or add the one where it began",
    "page": "see the channels below, and try them with `amends check --online`",
    "acknowledge": "shorten `after` in the escalation policy, or put a second person into its first step",
    "holding": "say the holding line of the page as it is: it needs no facts",
    "full": "decide beforehand who may approve a statement",
}
_WORDS: Final = {
    "detect": "From the first sign to the incident", "page": "To the first page",
    "acknowledge": "Until somebody had it",
    "holding": "To the first public line", "full": "To the full statement",
}  # fmt: skip


def lessons(
    incident: Incident,
    clocks: Sequence[StageClock],
    pages: Sequence[StoredPage],
    spoken: Sequence[Spoken],
    load: Sequence[Load],
) -> tuple[str, ...]:
    """Return what to change, the most urgent first; one line of praise where there is nothing."""
    found = [
        *_late(clocks),
        *_undelivered(pages),
        *_unsaid(incident, clocks, spoken),
        *_people(load),
        *_hearing(incident),
    ]
    return tuple(found) or ("Every clock met its target and every message arrived. Nothing to change.",)


def _late(clocks: Sequence[StageClock]) -> Iterator[str]:
    for clock in clocks:
        if clock.target is None or clock.state not in {"missed", "late"}:
            continue
        took = "it never came" if clock.seconds is None else span(clock.seconds)
        yield f"{_WORDS[clock.name]}: {took}, aimed at {span(clock.target)}. To do: {_MISSED[clock.name]}."


def _undelivered(pages: Sequence[StoredPage]) -> Iterator[str]:
    failed = Counter(row.page.channel for row in pages if row.page.state == "failed")
    for channel, count in failed.most_common():
        last = next(row for row in reversed(pages) if row.page.channel == channel and row.page.state == "failed")
        why = (last.error or last.page.why or "no reason given")[:120]
        yield f"Channel {channel} failed {count} time{'' if count == 1 else 's'} ({why}). To do: mend or replace it."


def _unsaid(incident: Incident, clocks: Sequence[StageClock], spoken: Sequence[Spoken]) -> Iterator[str]:
    published = [one for one in spoken if one.kind != "suggested"]
    if any(clock.name == "holding" for clock in clocks) and not published and not incident.drill:
        yield "No public answer was noted. To do: put the brand's own feeds under `own`, or note it with `responded`."
    for one in published:
        if one.lint is not None and one.lint.verdict != "pass":
            rules = ", ".join(dict.fromkeys(finding.rule for finding in one.lint.findings)) or "parts are missing"
            verdict = f"The {one.kind} text got {one.lint.verdict} from the lint ({rules})"
            yield f"{verdict}. To do: run `amends lint` on it before it goes out."
    if incident.feedback == "noise":
        yield "It was judged noise. To do: `exclude` what was heard wrongly, or ask for fewer `false_pages`."
    elif incident.feedback is None and not incident.drill:
        yield "Nobody has said whether it was worth a page. To do: press Real or Noise; the next page shows the record."


def _people(load: Sequence[Load]) -> Iterator[str]:
    woken = [one for one in load if one.night]
    for one in woken:
        yield (
            f"{one.name} was woken {one.night} time{'' if one.night == 1 else 's'} by night. "
            "To do: share the nights with a rota, and give the next morning off."
        )
    reached = [one for one in load if one.pages]
    if len(reached) == 1 and reached[0].pages > 1:
        yield f"{reached[0].name} bore it alone. To do: put a second person into the policy."


def _hearing(incident: Incident) -> Iterator[str]:
    coverage = incident.coverage
    if coverage.on_time < coverage.of:
        silent = ", ".join(coverage.silent[:5])
        were = "source was" if coverage.of == 1 else "sources were"
        yield f"{coverage.of - coverage.on_time} of {coverage.of} {were} silent ({silent}). To do: see /sources."


def span(seconds: Seconds) -> str:
    """Return a duration in words."""
    if seconds < 2 * MINUTE:
        return f"{seconds:.0f} s"
    return f"{seconds / MINUTE:.0f} min" if seconds < 2 * HOUR else f"{seconds / HOUR:.1f} h"
