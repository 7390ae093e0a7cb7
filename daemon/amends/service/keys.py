"""The two secrets of a state folder: the keys that sign links, and the command line's own token."""

from __future__ import annotations

import os
import secrets
from typing import TYPE_CHECKING

from amends.model import AmendsError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

KEY_BYTES = 32


def signing_keys(folder: Path) -> list[bytes]:
    """Return the folder's signing keys, the newest first; one is made at the first start.

    The file holds a key a line, and the last line is the newest: `openssl rand -hex 32 >> key` rotates. `AmendsError`
    where it cannot be read.
    """
    path = folder / "key"
    text = _kept(path, lambda: secrets.token_hex(KEY_BYTES))
    try:
        keys = [bytes.fromhex(line) for line in text.split()]
    except ValueError:
        keys = []
    if not keys or any(len(key) < KEY_BYTES for key in keys):
        raise AmendsError(
            f"{path} is damaged: each line must hold {2 * KEY_BYTES} hexadecimal digits; restore it from a backup, "
            "or delete it (links that were sent stop working then)"
        )
    return keys[::-1]


def cli_token(folder: Path) -> str:
    """Return the token with which the command line speaks to the daemon, made at the first start."""
    return _kept(folder / "cli.token", lambda: secrets.token_urlsafe(24))


def push_key(folder: Path) -> str:
    """Return the private key by which push services know us, made when a channel first wants it."""
    from amends.paging.channels.webpush import new_key  # noqa: PLC0415 - costly, and for this kind of channel alone

    return _kept(folder / "vapid", new_key)


def _kept(path: Path, make: Callable[[], str]) -> str:
    try:
        found = path.read_text("ascii").strip()
        if found:
            return found
    except FileNotFoundError:
        pass
    except (OSError, ValueError) as error:
        raise AmendsError(f"{path} cannot be read: {error}; mend its rights or restore it from a backup") from None
    text = make()
    try:
        partly = path.with_suffix(".new")
        handle = os.open(partly, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(text + "\n")
            file.flush()
            os.fsync(file.fileno())
        partly.replace(path)
    except OSError as error:
        raise AmendsError(
            f"{path} cannot be written: {error.strerror}; make room, or mend the folder's rights"
        ) from None
    return text
