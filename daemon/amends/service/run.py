"""From the command line to a running daemon: configuration, lock, signals, exit code."""

from __future__ import annotations

import asyncio
import gc
import os
import signal
import sys
from typing import TYPE_CHECKING

import structlog

from amends import observe
from amends.config import load, state_folder
from amends.model import AmendsError
from amends.observe.clock import RealClock
from amends.service.daemon import Daemon, Setting

if TYPE_CHECKING:
    from pathlib import Path

    from amends.config import Configuration

_WARNINGS = 3  # told one by one at a start; `amends check` lists them all

log = structlog.get_logger(__name__)


def run(path: Path) -> int:
    """Run the daemon until SIGINT or SIGTERM and return 0; errors are raised for the command line to tell."""
    config = load(path, os.environ)
    _log_as(config)
    folder = state_folder(path, os.environ)
    lock = observe.Lock.acquire(folder)
    try:
        _warn(path, config)
        asyncio.run(_run(path, config, folder, lock))
    except ExceptionGroup as group:
        raise first_known(group) from None
    finally:
        lock.release()
    return 0


def _warn(path: Path, config: Configuration) -> None:
    """Log what the configuration is warned of, once the start is ours: the first few, and how many there are."""
    for warning in config.warnings[:_WARNINGS]:
        log.warning("configuration", warning=str(warning))
    more = len(config.warnings) - _WARNINGS
    if more > 0:
        log.warning("more configuration warnings", more=more, see=f"amends check -c {path}")


async def _run(path: Path, config: Configuration, folder: Path, lock: observe.Lock) -> None:
    setting = Setting(
        folder=folder,
        lock=lock,
        clock=RealClock(),
        notifier=observe.Notifier(os.environ),
        announce=announce,
        again=lambda: load(path, os.environ),
        adopted=_log_as,
    )
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, setting.stop.set)
    loop.add_signal_handler(signal.SIGHUP, setting.reload.set)
    spare_the_collector()
    await Daemon(config, setting).run()


def spare_the_collector() -> None:
    """Let the garbage collector pass over what lives as long as the program: code, classes, configuration.

    With its defaults it walks through all of that every few hundred polls, and finds nothing.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 20)


def first_known(group: ExceptionGroup[Exception]) -> Exception:
    """Return the first error of a group that has a sentence for the user, or else the group itself."""
    known = group.subgroup(AmendsError)
    while isinstance(known, BaseExceptionGroup):
        first = known.exceptions[0]
        if not isinstance(first, BaseExceptionGroup):
            return first
        known = first
    return group


def announce(line: str) -> None:
    """Write the one line that tells that we are ready."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _log_as(config: Configuration) -> None:
    observe.configure(form=config.log.format, level=config.log.level, env=os.environ, secrets=config.secrets)
