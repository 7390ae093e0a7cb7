"""Time, and the errors that Amends makes."""

from __future__ import annotations

from typing import Protocol, TypeAlias

Seconds: TypeAlias = float
BIN_SECONDS = 300
MINUTE, HOUR, DAY = 60.0, 3_600.0, 86_400.0


class AmendsError(Exception):
    """Anything Amends refuses: the message names the thing, the value and the way out."""


class InputError(AmendsError):
    """The user's input is wrong; a command that meets it exits with 2."""


class UnknownError(AmendsError):
    """A command names an incident, a person or a silence that does not exist."""


class StaleError(AmendsError):
    """A command comes too late for the state that it meets."""


class Clock(Protocol):
    """The one source of time of a running program: real, accelerated (demo) or jumping (replay)."""

    def wall(self) -> Seconds:
        """Now, in Unix time."""
        ...

    def mono(self) -> Seconds:
        """A time that never goes back, for durations; it runs as fast as `wall`."""
        ...

    async def sleep_until(self, wall: Seconds) -> None:
        """Return once `wall()` has reached the time given."""
        ...
