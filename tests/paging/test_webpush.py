"""Web Push, a strict service that checks the signature and a phone that decrypts."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest

from amends.model import InputError
from amends.paging import KINDS, Pushing, Refused, Remembering, Sent, build, compose
from amends.paging.channels.webpush import new_key
from support.hostile import HOSTILE
from support.outbox import LINKS, page
from support.push import PHONE, PushService, push_service
from support.wires import Paper

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    import aiohttp

    from amends.model import Page
    from amends.paging import Channel, Result

KEY = new_key()


def channel_to(url: str, session: aiohttp.ClientSession, memory: Paper, key: str = KEY) -> Channel:
    told = {"kind": "webpush", "contact": "mailto:ops@acme.example", "hosts": [url.partition("://")[2]]}
    channel = build("push", KINDS["webpush"].model_validate(told), session)
    assert isinstance(channel, Remembering)
    assert isinstance(channel, Pushing)
    channel.remember(memory)
    channel.use_key(key)
    return channel


async def subscribed(channel: Channel, url: str) -> Channel:
    assert isinstance(channel, Pushing)
    await channel.subscribe(PHONE.subscription(url))
    return channel


async def send(channel: Channel, one: Page, language: str = "en") -> Result:
    return await channel.send(compose([one], LINKS, language=language, now=time.time()))


@pytest.fixture
async def service() -> AsyncIterator[PushService]:
    async with push_service() as one:
        yield one


async def test_a_page_is_read_by_the_phone_alone_and_acknowledged_by_its_token(
    service: PushService, session: aiohttp.ClientSession
) -> None:
    memory, one = Paper(), page()
    await subscribed(channel_to(service.url, session, memory), f"{service.url}/p/1")
    channel = channel_to(service.url, session, memory)  # after a restart
    assert await send(channel, one, "fr") == Sent()
    (told,) = service.shown
    assert told["title"] == "Acme: 12 times the usual"
    assert told["url"] == "/incidents/inc_acme"
    assert LINKS.read(told["token"], time.time()).person == "sam"
    assert told["labels"] == ["Je m'en occupe", "Ouvrir"]
    assert (service.headers[0]["Urgency"], service.headers[0]["TTL"]) == ("high", "3600")
    assert isinstance(channel, Pushing)
    assert service.signers == {channel.public_key}


async def test_a_newer_message_replaces_what_waits_and_a_notice_is_quiet(
    service: PushService, session: aiohttp.ClientSession
) -> None:
    channel = await subscribed(channel_to(service.url, session, Paper()), f"{service.url}/p/1")
    for one in (page(), page(2, kind="notice", reason="resolved", event="resolved")):
        assert await send(channel, one) == Sent()
    assert len(service.waiting) == 1
    assert service.shown[1]["token"] is None
    assert service.headers[1]["Urgency"] == "low"


@pytest.mark.parametrize("text", [HOSTILE, "👩‍👩‍👧‍👦" * 3_000, "", "x" * 3_000])
async def test_any_text_fits(text: str, service: PushService, session: aiohttp.ClientSession) -> None:
    channel = await subscribed(channel_to(service.url, session, Paper()), f"{service.url}/p/1")
    assert await send(channel, page(text=text)) == Sent()
    assert service.shown[0]["size"] <= 3_072


async def test_a_phone_that_is_gone_is_forgotten_and_the_others_ring(
    service: PushService, session: aiohttp.ClientSession
) -> None:
    memory = Paper()
    channel = await subscribed(channel_to(service.url, session, memory), f"{service.url}/gone")
    await subscribed(channel, f"{service.url}/p/2")
    service.gone.add("/gone")
    assert [await send(channel, page(number)) for number in (1, 2)] == [Sent(), Sent()]
    assert "/gone" not in str(memory.notes)
    service.gone.add("/p/2")
    gone = await send(channel, page(3))
    assert isinstance(gone, Refused)
    assert "forgotten" in gone.why
    nobody = await send(channel, page(4))
    assert isinstance(nobody, Refused)
    assert "no phone is subscribed" in nobody.why


@pytest.mark.parametrize(
    "endpoint",
    [
        "http://127.0.0.1:9/p",
        "https://169.254.169.254/latest/meta-data",
        "https://evil.example/fcm.googleapis.com",
        "https://fcm.googleapis.com.evil.example/x",
        "https://evilfcm.googleapis.com/x",
        "http://fcm.googleapis.com/x",
        "https://fcm.googleapis.com:22/x",
        "https://fcm.googleapis.com@evil.example/x",
        "https://me@fcm.googleapis.com/x",
        "ftp://fcm.googleapis.com/x",
        "https://[::1",
        "https://fcm.googleapis.com/" + "x" * 3_000,
        7,
    ],
)
async def test_nobody_can_make_us_connect_to_a_place_of_their_choice(
    endpoint: Any, session: aiohttp.ClientSession
) -> None:
    channel = channel_to("http://127.0.0.1:1", session, Paper())
    assert isinstance(channel, Pushing)
    with pytest.raises(InputError, match="push service"):
        await channel.subscribe(PHONE.subscription(endpoint))


@pytest.mark.parametrize("keys", [None, {}, {"p256dh": "AAAA", "auth": "AAAA"}, {"p256dh": 5, "auth": "é"}])
async def test_keys_that_are_none_are_refused(keys: Any, session: aiohttp.ClientSession) -> None:
    channel = channel_to("http://127.0.0.1:1", session, Paper())
    assert isinstance(channel, Pushing)
    for service in ("fcm.googleapis.com", "updates.push.services.mozilla.com", "web.push.apple.com"):
        with pytest.raises(InputError, match="keys are not"):
            await channel.subscribe({"endpoint": f"https://{service}/x", "keys": keys})


async def test_a_host_that_was_taken_out_is_not_asked_again(
    service: PushService, session: aiohttp.ClientSession
) -> None:
    memory = Paper()
    await subscribed(channel_to(service.url, session, memory), f"{service.url}/p/1")
    assert isinstance(await send(channel_to("http://127.0.0.1:1", session, memory), page()), Refused)
    assert not service.shown
