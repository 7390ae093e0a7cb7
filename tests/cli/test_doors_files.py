"""What the doors promise of the commands that need no daemon, tried as strangers would: real processes, odd input."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from support.cli import amends

if TYPE_CHECKING:
    from pathlib import Path

HEADER = b"timestamp,mentions,negative\n"
RECORD = b'"id": "1", "brand": "Acme", "source": "x", "published_at": "2026-01-05T00:00:00Z", "text": "Acme bad"'
PROGRAM = [sys.executable, "-m", "amends"]


def process(*arguments: str, data: bytes = b"", streams: str = "") -> subprocess.CompletedProcess[bytes]:
    """Run the real program; `streams` redirects its streams."""
    command = ["sh", "-c", f'exec "$@" {streams}', "sh", *PROGRAM, *arguments]
    return subprocess.run(command, input=data, capture_output=True, timeout=60, check=False)


# --- counts ---


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        (b"2026-01-05T00:00:00Z,1_0,0\n", "row 1 (line 2): mentions is '1_0'"),
        (b"2026-01-05T00:00:00Z,\xd9\xa1,0\n", "row 1 (line 2)"),
        (b"2026-01-05T00:00:00Z,2,0\n2026-01-05T00:05:00Z,1\xe9,0\n", "row 2 (line 3): not UTF-8"),
        (b"2026-01-05T00:00:00Z,2," + b"9" * 2_000_000, "row 1 (line 2): the line is longer"),
        (b"2026-01-05T00:00:00Z,nan,0\n", "a whole number is expected"),
        (b"2026-01-05T00:00:00Z,1\x00,0\n", "a whole number is expected"),
    ],
)
def test_a_row_that_is_no_count_is_told_by_its_number(rows: bytes, words: str, place: Path) -> None:
    (place / "c.csv").write_bytes(HEADER + rows)
    ran = amends("detect", "c.csv")
    assert ran.code == 2
    assert words in ran.err


def test_a_column_that_stands_twice_is_refused(place: Path) -> None:
    (place / "c.csv").write_text("timestamp,mentions,mentions\n2026-01-05,1,2\n")
    ran = amends("detect", "c.csv")
    assert (ran.code, "names 'mentions' twice" in ran.err) == (2, True)


def test_timestamps_come_back_as_they_were_written(place: Path) -> None:
    stamps = [" 2026-01-05 00:00:00 ", "2026-01-05T00:05:00Z", "2026-01-05T01:10:00+01:00", "20260105T0015"]
    body = "".join(f"{stamp},10,1\r\n" for stamp in stamps)
    (place / "c.csv").write_bytes(b"\xef\xbb\xbf" + HEADER + body.encode())
    ran = amends("detect", "c.csv")
    assert ran.code == 0, ran.err
    assert [line.split(",")[0] for line in ran.out.splitlines()[1:]] == stamps


def test_what_cannot_be_opened_is_wrong_input_everywhere(place: Path) -> None:
    (place / "folder").mkdir()
    for name in ("none", "folder"):
        for command in (["detect"], ["score"], ["replay"], ["lint"]):
            ran = amends(*command, name)
            assert (ran.code, ran.out, "Traceback" in ran.err) == (2, "", False), (command, name)
            assert name in ran.err
        tried = amends("sources", "try", name)
        assert (tried.code, tried.rows[0]["input"], tried.rows[0]["error"]) == (1, name, "unreachable")


# --- streams ---


def test_a_reader_that_leaves_is_no_failure_and_a_full_disk_is_no_wrong_input(place: Path) -> None:
    start = datetime(2026, 1, 5, tzinfo=UTC)
    rows = (f"{(start + timedelta(minutes=5 * n)).isoformat()},9,1\n".encode() for n in range(5_000))
    (place / "c.csv").write_bytes(HEADER + b"".join(rows))
    with subprocess.Popen([*PROGRAM, "detect", "c.csv"], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as running:
        assert running.stdout is not None
        assert running.stderr is not None
        running.stdout.readline()
        running.stdout.close()
        assert running.stderr.read() == b""
        assert running.wait(60) == 0
    full = process("detect", "c.csv", streams=">/dev/full")
    assert full.returncode == 1
    assert full.stderr == b"amends: stopped: No space left on device\n"


def test_a_closed_standard_input_is_empty(place: Path) -> None:
    assert place
    ran = process("score", streams="<&-")
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, b"", b"")


def test_each_line_is_answered_before_the_next_is_asked(place: Path) -> None:
    assert place
    with subprocess.Popen([*PROGRAM, "score"], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as running:
        assert running.stdin is not None
        assert running.stdout is not None
        for number in range(2):
            running.stdin.write(json.dumps({"id": number, "text": "late again"}).encode() + b"\r\n")
            running.stdin.flush()
            assert json.loads(running.stdout.readline())["id"] == number
        running.stdin.close()
        assert running.wait(60) == 0


# --- posts ---


def test_scores_are_always_json_and_come_from_a_file_too(place: Path) -> None:
    (place / "p.jsonl").write_bytes(
        b'\xef\xbb\xbf{"id": {"a": [1]}, "text": "a\\u0000 \\ud800", "text": "awful"}\r\n{"text": "x", "id": null}\n'
    )
    ran = process("score", "--json", "p.jsonl")
    assert ran.returncode == 0, ran.stderr
    first, second = (json.loads(line) for line in ran.stdout.splitlines())
    assert (first["id"], first["label"], second["id"]) == ({"a": [1]}, "negative", None)
    (place / "p.jsonl").write_text('{"text": "fine"}\n{"id": 1e999, "text": "awful"}\n')
    ran = process("score", "p.jsonl")
    assert ran.returncode == 2
    assert ran.stdout.count(b"\n") == 1
    assert b"line 2: has 1e999" in ran.stderr


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (b"{" + RECORD + b', "extra": NaN}', "NaN is no JSON number"),
        (b"{" + RECORD + b', "reach": Infinity}', "Infinity is no JSON number"),
        (b"{" + RECORD + b', "reach": 1e999}', "reach"),
    ],
)
def test_a_record_that_is_not_json_is_refused_with_its_line(line: bytes, words: str, place: Path) -> None:
    (place / "m.jsonl").write_bytes(b"\xef\xbb\xbf{" + RECORD + b"}\r\n" + line)
    ran = amends("replay", "m.jsonl")
    assert ran.code == 2
    assert "m.jsonl:2: error:" in ran.err
    assert words in ran.err


def test_standard_input_is_read_once() -> None:
    assert amends("replay", "-", "-").code == 2


def test_a_draft_that_is_too_long_is_told_so_wherever_it_is_cut(place: Path) -> None:
    (place / "d.txt").write_text("x" + "é" * 600_000)
    ran = amends("lint", "d.txt")
    assert (ran.code, "has more than" in ran.err) == (2, True)


def test_a_source_comes_from_standard_input_and_odd_names_are_echoed(place: Path) -> None:
    feed = (
        b'<rss version="2.0"><channel><item><title>a\x00</title><link>http://x.example/1</link></item></channel></rss>'
    )
    odd = os.fsdecode(b"na\xefme.xml")
    (place / odd).write_bytes(feed)
    ran = process("sources", "try", "--json", "-", odd, data=feed)
    assert ran.returncode == 0, ran.stderr
    rows = [json.loads(line) for line in ran.stdout.splitlines()]
    assert [row["input"] for row in rows] == ["-", "-", odd, odd]
    assert [row.get("items") for row in rows] == [None, 1, None, 1]


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        (["00:00", "00:05", "00:15", "00:10", "00:20"], "row 3 (line 4): it is out of order, 2026-01-05T00:10:00Z"),
        (["00:00", "00:05", "00:15", "00:20"], "row 3 (line 4): 1 bin is missing"),
        (["00:00", "00:05", "00:20"], "row 3 (line 4): 2 bins are missing"),
    ],
)
def test_rows_in_disorder_are_told_from_rows_that_are_missing(place: Path, rows: list[str], said: str) -> None:
    lines = [f"2026-01-05T{at}:00Z,4,1" for at in rows]
    (place / "c.csv").write_text("\n".join(["timestamp,mentions,negative", *lines]) + "\n", "utf-8")
    ran = amends("detect", "c.csv")
    assert ran.code == 2
    assert said in ran.err


def test_a_header_is_called_so(place: Path) -> None:
    (place / "c.csv").write_text("time,mentions\n", "utf-8")
    ran = amends("detect", "c.csv")
    assert ran.code == 2
    assert "header (line 1)" in ran.err
