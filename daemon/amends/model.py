"""What flows through Amends: frozen values, with no behaviour beyond their invariants.

Times are seconds since 1970-01-01T00:00Z as floats (`Seconds`), durations are seconds. Text is what a person wrote and
is hostile until escaped. Ids of brands, sources, people and channels are configured words; all other ids are opaque.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Literal, Protocol, TypeAlias

Seconds: TypeAlias = float
BIN_SECONDS = 300
MINUTE, HOUR, DAY = 60.0, 3_600.0, 86_400.0


class AmendsError(Exception):
    """Anything Amends refuses: the message names the thing, the value and the way out."""


class InputError(AmendsError):
    """The user's input is wrong; a command that meets it exits with 2."""


class UnknownError(AmendsError):
    """A command names an incident, a person or a silence that does not exist."""


class StaleError(AmendsError):
    """A command comes too late for the state that it meets."""


class Clock(Protocol):
    """The one source of time of a running program: real, accelerated (demo) or jumping (replay)."""

    def wall(self) -> Seconds:
        """Now, in Unix time."""
        ...

    def mono(self) -> Seconds:
        """A time that never goes back, for durations; it runs as fast as `wall`."""
        ...

    async def sleep_until(self, wall: Seconds) -> None:
        """Return once `wall()` has reached the time given."""
        ...


# --- what arrives ----------------------------------------------------------------------------------------------------

DateQuality = Literal["given", "missing", "future", "absurd", "zone"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One post as a source gave it; or, by `op`, its edit or its deletion."""

    source: str
    id: str  # native to the source, unique in it
    text: str  # plain, or HTML where `html` is true
    published_at: Seconds  # as repaired by the source: `seen_at` where the given date is missing or impossible
    seen_at: Seconds
    title: str = ""
    html: bool = False
    url: str | None = None
    author: str | None = None
    lang: str | None = None  # the source's hint, ISO 639-1
    reach: int | None = None  # followers or the like
    brand: str | None = None  # id or name, where the giver names it
    op: Literal["create", "update", "delete"] = "create"
    date: DateQuality = "given"  # what was wrong with the date, if anything
    history: bool = False  # backfill: teaches, opens nothing, tells nobody
    late: bool = False  # published before what its source could already have shown us
    extra: Mapping[str, Any] = field(default_factory=dict)  # unknown keys of a Mention record, kept


Label = Literal["negative", "neutral", "positive", "unscored"]


@dataclass(frozen=True, slots=True)
class Tone:
    """How a text sounds. `compound` is VADER's, -1 to 1; the p_* sum to 1, or are None where nobody scores `lang`."""

    lang: str | None
    compound: float
    p_negative: float | None
    p_neutral: float | None
    p_positive: float | None
    label: Label


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """An item that names a brand, made ready for a decision."""

    brand: str
    source: str
    id: str
    text: str  # clean plain text, NFC, no control characters
    published_at: Seconds
    seen_at: Seconds
    tone: Tone
    title: str = ""
    url: str | None = None  # canonical
    author: str | None = None
    lang: str | None = None
    reach: int | None = None
    fingerprint: int = 0  # 64-bit simhash of the text: near-duplicates differ in few bits; 0 = too short to tell
    watch: str | None = None  # the watched term or author that it contains
    own: bool = False  # from the brand's own voice
    op: Literal["create", "update", "delete"] = "create"
    date: DateQuality = "given"
    history: bool = False
    late: bool = False
    story: str | None = None  # set by `decide`
    extra: Mapping[str, Any] = field(default_factory=dict)


# --- what was counted ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Bin:
    """What a brand heard in `BIN_SECONDS` of event time. Bins of the same start add up (see `pipeline.bins`).

    `authors` and `stories` hold small hashes of distinct negative voices and stories, at most 64 of each: enough to
    tell "one" from "many". `sources` maps a source to (mentions, sum of p_negative). `coverage` is the share, 0 to 1,
    of the brand's polled sources that could hear during the bin; 1 where nothing is polled.
    """

    start: int  # Unix time, a multiple of BIN_SECONDS
    mentions: int = 0
    negatives: int = 0  # labelled so: for display
    p_negative: float = 0.0  # sum of calibrated probabilities: for detection
    unscored: int = 0
    reach: int = 0
    late: int = 0
    authors: tuple[int, ...] = ()
    stories: tuple[int, ...] = ()
    sources: Mapping[str, tuple[int, float]] = field(default_factory=dict)
    coverage: float = 1.0

    @property
    def others(self) -> float:
        """Scored mentions that are not negative, in expectation."""
        return max(0.0, self.mentions - self.unscored - self.p_negative)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What the detector says of one brand at one moment. Rates are negatives an hour."""

    at: Seconds
    observed: float = 0.0  # in the window that speaks loudest
    expected: float = 0.0  # in the same window, given the season and the other mentions
    since: Seconds = 0.0  # where that window begins: the estimated onset
    window: Seconds = BIN_SECONDS
    evidence: float = 0.0  # log likelihood ratio, natural units
    threshold: float = float("inf")
    alarm: bool = False  # evidence stands above the threshold (or still does: hysteresis) on what is fresh, not late
    calm: bool = True  # the tone is back to the usual
    observed_now: float = 0.0  # negatives an hour, the last hour
    expected_now: float = 0.0
    learned_days: float = 0.0  # event time behind the baseline
    page_above: float | None = None  # negatives in one hour from which it would page; None = never could
    doubling: Seconds | None = None  # doubling time while it grows
    voices: int = 0  # distinct authors of negatives in the window, counted up to 64 a bin
    stories: int = 0

    @property
    def ratio(self) -> float:
        """Evidence over threshold: 1 would page."""
        return self.evidence / self.threshold if self.threshold > 0 else 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """Which of a brand's polled sources answered within their own expected interval. `of` 0: nothing is polled."""

    on_time: int = 0
    of: int = 0
    silent: tuple[str, ...] = ()  # ids of those that did not
    heard_until: Seconds | None = None  # every source that is on time has been heard up to here; None = now

    @property
    def ratio(self) -> float:
        """Share on time; 1 where nothing is polled."""
        return self.on_time / self.of if self.of else 1.0


# --- incidents -------------------------------------------------------------------------------------------------------


class Kind(StrEnum):
    """What an incident is about."""

    TONE = "tone"
    WATCH = "watch"
    DELETED = "deleted"
    BLIND = "blind"
    DRILL = "drill"


class Stage(StrEnum):
    """Where an incident stands (`state` in the doors)."""

    OPEN = "open"
    RECOVERING = "recovering"
    RESOLVED = "resolved"


Severity: TypeAlias = Literal[1, 2, 3]  # 1 critical, 2 major, 3 minor: 1 is worst

EventName = Literal[
    "opened", "raised", "escalated", "acknowledged", "unacknowledged", "responded", "story", "recovering", "relapsed",
    "resolved", "reopened", "snoozed", "feedback", "silenced", "unreachable",
]  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Quote:
    """A mention shown as evidence."""

    role: Literal["earliest", "loudest", "typical"]
    id: str
    source: str
    published_at: Seconds
    text: str
    url: str | None = None
    author: str | None = None
    lang: str | None = None


@dataclass(frozen=True, slots=True)
class Response:
    """The words to say: a template filled in, in the crowd's language."""

    template: str
    lang: str
    text: str


@dataclass(frozen=True, slots=True)
class Record:
    """How often the brand's earlier incidents were real, of those that people judged."""

    real: int = 0
    judged: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """One incident as strangers see it (docs/http-api.md); `None` until it happens."""

    id: str
    brand: str
    kind: Kind
    state: Stage
    severity: Severity
    title: str  # one line that says it all, at most 110 characters
    opened_at: Seconds
    since: Seconds
    updated_at: Seconds
    revision: int = 1
    acknowledged_at: Seconds | None = None
    acknowledged_by: str | None = None
    resolved_at: Seconds | None = None
    observed: float = 0.0
    expected: float = 0.0
    why: tuple[str, ...] = ()
    authenticity: Literal["organic", "coordinated", "unknown"] = "unknown"
    coverage: Coverage = field(default_factory=Coverage)
    quotes: tuple[Quote, ...] = ()
    response: Response | None = None
    record: Record = field(default_factory=Record)
    feedback: Literal["real", "noise"] | None = None
    snoozed_until: Seconds | None = None
    drill: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentEvent:
    """One line of an incident's history; `seq` counts from 1 in its incident."""

    incident: str
    seq: int
    at: Seconds
    event: EventName
    by: str  # a person's id, or "amends"
    why: str
    data: Mapping[str, Any] = field(default_factory=dict)  # for the record: numbers, ids of quotes, a reply's text


# --- messages to people ----------------------------------------------------------------------------------------------

PageState = Literal["queued", "sent", "failed", "deferred", "cancelled"]
Reason = Literal["first", "raised", "unacknowledged", "story", "acknowledged", "resolved", "drill", "alive"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One message to one person on one channel: kind `page` wakes, `notice` does not.

    `id` is made from (incident, step, person, channel): a retry is the same page, another call another step. `incident`
    is the snapshot that the message speaks of. `title` (at most 60 characters) and `text` are in the person's language.
    """

    id: str
    brand: str
    incident: Incident
    event: EventName
    kind: Literal["page", "notice"]
    reason: Reason
    person: str
    channel: str
    step: str
    title: str
    text: str
    due: Seconds
    decided_at: Seconds
    state: PageState = "queued"
    deadline: Seconds | None = None  # after this, trying again serves nobody: the next person has been called
    group: str | None = None  # rows of one person, channel and group may be told in one message (blind)
    why: str = ""  # the reason of a deferral, cancellation or failure


@dataclass(frozen=True, slots=True, kw_only=True)
class PageChange:
    """What becomes of a page that is already in the outbox."""

    id: str
    state: PageState
    why: str
    due: Seconds | None = None
    channel: str = ""  # where it is known: for counting


@dataclass(frozen=True, slots=True, kw_only=True)
class Silence:
    """No pages for a brand (or one story of it) until an end that must be given."""

    id: str
    brand: str
    until: Seconds
    reason: str
    by: str
    created_at: Seconds
    story: str | None = None
    ended_at: Seconds | None = None


# --- what may happen to a brand --------------------------------------------------------------------------------------


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
    """A marked test page through the real channels."""

    by: str
    case: str = "outage"


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
    Acknowledge | Unacknowledge | Resolve | Reopen | Snooze | Feedback | Responded | StartSilence | EndSilence
    | StartDrill | Delivered | Failed | Deferred | Learned
)  # fmt: skip
Event: TypeAlias = Batch | Tick | Command
