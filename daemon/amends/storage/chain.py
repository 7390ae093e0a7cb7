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


def seal(events_head: str, messages_head: str | None) -> str:
    """Return the one head of a record: of its events, and of its messages where there are any."""
    return events_head if messages_head is None else link(events_head, messages_head)


def check_messages(
    brand: str, incident: str, head: str | None, links: Sequence[Row[Any]], outbox: Sequence[Row[Any]]
) -> BrokenChain | None:
    """Return where an incident's messages are not what was recorded; None if every row is.

    `links` are rows of `incident_messages` by n, `outbox` the incident's messages as they are now. Messages from before
    there was such a chain are in it from their next change on.
    """
    at = genesis(brand, incident)
    first: dict[str, Row[Any]] = {}
    last: dict[str, str] = {}
    for number, row in enumerate(links, 1):
        why = _message_fault(row, incident, number, at)
        if why is not None:
            return BrokenChain(incident, row.n, why)
        first.setdefault(row.page, row)
        last[row.page] = row.what
        at = row.head
    if (head or genesis(brand, incident)) != at:
        return BrokenChain(
            incident, len(links), "the messages' end does not match the incident: some are missing or added"
        )
    there = {row.id: row for row in outbox}
    for page, row in first.items():
        why = _outbox_fault(row, last[page], there.get(page))
        if why is not None:
            return BrokenChain(incident, row.n, why)
    for row in outbox:
        if links and row.id not in first and row.decided_at >= links[0].at:
            return BrokenChain(incident, len(links), f"the message {row.id} was put in")
    return None


def _message_fault(row: Row[Any], incident: str, number: int, before: str) -> str | None:
    if row.n != number or link(before, row.digest) != row.head:
        return "the message before it was changed, taken out or put in"
    if digest(row.salt, row.body) != row.digest:
        return "the message is not what was recorded"
    body = json.loads(row.body)
    if (body["incident"], body["n"], body["at"], body["page"], body["what"]) != (
        incident, row.n, row.at, row.page, row.what,
    ):  # fmt: skip
        return "the message's columns contradict its body"
    return None


def _outbox_fault(first: Row[Any], state: str, row: Row[Any] | None) -> str | None:
    if row is None:
        return f"the message {first.page} is gone"
    if row.state != state:
        return f"the message {first.page} came to be {state}, not {row.state}"
    body = json.loads(first.body)
    if "words" not in body:
        return None  # from before there was a chain: its first line is not here
    if any(getattr(row, name) != body[name] for name in ("kind", "person", "channel", "step")):
        return f"the message {first.page} went to somebody else, or by another way"
    if first.text_salt is not None:
        payload = json.loads(row.payload)
        if digest(first.text_salt, f"{payload['title']}\n{payload['text']}") != body["words"]:
            return f"the words of the message {first.page} are not those that were sent"
    return None


def check_row(row: Row[Any], events: Sequence[Row[Any]]) -> BrokenChain | None:
    """Return whether an incident's row contradicts the facts of its last event: what moves by events alone."""
    kept = json.loads(row.body)
    columns = ("kind", "state", "severity", "revision", "opened_at", "acknowledged_at", "resolved_at")
    wrong = [name for name in columns if getattr(row, name) != kept[name]]
    last = json.loads(events[-1].body) if events and events[-1].body is not None else {}
    facts = last.get("facts", {})
    wrong += [name for name in (*columns, "acknowledged_by", "feedback") if name in facts and kept[name] != facts[name]]
    if not wrong:
        return None
    return BrokenChain(row.id, row.revision, f"the incident contradicts its record: {', '.join(dict.fromkeys(wrong))}")


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
