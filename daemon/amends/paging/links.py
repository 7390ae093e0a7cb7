"""The addresses in a message: an incident's page, and the signed link that acknowledges it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final
from urllib.parse import quote, urlsplit

from amends import escalation
from amends.model import DAY

if TYPE_CHECKING:
    from amends.escalation import Signed
    from amends.model import Page, Seconds

LIFETIME: Final[Seconds] = 7 * DAY


@dataclass(frozen=True, slots=True)
class Links:
    """Makes links under one key; `base` is where people reach the web: external_url, else the listen address.

    Links under one of the `older` keys are still read: a key that takes over ends nobody's link.
    A link of a page expires a week after the page was decided, so every attempt carries the same one.
    """

    key: bytes = field(repr=False)
    base: str = "http://127.0.0.1:8484"
    older: tuple[bytes, ...] = field(default=(), repr=False)

    @property
    def reachable(self) -> bool:
        """Whether a phone elsewhere can open `base`."""
        host = urlsplit(self.base).hostname or ""
        return not (host == "localhost" or host.endswith(".localhost") or host.startswith("127.") or host == "::1")

    def incident(self, incident: str) -> str:
        """Return the address of an incident's page."""
        return f"{self.base.rstrip('/')}/incidents/{quote(incident, safe='')}"

    def token(self, page: Page) -> str:
        """Return the token with which this page's person acknowledges its incident."""
        return escalation.sign(self.key, page.incident.id, page.person, page.decided_at + LIFETIME)

    def acknowledge(self, page: Page) -> str:
        """Return the address at which a POST acknowledges; the token ends it."""
        return f"{self.base.rstrip('/')}/a/{self.token(page)}"

    def read(self, token: str, now: Seconds) -> Signed:
        """Read a token back; LinkAltered or LinkExpired where it is not good."""
        return escalation.verify((self.key, *self.older), token, now)
