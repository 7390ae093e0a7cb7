"""Readiness by parts, and how late the event loop wakes."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

PARTS = ("storage", "web", "workers")


class Health:
    """Which of our own parts stand. The world's state (a source, a channel) plays no part in it."""

    def __init__(self, parts: tuple[str, ...] = PARTS) -> None:
        self._down: dict[str, str] = dict.fromkeys(parts, "has not started yet")

    def up(self, part: str) -> None:
        """Say that a part stands."""
        self._down.pop(part, None)

    def down(self, part: str, why: str) -> None:
        """Say that a part does not stand, and why."""
        self._down[part] = why

    @property
    def ready(self) -> bool:
        """Whether all parts stand."""
        return not self._down

    @property
    def why(self) -> tuple[str, ...]:
        """One line for each part that does not stand."""
        return tuple(f"{part}: {why}" for part, why in sorted(self._down.items()))


async def sample_lag(observe: Callable[[float], None], every: float = 1.0) -> None:
    """Report, for ever, by how many seconds the loop wakes later than asked, once every so many seconds."""
    loop = asyncio.get_running_loop()
    while True:
        due = loop.time() + every
        await asyncio.sleep(every)
        observe(max(0.0, loop.time() - due))
