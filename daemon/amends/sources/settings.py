"""What every kind of source has in common in `amends.yaml`; each kind adds its own keys in its own file."""

from __future__ import annotations

import re
from typing import Annotated, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, SecretStr, field_validator, model_validator
from yarl import URL

from amends.model import DAY, HOUR, MINUTE, Seconds
from amends.sources.queries import HOLES, holes

_UNITS = {"ms": 0.001, "s": 1.0, "m": MINUTE, "h": HOUR, "d": DAY, "w": 7 * DAY, "y": 365 * DAY}
_DURATION = re.compile(r"(?:(\d+)y)?(?:(\d+)w)?(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?(?:(\d+)ms)?")
_HEADER = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
# Headers that are ours to set, or that would make one source speak for another.
_OURS = frozenset(
    {"host", "user-agent", "cookie", "referer", "if-none-match", "if-modified-since", "connection", "content-length",
     "transfer-encoding", "accept-encoding", "range", "proxy-authorization"}
)  # fmt: skip


def parse_duration(value: object) -> Seconds:
    """Read a duration as Prometheus writes it ("30s", "1h30m", "2d"), in seconds; ValueError says how."""
    if isinstance(value, str) and value:
        found = _DURATION.fullmatch(value)
        if found and any(found.groups()):
            return sum(
                float(number) * _UNITS[unit]
                for number, unit in zip(found.groups(), ("y", "w", "d", "h", "m", "s", "ms"), strict=True)
                if number
            )
    raise ValueError("is no duration; write 30s, 5m, 2h or 30d")


Duration = Annotated[float, BeforeValidator(parse_duration)]


class SourceSettings(BaseModel):
    """Keys of any source. `every` unset: the interval adapts. `brands` unset: all of them."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    kind: str
    brands: tuple[str, ...] | None = None
    every: Duration | None = None

    @field_validator("every")
    @classmethod
    def _positive(cls, value: Seconds | None) -> Seconds | None:
        if value is not None and value <= 0:
            raise ValueError("`every` must be longer than nothing: write 5m")
        return value


class WebSettings(SourceSettings):
    """Keys of a source that is read over HTTP. `{query}` in `url` makes one request for each name of the brands."""

    url: str
    join: str | None = None
    headers: dict[str, SecretStr] = {}

    @field_validator("url")
    @classmethod
    def _reachable(cls, value: str) -> str:
        try:
            url = URL(re.sub(r"\{[a-z_]+\}", "x", value))
            good = url.scheme in {"http", "https"} and bool(url.host)
        except ValueError:
            good = False
        if not good:
            raise ValueError("is no address that can be read; it must begin with http:// or https:// and name a host")
        unknown = sorted(holes(value) - HOLES)
        if unknown:
            known = ", ".join(f"{{{hole}}}" for hole in sorted(HOLES))
            raise ValueError(f"unknown placeholder {{{unknown[0]}}} in the address; there are {known}")
        return value

    @field_validator("headers", mode="before")
    @classmethod
    def _sendable(cls, value: object) -> object:
        if isinstance(value, dict):
            for name, text in value.items():
                if not isinstance(name, str) or not _HEADER.fullmatch(name):
                    raise ValueError(f"{name!r} is no name of a header")
                if name.lower() in _OURS:
                    raise ValueError(f"the header {name} is set by Amends itself: leave it out")
                if isinstance(text, str) and not (text.isprintable() and text.isascii()):
                    raise ValueError(f"the value of the header {name} has characters that no header may carry")
        return value

    @model_validator(mode="after")
    def _joined(self) -> Self:
        if self.join is not None and not holes(self.url) & {"query", "hashtag"}:
            raise ValueError("`join` is given, but the address has no {query} to join: leave it out, or add {query}")
        return self

    def secrets(self) -> dict[str, str]:
        """The headers as they are sent."""
        return {name: value.get_secret_value() for name, value in self.headers.items()}
