"""What a configuration asks for: made whole before any of it is in force, so that a refusal leaves nothing behind."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from amends.paging import Channel
from amends.pipeline import Rules
from amends.sources import Names, SourceSpec

if TYPE_CHECKING:
    from amends.config import Configuration
    from amends.model import Clock, Seconds
    from amends.storage import Store


@dataclass(frozen=True, slots=True)
class Prepared:
    """What a configuration asks for, made and not yet in force."""

    rules: Rules
    channels: dict[str, Channel]
    sources: list[SourceSpec]
    tokens: dict[str, str] = field(repr=False)
    keys: list[bytes] = field(repr=False)


class Cursors:
    """The schedule's part of the store."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self._store, self._clock = store, clock

    async def load(self, source: str) -> dict[str, Any] | None:
        """Return what a source keeps."""
        return await self._store.source_state(source)

    async def save(self, source: str, state: dict[str, Any]) -> None:
        """Keep it."""
        now: Seconds = self._clock.wall()
        await self._store.save_source(source, state, now=now)


def specs(config: Configuration) -> list[SourceSpec]:
    """Return the sources of a configuration as the schedule takes them."""
    names = {
        id_: Names(
            brand=id_, names=(brand.name, *brand.aliases), handles=tuple(brand.handles), hashtags=tuple(brand.hashtags)
        )
        for id_, brand in config.brands.items()
    }
    own = {source for brand in config.brands.values() for source in brand.own}
    return [
        SourceSpec(id_, source.settings, tuple(names[brand] for brand in source.brands or names), own=id_ in own)
        for id_, source in config.sources.items()
    ]
