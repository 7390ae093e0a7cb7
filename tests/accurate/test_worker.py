"""The child's side of the wall, on streams in memory."""

from __future__ import annotations

import io
import json

import numpy as np

from amends.accurate.worker import LENGTH, MOST, serve


def framed(*bodies: bytes) -> io.BytesIO:
    return io.BytesIO(b"".join(LENGTH.pack(len(body)) + body for body in bodies))


def answers(source: io.BytesIO) -> list[bytes]:
    out = io.BytesIO()
    serve(source, out, lambda texts: np.array([[len(text)] for text in texts], np.float32))
    data, found = out.getvalue(), []
    while data:
        (length,) = LENGTH.unpack(data[: LENGTH.size])
        found.append(data[LENGTH.size : LENGTH.size + length])
        data = data[LENGTH.size + length :]
    return found


def test_it_says_that_it_is_ready_and_then_answers_each_job() -> None:
    ready, one, two = answers(framed(json.dumps(["a", "bcd"]).encode(), json.dumps(["é"]).encode()))
    assert ready == b""
    assert np.frombuffer(one, "<f4").tolist() == [1, 3]
    assert np.frombuffer(two, "<f4").tolist() == [1]


def test_a_job_that_breaks_off_or_is_too_large_ends_it() -> None:
    assert answers(io.BytesIO(b"\0\0")) == answers(io.BytesIO(LENGTH.pack(9) + b"[")) == [b""]
    assert answers(io.BytesIO(LENGTH.pack(MOST + 1) + b"x" * (MOST + 1))) == [b""]
