"""The outbox worker: claims what is due, says it on its channel, and has what came of it decided and committed.

Each row's way: claim (the attempt is counted) -> quiet hours -> cap -> deadline -> breaker -> compose -> send ->
confirm. Nothing is confirmed before the far end said yes, so a crash repeats a message under the same id and never
loses one. A row that fails delays no other: sends are tasks of their own, bounded in total and per channel, each with
its own deadline.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import math
import time
import zlib
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Generic

import structlog

from amends.escalation import quiet_until
from amends.model import DAY, Deferred, Delivered, Failed, Seconds, UnknownError
from amends.paging.breaker import Breaker
from amends.paging.message import Message, bare, compose, one_line
from amends.paging.ports import C, Refused, Result, Retry, Sent

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from amends.model import Clock, Command, Page
    from amends.paging.links import Links
    from amends.paging.ports import Channel, Observer, OutboxStore
    from amends.pipeline import Engine

_LOG: Final = structlog.get_logger("amends.paging")
STILL: Final = 60.0  # real seconds without a turn: the worker stands still
RECHECK: Final[Seconds] = 15.0  # a clock may jump, a laptop may sleep: due times are read again at least this often


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How the worker goes about it. Seconds of the clock, but `pause` and each channel's attempt, which are real."""

    total: int = 256  # sends in flight; the channels bound them, and one that hangs must not take another's place
    per_channel: int = 4
    lease: Seconds = 60.0  # longer than any attempt and its confirmation
    first_retry: Seconds = 2.0
    longest_retry: Seconds = 60.0
    group: int = 8  # pages told in one message
    pause: float = 1.0  # after the store failed
    confirmations: int = 5  # how often a confirmation that failed is tried again


class Worker(Generic[C]):
    """Sends what is in the outbox, until it is stopped. One per process and store."""

    def __init__(
        self,
        store: OutboxStore[C],
        engine: Engine,
        channels: Mapping[str, Channel],
        clock: Clock,
        links: Links,
        *,
        observer: Observer | None = None,
        name: str = "amends",
        limits: Limits | None = None,
    ) -> None:
        self.links = links
        self._store, self._engine, self._clock = store, engine, clock
        self._observer, self._name, self._limits = observer, name, limits or Limits()
        self._stir = asyncio.Event()
        self._stopping = False
        self._turned = time.monotonic()
        self.looked = False  # whether the outbox has been read since the start
        self._flying: dict[str, Page] = {}
        self._breakers: dict[str, Breaker] = {}
        self._channels: dict[str, Channel] = {}
        self.replace(channels)

    def replace(self, channels: Mapping[str, Channel]) -> None:
        """Use these channels from now on; what is under way goes on with the old ones."""
        self._channels = dict(channels)
        self._breakers = {id_: self._breakers.get(id_, Breaker()) for id_ in channels}
        self.wake()

    def wake(self) -> None:
        """Look at the outbox now: a commit has put pages into it."""
        self._stir.set()

    def stop(self) -> None:
        """Claim nothing more; `run` returns when what is under way has ended. What is not sent stays in the outbox."""
        self._stopping = True
        self._stir.set()

    def turning(self) -> bool:
        """Tell whether the worker has looked at the outbox within the last minute of real time, or has ended."""
        return self._stopping or time.monotonic() - self._turned < STILL

    @property
    def in_flight(self) -> int:
        """How many messages are under way."""
        return len(self._flying)

    async def run(self) -> None:
        """Work until `stop` or cancellation; what is under way at a cancellation stays claimed until its lease ends."""
        async with asyncio.TaskGroup() as tasks:
            while not self._stopping:
                self._stir.clear()
                self._turned = time.monotonic()
                try:
                    pause = await self._start_due(tasks)
                    self.looked = True
                except Exception as error:  # noqa: BLE001 - the store may fail in any way; pages must go on after it
                    _LOG.error("outbox unreadable", error=_said(error), again_in=self._limits.pause)
                    await self._rest(self._limits.pause)
                    continue
                if not self._stopping:
                    await self._sleep(pause)

    # --- what is due ---

    async def _start_due(self, tasks: asyncio.TaskGroup) -> Seconds | None:
        """Start all that is due and has room; return when to look again, None if only an end or a commit can help."""
        while len(self._flying) < self._limits.total and not self._stopping:
            busy, look = self._busy()
            claimed = await self._claim(busy)
            if claimed is None:
                due = await self._store.next_due(skip=busy)
                return min((at for at in (due, look) if at is not None), default=None)
            if claimed.page.id in self._flying:
                continue  # its lease ended while it is still under way here: leave it to that task
            if claimed.page.channel in self._breakers:
                down = sum(breaker.is_open for breaker in self._breakers.values())
                self._breakers[claimed.page.channel].took_up(self._clock.wall(), down)
            rows = [claimed, *await self._fellows(claimed)]
            self._flying.update({row.page.id: row.page for row in rows})
            for at in range(0, len(rows), self._limits.group):
                tasks.create_task(self._task(rows[at : at + self._limits.group]))
        return None

    async def _claim(self, busy: frozenset[str]) -> C | None:
        """Claim what is due, and where channels are down first what is for the others: theirs has waited longer."""
        now, lease = self._clock.wall(), self._limits.lease
        down = {id_ for id_, breaker in self._breakers.items() if breaker.is_open} - busy
        if down:
            claimed = await self._store.claim(now, self._name, lease, skip=busy | down)
            if claimed is not None:
                return claimed
        return await self._store.claim(now, self._name, lease, skip=busy)

    async def _fellows(self, claimed: C) -> list[C]:
        """Claim what may be told in the same message, where the channel can tell of several brands at once."""
        channel = self._channels.get(claimed.page.channel)
        if claimed.page.group is None or channel is None or not channel.traits.groups:
            return []
        rows = await self._store.grouped(claimed, self._clock.wall(), self._name, self._limits.lease)
        return [row for row in rows if row.page.id not in self._flying]

    def _busy(self) -> tuple[frozenset[str], Seconds | None]:
        """Return the channels of which nothing is to be claimed now, and when to look at the first of them again."""
        counts = Counter(page.channel for page in self._flying.values())
        looks = {id_: breaker.look_at(self._clock.wall()) for id_, breaker in self._breakers.items()}
        full = {channel for channel, count in counts.items() if count >= self._limits.per_channel}
        held = {id_: at for id_, at in looks.items() if at is not None}
        return frozenset(full | held.keys()), min((at for at in held.values() if at < math.inf), default=None)

    async def _sleep(self, until: Seconds | None) -> None:
        """Sleep until a time, a commit or the end of a send; never longer than `RECHECK`."""
        now = self._clock.wall()
        until = now + RECHECK if until is None else min(until, now + RECHECK)
        if until <= now:
            await self._rest(0.02)  # due, yet not to be had: another worker has just claimed it
            return
        stirred = asyncio.ensure_future(self._stir.wait())
        timer = asyncio.ensure_future(self._clock.sleep_until(until))
        try:
            await asyncio.wait((stirred, timer), return_when=asyncio.FIRST_COMPLETED)
        finally:
            for waiting in (stirred, timer):
                waiting.cancel()
            await asyncio.gather(stirred, timer, return_exceptions=True)

    async def _rest(self, seconds: float) -> None:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._stir.wait(), seconds)

    # --- one message ---

    async def _task(self, rows: Sequence[C]) -> None:
        try:
            await self._deliver(rows)
        except Exception as error:  # noqa: BLE001 - one row's trouble is its own: it stays claimed and comes again
            _LOG.error("page not settled", pages=[row.page.id for row in rows], error=_said(error))
        finally:
            for row in rows:
                self._flying.pop(row.page.id, None)
            self._stir.set()

    async def _deliver(self, rows: Sequence[C]) -> None:
        brands, now = self._engine.rules.brands, self._clock.wall()
        gone = [row for row in rows if row.page.brand not in brands]
        await self._release(gone, now + DAY, "its brand is not configured any more")  # its receipt could not be kept
        rows = [row for row in rows if row.page.brand in brands]
        if not rows:
            return
        lead = rows[0].page
        channel = self._channels.get(lead.channel)
        if channel is None:
            await self._failed(rows, f"the channel {lead.channel!r} is not configured any more")
            return
        if await self._asleep(rows, now) or await self._capped(rows, now):
            return
        late = lead.deadline is not None and now >= lead.deadline
        if late and rows[0].attempts > 1:
            await self._failed(rows, f"{lead.channel} did not take it in time")
            return
        breaker = self._breakers.setdefault(lead.channel, Breaker())
        waits = breaker.waits(now)
        if waits is not None and lead.deadline is not None and waits >= lead.deadline:
            await self._failed(rows, f"{lead.channel} is down")
            return
        if waits is not None:
            await self._release(rows, waits, f"{lead.channel} is down; it is asked again then")
            return
        result = await self._attempt(channel, rows, now)
        if isinstance(result, Retry):
            breaker.bad(self._clock.wall())
        else:
            breaker.good()
        await self._settle(rows, result)

    async def _attempt(self, channel: Channel, rows: Sequence[C], now: Seconds) -> Result:
        """Say it; if the message itself is what breaks, say the least that can be said."""
        pages = [row.page for row in rows]
        person = self._engine.rules.people.get(pages[0].person)
        try:
            message = compose(pages, self.links, language=person.language if person else "en", now=now)
            return await _within(channel, message)
        except Exception as error:  # noqa: BLE001 - whatever a hostile text may break
            _LOG.error("page could not be rendered, sent bare", page=pages[0].id, error=type(error).__name__)
            why = type(error).__name__
        try:
            return await _within(channel, self._least(pages, why, now))
        except Exception as error:  # noqa: BLE001 - the channel is broken, not the text
            return Retry(None, f"{channel.id} broke: {type(error).__name__}")

    def _least(self, pages: Sequence[Page], why: str, now: Seconds) -> Message:
        page = pages[0]
        return bare(pages, why, url=self.links.incident(page.incident.id), link=self.links.acknowledge(page), now=now)

    # --- what came of it ---

    async def _settle(self, rows: Sequence[C], result: Result) -> None:
        lead, now = rows[0], self._clock.wall()
        if isinstance(result, Sent):
            for row in rows:
                await self._apply(row.page, Delivered(page=row.page.id, incident=row.page.incident.id))
                if self._observer:
                    self._observer.paged(row.page.channel, "sent", seconds=self._clock.wall() - row.page.decided_at)
        elif isinstance(result, Refused):
            await self._failed(rows, result.why)
        else:
            deadline = lead.page.deadline
            if result.after is not None and deadline is not None and now + result.after > deadline:
                await self._failed(rows, f"{result.why}; it asks for more time than there is")
                return
            wait = self._back_off(lead) if result.after is None else result.after
            until = now + wait if deadline is None else min(now + wait, max(now, deadline))
            await self._release(rows, until, result.why)

    def _back_off(self, row: C) -> Seconds:
        """Twice as long each time, up to a bound, spread by the page's id so that pages do not come in step."""
        limits = self._limits
        wait = min(limits.longest_retry, limits.first_retry * 2.0 ** min(row.attempts - 1, 16))
        return float(wait * (0.75 + 0.5 * (zlib.crc32(row.page.id.encode()) % 1024) / 1024))

    async def _asleep(self, rows: Sequence[C], now: Seconds) -> bool:
        """Hold what comes so late, after an outage of ours or of its channel, that quiet hours have begun."""
        lead = rows[0].page
        person = self._engine.rules.people.get(lead.person)
        if person is None or any(row.page.incident.severity == 1 and not row.page.incident.drill for row in rows):
            return False
        until = quiet_until(person, now)
        if until is None:
            return False
        await self._hold(rows, until, f"quiet hours of {person.name}")
        return True

    async def _capped(self, rows: Sequence[C], now: Seconds) -> bool:
        """Hold what goes beyond its person's cap; never at severity 1."""
        lead = rows[0].page
        person = self._engine.rules.people.get(lead.person)
        if person is None or person.cap is None or any(row.page.incident.severity == 1 for row in rows):
            return False
        cap = person.cap
        before = itertools.takewhile(lambda page: page.id != lead.id, tuple(self._flying.values()))
        under_way = sum(1 for page in before if page.person == lead.person)
        if await self._store.sent_to(lead.person, now - cap.per) + under_way < cap.messages:
            return False
        why = f"{person.name} has had {cap.messages} messages within {cap.per:g} s, the cap"
        await self._hold(rows, now + max(1.0, cap.per / max(1, cap.messages)), why)
        return True

    async def _hold(self, rows: Sequence[C], until: Seconds, why: str) -> None:
        for row in rows:
            await self._apply(row.page, Deferred(page=row.page.id, incident=row.page.incident.id, until=until, why=why))

    async def _failed(self, rows: Sequence[C], why: str) -> None:
        for row in rows:
            page = row.page
            await self._apply(page, Failed(page=page.id, incident=page.incident.id, error=one_line(why)))
            _LOG.warning("page failed", page=page.id, channel=page.channel, person=page.person, why=one_line(why))
            if self._observer:
                self._observer.paged(page.channel, "failed")

    async def _release(self, rows: Sequence[C], until: Seconds, why: str) -> None:
        for row in rows:
            await self._store.retry(row.page.id, until, one_line(why))

    async def _apply(self, page: Page, command: Command) -> None:
        """Have it decided and committed, patiently: what is known of a page must not be lost to a busy store.

        A brand that is not configured any more leaves its pages where they are, out of the way for a day.
        """
        for attempt in itertools.count():
            try:
                await self._engine.apply(page.brand, command)
            except UnknownError as error:
                _LOG.warning("page of nobody's brand", page=page.id, brand=page.brand, why=_said(error))
                await self._store.retry(page.id, self._clock.wall() + DAY, _said(error))
            except Exception as error:
                if attempt >= self._limits.confirmations:
                    raise
                _LOG.warning("not confirmed yet", page=page.id, error=_said(error))
                await asyncio.sleep(0.2 * 2**attempt)
                continue
            return


async def _within(channel: Channel, message: Message) -> Result:
    """Make one attempt within the channel's own time."""
    try:
        async with asyncio.timeout(channel.traits.attempt):
            return await channel.send(message)
    except TimeoutError:
        return Retry(None, f"{channel.id} gave no answer within {channel.traits.attempt:g} s")


def _said(error: BaseException) -> str:
    return one_line(f"{type(error).__name__}: {error}")
