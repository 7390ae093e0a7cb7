"""Twilio, a strict fake of its reference: one message whatever is lost, replies and keys that acknowledge."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import pytest
from pydantic import ValidationError

from amends.model import Stage
from amends.paging import KINDS, Follower, Links, Pressed, Refused, Remembering, Retry, Sent, Told, build, compose
from amends.paging.channels.twilio import code_of
from support import receivers
from support.hostile import HOSTILE
from support.outbox import LINKS, page
from support.twilio import ACCOUNT, OURS, THEIRS, TOKEN, Twilio, twilio
from support.wires import Paper

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    import aiohttp

    from amends.model import Page
    from amends.paging import Channel, Result

HERE = Links(b"k" * 32, "http://127.0.0.1:8484")


def channel_to(
    kind: str, url: str, session: aiohttp.ClientSession, memory: Paper | None = None, **keys: Any
) -> Channel:
    told = {"kind": kind, "account": ACCOUNT, "token": TOKEN, "from": OURS, "to": THEIRS, "server": url, **keys}
    channel = build("line", KINDS[kind].model_validate(told), session)
    if memory is not None:
        assert isinstance(channel, Remembering)
        channel.remember(memory)
    return channel


async def send(channel: Channel, one: Page, links: Links = LINKS, language: str = "en") -> Result:
    return await channel.send(compose([one], links, language=language, now=time.time()))


async def follow(channel: Channel, *told: Told) -> list[Any]:
    assert isinstance(channel, Follower)
    return [await channel.follow(wish, time.time()) for wish in channel.wishes(told)]


@pytest.fixture
async def far() -> AsyncIterator[Twilio]:
    async with twilio() as fake:
        yield fake


async def test_a_text_message_is_short_and_carries_link_and_digits(far: Twilio, session: aiohttp.ClientSession) -> None:
    one = page()
    assert await send(channel_to("sms", far.url, session), one) == Sent()
    (sent,) = far.messages
    assert sent["body"].startswith("Acme: 12 times the usual\n12 times")
    assert LINKS.acknowledge(one) in sent["body"]
    assert sent["body"].endswith(f"Reply {code_of(one.id)} to acknowledge.")
    assert len(sent["body"]) <= 480


@pytest.mark.parametrize("kind", ["sms", "voice"])
@pytest.mark.parametrize("text", [HOSTILE, "👩‍👩‍👧‍👦" * 3_000, "", "]]></Say><Hangup/>"])
async def test_any_text_passes_its_schema(kind: str, text: str, far: Twilio, session: aiohttp.ClientSession) -> None:
    channel = channel_to(kind, far.url, session)
    for links in (LINKS, HERE, Links(b"k" * 32, "https://h.example/" + "x" * 400)):
        assert await send(channel, page(text=text), links, "fr") == Sent()
        far.messages.clear()
        far.calls.clear()
    assert not far.refused


@pytest.mark.parametrize("kind", ["sms", "voice"])
async def test_a_lost_answer_is_looked_up_and_nobody_is_told_twice(
    kind: str, far: Twilio, session: aiohttp.ClientSession
) -> None:
    far.lose, memory = 1, Paper()
    assert isinstance(await send(channel_to(kind, far.url, session, memory), page()), Retry)
    assert await send(channel_to(kind, far.url, session, memory), page()) == Sent()  # after a restart, too
    assert len(far.messages) + len(far.calls) == 1


@pytest.mark.parametrize("kind", ["sms", "voice"])
async def test_what_never_arrived_is_sent_after_a_look(kind: str, far: Twilio, session: aiohttp.ClientSession) -> None:
    memory = Paper()
    async with receivers.receiver("") as dead:
        dead.usual = receivers.reply_lost()
        lost = channel_to(kind, dead.url, session, memory)
        assert isinstance(await send(lost, page()), Retry)
        assert isinstance(await send(lost, page()), Retry)  # cannot look: does not send blindly
        assert [one.method for one in dead.received].count("POST") == 1
    assert await send(channel_to(kind, far.url, session, memory), page()) == Sent()
    assert len(far.messages) + len(far.calls) == 1


async def test_a_message_that_twilio_did_not_deliver_is_sent_again(far: Twilio, session: aiohttp.ClientSession) -> None:
    far.lose, memory = 1, Paper()
    channel = channel_to("sms", far.url, session, memory)
    await send(channel, page())
    far.messages[0]["status"] = "undelivered"
    assert await send(channel, page()) == Sent()
    assert len(far.messages) == 2


async def test_a_server_error_is_looked_up_too(far: Twilio, session: aiohttp.ClientSession) -> None:
    memory = Paper()
    async with receivers.receiver("") as broken:
        broken.usual = receivers.answer(500, text='{"code": 20500, "status": 500}')
        assert isinstance(await send(channel_to("sms", broken.url, session, memory), page()), Retry)
    assert await send(channel_to("sms", far.url, session), page()) == Sent()  # that attempt had arrived, say
    assert await send(channel_to("sms", far.url, session, memory), page()) == Sent()
    assert len(far.messages) == 1


async def test_a_refusal_names_twilios_own_code(far: Twilio, session: aiohttp.ClientSession) -> None:
    far.error = (400, 21610)
    channel = channel_to("sms", far.url, session)
    result = await send(channel, page())
    assert isinstance(result, Refused)
    assert "21610" in result.why
    far.error = (429, 20429)
    assert isinstance(await send(channel, page()), Retry)
    far.error = None
    assert await send(channel, page()) == Sent()


async def test_a_cancelled_attempt_is_looked_up_next_time(far: Twilio, session: aiohttp.ClientSession) -> None:
    memory = Paper()
    async with receivers.receiver("") as slow:
        slow.usual = receivers.never()
        task = asyncio.create_task(send(channel_to("sms", slow.url, session, memory), page()))
        await slow.until(1)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    assert await send(channel_to("sms", far.url, session), page()) == Sent()  # that attempt had arrived, say
    assert await send(channel_to("sms", far.url, session, memory), page()) == Sent()
    assert len(far.messages) == 1


async def test_a_reply_with_the_digits_acknowledges(far: Twilio, session: aiohttp.ClientSession) -> None:
    channel, one = channel_to("sms", far.url, session), page()
    told = Told(page=one, incident=one.incident)
    assert await send(channel, one) == Sent()
    far.reply("what is this?")
    far.reply(code_of(one.id), sender="+33699999999")
    far.reply(code_of(one.id), at=one.decided_at - 3_600)
    assert await follow(channel, told) == [Sent()]
    far.reply(f"ok {code_of(one.id)}!")
    (pressed,) = await follow(channel, told)
    assert isinstance(pressed, Pressed)
    assert pressed.by == "sam"
    assert abs((pressed.at or 0.0) - time.time()) < 5


async def test_nobody_asks_for_replies_once_somebody_has_it(session: aiohttp.ClientSession) -> None:
    channel, one = channel_to("sms", "http://127.0.0.1:1", session), page()
    for incident in (
        replace(one.incident, acknowledged_at=1.0, acknowledged_by="lea"),
        replace(one.incident, state=Stage.RESOLVED),
    ):
        assert await follow(channel, Told(page=one, incident=incident)) == []


async def test_a_call_says_it_twice_and_takes_a_key(far: Twilio, session: aiohttp.ClientSession) -> None:
    one = page(title="Acme & co", text="<b>12 times</b>")
    assert await send(channel_to("voice", far.url, session), one, language="fr") == Sent()
    root = ET.fromstring(far.calls[0]["twiml"])  # noqa: S314 - our own text
    gather = root.find("Gather")
    assert gather is not None
    assert gather.attrib["action"] == LINKS.acknowledge(one)
    assert gather.attrib["numDigits"] == "1"
    first, said, last = gather.findall("Say")
    assert first.text == last.text == "Appuyez sur 1 si vous vous en occupez."
    assert (said.text, said.attrib["loop"]) == ("Acme & co. <b>12 times</b>", "2")


async def test_a_call_that_nobody_can_answer_here_takes_no_key_and_a_notice_calls_nobody(
    far: Twilio, session: aiohttp.ClientSession
) -> None:
    channel = channel_to("voice", far.url, session)
    assert await send(channel, page(), HERE) == Sent()
    assert "Gather" not in far.calls[0]["twiml"]
    assert isinstance(await send(channel, page(2, kind="notice", reason="resolved")), Refused)
    assert len(far.calls) == 1


@pytest.mark.parametrize(
    ("kind", "keys"),
    [
        ("sms", {"to": "0612345678"}),
        ("sms", {"account": "SK0"}),
        ("sms", {"validity": 30}),
        ("voice", {"from": "Amends"}),
    ],
)
def test_settings_that_cannot_work_are_refused(kind: str, keys: dict[str, Any]) -> None:
    good = {"kind": kind, "account": ACCOUNT, "token": TOKEN, "from": OURS, "to": THEIRS}
    assert KINDS[kind].model_validate(good).public
    with pytest.raises(ValidationError):
        KINDS[kind].model_validate(good | keys)
