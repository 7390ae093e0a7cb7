"""Sources and channels, composed from the registries in which each kind keeps its own settings."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from pydantic import BaseModel

from amends.config import models
from amends.config.document import shape
from amends.config.problems import meant
from amends.config.translate import dotted, validate

if TYPE_CHECKING:
    from collections.abc import Mapping

    from amends.config.document import Document, Loc
    from amends.paging.channels import ChannelSettings

_M = TypeVar("_M", bound=BaseModel)


def channel(document: Document, loc: Loc, value: object) -> ChannelSettings | None:
    """Validate one channel by its `kind`."""
    from amends.paging.channels import KINDS  # noqa: PLC0415 - costly, and only needed once there is a channel

    model = _kind(document, loc, value, KINDS)
    return validate(document, loc, model, value) if model else None


def source(document: Document, loc: Loc, value: object) -> models.Source | None:
    """Validate one source by its `kind`, a preset's keys being filled in beneath its own."""
    from amends.sources.kinds import KINDS  # noqa: PLC0415 - costly, and only needed once there is a source
    from amends.sources.presets import expand, presets  # noqa: PLC0415 - the same

    if not isinstance(value, dict):
        document.error(loc, f"{dotted(loc)} must be a map of keys, found {shape(value)}")
        return None
    name = value.get("preset")
    if "preset" in value and name not in presets():
        document.error((*loc, "preset"), f"{dotted(loc)}: preset {name!r} is not known; {meant(str(name), presets())}")
        return None
    try:
        keys = expand(value)
    except ValueError as error:
        document.error(loc, f"{dotted(loc)}: {error}")
        return None
    model = _kind(document, loc, keys, KINDS)
    settings = validate(document, loc, model, keys) if model else None
    return models.Source(id=str(loc[-1]), settings=settings, preset=name) if settings else None


def _kind(document: Document, loc: Loc, value: object, kinds: Mapping[str, type[_M]]) -> type[_M] | None:
    if not isinstance(value, dict):
        document.error(loc, f"{dotted(loc)} must be a map of keys, found {shape(value)}")
        return None
    kind = value.get("kind")
    if kind is None:
        document.error(loc, f"{dotted(loc)} has no kind; add kind: {' or '.join(sorted(kinds))}")
        return None
    if not isinstance(kind, str) or kind not in kinds:
        document.error((*loc, "kind"), f"{dotted(loc)}: kind {kind!r} is not known; {meant(str(kind), kinds)}")
        return None
    return kinds[kind]
