"""The commented example is true, and so are the doors."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from amends.config import ConfigurationError, load
from amends.config.rules import rules

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "config" / "amends.example.yaml"
DOORS = ROOT.parent / "shared" / "DOORS.md"


def leaves(tree: Any, path: tuple[str, ...] = ()) -> set[tuple[str, ...]]:
    """Return every key of a tree; ids of maps are written *."""
    found: set[tuple[str, ...]] = set()
    if isinstance(tree, dict):
        for key, value in tree.items():
            ids = len(path) == 1 and path[0] in {"brands", "sources", "people", "channels", "escalation", "rotas"}
            inner = (*path, "*" if ids else str(key))
            found |= {inner} | leaves(value, inner)
    if isinstance(tree, list):
        for value in tree:
            found |= leaves(value, path)
    return found


def test_the_example_has_no_error_and_no_warning() -> None:
    config = load(EXAMPLE, {})
    assert config.warnings == ()
    assert rules(config).brands["acme"].name == "Acme"


def doors_example() -> str:
    if not DOORS.is_file():
        if os.environ.get("AMENDS_REQUIRE_REAL") == "1" and DOORS.parent.is_dir():
            pytest.fail(f"{DOORS} is not there")
        pytest.skip(f"NOT TESTED: {DOORS} is not there")
    found = re.search(r"```yaml\n(.*?)```", DOORS.read_text("utf-8"), re.DOTALL)
    assert found is not None
    return found[1]


ENV = {
    "NTFY_TOPIC": "amends-topic-for-tests", "NTFY_REPLY": "amends-reply-for-tests", "APPRISE_URL": "json://localhost",
    "HOOK_SECRET": "whsec_YW1lbmRzLXRlc3Qtc2VjcmV0LW9mLTMyLWJ5dGVzISE=", "AMENDS_TOKEN": "0123456789abcdef0123",
    "IMAP_USER": "imap", "CRM_SECRET": "crm-secret", "X_KEY": "x-secret-key",
}  # fmt: skip
LATER = {"opml", "imap", "webhook", "folder", "x", "cap"}


def test_every_key_of_the_doors_is_taken_or_refused_with_not_yet(tmp_path: Path) -> None:
    path = tmp_path / "amends.yaml"
    path.write_text(doors_example(), "utf-8")
    (tmp_path / "ntfy_token").write_text("tk_for_tests")
    (tmp_path / "imap").write_text("imap-password")
    for secret in ("ntfy_token", "imap"):
        (tmp_path / secret).chmod(0o600)
    with pytest.raises(ConfigurationError) as caught:
        load(path, ENV)
    errors = [problem.text for problem in caught.value.problems if problem.level == "error"]
    assert errors
    assert all(text.startswith("not yet: ") for text in errors), errors
    assert len(errors) == len(LATER), errors


def test_the_example_shows_every_key_of_the_doors_but_those_that_are_not_built() -> None:
    doors = leaves(YAML(typ="safe", pure=True).load(doors_example()))
    example = leaves(YAML(typ="safe", pure=True).load(EXAMPLE.read_text("utf-8")))
    text = EXAMPLE.read_text("utf-8")
    missing = {".".join(path) for path in doors - example if not {*path, "drop"} & {*LATER, "sentiment"}}
    only_commented = {
        key for key in missing if re.search(rf"^\s*#.*\b{re.escape(key.rsplit('.', 1)[-1])}\b", text, re.MULTILINE)
    }
    assert missing - only_commented <= {"sources.*.password", "sources.*.secret", "sources.*.path", "sources.*.key",
                                        "web.tokens.ci"}  # fmt: skip
