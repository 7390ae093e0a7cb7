"""Keeping cursors: what matters at once, what merely got older every second, small ones at hand between two polls."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import structlog

if TYPE_CHECKING:
    from amends.model import Clock
    from amends.sources.slot import Slot
    from amends.sources.status import SourceStore

LATER = 1.0  # seconds that a poll may wait for its writing, where it changed nothing but times
_RETRY = 30.0  # seconds after which a store that refused is asked again
_TOGETHER = 200  # states written side by side: the store makes one transaction of them
_RECENT, _SMALL = 1_024, 200  # cursors kept at hand, and the most entries that one of them remembers

log = structlog.get_logger(__name__)


class Keeper:
    """The schedule's way to the store.

    A poll that brought anything, a new validator or a floor is saved before it counts (`save`). One that found nothing
    changed and was told no time is saved with others soon after (`later`): a crash in between costs one early,
    conditional request, and no mention. What is not saved yet is never lost to a later `load`.
    """

    def __init__(self, store: SourceStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock
        self._recent: dict[str, dict[str, Any]] = {}  # cursors as saved, of the sources polled last
        self._waiting: dict[str, tuple[Slot, dict[str, Any]]] = {}
        self._writing: set[str] = set()
        self._wake = asyncio.Event()
        self._written = asyncio.Event()

    async def cursor(self, slot: Slot) -> dict[str, Any] | None:
        """Return the cursor that a poll goes on from, None before the first."""
        if (found := self._recent.get(slot.id)) is not None:
            return found
        if (kept := self._waiting.get(slot.id)) is not None and kept[0] is slot:
            return kept[1]
        return slot.cursor_of(await self._store.load(slot.id))

    async def load(self, slot: Slot) -> dict[str, Any] | None:
        """Return the whole stored state of a source."""
        return await self._store.load(slot.id)

    def forget(self, source_id: str) -> None:
        """Drop what is at hand of a source that is another one now."""
        self._recent.pop(source_id, None)
        self._waiting.pop(source_id, None)

    async def save(self, slot: Slot, cursor: dict[str, Any]) -> None:
        """Keep a source's state and return once it would survive a crash."""
        self._recent.pop(slot.id, None)
        while slot.id in self._writing:  # an older state is on its way: it must not arrive last
            self._written.clear()
            await self._written.wait()
        self._waiting.pop(slot.id, None)
        await self._store.save(slot.id, slot.dump(cursor))
        docs = cursor.get("docs", {}).values()
        if sum(len(doc.get("seen", ())) for doc in docs) <= _SMALL:
            self._recent[slot.id] = cursor
            if len(self._recent) > _RECENT:
                del self._recent[next(iter(self._recent))]

    def later(self, slot: Slot, cursor: dict[str, Any]) -> None:
        """Keep a source's state within `LATER` seconds."""
        if slot.id in self._recent:
            self._recent[slot.id] = cursor
        if not self._waiting:
            self._wake.set()
        self._waiting[slot.id] = (slot, cursor)

    async def run(self) -> None:
        """Write what waits, until cancelled."""
        wait = LATER
        while True:
            await self._wake.wait()
            await self._clock.sleep_until(self._clock.wall() + wait)
            self._wake.clear()
            try:
                await self.flush()
                wait = LATER
            except Exception as error:  # noqa: BLE001 - the states stay in line, and polls go on
                log.warning("cursors are not saved yet", waiting=len(self._waiting), error=f"{error}"[:300])
                self._wake.set()
                wait = _RETRY

    async def close(self) -> None:
        """Write what waits, as far as the store still takes it."""
        try:
            await self.flush()
        except Exception as error:  # noqa: BLE001 - we are leaving: what is lost are times, which is said
            log.warning("cursors were not saved at the end", waiting=len(self._waiting), error=f"{error}"[:300])

    async def flush(self) -> None:
        """Write everything that waits; what could not be written goes on waiting, and its error is raised."""
        line = list(self._waiting)
        for start in range(0, len(line), _TOGETHER):
            batch = {one: self._waiting[one] for one in line[start : start + _TOGETHER] if one in self._waiting}
            self._writing |= batch.keys()
            try:
                done = await asyncio.gather(
                    *(self._store.save(one, slot.dump(cursor)) for one, (slot, cursor) in batch.items()),
                    return_exceptions=True,
                )
            finally:
                self._writing -= batch.keys()
                self._written.set()
            for (one, kept), error in zip(batch.items(), done, strict=True):
                if error is not None:
                    raise error
                if self._waiting.get(one) is kept:
                    del self._waiting[one]
