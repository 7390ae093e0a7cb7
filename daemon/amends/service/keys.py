"""The two secrets of a state folder: the key that signs links, and the command line's own token."""

from __future__ import annotations

import os
import secrets
from typing import TYPE_CHECKING

from amends.model import AmendsError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

KEY_BYTES = 32


def signing_key(folder: Path) -> bytes:
    """Return the folder's signing key, made at the first start; `AmendsError` where it cannot be read."""
    path = folder / "key"
    text = _kept(path, lambda: secrets.token_hex(KEY_BYTES))
    try:
        key = bytes.fromhex(text)
    except ValueError:
        key = b""
    if len(key) < KEY_BYTES:
        raise AmendsError(
            f"{path} is damaged: it must hold {2 * KEY_BYTES} hexadecimal digits; restore it from a backup, "
            "or delete it (links that were sent stop working then)"
        )
    return key


def cli_token(folder: Path) -> str:
    """Return the token with which the command line speaks to the daemon, made at the first start."""
    return _kept(folder / "cli.token", lambda: secrets.token_urlsafe(24))


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
