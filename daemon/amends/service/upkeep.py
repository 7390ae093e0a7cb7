"""What goes on beside the main work: retention, gauges, the dead man's switch, systemd's watchdog."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import aiohttp
import structlog

from amends.escalation import duty
from amends.model import HOUR
from amends.service.outgoing import new_session
from amends.storage import StorageError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from amends.escalation import Rota
    from amends.model import Clock, Seconds
    from amends.observe import Metrics, Notifier
    from amends.storage import Store

GAUGES_EVERY = 5.0  # seconds of real time
HEARTBEAT_DEADLINE = 5.0
HEARTBEAT_FIRST = 1.0  # seconds between looks until the first call
STUCK = 120.0  # what has been due for longer is overdue
SLICE = 2_000

log = structlog.get_logger(__name__)


async def retain(store: Store, clock: Clock, keep: Callable[[], Seconds]) -> None:
    """Delete what is older than `keep()` seconds, once an hour, in slices that hold nobody up."""
    while True:
        await clock.sleep_until(clock.wall() + HOUR)
        try:
            while await store.retain(clock.wall() - keep(), SLICE):  # noqa: ASYNC110 - a pause between two slices
                await asyncio.sleep(0.05)
        except StorageError as error:
            log.warning("retention failed", error=str(error), again_in="1h")


class Gauges:
    """Shows what waits in the outbox, how much room is left, and who is on call."""

    def __init__(self, store: Store, clock: Clock, metrics: Metrics) -> None:
        self._store, self._clock, self._metrics = store, clock, metrics
        self.rotas: Callable[[], Mapping[str, Rota]] = dict

    async def run(self) -> None:
        """Look for ever."""
        while True:
            now = self._clock.wall()
            self._metrics.on_call({id_: duty(rota, now).people for id_, rota in self.rotas().items()})
            try:
                waiting, oldest = await self._store.outbox_stats(now)
                self._metrics.outbox(waiting, oldest)
                self._metrics.free_bytes.set(self._store.free_bytes())
            except (StorageError, OSError) as error:
                log.warning("gauges unreadable", error=str(error))
            await asyncio.sleep(GAUGES_EVERY)


class Heartbeat:
    """Calls an address while polling, detecting and paging succeed: when it stops, somebody else raises the alarm.

    At the start it asks every second, and calls as soon as they have.
    """

    def __init__(self, clock: Clock, metrics: Metrics, ill: Callable[[], Awaitable[str | None]]) -> None:
        self._clock = clock
        self._metrics = metrics
        self._ill = ill
        self.url: str | None = None
        self.every: Seconds = 60.0
        self._begun = False
        self._why: str | None = None  # it was last withheld for

    async def run(self) -> None:
        """Beat for ever; `url` and `every` may be changed at any time."""
        async with new_session() as session:
            while True:
                wait = self.every
                if self.url is not None:
                    ill = await self._asked()
                    if ill is None:
                        if self._why is not None:
                            log.info("heartbeat sent again" if self._begun else "heartbeat begins")
                        self._begun = True
                        await self._beat(session, self.url)
                    else:
                        if ill != self._why:
                            log.warning("heartbeat withheld", why=ill)
                        wait = self.every if self._begun else min(self.every, HEARTBEAT_FIRST)
                    self._why = ill
                await self._clock.sleep_until(self._clock.wall() + wait)

    async def _asked(self) -> str | None:
        """Ask what is wrong; an auditor that cannot answer in time is wrong itself."""
        try:
            async with asyncio.timeout(HEARTBEAT_DEADLINE):
                return await self._ill()
        except TimeoutError:
            return f"the auditor has not answered within {HEARTBEAT_DEADLINE:g} s"
        except Exception as error:  # noqa: BLE001 - whatever breaks the auditor must stop the heart, not the daemon
            return f"the auditor broke: {type(error).__name__}: {error}"[:300]

    async def _beat(self, session: aiohttp.ClientSession, url: str) -> None:
        deadline = aiohttp.ClientTimeout(total=HEARTBEAT_DEADLINE)
        try:
            async with session.get(url, timeout=deadline, allow_redirects=False) as answer:
                if answer.status < 300:  # noqa: PLR2004 - the 2xx of HTTP
                    self._metrics.heartbeat.set(self._clock.wall())
                    return
                why = f"answered {answer.status}"
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            why = type(error).__name__  # the text may hold the address, which is a secret
        log.warning("heartbeat not taken", why=why)


async def feed_watchdog(notifier: Notifier, turning: Callable[[], bool]) -> None:
    """Tell systemd that our own loops turn, for as long as they do."""
    if notifier.watchdog_interval is None:
        return
    while True:
        if turning():
            notifier.watchdog()
        await asyncio.sleep(notifier.watchdog_interval)
