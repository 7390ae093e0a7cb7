"""The kinds of channel, each in a file of its own that this registry finds by itself."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from typing import TYPE_CHECKING, Any

from amends.paging.channels.settings import ChannelSettings

if TYPE_CHECKING:
    import aiohttp

    from amends.paging.ports import Channel


def _kinds() -> dict[str, type[ChannelSettings]]:
    """Find the settings of every kind: a new channel is one new file in this folder."""
    for module in pkgutil.iter_modules(__path__):
        if not module.name.startswith("_"):
            importlib.import_module(f"{__name__}.{module.name}")
    found = {str(kind.model_fields["kind"].default): kind for kind in _heirs(ChannelSettings)}
    return dict(sorted(found.items()))


def _heirs(of: Any) -> list[type[ChannelSettings]]:  # noqa: ANN401 - a class that may be abstract, which no type says
    """Return the kinds that are whole: what only holds the keys that two kinds share is none."""
    below = [kind for heir in of.__subclasses__() for kind in (heir, *_heirs(heir))]
    return [kind for kind in below if not inspect.isabstract(kind)]


KINDS: dict[str, type[ChannelSettings]] = _kinds()


def build(id: str, settings: ChannelSettings, session: aiohttp.ClientSession) -> Channel:  # noqa: A002 - the field's name
    """Return the channel that these settings describe; `session` must not follow redirects or trust the environment."""
    return settings.build(id, session)


__all__ = ["KINDS", "ChannelSettings", "build"]
