"""The kinds of sources. A new one is a new file here, with a settings class; nothing else is edited."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules
from types import MappingProxyType
from typing import TYPE_CHECKING, Protocol, cast, runtime_checkable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from amends.sources.settings import SourceSettings
    from amends.sources.source import Source

__all__ = ["KINDS", "make"]


@runtime_checkable
class Makes(Protocol):
    """Settings that can make their source."""

    def source(self, source_id: str) -> Source:
        """Return the source of these settings under its configured id."""
        ...


def _discover() -> Mapping[str, type[SourceSettings]]:
    found: dict[str, type[SourceSettings]] = {}
    for module in iter_modules(__path__):
        settings = cast("type[SourceSettings]", import_module(f"{__name__}.{module.name}").Settings)
        found[str(settings.model_fields["kind"].default)] = settings
    return MappingProxyType(dict(sorted(found.items())))


KINDS: Mapping[str, type[SourceSettings]] = _discover()


def make(source_id: str, settings: SourceSettings) -> Source:
    """Build the source of some settings."""
    if not isinstance(settings, Makes):
        raise TypeError(f"the settings of kind {settings.kind!r} make no source")
    return settings.source(source_id)
