"""Looking: fold what is old enough, read what is open, and let incidents begin, worsen, recover and end."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from amends import detection, escalation, incidents, responses
from amends.incidents import Trigger
from amends.model import BIN_SECONDS, DAY, HOUR, MINUTE, Bin, Kind, Stage
from amends.pipeline import evidence, newcomers, unseen
from amends.pipeline.bins import bin_of, gapless, without_late
from amends.pipeline.recovery import is_old_story, stays_back, tone_is_back
from amends.pipeline.weigh import loudest

if TYPE_CHECKING:
    from collections.abc import Sequence

    from amends.model import Coverage, Reading, Seconds
    from amends.pipeline.draft import Draft
    from amends.pipeline.state import BrandState, Case

LATENESS = HOUR  # bins older than this are folded into the baseline
PATIENCE = 6 * HOUR  # how long folding waits for sources that are being heard again
CALM_FOR = HOUR  # how long the tone must be back before an incident closes by itself
HIT_LASTS = DAY  # watch and deleted end this long after the last hit
DRILL_LASTS = HOUR
BLIND_BELOW, BLIND_AFTER = 0.5, 10 * MINUTE
SEEING_FROM = 0.75
STALE_AT_MOST = MINUTE  # a baseline being learned anew holds back a page no longer than this
LONGEST_GAP = 14 * 86_400  # seconds of silence that are told to the detector bin by bin; it knows of the rest
OUR_GAP = 10 * MINUTE  # without a look for longer than this, we ourselves were away


def look(draft: Draft) -> None:
    """Bring the brand up to `draft.now`."""
    _fold(draft)
    newcomers.join(draft)
    live = draft.state.live
    settings = draft.brand.detection
    reading = detection.read(draft.state.detector, live.bins, draft.now, settings, settled=live.settled_at)
    reading = replace(reading, loudest=loudest(draft))
    draft.reading = reading
    draft.state = draft.state.with_live(reading=reading, looked_at=draft.now)
    tone = draft.cases(Kind.TONE)
    for case in tone:
        _follow(draft, case, reading)
    if not tone and reading.alarm and _may_open(draft, reading) and not unseen.is_over(draft, reading):
        _open_tone(draft, reading)
    unseen.tell(draft, reading)
    for case in draft.cases(Kind.WATCH, Kind.TONE):
        evidence.tell_stories(draft, case)
    for case in draft.cases(Kind.WATCH, Kind.DELETED):
        _outlive(draft, case, (case.last_hit or case.incident.opened_at) + HIT_LASTS, "a day without another hit")
    for case in draft.cases(Kind.DRILL):
        _outlive(draft, case, (case.last_hit or case.incident.opened_at) + DRILL_LASTS, "the drill's hour is over")


def hear_coverage(draft: Draft, coverage: Coverage) -> None:
    """Take note of who can be heard; open or close the incident of kind blind."""
    live = draft.state.live
    draft.state = draft.state.with_live(coverage=coverage)
    heard = newcomers.heard_share(live, coverage)
    if heard < 1.0:
        draft.count(Bin(start=bin_of(draft.now), coverage=heard))
    if not coverage.of and coverage.waiting:
        return  # we have just begun: whether they answer is not known yet, and what was known stays
    cases = draft.cases(Kind.BLIND)
    if not coverage.of or coverage.ratio >= BLIND_BELOW:
        draft.state = draft.state.with_live(blind_since=None)
        for case in cases:
            if coverage.ratio >= SEEING_FROM:
                end(draft, case, f"{coverage.on_time} of {coverage.of} sources answer again")
        return
    known = (live.blind_since, coverage.below_since)  # the schedule knows it over a restart and between two looks
    since = min([at for at in known if at is not None], default=draft.now)
    draft.state = draft.state.with_live(blind_since=since)
    if cases:
        return
    if draft.now - since < BLIND_AFTER:
        draft.wakes.append(since + BLIND_AFTER)
        return
    answer = "source answers in its time" if coverage.of == 1 else "sources answer in their time"
    why = f"{coverage.on_time} of {coverage.of} {answer}; silent: {', '.join(coverage.silent[:10])}"
    draft.open(Kind.BLIND, why, severity=2, since=since, coverage=coverage, reasons=(why,))


def end(draft: Draft, case: Case, why: str, by: str = "amends") -> Case:
    """Resolve a case and tell those who were told of it, once."""
    if case.incident.kind is Kind.TONE:
        draft.state = draft.state.with_live(settled_at=draft.now)
    case = draft.step(case, Trigger.RESOLVE if by != "amends" else Trigger.RECOVERED, why, by=by)
    return draft.escalate(case, escalation.resolved, by=None if by == "amends" else by)


# --- folding ---------------------------------------------------------------------------------------------------------


def fold_before(state: BrandState, now: Seconds) -> int:
    """Return the start of the oldest bin that stays open: an hour back, or further while sources catch up."""
    heard = state.live.coverage.heard_until
    ready = now if heard is None else max(min(heard, now), now - PATIENCE)
    return bin_of(ready - LATENESS)


def _fold(draft: Draft) -> None:
    live = draft.state.live
    target = fold_before(draft.state, draft.now)
    if live.watermark == 0:
        draft.state = draft.state.with_live(watermark=target)
        return
    if target <= live.watermark:
        return
    known, begin = [one for one in live.bins if one.start < target], max(live.watermark, target - LONGEST_GAP)
    closing = [one for one in known if one.start < begin] + gapless(known, begin, target)
    closing = _forget_our_gap(closing, live.looked_at, draft.now)
    detector = draft.state.detector
    for one in closing:
        detector = detection.fold(detector, one, draft.brand.detection)
    draft.state = replace(draft.state, detector=detector).with_live(
        watermark=target, bins=tuple(one for one in live.bins if one.start >= target)
    )


def _forget_our_gap(bins: Sequence[Bin], looked_at: Seconds | None, now: Seconds) -> list[Bin]:
    """Return the bins with those marked unknown in which we were away and that nothing has filled since."""
    if looked_at is None or now - looked_at <= OUR_GAP:
        return list(bins)
    away = range(bin_of(looked_at) + BIN_SECONDS, bin_of(now))
    return [replace(one, coverage=0.0) if one.start in away and not one.mentions else one for one in bins]


# --- tone ------------------------------------------------------------------------------------------------------------


def _may_open(draft: Draft, reading: Reading) -> bool:
    live = draft.state.live
    if live.taught != live.learned and (live.learned == 0 or draft.now - (live.stale_since or 0.0) < STALE_AT_MOST):
        return False
    if any(one.late for one in live.bins):
        fresh = [without_late(one) for one in live.bins]
        settings = draft.brand.detection
        return detection.read(draft.state.detector, fresh, draft.now, settings, settled=live.settled_at).alarm
    return reading.alarm


def _open_tone(draft: Draft, reading: Reading) -> None:
    found = evidence.gather(draft, reading, previous=None)
    if is_old_story(draft.state.live, found.candidates, found.severity, reading, draft.now):
        return  # move on
    quotes = evidence.choose_quotes(found.candidates, found.terms)
    plain = found.authenticity != "coordinated"  # what looks like one hand's work is verified before it is believed
    crisis = responses.guess(Kind.TONE, found.why, quotes) if plain else None
    case = draft.open(
        Kind.TONE,
        found.reason,
        severity=found.severity,
        since=found.since,
        observed=reading.observed,
        expected=reading.expected,
        reasons=found.why,
        authenticity=found.authenticity,
        quotes=quotes,
        response=evidence.respond(draft, Kind.TONE, found.candidates, found.why, crisis=crisis),
        candidates=found.candidates,
    )
    told = dict.fromkeys(one.story for one in found.candidates if one.story)  # what opened it is no other story
    draft.put(replace(draft.case(case.incident.id), stories=tuple(told)))


def _follow(draft: Draft, case: Case, reading: Reading) -> None:
    """Carry an open tone incident on: worse, another story, calm, calm long enough."""
    incident = case.incident
    recovering = incident.state is Stage.RECOVERING
    stays = recovering and stays_back(incident, reading)
    if not tone_is_back(incident, reading) and not (stays and case.calm_since is not None):
        case = replace(case, calm_since=None)
        draft.put(case)
        if recovering and reading.alarm and not stays:
            why = f"{reading.observed_now:.0f} negative in an hour again, {reading.expected_now:.0f} usual"
            case = draft.step(case, Trigger.RELAPSE, why)
        if reading.alarm:
            evidence.worsen(draft, case, reading)
        else:
            draft.put(evidence.ebb(draft, case))
        return
    since = case.calm_since if case.calm_since is not None else draft.now
    case = replace(evidence.ebb(draft, case), calm_since=since)
    draft.put(case)
    ends = draft.now - since >= CALM_FOR
    ebbing = evidence.half_life(case) if ends or incident.state is Stage.OPEN else ()  # a fit costs milliseconds
    told = f", {ebbing[0]}" if ebbing else ""
    if incident.state is Stage.OPEN:
        why = f"{reading.observed_now:.0f} negative an hour, {reading.expected_now:.0f} usual{told}"
        case = draft.step(case, Trigger.CALM, why, reasons=_with(incident.why, ebbing))
    evidence.tell_stories(draft, case)
    if ends:
        case = draft.case(case.incident.id)
        if ebbing:
            fresh = incidents.refresh(case.incident, now=draft.now, why=_with(case.incident.why, ebbing))
            case = replace(case, incident=fresh)
        end(draft, case, f"the tone has been back for {CALM_FOR / MINUTE:.0f} minutes{told}: move on")
    else:
        draft.wakes.append(since + CALM_FOR)


def _with(why: tuple[str, ...], ebbing: tuple[str, ...]) -> tuple[str, ...]:
    """Return the reasons with the newest half-life in the place of an older one."""
    return (*(one for one in why if not one.startswith("half-life ")), *ebbing) if ebbing else why


def _outlive(draft: Draft, case: Case, until: Seconds, why: str) -> None:
    if draft.now >= until:
        end(draft, case, why)
    else:
        draft.wakes.append(until)
