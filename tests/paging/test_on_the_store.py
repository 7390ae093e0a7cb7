"""Paging end to end inside the process: the real core and the real database, real receivers on loopback."""

from __future__ import annotations

from typing import TYPE_CHECKING

from amends.model import Acknowledge, Resolve
from amends.paging import Limits
from support import receivers
from support.desk import desk
from support.outbox import RunningClock

if TYPE_CHECKING:
    from pathlib import Path

QUICK = Limits(first_retry=0.05, longest_retry=0.2, lease=1.0)


def configuration(lea: str, sam: str, after: str = "90s") -> str:
    secret = "whsec_YW1lbmRzLXRlc3Qtc2VjcmV0LW9mLTMyLWJ5dGVzISE="
    return f"""
brands: {{acme: {{name: Acme, escalation: desk}}}}
people:
  lea: {{name: Léa, channels: [one, two]}}
  sam: {{name: Sam, channels: [two]}}
channels:
  one: {{kind: webhook, url: "{lea}", secret: {secret}}}
  two: {{kind: webhook, url: "{sam}", secret: {secret}}}
escalation:
  desk: {{steps: [{{page: [lea]}}, {{page: [sam], after: {after}}}]}}
"""


async def test_a_page_is_delivered_escalated_acknowledged_and_ended(tmp_path: Path) -> None:
    async with receivers.receiver("/lea") as lea, receivers.receiver("/sam") as sam:
        async with desk(tmp_path, configuration(lea.url, sam.url), RunningClock(), QUICK) as it:
            incident = await it.drill("acme")
            (first,) = await lea.until(1)
            await it.until(incident, {"sent": 1})
            assert first.json["type"] == "incident.opened"
            assert first.json["data"]["page"]["reason"] == "drill"
            assert first.json["data"]["page"]["drill"] is True
            await it.engine.apply("acme", Acknowledge(incident=incident, by="lea"))
            await it.until(incident, {"sent": 1})
            token = first.json["data"]["page"]["acknowledge_url"].rsplit("/", 1)[1]
            assert it.links.read(token, RunningClock().wall()).person == "lea"
        assert not sam.received


async def test_a_dead_first_channel_is_followed_by_the_second(tmp_path: Path) -> None:
    with receivers.nobody() as dead:
        async with receivers.receiver("/two") as two:
            settings = configuration(dead, two.url, after="3s")
            async with desk(tmp_path, settings, RunningClock(), QUICK) as it:
                incident = await it.drill("acme")
                (got,) = await two.until(1)
                await it.until(incident, {"failed": 1, "sent": 1})
                failed = next(row for row in await it.pages(incident) if row.page.state == "failed")
            assert got.json["data"]["page"]["person"] == "lea"
            assert failed.attempts >= 2
            assert failed.error


async def test_a_worker_that_dies_between_the_wire_and_the_record_repeats_under_the_same_id(tmp_path: Path) -> None:
    async with receivers.receiver("/lea") as lea, receivers.receiver("/sam") as sam:
        lea.then(receivers.never())
        settings = configuration(lea.url, sam.url)
        async with desk(tmp_path, settings, RunningClock(), QUICK) as it:
            incident = await it.drill("acme")
            await lea.until(1)
            await it.kill()
            assert [row.page.state for row in await it.pages(incident)] == ["queued"]
        async with desk(tmp_path, settings, RunningClock(), QUICK) as it:
            await it.until(incident, {"sent": 1})
        assert len(lea.received) == 2
        assert len({one.headers["webhook-id"] for one in lea.received}) == 1
        assert lea.received[0].body == lea.received[1].body


async def test_what_is_confirmed_is_not_sent_again_after_a_restart(tmp_path: Path) -> None:
    async with receivers.receiver("/lea") as lea, receivers.receiver("/sam") as sam:
        settings = configuration(lea.url, sam.url)
        async with desk(tmp_path, settings, RunningClock(), QUICK) as it:
            incident = await it.drill("acme")
            await it.until(incident, {"sent": 1})
        async with desk(tmp_path, settings, RunningClock(), QUICK) as it:
            await it.engine.apply("acme", Resolve(incident=incident, by="sam"))
            await it.until(incident, {"sent": 2})
        assert [one.json["data"]["page"]["reason"] for one in lea.received] == ["drill", "resolved"]
        assert lea.received[1].json["data"]["page"]["acknowledge_url"] is None
        assert not sam.received
