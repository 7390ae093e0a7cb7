"""The group of all commands: help, exit codes, a light start."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import click
import pytest

from amends.cli.app import COMMANDS, app
from amends.model import AmendsError, InputError, StaleError
from support.cli import amends

if TYPE_CHECKING:
    from pathlib import Path

NAMES = [name for section in COMMANDS.values() for name in section]
HEAVY = ("aiohttp", "pydantic", "numpy", "sqlalchemy", "structlog", "ruamel", "prometheus_client", "amends.config")


def command(name: str) -> click.Command:
    found = app.get_command(click.Context(app), name)
    assert found is not None
    return found


def test_help_names_every_command_with_an_example_and_the_exit_codes() -> None:
    ran = amends("--help")
    assert ran.code == 0
    assert all(f"\n  {name} " in ran.out for name in NAMES)
    assert "amends incidents ack" in ran.out
    assert "Exit codes" in ran.out


@pytest.mark.parametrize("name", NAMES)
def test_each_command_s_help_teaches_with_an_example(name: str) -> None:
    ran = amends(name, "--help")
    assert ran.code == 0, ran.err
    assert f"amends {name}" in ran.out.partition("Usage:")[2].partition("\n")[2], "an example beside the usage line"


@pytest.mark.parametrize("name", NAMES)
def test_the_one_line_of_help_is_no_lie_about_the_name(name: str) -> None:
    assert command(name).name == name


@pytest.mark.parametrize("arguments", [["--help"], ["--version"]])
def test_the_start_is_light(arguments: list[str]) -> None:
    code = (
        "import sys\nfrom amends.cli import main\ntry:\n    main(sys.argv[1:])\nfinally:\n"
        f"    print([name for name in {HEAVY!r} if name in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 0
    assert done.stderr.strip() == "[]"


def test_a_group_lists_what_it_has_and_what_it_borrows() -> None:
    ran = amends("sources", "--help")
    assert "Without a daemon:" in ran.out
    assert all(f"\n  {name} " in ran.out for name in ("try", "list", "poll", "pause", "resume"))
    assert "amends sources try" in ran.out
    assert amends("sources", "try", "--help").code == 0


def test_a_level_that_is_none_is_wrong_input(place: Path) -> None:
    (place / "a.jsonl").write_text("")
    ran = amends("replay", "a.jsonl", AMENDS_LOG="loud")
    assert ran.code == 2
    assert "AMENDS_LOG is 'loud'" in ran.err


def test_the_version_is_the_distribution_s() -> None:
    assert amends("--version").out == f"amends {version('amends')}\n"


@pytest.mark.parametrize("arguments", [["chek"], ["run", "--nope"], ["incidents", "shw"], ["replay"], ["drill", "x"]])
def test_a_mistyped_command_is_wrong_input(arguments: list[str]) -> None:
    ran = amends(*arguments)
    assert ran.code == 2
    assert ran.out == ""
    assert "Usage:" in ran.err


@pytest.mark.parametrize(
    ("error", "code"),
    [(InputError("wrong"), 2), (AmendsError("failed"), 1), (StaleError("late"), 1), (KeyboardInterrupt(), 1),
     (click.Abort(), 1), (click.UsageError("usage"), 2)],
)  # fmt: skip
def test_failures_become_exit_codes_and_words_on_standard_error(
    error: BaseException, code: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(**_: Any) -> None:
        raise error

    monkeypatch.setattr(app, "main", fail)
    ran = amends("x")
    assert ran.code == code
    assert ran.out == ""
    assert ran.err


def test_an_error_s_text_cannot_command_the_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(**_: Any) -> None:
        raise AmendsError("evil \x1b]0;title\x07 \u202e text")

    monkeypatch.setattr(app, "main", fail)
    assert amends("x").err == "amends: evil \\x1b]0;title\\x07 \\u202e text\n"


def test_a_reader_that_goes_away_is_no_failure() -> None:
    code = """import sys; from amends.cli.app import app, run; import click
@app.command("flood")
def flood():
    [click.echo("x" * 1000) for _ in range(10000)]
sys.exit(run(["flood"]))"""
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        assert process.wait(30) == 0
        assert process.stderr.read() == b""


def test_the_module_main_exits_with_the_code(monkeypatch: pytest.MonkeyPatch) -> None:
    from amends.cli import main  # noqa: PLC0415 - as the console script does it

    monkeypatch.setattr(app, "main", lambda **_: 1)
    with pytest.raises(SystemExit) as caught:
        main([])
    assert caught.value.code == 1
