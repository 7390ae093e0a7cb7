"""One line that says it all: the head of a page, and an incident's title."""

from __future__ import annotations

from itertools import dropwhile, takewhile
from typing import TYPE_CHECKING

from amends.model import Kind, Stage
from amends.responses.harmless import cut, defang, one_line
from amends.responses.wording import clock, coverage, number, say

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from amends.model import Incident

HEADLINE = 110  # characters: what a lock screen shows
BRAND = 40  # characters of a brand's name
_TERMS = 3  # rising terms that are named
_NAMED = 2  # and watched ones
_TERM = 30  # characters of one
_TERM_WORDS = 3
MOST_TIMES = 1_000.0  # times the usual: above it, the number says nothing
_WATCHED = "watched: "


def headline(incident: Incident, brand_name: str, lang: str, timezone: str) -> str:
    """Return one line of at most 110 characters: brand, how many times the usual, since when, about what."""
    return line(incident, brand_name, lang, timezone, brief=False)


def line(
    incident: Incident, brand_name: str, lang: str, timezone: str, *, brief: bool, authors: Collection[str] = ()
) -> str:
    """Return the headline; `brief` leaves out what may name a person: `authors` are the watched ones."""
    brand = one_line(brand_name, BRAND)
    text = _event(incident, brand, lang, hits(incident, brief=brief, authors=authors)[:_NAMED])
    if incident.state is not Stage.RESOLVED and incident.kind is not Kind.DRILL:
        since = say(lang, "since", time=clock(incident.since, incident.updated_at, lang, timezone))
        text = _longer(text, since)
        named = [say(lang, "quoted", text=term) for term in topics(incident, brief=brief)]
        while named:
            longer = _longer(
                text, say(lang, "about", topics=", ".join(named)), limit=HEADLINE - len(mark(incident, lang))
            )
            if longer != text:
                text = longer
                break
            named.pop()
    return cut(mark(incident, lang) + text, HEADLINE)


def mark(incident: Incident, lang: str) -> str:
    """Return what stands before every line of a drill."""
    return f"{say(lang, 'drill_mark')} " if is_drill(incident) else ""


def is_drill(incident: Incident) -> bool:
    """Tell whether nothing of this is real."""
    return incident.drill or incident.kind is Kind.DRILL


def topics(incident: Incident, *, brief: bool) -> list[str]:
    """Return the rising terms of a tone incident: the short entries with which its `why` begins."""
    if incident.kind is not Kind.TONE:
        return []
    terms = [one_line(entry, _TERM) for entry in takewhile(is_term, incident.why)]
    return [defang(term) for term in terms if term and not (brief and is_private(term))][:_TERMS]


def hits(incident: Incident, *, brief: bool, authors: Collection[str] = ()) -> list[str]:
    """Return the watched terms and authors of an incident, the last told first.

    A watched term is the operator's own word; `brief` leaves out the watched `authors` and what looks like an address.
    """
    found = named(incident.why)
    shown = [one for one in found if not (brief and (one in authors or is_private(one_line(one))))]
    return [told for one in shown if (told := defang(one_line(one, _TERM)))]


def is_private(term: str) -> bool:
    """Tell what looks like a handle or an address."""
    return "@" in term or "/" in term or defang(term) != term


def reasons(incident: Incident) -> list[str]:
    """Return what `why` says after its rising terms."""
    return list(dropwhile(is_term, incident.why)) if incident.kind is Kind.TONE else list(incident.why)


def is_term(entry: str) -> bool:
    """Tell a rising term from a reason told in words."""
    words = entry.split()
    counted = len(words) > 1 and any(word[:1].isdigit() for word in words)
    return 0 < len(words) <= _TERM_WORDS and len(entry) <= _TERM and ":" not in entry and not counted


def watched(what: str) -> str:
    """Return the reason that a watched term or author is."""
    return f"{_WATCHED}{what}"


def is_watched(why: str) -> bool:
    """Tell a watched term or author from other reasons."""
    return why.startswith(_WATCHED)


def with_watched(why: Sequence[str], told: Sequence[str]) -> tuple[str, ...]:
    """Return reasons with the watched ones of `told` too, behind the rising terms; those that were not there first."""
    terms = tuple(takewhile(is_term, why))
    new = tuple(one for one in told if is_watched(one) and one not in why)
    return (*terms, *new, *why[len(terms) :])


def named(why: Sequence[str]) -> list[str]:
    """Return what was on the watch list, as far as the reasons say."""
    return [entry.removeprefix(_WATCHED) for entry in why if is_watched(entry)]


def times(incident: Incident, lang: str) -> str | None:
    """Return how many times the usual was heard, in words; None where the usual is nothing or the number absurd."""
    if incident.expected <= 0 or not incident.observed / incident.expected < MOST_TIMES:
        return None
    return say(lang, "times", number=number(incident.observed / incident.expected, lang))


def _event(incident: Incident, brand: str, lang: str, what: Sequence[str]) -> str:
    cover = coverage(lang, incident.coverage.on_time, incident.coverage.of)
    if incident.state is Stage.RESOLVED:
        calm = incident.resolved_by in {None, "amends"}  # a person's word says nothing of the tone: it may still rage
        ends = {Kind.TONE: "back" if calm else "over", Kind.BLIND: "sighted", Kind.DRILL: "drilled"}
        return say(lang, ends.get(incident.kind, "over"), brand=brand, **cover)
    if incident.kind is Kind.TONE:
        many = times(incident, lang)
        return say(lang, "tone_many", brand=brand) if many is None else say(lang, "tone", brand=brand, times=many)
    if incident.kind is Kind.WATCH and what:
        quoted = ", ".join(say(lang, "quoted", text=one) for one in what)
        return say(lang, "watch_named", brand=brand, what=quoted)
    return say(lang, incident.kind.value, brand=brand, **cover)


def _longer(text: str, more: str, limit: int = HEADLINE) -> str:
    return text + more if len(text) + len(more) <= limit else text
