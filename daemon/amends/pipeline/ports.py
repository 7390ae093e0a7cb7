"""What the shell's rooms may ask of the running program, as Protocols: web and channels know nobody above them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from amends.model import Seconds

if TYPE_CHECKING:
    from collections.abc import Sequence

    from amends.model import Event, Item
    from amends.pipeline.decision import Decision
    from amends.pipeline.rules import Rules


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a source had been heard when it brought these items.

    `previous` is its last success before this one, `lag` its usual seconds from publication to being visible, and
    `first_walk` is true until a polled source has been read to its end once, or a pushed one has brought a young item.
    """

    previous: Seconds | None = None
    lag: Seconds = 0.0
    first_walk: bool = False


@dataclass(frozen=True, slots=True)
class Ingested:
    """What became of items: `accepted` counts all that were taken, of which `unmatched` name no brand."""

    accepted: int = 0
    duplicates: int = 0
    unmatched: int = 0


class Engine(Protocol):
    """The three steps that change anything: load the brand's state, decide, commit."""

    @property
    def rules(self) -> Rules:
        """The rules in force; a reload swaps them whole."""
        ...

    async def apply(self, brand: str, event: Event) -> Decision:
        """Decide and commit one event of one brand; UnknownError and StaleError reach the caller, nothing written."""
        ...

    async def ingest(self, items: Sequence[Item], progress: Progress | None = None) -> Ingested:
        """Prepare, decide and commit items; returns after the commit. `progress` None: pushed, judged by itself."""
        ...
