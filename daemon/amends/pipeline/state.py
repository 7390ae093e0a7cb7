"""A brand's state between two decisions: small, versioned, and serialised by the one pair of functions below."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from pydantic import ConfigDict, TypeAdapter, with_config

from amends import detection
from amends.escalation import Ledger
from amends.model import Answers, Bin, Coverage, Incident, Mention, Reading, Record, Seconds, Silence
from amends.stories import Memory

if TYPE_CHECKING:
    from amends.pipeline.rules import BrandRules

VERSION = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """An open incident with what the next decision about it needs."""

    incident: Incident
    ledger: Ledger
    candidates: tuple[Mention, ...] = ()  # the negatives that may be quoted, at most 60
    stories: tuple[str, ...] = ()  # told already
    said: tuple[int, ...] = ()  # what the brand has said in public, by small hashes: telling twice is telling once
    answers: tuple[str, ...] = ()  # which of "holding" and "full" have been said
    advised: Answers | None = None  # what was last answered to the adviser
    calm_since: Seconds | None = None
    story_at: Seconds | None = None  # when another story was last told
    untold: tuple[tuple[str, str], ...] = ()  # stories that came too soon after the last one: story, why
    curve: dict[int, float] = field(default_factory=dict)  # negatives by the start of their bin, a day at most
    wake: Seconds | None = None  # when escalation wants to look again
    last_hit: Seconds | None = None  # kinds watch and deleted: their newest occasion; a drill: its reopening


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceShare:
    """What one source usually brings to a brand, and since when: a new one learns alone for a day."""

    first: Seconds  # event time of its first mention
    at: Seconds  # when it was last heard
    heard: float = 0.0  # mentions; older ones fade
    trial: bool = False  # it is new: what it brings is heard, and not judged while there is credit
    many: int = 0  # scored mentions during its trial
    negative: float = 0.0  # the sum of their p_negative


@dataclass(frozen=True, slots=True, kw_only=True)
class Live:
    """The part of the state that changes with every decision."""

    watermark: int = 0  # bins that begin before it have been folded
    bins: tuple[Bin, ...] = ()  # open ones, in order
    stories: Memory = field(default_factory=Memory)
    cases: tuple[Case, ...] = ()
    closed: tuple[Case, ...] = ()  # the last few resolved ones, for `reopen` and "move on"
    silences: tuple[Silence, ...] = ()
    record: Record = field(default_factory=Record)
    coverage: Coverage = field(default_factory=Coverage)
    reading: Reading | None = None
    first_at: Seconds | None = None  # the oldest mention's event time
    recent: tuple[Mention, ...] = ()  # the newest negatives, the stock from which an incident takes its quotes
    posts: tuple[Mention, ...] = ()  # the brand's own newest, shortened: an incident's record keeps what came before it
    usual_terms: dict[str, float] = field(default_factory=dict)  # how often each term is heard on a usual day
    taught: int = 0  # counts the batches of history that came after their bins were folded
    learned: int = 0  # the value of `taught` that the detector has learned; behind it, learning is due
    incidents: int = 0  # how many there have ever been: makes ids
    blind_since: Seconds | None = None
    stale_since: Seconds | None = None  # since when learning has been due
    settled_at: Seconds | None = None  # when the last tone incident ended: what came before is dealt with
    voices: dict[int, tuple[int, Seconds]] = field(default_factory=dict)  # by small hash: negatives, since when (a day)
    proof: Case | None = None  # the last proof of life that was told: a case that is no incident
    sources: dict[str, SourceShare] = field(default_factory=dict)  # at most 64, the longest silent are forgotten
    credit: float = 0.0  # negatives that all new sources together may bring before they are judged all the same
    credit_at: Seconds | None = None
    missed: tuple[Bin, ...] = ()  # what came late for bins that were folded, until it is judged
    caught_up_at: Seconds | None = None  # when the newest such, or other old items, came
    looked_at: Seconds | None = None  # the last look: a long gap before the next means that we were away

    @property
    def every_case(self) -> tuple[Case, ...]:
        """All cases of which messages may still be under way."""
        return (*self.cases, *self.closed, *((self.proof,) if self.proof else ()))


@dataclass(frozen=True, slots=True, kw_only=True)
class BrandState:
    """What the store keeps of a brand; `version` and `epoch` are the store's, checked at each commit."""

    brand: str
    detector: detection.DetectorState
    live: Live = field(default_factory=Live)
    version: int = 0
    epoch: int = 0

    def with_live(self, **changes: Any) -> BrandState:  # noqa: ANN401 - field values, checked by Live itself
        """Return the same state with parts of `live` replaced."""
        return replace(self, live=replace(self.live, **changes))


# JSON has no infinity, and a threshold that nothing reaches is one.
_LIVE = TypeAdapter(with_config(ConfigDict(ser_json_inf_nan="constants"))(Live))


def new_state(rules: BrandRules) -> BrandState:
    """Return the state of a brand that nothing is known of."""
    return BrandState(brand=rules.id, detector=detection.new(rules.detection))


def dump_live(live: Live) -> bytes:
    """Serialise the changing part, with the version of its form."""
    return b'{"version":%d,"live":%b}' % (VERSION, _LIVE.dump_json(live))


def load_state(brand: str, live: bytes, detector: bytes) -> BrandState:
    """Read a state back; `ValueError` on a form that this program does not know."""
    document = json.loads(live)
    if document.get("version") != VERSION:
        message = f"the state of {brand!r} has version {document.get('version')}, this program reads {VERSION}"
        raise ValueError(message)
    return BrandState(brand=brand, detector=detection.load(detector), live=_LIVE.validate_python(document["live"]))
