"""What a backup cannot know that is put back: whose words were erased since, and which ids of messages were used."""

from __future__ import annotations

import hashlib
import json
import secrets
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from amends.model import Seconds

ERASURES: Final = "erasures"  # in the table `meta`: {"salt", "names"}, the names as salted hashes


def remember(known: str | None, name: str) -> str:
    """Return the list of erased authors with one more, given and returned as `meta` keeps it; it names nobody."""
    found: dict[str, Any] = json.loads(known) if known else {"salt": secrets.token_hex(16), "names": []}
    names = dict.fromkeys((*found["names"], _hashed(found["salt"], name)))
    return json.dumps({"salt": found["salt"], "names": list(names)})


def _hashed(salt: str, name: str) -> str:
    return hashlib.blake2b(name.encode(), key=bytes.fromhex(salt), digest_size=16).hexdigest()


def is_erased(known: str | None) -> Callable[[str], bool]:
    """Return a test of an author's name (without @, case folded) against a list of erased ones."""
    if not known:
        return lambda _name: False
    found = json.loads(known)
    names = set(found["names"])
    return lambda name: _hashed(found["salt"], name) in names


def list_of(file: Path) -> str | None:
    """Return a database's list of erased authors, None where it has none; it may be in use or damaged."""
    with closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)) as found:
        row = found.execute("SELECT value FROM meta WHERE key = ?", (ERASURES,)).fetchone()
    return None if row is None else str(row[0])


def authors_of(file: Path) -> set[str]:
    """Return every author whose words a database holds, as they are spelled there."""
    with closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)) as found:
        query = "SELECT author FROM mentions UNION SELECT author FROM incident_texts"
        return {str(row[0]) for row in found.execute(query) if row[0]}


def erased_since(replaced: Path, restored: Path) -> list[str]:
    """Return the authors in a restored database whom the replaced one knows to be erased."""
    gone = is_erased(list_of(replaced))
    return sorted(name for name in authors_of(restored) if gone(bare(name)))


def bare(author: str) -> str:
    """Return an author's name as it is compared."""
    return author.strip().removeprefix("@").casefold()


def skip_ordinals(copy: sqlite3.Connection, now: Seconds) -> None:
    """Let every case count its calls on from far beyond those that may have been sent after the backup was made.

    The ordinals make the ids of messages: what is told after a restore must not bear the id of another that went out
    before it. What was queued in the backup keeps its id, and is told once.
    """
    for brand, live in copy.execute("SELECT brand, live FROM brand_state").fetchall():
        document = json.loads(live)
        for case in _cases(document["live"]):
            case["ledger"]["calls"] += int(now)
        changed = json.dumps(document, separators=(",", ":")).encode()
        copy.execute("UPDATE brand_state SET live = ? WHERE brand = ?", (changed, brand))


def _cases(live: dict[str, Any]) -> Iterable[dict[str, Any]]:
    yield from live["cases"]
    yield from live["closed"]
    if live.get("proof"):
        yield live["proof"]
