"""What the schedule is given and what it tells: specifications, the store's part, the state of each source."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from amends.model import Seconds
from amends.sources.errors import Outcome
from amends.sources.queries import Names
from amends.sources.settings import SourceSettings


@dataclass(frozen=True, slots=True)
class SourceSpec:
    """A configured source and the brands that it listens for (all of them, if the configuration names none).

    `own`: it is a brand's own voice, and what vanishes from it is told.
    """

    id: str
    settings: SourceSettings
    names: tuple[Names, ...]
    own: bool = False


class SourceStore(Protocol):
    """Where cursors live. A dict of JSON values per source id."""

    async def load(self, source: str) -> dict[str, Any] | None:
        """Return what was saved last, None if nothing ever was."""
        ...

    async def save(self, source: str, state: dict[str, Any]) -> None:
        """Keep the state; return once it would survive a crash."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceStatus:
    """How a source is doing, for the web and the command line. Times are Unix time, None until it happens."""

    id: str
    kind: str
    url: str  # without credentials and query
    brands: tuple[str, ...]
    last_success: Seconds | None = None
    last_attempt: Seconds | None = None
    next_poll: Seconds | None = None  # None: paused or gone
    interval: Seconds | None = None  # from one poll to the next, as things are
    lag: Seconds | None = None  # usual seconds from publication to being visible; None: not measured yet
    held_until: Seconds | None = None  # its host answered 429 to somebody of ours, and wants no request before then
    outcome: Outcome | None = None  # of the last poll
    last_error: str | None = None  # name and sentence of the last error; stays until a success
    gaps: tuple[tuple[Seconds, Seconds, str], ...] = ()  # (from, to, why) of the last week: items may be missing
    paused: bool = False
    gone: bool = False
    on_time: bool | None = None  # None: not asked yet
    outcomes: Mapping[str, int] = field(default_factory=dict)  # polls since the program started

    @property
    def up(self) -> bool:
        """Whether it answered when last asked, and within its own expected interval."""
        return self.outcome in {"ok", "unchanged"} and self.on_time is not False
