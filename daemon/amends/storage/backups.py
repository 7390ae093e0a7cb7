"""Backups of the state folder: written, put back, and a database checked and made small."""

from __future__ import annotations

import os
import shutil
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import func, select, text

from amends.model import InputError
from amends.storage import reads, schema
from amends.storage.chain import BrokenChain
from amends.storage.engines import connect
from amends.storage.errors import StorageError, explain, is_database
from amends.storage.migrate import KEY, copy_database, key_along, revisions
from amends.storage.restored import bare, erased_since, skip_ordinals
from amends.storage.store import Store

if TYPE_CHECKING:
    from pathlib import Path

    from amends.model import Seconds
    from amends.storage.engines import Engines

_SOUND: Final = "ok"


def file_of(url: str, folder: Path, *, there: bool = True) -> Path:
    """Return the SQLite file of `storage.url`; InputError where the store is PostgreSQL, or not `there` yet."""
    scheme, _, rest = url.partition(":///")
    if not scheme.startswith("sqlite"):
        raise InputError("storage.url: PostgreSQL is backed up, checked and put back with its own tools: pg_dump -Fc")
    file = folder / rest.partition("?")[0]
    if there and not file.is_file():
        raise InputError(f"{file}: there is no database yet; `amends run` makes it")
    return file


def back_up(file: Path, folder: Path, to: Path) -> None:
    """Write one whole copy of a database that may be in use, with the signing key of its state folder in it."""
    if to.exists():
        raise InputError(f"{to}: is there already; name another file, or remove it")
    try:
        to.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        copy_database(file, to, key_along(folder))
        if to.is_relative_to(folder):
            _give(to.parent, folder)
            _give(to, folder)
    except (OSError, sqlite3.Error) as error:
        raise explain(error, str(to), f"backing up {file}") from error


def restore(backup: Path, file: Path, folder: Path, aside: Path, now: Seconds) -> None:
    """Put a backup in the place of a database that nobody uses; what was there is copied to `aside` first.

    What is told after `now` bears no id of a message that may have been sent since the backup was made.

    InputError where the backup is damaged, is none of ours, or comes from a newer release; nothing is changed then.
    """
    key = _sound_backup(backup)
    part = file.with_name(f".{file.name}.restored")
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        if file.is_file():
            aside.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            copy_database(file, aside, key_along(folder))
            _give(aside, folder)
        part.unlink(missing_ok=True)
        os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
        shutil.copyfile(backup, part)
        with closing(sqlite3.connect(part)) as copy, copy:
            copy.execute("DELETE FROM meta WHERE key = ?", (KEY,))
            skip_ordinals(copy, now)
        _give(part, folder)
        _sync(part)
        for log in ("-wal", "-shm"):
            file.with_name(file.name + log).unlink(missing_ok=True)
        part.replace(file)
        if key:
            _write_key(folder / "key", key)
            _give(folder / "key", folder)
        _sync(file.parent)
    except (OSError, sqlite3.Error) as error:
        raise explain(error, str(file), f"putting {backup} back") from error
    finally:
        part.unlink(missing_ok=True)


async def erase_again(replaced: Path, url: str, folder: Path) -> int:
    """Erase from a restored database whose words `replaced` knows to be erased; return how many authors that were."""
    try:
        again = erased_since(replaced, file_of(url, folder))
    except sqlite3.Error as error:
        raise explain(error, str(replaced), "reading what was erased") from error
    if again:
        store = await Store.open(url, folder=folder)
        try:
            for author in again:
                await store.forget(author)
        finally:
            await store.close()
    return len({bare(author) for author in again})


def _sound_backup(backup: Path) -> str | None:
    """Return the key in a backup, None where it has none; InputError where it cannot be put back."""
    if not backup.is_file():
        raise InputError(f"{backup}: there is no such file")
    try:
        with closing(sqlite3.connect(f"{backup.absolute().as_uri()}?mode=ro&immutable=1", uri=True)) as found:
            sound = found.execute("PRAGMA integrity_check").fetchone()[0]
            revision = found.execute("SELECT version_num FROM alembic_version").fetchone()[0]
            key = found.execute("SELECT value FROM meta WHERE key = ?", (KEY,)).fetchone()
    except (sqlite3.Error, TypeError) as error:
        raise InputError(f"{backup}: is no backup of ours, or damaged: {error}") from None
    if sound != _SOUND:
        raise InputError(f"{backup}: is damaged: {str(sound)[:200]}")
    if revision not in revisions():
        raise InputError(f"{backup}: its schema {revision!r} is of a newer release; install that one first")
    return None if key is None else str(key[0])


def _write_key(path: Path, key: str) -> None:
    part = path.with_suffix(".new")
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600), "w") as file:
        file.write(f"{key}\n")
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)


def _give(path: Path, folder: Path) -> None:
    """Let the owner of the state folder have a file that root made in it: the daemon is not root."""
    if os.geteuid() == 0:
        owner = folder.stat()
        os.chown(path, owner.st_uid, owner.st_gid)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def vacuum(file: Path) -> tuple[int, int]:
    """Make a database that nobody uses as small as it can be; return its bytes before and after."""
    before = _size(file)
    try:
        with closing(sqlite3.connect(file, timeout=10, isolation_level=None)) as connection:
            connection.execute("VACUUM")
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    except sqlite3.Error as error:
        raise explain(error, str(file), "making it small") from error
    return before, _size(file)


def _size(file: Path) -> int:
    logs = (file, file.with_name(f"{file.name}-wal"))
    return sum(one.stat().st_size for one in logs if one.exists())


async def check(url: str, folder: Path) -> dict[str, Any]:
    """Look at a whole store without changing it: the database itself, its schema, the record of every incident."""
    engines = connect(url, folder)
    try:
        return await _check(engines)
    except Exception as error:
        if is_database(error):
            raise explain(error, engines.where, "checking") from error
        raise
    finally:
        await engines.dispose()


async def _check(engines: Engines) -> dict[str, Any]:
    async with engines.reader.connect() as connection:
        sound = _SOUND
        if engines.file is not None:
            found = await connection.execute(text("PRAGMA integrity_check(5)"))
            sound = "; ".join(str(row[0]) for row in found.all())
        revision = (await connection.execute(text("SELECT version_num FROM alembic_version"))).scalar_one_or_none()
        if revision != schema.HEAD:
            raise StorageError(
                f"{engines.where}: its schema is {revision!r}, this program's {schema.HEAD!r}: `amends run` migrates it"
            )
        ids = (await connection.execute(select(schema.incidents.c.id).order_by(schema.incidents.c.opened_at))).scalars()
        broken = [
            {"incident": one.incident, "seq": one.seq, "why": one.why}
            for incident in ids.all()
            if isinstance(one := await reads.verify(connection, incident), BrokenChain)
        ]
        known = select(schema.incidents.c.id)
        for table in (schema.incident_events, schema.incident_messages, schema.incident_texts):
            lost = select(table.c.incident).where(table.c.incident.not_in(known)).distinct()
            names = (await connection.execute(lost)).scalars().all()
            broken += [{"incident": name, "seq": 0, "why": f"gone, but {table.name} has rows of it"} for name in names]
        counts = {
            table.name: (await connection.execute(select(func.count()).select_from(table))).scalar_one()
            for table in (schema.mentions, schema.incidents, schema.outbox)
        }
    return {
        "path": engines.where,
        "ok": sound == _SOUND and not broken,
        "database": sound,
        "schema": revision,
        **counts,
        "broken": broken,
    }
