"""The image, built by the Dockerfile on a base made of the Debian tree, and run as the user that it names."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import time
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from support.machine import ROOT, folders, must, root_with, settings

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = [pytest.mark.slow, pytest.mark.alone, pytest.mark.timeout(1200)]
CONFIG = """\
brands: {acme: {name: Acme}}
people: {lea: {channels: [hook]}, sam: {channels: [hook]}}
channels: {hook: {kind: webhook, url: "http://127.0.0.1:9/nowhere", secret: "file:hook_secret"}}
escalation: {desk: {steps: [{page: [lea, sam]}]}}
web: {listen: "127.0.0.1:0"}
"""
ENV = {"STORAGE_DRIVER": "vfs", "BUILDAH_ISOLATION": "chroot"}  # needs neither an engine nor a namespace of its own
USER = 10001


class Buildah:
    """Buildah with a store of its own, which goes when the tests are over."""

    def __init__(self, folder: Path) -> None:
        self.command = ["buildah", "--root", str(folder / "images"), "--runroot", str(folder / "run")]

    def __call__(self, *arguments: str) -> str:
        return must(*self.command, *arguments, timeout=900, env=ENV).strip()


@pytest.fixture(scope="module")
def buildah(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Buildah]:
    root_with("buildah")
    folder = tmp_path_factory.mktemp("images")
    buildah = Buildah(folder)
    try:
        yield buildah
    finally:
        buildah("rm", "--all")
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="module")
def container(tree: Path, buildah: Buildah) -> str:
    """A container of the image, not running yet; its id."""
    scratch = buildah("from", "scratch")
    buildah("add", "--quiet", scratch, str(tree), "/")
    buildah("commit", "--quiet", "--rm", scratch, "localhost/amends-base")
    volumes = [f"--volume={path}:{path}:ro" for path in folders()]
    told = [f"--env={name}={value}" for name, value in settings().items()]
    buildah(
        "bud", "--quiet", "--format=docker", "--network=host", *volumes, *told,
        "--build-arg=BASE_IMAGE=localhost/amends-base", "--tag=localhost/amends", str(ROOT),
    )  # fmt: skip
    return buildah("from", "localhost/amends")


def test_it_runs_as_a_user_of_no_power_and_tells_its_version(buildah: Buildah, container: str) -> None:
    assert buildah("run", container, "--", "id", "-u") == str(USER)
    assert buildah("run", container, "--", "id", "-g") == str(USER)
    assert buildah("run", container, "--", "amends", "--version").startswith("amends ")


def test_it_declares_what_engines_read(buildah: Buildah, container: str) -> None:
    config = json.loads(buildah("inspect", container))["Docker"]["config"]

    assert config["User"] == "amends"
    assert list(config["ExposedPorts"]) == ["8484/tcp"]
    assert list(config["Volumes"]) == ["/var/lib/amends"]
    assert (config["Entrypoint"], config["Cmd"]) == (["amends"], ["run", "-c", "/etc/amends/amends.yaml"])
    assert "/readyz" in config["Healthcheck"]["Test"][-1]


def test_it_accepts_the_example_that_it_brings(buildah: Buildah, container: str) -> None:
    assert "no errors" in buildah(
        "run", container, "--", "amends", "check", "-c", "/usr/share/amends/amends.example.yaml"
    )


def test_it_holds_nothing_of_the_source_tree(buildah: Buildah, container: str) -> None:
    found = buildah("run", container, "--", "sh", "-c", "ls -d /src /opt/amends/src 2>/dev/null || true")

    assert found == ""


def test_the_daemon_is_ready_and_stops_within_ten_seconds(buildah: Buildah, container: str, tmp_path: Path) -> None:
    etc, secrets = tmp_path / "etc", tmp_path / "secrets"
    for folder in (etc, secrets):
        folder.mkdir(mode=0o755)
    (etc / "amends.yaml").write_text(CONFIG, "utf-8")
    (secrets / "hook_secret").write_text("whsec_YW1lbmRzLXRlc3Qtc2VjcmV0LW9mLTMyLWJ5dGVzISE=\n", "utf-8")
    arguments = [
        *buildah.command, "run", f"--volume={etc}:/etc/amends:ro", f"--volume={secrets}:/run/secrets:ro",
        "--env=CREDENTIALS_DIRECTORY=/run/secrets", container, "--", "amends", "run", "-c", "/etc/amends/amends.yaml",
    ]  # fmt: skip
    with (tmp_path / "stderr").open("wb") as errors:
        process = subprocess.Popen(
            arguments, stdout=subprocess.PIPE, stderr=errors, text=True, env={**os.environ, **ENV}
        )
    daemon = None
    try:
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line.startswith("Amends is ready: http://127.0.0.1:"), (tmp_path / "stderr").read_text("utf-8")
        address = line.removeprefix("Amends is ready: ").strip()
        with urllib.request.urlopen(f"{address}readyz", timeout=10) as answer:  # noqa: S310 - loopback, as asserted above
            assert answer.status == 200
        daemon = inmost(process.pid)
        assert Path(f"/proc/{daemon}").stat().st_uid == USER

        started = time.monotonic()
        os.kill(daemon, signal.SIGTERM)

        assert process.wait(10) == 0
        assert time.monotonic() - started < 10
    finally:
        if process.poll() is None:
            os.kill(daemon or inmost(process.pid), signal.SIGKILL)
            process.wait(10)
        if process.stdout is not None:
            process.stdout.close()


def inmost(pid: int) -> int:
    """The process at the end of a chain in which each started the next."""
    while children := [
        int(child) for task in Path(f"/proc/{pid}/task").iterdir()
        for child in (task / "children").read_text("ascii").split()
    ]:  # fmt: skip
        pid = children[0]
    return pid
