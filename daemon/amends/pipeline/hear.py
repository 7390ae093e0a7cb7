"""Hearing: a batch of mentions is counted, remembered, and searched for what the brand watches."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from amends import detection, incidents, stories
from amends.model import HOUR, Kind
from amends.pipeline import evidence, unseen
from amends.pipeline.bins import is_negative
from amends.pipeline.recovery import dealt_with
from amends.pipeline.voice import removed, spoken
from amends.pipeline.weigh import weigh

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from amends.model import Mention, Seconds
    from amends.pipeline.draft import Draft
    from amends.pipeline.state import Case

RECENT = 60  # negatives kept in the state
RECENT_FOR = 26 * HOUR
TERMS = 400  # words whose usual frequency is kept
TERMS_HALVE = 4000.0  # mentions after which older ones count half


def hear(draft: Draft, mentions: Sequence[Mention]) -> None:
    """Take a batch in. Edits and deletions pass through to the store; the brand's own voice is stored, not counted."""
    heard = []
    _forget(draft, {(one.source, one.id) for one in mentions if one.op == "delete" and not one.own})
    removed(draft, [one for one in mentions if one.op == "delete" and one.own])
    memory = draft.state.live.stories
    for mention in mentions:
        if mention.op != "create" or mention.own:
            draft.mentions.append(mention)
            spoken(draft, mention)
            continue
        memory, story, _new = stories.assign(memory, mention)
        heard.append(replace(mention, story=story))
    draft.mentions += heard
    draft.state = draft.state.with_live(stories=memory)
    if not heard:
        return
    watermark = draft.state.live.watermark
    increments = weigh(draft, heard)
    for one in increments.values():
        draft.count(one)
    unseen.note(draft, heard)
    past = [one.published_at for one in heard if one.history]
    if past and min(increments) < watermark:
        _taught(draft, max(past))
    oldest = min(one.published_at for one in heard)
    first_at = draft.state.live.first_at
    draft.state = draft.state.with_live(first_at=oldest if first_at is None else min(first_at, oldest))
    _remember(draft, [one for one in heard if not one.history])
    if not draft.cases(Kind.TONE):
        _learn_terms(draft, heard)
    for mention in heard:
        if mention.watch and not mention.history:
            _watched(draft, mention)


def _taught(draft: Draft, newest: Seconds) -> None:
    """Note that bins which had been folded have grown: the baseline is due to be learned anew.

    What history holds is no news: unless an incident is open, evidence begins after the newest of it.
    """
    live = draft.state.live
    if not draft.cases(Kind.TONE):
        settled = newest if live.settled_at is None else max(live.settled_at, newest)
        draft.state = draft.state.with_live(settled_at=settled)
    draft.state = draft.state.with_live(
        taught=live.taught + 1, stale_since=live.stale_since if live.taught != live.learned else draft.now
    )


def _remember(draft: Draft, mentions: Iterable[Mention]) -> None:
    """Keep the newest negatives, shortened, as the stock of quotes."""
    new = [evidence.shortened(one) for one in mentions if is_negative(one)]
    if not new:
        return
    kept = [one for one in draft.state.live.recent if one.published_at >= draft.now - RECENT_FOR]
    recent = sorted([*kept, *new], key=lambda one: one.published_at)[-RECENT:]
    draft.state = draft.state.with_live(recent=tuple(recent))


def _forget(draft: Draft, gone: set[tuple[str, str]]) -> None:
    """Drop the words of deleted mentions from what may be quoted; the counts stay."""
    if not gone:
        return

    def kept(mentions: Iterable[Mention]) -> tuple[Mention, ...]:
        return tuple(one for one in mentions if (one.source, one.id) not in gone)

    live = draft.state.live
    draft.state = draft.state.with_live(recent=kept(live.recent))
    for case in (*live.cases, *live.closed):
        quotes = tuple(one for one in case.incident.quotes if (one.source, one.id) not in gone)
        candidates = kept(case.candidates)
        if len(quotes) < len(case.incident.quotes):
            incident = incidents.refresh(case.incident, now=draft.now, quotes=quotes)
            draft.put(replace(case, incident=incident, candidates=candidates))
        elif len(candidates) < len(case.candidates):
            draft.put(replace(case, candidates=candidates))


def _learn_terms(draft: Draft, mentions: Sequence[Mention]) -> None:
    """Count each term once a mention; old counts fade, rare terms are dropped: a bounded picture of the usual talk."""
    heard: Counter[str] = Counter()
    for mention in mentions:
        heard.update(set(detection.terms(mention.text)))
    usual = draft.state.live.usual_terms
    fade = 0.5 ** (len(mentions) / TERMS_HALVE)
    counts = {term: number * fade for term, number in usual.items()}
    for term, number in heard.items():
        counts[term] = counts.get(term, 0.0) + number
    counts[""] = usual.get("", 0.0) * fade + len(mentions)  # the number of mentions behind the counts
    if len(counts) > TERMS * 1.5:
        total = counts.pop("")
        counts = dict(sorted(counts.items(), key=lambda pair: -pair[1])[:TERMS])
        counts[""] = total
    draft.state = draft.state.with_live(usual_terms=counts)


def _watched(draft: Draft, mention: Mention) -> None:
    """One is enough, if you say so: open an incident of kind watch, or tell of it in the tone incident of its story."""
    why = f"watched: {mention.watch}"
    for case in draft.cases(Kind.TONE):
        if mention.story in case.stories or mention.story in {one.story for one in case.candidates}:
            _tell_story(draft, case, mention, why)
            return
    if dealt_with(draft.state.live, mention.story, draft.now):
        return
    cases = draft.cases(Kind.WATCH)
    if cases:
        case = replace(cases[0], last_hit=draft.now)
        draft.put(case)
        _tell_story(draft, case, mention, why)
        return
    quotes = evidence.choose_quotes([mention], ())
    case = draft.open(
        Kind.WATCH,
        why,
        severity=draft.brand.watch.severity,
        since=mention.published_at,
        reasons=(why,),
        response=evidence.respond(draft, Kind.WATCH, (mention,), (why,)),
        quotes=quotes,
        candidates=(evidence.shortened(mention),),
    )
    draft.put(replace(draft.case(case.incident.id), stories=(mention.story or "",), last_hit=draft.now))


def _tell_story(draft: Draft, case: Case, mention: Mention, why: str) -> None:
    """Page for a watched mention inside an open incident if its story is new; once an hour, the others then."""
    if not mention.story or mention.story in case.stories:
        return
    kept = (*case.candidates, evidence.shortened(mention))[-evidence.KEPT :]
    case = replace(case, stories=(*case.stories, mention.story)[-50:], candidates=kept)
    case = replace(case, untold=(*case.untold, (mention.story, why))[-10:])
    draft.put(case)
    evidence.tell_stories(draft, case)
