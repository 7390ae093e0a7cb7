"""The one task that writes: what it shares, what it keeps apart, and what happens when it fails."""

from __future__ import annotations

import asyncio
import os
import subprocess
from collections.abc import Awaitable, Callable, Iterator
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import insert, select, text
from sqlalchemy.exc import DBAPIError

from amends.storage import StorageError, Store, schema
from amends.storage.writer import MovedError, Unit
from support.storage import NOW, a_mention, a_page, apply, at_once, batch, opened

if TYPE_CHECKING:
    from pathlib import Path

Open = Callable[..., Awaitable[Store]]


async def keep(unit: Unit, key: str) -> str:
    await unit.connection.execute(insert(schema.meta).values(key=key, value="x"))
    return key


async def kept(store: Store) -> set[str]:
    async with store._reader() as connection:
        return set((await connection.execute(select(schema.meta.c.key))).scalars())


async def test_jobs_that_wait_together_share_one_commit(store: Store) -> None:
    commits = 0
    real = store._writer._together

    async def counted(jobs: list) -> int:  # type: ignore[type-arg]  # the writer's own
        nonlocal commits
        commits += 1
        return await real(jobs)

    store._writer._together = counted  # type: ignore[method-assign]  # counts
    await at_once(*(store._write(lambda unit, key=key: keep(unit, key), "x") for key in map(str, range(20))))
    assert len(await kept(store)) == 20
    assert commits < 20


async def test_a_job_that_fails_takes_no_other_with_it(store: Store) -> None:
    async def fails_late(unit: Unit) -> None:
        await keep(unit, "never")
        raise LookupError("mine alone")

    async def breaks_a_rule(unit: Unit) -> None:
        await keep(unit, "never")
        await keep(unit, "never")

    results = await at_once(
        store._write(lambda unit: keep(unit, "a"), "x"),
        store._write(fails_late, "failing"),
        store._write(breaks_a_rule, "writing twice"),
        store._write(lambda unit: keep(unit, "b"), "x"),
    )
    assert [type(one) for one in results] == [str, LookupError, StorageError, str]
    assert store.where in str(results[2])
    assert "writing twice" in str(results[2])
    assert await kept(store) == {"a", "b"}


async def test_a_job_that_meets_a_moved_state_is_run_again(store: Store) -> None:
    runs = 0

    async def third_time_lucky(unit: Unit) -> int:
        nonlocal runs
        runs += 1
        await keep(unit, "once")
        if runs < 3:
            raise MovedError("acme")
        return runs

    assert await store._write(third_time_lucky, "x") == 3
    assert await kept(store) == {"once"}


async def test_a_state_that_moves_for_ever_is_an_error_that_says_so(store: Store) -> None:
    async def never(_unit: Unit) -> None:
        raise MovedError("acme")

    with pytest.raises(StorageError, match="let one daemon own it"):
        await store._write(never, "x")


async def test_a_caller_that_gave_up_before_its_turn_is_passed_over(store: Store) -> None:
    job = asyncio.ensure_future(store._write(lambda unit: keep(unit, "unwanted"), "x"))
    await asyncio.sleep(0)
    job.cancel()
    await store._write(lambda unit: keep(unit, "wanted"), "x")
    assert "wanted" in await kept(store)


async def test_a_long_group_is_split_so_that_nobody_waits_long(store: Store) -> None:
    async def slow(unit: Unit, key: str) -> str:
        await asyncio.sleep(0.03)
        return await keep(unit, key)

    done: list[str] = []

    async def one(key: str) -> None:
        await store._write(lambda unit: slow(unit, key), "x")
        done.append(key)

    first = asyncio.ensure_future(one("0"))
    rest = [asyncio.ensure_future(one(str(number))) for number in range(1, 10)]
    await first
    assert len(done) < 10
    await asyncio.gather(*rest)
    assert len(await kept(store)) == 10


async def test_a_writer_that_dies_is_heard_by_the_service_and_by_every_caller(open_store: Open, url: str) -> None:
    def broken_hook(_error: StorageError) -> None:
        raise RuntimeError("the hook is broken")

    store = await open_store(url, on_error=broken_hook)
    watching = asyncio.ensure_future(store.run())

    async def breaks_a_rule(unit: Unit) -> None:
        await keep(unit, "never")
        await keep(unit, "never")

    async def later() -> None:
        await asyncio.sleep(0.01)
        await store._write(lambda unit: keep(unit, "late"), "x")

    results = await at_once(store._write(breaks_a_rule, "x"), later())
    assert isinstance(results[0], StorageError)
    with pytest.raises(RuntimeError, match="the hook is broken"):
        await watching
    with pytest.raises(StorageError, match="restart the daemon"):
        await apply(store, batch(a_mention(1)))


async def test_the_hook_hears_of_failed_writes_and_of_nothing_else(open_store: Open, url: str) -> None:
    heard: list[StorageError] = []
    store = await open_store(url, on_error=heard.append)

    async def breaks_a_rule(unit: Unit) -> None:
        await unit.connection.execute(text("INSERT INTO nowhere VALUES (1)"))

    with pytest.raises(StorageError):
        await store._write(breaks_a_rule, "x")
    await at_once(apply(store, batch(a_mention(1, brand="nobody")), brand="nobody"))
    assert len(heard) == 1


# --- a full disk ------------------------------------------------------------------------------------------------------


async def _limit(store: Store, pages: int) -> None:
    """Forbid the file to grow beyond so many pages: SQLite then says what it says on a full disk."""
    async with store._engines.writer.connect() as connection:
        await connection.exec_driver_sql(f"PRAGMA max_page_count={pages}")


def _big(number: int) -> object:
    return batch(*(a_mention(f"{number}-{one}", text="x" * 2_000) for one in range(50)))


async def test_a_full_disk_is_named_with_the_way_out_and_writing_goes_on_when_there_is_room(
    open_store: Open, tmp_path: Path
) -> None:
    heard: list[StorageError] = []
    store = await open_store("sqlite:///amends.db", on_error=heard.append)
    await opened(store, a_page())
    await _limit(store, 1)  # no more than it has
    failed = []
    for number in range(40):
        try:
            await apply(store, _big(number))  # type: ignore[arg-type]  # a batch
        except StorageError as error:
            failed.append(str(error))
    assert failed
    assert all(str(tmp_path / "amends.db") in one and "disk is full" in one and "make room" in one for one in failed)
    assert len(heard) == len(failed)
    assert isinstance(await store.verify("inc_1"), str)  # reading goes on meanwhile
    before = await store.state("acme")
    assert before is not None
    await _limit(store, 1_000_000)
    after = await apply(store, _big(99))  # type: ignore[arg-type]  # a batch
    assert after.state.version == before.version + 1
    claim = await store.claim(NOW, "w", 30.0)
    assert claim is not None


async def test_on_a_full_disk_small_writes_that_wait_with_a_large_one_are_not_lost(open_store: Open) -> None:
    store = await open_store("sqlite:///amends.db")
    await opened(store, a_page())
    await apply(store, _big(0))  # type: ignore[arg-type]  # leaves some free room within its last pages
    await _limit(store, 1)
    results = await at_once(
        store.save_source("small", {"a": 1}),
        apply(store, _big(1)),  # type: ignore[arg-type]  # a batch
        store.claim(NOW, "w", 30.0),
    )
    assert isinstance(results[1], StorageError)
    assert results[2] is not None
    assert not isinstance(results[2], BaseException)
    assert (results[0], await store.source_state("small")) == (None, {"a": 1})


async def test_a_database_that_became_read_only_is_named_with_the_way_out(open_store: Open) -> None:
    store = await open_store("sqlite:///amends.db")

    async with store._engines.writer.connect() as connection:
        await connection.exec_driver_sql("PRAGMA query_only=ON")
    with pytest.raises(StorageError, match="the right to write"):
        await apply(store, batch(a_mention(1)))
    await store._engines.writer.dispose()  # whoever had locked it let go: the next connection may write
    assert (await apply(store, batch(a_mention(1)))).state.version == 1


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 1 MiB; skip loudly where none may be mounted."""
    folder = tmp_path / "small"
    folder.mkdir()
    mount = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(folder)], capture_output=True, text=True, check=False
    )
    if mount.returncode:
        assert os.environ.get("AMENDS_REQUIRE_REAL") != "1" or os.geteuid() != 0, mount.stderr
        pytest.skip(f"NO FILE SYSTEM CAN BE MOUNTED HERE, a full one is only imitated: {mount.stderr.strip()}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


async def test_a_file_system_without_room_loses_nothing_that_was_confirmed(open_store: Open, small_disk: Path) -> None:
    store = await open_store("sqlite:///amends.db", folder=small_disk, durable=True)
    confirmed: list[str] = []
    error: StorageError | None = None
    for number in range(100):
        try:
            decision = await apply(store, batch(a_mention(number, text="x" * 50_000)))
            confirmed += [one.id for one in decision.mentions]
        except StorageError as full:
            error = full
            break
    assert error is not None
    assert str(small_disk) in str(error)
    assert "make room" in str(error) or "free space" in str(error)
    assert {one.mention.id for one in (await store.mentions()).items} == set(confirmed)
    await asyncio.to_thread(subprocess.run, ["mount", "-o", "remount,size=8m", str(small_disk)], check=True)
    again = await apply(store, batch(a_mention("again", text="x" * 50_000)))
    assert again.state.version == len(confirmed) + 1
    await store.close()


# --- what stands in each other's way ----------------------------------------------------------------------------------


async def test_a_deadlock_is_tried_again_by_itself(store: Store) -> None:
    """PostgreSQL says so in its own words; here they are put into a job's mouth."""

    class DeadlockError(Exception):
        sqlstate = "40P01"

    runs = 0

    async def meets_one(unit: Unit) -> int:
        nonlocal runs
        runs += 1
        await keep(unit, "once")
        if runs < 3:
            raise DBAPIError("UPDATE ...", {}, DeadlockError("deadlock detected"))
        return runs

    results = await at_once(
        store._write(lambda unit: keep(unit, "a"), "x"),
        store._write(meets_one, "x"),
        store._write(lambda unit: keep(unit, "b"), "x"),
    )
    assert results == ["a", 3, "b"]
    assert await kept(store) == {"a", "b", "once"}


async def test_a_deadlock_that_never_ends_is_an_error(store: Store) -> None:
    class DeadlockError(Exception):
        sqlstate = "40001"

    async def always(_unit: Unit) -> None:
        raise DBAPIError("UPDATE ...", {}, DeadlockError("could not serialize access"))

    with pytest.raises(StorageError, match="could not serialize"):
        await store._write(always, "x")
    assert (await apply(store, batch(a_mention(1)))).state.version == 1


async def test_a_writer_that_is_killed_in_the_middle_answers_all_who_wait(open_store: Open, url: str) -> None:
    store = await open_store(url)

    async def stuck(unit: Unit) -> None:
        await keep(unit, "never")
        await asyncio.sleep(60)

    jobs = [asyncio.ensure_future(store._write(stuck, "x")), asyncio.ensure_future(store._write(stuck, "y"))]
    await asyncio.sleep(0.1)
    late = asyncio.ensure_future(store._write(stuck, "z"))
    await asyncio.sleep(0.01)
    store._task.cancel()
    results = await at_once(*jobs, late)
    assert [type(one) for one in results] == [StorageError] * 3
    assert "died" in str(results[0])
    with pytest.raises(asyncio.CancelledError):
        await store.run()
    assert await kept(store) == set()
