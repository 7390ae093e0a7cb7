"""What the simulations share: the rules of a small desk, and a migrated, empty database to copy."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

import pytest
import structlog

from amends.config import load
from amends.config.rules import rules as compose
from amends.model import MINUTE
from amends.paging import worker
from amends.service import upkeep
from amends.storage import Store

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from amends.pipeline import Rules

CONFIGURATION = """
timezone: Europe/Paris
brands:
  acme: {name: Acme, watch: {terms: [recall], severity: 2}, escalation: desk}
  globex: {name: Globex, watch: {terms: [recall], severity: 1}, escalation: desk}
people:
  lea: {name: Léa, team: social, quiet_hours: "22:00-07:00", channels: [phone, mail], cap: 6 per 1h}
  sam: {name: Sam, team: legal, timezone: America/New_York, quiet_hours: "23:00-06:30", channels: [desk, mail]}
  kim: {name: Kim, team: board, channels: [mail]}
channels:
  phone: {kind: webhook, url: "http://127.0.0.1:9/phone", secret: whsec_YW1lbmRzLXRlc3Qtc2VjcmV0LW9mLTMyLWJ5dGVzISE=}
  desk: {kind: webhook, url: "http://127.0.0.1:9/desk", secret: whsec_YW1lbmRzLXRlc3Qtc2VjcmV0LW9mLTMyLWJ5dGVzISE=}
  mail: {kind: webhook, url: "http://127.0.0.1:9/mail", secret: whsec_YW1lbmRzLXRlc3Qtc2VjcmV0LW9mLTMyLWJ5dGVzISE=}
escalation:
  desk: {steps: [{page: [lea]}, {page: [sam], after: 10m}], repeat: 2, inform: [kim]}
"""


@pytest.fixture(scope="session")
def rules(tmp_path_factory: pytest.TempPathFactory) -> Rules:
    file = tmp_path_factory.mktemp("desk") / "amends.yaml"
    file.write_text(CONFIGURATION, encoding="utf-8")
    return compose(load(file, {}))


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database at the newest schema with nothing in it."""
    folder = tmp_path_factory.mktemp("empty")

    async def make() -> None:
        await (await Store.open("sqlite:///amends.db", folder=folder, durable=False)).close()

    asyncio.run(make())
    return folder / "amends.db"


@pytest.fixture(autouse=True)
def _without_log() -> Iterator[None]:
    """Thousands of injected faults are no news."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)
    structlog.reset_defaults()


@pytest.fixture(autouse=True)
def _look_less_often(monkeypatch: pytest.MonkeyPatch) -> None:
    """What looks every few seconds in case a clock has jumped looks once a minute: weeks shall take seconds."""
    monkeypatch.setattr(upkeep, "GAUGES_EVERY", MINUTE)
    monkeypatch.setattr(worker, "RECHECK", MINUTE)
