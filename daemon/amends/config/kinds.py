"""Sources and channels, composed from the registries in which each kind keeps its own settings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from amends.config import models
from amends.config.document import shape
from amends.config.problems import meant
from amends.config.translate import dotted, validate
from amends.config.units import duration

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydantic import BaseModel

    from amends.config.document import Document, Loc


def channel(document: Document, loc: Loc, value: object) -> BaseModel | None:
    """Validate one channel by its `kind`."""
    from amends.paging.channels import KINDS  # noqa: PLC0415 - costly, and only needed once there is a channel

    model = _kind(document, loc, value, KINDS)
    return validate(document, loc, model, value) if model else None


def source(document: Document, loc: Loc, value: object) -> models.Source | None:
    """Validate one source by its `kind`, a preset's keys being filled in beneath its own."""
    from amends.sources import KINDS  # noqa: PLC0415 - costly, and only needed once there is a source

    if not isinstance(value, dict):
        document.error(loc, f"{dotted(loc)} must be a map of keys, found {shape(value)}")
        return None
    before = len(document.problems)
    own = _preset(document, loc, value)
    if own is None:
        return None
    every = _every(document, loc, own)
    brands = _brands(document, loc, own)
    model = _kind(document, loc, own, KINDS)
    if model is None:
        return None
    shared = {"every", "brands"} - set(model.model_fields)
    settings = validate(document, loc, model, {key: part for key, part in own.items() if key not in shared})
    if settings is None or len(document.problems) > before:
        return None
    return models.Source(
        id=str(loc[-1]), kind=own["kind"], settings=settings, every=every, brands=brands, preset=value.get("preset")
    )


def _kind(document: Document, loc: Loc, value: object, kinds: Mapping[str, type[BaseModel]]) -> type[BaseModel] | None:
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


def _preset(document: Document, loc: Loc, value: dict[str, Any]) -> dict[str, Any] | None:
    name = value.get("preset")
    if name is None:
        return value
    from amends.sources import presets  # noqa: PLC0415 - reads files, and only needed once there is a preset

    known = presets.names()
    if not isinstance(name, str) or name not in known:
        document.error((*loc, "preset"), f"{dotted(loc)}: preset {name!r} is not known; {meant(str(name), known)}")
        return None
    return {**presets.load(name), **{key: part for key, part in value.items() if key != "preset"}}


def _every(document: Document, loc: Loc, value: dict[str, Any]) -> float | None:
    if value.get("every") is None:
        return None
    try:
        return duration(value["every"])
    except ValueError as error:
        document.error((*loc, "every"), f"{dotted((*loc, 'every'))}: {value['every']!r} {error}")
        return None


def _brands(document: Document, loc: Loc, value: dict[str, Any]) -> tuple[str, ...]:
    brands = value.get("brands") or []
    if not isinstance(brands, list) or not all(isinstance(name, str) for name in brands):
        document.error((*loc, "brands"), f"{dotted((*loc, 'brands'))} must be a list of ids, found {shape(brands)}")
        return ()
    return tuple(brands)
