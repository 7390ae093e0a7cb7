"""Obeying: what people and channels say to an incident, each command one small function."""

from __future__ import annotations

from dataclasses import asdict, replace
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

from amends import detection, escalation
from amends.incidents import Trigger
from amends.model import (
    Acknowledge,
    Advise,
    Deferred,
    Delivered,
    EndSilence,
    Failed,
    Feedback,
    Incident,
    Kind,
    Learned,
    PageChange,
    Record,
    Reopen,
    Resolve,
    Responded,
    Silence,
    Snooze,
    Stage,
    StaleError,
    StartDrill,
    StartSilence,
    TellAlive,
    Unacknowledge,
    UnknownError,
)
from amends.pipeline import drill
from amends.pipeline.evidence import respond
from amends.pipeline.look import end, look
from amends.pipeline.state import Case
from amends.pipeline.voice import said
from amends.responses import about, place

if TYPE_CHECKING:
    from collections.abc import Callable

    from amends.model import Command
    from amends.pipeline.draft import Draft

LONGEST_SILENCE = 30 * 86_400.0


def obey(draft: Draft, command: Command) -> None:
    """Carry out one command; UnknownError where it names nothing, StaleError where it comes too late."""
    _TABLE[type(command)](draft, command)


def _acknowledge(draft: Draft, command: Acknowledge) -> None:
    case = draft.case(command.incident)
    if case.incident.acknowledged_at is not None:
        return
    case = draft.step(case, Trigger.ACKNOWLEDGE, f"{command.by} has it", by=command.by)
    if case.incident.kind is Kind.DRILL and case.incident.state is not Stage.RESOLVED:  # else its end is told already
        case = end(draft, case, "the drill was acknowledged")
    draft.escalate(case, escalation.acknowledged)


def _unacknowledge(draft: Draft, command: Unacknowledge) -> None:
    case = draft.case(command.incident)
    if case.incident.acknowledged_at is None or case.incident.state is Stage.RESOLVED:
        return
    case = draft.step(case, Trigger.UNACKNOWLEDGE, f"{command.by} gave it back", by=command.by)
    draft.escalate(case, escalation.unacknowledged)


def _resolve(draft: Draft, command: Resolve) -> None:
    case = draft.case(command.incident)
    if case.incident.state is not Stage.RESOLVED:
        end(draft, case, f"{command.by} says that it is over", by=command.by)


def _reopen(draft: Draft, command: Reopen) -> None:
    case = draft.case(command.incident)
    if case.incident.state is not Stage.RESOLVED:
        return
    if draft.cases(case.incident.kind):
        message = f"another incident of kind {case.incident.kind.value} is open for {draft.brand.id!r}: use that one"
        raise StaleError(message)
    case = draft.step(case, Trigger.REOPEN, f"{command.by} says that it is not over", by=command.by)
    case = replace(case, calm_since=None, last_hit=draft.now)
    draft.put(case)
    if case.incident.kind is Kind.TONE:
        draft.state = draft.state.with_live(settled_at=None)
    draft.escalate(case, escalation.begin)


def _snooze(draft: Draft, command: Snooze) -> None:
    case = draft.case(command.incident)
    why = f"{command.by} wants quiet"
    case = draft.step(case, Trigger.SNOOZE, why, by=command.by, snoozed_until=command.until)
    draft.escalate(case, escalation.snoozed)


def _feedback(draft: Draft, command: Feedback) -> None:
    case = draft.case(command.incident)
    before = case.incident.feedback
    if before == command.verdict:
        return
    record = draft.state.live.record
    judged = record.judged + (command.verdict is not None) - (before is not None)
    real = record.real + (command.verdict == "real") - (before == "real")
    record = Record(real=real, judged=judged)
    if case.incident.drill:  # the record is of what was real
        record = case.incident.record
    else:
        draft.state = draft.state.with_live(record=record)
    why = f"{command.by} says: {command.verdict or 'no verdict'}"
    draft.step(case, Trigger.FEEDBACK, why, by=command.by, feedback=command.verdict, record=record)


def _responded(draft: Draft, command: Responded) -> None:
    why = f"{command.by} published the {command.kind} text"
    case = draft.case(command.incident)
    said(draft, case, kind=command.kind, url=command.url, text=command.text, why=why, by=command.by)


def _advise(draft: Draft, command: Advise) -> None:
    """Keep the answers as a fact, and show the holding line of the crisis that they name."""
    case = draft.case(command.incident)
    if case.advised == command.answers:
        return
    incident, answers = case.incident, command.answers
    crisis = about(incident, answers)
    changes: dict[str, Any] = {}
    if incident.state is not Stage.RESOLVED and incident.kind is not Kind.BLIND:
        changes["response"] = respond(draft, incident.kind, case.candidates, incident.why, crisis=crisis)
    case = replace(case, advised=answers)
    cluster = place(answers) or "open"
    why = f"{command.by} answered the adviser: {crisis}, {cluster}"
    draft.step(case, Trigger.ADVISED, why, by=command.by, data=asdict(answers), **changes)


def _start_silence(draft: Draft, command: StartSilence) -> None:
    if not draft.now < command.until <= draft.now + LONGEST_SILENCE:
        message = "a silence must end in the future, at most 30 days from now: give a nearer `until`"
        raise StaleError(message)
    if command.story is not None and not _knows(draft, command.story):
        message = (
            f"the story {command.story[:80]!r} is not remembered for {draft.brand.id!r}, so a silence of it would hold "
            "nothing back: take the `story` of a mention of the last seven days that others repeat, or leave it out to "
            "silence the whole brand"
        )
        raise UnknownError(message)
    number = len(draft.state.live.silences)
    seed = f"{draft.brand.id}\0{number}\0{draft.now!r}\0{command.by}".encode()
    silence = Silence(
        id=f"sil_{blake2b(seed, digest_size=9).hexdigest()}",
        brand=draft.brand.id,
        until=command.until,
        reason=command.reason,
        by=command.by,
        created_at=draft.now,
        story=command.story,
    )
    kept = [one for one in draft.state.live.silences if one.ended_at is None and one.until > draft.now]
    draft.silences.append(silence)
    draft.state = draft.state.with_live(silences=(*kept, silence))
    _silence_changed(draft, silence, f"{command.by} silenced the brand: {command.reason}"[:300], command.by)


def _knows(draft: Draft, story: str) -> bool:
    """Tell whether something can still be told of a story: it may be heard again, or an open incident holds it."""
    live = draft.state.live
    cases = ({*case.stories, *(one.story for one in case.candidates)} for case in live.cases)
    recent = {one.story for one in live.recent}
    return story in live.stories.ids or story in recent or any(story in known for known in cases)


def _end_silence(draft: Draft, command: EndSilence) -> None:
    for silence in draft.state.live.silences:
        if silence.id == command.silence:
            if silence.ended_at is None:
                ended = replace(silence, ended_at=draft.now, ended_by=command.by)
                draft.silences.append(ended)
                kept = tuple(one for one in draft.state.live.silences if one.id != silence.id)
                draft.state = draft.state.with_live(silences=kept)
                _silence_changed(draft, silence, f"{command.by} ended the silence", command.by)
            return
    message = f"no silence {command.silence!r} is in force for {draft.brand.id!r}: see `amends silence list`"
    raise UnknownError(message)


def _silence_changed(draft: Draft, silence: Silence, why: str, by: str) -> None:
    """Note in every open incident that it covers that a silence began or ended, and hold or make its calls."""
    for case in draft.state.live.cases:
        if draft.covered(case, silence.story):
            case = draft.step(case, Trigger.SILENCE, why, by=by)  # noqa: PLW2901 - the same case, a step on
        draft.escalate(case, escalation.silenced)


def _tell_alive(draft: Draft, command: TellAlive) -> None:
    """Tell people that all is well, by a case that is kept beside the incidents and never shown as one."""
    if draft.state.live.proof is not None and draft.state.live.proof.incident.id == command.id:
        return  # told already, before a restart
    proof = Incident(
        id=command.id,
        brand=draft.brand.id,
        kind=Kind.WATCH,  # of no kind of its own: it is told by its reason alone
        state=Stage.RESOLVED,  # nothing is open: nobody is ever paged for it
        severity=3,
        title="",
        opened_at=draft.now,
        since=command.since,
        updated_at=draft.now,
        observed=float(command.mentions),
        expected=float(command.pages),
        coverage=command.coverage,
    )
    named = escalation.Policy(steps=(), inform=command.to)
    to = escalation.resolve(named, draft.rules.staff, draft.now, 3).inform
    draft.escalate(Case(incident=proof, ledger=escalation.Ledger()), escalation.alive, people_to_tell=to)


def _delivered(draft: Draft, command: Delivered) -> None:
    case = draft.find(command.incident)
    if case is None:
        draft.page_changes.append(PageChange(id=command.page, state="sent", why="after the end of its incident"))
    else:
        draft.escalate(case, escalation.delivered, page=command.page)


def _failed(draft: Draft, command: Failed) -> None:
    case = draft.find(command.incident)
    if case is None:
        draft.page_changes.append(PageChange(id=command.page, state="failed", why=command.error))
    else:
        draft.escalate(case, escalation.failed, page=command.page, error=command.error)


def _deferred(draft: Draft, command: Deferred) -> None:
    case = draft.find(command.incident)
    if case is None:
        draft.page_changes.append(PageChange(id=command.page, state="cancelled", why="its incident is long over"))
    else:
        draft.escalate(case, escalation.deferred, page=command.page, until=command.until, why=command.why)


def _learned(draft: Draft, command: Learned) -> None:
    live = draft.state.live
    if command.taught != live.taught or command.until != live.watermark:
        return  # more came meanwhile: learning is still due
    detector = detection.load(command.detector)
    draft.state = replace(draft.state, detector=detector).with_live(learned=live.taught, stale_since=None)
    look(draft)


_TABLE: dict[type, Callable[[Draft, Any], None]] = {
    Acknowledge: _acknowledge,
    Unacknowledge: _unacknowledge,
    Resolve: _resolve,
    Reopen: _reopen,
    Snooze: _snooze,
    Feedback: _feedback,
    Advise: _advise,
    Responded: _responded,
    StartSilence: _start_silence,
    EndSilence: _end_silence,
    StartDrill: drill.start,
    TellAlive: _tell_alive,
    Delivered: _delivered,
    Failed: _failed,
    Deferred: _deferred,
    Learned: _learned,
}
