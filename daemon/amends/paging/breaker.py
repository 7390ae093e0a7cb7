"""A circuit breaker for each channel: while its far end is down others go first, and one probe at a time asks again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from amends.model import Seconds

TOGETHER: Final = 20  # pages a second that are taken up for all channels that are down


@dataclass(slots=True)
class Breaker:
    """Opens after `after` failures in a row, for `first` seconds and twice as long each time, up to `longest`.

    It drops nothing: a page that meets an open breaker waits for the next probe; where its own deadline is nearer, it
    goes to its person's next channel at once. While it is open its pages are taken up one every `pace` seconds, so that
    hundreds that wait for a dead server cost the others nothing.
    """

    after: int = 3
    first: Seconds = 5.0
    longest: Seconds = 60.0
    pace: Seconds = 0.2
    failures: int = 0
    until: Seconds = 0.0
    probing: bool = False
    next_look: Seconds = 0.0

    @property
    def is_open(self) -> bool:
        """Whether the far end counts as down."""
        return self.failures >= self.after

    def took_up(self, now: Seconds, down: int = 1) -> None:
        """A page of this channel was claimed; `down` channels are, and all of them share the store's writer."""
        if self.is_open:
            self.next_look = now + max(self.pace, down / TOGETHER)

    def look_at(self, now: Seconds) -> Seconds | None:
        """Return when another page of this channel may be claimed, None: now; infinite while a probe is under way."""
        if not self.is_open:
            return None
        if self.probing:
            return float("inf")
        return self.next_look if now < self.next_look else None

    def waits(self, now: Seconds) -> Seconds | None:
        """Return when to try, or None: now. Whoever gets None while it is open is the probe."""
        if not self.is_open:
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
        if self.is_open:
            self.until = now + min(self.longest, self.first * 2.0 ** min(self.failures - self.after, 16))
