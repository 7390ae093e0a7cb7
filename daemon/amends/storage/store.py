"""The store: everything that Amends remembers, behind one object.

What it promises: a call that returned is on the disk (SQLite: WAL with `synchronous=FULL`); a call that raised left
nothing behind; a decision is written whole or not at all, and only on the very state that it was made from; a page
once decided is in the outbox until a channel took it or a decision ended it.
"""

from __future__ import annotations

import asyncio
import json
import secrets
import shutil
import sqlite3
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, Final, TypeVar

from sqlalchemy import select

from amends.model import InputError, UnknownError
from amends.storage import commit, outbox, people, reads, rows, schema, stored, upkeep
from amends.storage.engines import connect
from amends.storage.errors import StorageError, explain, is_database
from amends.storage.migrate import copy_database, empty_log, migrate
from amends.storage.writer import Writer

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Iterable, Mapping, Sequence
    from pathlib import Path

    from sqlalchemy.ext.asyncio import AsyncConnection

    from amends.model import Bin, Event, Incident, IncidentEvent, Label, Page, Seconds, Silence
    from amends.pipeline.decision import Decision
    from amends.pipeline.rules import Rules
    from amends.pipeline.state import BrandState
    from amends.storage.chain import BrokenChain
    from amends.storage.commit import Decide
    from amends.storage.engines import Engines
    from amends.storage.writer import Unit

T = TypeVar("T")
_LABELS: Final = ("negative", "neutral", "positive", "unscored")


def _core() -> Decide:
    """Return the core's own `decide`, imported when the first store opens."""
    from amends.pipeline.decide import decide  # noqa: PLC0415 - who brings another one need not load the whole core

    return decide


def _salt() -> str:
    return secrets.token_hex(16)


class Store:
    """One database. Open it with `Store.open`, put `run` into the service's task group, and `close` it at the end."""

    def __init__(
        self,
        engines: Engines,
        folder: Path,
        *,
        decide: Decide,
        salt: Callable[[], str],
        on_error: Callable[[StorageError], None] | None,
    ) -> None:
        self._engines, self._folder = engines, folder
        self._decide, self._salt = decide, salt
        self._writer = Writer(engines, on_error)
        self._task = asyncio.create_task(self._writer.run(), name="storage writer")

    @classmethod
    async def open(
        cls,
        url: str,
        *,
        folder: Path,
        decide: Decide | None = None,
        on_error: Callable[[StorageError], None] | None = None,
        salt: Callable[[], str] = _salt,
        durable: bool = True,
    ) -> Store:
        """Open `storage.url`, migrating it if need be (with a backup in `folder`/backups), and start writing.

        `on_error` hears of each failed write. `durable=False` leaves out fsync: for replays, never for a daemon.
        InputError: the address is wrong; OlderProgramError (one too): a newer release wrote it; StorageError: the rest.
        """
        engines = connect(url, folder, durable=durable)
        try:
            await migrate(engines, folder)
        except BaseException:
            await engines.dispose()
            raise
        return cls(engines, folder, decide=decide or _core(), salt=salt, on_error=on_error)

    async def close(self) -> None:
        """Finish what was submitted, then let go of the database. A second call does nothing."""
        self._writer.stop()
        await asyncio.wait([self._task])
        await self._engines.dispose()

    async def run(self) -> None:
        """Return when the store is closed; raise what killed its writer, so that the service stops and restarts."""
        await asyncio.wait([self._task])
        self._task.result()

    @property
    def where(self) -> str:
        """The database's name in messages: a path, or an address without its password."""
        return self._engines.where

    @property
    def page_written(self) -> asyncio.Event:
        """Set by each commit that changed the outbox; the worker that waits for it clears it."""
        return self._writer.page_written

    # --- deciding -----------------------------------------------------------------------------------------------------

    async def apply(self, brand: str, event: Event, *, now: Seconds, rules: Rules) -> Decision:
        """Load the brand's state, decide, and commit the decision whole; returns once it is on the disk.

        If another process moved the state meanwhile, decide again on the new one. A batch is stripped of what is stored
        already: `Decision.duplicates` counts that; if nothing is left, nothing is decided and nothing written.
        UnknownError and StaleError of `decide` pass through.
        """
        change = commit.Change(brand=brand, event=event, now=now, rules=rules, decide=self._decide, salt=self._salt)

        async def work(unit: Unit) -> Decision:
            return await commit.apply(unit, change)

        return await self._writer.submit(work, f"writing what was decided for {brand!r}")

    async def known(self, brand: str, keys: Sequence[tuple[str, str]]) -> set[tuple[str, str]]:
        """Return those of the keys (source, id) that the brand has already."""
        return await self._read(lambda connection: _known(connection, brand, keys))

    async def state(self, brand: str) -> BrandState | None:
        """Return a brand's stored state; None before its first decision."""
        held = await self._read(lambda connection: commit.read_state(connection, brand))
        return None if held is None else held.state

    async def wakes(self) -> list[tuple[str, Seconds]]:
        """Return which brands want a Tick and when, the first first."""
        table = schema.brand_state
        query = select(table.c.brand, table.c.wake).where(table.c.wake.is_not(None)).order_by(table.c.wake)
        found = await self._read(lambda connection: connection.execute(query))
        return [(row.brand, row.wake) for row in found.all()]

    # --- the outbox ---------------------------------------------------------------------------------------------------

    async def claim(
        self, now: Seconds, worker: str, lease: Seconds, *, skip: Collection[str] = ()
    ) -> outbox.Claim | None:
        """Claim the first due page for `lease` seconds, counting the attempt; pages come before notices.

        Pages of the channels in `skip` are left where they are.
        """
        return await self._write(
            lambda unit: outbox.claim(unit.connection, now, worker, lease, skip), "claiming a page"
        )

    async def grouped(self, of: outbox.Claim, now: Seconds, worker: str, lease: Seconds) -> list[outbox.Claim]:
        """Claim the other due pages of the same person, channel and group; [] if `of` stands alone."""
        return await self._write(
            lambda unit: outbox.grouped(unit.connection, of, now, worker, lease), "claiming a group of pages"
        )

    async def void_claims(self, worker: str) -> int:
        """End the leases of a worker's earlier life, so that nobody waits for a crash; call before it works again."""
        return await self._write(lambda unit: outbox.void_claims(unit.connection, worker), "ending old leases")

    async def retry(self, page: str, due: Seconds, error: str) -> bool:
        """Give a claimed page back, to be tried again at `due`; False if a decision has ended it meanwhile."""
        return await self._write(lambda unit: outbox.retry(unit.connection, page, due, error), "giving a page back")

    async def release(self, page: str, until: Seconds, why: str) -> None:
        """Give a claimed page back, due again at `until`; one that a decision has ended meanwhile stays as it is."""
        await self.retry(page, until, why)

    async def next_due(self, *, skip: Collection[str] = ()) -> Seconds | None:
        """Return when the first page can be claimed (in the past if it can be now); None if none waits."""
        return await self._read(lambda connection: outbox.next_due(connection, skip))

    async def sent_to(self, person: str, since: Seconds) -> int:
        """Return how many messages a person was sent since then."""
        return await self._read(lambda connection: outbox.sent_to(connection, person, since))

    async def outbox_stats(self, now: Seconds) -> tuple[int, Seconds]:
        """Return how many pages are queued, and for how many seconds the oldest of them has been due."""
        return await self._read(lambda connection: outbox.stats(connection, now))

    # --- reading ------------------------------------------------------------------------------------------------------

    async def incidents(
        self,
        brand: str | None = None,
        state: str | Iterable[str] | None = None,
        limit: int = 100,
        cursor: str | None = None,
        *,
        kind: str | None = None,
    ) -> reads.Listing[Incident]:
        """Return incidents, the newest first; `state` is one of them or several; InputError on a foreign cursor."""
        states = reads.states_of(state)
        return await self._read(
            lambda connection: reads.incidents(
                connection, brand=brand, states=states, kind=kind, limit=limit, cursor=cursor
            )
        )

    async def incident(self, incident: str) -> Incident | None:
        """Return one incident as it stands; None if there is no such one."""
        return await self._read(lambda connection: reads.read_incident(connection, incident))

    async def events(self, incident: str) -> list[IncidentEvent]:
        """Return an incident's history in order."""
        return await self._read(lambda connection: reads.events(connection, incident))

    async def pages(self, incident: str) -> list[rows.StoredPage]:
        """Return an incident's messages, the first decided first."""
        return await self._read(lambda connection: reads.pages(connection, incident))

    async def told(self, channel: str, since: Seconds) -> list[tuple[Page, Incident]]:
        """Return what a channel was sent of incidents not ended before that, each with its incident as it is."""
        return await self._read(lambda connection: reads.told(connection, channel, since))

    async def delivered(self) -> dict[tuple[str, str], Seconds]:
        """Return when each (person, channel) last took a page."""
        return await self._read(people.delivered)

    async def messages(
        self, person: str, limit: int = 100, cursor: str | None = None
    ) -> reads.Listing[rows.StoredPage]:
        """Return a person's messages, whatever became of them, the newest first; InputError on a foreign cursor."""
        return await self._read(lambda connection: people.messages(connection, person, limit, cursor))

    async def tally(self, since: Seconds, brands: Collection[str]) -> people.Tally:
        """Count what was heard, and how often it paged, since then."""
        return await self._read(lambda connection: people.tally(connection, since, brands))

    async def overdue(
        self, now: Seconds, patience: Seconds, brands: Collection[str], *, looks: bool = True
    ) -> str | None:
        """Say what should have happened by now and has not; None if nothing. `looks`: brands not looked at count."""
        return await self._read(lambda connection: people.overdue(connection, now, patience, brands, looks=looks))

    async def restless(self) -> set[str]:
        """Return the brands that have an open incident, or messages that wait."""
        return await self._read(people.restless)

    async def silences(self, brand: str | None = None, at: Seconds | None = None) -> list[Silence]:
        """Return silences, the newest first; with `at`, those in force at that moment."""
        return await self._read(lambda connection: reads.silences(connection, brand, at))

    async def mentions(
        self,
        brand: str | None = None,
        tone: str | None = None,
        source: str | None = None,
        q: str | None = None,
        since: Seconds | None = None,
        until: Seconds | None = None,
        limit: int = 100,
        cursor: str | None = None,
    ) -> reads.Listing[rows.StoredMention]:
        """Return mentions, the newest first; `tone` is the corrected one where a person corrected it."""
        what = reads.Filter(brand=brand, tone=tone, source=source, q=q, since=since, until=until)
        return await self._read(lambda connection: reads.mentions(connection, what, limit=limit, cursor=cursor))

    async def mention(self, brand: str, source: str, native: str) -> rows.StoredMention | None:
        """Return one mention; None if it is not stored."""
        return await self._read(lambda connection: reads.mention(connection, brand, source, native))

    async def tones(self, brand: str, since: Seconds, limit: int = 5_000) -> reads.Tones:
        """Return how a brand's mentions since then were scored, the newest `limit`, and its newest corrections."""
        return await self._read(lambda connection: reads.tones(connection, brand, since, limit))

    async def bins(self, brand: str, since: Seconds, until: Seconds) -> list[Bin]:
        """Return a brand's bins with `since` <= start < `until`, in order; those that heard nothing are not there."""
        return await self._read(lambda connection: reads.bins(connection, brand, since, until))

    async def verify(self, incident: str) -> str | BrokenChain:
        """Return the head of an incident's record, or where its chain is broken; UnknownError: no such incident."""
        return await self._read(lambda connection: reads.verify(connection, incident))

    async def record(self, incident: str) -> dict[str, Any] | None:
        """Return an incident's whole archive as plain values; None if there is no such incident."""
        return await self._read(lambda connection: reads.record(connection, incident))

    # --- small things written -----------------------------------------------------------------------------------------

    async def set_tone(
        self, brand: str, source: str, native: str, *, by: str, tone: Label | None, now: Seconds
    ) -> rows.StoredMention:
        """Keep a person's word on how a mention sounds (None takes it back); return the mention. Counts stay.

        InputError on a tone that is none, UnknownError on a mention that is not stored.
        """
        if tone is not None and tone not in _LABELS:
            raise InputError(f"tone: {tone!r} is none of {', '.join(_LABELS)}")
        key = (brand, source, native)
        changed = await self._write(
            lambda unit: upkeep.set_tone(unit.connection, key, tone, by, now), "correcting a tone"
        )
        if changed is None:
            raise UnknownError(f"no mention {native!r} of source {source!r} is stored for {brand!r}")
        return changed

    async def source_state(self, source: str) -> dict[str, Any] | None:
        """Return what a source keeps between polls (cursor, etag ...); None before its first."""
        query = select(schema.source_state.c.body).where(schema.source_state.c.id == source)
        body = (await self._read(lambda connection: connection.execute(query))).scalar_one_or_none()
        return None if body is None else dict(json.loads(body))

    async def save_source(self, source: str, state: Mapping[str, Any], *, now: Seconds = 0.0) -> None:
        """Keep a source's state: JSON."""
        body = rows.dumps(rows.tidy_json(dict(state)))
        values = {"id": source, "body": body, "updated_at": now}
        await self._write(lambda unit: upkeep.put(unit.connection, schema.source_state, values), "keeping a cursor")

    async def sources(self) -> dict[str, dict[str, Any]]:
        """Return the kept states of all sources by their id."""
        query = select(schema.source_state.c.id, schema.source_state.c.body).order_by(schema.source_state.c.id)
        found = await self._read(lambda connection: connection.execute(query))
        return {row.id: json.loads(row.body) for row in found.all()}

    async def meta(self, key: str) -> str | None:
        """Return a word kept under a key."""
        query = select(schema.meta.c.value).where(schema.meta.c.key == key)
        value: str | None = (await self._read(lambda connection: connection.execute(query))).scalar_one_or_none()
        return value

    async def save_meta(self, key: str, value: str) -> None:
        """Keep a word under a key."""
        values = {"key": key, "value": rows.tidy(value)}
        await self._write(lambda unit: upkeep.put(unit.connection, schema.meta, values), "keeping a setting")

    # --- upkeep -------------------------------------------------------------------------------------------------------

    async def retain(self, before: Seconds, limit: int = 2_000) -> int:
        """Delete at most `limit` mentions and as many bins from before then; return how many. Call until it says 0.

        Mentions age from when they were seen, bins from when they began. Incidents, their records and pages stay.
        """
        return await self._write(lambda unit: upkeep.retain(unit.connection, before, limit), "deleting what is old")

    async def forget(self, author: str) -> int:
        """Erase an author's words wherever they lie (any case); return how many posts were touched. Counts stay.

        SQLite's log is emptied as well, so that no file of ours holds them; backups do, until they are replaced.
        """
        touched = await self._write(lambda unit: upkeep.forget(unit, author), "erasing an author's words")
        if self._engines.file is not None:
            await asyncio.to_thread(empty_log, self._engines.file)
        return touched

    async def backup(self, path: Path) -> None:
        """Write a whole copy of the database while it is in use; SQLite alone (PostgreSQL: `pg_dump`)."""
        if self._engines.file is None:
            raise StorageError(f"{self.where}: PostgreSQL is backed up with its own tools, for example `pg_dump -Fc`")
        try:
            await asyncio.to_thread(copy_database, self._engines.file, path)
        except (OSError, sqlite3.Error) as error:
            raise explain(error, str(path), f"backing up {self.where}") from error

    def free_bytes(self) -> int:
        """Return how much room is left on the disk of the database (PostgreSQL: of the state folder)."""
        return shutil.disk_usage(self._engines.file.parent if self._engines.file else self._folder).free

    # --- connections --------------------------------------------------------------------------------------------------

    async def _write(self, work: Callable[[Unit], Awaitable[T]], doing: str) -> T:
        return await self._writer.submit(work, doing)

    async def _read(self, work: Callable[[AsyncConnection], Awaitable[T]]) -> T:
        async with self._reader() as connection:
            return await work(connection)

    @asynccontextmanager
    async def _reader(self) -> AsyncIterator[AsyncConnection]:
        try:
            async with self._engines.reader.connect() as connection:
                yield connection
        except Exception as error:
            if is_database(error):
                raise explain(error, self.where, "reading") from error
            raise


async def _known(connection: AsyncConnection, brand: str, keys: Sequence[tuple[str, str]]) -> set[tuple[str, str]]:
    found = await stored.read_known(connection, brand, keys)
    return {key for key in keys if (rows.tidy(key[0]), rows.tidy(key[1])) in found}
