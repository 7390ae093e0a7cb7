"""The adviser: three questions place a crisis, its history raises it a step; strategy, words and first steps follow.

After Coombs's situational crisis communication theory (2007): who is held responsible decides what to say. Information
and concern come before any strategy; denying never goes with an apology; only a false rumour is denied.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Literal, TypeAlias

from amends.model import HOUR, Answers, Kind, Seconds
from amends.responses.guess import guess
from amends.responses.lint import denies, lint
from amends.responses.template import CRISES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from amends.model import Incident

Cluster: TypeAlias = Literal["victim", "accidental", "preventable"]
Strategy: TypeAlias = Literal["inform", "deny", "diminish", "rebuild"]
NOTICE = 72 * HOUR  # from knowing of a breach of personal data to telling the authority (GDPR, article 33)
RESPONSIBILITY: dict[Cluster, str] = {"victim": "minimal", "accidental": "low", "preventable": "strong"}
_NEXT: dict[Cluster, Cluster] = {"victim": "accidental", "accidental": "preventable", "preventable": "preventable"}
# What follows information and concern. A history is treated as the next cluster, but for a victim:
# with one it diminishes (after Coombs 2007).
_PLAIN: dict[Cluster, Strategy] = {"victim": "inform", "accidental": "diminish", "preventable": "rebuild"}
_AGAIN: dict[Cluster, Strategy] = {"victim": "diminish", "accidental": "rebuild", "preventable": "rebuild"}
GRAVE = ("data-breach", "product-harm")
_ABOUT = {
    "rumour": "Refute it with proof, once, where it is told. Do not apologise for what did not happen.",
    "supplier-fault": "Another's failure, your customers: answer for what they bought from you, name no culprit.",
    "coordinated-attack": "Say what is true in it and leave the rest; apologise only for what happened.",
    "deleted-post": "Say in public what was removed and why; silence makes it worse.",
    "removed-post": "Say once what went and why, and do not repeat what was unlawful, unsafe or private in it.",
}
_SAY: dict[Strategy, str] = {
    "inform": "Say what you know, what people should do, and that you care. No apology for what you did not cause.",
    "deny": "Say that it is false and show the proof. Do not mix this with an apology.",
    "diminish": "Say what happened and why it was no intent, after information and concern. Never belittle the harm.",
    "rebuild": "Apologise in full and own it, repair the harm, say what changes.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One line of the checklist; `by` is the latest time for it, where the law sets one."""

    text: str
    by: Seconds | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """What to do and say. `cluster` is None while the answers leave it open: inform, show concern, find out."""

    cluster: Cluster | None
    responsibility: str | None
    history: bool
    strategy: Strategy
    crisis: str  # the type of template that fits
    guessed: bool  # nobody has answered what it is: the type is what its words look like
    say: tuple[str, ...]
    checklist: tuple[Step, ...]
    warnings: tuple[str, ...]


def advise(incident: Incident, answers: Answers | None, said: Sequence[str] = ()) -> Advice:
    """Advise on an incident: `answers` as given so far, `said` what the brand has said in public, oldest first.

    History is the answer given, else whether the brand has had an incident before that people judged real.
    """
    answers = answers or Answers()
    crisis = about(incident, answers)
    cluster = place(answers)
    history = answers.before if answers.before is not None else _judged_before(incident) > 0
    strategy = _strategy(cluster, crisis, history=history)
    return Advice(
        cluster=cluster,
        responsibility=None if cluster is None else RESPONSIBILITY[_NEXT[cluster] if history else cluster],
        history=history,
        strategy=strategy,
        crisis=crisis,
        guessed=answers.about is None and crisis == guess(incident.kind, incident.why, incident.quotes),
        say=tuple(filter(None, ("First information and concern, at once.", _SAY[strategy], _ABOUT.get(crisis)))),
        checklist=_checklist(incident, answers, crisis),
        warnings=tuple(_warnings(incident, strategy, said)),
    )


def place(answers: Answers) -> Cluster | None:
    """Return the cluster that the three answers give, None while they leave it open.

    What could have been prevented counts as preventable even where we are a victim, too: that is how it will be judged.
    """
    if answers.preventable:
        return "preventable"
    if answers.preventable is None:
        return None
    if answers.victim:
        return "victim"
    if answers.victim is None or answers.unintended is None:
        return None
    return "accidental" if answers.unintended else "preventable"


def about(incident: Incident, answers: Answers | None) -> str:
    """Return the type of crisis: as answered, else what can be told or guessed from the incident, else `unknown`."""
    if answers is not None and answers.about in CRISES:
        return str(answers.about)
    if incident.kind is Kind.DELETED:
        return "deleted-post"
    if incident.authenticity == "coordinated":
        return "coordinated-attack"
    return guess(incident.kind, incident.why, incident.quotes) or "unknown"


def contradicts(said: Sequence[str], draft: str) -> str | None:
    """Return the words with which a draft denies what was apologised for before, None where it does not.

    `said` are the texts that were published, oldest first.
    """
    return denies(draft) if any(map(_apologised, said)) else None


@lru_cache(maxsize=256)
def _denied(text: str) -> str | None:
    return denies(text)


@lru_cache(maxsize=256)
def _apologised(text: str) -> bool:
    report = lint(text)
    return report.parts["regret"] or report.parts["responsibility"]


def _judged_before(incident: Incident) -> int:
    return incident.record.real - (incident.feedback == "real")


def _strategy(cluster: Cluster | None, crisis: str, *, history: bool) -> Strategy:
    if cluster is None:
        return "inform"
    if crisis == "rumour" and cluster == "victim":
        return "deny"
    return (_AGAIN if history else _PLAIN)[cluster]


def _checklist(incident: Incident, answers: Answers, crisis: str) -> tuple[Step, ...]:
    grave: tuple[Step, ...] = ()
    if crisis in GRAVE or answers.hurt:
        grave = (
            Step(text="Call counsel and the data-protection officer before anything is published."),
            Step(
                text="If personal data is concerned, tell the authority within 72 hours of knowing.",
                by=incident.opened_at + NOTICE,
            ),
        )
    return (
        *grave,
        Step(text="Pause scheduled posts and running advertisements, on every network."),
        Step(text="Tell the switchboard, the counter and the chat what to answer."),
        Step(text="Delete nothing in silence: what must come down comes down with a public line."),
    )


def _warnings(incident: Incident, strategy: Strategy, said: Sequence[str]) -> list[str]:
    found = []
    if incident.authenticity == "coordinated":
        found.append(
            "This looks coordinated. Verify what is claimed before you answer; an answer may be what is wanted."
        )
    apologised = [at for at, text in enumerate(said) if _apologised(text)]
    if apologised:
        denied = next(filter(None, map(_denied, said[apologised[0] + 1 :])), None)
        if denied:
            found.append(f"A statement denies after one that apologised: “{denied[:120]}”. Say which of the two holds.")
        elif strategy == "deny":
            found.append("You have apologised already. Do not deny now: correct what was wrong in the apology instead.")
    return found
