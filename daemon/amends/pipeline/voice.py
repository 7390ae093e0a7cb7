"""The brand's own voice: what it says during an incident counts as its answer, what vanishes from it opens one."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from amends import escalation, incidents
from amends.incidents import Trigger
from amends.model import Kind, Stage
from amends.pipeline import evidence
from amends.pipeline.bins import small_hash
from amends.responses.lint import lint

if TYPE_CHECKING:
    from collections.abc import Sequence

    from amends.model import Mention, Severity
    from amends.pipeline.draft import Draft
    from amends.pipeline.state import Case

ANSWERED = (Kind.TONE, Kind.WATCH, Kind.DELETED)  # kinds to which the public awaits an answer
KEPT = 5_000  # characters of an answer that the record keeps
POSTS = 5  # of the brand's own, kept for the record of what they may have caused
NAMED = 5  # posts whose addresses one reason names
QUOTED = 3
SILENCE = "to delete in silence makes it worse: say in public what was removed and why"
ANGRY = "it vanished while people are angry already"
GONE = "gone from {source}, and its address says so twice: {posts}"
LAWFUL = "what is illegal, unsafe or shows personal data does come down, with a public line"


def spoken(draft: Draft, post: Mention) -> None:
    """Take note of a new post of the brand's own; what it says during an incident is noted as its answer.

    It counts if it came after the incident opened, or reads as an apology or a holding line and came after the first
    sign. `full` if the lint has read it as an apology, else `holding`.
    """
    if not post.own or post.op != "create":
        return
    kept = (*draft.state.live.posts, evidence.shortened(post))[-POSTS:]
    draft.state = draft.state.with_live(posts=kept)
    if post.history:
        return
    cases = [case for case in draft.cases(*ANSWERED) if post.published_at >= case.incident.since]
    if not cases:
        return
    for case in cases:
        if post.speech in {"apology", "holding"} or post.published_at >= case.incident.opened_at:
            kind, why = "full" if post.speech == "apology" else "holding", f"the brand spoke in {post.source}"
            said(draft, case, kind=kind, url=post.url, text=_statement(post), why=why)


def heard(post: Mention) -> Mention:
    """Return a post as the lint reads it, if it is a new one of the brand's own. It takes up to half a second."""
    if not post.own or post.op == "delete" or post.history:
        return post
    return replace(post, speech=lint(_statement(post)).kind)


def _statement(post: Mention) -> str:
    text = post.text if not post.title or post.text.startswith(post.title) else f"{post.title}\n\n{post.text}"
    return text[:KEPT]


def said(draft: Draft, case: Case, *, kind: str, url: str | None, text: str, why: str, by: str = "amends") -> None:
    """Note an answer once; what was heard from a source is not noted again where a person has noted its address."""
    marks = {small_hash(f"{kind}\0{url or ''}\0{text}")}
    if by == "amends" and url:
        marks.add(small_hash(f"url\0{url}"))
    if marks & set(case.said):
        return
    if url:
        marks.add(small_hash(f"url\0{url}"))
    before = set(case.answers)
    data = {"kind": kind, "url": url, "text": text, "first": [one for one in _covers(kind) if one not in before]}
    case = replace(case, said=(*case.said, *sorted(marks))[-100:], answers=tuple(sorted(before | set(_covers(kind)))))
    draft.step(case, Trigger.RESPONDED, why, by=by, data=data)


def _covers(kind: str) -> tuple[str, ...]:
    """Return which clocks an answer stops: a full statement is a first public line too."""
    return ("holding", "full") if kind == "full" else ("holding",)


def removed(draft: Draft, posts: Sequence[Mention]) -> None:
    """Open an incident for posts of the brand's own that have vanished, or tell of them in the open one."""
    if not posts:
        return
    named = ", ".join(one.url or one.id for one in posts[:NAMED])
    more = f" and {len(posts) - NAMED} more" if len(posts) > NAMED else ""
    why = GONE.format(source=posts[0].source, posts=f"{named}{more}")
    archived = tuple(evidence.shortened(one) for one in posts)
    cases = draft.cases(Kind.DELETED)
    if cases:
        _another(draft, cases[0], archived, why)
        return
    crisis = [case.incident for case in draft.cases(Kind.TONE, Kind.WATCH) if case.incident.state is Stage.OPEN]
    severity: Severity = min([2, *(incident.severity for incident in crisis)])
    during = (ANGRY,) if crisis else ()
    last_listed = [float(one.extra["last_listed"]) for one in posts if "last_listed" in one.extra]
    draft.open(
        Kind.DELETED,
        why,
        severity=severity,
        since=min([draft.now, *last_listed]),
        reasons=(why, *during, SILENCE, LAWFUL),
        quotes=tuple(evidence.quote("earliest", one) for one in archived[:QUOTED]),
        response=evidence.respond(draft, Kind.DELETED, archived, (why,)),
        candidates=archived[-evidence.KEPT :],
    )


def _another(draft: Draft, case: Case, archived: tuple[Mention, ...], why: str) -> None:
    """Tell of another lost post; page for it at most once an hour."""
    quotes = (*case.incident.quotes, *(evidence.quote("earliest", one) for one in archived))[:QUOTED]
    incident = incidents.refresh(case.incident, now=draft.now, quotes=quotes)
    last = case.story_at if case.story_at is not None else incident.opened_at
    paging = draft.now - last >= evidence.STORY_EVERY
    candidates = (*case.candidates, *archived)[-evidence.KEPT :]
    case = replace(case, incident=incident, candidates=candidates, last_hit=draft.now)
    case = replace(case, story_at=draft.now) if paging else case
    case = draft.step(case, Trigger.STORY, why)
    if paging:
        draft.escalate(case, escalation.story)
