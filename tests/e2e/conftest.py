"""A configuration and a state folder for a daemon that runs as a process of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SECRET = "whsec_YW1lbmRzLXRlc3Qtc2VjcmV0LW9mLTMyLWJ5dGVzISE="
CONFIGURATION = """\
timezone: Europe/Paris
brands:
  acme: {{name: Acme, languages: [en, fr], watch: {{terms: [recall], severity: 2}}}}
  zeta: {{name: Zeta}}
people:
  lea: {{name: Léa, team: social, channels: [hook]}}
  sam: {{name: Sam, team: legal, channels: [hook]}}
channels:
  hook: {{kind: webhook, url: "{hook}", secret: "{secret}"}}
escalation:
  desk: {{steps: [{{page: [lea]}}, {{page: [sam], after: {after}}}], operators: [sam]}}
web: {{listen: "127.0.0.1:0", tokens: {{ci: "a-token-for-the-tests-only"}}}}
network: {{allow: ["127.0.0.0/8"]}}
"""


@pytest.fixture
def state(tmp_path: Path) -> Path:
    folder = tmp_path / "state"
    folder.mkdir()
    return folder


@pytest.fixture
def configure(tmp_path: Path) -> Callable[..., Path]:
    """Write a configuration whose pages go to a webhook receiver."""

    def write(hook: str, *, after: str = "3s", more: str = "") -> Path:
        path = tmp_path / "amends.yaml"
        path.write_text(CONFIGURATION.format(hook=hook, secret=SECRET, after=after) + more, encoding="utf-8")
        return path

    return write
