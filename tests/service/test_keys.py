"""The secrets of a state folder are made once, for their owner's eyes alone."""

from __future__ import annotations

import stat
from typing import TYPE_CHECKING

import pytest

from amends.model import AmendsError, InputError
from amends.service.keys import cli_token, signing_keys
from amends.service.run import first_known

if TYPE_CHECKING:
    from pathlib import Path


def test_a_key_is_made_once_and_read_by_nobody_else(tmp_path: Path) -> None:
    (key,) = signing_keys(tmp_path)

    assert len(key) == 32
    assert signing_keys(tmp_path) == [key]
    assert stat.S_IMODE((tmp_path / "key").stat().st_mode) == 0o600


def test_the_last_line_is_the_newest_key_and_signs(tmp_path: Path) -> None:
    (old,) = signing_keys(tmp_path)
    with (tmp_path / "key").open("a", encoding="ascii") as file:
        file.write("0b" * 32 + "\n")

    assert signing_keys(tmp_path) == [b"\x0b" * 32, old]


def test_the_command_lines_token_is_kept(tmp_path: Path) -> None:
    assert cli_token(tmp_path) == cli_token(tmp_path)
    assert len(cli_token(tmp_path)) >= 24
    assert stat.S_IMODE((tmp_path / "cli.token").stat().st_mode) == 0o600


@pytest.mark.parametrize("content", ["abcd", "not hexadecimal at all", "\u00e9", f"{'0a' * 32}\nabcd"])
def test_a_damaged_key_is_named_with_the_way_out(tmp_path: Path, content: str) -> None:
    (tmp_path / "key").write_text(content, "utf-8")

    with pytest.raises(AmendsError, match=r"key.*backup"):
        signing_keys(tmp_path)


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    with pytest.raises(AmendsError, match="nowhere"):
        signing_keys(tmp_path / "nowhere")


def test_of_many_errors_the_one_with_a_sentence_is_told() -> None:
    known = InputError("the port is taken")
    group = ExceptionGroup("g", [ValueError("x"), ExceptionGroup("h", [known])])

    assert first_known(group) is known
    bare = ExceptionGroup("g", [ValueError("x")])
    assert first_known(bare) is bare
