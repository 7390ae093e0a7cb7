"""Hearing: a batch of mentions is counted, remembered, and searched for what the brand watches."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from amends import incidents, responses, stories
from amends.model import HOUR, Kind
from amends.pipeline import evidence, unseen, usual
from amends.pipeline.bins import is_negative
from amends.pipeline.recovery import dealt_with
from amends.pipeline.voice import removed, spoken
from amends.pipeline.weigh import weigh

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from amends.model import Mention, Seconds
    from amends.pipeline.draft import Draft
    from amends.pipeline.state import Case

RECENT = 60  # negatives kept in the state
RECENT_FOR = 26 * HOUR


def hear(draft: Draft, mentions: Sequence[Mention]) -> None:
    """Take a batch in. Edits and deletions pass through to the store; the brand's own voice is stored, not counted.

    The deletion of somebody else's post comes with its words, for the last time: so that nothing of them is kept.
    """
    heard = []
    gone = {(one.source, one.id): one.text for one in mentions if one.op == "delete" and not one.own}
    _forget(draft, gone)
    removed(draft, [one for one in mentions if one.op == "delete" and one.own])
    erased = [(one.brand, one.source, one.id) for one in mentions if one.op == "delete" and not one.own]
    memory = stories.without(draft.state.live.stories, erased)
    for mention in mentions:
        if mention.op != "create" or mention.own:
            is_gone = (mention.source, mention.id) in gone
            draft.mentions.append(replace(mention, title="", text="") if is_gone else mention)
            spoken(draft, mention)
            continue
        memory, story, _new = stories.assign(memory, mention)
        heard.append(replace(mention, story=story))
    draft.mentions += heard
    draft.state = draft.state.with_live(stories=stories.without(memory, erased))
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
    heard = [one for one in heard if (one.source, one.id) not in gone]  # within one batch, too
    _remember(draft, [one for one in heard if not one.history])
    if not draft.cases(Kind.TONE):
        draft.state = draft.state.with_live(
            usual_terms=usual.learned(draft.state.live.usual_terms, [one.text for one in heard])
        )
    _watched(draft, [one for one in heard if one.watch and not one.history])


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


def _forget(draft: Draft, gone: Mapping[tuple[str, str], str]) -> None:
    """Drop the words of deleted mentions from what may be quoted and from the usual talk; the counts stay."""
    if not gone:
        return

    def kept(mentions: Iterable[Mention]) -> tuple[Mention, ...]:
        return tuple(one for one in mentions if (one.source, one.id) not in gone)

    live = draft.state.live
    left = usual.without(live.usual_terms, usual.counted(gone.values()))
    draft.state = draft.state.with_live(recent=kept(live.recent), usual_terms=left)
    for case in (*live.cases, *live.closed):
        quotes = tuple(one for one in case.incident.quotes if (one.source, one.id) not in gone)
        candidates = kept(case.candidates)
        if len(quotes) < len(case.incident.quotes):
            incident = incidents.refresh(case.incident, now=draft.now, quotes=quotes)
            draft.put(replace(case, incident=incident, candidates=candidates))
        elif len(candidates) < len(case.candidates):
            draft.put(replace(case, candidates=candidates))


def _watched(draft: Draft, mentions: Sequence[Mention]) -> None:
    """One is enough, if you say so: open an incident of kind watch, or tell of it in the tone incident of its story."""
    fresh = []
    for mention in mentions:
        its = next((case for case in draft.cases(Kind.TONE) if _is_about(case, mention)), None)
        if its is not None:
            _note_hit(draft, its, mention)
        elif not dealt_with(draft.state.live, mention.story, draft.now):
            fresh.append(mention)
    if fresh and not draft.cases(Kind.WATCH):
        _open_watch(draft, fresh)
    else:
        for mention in fresh:
            _note_hit(draft, replace(draft.cases(Kind.WATCH)[0], last_hit=draft.now), mention)
    for case in draft.cases(Kind.TONE, Kind.WATCH) if mentions else ():
        evidence.tell_stories(draft, case)


def _is_about(case: Case, mention: Mention) -> bool:
    return mention.story in case.stories or mention.story in {one.story for one in case.candidates}


def _open_watch(draft: Draft, mentions: Sequence[Mention]) -> None:
    reasons = tuple(dict.fromkeys(responses.watched(one.watch or "") for one in mentions))
    candidates = tuple(map(evidence.shortened, mentions))[-evidence.KEPT :]
    quotes = evidence.choose_quotes(mentions, ())
    crisis = responses.guess(Kind.WATCH, reasons, quotes)
    case = draft.open(
        Kind.WATCH,
        "; ".join(reasons),
        severity=draft.brand.watch.severity,
        since=min(one.published_at for one in mentions),
        reasons=reasons,
        response=evidence.respond(draft, Kind.WATCH, mentions, reasons, crisis=crisis),
        quotes=quotes,
        candidates=candidates,
    )
    told = tuple(dict.fromkeys(one.story or "" for one in mentions))[-50:]
    draft.put(replace(draft.case(case.incident.id), stories=told, last_hit=draft.now))


def _note_hit(draft: Draft, case: Case, mention: Mention) -> None:
    """Note a watched mention inside an open incident as still to be told, if its story or its word is new there."""
    why, known = responses.watched(mention.watch or ""), not mention.story or mention.story in case.stories
    if known and (why in evidence.known_reasons(draft) or why in {one for _, one in case.untold}):
        draft.put(case)
        return
    story = mention.story or ""
    case = evidence.keep(case, (evidence.shortened(mention),))
    stories = case.stories if known else (*case.stories, story)[-50:]
    draft.put(replace(case, stories=stories, untold=(*case.untold, (story, why))[-10:]))
