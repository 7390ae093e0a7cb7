"""What operators are given: accepted by systemd, Prometheus and Alertmanager themselves."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from amends.config import load
from amends.observe import Metrics
from support.real import program

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
UNIT = DEPLOY / "systemd" / "amends.service"
PROMISED = {
    "Type": "notify",
    "ExecReload": "/bin/kill -HUP $MAINPID",
    "Restart": "always",
    "RestartPreventExitStatus": "2",
    "KillMode": "mixed",
    "TimeoutStopSec": "10",
    "StateDirectory": "amends",
    "ConfigurationDirectory": "amends",
    "WatchdogSec": "30",
}


def run(*arguments: str, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    return subprocess.run(arguments, cwd=cwd, capture_output=True, text=True, check=False, timeout=60)


def test_systemd_accepts_the_unit(tmp_path: Path) -> None:
    verify = program("systemd-analyze")
    text = UNIT.read_text("utf-8")
    unit = tmp_path / "amends.service"
    unit.write_text(text.replace("/opt/amends/bin/amends", "/bin/true").replace("file:/opt/amends", "file:/"), "utf-8")

    done = run(verify, "verify", str(unit))

    assert (done.returncode, done.stdout + done.stderr) == (0, "")


def test_the_unit_is_hardened_to_a_score_of_two_or_less() -> None:
    done = run(program("systemd-analyze"), "security", "--offline=true", str(UNIT))

    found = re.search(r"exposure level for amends\.service: ([0-9.]+)", done.stdout)
    assert found, done.stdout + done.stderr
    assert float(found[1]) <= 2.0


def test_the_unit_keeps_what_the_doors_promise() -> None:
    said = dict(
        line.split("=", 1) for line in UNIT.read_text("utf-8").splitlines() if "=" in line and not line.startswith("#")
    )

    assert {key: said.get(key) for key in PROMISED} == PROMISED


def test_the_alert_rules_say_what_their_tests_say() -> None:
    done = run(program("promtool"), "test", "rules", "rules_test.yml", cwd=DEPLOY / "prometheus")

    assert done.returncode == 0, done.stdout + done.stderr


def test_every_alert_has_a_test() -> None:
    rules = set(re.findall(r"alert: (\w+)", (DEPLOY / "prometheus" / "rules.yml").read_text("utf-8")))
    tested = set(re.findall(r"alertname: (\w+)", (DEPLOY / "prometheus" / "rules_test.yml").read_text("utf-8")))

    assert rules == tested


def test_alertmanager_accepts_its_file() -> None:
    done = run(program("amtool"), "check-config", str(DEPLOY / "alertmanager" / "alertmanager.yml"))

    assert done.returncode == 0, done.stdout + done.stderr


def queries() -> list[str]:
    board = json.loads((DEPLOY / "grafana" / "dashboards" / "amends.json").read_text("utf-8"))
    found = [target["expr"] for panel in board["panels"] for target in panel["targets"]]
    return found + [note["expr"] for note in board["annotations"]["list"]]


def test_the_dashboard_and_the_rules_name_only_metrics_that_there_are() -> None:
    metrics = Metrics("0")
    names = {metric.name for metric in metrics.registry.collect()}
    known = names | {f"{name}{end}" for name in names for end in ("_total", "_bucket", "_count", "_sum")}
    text = " ".join(queries()) + (DEPLOY / "prometheus" / "rules.yml").read_text("utf-8")

    used = set(re.findall(r"\bamends_[a-z_]+", text))

    assert used
    assert used <= known


def test_every_metric_stands_on_the_board_or_rings() -> None:
    text = " ".join(queries()) + (DEPLOY / "prometheus" / "rules.yml").read_text("utf-8")

    unseen = {metric.name for metric in Metrics("0").registry.collect() if metric.name not in text}

    assert not unseen


def test_every_panels_query_parses(tmp_path: Path) -> None:
    promtool = program("promtool")
    rules = [
        {"record": f"panel:{number}", "expr": query.replace("$brand", ".*")} for number, query in enumerate(queries())
    ]
    path = tmp_path / "panels.yml"
    path.write_text(json.dumps({"groups": [{"name": "panels", "rules": rules}]}), "utf-8")

    done = run(promtool, "check", "rules", str(path))

    assert done.returncode == 0, done.stdout + done.stderr


def test_all_that_the_compose_file_refers_to_is_there() -> None:
    compose = YAML(typ="safe").load(DEPLOY / "compose.yaml")
    made = {"./config", "./secrets/amends_token"}  # by the operator, as docs/deploy.md says
    manual = (ROOT / "docs" / "deploy.md").read_text("utf-8")
    volumes = [volume.split(":")[0] for service in compose["services"].values() for volume in service["volumes"]]
    paths = {volume for volume in volumes if volume.startswith(".")}
    paths |= {secret["file"] for secret in compose["secrets"].values()}

    assert {volume for volume in volumes if not volume.startswith(".")} == set(compose["volumes"])
    assert {path for path in paths if not (DEPLOY / path).exists()} <= made
    assert all(path.removeprefix("./") in manual for path in made)
    assert (DEPLOY / compose["services"]["amends"]["build"]["context"] / "Dockerfile").is_file()
    assert set(compose["services"]["amends"]["secrets"]) == set(compose["secrets"])


def test_prometheus_asks_where_the_compose_file_serves() -> None:
    compose = YAML(typ="safe").load(DEPLOY / "compose.yaml")
    (job,) = YAML(typ="safe").load(DEPLOY / "prometheus" / "prometheus.yml")["scrape_configs"]

    host, port = job["static_configs"][0]["targets"][0].split(":")

    assert host in compose["services"]
    assert compose["services"][host]["ports"] == [f"127.0.0.1:{port}:{port}"]
    assert Path(job["authorization"]["credentials_file"]).name in compose["services"]["prometheus"]["secrets"]


def test_the_manuals_configuration_for_a_container_is_accepted(tmp_path: Path) -> None:
    manual = (ROOT / "docs" / "deploy.md").read_text("utf-8")
    path = tmp_path / "amends.yaml"
    path.write_text(manual.split("```yaml\n")[1].split("```")[0], "utf-8")
    for name in ("amends_token", "ntfy_topic"):
        (tmp_path / name).write_text("f00dfeedf00dfeedf00dfeed", "utf-8")

    config = load(path, {"CREDENTIALS_DIRECTORY": str(tmp_path)})

    assert str(config.web.listen) == "0.0.0.0:8484"
    assert set(config.web.tokens) == {"operator"}


@pytest.mark.parametrize("command", ["make run", "make test"])
def test_the_readmes_two_commands_are_real_targets(command: str) -> None:
    readme = (ROOT / "README.md").read_text("utf-8")
    makefile = (ROOT / "Makefile").read_text("utf-8")

    assert re.search(rf"^\s*{command}\b", readme, re.MULTILINE)
    assert re.search(rf"^{command.split()[1]}:", makefile, re.MULTILINE)


def test_the_readmes_commands_are_the_ones_that_ci_runs() -> None:
    ci = (ROOT / ".ci" / "run").read_text("utf-8")

    assert "make test " in ci
    assert "make test-slow" in ci
    assert "AMENDS_REQUIRE_REAL=1" in ci
    assert "test_demo" in {path.stem for path in (ROOT / "tests" / "e2e").glob("*.py")}, "make run is `amends demo`"


def test_nothing_committed_names_where_packages_came_from() -> None:
    for lock in sorted((ROOT / "requirements").glob("*.lock")):
        text = lock.read_text("utf-8")
        assert "--hash=sha256:" in text
        assert not re.search(r"https?://|file:|--index-url|--find-links", text), lock.name
