"""ntfy: push messages to a phone, with buttons; its reply topic brings the acknowledgement back with no open port."""

from __future__ import annotations

import asyncio
import json
import re
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

import aiohttp
import structlog
from pydantic import AfterValidator, Field, SecretStr, field_validator

from amends.paging.channels import _http, _json
from amends.paging.channels._words import labels
from amends.paging.channels.settings import ChannelSettings, is_public, origin, web_address
from amends.paging.message import fit
from amends.paging.ports import Channel, Refused, Result, Traits

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from amends.paging.message import Message
    from amends.paging.ports import Heard

_LOG: Final = structlog.get_logger("amends.paging")
LIMIT: Final = 4096  # bytes; beyond it the server makes an attachment of the text, or the phone's platform drops it
PRIORITY: Final = {1: 5, 2: 4, 3: 3}  # by severity; a notice makes no sound
NOTICE_PRIORITY: Final = 2
TAGS: Final = {1: "rotating_light", 2: "warning", 3: "speech_balloon"}
DONE_TAG: Final = "white_check_mark"
LONGEST_LINE: Final = 16_384
MOST_TOKENS: Final = 32
_TOPIC: Final = re.compile(r"[-_A-Za-z0-9]{1,64}")


class NtfySettings(ChannelSettings):
    """`phone: {kind: ntfy, server: "https://ntfy.sh", topic: "...", token: "...", reply_topic: "...", detail: brief}`.

    Whoever knows a topic of a server without access control reads and writes it: topic and reply_topic are secrets.
    `detail` is brief by default where the server lies outside, full on a private address.
    """

    kind: Literal["ntfy"] = "ntfy"
    server: Annotated[str, AfterValidator(web_address)] = "https://ntfy.sh"
    topic: SecretStr
    token: SecretStr | None = None
    reply_topic: SecretStr | None = None
    attempt: float = Field(default=10.0, gt=0, le=60)
    silent_for: float = Field(default=120.0, gt=0)  # real seconds without a line, keep-alives too: connect again

    @field_validator("topic", "reply_topic")
    @classmethod
    def _is_a_topic(cls, topic: SecretStr | None) -> SecretStr | None:
        if topic is not None and not _TOPIC.fullmatch(topic.get_secret_value()):
            raise ValueError("a topic is 1 to 64 letters, digits, - or _")
        return topic

    @property
    def public(self) -> bool:
        """Whether the server lies outside."""
        return is_public(self.server)

    @property
    def reaches(self) -> str:
        """Return the server."""
        return origin(self.server)

    @property
    def answered(self) -> str:
        """Return how people acknowledge on it."""
        return "acknowledged by its reply topic" if self.reply_topic else "acknowledged by its button"

    def build(self, id: str, session: aiohttp.ClientSession) -> Channel:  # noqa: A002 - the field's name
        """Return the channel."""
        return Ntfy(id, self, session)


class Ntfy:
    """Publishes JSON to the server's root; hears its reply topic."""

    kind = "ntfy"

    def __init__(self, id: str, settings: NtfySettings, session: aiohttp.ClientSession) -> None:  # noqa: A002 - the field's name
        self.id = id
        self.traits = Traits(
            limit=LIMIT, buttons=3, priority=True, public=settings.public, groups=True, attempt=settings.attempt
        )
        self._settings, self._session = settings, session
        self._server = settings.server.rstrip("/")
        self._topic = settings.topic.get_secret_value()
        self._reply = settings.reply_topic.get_secret_value() if settings.reply_topic else None
        self._headers = {"Authorization": f"Bearer {settings.token.get_secret_value()}"} if settings.token else {}

    async def send(self, message: Message) -> Result:
        """Make one attempt."""
        content = self.body(message)
        if len(content) > LIMIT:
            return Refused(
                f"{self.id}: {len(content)} bytes without any text, ntfy takes {LIMIT}; shorten external_url"
            )
        headers = {"Content-Type": "application/json", **self._headers}
        return await _http.post(
            self._session, f"{self._server}/", body=content, headers=headers, name=self.id, now=message.at
        )

    def body(self, message: Message) -> bytes:
        """Return the JSON to publish, all of it within `LIMIT` bytes: the text gives way, its head stays."""
        page = message.page
        wakes = page.kind == "page"
        over = page.reason == "resolved"
        tags = [DONE_TAG if over else TAGS[message.severity]] + (["drill"] if page.incident.drill else [])
        document: dict[str, Any] = {
            "topic": self._topic,
            "title": message.title,
            "priority": PRIORITY[message.severity] if wakes else NOTICE_PRIORITY,
            "tags": tags,
            "click": message.url,
            "actions": self._actions(message),
            "message": "",
        }

        def whole(text: str) -> bytes:
            return _json.encoded({**document, "message": text})

        return whole(fit(message.text, LIMIT, size=lambda text: len(whole(text))))

    def _actions(self, message: Message) -> list[dict[str, Any]]:
        """Return the buttons. Acknowledging goes to the web if a phone can reach it, else over the reply topic."""
        acknowledge, open_ = labels(message.language)
        actions: list[dict[str, Any]] = []
        alone = len(message.pages) == 1
        if self._reply and message.tokens and not (message.reachable and alone):
            actions.append(_button(acknowledge, f"{self._server}/{self._reply}") | {"body": reply(message.tokens)})
        elif message.acknowledge_url:
            actions.append(_button(acknowledge, message.acknowledge_url))
        actions.append({"action": "view", "label": open_, "url": message.url})
        return actions

    # --- what people answer ---

    @property
    def listens(self) -> bool:
        """Whether there is a reply topic."""
        return self._reply is not None

    async def listen(self, heard: Heard) -> None:
        """Hear the reply topic for ever; what was said while we were away too, as long as the server keeps it."""
        since, wait = "all", 1.0
        while True:
            try:
                opened = 0.0
                async for line in self._lines(since):
                    wait = 1.0
                    if line.get("event") == "open":
                        opened = _time(line)
                    for token in tokens_in(line):
                        await heard(token, max(0.0, opened - _time(line)))
                    if line.get("event") == "message":
                        since = str(line.get("id") or since)
                why = "the server ended the stream"
            except (aiohttp.ClientError, OSError, TimeoutError) as error:
                why = type(error).__name__
            _LOG.info("reply topic lost", channel=self.id, why=why, again_in=wait)
            await asyncio.sleep(wait)
            wait = min(60.0, wait * 2)

    async def _lines(self, since: str) -> AsyncIterator[dict[str, Any]]:
        """Yield each message of the reply topic as JSON; a line that is none, or too long, is passed over."""
        limits = aiohttp.ClientTimeout(total=None, sock_connect=10.0, sock_read=self._settings.silent_for)
        address = f"{self._server}/{self._reply}/json"
        async with self._session.get(
            address, params={"since": since}, headers=self._headers, timeout=limits, allow_redirects=False
        ) as answer:
            answer.raise_for_status()
            held, too_long = b"", False
            async for piece in answer.content.iter_any():
                *whole, held = (held + piece).split(b"\n")
                for line in whole:
                    if not too_long and (document := _document(line)) is not None:
                        yield document
                    too_long = False
                if len(held) > LONGEST_LINE:
                    held, too_long = b"", True


def reply(tokens: tuple[str, ...]) -> str:
    """Return what a phone says on the reply topic to acknowledge."""
    return " ".join(("ack", *tokens))


def tokens_in(line: dict[str, Any]) -> list[str]:
    """Return the tokens of an `ack TOKEN ...` message; anybody may write to a topic, so nothing else is understood."""
    said = line.get("message")
    if line.get("event") != "message" or not isinstance(said, str):
        return []
    word, *tokens = said.split()[: MOST_TOKENS + 1] or [""]
    return tokens if word.lower() == "ack" else []


def _button(label: str, url: str) -> dict[str, Any]:
    return {"action": "http", "label": label, "url": url, "method": "POST", "clear": True}


def _time(line: dict[str, Any]) -> float:
    stamp = line.get("time")
    return float(stamp) if isinstance(stamp, int | float) else 0.0


def _document(line: bytes) -> dict[str, Any] | None:
    try:
        document = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return document if isinstance(document, dict) else None
