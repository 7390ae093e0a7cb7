"""The secrets of a state folder are made once, for their owner's eyes alone."""

from __future__ import annotations

import stat
from typing import TYPE_CHECKING

import pytest

from amends.model import AmendsError, InputError
from amends.service.keys import cli_token, signing_key
from amends.service.run import first_known

if TYPE_CHECKING:
    from pathlib import Path


def test_a_key_is_made_once_and_read_by_nobody_else(tmp_path: Path) -> None:
    key = signing_key(tmp_path)

    assert len(key) == 32
    assert signing_key(tmp_path) == key
    assert stat.S_IMODE((tmp_path / "key").stat().st_mode) == 0o600


def test_the_command_lines_token_is_kept(tmp_path: Path) -> None:
    assert cli_token(tmp_path) == cli_token(tmp_path)
    assert len(cli_token(tmp_path)) >= 24
    assert stat.S_IMODE((tmp_path / "cli.token").stat().st_mode) == 0o600


@pytest.mark.parametrize("content", ["abcd", "not hexadecimal at all", "\u00e9"])
def test_a_damaged_key_is_named_with_the_way_out(tmp_path: Path, content: str) -> None:
    (tmp_path / "key").write_text(content, "utf-8")

    with pytest.raises(AmendsError, match=r"key.*backup"):
        signing_key(tmp_path)


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    with pytest.raises(AmendsError, match="nowhere"):
        signing_key(tmp_path / "nowhere")


def test_of_many_errors_the_one_with_a_sentence_is_told() -> None:
    known = InputError("the port is taken")
    group = ExceptionGroup("g", [ValueError("x"), ExceptionGroup("h", [known])])

    assert first_known(group) is known
    bare = ExceptionGroup("g", [ValueError("x")])
    assert first_known(bare) is bare
