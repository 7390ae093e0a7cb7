"""Alertmanager, the real one: an alert while the incident lasts, its end with it."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from amends.incidents import rfc3339
from amends.model import Stage
from amends.paging import KINDS, Follower, Refused, Sent, Told, build, compose
from amends.paging.channels.alertmanager import alert
from support import receivers
from support.alerts import alertmanager, alerts, until
from support.hostile import HOSTILE
from support.outbox import LINKS, page

if TYPE_CHECKING:
    from pathlib import Path

    import aiohttp

    from amends.model import Incident, Page
    from amends.paging import Channel


def channel_to(url: str, session: aiohttp.ClientSession) -> Channel:
    return build("ops", KINDS["alertmanager"].model_validate({"kind": "alertmanager", "url": url}), session)


def told(one: Page, **changes: Any) -> Told:
    incident: Incident = replace(one.incident, **changes)
    return Told(page=one, incident=incident)


async def follow(channel: Channel, *all_told: Told) -> list[Any]:
    assert isinstance(channel, Follower)
    now = time.time()
    return [await channel.follow(wish, now) for wish in channel.wishes(all_told)]


async def test_an_incident_is_an_alert_until_it_is_over(tmp_path: Path, session: aiohttp.ClientSession) -> None:
    async with receivers.receiver() as end, alertmanager(tmp_path, end.url) as url:
        channel, one = channel_to(url, session), page()
        assert await channel.send(compose([one], LINKS, language="en", now=time.time())) == Sent()
        (alert,) = await until(url, "warning")
        assert alert["labels"] == {
            "alertname": "AmendsIncident",
            "brand": "acme",
            "kind": "tone",
            "severity": "warning",
            "incident": "inc_acme",
        }
        assert await follow(channel, told(one)) == [Sent()]
        (again,) = await alerts(url)
        assert again["fingerprint"] == alert["fingerprint"]
        assert again["endsAt"] >= alert["endsAt"]
        (firing,) = await end.until(1, seconds=45)
        assert firing.json["status"] == "firing"
        assert await follow(channel, told(one, state=Stage.RESOLVED, resolved_at=time.time())) == [Sent()]
        _, over = await end.until(2, seconds=45)
        assert over.json["status"] == "resolved"
        await until(url)


async def test_a_notice_of_recovery_ends_the_alert(tmp_path: Path, session: aiohttp.ClientSession) -> None:
    async with receivers.receiver() as end, alertmanager(tmp_path, end.url) as url:
        channel = channel_to(url, session)
        for one in (page(), page(2, kind="notice", reason="resolved", event="resolved")):
            assert await channel.send(compose([one], LINKS, language="en", now=time.time())) == Sent()
        await until(url)


async def test_a_higher_severity_is_another_alert_and_the_lower_one_ends(
    tmp_path: Path, session: aiohttp.ClientSession
) -> None:
    async with receivers.receiver() as end, alertmanager(tmp_path, end.url) as url:
        channel, low, high = channel_to(url, session), page(severity=3), page(2, severity=1, reason="raised")
        for one in (low, high):
            assert await channel.send(compose([one], LINKS, language="en", now=time.time())) == Sent()
        assert await follow(channel, told(low, severity=1), told(high)) == [Sent(), Sent()]
        await until(url, "critical")


def test_an_end_lies_behind_a_clock_that_is_late_and_never_before_the_start() -> None:
    young, old = (replace(page().incident, opened_at=at) for at in (1_000_000.0, 900_000.0))
    assert alert(old, "", "", now=1_000_001.0, ended=True)["endsAt"] == rfc3339(999_941.0)
    assert alert(young, "", "", now=1_000_001.0, ended=True)["endsAt"] == rfc3339(1_000_000.001)


async def test_who_has_it_is_said_and_texts_stay_out_of_labels(tmp_path: Path, session: aiohttp.ClientSession) -> None:
    async with receivers.receiver() as end, alertmanager(tmp_path, end.url) as url:
        channel, one = channel_to(url, session), page(title=HOSTILE, text=HOSTILE)
        assert await channel.send(compose([one], LINKS, language="en", now=time.time())) == Sent()
        assert await follow(channel, told(one, acknowledged_at=1.0, acknowledged_by="lea")) == [Sent()]
        (alert,) = await alerts(url)
    assert alert["annotations"]["acknowledged_by"] == "lea"
    assert "{{7*7}} ${HOME} <script>" in alert["annotations"]["description"]
    assert "script" not in str(alert["labels"])


async def test_proof_of_life_is_no_alert(session: aiohttp.ClientSession) -> None:
    message = compose([page(kind="notice", reason="alive")], LINKS, language="en", now=time.time())
    assert isinstance(await channel_to("http://127.0.0.1:1", session).send(message), Refused)
