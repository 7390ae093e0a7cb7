"""`amends db`: back up, put back, check and shrink the store."""

from __future__ import annotations

import asyncio
import os
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from amends.cli import output
from amends.cli.options import config_option, find_config, json_option, load_config

if TYPE_CHECKING:
    from amends.config import Configuration

EXAMPLES = """\b
Examples:
  amends db backup                       into STATE/backups/, while the daemon runs
  amends db backup /mnt/safe/amends.db
  amends db check
  amends db restore /mnt/safe/amends.db  with the daemon stopped
"""

_UNKNOWN_ERASURES = (
    "Warning: there was no store to replace, so nobody knows whose words were erased after this backup was made: "
    "they are back. Start the daemon and run `amends forget` for each of them again."
)


@click.group("db", epilog=EXAMPLES)
def db_group() -> None:
    """Back up, put back, check and shrink the store of the state folder."""


def _place(config: Path | None) -> tuple[Configuration, Path]:
    from amends.config import state_folder  # noqa: PLC0415 - costly, and not for --help

    return load_config(config), state_folder(find_config(config), os.environ)


def _named(folder: Path, name: str) -> Path:
    return folder / "backups" / f"{name}-{datetime.now(UTC):%Y%m%dT%H%M%SZ}.db"


@db_group.command("backup")
@config_option
@json_option
@click.argument("path", type=click.Path(path_type=Path), required=False)
def backup_command(config: Path | None, path: Path | None, *, as_json: bool) -> None:
    """Write the whole store, and the key that signs links, into one file; the daemon may run.

    PATH is a file or a folder; by default STATE/backups/amends-TIME.db. Keep it as safe as the state folder itself.
    """
    from amends.storage import backups  # noqa: PLC0415 - as above

    settings, folder = _place(config)
    file = backups.file_of(settings.storage_url(folder), folder)
    to = path or _named(folder, "amends")
    to = to / _named(folder, "amends").name if to.is_dir() else to
    backups.back_up(file, folder, to.absolute())
    row = {"path": str(to.absolute()), "bytes": to.stat().st_size}
    output.rows([row], ("path", "bytes"), as_json=as_json, empty="")


@db_group.command("restore")
@config_option
@json_option
@click.argument("path", type=click.Path(path_type=Path))
def restore_command(config: Path | None, path: Path, *, as_json: bool) -> None:
    """Put a backup in the place of the store, with its key; the daemon must be stopped.

    What was there is kept in STATE/backups/before-restore-TIME.db. Messages that were still to be sent when the backup
    was made are due again. Whose words were erased (`amends forget`) since, as far as the store that is replaced knows,
    is erased again.
    """
    from amends.observe.lock import Lock  # noqa: PLC0415 - as above
    from amends.storage import backups  # noqa: PLC0415 - as above

    settings, folder = _place(config)
    file = backups.file_of(settings.storage_url(folder), folder, there=False)
    lock = Lock.acquire(folder)
    try:
        aside = _named(folder, "before-restore")
        backups.restore(path, file, folder, aside, time.time())
        known = aside.exists()
        erased = asyncio.run(backups.erase_again(aside, settings.storage_url(folder), folder)) if known else None
    finally:
        lock.release()
    if not known:
        click.echo(_UNKNOWN_ERASURES, err=True)
    row = {"path": str(file), "kept": str(aside) if known else None, "erased_again": erased}
    output.rows([row], ("path", "kept", "erased_again"), as_json=as_json, empty="")


@db_group.command("check")
@config_option
@json_option
@click.pass_context
def check_command(ctx: click.Context, config: Path | None, *, as_json: bool) -> None:
    """Check the database, its schema and every incident's record; exit 1 where any is broken. Nothing is changed."""
    from amends.storage import backups  # noqa: PLC0415 - as above

    settings, folder = _place(config)
    url = settings.storage_url(folder)
    if url.startswith("sqlite"):
        backups.file_of(url, folder)
    found = asyncio.run(backups.check(url, folder))
    output.rows([found], ("path", "ok", "schema", "mentions", "incidents", "broken"), as_json=as_json, empty="")
    ctx.exit(0 if found["ok"] else 1)


@db_group.command("vacuum")
@config_option
@json_option
def vacuum_command(config: Path | None, *, as_json: bool) -> None:
    """Give back the room of what was deleted; the daemon must be stopped."""
    from amends.observe.lock import Lock  # noqa: PLC0415 - as above
    from amends.storage import backups  # noqa: PLC0415 - as above

    settings, folder = _place(config)
    file = backups.file_of(settings.storage_url(folder), folder)
    lock = Lock.acquire(folder)
    try:
        before, after = backups.vacuum(file)
    finally:
        lock.release()
    output.rows(
        [{"path": str(file), "before": before, "after": after}], ("path", "before", "after"), as_json=as_json, empty=""
    )
