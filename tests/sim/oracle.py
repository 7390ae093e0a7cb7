"""What must hold, read from the disk and from the phones, never from the program's memory (INV1 to INV12)."""

from __future__ import annotations

import json
import sqlite3
from collections import defaultdict
from contextlib import closing
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from amends.model import DAY, MINUTE
from amends.storage.chain import BrokenChain, check

if TYPE_CHECKING:
    from pathlib import Path

    from sim.world import World

SLACK = 30.0  # seconds that a step may be late
REACHED_BY = 4 * 3600.0


def rows_of(folder: Path) -> list[dict[str, Any]]:
    """Read the outbox as it lies on the disk."""
    with closing(sqlite3.connect(folder / "amends.db")) as disk:
        disk.row_factory = sqlite3.Row
        return [dict(row) for row in disk.execute("SELECT * FROM outbox")]


def in_the_ledgers(folder: Path) -> set[str]:
    """Read the ids of the messages that the brands' states remember."""
    with closing(sqlite3.connect(folder / "amends.db")) as disk:
        states = [json.loads(row[0])["live"] for row in disk.execute("SELECT live FROM brand_state")]
    cases = [case for state in states for case in (*state["cases"], *state["closed"])]
    return {row["id"] for case in cases for row in case["ledger"]["rows"]}


def events_of(folder: Path) -> dict[str, list[dict[str, Any]]]:
    """Read every incident's history, oldest first."""
    found: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    with closing(sqlite3.connect(folder / "amends.db")) as disk:
        disk.row_factory = sqlite3.Row
        for row in disk.execute("SELECT * FROM incident_events ORDER BY incident, seq"):
            found[row["incident"]].append(dict(row))
    return dict(found)


def chains(world: World, folder: Path) -> None:
    """INV10: every record's chain verifies, by the program's own check over the rows as they lie on the disk."""
    with closing(sqlite3.connect(folder / "amends.db")) as disk:
        disk.row_factory = sqlite3.Row
        for incident in disk.execute("SELECT brand, id, head FROM incidents").fetchall():
            key = (incident["brand"], incident["id"])
            events = disk.execute(
                "SELECT * FROM incident_events WHERE brand = ? AND incident = ? ORDER BY seq", key
            ).fetchall()
            texts = disk.execute("SELECT * FROM incident_texts WHERE brand = ? AND incident = ?", key).fetchall()
            found = check(*key, incident["head"], _named(events), _named(texts))
            if isinstance(found, BrokenChain):
                world.violated(f"INV10: the record of {key[1]} is broken: {found}")


def _named(rows: list[sqlite3.Row]) -> list[Any]:
    return [SimpleNamespace(**dict(row)) for row in rows]


def outbox(world: World, folder: Path, *, calm: bool) -> None:
    """INV1, INV3, INV7: every decided page is confirmed, ended for a stated reason, or still to come."""
    rows, now = rows_of(folder), world.clock.wall()
    stored = {row["id"] for row in rows}
    for key in world.decided.keys() - stored:
        world.violated(f"INV1: {key} was decided and is not in the outbox")
    for key in world.times.keys() - stored:
        world.violated(f"INV1: {key} was received and never decided")
    for key in in_the_ledgers(folder) - stored:
        world.violated(f"INV1: {key} stands in its incident's ledger and not in the outbox")
    for row in rows:
        key, state = row["id"], row["state"]
        if state == "sent" and not world.times[key]:
            world.violated(f"INV1: {key} is stored as sent and nobody received it")
        if state in {"failed", "cancelled"} and not (row["why"] or row["error"]):
            world.violated(f"INV1: {key} is {state} for no reason")
        if calm and state in {"queued", "deferred"} and row["due"] < now - MINUTE:
            world.violated(f"INV7: {key} is still {state} {now - row['due']:.0f} s after it was due, in calm weather")
        if world.times[key] > 1 + world.unknown[key]:
            world.violated(f"INV3: {key} came {world.times[key]} times, of which {world.unknown[key]} may be repeats")


def incidents(world: World, folder: Path, *, after: float, until: float) -> None:
    """INV1, INV5, INV8 for each incident: somebody was called, the next step came in time, critical ones reach two."""
    calls: defaultdict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in rows_of(folder):
        if row["kind"] == "page":
            calls[row["incident"]].append(row)
    severity = severities(folder)
    for incident, events in events_of(folder).items():
        opened = events[0]["at"]
        said = {event["event"] for event in events}
        if not calls[incident] and not said & {"unreachable", "snoozed", "resolved"} and not silenced(folder, opened):
            world.violated(f"INV1: {incident} opened and nobody was called")
        if severity[incident] == 1:  # quiet hours may hold the others
            _escalated_in_time(world, folder, events, after=after, until=until)
            _reached_two(world, folder, events, calls[incident], until=until)


def _undisturbed(world: World, folder: Path, events: list[dict[str, Any]], until: float) -> bool:
    """Tell whether nothing stood in the way of the ladder from the opening until then."""
    opened = events[0]["at"]
    ends = {"acknowledged", "resolved", "snoozed", "silenced", "raised", "story", "unreachable"}
    stopped = any(event["event"] in ends and event["at"] <= until for event in events)
    return not stopped and not silenced(folder, opened) and world.undisturbed(opened, until)


def _escalated_in_time(world: World, folder: Path, events: list[dict[str, Any]], *, after: float, until: float) -> None:
    """INV5: the second step begins when the first has gone unanswered."""
    opened = events[0]["at"]
    due = opened + after
    if due + SLACK > until or not _undisturbed(world, folder, events, due + SLACK):
        return
    world.judged["INV5"] += 1
    first = next((event["at"] for event in events if event["event"] == "escalated"), None)
    if first is None or not due <= first <= due + SLACK:
        world.violated(f"INV5: {events[0]['incident']}, due to be escalated at {due:.0f}, was at {first}")


def _reached_two(
    world: World, folder: Path, events: list[dict[str, Any]], calls: list[dict[str, Any]], *, until: float
) -> None:
    """INV8: severity 1 reaches two people within hours, unless one of them took it or the record says why not."""
    end = events[0]["at"] + REACHED_BY
    if end > until or not _undisturbed(world, folder, events, end):
        return
    world.judged["INV8"] += 1
    reached = {row["person"] for row in calls if row["state"] == "sent" and row["sent_at"] <= end}
    if len(reached) < 2:
        world.violated(
            f"INV8: {events[0]['incident']} of severity 1 reached {sorted(reached) or 'nobody'} by {end:.0f}"
        )


def severities(folder: Path) -> dict[str, int]:
    """Read every incident's severity."""
    with closing(sqlite3.connect(folder / "amends.db")) as disk:
        return dict(disk.execute("SELECT id, severity FROM incidents").fetchall())


def silenced(folder: Path, at: float) -> bool:
    """Tell whether a silence was in force at a moment, or within a day before it ended by itself."""
    with closing(sqlite3.connect(folder / "amends.db")) as disk:
        query = "SELECT count(*) FROM silences WHERE created_at <= ? AND until > ?"
        return bool(disk.execute(query, (at + DAY, at)).fetchone()[0])
