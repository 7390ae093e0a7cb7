"""The evidence that an incident shows: severity and why, three quotes, the words to say."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from math import sqrt
from typing import TYPE_CHECKING, Any, Literal

from amends import detection, escalation, incidents, responses
from amends.incidents import Trigger
from amends.model import BIN_SECONDS, HOUR, MINUTE, Kind, Mention, Quote, Response, Seconds, Severity, Wording
from amends.pipeline import traits
from amends.pipeline.bins import bin_of, gapless, voice

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from amends.model import Bin, Incident, Reading
    from amends.pipeline.draft import Draft
    from amends.pipeline.state import Case

KEPT = 60  # negatives kept to quote from
LEAST = 0.05  # negatives an hour: the usual is never nothing
QUOTED = 500  # characters of a mention that is kept to be quoted
REACH_CAP = 100_000  # one account counts no more than this: it cannot lift the severity alone
CURVE = 288  # bins of an incident's own curve: a day
STORY_EVERY = HOUR  # another story of one incident pages no more often, unless it brings another watched word
STORY_VOICES = 5  # so many people tell it before a story is one
STORY_SHARE = 0.25  # and this share of the newest negatives


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What is known about a wave of negative mentions."""

    severity: Severity
    since: Seconds  # when it began
    reason: str
    why: tuple[str, ...]
    authenticity: Literal["organic", "coordinated", "unknown"]
    terms: tuple[str, ...]  # what rose, the tellingest first
    candidates: tuple[Mention, ...]


def gather(draft: Draft, reading: Reading, previous: Severity | None) -> Found:
    """Collect the evidence for what the reading says, from the newest negatives."""
    live = draft.state.live
    since = onset(reading, live.bins)
    candidates = tuple(one for one in live.recent if one.published_at >= since) or live.recent[-10:]
    reached = reach(candidates)
    shown = Counter(one.extra.get(traits.SEEN) for one in candidates)
    severity, components = detection.assess(
        reading,
        reach=sum(reached.values()),
        loudest=max(reached.values(), default=0),
        sources=len({one.source for one in candidates}),
        news=len({site for one in candidates if (site := traits.outlet(one))}),
        video=shown["video"],
        image=shown["image"],
        forecast=_forecast(reading, live.bins, since),
        previous=previous,
        arousal=sum(one.tone.arousal for one in candidates) / max(len(candidates), 1),
    )
    origin = detection.authenticity(candidates)
    terms = detection.explain([f"{one.title} {one.text}" for one in candidates], live.usual_terms)
    return Found(
        severity=severity,
        since=since,
        reason=in_numbers(reading),
        why=(*terms, *components, *_retold(candidates), *_planned(draft, reading), str(origin)),
        authenticity=origin.verdict,
        terms=tuple(terms),
        candidates=candidates[-KEPT:],
    )


def in_numbers(reading: Reading) -> str:
    """Return the reading in numbers, for the record; no number says more than is known."""
    times = reading.observed / reading.expected if reading.expected > 0 else float("inf")
    usual = f" ({times:.1f} times the usual)" if times < responses.MOST_TIMES else ""
    voices = f"{reading.voices} {'voice' if reading.voices == 1 else 'voices'}"
    least = "at least " if reading.voices >= detection.VOICES else ""  # the detector remembers no more of them
    return (
        f"{reading.observed:.1f} negative an hour over {reading.window / MINUTE:.0f} minutes, "
        f"{reading.expected:.1f} expected{usual}, from {least}{voices}"
    )


def reach(candidates: Sequence[Mention]) -> dict[str, int]:
    """Return the followers behind each voice, capped; a voice that speaks twice reaches nobody twice."""
    reached: dict[str, int] = {}
    for one in candidates:
        name = voice(one)
        reached[name] = max(reached.get(name, 0), min(one.reach or 0, REACH_CAP))
    return reached


def _forecast(reading: Reading, bins: Sequence[Bin], since: Seconds) -> tuple[float, float] | None:
    now = bin_of(reading.at)
    counts = [one.p_negative for one in gapless(bins, now - int(HOUR), now)]
    return detection.forecast(counts, reading.expected_now, (now - bin_of(since)) // BIN_SECONDS)


def _retold(candidates: Sequence[Mention]) -> tuple[str, ...]:
    """Say how far the most repeated article went: it counts once, as one story."""
    outlets: dict[str, set[str]] = {}
    for one in candidates:
        if one.title and one.story:
            outlets.setdefault(one.story, set()).add(traits.outlet(one) or one.source)
    many = max((len(found) for found in outlets.values()), default=0)
    return (f"one story repeated by {many} outlets: it counts once",) if many > 1 else ()


def _planned(draft: Draft, reading: Reading) -> tuple[str, ...]:
    event = detection.planned_at(draft.brand.detection.planned, reading.at)
    if event is None:
        return ()
    return (f"planned: {event.reason or 'an event'}, {event.expect:g} times the usual was expected",)


def onset(reading: Reading, bins: Sequence[Bin]) -> Seconds:
    """Return when the wave in the reading's window began: where a CUSUM of the open bins was last at its lowest.

    Each bin's negatives count against a rate halfway, on the scale of ratios, between the usual and the window's own
    (Page 1954). Where the window begins before the open bins, its own beginning is the best there is.
    """
    if not bins or reading.since < bins[0].start:
        return reading.since
    halfway = sqrt(max(reading.observed, 0.0) * max(reading.expected, LEAST)) * BIN_SECONDS / HOUR
    total = lowest = 0.0
    began = reading.since
    for one in gapless(bins, bin_of(reading.since), bin_of(reading.at) + BIN_SECONDS):
        total += one.p_negative - halfway
        if total < lowest:
            lowest, began = total, float(one.start + BIN_SECONDS)
    return min(began, reading.at)


def choose_quotes(candidates: Sequence[Mention], terms: Sequence[str]) -> tuple[Quote, ...]:
    """Return the earliest, the loudest and the most typical of the candidates, each a different one where possible."""
    left = _once(candidates)
    chosen = (
        ("earliest", _taken(left, left, lambda one: one.published_at)),
        ("loudest", _taken(left, left, _loudness)),
        ("typical", _taken(left, left, _typical(terms))),
    )
    return tuple(quote(role, one) for role, one in chosen if one is not None)


def requote(case: Case, new: Sequence[Mention], terms: Sequence[str]) -> Case:
    """Return a case that `new` has joined with quotes whose roles hold for all of its life, and what they quote.

    The earliest is the first since it began and the loudest the loudest of all; the most typical is of `new`, of what
    is said now, unless all of that is shown already.
    """
    left = _once((*case.candidates, *new))
    first = next((one for one in case.incident.quotes if one.role == "earliest"), None)
    began = [one for one in left if one.published_at >= case.incident.since]
    found = min(began, key=lambda one: one.published_at, default=None)
    if found is not None and (first is None or found.published_at < first.published_at):
        first = quote("earliest", found)
    left = [one for one in left if first is None or (one.source, one.id) != (first.source, first.id)]
    loudest = _taken(left, left, _loudness)
    lately = [one for one in left if one in new]
    chosen = (("loudest", loudest), ("typical", _taken(left, lately or left, _typical(terms))))
    others = [quote(role, one) for role, one in chosen if one is not None]
    quotes = tuple(others if first is None else [first, *others])
    case = replace(case, incident=replace(case.incident, quotes=quotes))
    return keep(case, [one for one in new if (one.source, one.id) in {(shown.source, shown.id) for shown in quotes}])


def keep(case: Case, new: Sequence[Mention]) -> Case:
    """Return the case with more mentions to quote from: the oldest give way, but not what is quoted."""
    quoted = {(one.source, one.id) for one in case.incident.quotes}
    every = _once((*case.candidates, *new))
    spare = [one for one in every if (one.source, one.id) not in quoted]
    dropped = spare[: max(0, len(every) - KEPT)]
    return replace(case, candidates=tuple(one for one in every if one not in dropped))


def _once(mentions: Sequence[Mention]) -> list[Mention]:
    return list({(one.source, one.id): one for one in mentions}.values())


def _taken(left: list[Mention], of: Sequence[Mention], key: Callable[[Mention], Any]) -> Mention | None:
    """Return the least of `of` by a key and take it out of `left`; None if there is none."""
    best = min(of, key=key, default=None)
    if best is not None:
        left.remove(best)
    return best


def _loudness(one: Mention) -> tuple[float, ...]:
    return (-(one.reach or 0), one.tone.compound, one.published_at)


def _typical(terms: Sequence[str]) -> Callable[[Mention], tuple[float, ...]]:
    telling = [term.casefold().lstrip("#@") for term in terms[:8]]

    def key(one: Mention) -> tuple[float, ...]:
        text = one.text.casefold()
        return (-sum(term in text for term in telling), abs(len(text) - 140), one.published_at)

    return key


def shortened(mention: Mention) -> Mention:
    """Return a mention as the state keeps it: no longer than what may be quoted of it."""
    text, title = mention.text[:QUOTED], mention.title[:QUOTED]
    return replace(mention, text=text, title=title, wording=Wording(), extra=traits.traits(mention))


def quote(role: str, mention: Mention) -> Quote:
    """Return a mention as it is quoted."""
    return Quote(
        role=role,  # type: ignore[arg-type] # one of the three literals above
        id=mention.id,
        source=mention.source,
        published_at=mention.published_at,
        text=mention.text[:QUOTED] or mention.title[:QUOTED],
        url=mention.url,
        author=mention.author,
        lang=mention.lang,
    )


def crowd_language(candidates: Sequence[Mention], fallback: str) -> str:
    """Return the language that most of the negatives are in."""
    heard = Counter(one.lang for one in candidates if one.lang)
    return heard.most_common(1)[0][0] if heard else fallback


def respond(
    draft: Draft, kind: Kind, candidates: Sequence[Mention], why: Sequence[str], *, crisis: str | None = None
) -> Response | None:
    """Return the holding line that fits, filled in, in the crowd's language or the nearest that a template has."""
    brand = draft.brand
    language = crowd_language(candidates, brand.languages[0])
    return responses.holding(
        draft.rules.library,
        kind=kind,
        lang=language,
        fallbacks=brand.languages,
        brand=brand.name,
        topic=why[0] if why else "",
        now=draft.now,
        timezone=brand.timezone,
        crisis=crisis,
    )


def reworded(draft: Draft, case: Case, why: Sequence[str]) -> Response | None:
    """Return the words to say, of the type of crisis that it looks like by now; what people have answered stands."""
    incident = case.incident
    if case.advised is not None or incident.authenticity == "coordinated":
        return incident.response
    crisis = responses.guess(incident.kind, why, incident.quotes)
    return incident.response if crisis is None else respond(draft, incident.kind, case.candidates, why, crisis=crisis)


def worsen(draft: Draft, case: Case, reading: Reading) -> None:
    """Carry new numbers into an open tone incident; page again for a higher severity or another story."""
    found = gather(draft, reading, previous=case.incident.severity)
    case = ebb(draft, case)
    incident: Incident = case.incident
    numbers: dict[str, Any] = {"coverage": draft.state.live.coverage, "authenticity": found.authenticity}
    if reading.observed > incident.observed:  # the worst moment, with what was usual at that same moment
        numbers |= {"observed": reading.observed, "expected": reading.expected}
    if found.severity < incident.severity:
        case = requote(case, found.candidates, found.terms)
        why = responses.with_watched(found.why, incident.why)
        raised = draft.step(
            case,
            Trigger.RAISE,
            found.reason,
            severity=found.severity,
            reasons=why,
            response=reworded(draft, case, why),
            **numbers,
        )
        draft.escalate(raised, escalation.raised)
        return
    if "observed" in numbers or found.authenticity != incident.authenticity:
        numbers["why"] = responses.with_watched(found.why, incident.why)
    fresh = draft.titled(incidents.refresh(incident, now=draft.now, **numbers))
    _another_story(draft, replace(case, incident=fresh))


def _another_story(draft: Draft, case: Case) -> None:
    """See whether a story that was not told yet has found voices of its own, among the negatives of the last hour."""
    newest = max(case.incident.opened_at, draft.now - HOUR)
    lately = [one for one in draft.state.live.recent if one.published_at >= newest]
    voices: dict[str, set[str]] = {}
    for one in lately:
        if one.story and one.story not in case.stories:
            voices.setdefault(one.story, set()).add(voice(one))
    story = max(voices, key=lambda one: len(voices[one]), default=None)
    if story is None or len(voices[story]) < max(STORY_VOICES, STORY_SHARE * len(lately)):
        draft.put(case)
        return
    why = f"another story, told by {len(voices[story])} voices"  # no words: the record is for good
    case = replace(case, stories=(*case.stories, story)[-50:], untold=(*case.untold, (story, why))[-10:])
    draft.put(case)
    tell_stories(draft, case)


def tell_stories(draft: Draft, case: Case) -> None:
    """Tell of the stories that are not told yet, in one step: an hour after the last one at the soonest.

    A watched word that no open incident has told of waits for nothing: one is enough.
    """
    if not case.untold:
        return
    known = known_reasons(draft)
    words = [why for _, why in case.untold if responses.is_watched(why) and why not in known]
    last = case.story_at if case.story_at is not None else case.incident.opened_at
    if not words and draft.now - last < STORY_EVERY:
        draft.wakes.append(last + STORY_EVERY)
        return
    stories = {story for story, _ in case.untold}
    whys = list(dict.fromkeys(why for _, why in case.untold))
    reasons = responses.with_watched([one for one in case.incident.why if one not in whys], whys)  # the newest first
    spoken = _spoken(draft, case, words, stories)
    if spoken:
        case = requote(case, spoken, detection.explain([one.text for one in spoken], {}))
    case = draft.step(
        replace(case, untold=(), story_at=draft.now),
        Trigger.STORY,
        "; ".join(whys),
        reasons=reasons,
        response=reworded(draft, case, reasons),
    )
    whole = draft.silenced_until() is not None  # what is silenced as a whole is owed
    if whole or any(draft.silenced_until(story) is None for story in stories):
        draft.escalate(case, escalation.story)


def known_reasons(draft: Draft) -> set[str]:
    """Return all that the open incidents have told as their reasons."""
    return {why for case in draft.cases(Kind.TONE, Kind.WATCH) for why in case.incident.why}


def _spoken(draft: Draft, case: Case, words: Sequence[str], stories: set[str]) -> list[Mention]:
    """Return the mentions that have the new watched words, or else tell the new stories."""
    pool = (*draft.state.live.recent, *case.candidates)
    hits = [one for one in pool if one.watch and responses.watched(one.watch) in words]
    return hits or [one for one in pool if one.story in stories]


def ebb(draft: Draft, case: Case) -> Case:
    """Carry on the incident's own curve of negatives, from the open bins: what its half-life is fitted to."""
    curve = {at: n for at, n in case.curve.items() if at < draft.state.live.watermark}
    began = bin_of(case.incident.since)
    curve |= {one.start: one.p_negative for one in draft.state.live.bins if one.start >= began}
    return replace(case, curve=dict(sorted(curve.items())[-CURVE:]))


def half_life(case: Case) -> tuple[str, ...]:
    """Return the fitted half-life as a reason, or none while it cannot be told."""
    found = detection.half_life(case.curve, case.incident.expected)
    return () if found is None else (str(found),)
