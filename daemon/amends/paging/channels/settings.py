"""What the settings of every kind of channel have in common."""

from __future__ import annotations

from abc import ABC, abstractmethod
from ipaddress import ip_address
from typing import TYPE_CHECKING, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict

if TYPE_CHECKING:
    import aiohttp

    from amends.paging.ports import Channel

_LOCAL = (".local", ".lan", ".home", ".internal", ".localhost", ".home.arpa")


class ChannelSettings(BaseModel, ABC):
    """The keys of one channel in the configuration. A kind adds `kind: Literal["name"] = "name"` and its own."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    kind: str
    detail: Literal["full", "brief"] | None = None

    @property
    def public(self) -> bool:
        """Whether others run the server, so that quotes and handles had better stay behind the link."""
        return False

    @property
    def brief(self) -> bool:
        """Whether it keeps quotes and handles behind the link: as it says, else where its server is public."""
        return self.public if self.detail is None else self.detail == "brief"

    @property
    def reaches(self) -> str | None:
        """Return the server that must answer: scheme://host:port, nothing secret; None where it cannot be told."""
        return None

    @property
    def answered(self) -> str:
        """Return how people acknowledge on it, for `amends check`."""
        return "acknowledged by its link"

    @abstractmethod
    def build(self, id: str, session: aiohttp.ClientSession) -> Channel:  # noqa: A002 - the field's name
        """Return the channel."""


def is_public(url: str) -> bool:
    """Whether an address lies outside: neither private nor loopback, nor a name that only a local network knows."""
    host = (urlsplit(url).hostname or "").rstrip(".").lower()
    try:
        return ip_address(host).is_global
    except ValueError:
        return not (host == "localhost" or "." not in host or host.endswith(_LOCAL))


def web_address(url: str) -> str:
    """Check an http(s) address; ValueError says what is wrong, without repeating the address: it may be a secret."""
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError("must be an address that begins with http:// or https:// and names a host")
    if parts.port == 0:
        raise ValueError("must not name port 0")
    return url


def origin(url: str) -> str:
    """Return scheme://host:port of an address: no user, no path, no query."""
    parts = urlsplit(url)
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
    return f"{parts.scheme}://{host}" + (f":{parts.port}" if parts.port else "")
