"""One daemon a state folder."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from amends.model import AmendsError
from amends.observe import AlreadyRunningError, Lock, Running
from amends.observe.lock import read

if TYPE_CHECKING:
    from pathlib import Path

HOLD = (
    "import sys, pathlib\nfrom amends.observe import Lock\n"
    "lock = Lock.acquire(pathlib.Path(sys.argv[1]))\nlock.tell('http://127.0.0.1:1')\nprint('held', flush=True)\n"
    "sys.stdin.read()\n"
)


def test_the_lock_tells_pid_and_address(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "state"
    assert read(folder) is None
    lock = Lock.acquire(folder)
    assert read(folder) == Running(os.getpid(), "")
    lock.tell("http://127.0.0.1:8484")
    assert read(folder) == Running(os.getpid(), "http://127.0.0.1:8484")
    assert stat.S_IMODE(lock.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    lock.release()
    assert read(folder) is None
    Lock.acquire(folder).release()


def test_a_second_daemon_is_told_the_pid_of_the_first_and_a_killed_one_holds_nothing(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == b"held\n"
        with pytest.raises(AlreadyRunningError, match=f"process {other.pid} already runs Amends on"):
            Lock.acquire(tmp_path)
        assert read(tmp_path) == Running(other.pid, "http://127.0.0.1:1")
        other.send_signal(signal.SIGKILL)
        other.wait(10)
        Lock.acquire(tmp_path).release()


def test_a_lock_without_words_still_locks(tmp_path: Path) -> None:
    lock = Lock.acquire(tmp_path)
    (tmp_path / "amends.lock").write_text("")
    with pytest.raises(AlreadyRunningError, match="another process already runs"):
        Lock.acquire(tmp_path)
    lock.release()


@pytest.mark.parametrize("text", ["", "[]", "{", '{"pid": "x"}', '{"address": "a"}', "null"])
def test_a_lock_that_makes_no_sense_tells_nothing(text: str, tmp_path: Path) -> None:
    (tmp_path / "amends.lock").write_text(text)
    assert read(tmp_path) is None


def test_a_folder_that_cannot_be_written_is_told_with_the_way_out(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(AmendsError, match=r"the state folder .* cannot be written: .*STATE_DIRECTORY"):
        Lock.acquire(tmp_path / "file" / "state")


@pytest.mark.skipif(not os.access("/dev/full", os.W_OK), reason="NOT TESTED: there is no /dev/full")
def test_a_full_disk_is_told(tmp_path: Path) -> None:
    lock = Lock.acquire(tmp_path)
    handle = os.open("/dev/full", os.O_RDWR)
    os.dup2(handle, lock._handle)
    os.close(handle)
    with pytest.raises(AmendsError, match="cannot be written"):
        lock.tell("x")
    os.close(lock._handle)
