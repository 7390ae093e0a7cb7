"""A clock that was ahead and has been put back: whatever was dated in a future that is none is brought back to now."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from amends import detection
from amends.incidents import Trigger
from amends.model import BIN_SECONDS, DAY, HOUR, MINUTE, Kind, Seconds, Stage
from amends.pipeline.bins import bin_of

if TYPE_CHECKING:
    from amends.model import Silence
    from amends.pipeline.draft import Draft
    from amends.pipeline.state import Case

STEP: Final[Seconds] = MINUTE  # a smaller step back changes nothing that matters
FAR: Final[Seconds] = HOUR + BIN_SECONDS  # beyond it bins were folded that are still to come
LONGEST_SNOOZE: Final[Seconds] = 30 * DAY


def stepped_back(draft: Draft) -> bool:
    """Tell whether the clock has gone back since the last look."""
    looked_at = draft.state.live.looked_at
    return looked_at is not None and looked_at > draft.now + STEP


def put_back(draft: Draft) -> None:
    """If the last look lies far ahead, let nothing wait until then.

    The detector has folded silence that never was: it begins anew, and is learned from the stored bins at once.
    """
    live, now = draft.state.live, draft.now
    if live.looked_at is None or live.looked_at <= now + FAR:
        return
    silences = [_silence(one, now) for one in live.silences]
    draft.silences += [after for before, after in zip(live.silences, silences, strict=True) if after != before]
    draft.state = replace(draft.state, detector=detection.new(draft.brand.detection)).with_live(
        watermark=0,
        bins=tuple(one for one in live.bins if one.start <= bin_of(now)),
        silences=tuple(silences),
        reading=None,
        recent=tuple(one for one in live.recent if one.published_at <= now),
        taught=live.taught + 1,
        stale_since=now,
        first_at=None if live.first_at is None else min(live.first_at, now),
        blind_since=_past(live.blind_since, now),
        settled_at=_past(live.settled_at, now),
        voices={key: (count, min(since, now)) for key, (count, since) in live.voices.items()},
        looked_at=None,
    )
    for case in (*live.cases, *live.closed):
        _case(draft, case)


def _past(at: Seconds | None, now: Seconds) -> Seconds | None:
    return None if at is None else min(at, now)


def _silence(silence: Silence, now: Seconds) -> Silence:
    """A silence lasts as long as it was meant to, and no longer."""
    if silence.created_at <= now:
        return silence
    return replace(silence, created_at=now, until=now + (silence.until - silence.created_at))


def _case(draft: Draft, case: Case) -> None:
    now = draft.now
    begun = case.last_hit if case.last_hit is not None else case.incident.opened_at
    case = replace(
        case,
        calm_since=_past(case.calm_since, now),
        story_at=_past(case.story_at, now),
        last_hit=now if begun > now and case.incident.kind is not Kind.TONE else case.last_hit,
        wake=_past(case.wake, now),
    )
    draft.put(case)
    snoozed = case.incident.snoozed_until
    if snoozed is not None and snoozed > now + LONGEST_SNOOZE and case.incident.state is not Stage.RESOLVED:
        draft.step(case, Trigger.SNOOZE, "the clock was put back: the snooze has ended", snoozed_until=None)
