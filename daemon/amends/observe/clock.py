"""The real clock: the one place of the program that asks the machine for the time."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from amends.model import Seconds


class RealClock:
    """Wall time as the machine has it, durations from its monotonic clock."""

    def wall(self) -> Seconds:
        """Now, in Unix time."""
        return time.time()

    def mono(self) -> Seconds:
        """A time that never goes back."""
        return time.monotonic()

    async def sleep_until(self, wall: Seconds) -> None:
        """Return once the wall clock has reached the time given; it is read again after each sleep: it may jump."""
        while (left := wall - time.time()) > 0:  # noqa: ASYNC110 - nothing but time can end this wait
            await asyncio.sleep(min(left, 15.0))
