"""Each source's share: how much of a brand is unheard while one is silent, and how a new one learns alone."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from amends import detection
from amends.model import DAY, HOUR, Kind
from amends.pipeline.state import SourceShare

if TYPE_CHECKING:
    from amends.model import Coverage, Mention, Seconds
    from amends.pipeline.draft import Draft
    from amends.pipeline.state import Live

TRIAL = DAY  # event time for which a new source learns alone
TIMES, LEAST = 5.0, 10.0  # of the usual negatives an hour, and negatives an hour, that new sources may bring unjudged
KNOWN = 64  # sources that are remembered
HALVES = 7 * DAY  # memory of a share
TELLING = 20.0  # mentions from which shares say more than the number of sources


def heard_share(live: Live, coverage: Coverage) -> float:
    """Return the share of a brand's usual mentions that can be heard: by what its sources bring, not their number."""
    total = sum(one.heard for one in live.sources.values())
    if not coverage.silent or total < TELLING:
        return coverage.ratio
    silent = sum(live.sources[name].heard for name in coverage.silent if name in live.sources)
    return max(0.0, 1.0 - silent / total)


def is_new(draft: Draft, mention: Mention) -> bool:
    """Note a mention of its source; tell whether it is heard without being judged, because the source is new.

    What all new sources bring together is judged as soon as it is far more than a new source may be expected to bring:
    a crisis that breaks out where nobody listened before still pages.
    """
    live = draft.state.live
    sources = dict(live.sources)
    known = sources.pop(mention.source, None)
    if known is None:
        # counted from when shares began, not from the brand's age; who may have been forgotten is no newcomer
        begun = min((one.first for one in sources.values()), default=None)
        old = begun is not None and mention.published_at - begun >= DAY and len(sources) < KNOWN
        known = SourceShare(first=mention.published_at, at=mention.published_at, trial=old)
    elif known.trial and known.many == 0 and mention.published_at - known.first >= TRIAL:
        known = replace(known, trial=False)  # its own history has taught a day or more
    fade = 0.5 ** (max(0.0, mention.published_at - known.at) / HALVES)
    known = replace(
        known,
        first=min(known.first, mention.published_at),
        at=max(known.at, mention.published_at),
        heard=known.heard * fade + 1.0,
    )
    p_negative = mention.tone.p_negative
    unjudged = known.trial and not mention.history
    spared = unjudged and _spend(draft, p_negative or 0.0)
    if spared and p_negative is not None:  # what is judged teaches by itself
        known = replace(known, many=known.many + 1, negative=known.negative + p_negative)
    sources[mention.source] = known
    while len(sources) > KNOWN:
        del sources[next(iter(sources))]
    draft.state = draft.state.with_live(sources=sources)
    return spared


def _spend(draft: Draft, negatives: float) -> bool:
    """Take so many negatives from what new sources may bring; False where it is used up."""
    live = draft.state.live
    usual = live.reading.expected_now if live.reading else 0.0
    rate = max(TIMES * usual, LEAST)
    passed = rate if live.credit_at is None else max(0.0, draft.now - live.credit_at) * rate / HOUR
    credit = min(rate, live.credit + passed)
    enough = credit >= negatives
    draft.state = draft.state.with_live(credit=credit - negatives if enough else credit, credit_at=draft.now)
    return enough


def join(draft: Draft) -> None:
    """Let sources that were new a day ago join: the baseline grows by what they brought."""
    live = draft.state.live
    due = [name for name, one in live.sources.items() if one.trial and draft.now - one.first >= TRIAL]
    standing = live.reading is not None and (live.reading.alarm or not live.reading.calm)
    if not due or standing or draft.cases(Kind.TONE):  # joining settles what came before: not while a wave stands
        return
    sources, detector = dict(live.sources), draft.state.detector
    for name in due:
        one = sources[name]
        hours = max(draft.now - one.first, HOUR) / HOUR
        detector = detection.join(detector, one.many, one.negative, hours)
        sources[name] = replace(one, trial=False)
    draft.state = replace(draft.state, detector=detector).with_live(sources=sources, settled_at=draft.now)


def learning(live: Live, now: Seconds) -> tuple[str, ...]:
    """Return the sources that learn alone now, for the views."""
    return tuple(name for name, one in live.sources.items() if one.trial and now - one.at < DAY)
