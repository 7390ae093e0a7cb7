"""A circuit breaker for each channel: while its far end is down others go first, and one probe at a time asks again."""

from __future__ import annotations

from dataclasses import dataclass

from amends.model import Seconds


@dataclass(slots=True)
class Breaker:
    """Opens after `after` failures in a row, for `first` seconds and twice as long each time, up to `longest`.

    It drops nothing: a page that meets an open breaker waits for the next probe, or for its own deadline if that is
    nearer, and is then tried on its person's next channel.
    """

    after: int = 3
    first: Seconds = 5.0
    longest: Seconds = 60.0
    failures: int = 0
    until: Seconds = 0.0
    probing: bool = False

    def waits(self, now: Seconds) -> Seconds | None:
        """Return when to try, or None: now. Whoever gets None while it is open is the probe."""
        if self.failures < self.after:
            return None
        if now < self.until:
            return self.until
        if self.probing:
            return now + self.first
        self.probing = True
        return None

    def good(self) -> None:
        """The far end answered; it works, whatever it said of the page."""
        self.failures, self.until, self.probing = 0, 0.0, False

    def bad(self, now: Seconds) -> None:
        """The far end did not answer, or said that it cannot now."""
        self.failures += 1
        self.probing = False
        if self.failures >= self.after:
            self.until = now + min(self.longest, self.first * 2 ** (self.failures - self.after))
