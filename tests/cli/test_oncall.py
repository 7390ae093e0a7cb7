"""`amends oncall`, and what `check` says of rotas and of channels that never worked."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from amends.cli.incidents import described, scored
from amends.config import load
from amends.config.rules import rules
from amends.model import Delivered, StartDrill
from amends.storage import Store
from support.cli import amends

if TYPE_CHECKING:
    from pathlib import Path

PARIS = ZoneInfo("Europe/Paris")
FILE = """
timezone: Europe/Paris
brands: {{acme: {{name: Acme}}}}
people:
  lea: {{name: Léa, team: social, quiet_hours: "22:00-07:00", channels: [hook]}}
  kim: {{name: Kim, team: social, channels: [hook]}}
  sam: {{name: Sam, team: legal, channels: [hook]}}
channels: {{hook: {{kind: webhook, url: "http://127.0.0.1:1/", secret: "whsec_YW1lbmRzLXRlc3Qtc2VjcmV0"}}}}
rotas:
  week: {{people: [lea], every: 7d, from: "{start}"}}
  night: {{calendar: night.ics, fallback: sam}}
escalation: {{desk: {{steps: [{{page: [week]}}, {{page: [night], after: 10m}}]}}}}
"""


@pytest.fixture
def configured(place: Path) -> Path:
    """A rota that began last week, and a calendar in which Kim has the nights of the coming ten days."""
    today = datetime.now(PARIS).replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None)
    (place / "amends.yaml").write_text(FILE.format(start=f"{today - timedelta(days=8):%Y-%m-%dT%H:%M}"), "utf-8")
    (place / "night.ics").write_text(
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:t\r\nBEGIN:VEVENT\r\nUID:1\r\nSUMMARY:Kim\r\n"
        f"DTSTART;TZID=Europe/Paris:{today:%Y%m%dT200000}\r\nDURATION:PT12H\r\nRRULE:FREQ=DAILY;COUNT=10\r\n"
        "END:VEVENT\r\nEND:VCALENDAR\r\n",
        "utf-8",
    )
    return place


@pytest.mark.usefixtures("configured")
def test_who_would_be_paged_at_a_weekday_and_hour_quiet_hours_included() -> None:
    ran = amends("oncall", "--at", "23:00", "--severity", "2")
    assert ran.code == 0, ran.err
    lea, kim = ran.rows
    assert (lea["person"], lea["rota"], lea["step"], lea["brand"]) == ("lea", "week", 1, "acme")
    assert lea["held_until"] is not None
    assert (kim["person"], kim["rota"], kim["held_until"]) == ("kim", "night", None)
    worst = amends("oncall", "--at", "23:00")
    assert [(row["person"], row["held_until"]) for row in worst.rows] == [("lea", None), ("kim", None), ("sam", None)]
    assert "severity 1 reaches two people, one outside the team" in worst.rows[2]["why"]


@pytest.mark.usefixtures("configured")
def test_a_gap_is_said_with_the_fallback_that_is_called() -> None:
    ran = amends("oncall", "--at", "12:00")
    assert [row["person"] for row in ran.rows] == ["lea", "sam"]
    assert "nobody is on call in the rota night" in ran.err
    table = amends("oncall", "--at", "12:00", terminal=True, columns=200)
    assert "PERSON" in table.out


@pytest.mark.usefixtures("configured")
@pytest.mark.parametrize("arguments", [["--at", "someday"], ["--severity", "4"], ["--brand", "nope"]])
def test_what_is_no_time_severity_or_brand_is_wrong_input(arguments: list[str]) -> None:
    assert amends("oncall", *arguments).code == 2


def test_without_a_configuration_it_says_how_to_get_one(place: Path) -> None:
    ran = amends("oncall")
    assert ran.code == 2
    assert "amends init" in ran.err
    assert place.is_dir()


@pytest.mark.usefixtures("configured")
def test_check_lists_the_gaps_of_ninety_days_and_who_would_be_alone() -> None:
    ran = amends("check")
    assert ran.code == 0, ran.out
    assert "rotas.night: nobody is on call from" in ran.out
    assert "sam is called" in ran.out
    assert "more gaps within 90 days" in ran.out
    assert "severity 1 would reach Léa, Kim alone: Sam is called too then" in ran.out
    assert ran.out.count("amends.yaml:11: warning: rotas.night") == 6, ran.out


def test_check_tells_of_a_calendar_that_it_cannot_know(configured: Path) -> None:
    text = (configured / "amends.yaml").read_text("utf-8")
    (configured / "amends.yaml").write_text(text.replace("night.ics", '"http://127.0.0.1:1/night.ics"'), "utf-8")
    assert "its calendar is not known: no copy of it is kept here" in amends("check").out
    assert "its calendar is not known: 127.0.0.1" in amends("check", "--online").out
    ran = amends("oncall", "--at", "23:00")
    assert [row["person"] for row in ran.rows] == ["lea", "sam"]


def test_check_warns_of_channels_that_never_took_a_page_where_the_state_folder_can_tell(configured: Path) -> None:
    assert "never took a page" not in amends("check").out
    folder = configured / "state" / "amends"
    folder.mkdir(parents=True)
    config = load(configured / "amends.yaml", {})

    async def live(*, delivered: bool) -> None:
        store = await Store.open("sqlite:///amends.db", folder=folder)
        if delivered:
            decision = await store.apply("acme", StartDrill(by="lea"), now=1_767_614_400.0, rules=rules(config))
            page = decision.pages[0]
            told = Delivered(page=page.id, incident=page.incident.id)
            await store.apply("acme", told, now=1_767_614_401.0, rules=rules(config))
        await store.close()

    asyncio.run(live(delivered=False))
    assert "people.lea: hook never took a page; run `amends drill`" in amends("check").out
    asyncio.run(live(delivered=True))
    out = amends("check").out
    assert "people.lea" not in out
    assert "people.sam: hook never took a page" in out


def test_how_a_drill_went_is_told_in_lines() -> None:
    whole = {
        "case": "outage", "detected_seconds": 420, "detection": "x", "acknowledged_seconds": 95.0,
        "acknowledged_by": "lea",
        "first_line_seconds": 4_000.0, "first_line_target_seconds": 3_600.0, "in_time": False,
        "lint": {"verdict": "fail", "findings": [{"rule": "conditional"}]},
    }  # fmt: skip
    assert scored(whole) == [
        "case:          outage",
        "noticed:       7 min",
        "acknowledged:  95 s by lea",
        "first line:    67 min (late), wanted within 60 min",
        "its words:     fail: conditional",
    ]
    bare = scored({"case": "outage", "detection": "not scored", "first_line_target_seconds": 1_800.0})
    assert bare[1:] == [
        "noticed:       not scored",
        "acknowledged:  not yet",
        "first line:    not yet, wanted within 30 min",
        "its words:     -",
    ]
    shown = described({"title": "DRILL", "score": whole})
    assert "How the drill went:" in shown
