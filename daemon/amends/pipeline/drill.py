"""Drills: a made-up crisis played through the real rota, and how well it was answered. It touches nothing real."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from amends import detection, responses
from amends.incidents import rfc3339
from amends.model import BIN_SECONDS, HOUR, MINUTE, Bin, Kind, Mention, Reading, Seconds, StaleError, Tone, UnknownError
from amends.pipeline import evidence
from amends.pipeline.bins import add, bin_of, small_hash
from amends.pipeline.cases import CASES
from amends.responses.lint import lint

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from amends.model import Incident, IncidentEvent, StartDrill
    from amends.pipeline.cases import CrisisCase
    from amends.pipeline.draft import Draft

REAL: Final = (Kind.TONE, Kind.WATCH, Kind.DELETED)  # kinds that people deal with
UNSEEN: Final[Seconds] = 15 * MINUTE  # how long ago it began, where the detector cannot tell
FIRST_LINE: Final = {1: HOUR / 2, 2: HOUR, 3: HOUR}  # seconds to the first public line, by severity
_USUAL: Final = 5  # a case is written for a brand that hears so many negatives in five minutes, or fewer
_SURE: Final = 0.9  # how negative each of the made-up posts is
_BESIDE: Final = 0.5  # other mentions that come with each of them
_NEGATIVE: Final = Tone("en", -0.7, _SURE, 0.08, 0.02, "negative")
_LOOKS: Final = (*range(1, 16), *range(20, 61, 5))  # minutes after the first post at which the detector is asked


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """What the detector made of a case on the brand's own baseline: after how many seconds, or why it cannot say."""

    after: Seconds | None
    why: str
    reading: Reading | None = None


def start(draft: Draft, command: StartDrill) -> None:
    """Open an incident of kind drill and call the people of the brand's policy; StaleError where none may ring now."""
    case = CASES.get(command.case)
    if case is None:
        raise UnknownError(f"there is no case {command.case[:40]!r}; there are {', '.join(CASES)}")
    if draft.cases(Kind.DRILL):
        message = f"a drill is already running for {draft.brand.id!r}: acknowledge it first"
        raise StaleError(message)
    silenced = draft.silenced_until()
    if silenced is not None:
        message = (
            f"{draft.brand.id!r} is silenced until {rfc3339(silenced)}, so that a drill would reach nobody: end the "
            "silence first (`amends silence list`, `amends silence end ID`), or drill afterwards"
        )
        raise StaleError(message)
    if command.scheduled:
        _give_way(draft, command)
    found = rehearse(draft, case)
    since = draft.now - (UNSEEN if found.after is None else found.after)
    posts = _posts(case, draft, since)
    draft.open(
        Kind.DRILL,
        f"{command.by} started a drill: {case.id}",
        severity=case.severity,
        since=since,
        observed=found.reading.observed if found.reading else 0.0,
        expected=found.reading.expected if found.reading else 0.0,
        reasons=(f"drill: {case.id}", case.story, found.why),
        quotes=evidence.choose_quotes(posts, ()),
        response=responses.holding(
            draft.rules.library,
            kind=Kind.DRILL,
            lang=evidence.crowd_language(posts, draft.brand.languages[0]),
            fallbacks=draft.brand.languages,
            brand=draft.brand.name,
            topic="",
            now=draft.now,
            timezone=draft.brand.timezone,
            crisis=case.crisis,
        ),
        drill=True,
        data={"case": case.id, "detected_after": found.after, "detection": found.why},
    )


def _give_way(draft: Draft, command: StartDrill) -> None:
    """Refuse a drill that nobody asked for while people may be busy with something real."""
    open_here = [draft.brand.id] if draft.cases(*REAL) else []
    brands = sorted({*open_here, *command.busy})
    if brands:
        raise StaleError(f"something real is open for {', '.join(brands)}: nobody practises meanwhile")


def _posts(case: CrisisCase, draft: Draft, since: Seconds) -> list[Mention]:
    return [
        Mention(
            brand=draft.brand.id,
            source="drill",
            id=f"{case.id}-{number}",
            text=post.text.replace("{brand}", draft.brand.name),
            published_at=min(since + post.minute * MINUTE, draft.now),
            seen_at=draft.now,
            tone=_NEGATIVE,
            author=post.author,
            reach=post.reach,
            lang=post.lang,
        )
        for number, post in enumerate(case.posts)
        if number < 3 or since + post.minute * MINUTE <= draft.now  # noqa: PLR2004 - there are three quotes
    ]


# --- would it have been noticed? ---


def rehearse(draft: Draft, case: CrisisCase) -> Rehearsal:
    """Ask a copy of the brand's detector when it would have noticed the case, had it begun in the last hour.

    The case grows with the brand: where a brand usually hears more, so many more speak up. State and bins stay as
    they are.
    """
    live, settings = draft.state.live, draft.brand.detection
    if live.reading is None or live.reading.learned_days < 1:
        return Rehearsal(None, f"detection not scored: less than a day of {draft.brand.name} has been heard so far")
    if draft.cases(Kind.TONE) or live.reading.alarm:
        return Rehearsal(None, "detection not scored: something real is going on")
    begin = max(bin_of(draft.now) - len(case.curve) * BIN_SECONDS, live.watermark)
    usual = live.reading.expected_now * BIN_SECONDS / HOUR
    for minute in _LOOKS:
        at = begin + minute * MINUTE
        if at > draft.now:
            break
        opened = {one.start: one for one in live.bins if one.start <= at}
        for one in _heard(case, begin, minute, usual):
            opened[one.start] = add(opened[one.start], one) if one.start in opened else one
        bins = [opened[start] for start in sorted(opened)]
        reading = detection.read(draft.state.detector, bins, at, settings, settled=live.settled_at)
        if reading.alarm:
            why = f"the detector would have noticed it {minute} minutes after the first post"
            return Rehearsal(at - begin, why, reading)
    return Rehearsal(None, "the detector would not have noticed it within the hour, as this brand's usual day stands")


def _heard(case: CrisisCase, begin: int, minute: int, usual: float) -> Iterator[Bin]:
    """Return what the case adds to each bin up to a minute of it."""
    for number, count in enumerate(case.curve):
        share = min(1.0, (minute * MINUTE - number * BIN_SECONDS) / BIN_SECONDS)
        many = round(max(count, usual * count / _USUAL) * share) if share > 0 else 0
        if many:
            voices = tuple(small_hash(f"drill\0{number}\0{voice}") for voice in range(min(many, 64)))
            mentions = round(many * (1 + _BESIDE))
            yield Bin(
                start=begin + number * BIN_SECONDS,
                mentions=mentions,
                negatives=many,
                p_negative=many * _SURE,
                authors=voices,
                stories=voices,
                sources={"drill": (mentions, many * _SURE)},
            )


# --- how it went ---


def scorecard(incident: Incident, events: Sequence[IncidentEvent]) -> dict[str, Any] | None:
    """Return how a drill went: seconds from its opening, null for what has not happened; None for what is no drill.

    `detected_seconds` counts from the case's first post, on the brand's own baseline; `lint` is the verdict on the
    first text that was published, `in_time` whether that came within its target.
    """
    if incident.kind is not Kind.DRILL:
        return None
    opened = next((event for event in events if event.event == "opened"), None)
    about = dict(opened.data) if opened else {}
    acknowledged = next((event for event in events if event.event == "acknowledged"), None)
    said = next((event for event in events if event.event == "responded"), None)
    first_line = None if said is None else said.at - incident.opened_at
    target = FIRST_LINE[incident.severity]
    return {
        "case": about.get("case"),
        "detected_seconds": about.get("detected_after"),
        "detection": about.get("detection"),
        "acknowledged_seconds": None if acknowledged is None else acknowledged.at - incident.opened_at,
        "acknowledged_by": None if acknowledged is None else acknowledged.by,
        "first_line_seconds": first_line,
        "first_line_target_seconds": target,
        "in_time": None if first_line is None else first_line <= target,
        "lint": _lint(str(said.data.get("text") or "")) if said is not None else None,
    }


def _lint(text: str) -> dict[str, Any] | None:
    if not text.strip():
        return None
    report = lint(text)
    return {
        "verdict": report.verdict,
        "kind": report.kind,
        "findings": [{"rule": one.rule, "text": one.text, "better": one.better} for one in report.findings],
    }
