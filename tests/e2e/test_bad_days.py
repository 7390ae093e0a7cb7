"""Bad input and bad days: a clear sentence that names the thing and the way out, an exit code, nothing lost."""

from __future__ import annotations

import asyncio
import os
import shutil
import socket
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from support.daemon import environment, rfc3339, running
from support.receivers import answer, receiver, redirect

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytestmark = pytest.mark.slow


def amends(state: Path, *arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
    """Run a command to its end."""
    return subprocess.run(
        [sys.executable, "-m", "amends", *arguments],
        env=environment(state, **env),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_a_wrong_key_is_named_with_its_line_and_exits_with_2(configure: Callable[..., Path], state: Path) -> None:
    path = configure("http://127.0.0.1:9/hook", more="hartbeat: {every: 1m}\n")

    done = amends(state, "run", "-c", str(path))

    assert done.returncode == 2
    assert done.stdout == ""
    line = path.read_text("utf-8").splitlines().index("hartbeat: {every: 1m}") + 1
    assert f"{path}:{line}: error:" in done.stderr
    assert "heartbeat" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_port_in_use_is_named_with_the_way_out(configure: Callable[..., Path], state: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        path = configure("http://127.0.0.1:9/hook")
        path.write_text(path.read_text("utf-8").replace("127.0.0.1:0", f"127.0.0.1:{port}"), "utf-8")

        done = amends(state, "run", "-c", str(path))

    assert done.returncode == 1
    assert str(port) in done.stderr
    assert "another port" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_state_folder_that_cannot_be_written_is_named(configure: Callable[..., Path], tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("not a folder", "utf-8")

    done = amends(blocked / "state", "run", "-c", str(configure("http://127.0.0.1:9/hook")))

    assert done.returncode == 1
    assert str(blocked) in done.stderr
    assert "STATE_DIRECTORY" in done.stderr
    assert "Traceback" not in done.stderr


async def test_a_second_daemon_on_the_same_state_is_refused_by_the_firsts_pid(
    configure: Callable[..., Path], state: Path
) -> None:
    path = configure("http://127.0.0.1:9/hook")
    async with running(path, state) as daemon:
        done = await asyncio.to_thread(amends, state, "run", "-c", str(path))

        assert done.returncode == 1
        assert str(daemon.process.pid) in done.stderr


async def test_a_source_that_is_dead_html_or_points_inside_stops_nothing(
    configure: Callable[..., Path], state: Path
) -> None:
    async with receiver() as phone, receiver("/page") as html, receiver("/inside") as inside:
        html.usual = answer(200, text="<html><body>A page</body></html>", headers={"Content-Type": "text/html"})
        inside.usual = redirect("http://169.254.169.254/latest/meta-data")
        more = (
            "sources:\n"
            '  dead: {kind: feed, url: "http://127.0.0.1:9/feed", every: 1m}\n'
            f'  page: {{kind: feed, url: "{html.url}", every: 1m}}\n'
            f'  inside: {{kind: feed, url: "{inside.url}", every: 1m}}\n'
        )
        async with running(configure(phone.url, more=more), state) as daemon:
            async with asyncio.timeout(30):
                while True:
                    _, found = await daemon.get("/api/v1/sources")
                    errors = {one["id"]: one.get("last_error") for one in found["sources"]}
                    down = await daemon.metric('amends_source_up{source="dead"}')
                    if all(errors.values()) and down is not None:  # the metric follows the status by one commit
                        break
                    await asyncio.sleep(0.2)
            assert "unreachable" in errors["dead"]
            assert "not-a-feed" in errors["page"]
            assert "unsafe" in errors["inside"]
            assert down == 0
            status, _ = await daemon.get("/readyz")
            assert status == 200


@pytest.fixture
def small_disk(tmp_path: Path) -> Path:
    """A file system of a few megabytes; skipped where this user may not mount one."""
    folder = tmp_path / "small"
    folder.mkdir()
    if os.geteuid() != 0 or not shutil.which("mount"):
        reason = "only root can mount a small tmpfs"
    else:
        mounted = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=6m", "tmpfs", str(folder)], capture_output=True, text=True, check=False
        )
        reason = mounted.stderr.strip()
        if mounted.returncode == 0:
            yield folder
            subprocess.run(["umount", "-l", str(folder)], check=True)
            return
    if os.environ.get("AMENDS_REQUIRE_REAL") == "1":
        pytest.fail(f"no small disk: {reason}")
    pytest.skip(f"SKIPPED: no small disk: {reason}")


async def test_a_full_disk_is_said_counted_and_survived(
    configure: Callable[..., Path], small_disk: Path, tmp_path: Path
) -> None:
    state = small_disk / "state"
    state.mkdir()
    log = tmp_path / "stderr.log"
    async with receiver() as phone, running(configure(phone.url), state, log=log) as daemon:
        filler = small_disk / "filler"
        with filler.open("wb") as file:
            try:
                while True:
                    file.write(b"\0" * 65_536)
                    file.flush()
            except OSError:
                pass
        now = time.time()
        records = [
            {"id": f"r{n}", "source": "x", "published_at": rfc3339(now), "text": f"Acme {'word ' * 200}{n}"}
            for n in range(900)
        ]
        status, problem = await daemon.post("/api/v1/mentions", records)
        assert status in {503, 507}
        assert "room" in str(problem) or "full" in str(problem)
        errors = await daemon.metric("amends_storage_write_errors_total")
        assert errors is not None
        assert errors >= 1
        assert daemon.process.returncode is None

        filler.unlink()
        status, told = await daemon.post("/api/v1/mentions", records[:100])
        assert (status, told["accepted"]) == (202, 100)
        assert await daemon.end() == 0
