"""The one task that writes: jobs that wait together share a COMMIT, each in its own SAVEPOINT."""

from __future__ import annotations

import asyncio
from collections import ChainMap
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar

from sqlalchemy.ext.asyncio import AsyncConnection

from amends.pipeline.state import BrandState
from amends.storage.errors import StorageError, explain, is_database, is_transient

if TYPE_CHECKING:
    from collections.abc import MutableMapping

    from amends.storage.engines import Engines

GROUP_JOBS: Final = 64  # as many share a COMMIT ...
GROUP_SECONDS: Final = 0.05  # ... or as many as fit in this time, so that no caller waits long for the others
TRIES: Final = 8

T = TypeVar("T")


class MovedError(Exception):
    """Another process committed between the read and the write: load again and decide again."""


@dataclass(frozen=True, slots=True)
class Held:
    """A brand's state in memory; true for as long as the stored version and epoch are its own."""

    state: BrandState
    wake: float | None = None
    tempo: float = 1.0


@dataclass(slots=True)
class Unit:
    """What a job gets: the transaction, the states known so far, and where to leave what is true after COMMIT."""

    connection: AsyncConnection
    held: Mapping[str, Held]
    learned: dict[str, Held] = field(default_factory=dict)
    pages: bool = False  # the outbox changed


@dataclass(slots=True)
class _Job(Generic[T]):
    run: Callable[[Unit], Awaitable[T]]
    doing: str
    done: asyncio.Future[T]


class _GroupBrokenError(Exception):
    """The whole transaction is gone, not only one savepoint; `culprit` broke it (None: BEGIN or COMMIT failed)."""

    def __init__(self, culprit: _Job[Any] | None, error: Exception) -> None:
        super().__init__(str(error))
        self.culprit, self.error = culprit, error


class Writer:
    """Owns the writing connection. `run` is its life; what `run` raises, the service must hear."""

    def __init__(self, engines: Engines, on_error: Callable[[StorageError], None] | None = None) -> None:
        self._engines = engines
        self._on_error = on_error
        self._jobs: asyncio.Queue[_Job[Any] | None] = asyncio.Queue()
        self._held: dict[str, Held] = {}
        self._closed: str | None = None  # why no more jobs are taken
        self.page_written = asyncio.Event()

    async def submit(self, run: Callable[[Unit], Awaitable[T]], doing: str) -> T:
        """Return what `run` returned, once it is committed; raise what it raised, nothing of it written.

        `run` may be called again (a version conflict, a group that failed because of another): it changes nothing but
        the database. A caller that is cancelled meanwhile does not undo what is committed.
        """
        if self._closed is not None:
            raise StorageError(f"{self._engines.where}: {self._closed}")
        job: _Job[T] = _Job(run, doing, asyncio.get_running_loop().create_future())
        self._jobs.put_nowait(job)
        return await job.done

    def stop(self) -> None:
        """Take no more jobs; `run` returns when those that wait are done."""
        if self._closed is None:
            self._closed = "the store is closed"
            self._jobs.put_nowait(None)

    async def run(self) -> None:
        """Write until `stop`. An error that is no job's own ends it, and every waiting caller hears so."""
        try:
            while (job := await self._jobs.get()) is not None:
                await self._commit(self._waiting(job))
        except BaseException as error:
            self._closed = f"the writer has died of {type(error).__name__}: restart the daemon"
            raise
        finally:
            self._closed = self._closed or "the store is closed"
            self._abandon()

    def _waiting(self, first: _Job[Any]) -> list[_Job[Any]]:
        """Return `first` and the jobs that wait behind it, up to a group's size."""
        jobs = [first]
        while len(jobs) < GROUP_JOBS and not self._jobs.empty():
            job = self._jobs.get_nowait()
            if job is None:
                self._jobs.put_nowait(None)  # `stop`: nothing comes after it
                break
            jobs.append(job)
        return [job for job in jobs if not job.done.done()]

    def _abandon(self) -> None:
        error = f"{self._engines.where}: {self._closed}"
        while not self._jobs.empty():
            job = self._jobs.get_nowait()
            if job is not None and not job.done.done():
                job.done.set_exception(StorageError(error))

    # --- one group ----------------------------------------------------------------------------------------------------

    async def _commit(self, jobs: list[_Job[Any]]) -> None:
        """Commit the jobs in as few transactions as time allows; if one breaks, its jobs go on one by one."""
        try:
            while jobs:
                jobs = jobs[await self._together(jobs) :]
        except _GroupBrokenError as broken:
            if len(jobs) == 1 and not is_transient(broken.error):
                self._fail(jobs[0], broken.error)
                return
            await self._one_by_one(jobs, broken)
        except BaseException:
            where = self._engines.where
            for job in jobs:
                if not job.done.done():
                    job.done.set_exception(StorageError(f"{where}: the writer died before it could answer"))
            raise

    async def _one_by_one(self, jobs: list[_Job[Any]], broken: _GroupBrokenError) -> None:
        if broken.culprit is not None and not is_transient(broken.error):
            self._fail(broken.culprit, broken.error)
        for job in jobs:
            for left in reversed(range(TRIES)):
                if job.done.done():
                    break
                try:
                    await self._together([job])
                except _GroupBrokenError as again:
                    if not left or not is_transient(again.error):
                        self._fail(job, again.error)

    async def _together(self, jobs: list[_Job[Any]]) -> int:
        """Run jobs in one transaction until the time for a group is over; return how many it answered."""
        loop = asyncio.get_running_loop()
        end = loop.time() + GROUP_SECONDS
        learned: dict[str, Held] = {}
        known: MutableMapping[str, Held] = ChainMap(learned, self._held)
        answers: list[tuple[_Job[Any], Any, Exception | None]] = []
        pages = False
        try:
            async with self._engines.writer.begin() as connection:
                for job in jobs:
                    unit, result, error = await self._single(connection, known, job)
                    answers.append((job, result, error))
                    learned.update(unit.learned)
                    pages = pages or unit.pages
                    if loop.time() > end:
                        break
        except Exception as error:
            if not is_database(error):
                raise
            raise _GroupBrokenError(None, error) from error
        self._held.update(learned)
        for job, result, failure in answers:
            if failure is not None:
                self._fail(job, failure)
            elif not job.done.done():
                job.done.set_result(result)
        if pages:
            self.page_written.set()
        return len(answers)

    async def _single(
        self, connection: AsyncConnection, known: Mapping[str, Held], job: _Job[T]
    ) -> tuple[Unit, T | None, Exception | None]:
        """Run one job in its savepoint; its own error is an answer, the transaction's goes up."""
        for left in reversed(range(TRIES)):
            unit = Unit(connection, known)
            savepoint = await connection.begin_nested()
            try:
                result = await job.run(unit)
                await savepoint.commit()
            except MovedError as moved:
                await savepoint.rollback()
                known = {}
                if not left:
                    reason = f"{self._engines.where}: {job.doing}: another process writes the same brand all the time"
                    return Unit(connection, known), None, StorageError(f"{reason}; let one daemon own it: {moved}")
            except Exception as error:
                try:
                    await savepoint.rollback()
                except Exception as lost:
                    raise _GroupBrokenError(job, error) from lost
                if is_database(error) and (is_transient(error) or not connection.in_transaction()):
                    raise _GroupBrokenError(job, error) from error
                return Unit(connection, known), None, error
            else:
                return unit, result, None
        raise AssertionError  # pragma: no cover - the last try returns

    def _fail(self, job: _Job[Any], error: Exception) -> None:
        shown = explain(error, self._engines.where, job.doing) if is_database(error) else error
        if not job.done.done():
            job.done.set_exception(shown)
        if isinstance(shown, StorageError) and self._on_error is not None:
            self._on_error(shown)
