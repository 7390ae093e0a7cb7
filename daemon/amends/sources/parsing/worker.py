"""The parser's child process: takes documents on standard input, gives entries on its standard output, under limits.

A frame is a length of four bytes, big-endian, and that many bytes. A job is two frames: a JSON object and the document.
The answer is any number of frames with a JSON list of entries each, and last an object with "done" or "error".
"""

from __future__ import annotations

import json
import os
import resource
import struct
import sys
from typing import TYPE_CHECKING, Any, BinaryIO

from amends.sources.parsing.decode import decode
from amends.sources.parsing.feed import read_feed
from amends.sources.parsing.jsondoc import is_json_feed, load, read_api, read_json_feed
from amends.sources.parsing.refusal import RefusalError

if TYPE_CHECKING:
    from collections.abc import Iterator

_LENGTH = struct.Struct(">I")
_CHUNK = 48_000  # characters of entries in one frame: the daemon reads each without holding up its loop
_BODY_LIMIT = 64 * 1024 * 1024


def entries_of(job: dict[str, Any], body: bytes) -> Iterator[Any]:
    """Read one document as its job says: `kind` (feed, json), `url`, `charset`, `seen`; for json where things are."""
    text = decode(body, job.get("charset"))
    first = text.lstrip()[:1]
    if job["kind"] == "json":
        yield from read_api(
            load(text),
            items=job.get("items"),
            fields=job.get("fields") or {},
            html=bool(job.get("html")),
            following=job.get("next"),
        )
    elif first in {"{", "["}:
        document = load(text)
        if not is_json_feed(document):
            raise RefusalError("not-a-feed", "it is JSON, but no JSON Feed; kind json reads other JSON")
        yield from read_json_feed(document)
    else:
        yield from read_feed(text, url=job.get("url") or "", seen=frozenset(job.get("seen") or ()))


def _read_frame(stream: BinaryIO) -> bytes | None:
    head = stream.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        return None
    (length,) = _LENGTH.unpack(head)
    if length > _BODY_LIMIT:
        return None
    data = stream.read(length)
    return data if len(data) == length else None


def _write_frame(stream: BinaryIO, value: object) -> None:
    data = json.dumps(value, separators=(",", ":")).encode("ascii")
    stream.write(_LENGTH.pack(len(data)) + data)
    stream.flush()


def _limit_cpu(seconds: int) -> None:
    """Let this process use that much more processor time, then die: no loop in a parser outlives it."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    until = int(used.ru_utime + used.ru_stime) + 1 + seconds
    resource.setrlimit(resource.RLIMIT_CPU, (until, resource.getrlimit(resource.RLIMIT_CPU)[1]))


def _answer(out: BinaryIO, job: dict[str, Any], body: bytes) -> None:
    found = entries_of(job, body)
    about = next(found)
    batch: list[Any] = []
    size = 0
    for entry in found:
        batch.append(entry)
        size += len(entry.get("text", "")) + 200
        if size > _CHUNK:
            _write_frame(out, batch)
            batch, size = [], 0
    if batch:
        _write_frame(out, batch)
    _write_frame(out, {"done": about})


def serve(stdin: BinaryIO, out: BinaryIO) -> None:
    """Answer jobs until the input ends."""
    while (head := _read_frame(stdin)) is not None and (body := _read_frame(stdin)) is not None:
        job = json.loads(head)
        _limit_cpu(int(job.get("cpu", 10)))
        try:
            _answer(out, job, body)
        except RefusalError as error:
            _write_frame(out, {"error": error.name, "detail": error.detail})
        except MemoryError:
            _write_frame(out, {"error": "too-large", "detail": "reading it takes more memory than a document may"})
        except RecursionError:
            _write_frame(out, {"error": "unsafe", "detail": "its elements nest too deep"})
        except Exception as error:  # noqa: BLE001 - a fault of any parser is a named refusal
            _write_frame(out, {"error": "shape", "detail": f"the parser failed: {type(error).__name__}: {error}"[:300]})


def main() -> None:
    """Set the limits and serve; standard output goes to standard error, so that no stray print breaks a frame."""
    memory = int(sys.argv[1]) if len(sys.argv) > 1 else 1024**3
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    serve(sys.stdin.buffer, out)


if __name__ == "__main__":
    main()
