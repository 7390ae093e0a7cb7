"""The daemon as a real process: ready line, one a state folder, found by its clients, orderly end."""

from __future__ import annotations

import signal
import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from amends.config import ConfigurationError, load
from amends.observe.lock import Lock
from support.cli import amends

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

AMENDS = [sys.executable, "-c", "from amends.cli import main; main()"]
FILE = """
brands: {acme: {name: Acme}}
people: {lea: {channels: [hook]}, sam: {channels: [hook]}}
channels: {hook: {kind: webhook, url: "http://127.0.0.1:9/h", secret: whsec_YW1lbmRzLXRlc3Qtc2VjcmV0LW9mLTMyIQ==}}
web: {listen: "127.0.0.1:0"}
"""


@contextmanager
def daemon() -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen([*AMENDS, "run"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


@pytest.mark.slow
def test_the_daemon_says_that_it_is_ready_is_found_and_ends_in_order(place: Path) -> None:
    (place / "amends.yaml").write_text(FILE)
    with daemon() as process:
        assert process.stdout is not None
        ready = process.stdout.readline()
        assert ready.startswith("Amends is ready: http://127.0.0.1:")
        assert ready.endswith("/\n")
        listed = amends("incidents", "list")
        assert (listed.code, listed.out) == (0, ""), listed.err
        drilled = amends("drill", "--by", "lea")
        assert drilled.code == 0, drilled.err
        assert amends("incidents", "ack", drilled.rows[0]["id"], "--by", "sam").code == 0
        second = subprocess.run([*AMENDS, "run"], capture_output=True, text=True, check=False)
        assert second.returncode == 1
        assert f"process {process.pid} already runs Amends on" in second.stderr
        assert second.stdout == ""
        process.send_signal(signal.SIGTERM)
        assert process.wait(15) == 0
        assert process.stdout.read() == "", "no other line on standard output"
    assert amends("incidents", "list").code == 1


def test_a_faulty_configuration_is_told_on_standard_error_and_exits_2(place: Path) -> None:
    (place / "amends.yaml").write_text("brands: {}\n")
    ran = amends("run")
    assert (ran.code, ran.out) == (2, "")
    assert "amends.yaml:1: error: brands is empty" in ran.err


def test_warnings_are_told_once_the_start_is_ours_the_first_few_and_how_many_there_are(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    policies = "".join(f"  p{n}: {{steps: [{{page: [lea, sam]}}]}}\n" for n in range(9))
    file = FILE.replace("name: Acme", "name: Acme, escalation: p0")
    (place / "amends.yaml").write_text(f"{file}escalation:\n{policies}")  # eight that no brand uses
    state = place / "state"
    state.mkdir()
    lock = Lock.acquire(state)
    try:
        refused = amends("run", STATE_DIRECTORY=str(state))
    finally:
        lock.release()
    assert refused.code == 1
    assert "already runs" in refused.err
    assert "configuration" not in refused.err

    async def begun(*_: object) -> None:
        return None

    monkeypatch.setattr(sys.modules["amends.service.run"], "_run", begun)  # no daemon: what is logged before it
    ran = amends("run", STATE_DIRECTORY=str(state))
    assert ran.code == 0, ran.err
    warned = len(load(place / "amends.yaml", {}).warnings)
    assert warned > 4
    assert ran.err.count("amends.yaml:") == 3
    assert f"more={warned - 3}" in ran.err or f'"more": {warned - 3}' in ran.err


def test_why_a_reload_was_refused_is_its_errors_and_no_warnings(place: Path) -> None:
    path = place / "amends.yaml"
    path.write_text(FILE.replace("{name: Acme}", "{nam: Acme}"))
    with pytest.raises(ConfigurationError) as refused:
        load(path, {})
    assert "warning" in str(refused.value)
    assert "warning" not in refused.value.errors
    assert "nam" in refused.value.errors


def test_a_state_folder_that_cannot_be_written_is_told(place: Path) -> None:
    (place / "amends.yaml").write_text(FILE)
    (place / "file").write_text("")
    ran = amends("run", STATE_DIRECTORY=str(place / "file" / "state"))
    assert (ran.code, ran.out) == (1, "")
    assert "cannot be written" in ran.err
