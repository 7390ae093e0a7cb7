"""The calendars of rotas: read from a file or an address, unrolled, and the last good copy kept with its age."""

from __future__ import annotations

import asyncio
import hashlib
import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, Protocol

import structlog

from amends.calendars.ics import CalendarError, unroll
from amends.config.rules import Calendar, known_names, plain_name
from amends.model import DAY, HOUR, MINUTE, Seconds
from amends.sources.errors import SourceError
from amends.sources.http import Request, redact

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from amends.config.desk import Rota
    from amends.config.models import Configuration
    from amends.model import Clock
    from amends.sources.http import Answer

BACK: Final[Seconds] = 2 * DAY  # so far into the past a calendar is unrolled
AHEAD: Final[Seconds] = 100 * DAY  # and so far ahead: `check` looks at 90 days
AGAIN: Final[Seconds] = HOUR  # how often an address is asked
AFTER_FAILURE: Final[Seconds] = 5 * MINUTE
LOOK: Final[Seconds] = MINUTE  # how often a file is looked at
FRESH: Final[Seconds] = 6 * HOUR  # an unrolled calendar is unrolled anew, so that its end never comes near
FOLDER: Final = "calendars"  # in the state folder
_LARGEST: Final = 8 * 2**20
_ACCEPT: Final = "text/calendar, */*;q=0.5"

log = structlog.get_logger(__name__)


class Fetcher(Protocol):
    """The polite client, as far as it is needed here."""

    async def fetch(self, request: Request) -> Answer:
        """Get a document; SourceError names why there is none."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """One rota's calendar as it was last read well, and how that went since."""

    text: str = ""
    read_at: Seconds | None = None  # when the text was last seen to be the calendar's
    unrolled_at: Seconds = 0.0
    calendar: Calendar | None = None
    error: str | None = None  # why the last reading failed; the last good copy stays in force
    problems: tuple[str, ...] = ()  # events that were left out, people whom nobody knows
    asked_at: Seconds | None = None
    etag: str | None = None


class Calendars:
    """Every rota's calendar. `configure` at a start and a reload, `run` in between; `changed` hears of new shifts."""

    def __init__(self, clock: Clock, folder: Path | None, fetcher: Fetcher | None) -> None:
        self._clock, self._folder, self._fetcher = clock, folder, fetcher
        self._kept: dict[str, Kept] = {}
        self._config: Configuration | None = None
        self.changed: Callable[[], None] = lambda: None

    @property
    def calendars(self) -> dict[str, Calendar]:
        """The calendars as they stand: what rules are made of."""
        return {id_: kept.calendar for id_, kept in self._kept.items() if kept.calendar is not None}

    def kept(self, rota: str) -> Kept | None:
        """Return how a rota's calendar does; None where it has none, or was not read yet."""
        return self._kept.get(rota)

    async def configure(self, config: Configuration) -> None:
        """Take a configuration: files are read, of addresses the copies that are kept; nothing is fetched here."""
        before, self._config = self._config, config
        wanted = {id_: rota for id_, rota in config.rotas.items() if rota.calendar}
        old = before.rotas if before else {}
        self._kept = {
            id_: kept for id_, kept in self._kept.items() if id_ in wanted and old.get(id_) == config.rotas[id_]
        }
        for id_, rota in wanted.items():
            if not rota.remote:
                await self._look(id_, rota)
            elif id_ not in self._kept and (found := self._copy(id_, rota)) is not None:
                await self._take(id_, found)

    async def run(self) -> None:
        """Keep them fresh for ever: files each minute, addresses each hour."""
        while True:
            await self.refresh()
            await self._clock.sleep_until(self._clock.wall() + LOOK)

    async def refresh(self) -> None:
        """Look at each calendar whose time has come; tell `changed` if what is known of any of them is new."""
        config = self._config
        if config is None:
            return
        before = self.calendars
        for id_, rota in config.rotas.items():
            if rota.calendar and self._config is config:
                await (self._ask(id_, rota) if rota.remote else self._look(id_, rota))
            if rota.calendar and self._config is config:
                await self._stay_fresh(id_)
        if self._config is config and self.calendars != before:
            self.changed()

    # --- reading ---

    async def _look(self, id_: str, rota: Rota) -> None:
        """Read a file; an unchanged one is not unrolled again."""
        assert self._config is not None  # noqa: S101 - called with a configuration alone
        path = self._config.folder / str(rota.calendar)
        now = self._clock.wall()
        try:
            data = await asyncio.to_thread(_read, path)
        except OSError as error:
            self._failed(id_, f"{path} cannot be read: {error.strerror or error}")
            return
        if self._gone(id_, rota):
            return
        text = data.decode("utf-8", "replace")
        kept = self._kept.get(id_, Kept())
        if kept.calendar is not None and kept.text == text:
            self._kept[id_] = replace(kept, read_at=now, error=None)
        elif kept.error is None or kept.text != text or kept.asked_at is None or now - kept.asked_at >= AFTER_FAILURE:
            await self._take(id_, replace(kept, text=text, read_at=now, asked_at=now))

    async def _ask(self, id_: str, rota: Rota) -> None:
        """Ask an address, if it is time."""
        kept, now = self._kept.get(id_, Kept()), self._clock.wall()
        due = AGAIN if kept.error is None else AFTER_FAILURE
        if self._fetcher is None or (kept.asked_at is not None and 0 <= now - kept.asked_at < due):
            return
        self._kept[id_] = kept = replace(kept, asked_at=now)
        try:
            answer = await self._fetcher.fetch(Request(str(rota.calendar), etag=kept.etag, accept=_ACCEPT))
        except SourceError as error:
            if not self._gone(id_, rota):
                self._failed(id_, error.detail)
            return
        if self._gone(id_, rota):
            return
        if answer.status == 304:  # noqa: PLR2004 - not modified
            self._kept[id_] = replace(kept, read_at=now, error=None)
            return
        text = answer.body.decode("utf-8", "replace")
        fresh = replace(kept, text=text, read_at=now, etag=answer.headers.get("etag"))
        if await self._take(id_, fresh):
            await asyncio.to_thread(self._keep_copy, id_, rota, fresh)

    async def _take(self, id_: str, fresh: Kept) -> bool:
        """Unroll a text and put it in the place of the last good one; a bad text leaves that where it is."""
        assert self._config is not None  # noqa: S101 - called with a configuration alone
        rota, now = self._config.rotas[id_], self._clock.wall()
        zone = rota.timezone or self._config.timezone
        try:
            found = await asyncio.to_thread(unroll, fresh.text, now - BACK, now + AHEAD, zone)
        except CalendarError as error:
            self._failed(id_, str(error))
            return False
        if self._gone(id_, rota):
            return False
        known = known_names(self._config)
        strangers = sorted({summary for _, _, summary in found.events if plain_name(summary) not in known})
        problems = [*found.problems, *(f"{name!r} is no person's id or name" for name in strangers[:5])]
        calendar = Calendar(events=found.events, until=now + AHEAD)
        self._kept[id_] = replace(fresh, calendar=calendar, unrolled_at=now, error=None, problems=tuple(problems))
        for problem in problems:
            log.warning("calendar of a rota", rota=id_, problem=problem)
        return True

    def _gone(self, id_: str, rota: Rota) -> bool:
        """Tell whether a reload, while we waited, has changed the rota or taken it away: what came is not its own."""
        return self._config is None or self._config.rotas.get(id_) != rota

    async def _stay_fresh(self, id_: str) -> None:
        kept = self._kept.get(id_)
        if kept is not None and kept.calendar is not None and abs(self._clock.wall() - kept.unrolled_at) > FRESH:
            await self._take(id_, kept)

    def _failed(self, id_: str, why: str) -> None:
        kept = self._kept.get(id_, Kept())
        if kept.error != why:
            log.warning("calendar of a rota not read, the last good copy stays in force", rota=id_, why=why)
        self._kept[id_] = replace(kept, error=why, asked_at=self._clock.wall())

    # --- the last good copy ---

    def _copy(self, id_: str, rota: Rota) -> Kept | None:
        """Return what an earlier life kept of this address, None where there is nothing of it."""
        if self._folder is None:
            return None
        try:
            about = json.loads((self._folder / FOLDER / f"{id_}.json").read_text("utf-8"))
            text = (self._folder / FOLDER / f"{id_}.ics").read_text("utf-8")
            if about["of"] != _digest(str(rota.calendar)):
                return None  # of another address
            return Kept(text=text, read_at=float(about["read_at"]), etag=about.get("etag"))
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def _keep_copy(self, id_: str, rota: Rota, kept: Kept) -> None:
        if self._folder is None:
            return
        about = {"of": _digest(str(rota.calendar)), "from": redact(str(rota.calendar)), "read_at": kept.read_at}
        try:
            (self._folder / FOLDER).mkdir(mode=0o700, exist_ok=True)
            for name, text in ((f"{id_}.ics", kept.text), (f"{id_}.json", json.dumps({**about, "etag": kept.etag}))):
                partly = self._folder / FOLDER / f"{name}.new"
                partly.write_text(text, "utf-8", newline="")
                partly.replace(self._folder / FOLDER / name)
        except OSError as error:
            log.warning("the copy of a calendar cannot be kept", rota=id_, why=error.strerror or str(error))


def _digest(url: str) -> str:
    """Return what tells an address again without telling it: it may be a secret."""
    return hashlib.sha256(url.encode()).hexdigest()[:32]


def _read(path: Path) -> bytes:
    with path.open("rb") as stream:
        data = stream.read(_LARGEST + 1)
    if len(data) > _LARGEST:
        raise OSError(f"larger than {_LARGEST // 2**20} MiB")
    return data
