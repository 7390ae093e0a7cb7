"""A Debian tree made on the spot, what is run inside it, and a systemd that boots in it."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from support.real import program, require

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).parents[2]
CACHE = "AMENDS_TREE_CACHE"  # a folder that keeps the tree between two runs
PACKAGES = "systemd,systemd-sysv,dbus,procps,python3,python3-venv,curl"
# What a machine tells pip and TLS (a mirror, a proxy, its own authorities) must hold inside a tree too.
SETTINGS = (
    "PIP_CERT", "PIP_INDEX_URL", "PIP_EXTRA_INDEX_URL", "PIP_TRUSTED_HOST", "PIP_DEFAULT_TIMEOUT",
    "HTTPS_PROXY", "HTTP_PROXY", "NO_PROXY", "https_proxy", "http_proxy", "no_proxy",
)  # fmt: skip
FOLDERS = ("/etc/ssl/certs", "/usr/local/share/ca-certificates", "/etc/pip.conf")
BUNDLE = "/etc/ssl/certs/ca-certificates.crt"


def root_with(*names: str) -> None:
    """Demand root and programs of the system."""
    if os.geteuid() != 0:
        require("booting a tree and building an image need root")
    for name in names:
        program(name)


def settings() -> dict[str, str]:
    """The variables that let pip reach an index from inside, as from here."""
    found = {name: os.environ[name] for name in SETTINGS if os.environ.get(name)}
    return found | ({"PIP_CERT": found.get("PIP_CERT", BUNDLE)} if Path(BUNDLE).exists() else {})


def folders() -> list[str]:
    """The folders and files that they refer to."""
    return [path for path in FOLDERS if Path(path).exists()]


def must(*arguments: str, timeout: float = 600, env: dict[str, str] | None = None) -> str:
    """Run a program to its good end, and return what it said on standard output."""
    done = subprocess.run(
        arguments, capture_output=True, text=True, check=False, timeout=timeout, env={**os.environ, **(env or {})}
    )
    assert done.returncode == 0, f"{' '.join(arguments)} ended with {done.returncode}:\n{done.stdout}{done.stderr}"
    return done.stdout


def debian(folder: Path) -> Path:
    """Return a minimal tree of this machine's own release with systemd and Python, from the mirror that apt uses."""
    root_with("debootstrap", "apt-get")
    tree = Path(os.environ.get(CACHE) or folder) / f"tree-{PACKAGES.count(',')}"
    if (tree / "complete").exists():
        return tree
    release = dict(
        line.split("=", 1) for line in Path("/etc/os-release").read_text("utf-8").splitlines() if "=" in line
    )
    suite = release.get("VERSION_CODENAME", "").strip('"')
    lists = must("apt-get", "indextargets", "--format", "$(SITE) $(CODENAME)").splitlines()
    mirror = next((site for site, _, name in (line.partition(" ") for line in lists) if name == suite), None)
    if mirror is None:
        require(f"apt knows no mirror of {suite or 'this release'}")
    shutil.rmtree(tree, ignore_errors=True)
    tree.parent.mkdir(parents=True, exist_ok=True)
    must("debootstrap", "--variant=minbase", f"--include={PACKAGES}", suite, str(tree), str(mirror), timeout=900)
    shutil.rmtree(tree / "var/cache/apt/archives", ignore_errors=True)
    shutil.rmtree(tree / "var/lib/apt/lists", ignore_errors=True)
    (tree / "complete").touch()
    return tree


def nspawn(tree: Path, name: str) -> list[str]:
    """The beginning of every command that runs in a tree."""
    return [
        program("systemd-nspawn"), "--quiet", f"--directory={tree}", f"--machine={name}",
        "--register=no", "--keep-unit",
    ]  # fmt: skip


def tidy(name: str) -> None:
    """Remove what nspawn leaves of a machine where /run is no tmpfs."""
    path = Path("/run/systemd/nspawn/propagate") / name
    if path.is_dir():
        path.rmdir()


def inside(tree: Path, name: str, *arguments: str) -> str:
    """Run a program in a tree that is not booted, with the repository at /src and the network as here."""
    binds = [f"--bind-ro={path}" for path in [*folders(), f"{ROOT}:/src"]]
    told = [f"--setenv={key}={value}" for key, value in settings().items()]
    try:
        return must(*nspawn(tree, name), "--pipe", *binds, *told, *arguments)
    finally:
        tidy(name)


class Machine:
    """A tree whose own systemd runs, with a loopback of its own and no other network."""

    def __init__(self, tree: Path, name: str) -> None:
        self.tree = tree
        self.name = name
        self.console = tree.parent / f"{name}.console"
        with self.console.open("wb") as out:
            self._process = subprocess.Popen(
                [*nspawn(tree, name), "--boot", "--console=pipe", "--private-network"],
                stdin=subprocess.DEVNULL, stdout=out, stderr=out,
            )  # fmt: skip
        self._init = 0
        try:
            self._init = self.until(self._leader, "the tree's own process 1")
        except BaseException:
            self.close()
            raise

    def _leader(self) -> int | None:
        children = Path(f"/proc/{self._process.pid}/task/{self._process.pid}/children")
        for child in children.read_text("ascii").split() if children.exists() else ():
            status = Path(f"/proc/{child}/status").read_text("utf-8")
            ids = next(line for line in status.splitlines() if line.startswith("NSpid:")).split()
            if ids[-1] == "1" and len(ids) > 2 and "systemd" in Path(f"/proc/{child}/cmdline").read_text("utf-8"):
                return int(child)
        return None

    def until(self, look: Callable[[], Any], what: str, within: float = 30) -> Any:
        """Look until there is something to see, and return it."""
        end = time.monotonic() + within
        while not (found := look()):
            assert time.monotonic() < end, f"{what}: not within {within:g} s\n{self.told()}"
            time.sleep(0.2)
        return found

    def told(self) -> str:
        """What helps to understand a failure: the journal of the unit, else the console."""
        journal = self.run("journalctl", "-u", "amends", "--no-pager", "-n", "40")[1] if self._init else ""
        return journal or self.console.read_text("utf-8", "replace")

    def run(self, *arguments: str) -> tuple[int, str]:
        """Run a program beside the booted services; its exit code, and all that it said."""
        enter = ["nsenter", f"--target={self._init}", "--mount", "--uts", "--ipc", "--net", "--pid", "--", *arguments]
        done = subprocess.run(
            enter, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False, timeout=90,
            env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "C.UTF-8"},
        )  # fmt: skip
        return done.returncode, done.stdout

    def ask(self, path: str, *more: str) -> str:
        """What a door of the daemon answers; empty when it does not."""
        return self.run("curl", "--silent", "--max-time", "5", *more, f"http://127.0.0.1:8484{path}")[1]

    def unit(self) -> dict[str, str]:
        """What systemd knows of the unit."""
        names = "ActiveState,SubState,Result,ExecMainStatus,NRestarts,MainPID,StatusText"
        lines = self.run("systemctl", "show", "amends", "-p", names)[1].splitlines()
        return dict(line.split("=", 1) for line in lines if "=" in line)  # early in the boot it says other things

    def close(self) -> None:
        """Halt it, and if it does not, end it."""
        if self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
            try:
                self._process.wait(30)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        tidy(self.name)
