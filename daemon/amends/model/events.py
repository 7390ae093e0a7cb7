"""What may happen to a brand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from amends.model.base import Seconds
from amends.model.incidents import Answers
from amends.model.mentions import Mention
from amends.model.readings import Coverage

DRILL_LEFT_OUT = "drill:left-out"  # where the store keeps when the schedule last left one out, and why
DRILL_CASES = ("outage", "offensive-post", "product-harm", "data-breach", "rumour")  # told in `pipeline.cases`


@dataclass(frozen=True, slots=True)
class Batch:
    """New mentions of one brand, none of them seen before under (source, id) unless `op` is update or delete.

    `coverage` says who can be heard at this moment; None: as at the last Tick.
    """

    mentions: tuple[Mention, ...]
    coverage: Coverage | None = None


@dataclass(frozen=True, slots=True)
class Tick:
    """Time passed."""

    coverage: Coverage | None = None  # None: as it was


@dataclass(frozen=True, slots=True, kw_only=True)
class Acknowledge:
    """Somebody has it."""

    incident: str
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Unacknowledge:
    """Nobody has it after all."""

    incident: str
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolve:
    """It is over, says a person."""

    incident: str
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reopen:
    """It is not over, says a person."""

    incident: str
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Snooze:
    """No pages of this incident until then."""

    incident: str
    by: str
    until: Seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Feedback:
    """Was it worth a page? `None` takes the verdict back."""

    incident: str
    by: str
    verdict: Literal["real", "noise"] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Responded:
    """The brand has said something in public."""

    incident: str
    by: str
    kind: Literal["holding", "full"]
    url: str | None = None
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Advise:
    """Somebody answered the adviser's questions; a later answer stands for the earlier."""

    incident: str
    by: str
    answers: Answers


@dataclass(frozen=True, slots=True, kw_only=True)
class StartSilence:
    """Be quiet about this brand until then."""

    until: Seconds
    reason: str
    by: str
    story: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EndSilence:
    """The silence ends now."""

    silence: str
    by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StartDrill:
    """A marked test page through the real channels.

    What the schedule starts gives way to what is real: `busy` are the other brands where something is open.
    """

    by: str
    case: str = "outage"
    scheduled: bool = False
    busy: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TellAlive:
    """The proof of life: to each of these a notice of what was heard since then; `id` is told once."""

    id: str
    to: tuple[str, ...]  # people or rotas
    since: Seconds
    mentions: int
    pages: int
    coverage: Coverage


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered:
    """A channel took the page."""

    page: str
    incident: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """A channel will not take the page: the next one is decided here."""

    page: str
    incident: str
    error: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Deferred:
    """The person's cap is reached: the page is held until then, and decided anew at that time."""

    page: str
    incident: str
    until: Seconds
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Learned:
    """A baseline learned anew from the stored bins before `until`, outside the transaction (see `pipeline.learn`)."""

    detector: bytes
    until: int
    taught: int  # the `taught` counter of the state that it was made from: an older one is refused


Command: TypeAlias = (
    Acknowledge | Unacknowledge | Resolve | Reopen | Snooze | Feedback | Responded | Advise | StartSilence | EndSilence
    | StartDrill | TellAlive | Delivered | Failed | Deferred | Learned
)  # fmt: skip
Event: TypeAlias = Batch | Tick | Command
