"""`decide`: the only way to change anything. One brand, one event, one moment; what comes out is committed whole."""

from __future__ import annotations

from typing import TYPE_CHECKING

from amends import escalation
from amends.model import BIN_SECONDS, MINUTE, Batch, Kind, Tick, UnknownError
from amends.pipeline.bins import bin_of
from amends.pipeline.draft import Draft
from amends.pipeline.hear import hear
from amends.pipeline.look import fold_before, hear_coverage, look
from amends.pipeline.obey import obey
from amends.pipeline.putback import put_back, stepped_back

if TYPE_CHECKING:
    from amends.model import Event, Seconds
    from amends.pipeline.decision import Decision
    from amends.pipeline.rules import Rules
    from amends.pipeline.state import BrandState

IN_A_CRISIS = 0.25  # how fast to listen, as a factor on poll intervals
LOOK_EVERY = MINUTE  # while an incident is open


def decide(state: BrandState, event: Event, now: Seconds, rules: Rules) -> Decision:
    """Return what follows from an event: pure, and the same for live polling, replays, drills and people's commands.

    Raises `UnknownError` or `StaleError` for a command that names nothing or comes too late; nothing changes then.
    """
    if state.brand not in rules.brands:
        raise UnknownError(f"no brand {state.brand!r} is configured: there are {', '.join(sorted(rules.brands)[:10])}")
    draft = Draft(state, now, rules)
    back = stepped_back(draft)
    put_back(draft)
    match event:
        case Batch(mentions, coverage):
            if coverage is not None:  # what opens now shows who is heard now; being blind is for the Tick to find
                draft.state = draft.state.with_live(coverage=coverage)
            if not draft.state.live.watermark:  # the past that a brand's very first batch brings is to be learned, too
                draft.state = draft.state.with_live(watermark=fold_before(draft.state, now))
            hear(draft, mentions)
            look(draft)
        case Tick(coverage):
            if coverage is not None:
                hear_coverage(draft, coverage)
            look(draft)
            _remind(draft, everyone=back)
        case _:
            obey(draft, event)
    return _finish(draft)


def _remind(draft: Draft, *, everyone: bool) -> None:
    """Let time pass for everyone who was called: the next step, the end of quiet hours or of a silence.

    `everyone`: the clock was put back, so what was planned by it is planned anew.
    """
    live = draft.state.live
    for case in live.every_case:  # the notice of an end may have been held through quiet hours, or by a cap
        if case.wake is not None and (everyone or case.wake <= draft.now):
            draft.escalate(case, escalation.tick)


def _finish(draft: Draft) -> Decision:
    live = draft.state.live
    draft.wakes.append(bin_of(draft.now) + BIN_SECONDS + 1.0)
    if draft.cases(Kind.TONE):
        draft.wakes.append(draft.now + LOOK_EVERY)
    draft.wakes += [case.wake for case in live.every_case if case.wake is not None]
    draft.wakes += [one.until for one in live.silences if one.ended_at is None and one.until > draft.now]
    crisis = bool(draft.cases(Kind.TONE, Kind.WATCH))
    return draft.finish(learn=live.taught != live.learned, tempo=IN_A_CRISIS if crisis else 1.0)
