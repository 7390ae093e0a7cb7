"""ntfy: what a phone is shown, within its limits, and how its answer comes back."""

from __future__ import annotations

import asyncio
import json
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from amends.paging import KINDS, Links, Refused, Sent, build, compose
from amends.paging.channels.ntfy import LIMIT, Ntfy, NtfySettings, tokens_in
from support import receivers
from support.outbox import LINKS, incident, page

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    import aiohttp

    from amends.paging import Message

NOW = 1_767_571_200.0
AT_HOME = Links(b"k" * 32, "http://127.0.0.1:8484")


def configured(**keys: Any) -> NtfySettings:
    made = KINDS["ntfy"].model_validate({"kind": "ntfy", "topic": "alerts", **keys})
    assert isinstance(made, NtfySettings)
    return made


def shown(message: Message, **keys: Any) -> dict[str, Any]:
    content = Ntfy("phone", configured(**keys), None).body(message)  # type: ignore[arg-type]  # nothing is sent
    assert len(content) <= LIMIT
    document: dict[str, Any] = json.loads(content)
    return document


def told(links: Links = LINKS, language: str = "en", **parts: Any) -> Message:
    return compose([page(now=NOW, **parts)], links, language=language, now=NOW)


@pytest.mark.parametrize(("severity", "priority"), [(1, 5), (2, 4), (3, 3)])
def test_the_worse_the_louder(severity: Any, priority: int) -> None:
    assert shown(told(severity=severity))["priority"] == priority


def test_a_notice_makes_no_sound_and_an_end_wears_a_tick() -> None:
    notice = shown(told(kind="notice", reason="resolved", severity=1))
    assert notice["priority"] == 2
    assert notice["tags"] == ["white_check_mark"]
    assert [action["action"] for action in notice["actions"]] == ["view"]


def test_a_drill_is_marked_as_one() -> None:
    assert "drill" in shown(told(incident=incident(2, drill=True), reason="drill"))["tags"]


def test_the_buttons_acknowledge_on_the_web_and_open_the_incident() -> None:
    document = shown(told(), reply_topic="answers")
    acknowledge, view = document["actions"]
    assert acknowledge == {
        "action": "http",
        "label": "Acknowledge",
        "url": LINKS.acknowledge(page(now=NOW)),
        "method": "POST",
        "clear": True,
    }
    assert view == {"action": "view", "label": "Open", "url": "https://amends.example/incidents/inc_acme"}
    assert document["click"] == view["url"]


def test_behind_a_nat_the_button_answers_over_the_reply_topic() -> None:
    acknowledge = shown(told(AT_HOME), server="http://127.0.0.1:1", reply_topic="answers")["actions"][0]
    assert acknowledge["url"] == "http://127.0.0.1:1/answers"
    assert acknowledge["body"] == f"ack {AT_HOME.token(page(now=NOW))}"
    assert "headers" not in acknowledge


def test_without_a_reply_topic_the_button_leads_to_the_web_all_the_same() -> None:
    assert shown(told(AT_HOME))["actions"][0]["url"].startswith("http://127.0.0.1:8484/a/")


def test_one_press_acknowledges_every_brand_of_a_message() -> None:
    pages = [page(now=NOW, brand=brand, severity=3) for brand in ("acme", "beta")]
    message = compose(pages, LINKS, language="en", now=NOW)
    said = shown(message, reply_topic="answers")["actions"][0]["body"]
    assert tokens_in({"event": "message", "message": said}) == [LINKS.token(one) for one in pages]


def test_buttons_speak_the_persons_language() -> None:
    assert [action["label"] for action in shown(told(language="fr"))["actions"]] == ["Je m'en occupe", "Ouvrir"]
    assert shown(told(language="xx"))["actions"][0]["label"] == "Acknowledge"


@settings(max_examples=80, deadline=None)
@given(text=st.text(max_size=6_000), title=st.text(max_size=200))
def test_any_text_fits_and_keeps_its_buttons(text: str, title: str) -> None:
    document = shown(told(text=text, title=title), reply_topic="answers")
    assert len(document["actions"]) == 2
    assert document["topic"] == "alerts"


@pytest.mark.parametrize("length", range(2_000, 4_000, 97))
def test_at_the_limit_an_emoji_is_whole_or_absent(length: int) -> None:
    document = shown(told(text="x" * length + "😀" * 600))
    assert set(document["message"]) <= set("x😀…")
    assert len(json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()) > LIMIT - 8


async def test_links_too_long_for_any_message_are_refused_in_words(session: aiohttp.ClientSession) -> None:
    endless = Links(b"k", "https://h/" + "x" * 4_000)
    result = await build("phone", configured(), session).send(told(endless))
    assert isinstance(result, Refused)
    assert "shorten external_url" in result.why


async def test_the_real_way_publishes_under_the_topic_with_the_token(session: aiohttp.ClientSession) -> None:
    async with receivers.ntfy_server(token="tk_1") as server:
        good = build("phone", configured(server=server.url, token="tk_1"), session)
        assert await good.send(told(text="é" * 5_000)) == Sent()
        (shown_there,) = server.of("alerts")
        assert "attachment" not in shown_there
        bad = build("phone", configured(server=server.url), session)
        result = await bad.send(told())
    assert isinstance(result, Refused)
    assert "403" in result.why


@pytest.mark.parametrize(
    ("server", "public"),
    [
        ("https://ntfy.sh", True),
        ("https://push.example.org", True),
        ("http://8.8.8.8", True),
        ("http://127.0.0.1:80", False),
        ("http://[::1]:80", False),
        ("http://192.168.1.4", False),
        ("http://ntfy", False),
        ("http://ntfy.local", False),
        ("http://localhost:2586", False),
    ],
)
def test_a_server_outside_is_public(server: str, *, public: bool) -> None:
    assert configured(server=server).public is public


def test_the_default_server_is_the_public_one_and_detail_is_the_users_word() -> None:
    assert configured().server == "https://ntfy.sh"
    assert configured().detail is None
    assert configured(detail="full").detail == "full"


@pytest.mark.parametrize("topic", ["", "a b", "../x", "é", "x" * 65, "a/b"])
def test_a_topic_must_be_one_and_is_not_shown(topic: str) -> None:
    for key in ("topic", "reply_topic"):
        with pytest.raises(ValidationError, match="1 to 64 letters") as caught:
            configured(**{key: topic})
        assert not topic or repr(topic) not in str(caught.value)


# --- the reply topic ---


@asynccontextmanager
async def listening(channel: Ntfy, heard: list[tuple[str, float]]) -> AsyncIterator[None]:
    async def hear(token: str, age: float) -> None:
        heard.append((token, age))

    task = asyncio.create_task(channel.listen(hear))
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def until(heard: list[Any], count: int) -> None:
    async with asyncio.timeout(5):
        while len(heard) < count:  # noqa: ASYNC110 - the far end is another task's
            await asyncio.sleep(0.01)


def listener(server: str, session: aiohttp.ClientSession, **keys: Any) -> Ntfy:
    channel = build("phone", configured(server=server, reply_topic="answers", **keys), session)
    assert isinstance(channel, Ntfy)
    return channel


async def test_an_answer_is_heard_and_all_else_passed_over(session: aiohttp.ClientSession) -> None:
    heard: list[tuple[str, float]] = []
    async with receivers.ntfy_server() as server, listening(listener(server.url, session), heard):
        for said in ("hello", "ack", "nack T0", "ACK T1", "ack T2 T3\n", "x" * 30_000, "{}", "ack\u2028T4"):
            server.publish("answers", said)
        server.publish("other", "ack T9")
        await until(heard, 4)
    assert [token for token, _ in heard] == ["T1", "T2", "T3", "T4"]


async def test_what_was_said_while_we_were_away_is_heard_once_with_its_age(session: aiohttp.ClientSession) -> None:
    heard: list[tuple[str, float]] = []
    async with receivers.ntfy_server() as server:
        server.publish("answers", "ack OLD")
        server.messages[-1]["time"] -= 90
        async with listening(listener(server.url, session), heard):
            await until(heard, 1)
            server.drop_streams()
            async with asyncio.timeout(5):
                while server.streams < 2:  # noqa: ASYNC110 - the far end is another task's
                    await asyncio.sleep(0.01)
            server.publish("answers", "ack NEW")
            await until(heard, 2)
    assert [token for token, _ in heard] == ["OLD", "NEW"]
    assert heard[0][1] == pytest.approx(90, abs=3)
    assert heard[1][1] == 0


async def test_a_server_that_refuses_or_is_silent_is_asked_again(session: aiohttp.ClientSession) -> None:
    heard: list[tuple[str, float]] = []
    async with receivers.ntfy_server(token="tk", keepalive=60.0) as server:
        refused = listener(server.url, session)
        async with listening(refused, heard):
            await asyncio.sleep(0.1)
        silent = listener(server.url, session, token="tk", silent_for=0.3)
        async with listening(silent, heard):
            async with asyncio.timeout(5):
                while server.streams < 2:  # noqa: ASYNC110 - the far end is another task's
                    await asyncio.sleep(0.01)
            server.publish("answers", "ack T1")
            await until(heard, 1)
    assert [token for token, _ in heard] == ["T1"]


async def test_lines_of_any_shape_harm_nobody(session: aiohttp.ClientSession) -> None:
    lines = [b"[]", b"nonsense", b'{"event":"message","message":7}', b"x" * 50_000, b'{"event":"message","time":"x"}']
    good = json.dumps({"event": "message", "id": "m1", "time": 1, "message": "ack T1"}).encode()
    stream = b"\n".join([*lines, good]) + b"\n" + b"unfinished"
    heard: list[tuple[str, float]] = []
    async with receivers.receiver("") as end:
        end.usual = receivers.answer(text=stream.decode())
        async with listening(listener(end.url, session), heard):
            await until(heard, 1)
            path = end.received[0].path
    assert heard[0][0] == "T1"
    assert path == "/answers/json?since=all"


def test_more_tokens_than_a_message_holds_are_not_read() -> None:
    many = " ".join(["ack", *(f"T{n}" for n in range(99))])
    assert len(tokens_in({"event": "message", "message": many})) == 32
    assert tokens_in({"event": "keepalive", "message": "ack T1"}) == []
    assert tokens_in({"event": "message", "message": ""}) == []


def test_only_a_channel_with_a_reply_topic_listens() -> None:
    assert not Ntfy("phone", configured(), None).listens  # type: ignore[arg-type]  # nothing is sent
    assert Ntfy("phone", configured(reply_topic="r"), None).listens  # type: ignore[arg-type]  # nothing is sent


def test_the_message_can_be_said_again_at_another_time() -> None:
    one = told()
    assert shown(one) == shown(replace(one, at=NOW + 99))
