"""What a source is to the schedule: something that can be polled, and what a poll brings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from amends.model import Item, Seconds
from amends.sources.errors import Outcome
from amends.sources.http import Client
from amends.sources.parser import Parser

if TYPE_CHECKING:
    from collections.abc import Sequence

    from amends.sources.queries import Names


@dataclass(frozen=True, slots=True)
class Tools:
    """What all sources share: politeness and the parser's child."""

    client: Client
    parser: Parser


@dataclass(frozen=True, slots=True, kw_only=True)
class PollResult:
    """What one poll brought. `cursor` is to be saved once the items are, and not before.

    `floor` is how many seconds the server wants us to stay away, `stated` whether it said anything of the kind,
    `conditional` whether the next poll can be, `recheck` whether one more without conditions is due in minutes.
    """

    outcome: Outcome
    cursor: dict[str, Any]
    items: tuple[Item, ...] = ()
    first: tuple[Item, ...] = ()  # those of a first walk: history
    aged: bool = False  # the cursor differs from the last one in times alone: it need not be saved at once
    more: bool = False  # there is more to read at once
    floor: Seconds = 0.0
    stated: bool = False
    conditional: bool = False
    recheck: bool = False
    skip_hours: frozenset[int] = field(default_factory=frozenset)  # of UTC
    skip_days: frozenset[int] = field(default_factory=frozenset)  # 0 = Monday
    gaps: tuple[
        tuple[Seconds, Seconds, str], ...
    ] = ()  # (from, to, why) in which items may be missing; aged: as before
    listed: Mapping[str, str] | None = None  # ids in the documents read -> their address or ""; None: as before
    error: str | None = None  # the reason's name
    detail: str | None = None

    @property
    def good(self) -> bool:
        """Whether everything that was asked was answered."""
        return self.outcome in {"ok", "unchanged"}

    @property
    def refused(self) -> bool:
        """Whether the server says that we come too often, or not at all."""
        return self.outcome in {"throttled", "blocked"}


class Source(Protocol):
    """A stranger's source implements this. It keeps nothing between two polls but the cursor."""

    @property
    def id(self) -> str:
        """The configured word."""
        ...

    @property
    def kind(self) -> str:
        """As in the configuration."""
        ...

    @property
    def url(self) -> str:
        """Whose host the schedule is polite to."""
        ...

    async def poll(
        self, tools: Tools, cursor: Mapping[str, Any] | None, names: Sequence[Names], now: Seconds
    ) -> PollResult:
        """Read what is new since the cursor (None: the first time). Errors are results, not exceptions."""
        ...
