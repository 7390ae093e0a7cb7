"""Presets: sources that many want, written in the keys that anybody could write."""

from __future__ import annotations

import difflib
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from ruamel.yaml import YAML

if TYPE_CHECKING:
    from collections.abc import Mapping

_KEYS = frozenset({"about", "options"})


@cache
def presets() -> tuple[str, ...]:
    """The names of all presets, in order."""
    folder = files("amends.sources") / "presets"
    return tuple(sorted(entry.name.removesuffix(".yaml") for entry in folder.iterdir() if entry.name.endswith(".yaml")))


@cache
def _read(name: str) -> dict[str, Any]:
    if name not in presets():
        close = difflib.get_close_matches(name, presets(), 1)
        hint = f"; did you mean {close[0]}?" if close else ""
        raise ValueError(f"there is no preset {name!r}: there are {', '.join(presets())}{hint}")
    text = (files("amends.sources") / "presets" / f"{name}.yaml").read_text(encoding="utf-8")
    loaded = YAML(typ="safe", pure=True).load(text)
    return dict(loaded)


def about(name: str) -> str:
    """One sentence on what a preset hears and what it costs; ValueError if there is none of that name."""
    return str(_read(name).get("about", ""))


def expand(keys: Mapping[str, Any]) -> dict[str, Any]:
    """Return a source's keys with its preset's beneath them; keys beside `preset` win.

    A preset's `options` are keys of its own (`instance` of mastodon); they stand in its address as `{instance}`.
    ValueError if there is no such preset, or an option is no text.
    """
    own = dict(keys)
    if "preset" not in own:
        return own
    name = own.pop("preset")
    if not isinstance(name, str):
        raise ValueError(  # noqa: TRY004 - what a user wrote, for whoever reports it
            f"`preset` must be one word: there are {', '.join(presets())}"
        )
    preset = _read(name)
    merged = {key: value for key, value in preset.items() if key not in _KEYS}
    options: dict[str, Any] = dict(preset.get("options", {}))
    for option in options:
        if option in own:
            options[option] = own.pop(option)
    merged |= own
    url = merged.get("url")
    if isinstance(url, str):
        for option, value in options.items():
            if not isinstance(value, str) or not value or set(value) & set("/?#{}@ \\"):
                raise ValueError(f"`{option}` of preset {name} must be a plain word or host name, not {value!r}")
            url = url.replace(f"{{{option}}}", value)
        merged["url"] = url
    return merged
