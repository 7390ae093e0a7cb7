"""The schedule: one heap of due times, a bounded number of polls at once, cursors that outlive the program."""

from __future__ import annotations

import asyncio
import hashlib
import heapq
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Sequence
from typing import TYPE_CHECKING

import structlog

from amends.model import Clock, Coverage, Item, Seconds, UnknownError
from amends.pipeline import Progress
from amends.sources import kinds, policy
from amends.sources.errors import Outcome
from amends.sources.gate import GAP
from amends.sources.guard import OwnVoice
from amends.sources.keep import Keeper
from amends.sources.pages import GAP_KEPT
from amends.sources.slot import Slot, below_half
from amends.sources.source import PollResult, Tools

if TYPE_CHECKING:
    from amends.sources.http import Client
    from amends.sources.parser import Parser
    from amends.sources.status import SourceSpec, SourceStatus, SourceStore

Deliver = Callable[[list[Item], Progress], Awaitable[None]]
Observe = Callable[[str, Outcome], None]
_BATCH = 500  # items delivered at once
_ADMITTED = 200  # sources taken up before others get a turn
_SPREAD = 0.1  # seconds a source over which the first polls of a fleet are spread
_STORE_RETRY = 30.0  # seconds after which a poll whose items could not be stored is made again

log = structlog.get_logger(__name__)


class Scheduler:
    """Polls every source at its time and hands over what is new, at least once.

    `deliver` returns once the items are safe; only then is the cursor saved. `on_poll` hears of every poll. Times are
    the clock's; only sockets know another one. `concurrency` bounds the polls on their way.
    """

    def __init__(
        self,
        *,
        clock: Clock,
        client: Client,
        parser: Parser,
        store: SourceStore,
        deliver: Deliver,
        on_poll: Observe | None = None,
        concurrency: int = 32,
        seed: int = 0,
    ) -> None:
        self._clock = clock
        self._tools = Tools(client, parser)
        self._keeper = Keeper(store, clock)
        self._deliver = deliver
        self._on_poll = on_poll
        self._concurrency = concurrency
        self._seed = seed
        self._slots: dict[str, Slot] = {}
        self._heap: list[tuple[Seconds, int, str]] = []
        self._parked: dict[str, deque[str]] = {}  # host -> sources that are due while it is busy
        self._tempo: dict[str, float] = {}
        self._of_brand: dict[str, list[Slot]] = {}
        self._changed = asyncio.Event()
        self._fresh: deque[str] = deque()
        self._alarm: tuple[Seconds, asyncio.Task[None]] | None = None
        self._next: Seconds | None = None  # when something is due again, as `_claim` found it
        self._turn = 0
        self.busy = 0

    # --- what it is told --------------------------------------------------------------------------------------------

    def configure(self, specs: Iterable[SourceSpec]) -> None:
        """Take a whole set of sources, at the start and at a reload; what did not change keeps its time."""
        wanted = {spec.id: spec for spec in specs}
        for gone in self._slots.keys() - wanted.keys():
            del self._slots[gone]
            self._keeper.forget(gone)
        for source_id, spec in wanted.items():
            known = self._slots.get(source_id)
            if known is not None and (known.spec.settings, known.spec.own) == (spec.settings, spec.own):
                known.spec = spec
                continue
            self._keeper.forget(source_id)
            made = kinds.make(source_id, spec.settings)
            self._slots[source_id] = Slot(spec, OwnVoice(made) if spec.own else made)
            self._fresh.append(source_id)
        self._of_brand = {}
        for slot in self._slots.values():
            for brand in slot.brands:
                self._of_brand.setdefault(brand, []).append(slot)
        self._changed.set()

    def set_tempo(self, brand: str, tempo: float) -> None:
        """Listen faster (tempo below 1) or as usual (1) for a brand; no server's floor gives way to it."""
        if self._tempo.get(brand, 1.0) == tempo:
            return
        self._tempo[brand] = tempo
        now = self._clock.wall()
        for slot in self._of_brand.get(brand, ()):
            if slot.known and slot.last_success is not None and not slot.failures:
                due = max(slot.last_success + self._interval(slot), slot.floor, now)
                if due < slot.due:
                    self._push(slot, due)

    async def pause(self, source_id: str) -> None:
        """Poll a source no more until it is resumed; UnknownError if there is none of that id."""
        await self._set_paused(source_id, paused=True)

    async def resume(self, source_id: str) -> None:
        """Poll a paused source again; UnknownError if there is none of that id."""
        await self._set_paused(source_id, paused=False)

    async def poll(self, source_id: str) -> None:
        """Poll a source as soon as its server's floor allows; `status` says when. UnknownError if there is none."""
        slot = self._slot(source_id)
        slot.gone = False
        if not slot.paused and slot.known:
            now = self._clock.wall()
            due = max(now, slot.floor, self._tools.client.gate.floor(self._host(slot)))
            self._push(slot, due)

    # --- what it tells ----------------------------------------------------------------------------------------------

    def coverage(self, brand: str) -> Coverage:
        """Which of a brand's sources answered within their own expected interval.

        Sources that are paused, or have not had the time to answer since they were configured, are not counted; but
        what they were last heard at before a restart holds `heard_until` back: an outage of ours is yet to be filled.
        """
        now = self._clock.wall()
        on_time, waiting = 0, 0
        silent: list[Slot] = []
        heard: list[Seconds] = []
        for slot in self._of_brand.get(brand, ()):
            if slot.paused:
                continue
            state = slot.on_time(now)
            if state is None:
                waiting += 1
                if not slot.known or slot.last_success is not None:
                    heard.append(slot.last_success or 0.0)
                continue
            if state:
                on_time += 1
                heard.append(slot.last_success or now)
            else:
                silent.append(slot)
        return Coverage(
            on_time=on_time,
            of=on_time + len(silent),
            silent=tuple(slot.id for slot in silent),
            heard_until=min(heard) if heard else None,
            below_since=below_half([slot.late_since() for slot in silent], on_time),
            waiting=waiting,
        )

    def status(self) -> list[SourceStatus]:
        """Return every source's state, in the order of the configuration."""
        now, held = self._clock.wall(), self._tools.client.gate.floor
        return [
            slot.status(now, gaps_since=now - GAP_KEPT, held=held(self._host(slot))) for slot in self._slots.values()
        ]

    # --- the loop ---------------------------------------------------------------------------------------------------

    async def run(self) -> None:
        """Poll until cancelled; polls on their way are cancelled with it, their cursors unsaved."""
        try:
            async with asyncio.TaskGroup() as polls:
                polls.create_task(self._keeper.run(), name="cursors")
                try:
                    while True:
                        self._changed.clear()
                        await self._admit()
                        while (slot := self._claim()) is not None:
                            polls.create_task(self._run_polls(slot), name=f"polls from {slot.id}")
                        self._set_alarm(polls, self._next)
                        await self._changed.wait()
                finally:
                    self._set_alarm(polls, None)
        finally:
            await self._keeper.close()

    def _claim(self) -> Slot | None:
        """Take the next source that is due and may be polled; if there is none, `_next` says when there will be.

        `_next` is None if a poll must end first.
        """
        self._next = None
        if self.busy >= self._concurrency:
            return None
        gate, now = self._tools.client.gate, self._clock.wall()
        while self._heap:
            due, turn, source_id = self._heap[0]
            slot = self._slots.get(source_id)
            if slot is None or slot.turn != turn or slot.busy:  # outdated: it was moved, or is no more
                heapq.heappop(self._heap)
                continue
            if due > now:
                self._next = due
                return None
            heapq.heappop(self._heap)
            if not self._local(slot):
                host = slot.key(local=False)
                if gate.busy(host) or host in self._parked:
                    self._parked.setdefault(host, deque()).append(source_id)
                    continue
                free = gate.free_at(host)
                if free > now:
                    self._push(slot, free)
                    continue
                self._parked[host] = deque()
            slot.busy = True
            self.busy += 1
            return slot
        return None

    def _set_alarm(self, tasks: asyncio.TaskGroup, due: Seconds | None) -> None:
        if self._alarm is not None:
            at, task = self._alarm
            if due is not None and at <= due and not task.done():
                return  # it rings too early at worst
            task.cancel()
        self._alarm = None if due is None else (due, tasks.create_task(self._ring(due), name="next poll"))

    async def _ring(self, due: Seconds) -> None:
        await self._clock.sleep_until(due)
        self._changed.set()

    async def _admit(self) -> None:
        """Give sources that are new their state and their first time: spread, and never before a stored one."""
        for _ in range(min(len(self._fresh), _ADMITTED)):
            slot = self._slots.get(self._fresh.popleft())
            if slot is None or slot.known:
                continue
            slot.restore(await self._keeper.load(slot))
            now = self._clock.wall()
            if slot.outcome == "throttled" and slot.floor > now:
                self._tools.client.gate.raise_floor(self._host(slot), slot.floor)
            if slot.last_success is not None and not slot.failures:  # `every` may have changed
                slot.due = min(slot.due, max(slot.floor, slot.last_success + self._interval(slot)))
            slot.phase = int.from_bytes(
                hashlib.blake2b(f"{self._seed}:{slot.id}".encode(), digest_size=8).digest(), "big"
            )
            share = self._share(slot)
            spread = now + share * min(_SPREAD * len(self._slots), self._interval(slot))
            slot.admit(max(spread, slot.due), spread)
            if not slot.gone and not slot.paused:
                self._push(slot, max(spread, slot.due))
        if self._fresh:
            self._changed.set()

    def _push(self, slot: Slot, due: Seconds) -> None:
        self._turn += 1
        slot.due, slot.turn = due, self._turn
        heapq.heappush(self._heap, (due, self._turn, slot.id))
        if self.busy < self._concurrency and (self._alarm is None or due < self._alarm[0]):
            self._changed.set()

    async def _run_polls(self, first: Slot) -> None:
        """Poll one source after the other while any is due: a task for each poll would cost as much as the poll."""
        slot: Slot | None = first
        while slot is not None:
            try:
                await self._poll(slot)
            finally:
                slot.busy = False
                self.busy -= 1
                if self._parked:
                    self._unpark(slot)
            slot = self._claim()
        self._changed.set()

    def _unpark(self, slot: Slot) -> None:
        host = slot.key(local=False)
        free = self._tools.client.gate.free_at(host)
        for turn, source_id in enumerate(self._parked.pop(host, ())):
            if (other := self._slots.get(source_id)) is not None and not other.paused:
                self._push(other, free + turn * GAP)

    async def _poll(self, slot: Slot) -> None:
        now = self._clock.wall()
        try:
            cursor = await self._keeper.cursor(slot)
            result = await slot.source.poll(self._tools, cursor, slot.spec.names, now)
            if result.first or result.items:
                await self._hand_over(slot, result)
            calm = result.aged and not (result.floor or slot.floor or slot.failures)
            self._learn(slot, result, now)
            if slot is self._slots.get(slot.id):  # a reload may have put another in its place
                if calm:
                    self._keeper.later(slot, result.cursor)
                else:
                    await self._keeper.save(slot, result.cursor)
        except Exception as error:  # noqa: BLE001 - one source's fault never stops the others; nothing was saved
            why = f"{type(error).__name__}: {error}"[:300]
            log.warning("poll failed", source=slot.id, error=why)
            slot.fail("error", "internal", why, now)
            self._push_if_wanted(slot, self._clock.wall() + _STORE_RETRY)
            self._observe(slot, "error")
            return
        self._observe(slot, result.outcome)
        self._push_if_wanted(slot, slot.due)

    async def _hand_over(self, slot: Slot, result: PollResult) -> None:
        for items, first in ((result.first, True), (result.items, False)):
            if not items:
                continue
            progress = Progress(previous=slot.last_success, lag=policy.lag(slot.lags), first_walk=first)
            for start in range(0, len(items), _BATCH):
                await self._deliver(list(items[start : start + _BATCH]), progress)

    def _learn(self, slot: Slot, result: PollResult, now: Seconds) -> None:
        """Draw the consequences of a poll: what is known of the source, and when it is next."""
        ended = self._clock.wall()
        local, share = self._local(slot), self._share(slot)
        slot.floor = ended + result.floor if result.floor > 0 else 0.0
        if not result.aged:
            for start, end, why in set(result.gaps) - set(slot.gaps):
                log.warning("mentions may be missing", source=slot.id, since=start, until=end, reason=why)
            slot.gaps = result.gaps
        if result.good:
            slot.succeed(result, now)
            base = self._interval(slot)
            wait = policy.jittered(base, share, local=local)
            if result.recheck:
                wait = policy.recheck(wait, share)
            if result.more:
                wait = 0.0
        elif result.error == "held":  # nobody was asked: what is known of the source stays
            wait = 0.0
        else:
            slot.fail(result.outcome, result.error or "error", result.detail or "", now)
            since = ended - (slot.failing_since or ended)
            wait = policy.retry(self._interval(slot), slot.failures, since, share, local=local, refused=result.refused)
            if result.outcome == "throttled":
                wait = max(wait, result.floor + policy.OTHERS_FIRST)
        due = max(ended + wait, slot.floor)
        if result.skip_hours or result.skip_days:
            due = policy.skip(due, result.skip_hours, result.skip_days)
        slot.due = due
        if result.good:
            slot.expected = due - now

    # --- small things -----------------------------------------------------------------------------------------------

    def _push_if_wanted(self, slot: Slot, due: Seconds) -> None:
        if slot is self._slots.get(slot.id) and not slot.paused and not slot.gone:
            self._push(slot, due)

    def _observe(self, slot: Slot, outcome: Outcome) -> None:
        slot.count(outcome)
        if self._on_poll is not None:
            self._on_poll(slot.id, outcome)

    def _interval(self, slot: Slot) -> Seconds:
        tempo = min((self._tempo.get(brand, 1.0) for brand in slot.brands), default=1.0) if self._tempo else 1.0
        return policy.interval(slot.habits(local=self._local(slot), tempo=tempo))

    @staticmethod
    def _share(slot: Slot) -> float:
        """The next number in [0, 1) of the source's own sequence (Knuth's MMIX generator)."""
        slot.phase = (slot.phase * 6_364_136_223_846_793_005 + 1_442_695_040_888_963_407) % 2**64
        return slot.phase / 2**64

    def _local(self, slot: Slot) -> bool:
        return self._tools.client.local(slot.host)

    def _host(self, slot: Slot) -> str:
        return slot.key(local=self._local(slot))

    def _slot(self, source_id: str) -> Slot:
        if source_id not in self._slots:
            near: Sequence[str] = sorted(self._slots)[:8]
            raise UnknownError(f"there is no source {source_id!r}: there are {', '.join(near) or 'none'}")
        return self._slots[source_id]

    async def _set_paused(self, source_id: str, *, paused: bool) -> None:
        slot = self._slot(source_id)
        if slot.paused != paused:
            slot.paused = paused
            if not slot.busy:  # a poll on its way saves it at its end
                slot.restore(await self._keeper.load(slot)) if not slot.known else None
                slot.paused = paused
                await self._keeper.save(slot, await self._keeper.cursor(slot) or {})
                now = self._clock.wall()
                if not paused and not slot.gone:
                    self._push(slot, max(slot.due, slot.floor, now))
                elif paused:
                    slot.turn = -1
