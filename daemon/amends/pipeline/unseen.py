"""What began and ended while we, or a source, could not hear: told once, as a notice, and never a page."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from amends import detection, escalation
from amends.incidents import Trigger
from amends.model import HOUR, MINUTE, Kind
from amends.pipeline import evidence
from amends.pipeline.bins import add, bin_of, count
from amends.pipeline.recovery import height_is_gone

if TYPE_CHECKING:
    from collections.abc import Sequence

    from amends.model import Bin, Mention, Reading, Seconds
    from amends.pipeline.draft import Draft

OLD = 30 * MINUTE  # an item that is older when it comes belongs to what is being caught up
CATCHING_UP = 10 * MINUTE  # after the newest of them; until then more may come, and what seems over may still run
HEARD, LEAST_HEARD = 0.5, 2.0  # of the usual mentions, and mentions, that say that an hour was heard
MISSED = 288  # bins of late items that are kept: a day


def note(draft: Draft, mentions: Sequence[Mention]) -> None:
    """Note what came late: its bins where they are folded already, and that there is something to catch up with."""
    old = [one for one in mentions if not one.history and one.published_at < draft.now - OLD]
    if not old:
        return
    live = draft.state.live
    missed: dict[int, Bin] = {one.start: one for one in live.missed}
    for mention in old:
        if bin_of(mention.published_at) < live.watermark:
            one = count(mention)
            missed[one.start] = add(missed[one.start], one) if one.start in missed else one
    kept = tuple(missed[at] for at in sorted(missed))[-MISSED:]
    draft.state = draft.state.with_live(missed=kept, caught_up_at=draft.now)


def is_over(draft: Draft, reading: Reading) -> bool:
    """Tell whether what stands out is past: it came late, and the last hour, which was heard, shows nothing of it.

    A source whose news is always an hour old has said nothing of the last hour: what it brings may still run.
    """
    if draft.state.live.caught_up_at is None:
        return False
    heard = reading.volume_now >= max(HEARD * reading.volume_usual, LEAST_HEARD)
    return reading.held == "late" or (reading.alarm and heard and height_is_gone(reading.observed, reading))


def tell(draft: Draft, reading: Reading) -> None:
    """Send the notice once the catching up is done; forget it where an incident is open that shows it all."""
    live = draft.state.live
    if live.caught_up_at is None:
        return
    if draft.cases(Kind.TONE):
        draft.state = draft.state.with_live(missed=(), caught_up_at=None)
        return
    if draft.now < live.caught_up_at + CATCHING_UP:
        draft.wakes.append(live.caught_up_at + CATCHING_UP)
        return
    over = is_over(draft, reading)
    wave = detection.unseen(draft.state.detector, live.missed, draft.brand.detection)
    draft.state = draft.state.with_live(missed=(), caught_up_at=None)
    if over:
        _notice(draft, reading.since, reading.since + reading.window, reading.observed, reading.expected, reading)
    elif wave is not None and not reading.alarm:  # what still stands pages; ending it here would settle it
        _notice(draft, wave.since, wave.until, wave.observed, wave.expected, reading)


def _notice(draft: Draft, since: Seconds, until: Seconds, observed: float, expected: float, reading: Reading) -> None:
    """Write down an incident that is over, and tell of it those who would have been paged."""
    hours = max(until - since, MINUTE) / HOUR
    span = f"{_clock(since)} to {_clock(min(until, draft.now))}"
    why = (
        f"unseen: {observed * hours:.0f} negatives where {expected * hours:.0f} are usual, {span} UTC, heard afterwards"
    )
    candidates = tuple(one for one in draft.state.live.recent if since <= one.published_at <= until)
    terms = detection.explain([one.text for one in candidates], draft.state.live.usual_terms)
    case = draft.open(
        Kind.TONE,
        why,
        call=False,
        severity=3,
        since=since,
        observed=observed,
        expected=expected,
        reasons=(*terms, why),
        quotes=evidence.choose_quotes(candidates, terms),
        candidates=candidates[-evidence.KEPT :],
    )
    calm = f"{reading.observed_now:.0f} negative an hour, {reading.expected_now:.0f} usual"
    case = draft.step(case, Trigger.CALM, calm)
    draft.state = draft.state.with_live(settled_at=draft.now)
    case = draft.step(case, Trigger.RECOVERED, "it had ended before it was heard: nobody was paged")
    draft.escalate(case, escalation.unseen)


def _clock(at: Seconds) -> str:
    return f"{datetime.fromtimestamp(at, UTC):%d %b %H:%M}"
