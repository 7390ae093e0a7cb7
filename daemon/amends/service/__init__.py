"""The running daemon: one task group over the rooms, readiness, reload, orderly stop."""

from amends.service.daemon import Daemon, Setting
from amends.service.run import run

__all__ = ["Daemon", "Setting", "run"]
