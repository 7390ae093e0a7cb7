"""`amends.lock`: one daemon a state folder; the file tells its pid, and its address to the command line."""

from __future__ import annotations

import fcntl
import json
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from amends.model import AmendsError

if TYPE_CHECKING:
    from pathlib import Path

NAME = "amends.lock"


class AlreadyRunningError(AmendsError):
    """Another daemon has the state folder."""


@dataclass(frozen=True, slots=True)
class Running:
    """The daemon that holds a state folder, as far as its lock tells; `address` is empty until it listens."""

    pid: int
    address: str = ""


class Lock:
    """Holds a state folder until `release`, or until the process ends however it ends."""

    def __init__(self, folder: Path, handle: int) -> None:
        self.path = folder / NAME
        self._handle = handle

    @classmethod
    def acquire(cls, folder: Path) -> Self:
        """Take the folder (made if it is missing, 0700); `AlreadyRunningError` names the pid of whoever has it."""
        path = folder / NAME
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise AmendsError(
                f"the state folder {folder} cannot be written: {error.strerror}; "
                "mend its rights, or set STATE_DIRECTORY to another one"
            ) from None
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(handle)
            other = read(folder)
            who = f"process {other.pid}" if other else "another process"
            raise AlreadyRunningError(
                f"{who} already runs Amends on {folder}; stop it first, or set STATE_DIRECTORY to another folder"
            ) from None
        lock = cls(folder, handle)
        lock.tell("")
        return lock

    def tell(self, address: str) -> None:
        """Write our pid and the address that we answer at, for the command line."""
        self._write(json.dumps({"pid": os.getpid(), "address": address}).encode() + b"\n")

    def release(self) -> None:
        """Give the folder back; the file stays, empty, so that nobody waits on a file that is gone."""
        self._write(b"")
        os.close(self._handle)

    def _write(self, data: bytes) -> None:
        try:
            os.ftruncate(self._handle, 0)
            os.pwrite(self._handle, data, 0)
        except OSError as error:
            raise AmendsError(f"{self.path} cannot be written: {error.strerror}; make room there") from None


def read(folder: Path) -> Running | None:
    """Return what the lock of a folder tells, None where it tells nothing; the process may be gone already."""
    try:
        document = json.loads((folder / NAME).read_bytes())
        return Running(int(document["pid"]), str(document.get("address", "")))
    except (OSError, ValueError, KeyError, TypeError):
        return None
