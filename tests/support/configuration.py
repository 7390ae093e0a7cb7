"""What the fixtures of configurations look like."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping

    from amends.config import Configuration


class Load(Protocol):
    """Load a text as amends.yaml."""

    def __call__(self, text: str, env: Mapping[str, str] | None = None) -> Configuration: ...


class Problems(Protocol):
    """Return the problems of a text as `LINE: level: text`."""

    def __call__(self, text: str, env: Mapping[str, str] | None = None) -> list[str]: ...
