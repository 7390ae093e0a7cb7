"""Small values for the store's tests, and a tiny `decide` that says what a test tells it to."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

from amends import detection
from amends.model import (
    Batch,
    Bin,
    Event,
    Incident,
    IncidentEvent,
    Kind,
    Mention,
    Page,
    Quote,
    Seconds,
    Stage,
    StaleError,
    Tone,
)
from amends.pipeline.bins import count_all
from amends.pipeline.decision import Decision

if TYPE_CHECKING:
    from amends.pipeline.rules import Rules
    from amends.pipeline.state import BrandState
    from amends.storage import Store

NOW = 1_767_571_200.5  # 2026-01-05T00:00:00.5Z
NEGATIVE = Tone("en", -0.5, 0.8, 0.15, 0.05, "negative")
POSITIVE = Tone("en", 0.6, 0.05, 0.15, 0.8, "positive")

# the store reads the brands' settings alone; everything else goes to `decide` untouched
RULES = cast(
    "Rules",
    SimpleNamespace(
        brands={name: SimpleNamespace(id=name, detection=detection.Settings()) for name in ("acme", "globex")}
    ),
)


@dataclass(frozen=True, slots=True)
class Say:
    """An event that carries its own decision."""

    changes: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TooLate:
    """An event that meets a StaleError."""


def decide(state: BrandState, event: Event, now: Seconds, rules: Rules) -> Decision:
    """Count and keep a batch; do what a `Say` says; otherwise only wake again in a minute."""
    del rules
    if isinstance(event, TooLate):
        raise StaleError("the incident is over")
    if isinstance(event, Batch):
        new = tuple(mention for mention in event.mentions if mention.op == "create")
        bins = tuple(count_all(new).values())
        counted = state.with_live(taught=state.live.taught + len(new))
        return Decision(state=counted, mentions=event.mentions, bins=bins, wake=now + 60)
    changes = dict(event.changes) if isinstance(event, Say) else {}
    return Decision(state=state.with_live(incidents=state.live.incidents + 1), wake=now + 60, **changes)


def say(**changes: Any) -> Event:
    """Return an event whose decision writes these."""
    return cast("Event", Say(changes))


def batch(*mentions: Mention) -> Batch:
    return Batch(mentions)


def a_mention(native: object = 1, **changes: Any) -> Mention:
    usual: dict[str, Any] = {
        "brand": "acme", "source": "news", "id": str(native), "text": f"What a mess {native}", "published_at": NOW,
        "seen_at": NOW, "tone": NEGATIVE, "author": "bob", "url": f"https://example.org/{native}", "lang": "en",
    }  # fmt: skip
    return Mention(**{**usual, **changes})


def a_quote(native: object = 1, **changes: Any) -> Quote:
    usual: dict[str, Any] = {
        "role": "loudest", "id": str(native), "source": "news", "published_at": NOW, "text": f"What a mess {native}",
        "author": "bob", "url": f"https://example.org/{native}",
    }  # fmt: skip
    return Quote(**{**usual, **changes})


def an_incident(name: str = "inc_1", **changes: Any) -> Incident:
    usual: dict[str, Any] = {
        "id": name, "brand": "acme", "kind": Kind.TONE, "state": Stage.OPEN, "severity": 1, "title": "Acme: 5 times",
        "opened_at": NOW, "since": NOW - 600, "updated_at": NOW, "observed": 12.5, "expected": 2.5, "why": ("much",),
    }  # fmt: skip
    return Incident(**{**usual, **changes})


def resolved(incident: Incident) -> Incident:
    return replace(incident, state=Stage.RESOLVED, resolved_at=NOW, revision=incident.revision + 1)


def an_event(seq: int = 1, **changes: Any) -> IncidentEvent:
    usual: dict[str, Any] = {
        "incident": "inc_1", "seq": seq, "at": NOW + seq, "event": "opened", "by": "amends", "why": "it is loud",
        "data": {"observed": 12.5},
    }  # fmt: skip
    return IncidentEvent(**{**usual, **changes})


def a_page(name: str = "pg_1", **changes: Any) -> Page:
    usual: dict[str, Any] = {
        "id": name, "brand": "acme", "incident": an_incident(), "event": "opened", "kind": "page", "reason": "first",
        "person": "lea", "channel": "hook", "step": f"1.0.{name}", "title": "Acme", "text": "It is loud",
        "due": NOW, "decided_at": NOW,
    }  # fmt: skip
    return Page(**{**usual, **changes})


def a_bin(start: int = 1_767_571_200, **changes: Any) -> Bin:
    return Bin(start=start, **changes)


async def apply(store: Store, event: Event, brand: str = "acme", now: Seconds = NOW) -> Decision:
    return await store.apply(brand, event, now=now, rules=RULES)


async def opened(store: Store, *pages: Page, **changes: Any) -> Incident:
    """Open an incident of acme with its first event and these pages."""
    incident = an_incident(**changes)
    await apply(store, say(incidents=(incident,), events=(an_event(incident=incident.id),), pages=pages))
    return incident


async def at_once(*coroutines: Any) -> list[Any]:
    return await asyncio.gather(*coroutines, return_exceptions=True)
