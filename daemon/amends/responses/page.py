"""The text of a page: what happened, how sure we are, who said what, and what to say."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from amends.model import Kind, Stage
from amends.responses.adviser import GRAVE, NOTICE, about
from amends.responses.because import because
from amends.responses.harmless import cut, defang, fit_bytes, one_line
from amends.responses.headline import hits, is_drill, is_private, is_term, is_watched, line, mark, named, reasons
from amends.responses.wording import clock, counted, language_name, number, say, zone_of
from amends.responses.wording import coverage as told_coverage

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from amends.model import Incident, Quote, Reason

LIMIT = 3_000  # bytes in UTF-8: with title, buttons and links within ntfy's 4,096
_QUOTE_SIZES = (220, 140, 80, 40, 0)  # characters of a quote, the most that fits
_WHY = 240  # characters of reasons
_RESPONSE = 1_500  # characters of the words to say
_URL = 500  # characters of a link; a longer one is left behind the button
_NAMED = 6  # silent sources that are named
_UNSEEN = "unseen: "  # how the reason of what began and ended unheard begins
_SPEAKS = ("first", "raised", "unacknowledged", "story", "drill")  # reasons whose reader may have to speak


def body(
    incident: Incident,
    brand_name: str,
    lang: str,
    timezone: str,
    *,
    reason: Reason,
    brief: bool,
    authors: Collection[str] = (),
) -> str:
    """Return the text of a page in the reader's language and time zone, at most `LIMIT` bytes.

    Headline and reason, the numbers and why, three quotes each with its link, coverage, our record, what to do first,
    the response, and what to remember. Everything strangers wrote is one line of visible characters; links within a
    quote are defanged, the quote's own address stands in a line of its own. `brief` leaves out quotes, handles,
    addresses and everything else that a public server should not carry; the watched words are the operator's own and
    stay, but for watched `authors`. Where it would be too long, the quotes give way first.
    """
    text = ""
    for size in (0,) if brief else _QUOTE_SIZES:
        head = line(incident, brand_name, lang, timezone, brief=brief, authors=authors)
        parts = _parts(incident, head, lang, timezone, reason=reason, brief=brief, size=size)
        text = "\n\n".join(part for part in parts if part)
        if len(text.encode("utf-8", "replace")) <= LIMIT:
            return text
    return fit_bytes(text, LIMIT)


def discreet(
    incident: Incident, brand_name: str, lang: str, timezone: str, *, authors: Collection[str] = ()
) -> Incident:
    """Return an incident as a brief message may carry it: no quotes, no stranger's handle or address in why and title.

    `authors` are the watched ones.
    """
    kept = set(hits(incident, brief=True, authors=authors))
    why = [one for one in incident.why if not is_watched(one) or named([one])[0] in kept]
    private = {one for one in why if is_term(one) and is_private(one)} if incident.kind is Kind.TONE else set()
    return replace(
        incident,
        quotes=(),
        why=tuple(one for one in why if one not in private),
        title=line(incident, brand_name, lang, timezone, brief=True, authors=authors),
    )


def alive(incident: Incident, lang: str, timezone: str) -> str:
    """Return the text of the proof of life: heard, paged, on time; `observed` and `expected` hold the two counts."""
    counts = {"mentions": counted(incident.observed, lang), "pages": counted(incident.expected, lang)}
    since = clock(incident.since, incident.updated_at, lang, timezone)
    coverage = incident.coverage
    heard = say(lang, "alive_line", since=since, **counts)
    if not coverage.of:
        return heard
    text = f"{heard} {say(lang, 'coverage', **told_coverage(lang, coverage.on_time, coverage.of))}"
    silent = ", ".join(one_line(name, 40) for name in coverage.silent[:_NAMED])
    return f"{text}{say(lang, 'silent', silent=silent) if silent else ''}."


def _parts(
    incident: Incident, head: str, lang: str, timezone: str, *, reason: Reason, brief: bool, size: int
) -> Iterator[str]:
    over = incident.state is Stage.RESOLVED
    if is_drill(incident):
        yield say(lang, "drill_over" if over else "drill_line")
    yield head
    yield _reason(incident, lang, reason, brief=brief)
    yield _numbers(incident, lang, timezone, brief=brief)
    if size and not over:
        for quote in incident.quotes[:3]:
            yield _quote(quote, incident, lang, timezone, size)
    yield _standing(incident, lang, brief=brief)
    if not over and reason in _SPEAKS:
        yield _checklist(incident, lang, timezone)
        yield _response(incident, lang)
        yield _creed(incident, lang, brief=brief)


def _reason(incident: Incident, lang: str, reason: Reason, *, brief: bool) -> str:
    if reason in ("first", "drill", "alive"):
        return ""
    by = one_line(incident.acknowledged_by or "", 40)
    if brief or not by:
        by = by.split("@", maxsplit=1)[0] or say(lang, "somebody").capitalize()
    return say(lang, f"reason_{reason}", severity=_severity(incident, lang), by=by)


def _severity(incident: Incident, lang: str) -> str:
    return say(lang, f"sev{incident.severity}")


def _numbers(incident: Incident, lang: str, timezone: str, *, brief: bool) -> str:
    severity = {"level": incident.severity, "severity": _severity(incident, lang)}
    lines = []
    if incident.kind is Kind.TONE:
        rates = {"observed": number(incident.observed, lang), "expected": number(incident.expected, lang)}
        lines.append(say(lang, "numbers", **rates, **severity))
    else:
        lines.append(say(lang, "severity", **severity))
    if incident.state is not Stage.RESOLVED:
        since = clock(incident.since, incident.updated_at, lang, timezone)
        lines[0] += " " + say(lang, "since_line", time=since, zone=zone_of(timezone)[1])
        why = [entry for entry in reasons(incident) if not is_origin(entry)]
        told = [defang(one_line(because(entry, lang), _WHY)).rstrip(".") for entry in why]
        if told and not brief:
            lines.append(cut(say(lang, "why", why=say(lang, "and").join(told)), _WHY))
        lines += _origin(incident, lang)
    else:
        missed = (defang(one_line(because(entry, lang), _WHY)) for entry in incident.why if entry.startswith(_UNSEEN))
        lines += [f"{entry[:1].upper()}{entry[1:]}." for entry in missed]
    return "\n".join(lines)


def is_origin(entry: str) -> bool:
    """Tell the reason that speaks of the wave's origin (`detection.authenticity`) from the others."""
    return entry.startswith(("looks organic:", "looks coordinated:", "origin unknown:"))


def _origin(incident: Incident, lang: str) -> list[str]:
    """Say whether the wave looks like one hand's work, with its ranges; silent where too little is known."""
    ranges = next((entry for entry in incident.why if is_origin(entry)), None)
    lines = [say(lang, "coordinated")] if incident.authenticity == "coordinated" else []
    if ranges and incident.authenticity != "unknown":
        lines.append(f"{one_line(because(ranges, lang), _WHY).capitalize()}.")
    return lines


def _quote(quote: Quote, incident: Incident, lang: str, timezone: str, size: int) -> str:
    when = clock(quote.published_at, incident.updated_at, lang, timezone)
    author = defang(one_line(quote.author or "", 40))
    origin = ", ".join(part for part in (when, author, one_line(quote.source, 40)) if part)
    said = say(lang, "quoted", text=defang(one_line(quote.text, size)))
    address = _address(quote.url)
    return f"{say(lang, quote.role)} ({origin}): {said}" + (f"\n{address}" if address else "")


def _address(url: str | None) -> str:
    """Return a link as it is where it is one word of http(s) and short, else nothing."""
    if not url or len(url) > _URL or not url.startswith(("http://", "https://")):
        return ""
    return url if one_line(url) == url and " " not in url else ""


def _standing(incident: Incident, lang: str, *, brief: bool) -> str:
    lines = []
    coverage = incident.coverage
    if coverage.of:
        text = say(lang, "coverage", **told_coverage(lang, coverage.on_time, coverage.of))
        if coverage.silent and not brief:
            names = ", ".join(one_line(name, 40) for name in coverage.silent[:_NAMED])
            text += say(lang, "silent", silent=names)
        lines.append(f"{text}.")
    if incident.record.judged:
        lines.append(say(lang, "record", real=incident.record.real, judged=incident.record.judged))
    return "\n".join(lines)


def _checklist(incident: Incident, lang: str, timezone: str) -> str:
    """Return what comes before any word: in short what the adviser says at length on the incident's view."""
    if incident.kind is Kind.BLIND or is_drill(incident):  # for a drill nobody pauses what is real
        return ""
    text = say(lang, "before")
    if about(incident, None) not in GRAVE:
        return text
    until = clock(incident.opened_at + NOTICE, incident.opened_at, lang, timezone)
    return f"{text} {say(lang, 'before_grave', until=until)}"


def _response(incident: Incident, lang: str) -> str:
    """Return the words to say, marked where they are in another language than most of the quoted voices speak."""
    response = incident.response
    if response is None or incident.kind is Kind.BLIND:
        return ""
    key = "translated" if foreign(incident) else "say"
    head = say(lang, key, lang=language_name(lang, response.lang), template=one_line(response.template, 60))
    text = "\n".join(one_line(part, _RESPONSE) for part in response.text.split("\n"))
    return f"{mark(incident, lang)}{head}\n{cut(text, _RESPONSE)}"


def foreign(incident: Incident) -> str | None:
    """Return the language that most of the quoted voices speak where the words to say are in another, else None."""
    voices = [quote.lang for quote in incident.quotes if quote.lang]
    if incident.response is None or not voices:
        return None
    spoken = max(set(voices), key=lambda one: (voices.count(one), one)).partition("-")[0]
    return None if spoken == incident.response.lang else spoken


def _creed(incident: Incident, lang: str, *, brief: bool) -> str:
    creeds = {Kind.WATCH: "creed_watch", Kind.DELETED: "creed_deleted", Kind.BLIND: "creed_blind"}
    key = creeds.get(incident.kind, "creed_coordinated" if incident.authenticity == "coordinated" else "creed")
    text = say(lang, key)
    return f"{text} {say(lang, 'creed_brief')}" if brief and incident.quotes else text
