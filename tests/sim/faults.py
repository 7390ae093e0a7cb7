"""What can go wrong, and where: every port of the program passes numbered points at which a fault may be injected."""

from __future__ import annotations

import asyncio
import sqlite3
from collections import Counter
from collections.abc import Callable
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from random import Random
from typing import TYPE_CHECKING, Any

import aiosqlite

if TYPE_CHECKING:
    from collections.abc import Iterator

SITES = (
    "db-busy", "db-full", "db-io", "db-torn",
    "send-refused", "send-permanent", "send-429", "send-delayed", "send-hung", "send-reply-lost", "send-down",
    "crash", "clock-forward", "clock-back", "suspend",
)  # fmt: skip
DB_ERRORS = {"db-busy": "database is locked", "db-full": "database or disk is full", "db-io": "disk I/O error"}


class Crash(BaseException):
    """The power is gone: raised at the chosen point and at every later one of this life."""


@dataclass
class Faults:
    """Where the next crash comes, how often each fault does, and how often each has come."""

    rng: Random
    crash_at: int | None = None  # the number of the point in this life, from 1
    rates: dict[str, float] = field(default_factory=dict)
    hits: Counter[str] = field(default_factory=Counter)
    points: int = 0
    dead: bool = False
    where: str = ""
    on_death: Callable[[], None] = lambda: None
    on_revive: Callable[[int], object] = lambda _points: None  # hears how many points the last life had
    armed: bool = True  # no faults but the crash while False

    async def point(self, site: str) -> None:
        """Pass one point; the world may stop here, and other tasks may run."""
        self.strike(site)
        await asyncio.sleep(0)
        if self.dead:
            raise Crash(site)

    def strike(self, site: str) -> None:
        """Count a point and die at the chosen one."""
        if self.dead:
            raise Crash(site)
        self.points += 1
        if self.points == self.crash_at:
            self.dead, self.where = True, site
            self.hits["crash"] += 1
            self.on_death()
            raise Crash(site)

    def now(self, fault: str) -> bool:
        """Tell whether this fault comes now; if so, it is counted."""
        if not self.armed or self.rng.random() >= self.rates.get(fault, 0.0):
            return False
        self.hits[fault] += 1
        return True

    def revive(self, crash_at: int | None = None) -> None:
        """Begin another life."""
        self.on_revive(self.points)
        self.points, self.dead, self.where, self.crash_at = 0, False, "", crash_at


class Disk:
    """aiosqlite without its thread: the same program over the same SQLite, with a point before and after each call."""

    def __init__(self) -> None:
        self.faults: Faults | None = None
        self.open: list[sqlite3.Connection] = []
        self.held: list[Any] = []

    def power_off(self) -> None:
        """Close every connection of this life; what was not committed is rolled back."""
        for connection in self.open:
            with suppress(sqlite3.Error):
                connection.rollback()  # a statement that was not read to its end would keep the lock past the close
            connection.close()
        for held in self.held:
            held._connection = None  # what is collected later shall not complain that it was never closed
        self.open.clear()
        self.held.clear()

    async def execute(self, held: Any, function: Callable[..., Any], *args: Any, **named: Any) -> Any:
        faults = self.faults
        assert faults is not None
        name = getattr(function, "__name__", "?")
        await faults.point(f"db:{name}")
        sql = args[0] if args and isinstance(args[0], str) else ""
        writes = sql.lstrip()[:6].upper() in {"INSERT", "UPDATE", "DELETE", "BEGIN "} or name == "commit"
        if writes and held is not None:
            for fault, text in DB_ERRORS.items():
                if faults.now(fault):
                    raise sqlite3.OperationalError(text)
        result = function(*args, **named)
        if name == "commit" and faults.now("db-torn"):
            raise sqlite3.OperationalError("disk I/O error")
        await faults.point(f"db-after:{name}")
        return result


@contextmanager
def inline_sqlite(disk: Disk) -> Iterator[None]:
    """Within: every aiosqlite connection works inline, through `disk`."""
    core: Any = aiosqlite.core.Connection
    names = ("_execute", "_connect", "close", "stop", "__await__", "__del__")
    kept = {name: core.__dict__[name] for name in names}

    async def execute(self: Any, function: Callable[..., Any], *args: Any, **named: Any) -> Any:
        return await disk.execute(self._connection, function, *args, **named)

    async def connect(self: Any) -> Any:
        assert disk.faults is not None
        disk.faults.strike("db:connect")
        self._connection = self._connector()
        disk.open.append(self._connection)
        disk.held.append(self)
        return self

    async def close(self: Any) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    core._execute, core._connect, core.close = execute, connect, close
    core.__await__ = lambda self: connect(self).__await__()
    core.stop = lambda _self: None
    core.__del__ = lambda _self: None
    try:
        yield
    finally:
        for name, value in kept.items():
            setattr(core, name, value)
