"""Mention records in files: checked once, then read again in the order of their dates, whatever order they stand in."""

from __future__ import annotations

import json
import os
import tempfile
from array import array
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, NoReturn, Self

import numpy as np

from amends.model import InputError
from amends.web.records import read_record

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import TracebackType

    from amends.model import Item

_MAX_LINE = 4 * 2**20
_MAX_BRANDS = 10_000
_AGES = float("inf")  # a replay has no present: no date lies ahead of it


@dataclass(slots=True)
class Records:
    """Records of several files, merged by `published_at`; lines of the same date keep the order of the files.

    Use as a context manager. `brands` are the names that records carry, in order of appearance, `languages` likewise,
    `nameless` the place of the first record that names no brand.
    """

    brands: dict[str, None] = field(default_factory=dict)
    languages: dict[str, None] = field(default_factory=dict)
    nameless: str | None = None
    _files: list[tuple[str, BinaryIO]] = field(default_factory=list)
    _at: array[float] = field(default_factory=lambda: array("d"))
    _place: array[int] = field(default_factory=lambda: array("q"))
    _size: array[int] = field(default_factory=lambda: array("l"))
    _file: array[int] = field(default_factory=lambda: array("l"))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for _, stream in self._files:
            stream.close()

    def __len__(self) -> int:
        """How many records there are."""
        return len(self._at)

    def add(self, name: str, stream: BinaryIO) -> None:
        """Check every line of a file (seekable, kept open); InputError names file and line of the first bad one."""
        self._files.append((name, stream))
        place = 0
        for number, line in enumerate(iter(lambda: stream.readline(_MAX_LINE + 1), b""), 1):
            where = f"{name}:{number}"
            if len(line) > _MAX_LINE:
                raise InputError(f"{where}: error: the line is longer than {_MAX_LINE // 2**20} MiB; split the file")
            if line.strip():
                self._note(where, _record(where, line))
                self._place.append(place)
                self._size.append(len(line))
                self._file.append(len(self._files) - 1)
            place += len(line)

    def _note(self, where: str, item: Item) -> None:
        self._at.append(item.published_at)
        if item.brand:
            self.brands[item.brand] = None
            if len(self.brands) > _MAX_BRANDS:
                raise InputError(f"{where}: error: more than {_MAX_BRANDS} brands; name the ones you mean with -c FILE")
        elif self.nameless is None:
            self.nameless = where
        if item.lang:
            self.languages[item.lang] = None

    def __iter__(self) -> Iterator[Item]:
        """Yield the items in order of `published_at`, each seen the moment it was published."""
        for index in np.argsort(np.frombuffer(self._at, dtype="d"), kind="stable") if len(self) else ():
            name, stream = self._files[self._file[index]]
            line = os.pread(stream.fileno(), self._size[index], self._place[index])
            yield _record(name, line)


def _record(where: str, line: bytes) -> Item:
    try:
        document: Any = json.loads(line.decode("utf-8-sig"), parse_constant=_no_constant)
    except UnicodeDecodeError as error:
        raise InputError(f"{where}: error: not UTF-8 at byte {error.start}; encode the file as UTF-8") from None
    except (ValueError, RecursionError) as error:
        if isinstance(error, RecursionError):
            reason = "it nests too deeply"
        else:
            reason = error.msg if isinstance(error, json.JSONDecodeError) else str(error)
        raise InputError(f"{where}: error: not JSON ({reason}); write one record a line") from None
    try:
        item = read_record(document, _AGES)
    except ValueError as error:
        named = getattr(error, "field", None)
        raise InputError(f"{where}: error: {f'{named} ' if named else ''}{getattr(error, 'detail', error)}") from None
    return replace(item, seen_at=item.published_at)


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON number")


def open_file(name: str) -> BinaryIO:
    """Open a file for `Records.add`; `-` is standard input, kept in a temporary file while it is needed."""
    if name == "-":
        import shutil  # noqa: PLC0415 - only for standard input
        import sys  # noqa: PLC0415 - the same

        kept = tempfile.TemporaryFile()  # noqa: SIM115 - Records closes it
        shutil.copyfileobj(sys.stdin.buffer, kept)
        kept.seek(0)
        return kept
    try:
        stream = Path(name).open("rb")  # noqa: SIM115 - Records closes it
    except OSError as error:
        raise InputError(
            f"{name} cannot be read: {error.strerror}; name another file, or - for standard input"
        ) from None
    if not stream.seekable():  # a pipe given by name
        kept = tempfile.TemporaryFile()  # noqa: SIM115 - Records closes it
        with stream:
            while block := stream.read(2**20):
                kept.write(block)
        kept.seek(0)
        return kept
    return stream
