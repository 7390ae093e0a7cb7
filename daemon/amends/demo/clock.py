"""A clock that runs fast: polling, escalation and outbox all live by it, sockets do not."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from amends.model import Seconds


class FastClock:
    """Begins at `start` and runs `speed` times as fast as the machine's monotonic clock."""

    def __init__(self, start: Seconds, speed: float) -> None:
        self._start = start
        self._speed = speed
        self._began = time.monotonic()

    def wall(self) -> Seconds:
        """Now, in the town."""
        return self._start + self.mono()

    def mono(self) -> Seconds:
        """Seconds of the town's time since it began."""
        return (time.monotonic() - self._began) * self._speed

    async def sleep_until(self, wall: Seconds) -> None:
        """Return once the town's clock has reached the time given."""
        while (left := wall - self.wall()) > 0:  # noqa: ASYNC110 - nothing but time can end this wait
            await asyncio.sleep(min(left / self._speed, 15.0))
