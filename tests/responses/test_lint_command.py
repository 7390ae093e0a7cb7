from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from amends.cli.lint import lint_command

if TYPE_CHECKING:
    from pathlib import Path

    from click.testing import Result

BAD = "We\u2019re sorry if anyone was offended."
GOOD = (
    "We charged you twice: our mistake, and we are sorry. The job ran again because nobody had locked it. Every cent "
    "is back on your card. From now on it refuses to start twice. Reply here."
)


def run(*arguments: str, text: str | bytes | None = None) -> Result:
    return CliRunner().invoke(lint_command, arguments, input=text)


def test_a_draft_that_fails_exits_with_1_and_shows_the_words_seen() -> None:
    result = run("-", text=BAD)
    assert result.exit_code == 1
    assert result.stdout.startswith("fail: apology (en)\n")
    assert "conditional: sorry if anyone was offended" in result.stdout
    assert "  better: " in result.stdout


def test_a_good_draft_exits_with_0(tmp_path: Path) -> None:
    draft = tmp_path / "draft.txt"
    draft.write_text(GOOD, encoding="utf-8")
    result = run(str(draft))
    assert result.exit_code == 0
    assert result.stdout.startswith(
        "pass: apology (en)\n  has regret, explanation, responsibility, repentance, repair\n"
    )


def test_json_is_one_object_with_offsets_of_the_text_as_given() -> None:
    result = run("--json", "--network", "x", "-", text=BAD)
    report = json.loads(result.stdout)
    assert set(report) == {"verdict", "kind", "lang", "parts", "findings"}
    assert all(BAD[one["start"] : one["end"]] == one["text"] for one in report["findings"])


def test_a_plain_announcement_has_no_parts_to_list() -> None:
    assert run("-", text="We open at nine.").stdout == "pass: other (en)\n"


def test_a_draft_cannot_give_orders_to_the_terminal() -> None:
    result = run("-", text="Sorry if \x1b[2Jyou felt hurt. It was our fault.")
    assert "\x1b" not in result.stdout


@pytest.mark.parametrize(
    ("text", "error"),
    [
        (b"", "error: -: is empty"),
        (b"\xff\xfe", "error: -: is not UTF-8 at byte 0"),
        (b"a" * (1 << 20) + b"b", "error: -: has more than 1048576 bytes"),
    ],
)
def test_what_cannot_be_read_exits_with_2(text: bytes, error: str) -> None:
    result = run("-", text=text)
    assert result.exit_code == 2
    assert result.stderr.startswith(error)


def test_a_missing_file_and_an_unknown_network_exit_with_2(tmp_path: Path) -> None:
    missing = run(str(tmp_path / "none.txt"))
    assert missing.exit_code == 2
    assert "cannot be read" in missing.stderr
    assert run("--network", "fax", "-", text=GOOD).exit_code == 2
