"""The installed service under a real systemd, with all of its hardening, in the order of a service's life."""

from __future__ import annotations

import json
import os
import shutil
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from support.machine import ROOT, Machine, inside, must, root_with

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = [pytest.mark.slow, pytest.mark.alone, pytest.mark.timeout(1200)]
CONFIG = """\
brands:
  acme: {name: Acme, languages: [en, fr], watch: {terms: [recall]}}
sources:
  local: {kind: feed, url: "http://127.0.0.1:8001/feed.xml"}
people: {lea: {channels: [hook]}, sam: {channels: [mail]}}
channels:
  hook: {kind: webhook, url: "http://127.0.0.1:8002/hook", secret: "file:hook_secret"}
  mail: {kind: apprise, url: "json://127.0.0.1:8002/apprise"}
escalation: {desk: {steps: [{page: [lea, sam]}]}}
network: {allow: ["127.0.0.0/8"]}
"""
SECRET = "whsec_YW1lbmRzLXRlc3Qtc2VjcmV0LW9mLTMyLWJ5dGVzISE="
WORLD = "[Service]\nExecStart=/usr/bin/python3 /srv/world.py /srv/received\n"
DROP_IN = """\
[Unit]
Wants=world.service
After=world.service
[Service]
LoadCredential=hook_secret:/etc/amends/credentials/hook_secret
# As in the unit, only sooner.
WatchdogSec=15
"""


def put(path: Path, text: str, mode: int = 0o644) -> None:
    path.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    path.chmod(mode)


@pytest.fixture(scope="module")
def machine(tree: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machine]:
    root_with("systemd-nspawn", "nsenter")
    copy = tmp_path_factory.mktemp("boot") / "root"
    name = f"amends-{os.getpid()}"
    try:
        must("cp", "--archive", "--reflink=auto", str(tree), str(copy))
        inside(copy, name, "/src/deploy/systemd/install")
        put(copy / "etc/amends/amends.yaml", CONFIG)
        put(copy / "etc/amends/credentials/hook_secret", SECRET, 0o600)
        put(copy / "etc/systemd/system/amends.service.d/local.conf", DROP_IN)
        put(copy / "etc/systemd/system/world.service", WORLD)
        shutil.copy(ROOT / "tests/support/world.py", copy / "srv/world.py")
        must("chroot", str(copy), "systemctl", "enable", "--quiet", "amends")
        booted = Machine(copy, name)
        try:
            booted.until(lambda: booted.unit().get("ActiveState") == "active", "the service is active", 90)
            yield booted
        finally:
            booted.close()
    finally:
        shutil.rmtree(copy.parent, ignore_errors=True)


def journal(machine: Machine) -> str:
    """All that the service and systemd said of it."""
    return machine.run("journalctl", "-u", "amends", "--no-pager")[1]


def reload(machine: Machine, text: str, mode: int = 0o644) -> float:
    """Put a configuration in place, reload; whether metrics say that it is in force."""
    put(machine.tree / "etc/amends/amends.yaml", text, mode)
    said = '"message": "reload'  # "reloaded", or "reload refused"
    before = journal(machine).count(said)
    assert machine.run("systemctl", "reload", "amends") == (0, "")
    machine.until(lambda: journal(machine).count(said) > before, "the reload is done")
    machine.until(lambda: machine.unit()["ActiveState"] == "active", "systemd knows it")
    lines = machine.ask("/metrics").splitlines()
    return next(float(line.split()[1]) for line in lines if line.startswith("amends_config_last_reload_successful "))


def test_it_starts_and_tells_systemd_when_it_is_ready(machine: Machine) -> None:
    unit = machine.unit()

    assert (unit["ActiveState"], unit["SubState"], unit["NRestarts"]) == ("active", "running", "0")
    assert unit["StatusText"] == "hears 1 sources for 1 brands"
    assert json.loads(machine.ask("/readyz"))["status"] == "ready"


def test_its_state_is_its_own(machine: Machine) -> None:
    _, listing = machine.run("stat", "-L", "-c", "%n %a %U", "/var/lib/amends/.", *(
        f"/var/lib/amends/{name}" for name in ("amends.db", "amends.lock", "key", "cli.token")
    ))  # fmt: skip
    found = {name.rpartition("/")[2]: (mode, user) for name, mode, user in map(str.split, listing.splitlines())}

    assert {mode for name, (mode, _) in found.items() if name != "."} == {"600"}, listing
    assert found["."][0] == "700"
    assert "root" not in {user for _, user in found.values()}


def test_it_hears_judges_and_pages_under_all_of_its_hardening(machine: Machine) -> None:
    mentions = machine.until(lambda: json.loads(machine.ask("/api/v1/mentions") or "{}").get("mentions"), "the feed")
    assert {one["lang"]: one["tone"] for one in mentions} == {
        "en": "negative",
        "fr": "negative",
    }
    token = machine.run("cat", "/var/lib/amends/cli.token")[1].strip()
    now = datetime.now(UTC).isoformat()
    record = {"id": "1", "source": "crm", "published_at": now, "text": "Acme announces a recall", "author": "a"}

    machine.ask("/api/v1/mentions", "-H", f"Authorization: Bearer {token}", "-H", "Content-Type: application/json",
                "--data", json.dumps([record]))  # fmt: skip

    received = machine.tree / "srv/received"
    machine.until(lambda: received.exists() and {"/hook", "/apprise"} <= {
        line.split(" ")[0] for line in received.read_text("utf-8").splitlines()
    }, "a page at the webhook and, through Apprise's child, at the other", 60)  # fmt: skip
    code, listed = machine.run("/opt/amends/bin/amends", "incidents", "list", "--json")
    assert (code, json.loads(listed.splitlines()[0])["kind"]) == (0, "watch")


def test_a_good_file_is_taken_by_a_reload(machine: Machine) -> None:
    assert reload(machine, CONFIG + 'timezone: "Europe/Paris"\n') == 1.0
    assert machine.unit()["NRestarts"] == "0"


@pytest.mark.parametrize(("text", "mode"), [(CONFIG + "colour: blue\n", 0o644), (CONFIG, 0o600)])
def test_a_bad_file_is_refused_by_a_reload_and_the_old_one_stays(machine: Machine, text: str, mode: int) -> None:
    pid = machine.unit()["MainPID"]

    assert reload(machine, text, mode) == 0.0

    unit = machine.unit()
    assert (unit["ActiveState"], unit["MainPID"]) == ("active", pid)
    assert "refused" in unit["StatusText"]
    assert reload(machine, CONFIG) == 1.0
    assert "refused" not in machine.unit()["StatusText"]


def test_a_kill_brings_it_back(machine: Machine) -> None:
    before = machine.unit()

    machine.run("systemctl", "kill", "--signal=KILL", "--kill-who=main", "amends")

    machine.until(lambda: machine.unit()["MainPID"] not in {before["MainPID"], "0"}, "another process")
    machine.until(lambda: machine.unit()["ActiveState"] == "active", "active again", 60)
    assert int(machine.unit()["NRestarts"]) == int(before["NRestarts"]) + 1


def test_the_watchdog_ends_what_stands_still(machine: Machine) -> None:
    before = machine.unit()

    machine.run("systemctl", "kill", "--signal=STOP", "--kill-who=main", "amends")

    machine.until(lambda: machine.unit()["MainPID"] not in {before["MainPID"], "0"}, "another process", 60)
    machine.until(lambda: machine.unit()["ActiveState"] == "active", "active again", 60)
    assert "Watchdog timeout" in journal(machine)


def test_a_backup_is_restored_as_the_manual_says(machine: Machine) -> None:
    manual = (ROOT / "docs/deploy.md").read_text("utf-8")
    chapter = manual.split("### Backup and restore")[1].split("###")[0]
    steps = [line.strip().removeprefix("sudo ") for line in chapter.splitlines() if line.startswith("    ")]
    assert len(steps) == 4
    key = machine.run("sha256sum", "/var/lib/amends/key")[1]

    for step in steps:
        code, said = machine.run("sh", "-c", step)
        assert code == 0, f"{step}: {said}"

    assert machine.unit()["ActiveState"] == "active"
    assert machine.run("sha256sum", "/var/lib/amends/key")[1] == key
    assert len(json.loads(machine.ask("/api/v1/incidents"))["incidents"]) == 1


def test_a_bad_file_at_the_start_is_not_tried_again_and_again(machine: Machine) -> None:
    put(machine.tree / "etc/amends/amends.yaml", CONFIG + "colour: blue\n")
    code, _ = machine.run("systemctl", "restart", "amends")
    time.sleep(4)  # twice RestartSec
    unit = machine.unit()
    put(machine.tree / "etc/amends/amends.yaml", CONFIG)

    assert code != 0
    assert (unit["ActiveState"], unit["ExecMainStatus"], unit["MainPID"]) == ("failed", "2", "0")
    assert "unknown key 'colour'" in journal(machine)
    assert machine.run("systemctl", "start", "amends") == (0, "")


def test_it_stops_within_ten_seconds(machine: Machine) -> None:
    started = time.monotonic()

    assert machine.run("systemctl", "stop", "amends") == (0, "")

    assert time.monotonic() - started < 10
    unit = machine.unit()
    assert (unit["ActiveState"], unit["Result"], unit["ExecMainStatus"]) == ("inactive", "success", "0")
    assert SECRET not in journal(machine)
