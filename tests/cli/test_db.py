"""`amends db`: a state folder backed up, checked, lost, put back and made small."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from amends.model import Event, PageChange, StartDrill, Tick
from amends.observe.lock import Lock
from amends.service.keys import signing_keys
from amends.storage import Store
from support.cli import Ran, amends
from support.core import NOON, make_rules
from support.storage import a_mention, a_page, apply, batch, decide, opened, say

if TYPE_CHECKING:
    from collections.abc import Callable

YAML = "brands: {acme: {name: Acme}}\nnetwork: {allow: []}\n"


async def live(folder: Path, what: str = "one") -> None:
    """Let a daemon have been there: an incident with a sent page, some mentions."""
    store = await Store.open("sqlite:///amends.db", folder=folder, decide=decide)
    try:
        await apply(store, batch(*(a_mention(f"{what}-{n}") for n in range(50))))
        if await store.incident("inc_1") is None:
            await opened(store, a_page())
            await apply(store, say(page_changes=(PageChange(id="pg_1", state="sent", why=""),)))
    finally:
        await store.close()


@pytest.fixture
def state(tmp_path: Path) -> Path:
    folder = tmp_path / "state"
    folder.mkdir()
    asyncio.run(live(folder))
    signing_keys(folder)
    return folder


@pytest.fixture
def db(tmp_path: Path, state: Path) -> Callable[..., Ran]:
    """Run `amends db ...` on the folder."""
    config = tmp_path / "amends.yaml"
    config.write_text(YAML, "utf-8")
    return lambda name, *arguments: amends("db", name, "-c", str(config), *arguments, STATE_DIRECTORY=str(state))


def mentions(file: Path) -> set[str]:
    with closing(sqlite3.connect(file)) as raw:
        return {row[0].partition("-")[0] for row in raw.execute("SELECT id FROM mentions")}


def test_a_backup_holds_everything_and_the_key_and_can_be_put_back(db: Callable[..., Ran], state: Path) -> None:
    key = (state / "key").read_text("ascii")
    made = db("backup")
    assert made.code == 0, made.err
    backup = Path(made.rows[0]["path"])
    assert backup.parent == state / "backups"
    assert backup.stat().st_mode & 0o777 == 0o600
    asyncio.run(live(state, "later"))
    (state / "key").unlink()

    back = db("restore", str(backup))

    assert back.code == 0, back.err
    assert mentions(state / "amends.db") == {"one"}
    assert (state / "key").read_text("ascii") == key
    assert (state / "key").stat().st_mode & 0o777 == 0o600
    assert mentions(Path(back.rows[0]["kept"])) == {"one", "later"}
    with closing(sqlite3.connect(state / "amends.db")) as raw:
        assert key.strip() not in {row[0] for row in raw.execute("SELECT value FROM meta")}, (
            "a key lies in its file alone"
        )
    assert db("check").rows[0]["ok"] is True


def authors(file: Path) -> set[str]:
    with closing(sqlite3.connect(file)) as raw:
        return {row[0] for row in raw.execute("SELECT author FROM mentions UNION SELECT author FROM incident_texts")}


def test_what_was_erased_after_a_backup_does_not_come_back_with_it(
    db: Callable[..., Ran], state: Path, tmp_path: Path
) -> None:
    copy = tmp_path / "copy.db"
    db("backup", str(copy))

    async def forget() -> None:
        store = await Store.open("sqlite:///amends.db", folder=state, decide=decide)
        await store.forget("@Bob")
        await store.close()

    asyncio.run(forget())
    assert "bob" in authors(copy)
    assert "bob" not in authors(state / "amends.db")

    for _ in range(2):  # the list of the erased comes along
        back = db("restore", str(copy))
        assert (back.code, back.rows[0]["erased_again"]) == (0, 1), back.err
        assert "bob" not in authors(state / "amends.db")
        assert b"bob" not in (state / "amends.db").read_bytes().lower()
    assert db("check").rows[0]["ok"] is True


def test_where_no_store_tells_what_was_erased_the_command_says_so(
    db: Callable[..., Ran], state: Path, tmp_path: Path
) -> None:
    copy = tmp_path / "copy.db"
    db("backup", str(copy))
    (state / "amends.db").unlink()
    back = db("restore", str(copy))
    assert (back.code, back.rows[0]["erased_again"]) == (0, None)
    assert "amends forget" in back.err


def test_what_is_told_after_a_restore_bears_no_id_of_what_was_told_before_it(
    tmp_path: Path, state: Path, db: Callable[..., Ran]
) -> None:
    for file in state.glob("amends.db*"):
        file.unlink()
    rules = make_rules()

    async def told(*events: tuple[Event, float]) -> set[str]:
        store = await Store.open("sqlite:///amends.db", folder=state)
        try:
            return {
                page.id
                for event, at in events
                for page in (await store.apply("acme", event, now=at, rules=rules)).pages
            }
        finally:
            await store.close()

    copy = tmp_path / "copy.db"
    first = asyncio.run(told((StartDrill(by="lea"), NOON)))
    db("backup", str(copy))
    before = asyncio.run(told((Tick(), NOON + 900)))
    db("restore", str(copy))
    after = asyncio.run(told((Tick(), NOON + 900)))
    assert first
    assert before
    assert len(after) == len(before)
    assert not after & (before | first)


def test_a_backup_goes_where_one_says_and_overwrites_nothing(db: Callable[..., Ran], tmp_path: Path) -> None:
    named, folder = tmp_path / "safe" / "copy.db", tmp_path / "folder"
    folder.mkdir()
    assert db("backup", str(named)).rows[0]["path"] == str(named)
    assert Path(db("backup", str(folder)).rows[0]["path"]).parent == folder
    again = db("backup", str(named))
    assert (again.code, again.out) == (2, "")
    assert "there already" in again.err


def test_a_store_that_is_lost_comes_back_from_its_backup(db: Callable[..., Ran], state: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    db("backup", str(copy))
    for file in state.glob("amends.db*"):
        file.unlink()
    assert db("check").code == 2
    assert db("backup").code == 2

    back = db("restore", str(copy))

    assert (back.code, back.rows[0]["kept"]) == (0, None)
    assert mentions(state / "amends.db") == {"one"}


@pytest.mark.parametrize("name", ["restore", "vacuum"])
def test_nobody_changes_a_store_that_a_daemon_uses(
    db: Callable[..., Ran], state: Path, tmp_path: Path, name: str
) -> None:
    copy = tmp_path / "copy.db"
    db("backup", str(copy))
    lock = Lock.acquire(state)
    try:
        ran = db(name, *([str(copy)] if name == "restore" else []))
        assert (ran.code, ran.out) == (1, "")
        assert "stop it first" in ran.err
        assert db("backup").code == 0, "a backup disturbs nobody"
        assert db("check").code == 0
    finally:
        lock.release()


def _cut(file: Path) -> None:
    file.write_bytes(file.read_bytes()[: 3 * 4096])


def _other(file: Path) -> None:
    file.write_bytes(b"no database at all" * 500)


def _newer(file: Path) -> None:
    with closing(sqlite3.connect(file)) as raw, raw:
        raw.execute("UPDATE alembic_version SET version_num = '9999'")


@pytest.mark.parametrize("spoil", [_cut, _other, _newer, Path.unlink])
def test_what_is_no_sound_backup_replaces_nothing(
    db: Callable[..., Ran], state: Path, tmp_path: Path, spoil: Callable[[Path], None]
) -> None:
    copy = tmp_path / "copy.db"
    db("backup", str(copy))
    before = (state / "amends.db").read_bytes()
    spoil(copy)

    ran = db("restore", str(copy))

    assert (ran.code, ran.out) == (2, "")
    assert str(copy) in ran.err
    assert (state / "amends.db").read_bytes() == before


def test_check_names_what_is_broken(db: Callable[..., Ran], state: Path) -> None:
    good = db("check")
    assert (good.code, good.rows[0]["incidents"], good.rows[0]["mentions"]) == (0, 1, 50)
    with closing(sqlite3.connect(state / "amends.db")) as raw, raw:
        raw.execute("UPDATE outbox SET person = 'eve'")
    bad = db("check")
    assert bad.code == 1
    assert (bad.rows[0]["ok"], bad.rows[0]["broken"][0]["incident"]) == (False, "inc_1")
    with closing(sqlite3.connect(state / "amends.db")) as raw, raw:
        raw.execute("DELETE FROM incidents")
    gone = db("check")
    assert gone.code == 1
    assert {one["why"].partition(",")[0] for one in gone.rows[0]["broken"]} == {"gone"}


def test_vacuum_gives_back_the_room_of_what_was_deleted(db: Callable[..., Ran], state: Path) -> None:
    with closing(sqlite3.connect(state / "amends.db")) as raw, raw:
        raw.execute("CREATE TABLE ballast (x)")
        raw.execute("INSERT INTO ballast VALUES (zeroblob(4000000))")
        raw.execute("DROP TABLE ballast")
    ran = db("vacuum")
    assert ran.code == 0, ran.err
    assert ran.rows[0]["after"] < ran.rows[0]["before"] - 3_000_000
    assert mentions(state / "amends.db") == {"one"}


@pytest.mark.parametrize("name", ["backup", "vacuum"])
def test_postgresql_has_its_own_tools(tmp_path: Path, name: str) -> None:
    config = tmp_path / "amends.yaml"
    config.write_text(YAML + "storage: {url: 'postgresql://u@127.0.0.1:1/x'}\n", "utf-8")
    ran = amends("db", name, "-c", str(config), STATE_DIRECTORY=str(tmp_path))
    assert ran.code == 2
    assert "pg_dump" in ran.err
