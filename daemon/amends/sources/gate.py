"""One request at a time to a host, a gap between two, and nobody before the time that the host named."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from amends.model import Clock, Seconds

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

GAP = 1.0  # seconds between two requests to one host
_FORGET = 2_048  # hosts remembered before the idle ones are dropped


@dataclass(slots=True)
class _Host:
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    next_at: Seconds = 0.0
    floor: Seconds = 0.0


class Gate:
    """Politeness by host, for all sources together; times are the clock's."""

    def __init__(self, clock: Clock, gap: Seconds = GAP) -> None:
        self._clock = clock
        self._gap = gap
        self._hosts: dict[str, _Host] = {}

    def floor(self, host: str) -> Seconds:
        """The time before which the host wants no request at all (429)."""
        known = self._hosts.get(host)
        return known.floor if known else 0.0

    def raise_floor(self, host: str, until: Seconds) -> None:
        """Remember that the host wants no request before then."""
        entry = self._host(host)
        entry.floor = max(entry.floor, until)

    def busy(self, host: str) -> bool:
        """Whether a request to the host is on its way."""
        known = self._hosts.get(host)
        return known is not None and known.lock.locked()

    def free_at(self, host: str) -> Seconds:
        """When the next request may start, if none is on its way."""
        known = self._hosts.get(host)
        return max(known.next_at, known.floor) if known else 0.0

    @asynccontextmanager
    async def turn(self, host: str) -> AsyncIterator[None]:
        """Wait for one's turn at a host and hold it."""
        entry = self._host(host)
        async with entry.lock:
            if entry.next_at > self._clock.wall():
                await self._clock.sleep_until(entry.next_at)
            try:
                yield
            finally:
                entry.next_at = self._clock.wall() + self._gap

    def _host(self, host: str) -> _Host:
        entry = self._hosts.get(host)
        if entry is None:
            if len(self._hosts) >= _FORGET:
                now = self._clock.wall()
                self._hosts = {
                    name: one
                    for name, one in self._hosts.items()
                    if one.lock.locked() or max(one.next_at, one.floor) > now
                }
            entry = self._hosts[host] = _Host()
        return entry
