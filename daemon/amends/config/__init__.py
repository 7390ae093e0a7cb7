"""`amends.yaml`: read with file:line errors, secrets put in, composed into the rules of the core.

Names load on first use: a client of the daemon only asks where things are.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from amends.config.loader import load
    from amends.config.models import Configuration, Source
    from amends.config.places import find, state_folder
    from amends.config.problems import ConfigurationError, Problem

_HOMES = {
    "Configuration": "models",
    "ConfigurationError": "problems",
    "Problem": "problems",
    "Source": "models",
    "find": "places",
    "load": "loader",
    "state_folder": "places",
}

__all__ = ["Configuration", "ConfigurationError", "Problem", "Source", "find", "load", "state_folder"]


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
