"""The title of a page: at most 60 characters, of which brand and fact are the last to give way."""

from __future__ import annotations

from typing import TYPE_CHECKING

from amends.model import Kind, Stage
from amends.responses.harmless import cut, defang, one_line
from amends.responses.headline import BRAND, hits, mark, times, topics
from amends.responses.wording import coverage, say

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from amends.model import Incident, Reason

SHORT = 60  # characters
_NAMED = 2  # facts that are named where there is room
_NAMES = (BRAND, 24, 14)  # characters of a brand's name, the most that fits
_SIZES = (30, 18, 12)  # characters of a fact, the most that fits
_ALL = 2  # of the three lengths of a line
_CALLS = ("first", "unacknowledged", "drill")  # reasons that say what has happened, not what has changed


def short(
    incident: Incident,
    brand_name: str,
    lang: str,
    reason: Reason,
    *,
    brief: bool = False,
    authors: Collection[str] = (),
) -> str:
    """Return a page's title, at most 60 characters: the brand and what it is about, in the fewest words that it takes.

    What it is about is a watched term or author, else a rising term, else how many times the usual. Words that only
    frame it are the first to go. Nothing in it is a stranger's sentence or handle; `brief` leaves out watched `authors`
    and the names of sources, too.
    """
    head, text = mark(incident, lang), ""
    facts = _facts(incident, brief=brief, authors=authors)
    for text in _wordings(incident, brand_name, lang, reason, facts):
        if len(head) + len(text) <= SHORT:
            break
    return cut(head + text, SHORT)


def _facts(incident: Incident, *, brief: bool, authors: Collection[str]) -> list[str]:
    """Return what tells this incident from others of its brand, the best first."""
    if incident.kind is Kind.DELETED:  # the brand's own words
        return [] if brief else [defang(one_line(one.text)) for one in incident.quotes[:1] if one.text]
    if incident.kind is Kind.BLIND:
        return [] if brief else [one_line(one) for one in incident.coverage.silent]
    return [*hits(incident, brief=brief, authors=authors), *topics(incident, brief=True)]


def _wordings(incident: Incident, brand: str, lang: str, reason: Reason, facts: Sequence[str]) -> Iterator[str]:
    """Yield the title in ever fewer words."""
    names = [one_line(brand, size) for size in _NAMES]
    if reason in ("acknowledged", "alive"):
        by = one_line(incident.acknowledged_by or say(lang, "somebody"), 20)
        yield from (say(lang, f"short_{reason}", brand=one, by=by) for one in names)
        return
    named = 1 if reason == "story" else _NAMED  # of a new story its own word, which stands first
    for place, name in enumerate(names):
        for size in _SIZES if place else _SIZES[:1]:
            quoted = [say(lang, "quoted", text=one_line(one, size)) for one in facts[:named]]
            every = [", ".join(quoted[:count]) for count in range(len(quoted), 0, -1)] or [""]
            lines = [
                [_line(incident, name, lang, reason, what, words=words) for what in every] for words in (_ALL, 1, 0)
            ]
            if incident.kind is Kind.WATCH:  # its frame says least: a second word is worth more
                lines = [list(column) for column in zip(*lines, strict=True)]
            yield from (one for row in lines for one in row)


def _line(incident: Incident, brand: str, lang: str, reason: Reason, what: str, *, words: int) -> str:
    """Return brand, event and fact in one line. `words`: 2 all, 1 without the event, 0 the least of the reason too."""
    event = _event(incident, lang)
    key = "first" if reason in _CALLS else reason
    if reason == "resolved" and incident.kind in (Kind.BLIND, Kind.DRILL):
        key, what = "first", ""
    if not what and (incident.kind is Kind.TONE or key == "first"):
        what, event = event, ""
    values = {"event": event, "severity": say(lang, f"sev{incident.severity}"), "what": what}
    if not what:
        text = say(lang, f"bare_{key}", **values)
    elif key == "first":
        text = f"{event}, {what}" if event and words == _ALL else what
    else:
        text = say(lang, f"{'told' if words == _ALL else 'tight'}_{key}", **values) if words else what
    line = say(lang, "short_line", brand=brand, text=text)
    if reason == "unacknowledged":
        return say(lang, "short_unacknowledged" if words else "tight_unacknowledged", line=line)
    return line


def _event(incident: Incident, lang: str) -> str:
    """Return what has happened, without brand and fact."""
    cover = coverage(lang, incident.coverage.on_time, incident.coverage.of)
    if incident.state is Stage.RESOLVED and incident.kind in (Kind.BLIND, Kind.DRILL):
        return say(lang, f"ended_{incident.kind.value}", **cover)
    many = times(incident, lang) if incident.kind is Kind.TONE else None
    if many is not None:
        return say(lang, "event_tone", times=many)
    key = "event_tone_many" if incident.kind is Kind.TONE else f"event_{incident.kind.value}"
    return say(lang, key, **cover)
