"""The parser pool: one or two child processes that can be killed, started when first needed and replaced in time."""

from __future__ import annotations

import asyncio
import json
import os
import socket
import struct
import subprocess
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Self, cast

from amends.sources.errors import SourceError
from amends.sources.parsing.entry import Entry

_LENGTH = struct.Struct(">I")
_MEMORY = 1024**3  # address space of a child, bytes
_CPU = 10  # seconds of processor time for one document
_WALL = 20.0  # seconds for one document on a busy machine
_JOBS = 500  # a child is replaced after so many documents: what a parser leaks ends there


@dataclass(frozen=True, slots=True)
class Document:
    """What a document brought. `spans` None: its entries have no exact bytes to know them by."""

    entries: list[Entry]
    spans: list[str] | None = None
    facts: Mapping[str, list[str]] = field(default_factory=dict)


class Parser:
    """At most `workers` children at once; `parse` waits for a free one. Close it, or use it as a context manager."""

    def __init__(self, *, workers: int = 1, wall: float = _WALL, cpu: int = _CPU, memory: int = _MEMORY) -> None:
        self._wall = wall
        self._cpu = cpu
        self._memory = memory
        self._slots = asyncio.Semaphore(workers)
        self._idle: list[_Child] = []
        self._children: set[_Child] = set()
        self.busy = 0

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()

    async def close(self) -> None:
        """End every child."""
        for child in list(self._children):
            self._drop(child)

    async def parse(self, body: bytes, job: Mapping[str, Any]) -> Document:
        """Read one document in a child; SourceError with the reason's name if it is refused."""
        self.busy += 1
        try:
            async with self._slots:
                return await self._parse(body, job)
        finally:
            self.busy -= 1

    async def _parse(self, body: bytes, job: Mapping[str, Any]) -> Document:
        child = self._idle.pop() if self._idle else await self._start()
        try:
            async with asyncio.timeout(self._wall):
                document = await child.ask({**job, "cpu": self._cpu}, body)
        except TimeoutError:
            self._drop(child)
            raise SourceError("too-slow", f"reading it took over {self._wall:g} s") from None
        except (OSError, EOFError):
            raise self._death(child) from None
        except SourceError:
            self._keep(child)
            raise
        except BaseException:  # cancelled between two frames: the child's stream is of no more use
            self._drop(child)
            raise
        self._keep(child)
        return document

    async def _start(self) -> _Child:
        child = await _Child.start(self._memory)
        self._children.add(child)
        return child

    def _keep(self, child: _Child) -> None:
        if child.jobs >= _JOBS:
            self._drop(child)
        else:
            self._idle.append(child)

    def _drop(self, child: _Child) -> None:
        self._children.discard(child)
        if child in self._idle:
            self._idle.remove(child)
        child.kill()

    def _death(self, child: _Child) -> SourceError:
        code = child.process.poll()
        with suppress(subprocess.TimeoutExpired):
            code = child.process.wait(timeout=1)
        self._drop(child)
        if code in {-24, -9}:  # SIGXCPU, SIGKILL: the processor's limit, soft and hard
            return SourceError("too-slow", f"reading it took over {self._cpu} s of processor time")
        if code is not None and code > 0:
            return SourceError("internal", f"the parser's process ended by itself (exit {code}): it may not start here")
        return SourceError(
            "too-large", f"the parser died of it (exit {code}): it takes more memory than a document may"
        )


class _Child:
    """One child process and the stream to it."""

    def __init__(
        self, process: subprocess.Popen[bytes], reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self.process = process
        self.reader = reader
        self.writer = writer
        self.jobs = 0

    @classmethod
    async def start(cls, memory: int) -> _Child:
        # A fresh interpreter, not a fork of a process with threads; it gets one socket and nothing of our environment.
        ours, theirs = socket.socketpair()
        keep = {key: os.environ[key] for key in ("PATH", "PYTHONPATH", "LD_LIBRARY_PATH") if key in os.environ}
        try:
            process = subprocess.Popen(  # noqa: S603, ASYNC220 - our own module; to spawn takes a millisecond
                [sys.executable, "-P", "-m", "amends.sources.parsing.worker", str(memory)],
                stdin=theirs.fileno(),
                stdout=theirs.fileno(),
                stderr=subprocess.DEVNULL,
                env={**keep, "PYTHONUTF8": "1", "PYTHONDONTWRITEBYTECODE": "1"},
                cwd="/",
                start_new_session=True,  # Ctrl-C at a terminal is for the daemon alone
            )
        except OSError as error:
            ours.close()
            raise SourceError("internal", f"the parser's process does not start: {error}") from error
        finally:
            theirs.close()
        reader, writer = await asyncio.open_connection(sock=ours, limit=2**20)
        return cls(process, reader, writer)

    async def ask(self, job: Mapping[str, Any], body: bytes) -> Document:
        self.jobs += 1
        head = json.dumps(job).encode()
        self.writer.write(_LENGTH.pack(len(head)) + head + _LENGTH.pack(len(body)))
        self.writer.write(body)
        await self.writer.drain()
        entries: list[Entry] = []
        while True:
            (length,) = _LENGTH.unpack(await self.reader.readexactly(_LENGTH.size))
            frame = json.loads(await self.reader.readexactly(length))
            if isinstance(frame, list):
                entries += cast("list[Entry]", frame)
            elif "error" in frame:
                raise SourceError(frame["error"], frame["detail"])
            else:
                about = frame["done"]
                return Document(entries, about.get("spans"), about.get("facts") or {})

    def kill(self) -> None:
        self.writer.transport.abort()
        self.process.kill()
        self.process.wait()
