"""What can go wrong with the store, each error naming the database and the way out."""

from __future__ import annotations

from typing import Final

from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from amends.model import AmendsError, InputError


class StorageError(AmendsError):
    """The database would not take or give something; nothing of the failed call was written.

    One exception to that: a connection to PostgreSQL that breaks during COMMIT leaves open whether it was; the message
    says so, and a call made again finds out by itself (mentions by their id, pages by theirs).
    """


class OlderProgramError(InputError):
    """The database was written by a newer release than this one."""


_WAYS_OUT: Final = (
    ("disk is full", "make room on its disk; writing goes on by itself as soon as there is some"),
    ("no space left", "make room on its disk; writing goes on by itself as soon as there is some"),
    ("could not extend file", "make room on its disk; writing goes on by itself as soon as there is some"),
    ("disk i/o error", "check the disk (`dmesg`) and its free space; writing is tried again with the next change"),
    ("readonly database", "give the daemon's user the right to write this file and its folder"),
    ("read-only", "make the database writable again; writing is tried again with the next change"),
    ("unable to open", "create its folder and give the daemon's user the right to write there"),
    ("locked", "another process holds the database: stop it, or wait until its backup or vacuum has ended"),
    ("malformed", "the file is damaged: stop the daemon, keep a copy, and restore the newest file of `backups/`"),
    ("not a database", "`storage.url` names a file that is no SQLite database: name another, or move that file away"),
)


def _reason(error: BaseException) -> str:
    """Return the driver's words on one line, without SQL and without values: those may be people's."""
    origin = error.orig if isinstance(error, DBAPIError) and error.orig is not None else error
    cause = origin.__cause__ or origin  # SQLAlchemy's adapters wrap the driver's own error
    text = str(cause).strip().splitlines()
    return (text[0] if text else type(cause).__name__).removeprefix("<class 'sqlite3.").strip()[:300]


def explain(error: BaseException, where: str, doing: str) -> StorageError:
    """Return the error to show: what failed, on which database, why, and what to do about it."""
    if isinstance(error, StorageError):
        return error
    if isinstance(error, IntegrityError):
        return StorageError(
            f"{where}: {doing} would have broken a rule of the schema ({_reason(error)}); nothing of it was written. "
            "This is a fault of Amends: please report it"
        )
    reason = _reason(error)
    folded = reason.casefold()
    way_out = next((way for sign, way in _WAYS_OUT if sign in folded), "see whether the database is up and in reach")
    return StorageError(f"{where}: {doing} failed: {reason}; {way_out}")


def is_database(error: BaseException) -> bool:
    """Tell the database's own failures from those of the code that uses it."""
    return isinstance(error, DBAPIError | OSError | PoolTimeoutError)


_TRY_AGAIN: Final = ("40001", "40P01")  # PostgreSQL: serialization failure, deadlock detected


def is_transient(error: BaseException) -> bool:
    """Tell whether the same transaction may hold at the next try, since another one stood in its way."""
    if not isinstance(error, DBAPIError) or error.orig is None:
        return False
    return getattr(error.orig, "sqlstate", None) in _TRY_AGAIN
