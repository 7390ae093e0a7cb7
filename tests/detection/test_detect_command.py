"""`amends detect` through its function and its command."""

from __future__ import annotations

import csv
import io
import random
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

if TYPE_CHECKING:
    from pathlib import Path

from amends.cli.detect import HEADER, detect_command, parse_rate, run_detect
from amends.model import InputError

RATE = 1 / 30


def judged(text: str, rate: float = RATE) -> list[dict[str, str]]:
    out = io.StringIO()
    run_detect(io.StringIO(text), out, rate)
    return list(csv.DictReader(io.StringIO(out.getvalue())))


def counts(rows: int, step: int = 5, *, negative: bool = True) -> list[str]:
    rng = random.Random(1)
    lines = ["timestamp,mentions,negative" if negative else "timestamp,mentions"]
    for k in range(rows):
        minute = k * step
        stamp = f"2026-01-{5 + minute // 1440:02d} {minute // 60 % 24:02d}:{minute % 60:02d}:53"
        n = rng.randrange(3)
        lines.append(f"{stamp},{n + 5},{n}" if negative else f"{stamp},{n + 5}")
    return lines


def test_a_row_goes_out_for_each_bin_with_its_timestamp_as_it_came() -> None:
    text = "timestamp,mentions,negative\r\n2026-01-05T00:00:00+01:00,3,1\r\n2026-01-05 00:05:00+01:00,4,0\r\n"
    rows = judged(text)
    assert [row["timestamp"] for row in rows] == ["2026-01-05T00:00:00+01:00", "2026-01-05 00:05:00+01:00"]
    assert HEADER.startswith("timestamp,mentions,negative,expected,score,alarm")
    assert [row["alarm"] for row in rows] == ["0", "0"]
    assert all(0 <= float(row["score"]) <= 1 for row in rows)


def test_a_crisis_raises_the_alarm_and_each_row_depends_on_earlier_ones_alone() -> None:
    lines = counts(288 * 8)
    for k in range(288 * 7, 288 * 7 + 24):
        stamp, mentions, negative = lines[k].split(",")
        lines[k] = f"{stamp},{int(mentions) + 30},{int(negative) + 30}"
    rows = judged("\n".join(lines))
    assert {row["alarm"] for row in rows[: 288 * 7 - 1]} == {"0"}
    assert rows[288 * 7 + 2]["alarm"] == "1"
    assert judged("\n".join(lines[: 288 * 3])) == rows[: 288 * 3 - 1]


def test_mentions_stand_in_for_negatives_that_are_not_given() -> None:
    rows = judged("\n".join(counts(600, negative=False)))
    assert all(row["negative"] == row["mentions"] for row in rows)


@pytest.mark.parametrize("step", [1, 15, 60, 1440])
def test_any_equal_length_of_bins_will_do(step: int) -> None:
    assert len(judged("\n".join(counts(20, step)))) == 20


def test_columns_may_stand_in_any_order_beside_others() -> None:
    rows = judged("negative,x,timestamp,mentions\n1,a,2026-01-05,3\n0,b,2026-01-05T00:05,4.0\n")
    assert [(row["timestamp"], row["mentions"], row["negative"]) for row in rows] == [
        ("2026-01-05", "3", "1"),
        ("2026-01-05T00:05", "4", "0"),
    ]


def test_one_row_is_judged_too() -> None:
    assert len(judged("timestamp,mentions\n2026-01-05,3\n")) == 1


@pytest.mark.parametrize(
    ("body", "row"),
    [
        ("", "row 1"),
        ("2026-01-05T00:00:00Z,1,x", "row 1"),
        ("2026-01-05T00:00:00Z,1,-1", "row 1"),
        ("2026-01-05T00:00:00Z,1.5,1", "row 1"),
        ("2026-01-05T00:00:00Z,nan,1", "row 1"),
        ("2026-01-05T00:00:00Z,99999999999,1", "row 1"),
        ("2026-01-05T00:00:00Z,1,2", "row 1"),
        ("yesterday,1,1", "row 1"),
        ("2026-01-05T00:00:00Z,1", "row 1"),
        ('"2026-01-05T00:00:00Z"x,1,1', "row 1"),
        ("2026-01-05T00:00:00Z,1,1\n2026-01-05T00:00:00Z,1,1", "row 2"),
        ("2026-01-05T00:00:00Z,1,1\n2026-01-05T00:00:00.5Z,1,1", "row 2"),
        ("2026-01-05T00:00:00Z,1,1\n2026-01-05T00:05:00Z,1,1\n2026-01-05T00:15:00Z,1,1", "row 3"),
        ("2026-01-05T00:00:00Z,1,1\n2026-01-05T00:05:00Z,1,1\n2026-01-05T00:11:00Z,1,1", "row 3"),
        ("2026-01-05T00:00:00Z,1,1\n2026-01-05T00:05:00Z,1,1\n2026-01-05T00:04:00Z,1,1", "row 3"),
    ],
)
def test_bad_rows_are_refused_by_their_number(body: str, row: str) -> None:
    with pytest.raises(InputError, match=row):
        judged("timestamp,mentions,negative\n" + body)


def test_a_header_without_its_columns_is_refused() -> None:
    with pytest.raises(InputError, match="mentions"):
        judged("timestamp,negative\n2026-01-05,1\n")


@pytest.mark.parametrize(("text", "rate"), [("1 per 30d", 1 / 30), ("2 per 1w", 2 / 7), ("1 per 36h", 1 / 1.5)])
def test_a_rate_is_read(text: str, rate: float) -> None:
    assert parse_rate(text) == pytest.approx(rate)


@pytest.mark.parametrize("text", ["", "often", "0 per 30d", "1 per 0d", "1/30"])
def test_a_rate_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="per 30d"):
        parse_rate(text)


def test_the_command_reads_a_file_or_standard_input_and_exits_2_on_bad_input(tmp_path: Path) -> None:
    path = tmp_path / "counts.csv"
    path.write_text("\ufeff" + "\n".join(counts(30)), encoding="utf-8")
    runner = CliRunner()
    done = runner.invoke(detect_command, [str(path)])
    assert done.exit_code == 0
    assert len(done.stdout.splitlines()) == 31
    piped = runner.invoke(detect_command, ["-", "--false-pages", "1 per 7d"], input="\n".join(counts(30)))
    assert piped.exit_code == 0
    bad = runner.invoke(detect_command, ["-"], input="timestamp,mentions\n2026-01-05,-4\n")
    assert bad.exit_code == 2
    assert "row 1" in bad.stderr
    assert runner.invoke(detect_command, [str(tmp_path / "none.csv")]).exit_code == 2
    assert runner.invoke(detect_command, [str(path), "--false-pages", "x"]).exit_code == 2
    (tmp_path / "latin.csv").write_bytes(b"timestamp,mentions\n\xe9\xe9,1\n")
    assert runner.invoke(detect_command, [str(tmp_path / "latin.csv")]).exit_code == 2
