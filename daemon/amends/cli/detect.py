"""`amends detect`: counts in, the detector's view of each bin out, row by row."""

from __future__ import annotations

import csv
import re
import sys
from contextlib import nullcontext
from datetime import UTC, datetime
from math import inf
from typing import TYPE_CHECKING, NamedTuple, TextIO

import click

from amends.model import AmendsError, InputError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from contextlib import AbstractContextManager
    from typing import BinaryIO

HEADER = "timestamp,mentions,negative,expected,score,alarm,evidence,threshold"
COLUMNS = ("timestamp", "mentions", "negative")
USUAL_BIN = 300  # seconds, where a single row leaves the length open
MOST = 10**9  # mentions in one bin: more is a mistake
_LONGEST = 20  # digits of a count: far beyond MOST
_MAX_LINE = 1 << 20  # characters; a longer line is no row of counts
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_RATE = re.compile(r"^\s*(\d+(?:\.\d+)?)\s+per\s+((?:\d+[smhdwy])+)\s*$")
_PART = re.compile(r"(\d+)([smhdwy])")
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 7 * 86_400, "y": 365 * 86_400}


class Row(NamedTuple):
    """One bin as it was read: `number` counts data rows from 1, `line` lines of the file."""

    number: int
    line: int
    stamp: str
    at: int  # microseconds of Unix time
    mentions: int
    negative: int


def run_detect(stream_in: Iterable[str] | Iterable[bytes], stream_out: TextIO, false_pages_per_day: float) -> None:
    """Read counts as CSV lines and write a row for each bin, from that bin and earlier ones alone, at once.

    Raises InputError, with the row's number, at the first row that is not what the counts format says.
    """
    rows = _Rows(stream_in)
    coming = iter(rows)
    pending: list[Row] = []
    step = 0
    stream_out.write(HEADER + "\n")
    writer: _Writer | None = None
    for row in coming:
        if writer is None:
            pending.append(row)
            if len(pending) == 1:
                continue
            step = _step(pending[0], row)
            writer = _Writer(stream_out, step // 1_000_000, false_pages_per_day, volume=rows.volume)
            for held in pending:
                writer.write(held)
        else:
            _follows(writer.last, row, step, coming)
            writer.write(row)
    if not rows.count:
        raise InputError("row 1: the input has no bins: give a header `timestamp,mentions,negative` and a row a bin")
    if writer is None:
        writer = _Writer(stream_out, USUAL_BIN, false_pages_per_day, volume=rows.volume)
        writer.write(pending[0])


def parse_rate(text: str) -> float:
    """Return false pages a day from words like `1 per 30d`; InputError says what was found."""
    match = _RATE.match(text)
    if match:
        seconds = sum(int(many) * _UNITS[unit] for many, unit in _PART.findall(match[2]))
        if seconds > 0 and float(match[1]) > 0:
            return float(match[1]) * 86_400 / seconds
    raise InputError(f"--false-pages {text!r} is not a rate: write it like `1 per 30d`, with s, m, h, d, w or y")


class _Rows:
    """The rows of a CSV stream, each checked by itself."""

    def __init__(self, lines: Iterable[str | bytes]) -> None:
        self.count = 0
        self.volume = False
        self._lines = lines

    def __iter__(self) -> Iterator[Row]:
        columns: dict[str, int] = {}
        width = 0
        for line, raw in enumerate(self._lines, 1):
            text = self._text(raw, line).rstrip("\r\n")
            if line == 1:
                columns = self._header(text.removeprefix("\ufeff"))
                width = max(columns.values()) + 1
                continue
            if not text.strip():
                continue
            self.count += 1
            yield self._row(text, line, columns, width)

    def _text(self, raw: str | bytes, line: int) -> str:
        where = _where(self.count + 1 if line > 1 else 0, line)
        if len(raw) > _MAX_LINE:
            raise InputError(f"{where}: the line is longer than {_MAX_LINE} bytes: is it a file of counts?")
        try:
            return raw if isinstance(raw, str) else raw.decode("utf-8")
        except UnicodeDecodeError as error:
            raise InputError(f"{where}: not UTF-8 at byte {error.start + 1}: save the file as UTF-8") from None

    def _header(self, text: str) -> dict[str, int]:
        names = [name.strip().lower() for name in _split(text, 1, 0)]
        columns: dict[str, int] = {name: names.index(name) for name in COLUMNS if name in names}
        for name in ("timestamp", "mentions"):
            if name not in columns:
                raise InputError(
                    f"header (line 1): {text[:80]!r} has no column {name!r}: "
                    "write `timestamp,mentions,negative`, the last may be left out"
                )
        for name in columns:
            if names.count(name) > 1:
                raise InputError(f"header (line 1): it names {name!r} twice: keep one of them")
        self.volume = "negative" not in columns
        return columns

    def _row(self, text: str, line: int, columns: dict[str, int], width: int) -> Row:
        where = f"row {self.count} (line {line})"
        fields = text.split(",") if '"' not in text else _split(text, line, self.count)
        if len(fields) < width:
            raise InputError(f"{where}: {len(fields)} columns found in {text[:80]!r}, {width} expected")
        stamp = fields[columns["timestamp"]]
        mentions = _count(fields[columns["mentions"]], where, "mentions")
        negative = mentions if self.volume else _count(fields[columns["negative"]], where, "negative")
        if negative > mentions:
            raise InputError(f"{where}: {negative} negative of {mentions} mentions: negatives cannot exceed mentions")
        return Row(self.count, line, stamp, _moment(stamp, where), mentions, negative)


def _where(row: int, line: int) -> str:
    return f"row {row} (line {line})" if row else f"header (line {line})"


def _split(text: str, line: int, row: int) -> list[str]:
    try:
        return next(csv.reader([text], strict=True))
    except (csv.Error, StopIteration) as error:
        raise InputError(f"{_where(row, line)}: {text[:80]!r} is not a line of CSV: {error}") from error


def _count(text: str, where: str, column: str) -> int:
    # int() alone would take 1_000 and the digits of every script
    value = int(text) if text.isascii() and text.isdigit() and len(text) < _LONGEST else _whole(text, where, column)
    if value < 0:
        raise InputError(f"{where}: {column} is {value}: a count cannot be below 0")
    if value > MOST:
        raise InputError(f"{where}: {column} is {value}: more than {MOST} in one bin cannot be right")
    return value


def _whole(text: str, where: str, column: str) -> int:
    """Accept `12.0`, as spreadsheets write it."""
    try:
        value = float(text) if text.isascii() and "_" not in text else inf
    except ValueError:
        value = inf
    if value != value or abs(value) == inf or value != int(value):  # noqa: PLR0124 - NaN is the one unequal to itself
        raise InputError(f"{where}: {column} is {text[:40]!r}: a whole number is expected")
    return int(value)


def _moment(text: str, where: str) -> int:
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        raise InputError(
            f"{where}: the timestamp {text[:40]!r} is not ISO 8601: write it like 2026-01-05T00:00:00Z"
        ) from None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    span = moment - _EPOCH
    return (span.days * 86_400 + span.seconds) * 1_000_000 + span.microseconds


def _step(first: Row, second: Row) -> int:
    """Return the bins' length, in microseconds, from the first two rows."""
    step = second.at - first.at
    where = f"row {second.number} (line {second.line})"
    if step <= 0:
        raise InputError(f"{where}: {second.stamp} is not after {first.stamp}: rows must be ordered by time")
    if step % 1_000_000:
        raise InputError(f"{where}: the bins are {step / 1e6} seconds long: whole seconds are expected")
    return step


def _follows(last: Row, row: Row, step: int, coming: Iterator[Row]) -> None:
    found = row.at - last.at
    if found == step:
        return
    where = f"row {row.number} (line {row.line})"
    if found <= 0:
        raise InputError(f"{where}: {row.stamp} is not after {last.stamp}: rows must be ordered by time")
    if found % step == 0:
        after = _peek(coming)
        if after is not None and last.at < after.at < row.at:
            raise InputError(
                f"{where}: it is out of order, {after.stamp} comes after {row.stamp}: rows must be ordered by time"
            )
        lost = found // step - 1
        missing = "1 bin is missing" if lost == 1 else f"{lost} bins are missing"
        raise InputError(
            f"{where}: {missing} between {last.stamp} and {row.stamp}: "
            "write a row with 0 for a bin in which nothing was heard"
        )
    raise InputError(
        f"{where}: {found / 1e6:g} seconds after the row before, where the first two rows are {step / 1e6:g} apart: "
        "all bins must have the same length"
    )


def _peek(coming: Iterator[Row]) -> Row | None:
    """Return the next row; None if there is none, or something is wrong with it, too."""
    try:
        return next(coming, None)
    except InputError:
        return None


class _Writer:
    """Feeds the detector and writes its answers."""

    def __init__(self, out: TextIO, bin_seconds: int, false_pages_per_day: float, *, volume: bool) -> None:
        from amends.detection import Settings, Stream, Volume  # noqa: PLC0415 - `--help` and bad input need no detector

        self.last = Row(0, 0, "", 0, 0, 0)
        self._out = out
        self._stream = Stream(
            Settings(
                false_pages_per_day=false_pages_per_day,
                min_voices=0,  # counts name no authors and no stories
                min_stories=0,
                bin_seconds=bin_seconds,
            )
        )
        self._start: int | None = None
        self._volume = Volume(bin_seconds, false_pages_per_day) if volume else None

    def write(self, row: Row) -> None:
        """Answer one row."""
        stream = self._stream
        if self._start is None:
            self._start = row.at // 1_000_000
        else:
            self._start += stream.settings.bin_seconds
        if self._volume is not None:
            stream.push(self._start, 0, row.mentions)
            expected, score = stream.usual(), self._volume.push(row.mentions)
            evidence, threshold, alarm = self._volume.evidence, self._volume.threshold, self._volume.alarm
        else:
            expected, evidence, alarm = stream.push(self._start, row.negative, row.mentions - row.negative)
            threshold = stream.state.threshold
            score = evidence / (evidence + (threshold if threshold < inf else 20.0))
        stamp = row.stamp
        if "," in stamp or '"' in stamp:
            stamp = '"' + stamp.replace('"', '""') + '"'
        self._out.write(
            f"{stamp},{row.mentions},{row.negative},{expected:.4g},{score:.6f},{int(alarm)},{evidence:.3f},"
            f"{threshold:.3f}\n"
        )
        self._out.flush()
        self.last = row


@click.command(
    "detect",
    epilog="""\b
Examples:
  amends detect counts.csv > judged.csv
  amends detect --false-pages "1 per 7d" - < counts.csv
""",
)
@click.argument("file", metavar="FILE or -", type=click.Path(allow_dash=True))
@click.option(
    "--false-pages", default="1 per 30d", show_default=True, help="How many false alarms are allowed: `N per DURATION`."
)
def detect_command(file: str, false_pages: str) -> None:
    """Judge counts of mentions: CSV in (timestamp,mentions[,negative], equal bins), CSV out, a row a bin.

    `score` (0 to 1) grows with the evidence, `alarm` is 1 while an alarm stands. Where `negative` is missing,
    mentions stand in for it: `score` says how unusual their volume is, and `alarm` is raised where it goes beyond the
    bursts that this brand is used to. No alarm in the first 24 hours; over volume, in the first three days.
    """
    try:
        rate = parse_rate(false_pages)
        with _opened(file) as stream:
            run_detect(iter(lambda: stream.readline(_MAX_LINE + 1), b""), sys.stdout, rate)
    except AmendsError as error:
        click.echo(f"amends detect: {file}: {error}", err=True)
        sys.exit(2)


def _opened(file: str) -> AbstractContextManager[BinaryIO]:
    """Open the counts: bytes, so that a line that is no text is told by its number."""
    if file == "-":
        return nullcontext(sys.stdin.buffer)
    try:
        return open(file, "rb")  # noqa: PTH123 - a click path, `-` told apart above
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}; name another file, or - for standard input") from None
