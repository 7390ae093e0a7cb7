"""Sources: where mentions come from. Polite HTTP, parsers behind a wall, a schedule that persists.

Names load on first use: the parser's child process imports a module of this package and must stay small.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from amends.sources.errors import Outcome, SourceError
    from amends.sources.http import Client
    from amends.sources.kinds import KINDS
    from amends.sources.parser import Parser
    from amends.sources.presets import expand
    from amends.sources.queries import Names
    from amends.sources.schedule import Scheduler
    from amends.sources.settings import Duration, SourceSettings
    from amends.sources.source import PollResult, Source, Tools
    from amends.sources.status import SourceSpec, SourceStatus, SourceStore

_HOMES = {
    "Client": "http",
    "Duration": "settings",
    "KINDS": "kinds",
    "Names": "queries",
    "Outcome": "errors",
    "Parser": "parser",
    "PollResult": "source",
    "Scheduler": "schedule",
    "Source": "source",
    "SourceError": "errors",
    "SourceSettings": "settings",
    "SourceSpec": "status",
    "SourceStatus": "status",
    "SourceStore": "status",
    "Tools": "source",
    "expand": "presets",
}

__all__ = [
    "KINDS",
    "Client",
    "Duration",
    "Names",
    "Outcome",
    "Parser",
    "PollResult",
    "Scheduler",
    "Source",
    "SourceError",
    "SourceSettings",
    "SourceSpec",
    "SourceStatus",
    "SourceStore",
    "Tools",
    "expand",
]


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
