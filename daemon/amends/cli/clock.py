"""The real clock, for commands that work without the daemon and must not import it."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from amends.model import Seconds


class RealClock:
    """The machine's own time."""

    def wall(self) -> Seconds:
        """Now, in Unix time."""
        return time.time()

    def mono(self) -> Seconds:
        """A time that never goes back."""
        return time.monotonic()

    async def sleep_until(self, wall: Seconds) -> None:
        """Return once the wall clock has reached a time."""
        await asyncio.sleep(max(0.0, wall - time.time()))
