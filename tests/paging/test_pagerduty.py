"""PagerDuty, a strict fake of its published schema: one alert from trigger to resolve, and what is pressed there."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from pydantic import ValidationError

from amends.incidents import Trigger, step
from amends.model import Stage
from amends.paging import KINDS, Follower, Pressed, Refused, Retry, Sent, Told, build, compose
from support import receivers
from support.duty import API, ROUTING, pagerduty
from support.hostile import HOSTILE
from support.outbox import LINKS, page

if TYPE_CHECKING:
    import aiohttp

    from amends.model import Page
    from amends.paging import Channel, Result


def channel_to(url: str, session: aiohttp.ClientSession, **keys: Any) -> Channel:
    told = {"kind": "pagerduty", "routing_key": ROUTING, "server": url, "api": url, **keys}
    return build("duty", KINDS["pagerduty"].model_validate(told), session)


async def send(channel: Channel, one: Page) -> Result:
    return await channel.send(compose([one], LINKS, language="en", now=time.time()))


async def follow(channel: Channel, *told: Told) -> list[Any]:
    assert isinstance(channel, Follower)
    return [await channel.follow(wish, time.time()) for wish in channel.wishes(told)]


def notice(reason: str) -> Page:
    return page(2, kind="notice", reason=reason, event=reason)


async def test_one_alert_is_triggered_acknowledged_and_resolved(session: aiohttp.ClientSession) -> None:
    async with pagerduty() as duty:
        channel = channel_to(duty.url, session)
        for one, status in (
            (page(), "triggered"),
            (page(3, reason="unacknowledged"), "triggered"),
            (notice("acknowledged"), "acknowledged"),
            (notice("resolved"), "resolved"),
            (notice("resolved"), "resolved"),
        ):
            assert await send(channel, one) == Sent()
            assert [alert.status for alert in duty.alerts] == [status]
        assert not duty.refused


async def test_after_its_end_a_call_opens_a_new_alert(session: aiohttp.ClientSession) -> None:
    async with pagerduty() as duty:
        channel = channel_to(duty.url, session)
        for one in (page(), notice("resolved"), page(5)):
            assert await send(channel, one) == Sent()
        assert [alert.status for alert in duty.alerts] == ["resolved", "triggered"]


async def test_a_higher_severity_rings_again_though_the_lower_was_acknowledged(session: aiohttp.ClientSession) -> None:
    async with pagerduty() as duty:
        channel, low, high = channel_to(duty.url, session), page(severity=3), page(2, severity=1, reason="raised")
        for one in (low, notice("acknowledged"), high):
            await send(channel, one)
        assert await follow(channel, Told(page=low, incident=high.incident)) == [Sent()]
        assert [(alert.key, alert.status) for alert in duty.alerts] == [
            ("inc_acme-3", "resolved"),
            ("inc_acme-1", "triggered"),
        ]


async def test_what_is_given_back_rings_again_though_it_was_acknowledged_there(session: aiohttp.ClientSession) -> None:
    async with pagerduty() as duty:
        channel, one = channel_to(duty.url, session, api_token=API), page()
        taken, _ = step(one.incident, Trigger.ACKNOWLEDGE, now=1.0, by="lea", why="w")
        given, _ = step(taken, Trigger.UNACKNOWLEDGE, now=2.0, by="lea", why="w")
        again = replace(page(3, reason="unacknowledged"), incident=given)
        for sent in (one, notice("acknowledged"), again):
            assert await send(channel, sent) == Sent()
        assert await follow(channel, Told(page=one, incident=given), Told(page=again, incident=given)) == [Sent()] * 2
        assert [(alert.key, alert.status) for alert in duty.alerts] == [
            ("inc_acme-2", "resolved"),
            ("inc_acme-2-1", "triggered"),
        ]


async def test_the_alert_follows_the_incident_whoever_was_told(session: aiohttp.ClientSession) -> None:
    async with pagerduty() as duty:
        channel, one = channel_to(duty.url, session), page()
        await send(channel, one)
        assert await follow(channel, Told(page=one, incident=one.incident)) == []
        taken = replace(one.incident, acknowledged_at=1.0, acknowledged_by="lea")
        for incident, status in ((taken, "acknowledged"), (replace(taken, state=Stage.RESOLVED), "resolved")):
            assert await follow(channel, Told(page=one, incident=incident)) == [Sent()]
            assert [alert.status for alert in duty.alerts] == [status]


async def test_who_acknowledges_there_is_heard_here(session: aiohttp.ClientSession) -> None:
    async with pagerduty() as duty:
        channel, one = channel_to(duty.url, session, api_token=API), page()
        await send(channel, one)
        told = Told(page=one, incident=one.incident)
        assert await follow(channel, told) == [Sent()]
        duty.alerts[0].status, duty.alerts[0].at = "acknowledged", 1_767_571_234.0
        assert await follow(channel, told) == [Pressed(by="sam", at=1_767_571_234.0)]
        wrong = channel_to(duty.url, session, api_token="wrong")
        assert isinstance((await follow(wrong, told))[0], Retry)


@pytest.mark.parametrize("text", ["no JSON", "[]", "{}", '{"incidents": 5}', '{"incidents": [7, {"incident_key": 1}]}'])
async def test_an_odd_answer_acknowledges_nothing(text: str, session: aiohttp.ClientSession) -> None:
    async with receivers.receiver("") as end:
        end.usual = receivers.answer(text=text)
        one = page()
        channel = channel_to(end.url, session, api_token=API)
        (result,) = await follow(channel, Told(page=one, incident=one.incident))
    assert not isinstance(result, Pressed)


async def test_hostile_and_endless_texts_pass_its_schema(session: aiohttp.ClientSession) -> None:
    async with pagerduty() as duty:
        channel = channel_to(duty.url, session)
        for one in (page(title=HOSTILE, text=HOSTILE), page(text="👩‍👩‍👧‍👦" * 60_000), page(title="")):
            assert await send(channel, one) == Sent()
        assert not duty.refused


async def test_proof_of_life_is_no_alert(session: aiohttp.ClientSession) -> None:
    assert isinstance(await send(channel_to("http://127.0.0.1:1", session), notice("alive")), Refused)


def test_a_key_that_is_none_is_refused() -> None:
    with pytest.raises(ValidationError, match="32 letters and digits"):
        KINDS["pagerduty"].model_validate({"kind": "pagerduty", "routing_key": "short"})
