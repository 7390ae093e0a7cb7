"""One suite for every channel: what each far end may do, and what the channel must make of it."""

from __future__ import annotations

import asyncio
import time
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import pytest

from amends.paging import KINDS, Channel, Refused, Result, Retry, Sent, build, compose
from support import receivers
from support.hostile import HOSTILE
from support.outbox import LINKS, page
from support.wires import PATH, ROUTING, SECRET, TOKEN, TOPIC, WIRES

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    import aiohttp

    from amends.paging import Message


@dataclass
class Far:
    """A channel and its far end."""

    channel: Channel
    end: receivers.Receiver

    async def send(self, message: Message) -> Result:
        try:
            async with asyncio.timeout(self.channel.traits.attempt):
                return await self.channel.send(message)
        except TimeoutError:
            return Retry(None, "deadline")


async def channel_to(kind: str, url: str, session: aiohttp.ClientSession, attempt: float) -> Channel:
    settings = KINDS[kind].model_validate({"kind": kind, "attempt": attempt, **WIRES[kind].keys(url)})
    return await WIRES[kind].prepare(build("phone", settings, session), url)


# Apprise tells no reason and no Retry-After: all that it did not take is tried again. And a child costs a second, so
# what would only repeat itself is left to those that speak HTTP themselves.
TELLING = pytest.mark.parametrize("kind", sorted(set(WIRES) - {"apprise"}))


@pytest.fixture(params=sorted(WIRES))
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@asynccontextmanager
async def far(kind: str, session: aiohttp.ClientSession, attempt: float = 8.0) -> AsyncIterator[Far]:
    async with receivers.receiver("") as end:
        end.usual = WIRES[kind].accept
        yield Far(await channel_to(kind, end.url, session, attempt), end)


def message(at: float | None = None, **parts: Any) -> Message:
    return compose([page(now=1_767_571_200.0, **parts)], LINKS, language="en", now=at or time.time())


def text_in(kind: str, received: receivers.Received) -> str:
    return WIRES[kind].text(received)


def heard_in(kind: str, received: receivers.Received) -> str:
    return WIRES[kind].said(received)


def test_every_kind_that_speaks_http_is_in_this_suite() -> None:
    assert set(WIRES) == set(KINDS) - {"email"}  # test_email.py holds the same list, as SMTP puts it


async def test_accepted_means_sent_and_says_what_is_needed(kind: str, session: aiohttp.ClientSession) -> None:
    async with far(kind, session) as it:
        assert await it.send(message()) == Sent()
        (received,) = it.end.received
    assert received.method == "POST"
    assert received.headers["Content-Type"].startswith(WIRES[kind].content)
    assert "12 times the usual since 10:00." in text_in(kind, received)
    said = heard_in(kind, received)
    assert (LINKS.acknowledge(page(now=1_767_571_200.0)) in said) is WIRES[kind].links
    assert ("https://amends.example/incidents/inc_acme" in said) is WIRES[kind].opens


@TELLING
@pytest.mark.parametrize("status", [400, 404, 410, 413])
async def test_a_refusal_is_final(kind: str, status: int, session: aiohttp.ClientSession) -> None:
    async with far(kind, session) as it:
        it.end.usual = receivers.answer(status)
        result = await it.send(message())
    assert isinstance(result, Refused)
    assert str(status) in result.why


@TELLING
@pytest.mark.parametrize("status", [401, 403])
async def test_a_wrong_key_says_so_to_the_operator(kind: str, status: int, session: aiohttp.ClientSession) -> None:
    async with far(kind, session) as it:
        it.end.usual = receivers.answer(status)
        result = await it.send(message())
    assert isinstance(result, Refused)
    assert "token" in result.why


@TELLING
@pytest.mark.parametrize(
    ("headers", "after"),
    [
        ({}, None),
        ({"Retry-After": "7"}, 7.0),
        ({"Retry-After": "soon"}, None),
        ({"Retry-After": "99999999999"}, 86_400.0),
        ({"Retry-After": "Mon, 05 Jan 2026 00:00:30 GMT", "Date": "Mon, 05 Jan 2026 00:00:10 GMT"}, 20.0),
        ({"Retry-After": "Mon, 05 Jan 2026 00:00:00 GMT", "Date": "Mon, 05 Jan 2026 00:00:10 GMT"}, 0.0),
    ],
)
async def test_too_many_requests_is_tried_again_when_asked(
    kind: str, headers: dict[str, str], after: float | None, session: aiohttp.ClientSession
) -> None:
    async with far(kind, session) as it:
        it.end.usual = receivers.answer(429, headers=headers)
        result = await it.send(message())
    assert isinstance(result, Retry)
    assert result.after == after


@TELLING
@pytest.mark.parametrize("status", [408, 425, 500, 502, 503])
async def test_trouble_at_the_far_end_is_tried_again(kind: str, status: int, session: aiohttp.ClientSession) -> None:
    async with far(kind, session) as it:
        it.end.then(receivers.answer(status))
        assert isinstance(await it.send(message()), Retry)
        assert await it.send(message()) == Sent()


async def test_whatever_apprise_did_not_take_is_tried_again(session: aiohttp.ClientSession) -> None:
    async with far("apprise", session) as it:
        it.end.then(*(receivers.answer(status, headers={"Retry-After": "7"}) for status in (404, 429, 500)))
        results = await asyncio.gather(*(it.send(message()) for _ in range(3)))
    assert set(results) == {Retry(None, "phone: the service behind Apprise did not take it")}


async def test_a_reply_that_is_lost_is_tried_again_under_the_same_key(
    kind: str, session: aiohttp.ClientSession
) -> None:
    async with far(kind, session) as it:
        it.end.then(receivers.reply_lost())
        assert isinstance(await it.send(message(at=1_767_571_201.0)), Retry)
        assert await it.send(message(at=1_767_571_260.0)) == Sent()
        first, second = it.end.received[0], it.end.received[-1]
    if kind == "webhook":
        assert first.headers["webhook-id"] == second.headers["webhook-id"]
        assert first.headers["webhook-timestamp"] != second.headers["webhook-timestamp"]
    assert WIRES[kind].identity(first) == WIRES[kind].identity(second)


async def test_nobody_there_is_tried_again(kind: str, session: aiohttp.ClientSession) -> None:
    with receivers.nobody() as url:
        channel = await channel_to(kind, url.rstrip("/"), session, 8.0)
        result = await channel.send(message())
    assert isinstance(result, Retry)


@pytest.mark.parametrize("behaviour", [receivers.never(), receivers.drip(0.1)], ids=["never answers", "drips"])
async def test_an_attempt_ends_at_its_deadline_whatever_the_far_end_does(
    kind: str, behaviour: receivers.Behaviour, session: aiohttp.ClientSession
) -> None:
    async with far(kind, session, attempt=2.0 if kind == "apprise" else 0.4) as it:
        it.end.usual = behaviour
        began = time.monotonic()
        assert isinstance(await it.send(message()), Retry)
        assert time.monotonic() - began < it.channel.traits.attempt + 3.0


async def test_a_certificate_that_is_not_valid_is_not_trusted(
    kind: str, certificate: Path, session: aiohttp.ClientSession
) -> None:
    async with receivers.receiver("", certificate=certificate) as end:
        channel = await channel_to(kind, end.url, session, 8.0)
        result = await channel.send(message())
        assert not end.received
    assert isinstance(result, Retry if kind == "apprise" else Refused)


@TELLING
async def test_a_far_end_that_does_not_speak_tls_is_tried_or_refused_but_never_trusted(
    kind: str, session: aiohttp.ClientSession
) -> None:
    async with receivers.receiver("") as end:
        result = await (await channel_to(kind, end.url.replace("http", "https"), session, 8.0)).send(message())
        assert not end.received
    assert isinstance(result, Retry | Refused)


async def test_a_redirect_is_not_followed(kind: str, session: aiohttp.ClientSession) -> None:
    async with far(kind, session) as it, receivers.receiver("/elsewhere") as other:
        it.end.usual = receivers.redirect(other.url)
        result = await it.send(message())
        assert not other.received
    assert isinstance(result, Retry if kind == "apprise" else Refused)


async def test_hostile_text_arrives_as_text_or_not_at_all(kind: str, session: aiohttp.ClientSession) -> None:
    async with far(kind, session) as it:
        assert await it.send(message(text=HOSTILE, title=HOSTILE)) == Sent()
        (received,) = it.end.received
    assert "X-Injected" not in received.headers
    text = text_in(kind, received)
    assert "{{7*7}} ${HOME}" in text
    assert not set(text) & set("\x00\x1b\u202e\u2066\u2028")
    title = WIRES[kind].title(received)
    assert "\n" not in title
    assert len(title) <= 60


async def test_the_longest_text_fits_and_keeps_its_head_and_its_links(
    kind: str, session: aiohttp.ClientSession
) -> None:
    async with far(kind, session) as it:
        assert await it.send(message(text="HEAD " + "👩‍👩‍👧‍👦" * 6_000)) == Sent()
        (received,) = it.end.received
    limit = it.channel.traits.limit
    if it.channel.traits.unit == "bytes":
        assert limit is None or WIRES[kind].size(received) <= limit
    assert text_in(kind, received).startswith("HEAD 👩‍👩‍👧‍👦")
    assert "\ufffd" not in text_in(kind, received)
    assert (LINKS.token(page(now=1_767_571_200.0)) in heard_in(kind, received)) is (
        WIRES[kind].links or WIRES[kind].token
    )


FAMILY = "👩‍👩‍👧‍👦"


@pytest.mark.parametrize("kind", sorted(kind for kind, wire in WIRES.items() if wire.room))
async def test_a_text_that_just_fits_is_whole_and_one_more_is_cut_before_the_emoji(
    kind: str, session: aiohttp.ClientSession
) -> None:
    room = WIRES[kind].room
    assert room is not None

    async def taken_by(letters: int) -> tuple[int, str]:
        assert await it.send(message(text="x" * letters + FAMILY)) == Sent()
        received = [one for one in it.end.received if one.method == "POST"][-1]
        return room.takes(received), text_in(kind, received)

    async with far(kind, session) as it:
        few, _ = await taken_by(10)
        fits = room.limit - few + 10
        for letters in (fits - 1, fits):
            taken, text = await taken_by(letters)
            assert taken == room.limit - fits + letters
            assert "x" * letters + FAMILY in text
        taken, text = await taken_by(fits + 1)
        assert room.limit - 30 <= taken <= room.limit
        assert "x…" in text
        assert not set(FAMILY) & set(text)


@pytest.mark.parametrize("kind", sorted(kind for kind, wire in WIRES.items() if not wire.room))
async def test_where_nothing_limits_it_a_text_arrives_as_long_as_it_may_be(
    kind: str, session: aiohttp.ClientSession
) -> None:
    text = "x" * (20_000 - len(FAMILY)) + FAMILY
    async with far(kind, session) as it:
        assert await it.send(message(text=text)) == Sent()
        (received,) = it.end.received
    assert text in text_in(kind, received)


async def test_an_attempt_that_is_cancelled_ends_at_once_and_the_next_one_arrives(
    kind: str, session: aiohttp.ClientSession
) -> None:
    async with far(kind, session, attempt=30.0) as it:
        it.end.then(receivers.never())
        task = asyncio.create_task(it.channel.send(message()))
        await it.end.until(1, seconds=20)
        began = time.monotonic()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert time.monotonic() - began < 5
        assert await it.send(message()) == Sent()


@TELLING
async def test_the_same_message_twice_is_the_same_on_the_wire(kind: str, session: aiohttp.ClientSession) -> None:
    async with far(kind, session) as it:
        one = message(at=1_767_571_300.0)
        assert [await it.send(one), await it.send(replace(one))] == [Sent(), Sent()]
        first, second = (one for one in it.end.received if one.method == "POST")
        assert WIRES[kind].identity(first) == WIRES[kind].identity(second)


async def test_a_notice_carries_no_button_to_acknowledge(kind: str, session: aiohttp.ClientSession) -> None:
    async with far(kind, session) as it:
        result = await it.send(message(kind="notice", reason="resolved", event="resolved"))
        if not WIRES[kind].notices:
            assert isinstance(result, Refused)
            assert not it.end.received
            return
        assert result == Sent()
        (received,) = it.end.received
    assert "/a/" not in heard_in(kind, received)


async def test_no_secret_stands_in_a_reason_a_repr_or_the_traits(kind: str, session: aiohttp.ClientSession) -> None:
    results: list[Any] = []
    async with far(kind, session) as it:
        for behaviour in (receivers.answer(404), receivers.answer(503), receivers.reply_lost()):
            if kind != "apprise" or not results:
                it.end.usual = behaviour
                results.append(await it.send(message()))
        results.append(it.channel.traits)
    with receivers.nobody() as url:
        channel = await channel_to(kind, url.rstrip("/"), session, 8.0)
        results.append(await channel.send(message()))
    results += [repr(message()), channel]
    said = " ".join(map(repr, results))
    for secret in (TOPIC, TOKEN, PATH, SECRET, ROUTING, LINKS.token(page(now=1_767_571_200.0))):
        assert secret not in said


def test_settings_hide_their_secrets(kind: str) -> None:
    settings = KINDS[kind].model_validate({"kind": kind, **WIRES[kind].keys("http://h")})
    for secret in (TOPIC, TOKEN, PATH, SECRET, ROUTING):
        assert secret not in repr(settings)
        assert secret not in str(settings)
