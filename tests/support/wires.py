"""How each channel that speaks HTTP looks on the wire: its keys, what its far end answers, where the words stand."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl
from xml.etree import ElementTree as ET

from amends.paging import Channel, Pushing
from amends.paging.channels.webpush import new_key
from support import receivers
from support.push import PHONE
from support.receivers import Behaviour, Received

SECRET = "whsec_YW1lbmRzLXRlc3Qtc2VjcmV0LW9mLTMyLWJ5dGVzISE="
ROUTING = "r0utingkey5ecretr0utingkey5ecret"
TOPIC, TOKEN, PATH = "top1c-5ecret", "tk_verysecret", "p4th-5ecret"


class Paper:
    """A channel's memory, in memory."""

    def __init__(self) -> None:
        self.notes: dict[str, str] = {}

    async def meta(self, key: str) -> str | None:
        return self.notes.get(key)

    async def save_meta(self, key: str, value: str) -> None:
        self.notes[key] = value


def _form(received: Received) -> dict[str, str]:
    return dict(parse_qsl(received.body.decode()))


def _spoken(received: Received) -> list[str]:
    said = ET.fromstring(_form(received)["Twiml"]).findall(".//Say[@loop]")  # noqa: S314 - our own text
    return str(said[0].text).split(". ", 1)


async def _as_it_is(channel: Channel, _url: str) -> Channel:
    return channel


async def _subscribed(channel: Channel, url: str) -> Channel:
    assert isinstance(channel, Pushing)
    channel.use_key(VAPID)
    await channel.subscribe(PHONE.subscription(f"{url}/{PATH}"))
    return channel


VAPID = new_key()
TWILIO = {"account": f"AC{'0' * 32}", "token": TOKEN, "from": "+33100000001", "to": "+33600000002"}


def _title(received: Received) -> str:
    return str(received.json["title"])


def _utf8(text: str) -> int:
    return len(text.encode())


def _utf16(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


@dataclass(frozen=True)
class Room:
    """How much fits into one message, and how much a message takes of it."""

    limit: int
    takes: Callable[[Received], int]


@dataclass(frozen=True, kw_only=True)
class Wire:
    """One kind of channel. `said` is all that a reader could see, `links` whether it carries one that acknowledges."""

    keys: Callable[[str], dict[str, Any]]
    text: Callable[[Received], str]
    title: Callable[[Received], str] = _title
    said: Callable[[Received], str] = lambda received: received.body.decode()
    accept: Behaviour = field(default_factory=receivers.answer)
    content: str = "application/json"
    links: bool = True
    token: bool = False  # whether the signed token stands there beside any link
    notices: bool = True
    size: Callable[[Received], int] = lambda received: len(received.body)
    prepare: Callable[[Channel, str], Awaitable[Channel]] = _as_it_is
    opens: bool = True  # whether the incident's page is linked beside
    room: Room | None = None  # None: as long as a text may be
    identity: Callable[[Received], Any] = lambda received: received.body  # by what the far end knows a repetition


WIRES: dict[str, Wire] = {
    "webhook": Wire(
        keys=lambda url: {"url": f"{url}/{PATH}", "secret": SECRET},
        text=lambda received: str(received.json["data"]["page"]["text"]),
        title=lambda received: str(received.json["data"]["page"]["title"]),
    ),
    "ntfy": Wire(
        keys=lambda url: {"server": url, "topic": TOPIC, "token": TOKEN, "reply_topic": None},
        text=lambda received: str(received.json["message"]),
        room=Room(4096, lambda received: len(received.body)),
    ),
    "alertmanager": Wire(
        keys=lambda url: {"url": url, "token": TOKEN},
        text=lambda received: str(received.json[0]["annotations"]["description"]),
        title=lambda received: str(received.json[0]["annotations"]["summary"]),
        links=False,
        identity=lambda received: received.json[0]["labels"],
        room=Room(16_384, lambda received: _utf8(received.json[0]["annotations"]["description"])),
    ),
    "pagerduty": Wire(
        keys=lambda url: {"server": url, "routing_key": ROUTING, "api_token": TOKEN, "api": url},
        text=lambda received: str(received.json["payload"]["custom_details"]["text"]),
        title=lambda received: str(received.json["payload"]["summary"]),
        accept=receivers.answer(202, text='{"status": "success", "message": "Event processed"}'),
    ),
    "telegram": Wire(
        keys=lambda url: {"server": url, "token": f"4711:{TOKEN}", "chat": 42},
        text=lambda received: str(received.json["text"]).partition("\n")[2],
        title=lambda received: str(received.json["text"]).partition("\n")[0],
        said=lambda received: json.dumps(received.json, ensure_ascii=False),
        accept=receivers.answer(text='{"ok": true, "result": {"message_id": 7}}'),
        links=False,
        room=Room(4096, lambda received: _utf16(received.json["text"])),
    ),
    "sms": Wire(
        keys=lambda url: TWILIO | {"server": url},
        text=lambda received: _form(received)["Body"].partition("\n")[2],
        title=lambda received: _form(received)["Body"].partition("\n")[0],
        said=lambda received: _form(received)["Body"],
        accept=receivers.answer(201, text='{"sid": "SM1", "messages": []}'),
        content="application/x-www-form-urlencoded",
        opens=False,
        room=Room(480, lambda received: len(_form(received)["Body"])),
    ),
    "voice": Wire(
        keys=lambda url: TWILIO | {"server": url},
        text=lambda received: _spoken(received)[1],
        title=lambda received: _spoken(received)[0],
        said=lambda received: _form(received)["Twiml"],
        accept=receivers.answer(201, text='{"sid": "CA1", "calls": []}'),
        content="application/x-www-form-urlencoded",
        opens=False,
        notices=False,
        room=Room(300, lambda received: len(_spoken(received)[1])),
    ),
    "webpush": Wire(
        keys=lambda url: {"contact": "mailto:ops@acme.example", "hosts": [url.partition("://")[2]]},
        text=lambda received: str(PHONE.reads(received.body)["body"]),
        title=lambda received: str(PHONE.reads(received.body)["title"]),
        said=lambda received: json.dumps(PHONE.reads(received.body), ensure_ascii=False),
        identity=lambda received: (PHONE.reads(received.body), received.headers["Topic"]),
        size=lambda received: int(PHONE.reads(received.body)["size"]),
        accept=receivers.answer(201),
        content="application/octet-stream",
        links=False,
        opens=False,
        token=True,
        prepare=_subscribed,
        room=Room(3072, lambda received: int(PHONE.reads(received.body)["size"])),
    ),
    "apprise": Wire(
        keys=lambda url: {"url": f"{url.replace('http', 'json', 1)}/{PATH}"},
        text=lambda received: str(received.json["message"]),
        said=lambda received: json.dumps(received.json, ensure_ascii=False),
    ),
}
