"""Apprise in its child process: what it is told, and that it can always be ended."""

from __future__ import annotations

import asyncio
import contextlib
import io
import json
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import requests
from pydantic import ValidationError

from amends.paging import KINDS, Refused, Sent, build, compose
from amends.paging.channels._apprise_child import NO_ADDRESS, NOT_TAKEN, main, text_of
from amends.paging.channels.apprise import AppriseChannel
from support import receivers
from support.mqtt import broker
from support.outbox import LINKS, page

if TYPE_CHECKING:
    import aiohttp

NOW = 1_767_571_200.0
MESSAGE = compose([page(now=NOW)], LINKS, language="fr", now=NOW)


def channel(url: str, session: aiohttp.ClientSession, **keys: Any) -> AppriseChannel:
    made = build("mail", KINDS["apprise"].model_validate({"kind": "apprise", "url": url, **keys}), session)
    assert isinstance(made, AppriseChannel)
    return made


def children() -> list[str]:
    """Return the command lines of our own child processes."""
    ids: list[str] = []
    for task in Path("/proc/self/task").iterdir():
        with contextlib.suppress(FileNotFoundError):  # a thread that has just ended
            ids += (task / "children").read_text().split()
    lines = []
    for pid in ids:
        try:
            lines.append(Path(f"/proc/{pid}/cmdline").read_text())
        except OSError:
            continue  # it has just ended
    return lines


async def test_title_text_and_links_arrive(session: aiohttp.ClientSession) -> None:
    async with receivers.receiver("") as end:
        result = await channel(end.url.replace("http", "json") + "/x", session).send(MESSAGE)
        (got,) = end.received
    assert result == Sent()
    assert got.json["title"] == MESSAGE.title
    assert got.json["message"].startswith("12 times the usual since 10:00.")
    assert f"Je m'en occupe: {MESSAGE.acknowledge_url}" in got.json["message"]
    assert got.json["message"].endswith(f"Ouvrir: {MESSAGE.url}")
    assert got.json["type"] == "warning"


async def test_a_page_arrives_at_a_real_mqtt_broker(tmp_path: Path, session: aiohttp.ClientSession) -> None:
    async with broker(tmp_path) as real:
        result = await channel(f"mqtt://127.0.0.1:{real.port}/alerts/acme", session).send(MESSAGE)
        async with asyncio.timeout(20):
            topic, text = await real.heard.get()
    assert result == Sent()
    assert topic == "alerts/acme"
    assert MESSAGE.title in text
    assert "12 times the usual since 10:00." in text
    assert f"Je m'en occupe: {MESSAGE.acknowledge_url}" in text


async def test_an_address_apprise_does_not_know_is_refused(session: aiohttp.ClientSession) -> None:
    result = await channel("nosuchservice://5ecret", session).send(MESSAGE)
    assert isinstance(result, Refused)
    assert "5ecret" not in result.why


async def test_a_child_that_hangs_is_killed_and_its_address_is_in_no_process_list(
    session: aiohttp.ClientSession,
) -> None:
    async with receivers.receiver("") as end:
        end.usual = receivers.never()
        sending = asyncio.create_task(channel(end.url.replace("http", "json") + "/5ecret", session).send(MESSAGE))
        await end.until(1)
        lines = children()
        assert any("_apprise_child" in line for line in lines)
        assert not any("5ecret" in line for line in lines)
        began = time.monotonic()
        sending.cancel()
        await asyncio.gather(sending, return_exceptions=True)
    assert time.monotonic() - began < 3
    assert not any("_apprise_child" in line for line in children())


async def test_a_child_that_breaks_is_tried_again(session: aiohttp.ClientSession, monkeypatch: Any) -> None:
    mail = channel("json://127.0.0.1:1/", session)
    monkeypatch.setattr(mail, "_job", lambda _message: {"no": "job"})
    result = await mail.send(MESSAGE)
    assert "ended with 1" in result.why  # type: ignore[union-attr]  # a Retry


@pytest.mark.parametrize("url", ["", "json", "://x", "json://", "a b://x"])
def test_an_address_must_be_one_and_is_not_shown(url: str) -> None:
    with pytest.raises(ValidationError, match="SERVICE://"):
        KINDS["apprise"].model_validate({"kind": "apprise", "url": url})


@pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")  # Apprise's own affair
@pytest.mark.parametrize(("url", "code"), [("json://{}", NOT_TAKEN), ("nosuchservice://x", NO_ADDRESS)])
def test_the_child_says_what_came_of_it(url: str, code: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(requests.sessions, "DEFAULT_REDIRECT_LIMIT", 30)  # the child changes it for good
    with receivers.nobody() as address:
        job = {
            "url": url.format(address.removeprefix("http://")),
            "title": "",
            "text": "t",
            "links": "",
            "alert": False,
        }
        monkeypatch.setattr(sys, "stdin", io.StringIO(json.dumps(job)))
        assert main() == code


def test_links_stay_when_the_text_must_give_way() -> None:
    job = {"text": "x" * 500, "links": "Open: http://h/1"}
    cut = text_of(job, 100)
    assert len(cut) == 100
    assert cut.endswith("…\n\nOpen: http://h/1")
    assert text_of({**job, "text": "short"}, 100) == "short\n\nOpen: http://h/1"
    assert text_of(job, 16) == "Open: http://h/1"
    assert text_of(job, 18) == "Open: http://h/1"
    assert json.dumps(job)
