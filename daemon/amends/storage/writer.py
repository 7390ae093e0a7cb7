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
        """Answer all jobs: together while that works, else one by one."""
        every, alone = jobs, list[_Job[Any]]()
        try:
            while len(jobs) > 1:
                jobs, apart = await self._together(jobs)
                alone += apart
            for job in (*alone, *jobs):
                await self._alone(job)
        except BaseException:
            for job in every:
                if not job.done.done():
                    job.done.set_exception(
                        StorageError(f"{self._engines.where}: the writer died before it could answer: {job.doing}")
                    )
            raise

    async def _together(self, jobs: list[_Job[Any]]) -> tuple[list[_Job[Any]], list[_Job[Any]]]:
        """Run jobs in one transaction until the time for a group is over.

        Returns those that have had no turn yet, and those that must be run by themselves: all of them, if the whole
        transaction broke (a full disk, a deadlock), since then none of them is committed.
        """
        loop = asyncio.get_running_loop()
        end = loop.time() + GROUP_SECONDS
        learned: dict[str, Held] = {}
        known: Mapping[str, Held] = ChainMap(learned, self._held)
        answers: list[tuple[_Job[Any], Any, Exception | None]] = []
        moved: list[_Job[Any]] = []
        turns, pages = 0, False
        try:
            async with self._engines.writer.begin() as connection:
                for job in jobs:
                    unit, turns = Unit(connection, known), turns + 1
                    try:
                        answers.append((job, *await _in_savepoint(unit, job)))
                    except MovedError:
                        moved.append(job)
                    learned.update(unit.learned)
                    pages = pages or unit.pages
                    if loop.time() > end:
                        break
        except Exception:  # noqa: BLE001 - whatever broke it: each job alone meets its own error, and its caller hears it
            return [], jobs
        self._keep(learned, pages=pages)
        for job, result, failure in answers:
            self._answer(job, result, failure)
        return jobs[turns:], moved

    async def _alone(self, job: _Job[T]) -> None:
        """Run one job in a transaction of its own, again if another process stood in its way."""
        known: Mapping[str, Held] = self._held
        for left in reversed(range(TRIES)):
            if job.done.done():  # its caller gave up
                return
            try:
                async with self._engines.writer.begin() as connection:
                    unit = Unit(connection, known)
                    result = await job.run(unit)
            except MovedError as moved:
                known, error = {}, self._contended(job, moved)
            except Exception as failure:  # noqa: BLE001 - whatever a job raises is its caller's
                error = failure
                if not is_transient(failure):
                    left = 0  # noqa: PLW2901 - no other try will do better
            else:
                self._keep(unit.learned, pages=unit.pages)
                self._answer(job, result, None)
                return
            if not left:
                self._answer(job, None, error)
                return

    def _contended(self, job: _Job[Any], moved: MovedError) -> Exception:
        return StorageError(
            f"{self._engines.where}: {job.doing}: another process writes {moved} all the time; let one daemon own it"
        )

    def _keep(self, learned: Mapping[str, Held], *, pages: bool) -> None:
        """Take over what is true since a COMMIT."""
        self._held.update(learned)
        if pages:
            self.page_written.set()

    def _answer(self, job: _Job[Any], result: object, error: Exception | None) -> None:
        if error is not None:
            self._fail(job, error)
        elif not job.done.done():
            job.done.set_result(result)

    def _fail(self, job: _Job[Any], error: Exception) -> None:
        shown = explain(error, self._engines.where, job.doing) if is_database(error) else error
        if not job.done.done():
            job.done.set_exception(shown)
        if isinstance(shown, StorageError) and self._on_error is not None:
            self._on_error(shown)


async def _in_savepoint(unit: Unit, job: _Job[T]) -> tuple[T | None, Exception | None]:
    """Run a job among others: its own error is an answer, what breaks the transaction goes up."""
    savepoint = await unit.connection.begin_nested()
    try:
        result = await job.run(unit)
        await savepoint.commit()
    except MovedError:
        await savepoint.rollback()
        unit.learned.clear()
        raise
    except Exception as error:
        await savepoint.rollback()  # this raises if SQLite has ended the whole transaction by itself
        unit.learned.clear()
        unit.pages = False
        if is_transient(error):
            raise
        return None, error
    return result, None
