"""How the daemon shows itself: metrics, logs, readiness, systemd, and the lock that keeps a second one away.

Names load on first use: the command line needs the lock and the logs, and none of the rooms that metrics count.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from amends.observe.health import Health, sample_lag
    from amends.observe.lock import AlreadyRunningError, Lock, Running
    from amends.observe.logging import configure
    from amends.observe.metrics import Metrics
    from amends.observe.systemd import Notifier

_HOMES = {
    "AlreadyRunningError": "lock",
    "Health": "health",
    "Lock": "lock",
    "Metrics": "metrics",
    "Notifier": "systemd",
    "Running": "lock",
    "configure": "logging",
    "sample_lag": "health",
}

__all__ = ["AlreadyRunningError", "Health", "Lock", "Metrics", "Notifier", "Running", "configure", "sample_lag"]


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
