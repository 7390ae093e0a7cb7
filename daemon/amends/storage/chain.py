"""The hash chain of an incident's record: pure functions over salted digests.

Each event has a salt and the SHA-256 of salt and body (its canonical JSON, which lists the digests of the quotes that
it vouches for); each head is the SHA-256 of the head before and that digest. A salt and its body may be forgotten
together: the digest stays, the chain holds, and nobody can guess the words back from it. After Haber and Stornetta,
"How to time-stamp a digital document" (1991), with salts for the sake of erasure.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Row


@dataclass(frozen=True, slots=True)
class BrokenChain:
    """Where a record stopped being what was written: the first event that does not hold, and why."""

    incident: str
    seq: int
    why: str


def digest(salt: str, body: str) -> str:
    """Return the hexadecimal digest of a body under its salt (hexadecimal, 16 bytes)."""
    return sha256(bytes.fromhex(salt) + body.encode()).hexdigest()


def genesis(brand: str, incident: str) -> str:
    """Return the head before the first event: bound to its incident, so that no chain serves another."""
    return sha256(f"amends/1\n{brand}\n{incident}".encode()).hexdigest()


def link(head: str, of_event: str) -> str:
    """Return the head after an event."""
    return sha256(f"{head}\n{of_event}".encode()).hexdigest()


def check(
    brand: str, incident: str, head: str | None, events: Sequence[Row[Any]], texts: Sequence[Row[Any]]
) -> str | BrokenChain:
    """Return the chain's head if every row is what was written, else where it breaks.

    `head` is the one kept beside the incident; `events` are rows of `incident_events` by seq, `texts` of its texts.
    """
    at = genesis(brand, incident)
    vouched = {row.digest: row for row in texts}
    for row in events:
        why = _event_fault(row, incident, at, vouched)
        if why is not None:
            return BrokenChain(incident, row.seq, why)
        at = row.head
    last = events[-1].seq if events else 0
    for row in texts:
        if row.body is not None and (row.salt is None or digest(row.salt, row.body) != row.digest):
            return BrokenChain(incident, row.seq or last, "a quote's words are not those that were recorded")
    if head is not None and head != at:
        return BrokenChain(incident, last, "the record's end does not match the incident: events are missing or added")
    return at


def _event_fault(row: Row[Any], incident: str, before: str, texts: dict[str, Row[Any]]) -> str | None:
    if link(before, row.digest) != row.head:
        return "the event before it was changed, taken out or put in"
    if row.body is None:  # erased: its digest stands in the chain
        return None
    if row.salt is None or digest(row.salt, row.body) != row.digest:
        return "the event is not what was recorded"
    body = json.loads(row.body)
    if (body["incident"], body["seq"], body["at"], body["event"]) != (incident, row.seq, row.at, row.event):
        return "the event's columns contradict its body"
    if any(name not in texts for name in body["texts"]):
        return "a quote that it vouches for is gone (erased ones keep their row)"
    return None
