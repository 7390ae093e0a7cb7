"""The kinds of channel, each in a file of its own that this registry finds by itself."""

from __future__ import annotations

import importlib
import pkgutil
from typing import TYPE_CHECKING

from amends.paging.channels.settings import ChannelSettings

if TYPE_CHECKING:
    import aiohttp

    from amends.paging.ports import Channel


def _kinds() -> dict[str, type[ChannelSettings]]:
    """Find the settings of every kind: a new channel is one new file in this folder."""
    for module in pkgutil.iter_modules(__path__):
        if not module.name.startswith("_"):
            importlib.import_module(f"{__name__}.{module.name}")
    found = {str(kind.model_fields["kind"].default): kind for kind in ChannelSettings.__subclasses__()}
    return dict(sorted(found.items()))


KINDS: dict[str, type[ChannelSettings]] = _kinds()


def build(id: str, settings: ChannelSettings, session: aiohttp.ClientSession) -> Channel:  # noqa: A002 - the field's name
    """Return the channel that these settings describe; `session` must not follow redirects or trust the environment."""
    return settings.build(id, session)


__all__ = ["KINDS", "ChannelSettings", "build"]
