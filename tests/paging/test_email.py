"""Email against a real SMTP server: the contract of every channel, as SMTP puts it, and what is mail's own."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Any

import pytest
from pydantic import ValidationError

from amends.paging import KINDS, Channel, Refused, Result, Retry, Sent, build, compose
from support import smtp
from support.hostile import HOSTILE
from support.outbox import LINKS, page
from support.receivers import nobody

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    import aiohttp

    from amends.paging import Message

USER = ("amends", "s3cret-passw0rd")
THEN = 1_767_571_200.0


def channel_to(port: int, session: aiohttp.ClientSession, *, tls: str = "", **keys: Any) -> Channel:
    way = {"": ("smtp", {"plain": True}), "starttls": ("smtp", {}), "tls": ("smtps", {})}[tls]
    told = {
        "kind": "email",
        "server": f"{way[0]}://127.0.0.1:{port}",
        "from": "amends@acme.example",
        "to": "lea@acme.example",
        "attempt": 5.0,
        **way[1],
        **keys,
    }
    return build("mail", KINDS["email"].model_validate(told), session)


def message(**parts: Any) -> Message:
    return compose([page(now=THEN, **parts)], LINKS, language="en", now=time.time())


async def within(channel: Channel, said: Message) -> Result:
    try:
        async with asyncio.timeout(channel.traits.attempt):
            return await channel.send(said)
    except TimeoutError:
        return Retry(None, "deadline")


@pytest.fixture
async def post() -> AsyncIterator[smtp.Post]:
    async with smtp.post_office() as one:
        yield one


async def test_a_letter_says_what_is_needed_and_is_sent_once_the_server_has_it(
    post: smtp.Post, session: aiohttp.ClientSession
) -> None:
    assert await within(channel_to(post.port, session), message(severity=1)) == Sent()
    (letter,) = post.letters()
    assert post.wanted == [["lea@acme.example"]]
    assert letter["Subject"] == "Acme: 12 times the usual"
    assert (letter["Importance"], letter["X-Priority"]) == ("high", "1")
    text = letter.get_content()
    assert "12 times the usual since 10:00." in text
    assert f"Acknowledge: {LINKS.acknowledge(page(now=THEN))}" in text
    assert "Open: https://amends.example/incidents/inc_acme" in text


async def test_letters_of_an_incident_make_one_thread_and_a_retry_is_the_same_letter(
    post: smtp.Post, session: aiohttp.ClientSession
) -> None:
    channel = channel_to(post.port, session)
    for said in (message(), message(), message(number=2, reason="resolved", kind="notice", event="resolved")):
        assert await within(channel, said) == Sent()
    first, again, over = post.letters()
    assert post.taken[0] == post.taken[1]
    assert first["Message-ID"] == again["Message-ID"] != over["Message-ID"]
    assert first["References"] == over["References"] == "<inc_acme@acme.example>"
    assert "Importance" not in over
    assert "/a/" not in over.get_content()


@pytest.mark.parametrize("said", ["550 no such thing", "554 refused", "552 too big"])
async def test_a_lasting_no_after_the_final_dot_is_final(
    said: str, post: smtp.Post, session: aiohttp.ClientSession
) -> None:
    post.usual = said
    result = await within(channel_to(post.port, session), message())
    assert result == Refused(f"mail answered {said}")


@pytest.mark.parametrize("said", ["421 going away", "450 busy", "451 try later", "452 full"])
async def test_a_passing_no_after_the_final_dot_is_tried_again(
    said: str, post: smtp.Post, session: aiohttp.ClientSession
) -> None:
    post.data.append(said)
    channel = channel_to(post.port, session)
    assert await within(channel, message()) == Retry(None, f"mail answered {said}")
    assert await within(channel, message()) == Sent()


async def test_a_reply_that_is_lost_after_the_final_dot_is_tried_again_under_the_same_id(
    post: smtp.Post, session: aiohttp.ClientSession
) -> None:
    post.data.append(smtp.LOST)
    channel = channel_to(post.port, session)
    assert isinstance(await within(channel, message()), Retry)
    assert await within(channel, message()) == Sent()
    assert post.taken[0] == post.taken[1]


@pytest.mark.parametrize(("said", "result"), [("550 unknown", Refused), ("450 greylisted", Retry)])
async def test_a_recipient_that_is_refused_is_told_apart_from_one_that_is_busy(
    said: str, result: type[Result], post: smtp.Post, session: aiohttp.ClientSession
) -> None:
    post.recipients.append(said)
    assert isinstance(await within(channel_to(post.port, session), message()), result)
    assert not post.taken


async def test_one_of_two_recipients_is_better_than_none(post: smtp.Post, session: aiohttp.ClientSession) -> None:
    post.recipients.append("550 unknown")
    channel = channel_to(post.port, session, to=["gone@acme.example", "lea@acme.example"])
    assert await within(channel, message()) == Sent()
    assert post.wanted == [["lea@acme.example"]]


async def test_a_wrong_password_tells_the_operator_and_nobody_else(session: aiohttp.ClientSession) -> None:
    async with smtp.post_office(user=USER) as post:
        good = channel_to(post.port, session, user=USER[0], password=USER[1])
        assert await within(good, message()) == Sent()
        bad = channel_to(post.port, session, user=USER[0], password="wr0ng-passw0rd")
        assert await within(bad, message()) == Refused("mail answered 535: check its user and password")


async def test_nobody_there_is_tried_again(session: aiohttp.ClientSession) -> None:
    with nobody() as url:
        port = int(url.rsplit(":", 1)[1].strip("/"))
        assert isinstance(await within(channel_to(port, session), message()), Retry)


async def test_an_attempt_ends_at_its_deadline_whatever_the_far_end_does(
    post: smtp.Post, session: aiohttp.ClientSession
) -> None:
    post.usual = smtp.NEVER
    async with smtp.dripping() as slow:
        for port in (slow, post.port):
            began = time.monotonic()
            assert isinstance(await within(channel_to(port, session, attempt=0.5), message()), Retry)
            assert time.monotonic() - began < 1.5


async def test_an_attempt_that_is_cancelled_leaves_no_connection_behind(
    post: smtp.Post, session: aiohttp.ClientSession
) -> None:
    post.usual = smtp.NEVER
    task = asyncio.create_task(channel_to(post.port, session).send(message()))
    async with asyncio.timeout(5):
        await post.arrived.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


@pytest.mark.parametrize("tls", ["starttls", "tls"])
async def test_a_certificate_that_is_not_valid_is_not_trusted(
    tls: str, certificate: Path, session: aiohttp.ClientSession
) -> None:
    async with smtp.post_office(certificate=certificate, starttls=tls == "starttls") as post:
        result = await within(channel_to(post.port, session, tls=tls), message())
    assert result == Refused("mail: the server's certificate is not valid")
    assert not post.taken


@pytest.mark.parametrize("tls", ["starttls", "tls"])
async def test_a_certificate_that_is_trusted_carries_the_letter(
    tls: str, certificate: Path, session: aiohttp.ClientSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    async with smtp.post_office(certificate=certificate, starttls=tls == "starttls") as post:
        assert await within(channel_to(post.port, session, tls=tls), message()) == Sent()


async def test_a_server_without_starttls_hears_nothing(post: smtp.Post, session: aiohttp.ClientSession) -> None:
    assert isinstance(await within(channel_to(post.port, session, tls="starttls"), message()), Refused)
    assert not post.taken


async def test_hostile_text_arrives_as_text(post: smtp.Post, session: aiohttp.ClientSession) -> None:
    assert await within(channel_to(post.port, session), message(text=HOSTILE, title=HOSTILE)) == Sent()
    (letter,) = post.letters()
    assert "X-Injected" not in letter
    assert letter["To"] == "lea@acme.example"
    assert "{{7*7}} ${HOME} <script>" in letter.get_content()
    assert not set(letter.get_content()) & set("\x00\x1b\u202e\u2066\u2028")


async def test_the_longest_text_keeps_its_links(post: smtp.Post, session: aiohttp.ClientSession) -> None:
    assert await within(channel_to(post.port, session), message(text="HEAD " + "👩‍👩‍👧‍👦" * 6_000)) == Sent()
    (letter,) = post.letters()
    assert letter.get_content().startswith("HEAD 👩‍👩‍👧‍👦")
    assert LINKS.token(page(now=THEN)) in letter.get_content()
    assert "\ufffd" not in letter.get_content()


async def test_no_password_stands_in_a_reason_or_a_repr(session: aiohttp.ClientSession) -> None:
    async with smtp.post_office(user=USER) as post:
        post.usual = "554 no"
        channel = channel_to(post.port, session, user=USER[0], password=USER[1])
        said = repr([await within(channel, message()), channel, channel.traits, vars(channel)])
    assert USER[1] not in said


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        ({"server": "mail.acme.example"}, "smtps://HOST:PORT"),
        ({"server": "smtps://me:secret@mail.acme.example"}, "keys of their own"),
        ({"to": "Léa <lea@acme.example>"}, "is no address"),
        ({"to": "lea@acme.example\r\nBcc: x@evil.example"}, "is no address"),
        ({"to": []}, "at least 1"),
        ({"user": "amends"}, "go together"),
        ({"plain": True}, "plain is for"),
    ],
)
def test_settings_that_cannot_work_are_refused_with_a_way_out(keys: dict[str, Any], said: str) -> None:
    good = {"kind": "email", "server": "smtps://mail.acme.example", "from": "a@acme.example", "to": "b@acme.example"}
    assert KINDS["email"].model_validate(good).reaches == "smtps://mail.acme.example:465"
    with pytest.raises(ValidationError, match=said):
        KINDS["email"].model_validate(good | keys)
