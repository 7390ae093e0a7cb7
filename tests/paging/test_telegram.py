"""Telegram, a strict fake of its Bot API: text and entities, a button that is heard, a message that changes."""

from __future__ import annotations

import asyncio
import time
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from pydantic import ValidationError

from amends.model import Response, Stage
from amends.paging import KINDS, Follower, Limits, Links, Refused, Remembering, Retry, Sent, Told, build, compose, hear
from support.desk import desk
from support.hostile import HOSTILE
from support.outbox import LINKS, RunningClock, incident, page
from support.telegram import CHAT, TOKEN, telegram, units
from support.wires import Paper

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    import aiohttp

    from amends.model import Page
    from amends.paging import Channel, Result

HERE = Links(b"k" * 32, "http://127.0.0.1:8484")


def channel_to(
    url: str, session: aiohttp.ClientSession, memory: Paper | None = None, name: str = "tg", chat: int = CHAT
) -> Channel:
    told = {"kind": "telegram", "token": TOKEN, "chat": chat, "server": url}
    channel = build(name, KINDS["telegram"].model_validate(told), session)
    if memory is not None:
        assert isinstance(channel, Remembering)
        channel.remember(memory)
    return channel


async def send(channel: Channel, one: Page, links: Links = LINKS) -> Result:
    return await channel.send(compose([one], links, language="en", now=time.time()))


async def follow(channel: Channel, *told: Told) -> list[Any]:
    assert isinstance(channel, Follower)
    return [await channel.follow(wish, time.time()) for wish in channel.wishes(told)]


@asynccontextmanager
async def listening(*channels: Channel) -> AsyncIterator[list[tuple[str, float]]]:
    """Hear what is pressed."""
    heard: list[tuple[str, float]] = []

    async def note(token: str, age: float) -> None:
        heard.append((token, age))

    tasks = [asyncio.create_task(channel.listen(note)) for channel in channels]  # type: ignore[attr-defined]  # it listens
    try:
        yield heard
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def until(list_: list[Any], count: int) -> None:
    async with asyncio.timeout(10):
        while True:
            if len(list_) >= count:
                return
            await asyncio.sleep(0.02)


async def test_a_page_shows_its_title_the_words_to_say_and_two_buttons(session: aiohttp.ClientSession) -> None:
    said = "We are sorry. 🇫🇷 It is our fault."
    one = page(
        incident=incident(response=Response("en/ours", "en", said)),
        text=f"12 times.\n\n{said}\n\nmore",
        title="🔥 Acme",
    )
    async with telegram() as far:
        assert await send(channel_to(far.url, session), one) == Sent()
        (shown,) = far.sent.values()
    wire = shown["text"].encode("utf-16-le")
    parts = [
        (entity["type"], wire[2 * entity["offset"] : 2 * (entity["offset"] + entity["length"])].decode("utf-16-le"))
        for entity in shown["entities"]
    ]
    assert parts == [("bold", "🔥 Acme"), ("pre", said)]
    assert [row[0]["text"] for row in shown["reply_markup"]["inline_keyboard"]] == ["Acknowledge", "Open"]
    assert shown["disable_notification"] is False
    assert shown["link_preview_options"] == {"is_disabled": True}
    assert LINKS.token(one) not in str(shown)


async def test_an_address_that_no_phone_can_open_stands_in_the_text(session: aiohttp.ClientSession) -> None:
    async with telegram() as far:
        assert await send(channel_to(far.url, session), page(), HERE) == Sent()
        (shown,) = far.sent.values()
    assert [row[0]["text"] for row in shown["reply_markup"]["inline_keyboard"]] == ["Acknowledge"]
    assert shown["text"].endswith("Open: http://127.0.0.1:8484/incidents/inc_acme")
    assert not far.refused


@pytest.mark.parametrize(
    "text", [HOSTILE, "👩‍👩‍👧‍👦" * 3_000, "", *("x" * (4096 - 25 + more) + "🇫🇷" for more in (-1, 0, 1))]
)
async def test_any_text_passes_its_schema(text: str, session: aiohttp.ClientSession) -> None:
    async with telegram() as far:
        assert await send(channel_to(far.url, session), page(text=text), HERE) == Sent()
        (shown,) = far.sent.values()
    assert not far.refused
    assert units(shown["text"]) <= 4096
    assert "127.0.0.1:8484/incidents/inc_acme" in shown["text"]


async def test_what_it_will_not_show_goes_plain(session: aiohttp.ClientSession) -> None:
    async with telegram() as far:
        far.no_entities = True
        assert await send(channel_to(far.url, session), page()) == Sent()
        (shown,) = far.sent.values()
    assert "entities" not in shown
    assert shown["text"].endswith("https://amends.example/incidents/inc_acme")


async def test_a_blocked_bot_a_wrong_chat_and_a_flood_are_told_apart(session: aiohttp.ClientSession) -> None:
    async with telegram() as far:
        wrong = await send(channel_to(far.url, session, chat=43), page())
        assert isinstance(wrong, Refused)
        assert "chat not found" in wrong.why
        far.blocked = True
        blocked = await send(channel_to(far.url, session), page())
        assert isinstance(blocked, Refused)
        assert "blocked by the user" in blocked.why
        far.flood = 17
        assert await send(channel_to(far.url, session), page()) == Retry(17.0, "tg answered 429 Too Many Requests")


async def test_a_press_is_heard_once_and_answered(session: aiohttp.ClientSession) -> None:
    async with telegram() as far:
        channel, one = channel_to(far.url, session), page()
        await send(channel, one)
        async with listening(channel) as heard:
            await asyncio.sleep(0.4)
            far.press(1)
            await until(far.answered, 1)
            await asyncio.sleep(0.4)
        assert heard == [(LINKS.token(one), 0.0)]
        assert len(far.answered) == 1


async def test_a_press_from_before_the_start_is_as_old_as_its_message_may_be(session: aiohttp.ClientSession) -> None:
    memory = Paper()
    async with telegram() as far:
        await send(channel_to(far.url, session, memory), page())
        far.sent[1]["date"] -= 600
        far.press(1)
        async with listening(channel_to(far.url, session, memory)) as heard:
            await until(far.answered, 1)
        ((_, age),) = heard
        assert 599 < age < 660


@pytest.mark.parametrize(("chat", "data"), [(CHAT, "ack:0123"), (CHAT, ""), (43, None)])
async def test_a_press_of_nothing_of_ours_or_elsewhere_is_nothing(
    chat: int, data: str | None, session: aiohttp.ClientSession
) -> None:
    async with telegram() as far:
        channel = channel_to(far.url, session)
        await send(channel, page())
        async with listening(channel) as heard:
            far.press(1, chat=chat, data=data)
            await until(far.answered, 1)
        assert not heard


async def test_channels_of_one_bot_take_turns_and_each_hears_its_own(session: aiohttp.ClientSession) -> None:
    async with telegram() as far:
        lea, sam = channel_to(far.url, session), channel_to(far.url, session, name="other", chat=43)
        await send(lea, page())
        async with listening(sam, lea) as heard:
            await asyncio.sleep(0.5)
            far.press(1)
            await until(far.answered, 1)
        assert len(heard) == 1
        assert far.conflicts == 0


async def test_the_message_shows_who_has_it_and_that_it_is_over(session: aiohttp.ClientSession) -> None:
    memory, one = Paper(), page()
    async with telegram() as far:
        await send(channel_to(far.url, session, memory), one)
        channel = channel_to(far.url, session, memory)  # after a restart
        assert await follow(channel, Told(page=one, incident=one.incident)) == [Sent()]
        assert far.edits == 0
        taken = replace(one.incident, acknowledged_at=1.0, acknowledged_by="lea")
        assert await follow(channel, Told(page=one, incident=taken, taker="Léa")) == [Sent()]
        assert far.sent[1]["text"].endswith("Léa has it.")
        assert [row[0]["text"] for row in far.sent[1]["reply_markup"]["inline_keyboard"]] == ["Open"]
        assert await follow(channel, Told(page=one, incident=replace(taken, state=Stage.RESOLVED))) == [Sent()]
        assert far.sent[1]["text"].endswith("It is over.")
        assert await follow(channel, Told(page=page(7), incident=taken)) == [Sent()]  # unknown: nothing to change
        notice = page(kind="notice", reason="resolved")
        assert await follow(channel, Told(page=notice, incident=taken)) == []


async def test_from_the_button_to_the_record_and_back(tmp_path: Path) -> None:
    async with telegram() as far:
        configuration = f"""
brands: {{acme: {{name: Acme}}}}
people: {{lea: {{name: Léa, channels: [tg]}}, sam: {{name: Sam}}}}
channels: {{tg: {{kind: telegram, token: "{TOKEN}", chat: {CHAT}, server: "{far.url}"}}}}
"""
        clock = RunningClock()
        async with desk(tmp_path, configuration, clock, Limits(first_retry=0.05)) as it:
            name = await it.drill("acme")
            await it.until(name, {"sent": 1})
            hearing = asyncio.create_task(
                hear(it.worker._channels.values(), it.engine, it.store, lambda: it.links, clock)
            )
            far.press(1)
            await until(far.answered, 1)
            found = await it.store.incident(name)
            assert found is not None
            assert found.acknowledged_by == "lea"
            async with asyncio.timeout(10):
                while True:
                    if len(far.sent[1]["reply_markup"]["inline_keyboard"]) == 0:
                        break
                    await asyncio.sleep(0.05)
            hearing.cancel()
            await asyncio.gather(hearing, return_exceptions=True)


@pytest.mark.parametrize(
    ("keys", "said"), [({"token": "abc"}, "@BotFather"), ({"chat": "Léa"}, "match"), ({"chat": True}, "string")]
)
def test_settings_that_cannot_work_are_refused(keys: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        KINDS["telegram"].model_validate({"kind": "telegram", "token": TOKEN, "chat": 42} | keys)
