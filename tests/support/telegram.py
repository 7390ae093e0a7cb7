"""A strict fake of Telegram's Bot API, made from its published description: what it would refuse, it refuses."""

from __future__ import annotations

import asyncio
import itertools
import json
import time
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from aiohttp import web

from support.receivers import serving

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

TOKEN, CHAT = "4711:AAF-b0t_t0ken_5ecret", 42
SENDS = {
    "chat_id", "text", "entities", "link_preview_options", "disable_notification", "reply_markup", "message_id",
}  # fmt: skip


def units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


class WrongError(Exception):
    """400, with Telegram's own words."""


@dataclass
class Telegram:
    """One bot and its chats."""

    url: str = ""
    sent: dict[int, dict[str, Any]] = field(default_factory=dict)
    edits: int = 0
    refused: list[str] = field(default_factory=list)
    answered: list[str] = field(default_factory=list)
    updates: list[dict[str, Any]] = field(default_factory=list)
    polls: int = 0
    conflicts: int = 0
    blocked: bool = False
    flood: int = 0  # seconds
    no_entities: bool = False
    arrived: asyncio.Event = field(default_factory=asyncio.Event)
    _count: Any = field(default_factory=lambda: itertools.count(1))

    def press(self, message_id: int, button: int = 0, *, chat: int = CHAT, data: str | None = None) -> None:
        """Press a message's button, as somebody in a chat."""
        rows = self.sent[message_id]["reply_markup"]["inline_keyboard"]
        number = next(self._count)
        self.updates.append(
            {
                "update_id": number,
                "callback_query": {
                    "id": f"q{number}",
                    "from": {"id": 1},
                    "message": {"message_id": message_id, "date": self.sent[message_id]["date"], "chat": {"id": chat}},
                    "data": rows[button][0]["callback_data"] if data is None else data,
                },
            }
        )
        self.arrived.set()

    async def handle(self, request: web.Request) -> web.Response:
        if request.match_info["token"] != f"bot{TOKEN}":
            return self.no(401, "Unauthorized")
        try:
            told = json.loads(await request.read())
            if self.flood:
                return self.no(429, "Too Many Requests", parameters={"retry_after": self.flood})
            result = await getattr(self, request.match_info["method"])(told)
        except WrongError as error:
            self.refused.append(str(error))
            return self.no(400, f"Bad Request: {error}")
        if isinstance(result, web.Response):
            return result
        return web.json_response({"ok": True, "result": result})

    def no(self, code: int, text: str, **more: Any) -> web.Response:
        return web.json_response({"ok": False, "error_code": code, "description": text, **more}, status=code)

    async def sendMessage(self, told: dict[str, Any]) -> Any:  # noqa: N802 - Telegram's name
        if self.blocked:
            return self.no(403, "Forbidden: bot was blocked by the user")
        self.check(told)
        number = next(self._count)
        self.sent[number] = told | {"date": int(time.time())}
        return {"message_id": number, "date": int(time.time()), "chat": {"id": CHAT}, "text": told["text"]}

    async def editMessageText(self, told: dict[str, Any]) -> Any:  # noqa: N802 - Telegram's name
        self.check(told)
        if told["message_id"] not in self.sent:
            raise WrongError("message to edit not found")
        old = self.sent[told["message_id"]]
        if (old["text"], old["reply_markup"]) == (told["text"], told["reply_markup"]):
            raise WrongError("message is not modified: specified new message content is exactly the same")
        self.sent[told["message_id"]] = old | told
        self.edits += 1
        return True

    async def answerCallbackQuery(self, told: dict[str, Any]) -> Any:  # noqa: N802 - Telegram's name
        self.answered.append(told["callback_query_id"])
        return True

    async def getUpdates(self, told: dict[str, Any]) -> Any:  # noqa: N802 - Telegram's name
        if self.polls:
            self.conflicts += 1
            return self.no(409, "Conflict: terminated by other getUpdates request")
        self.polls += 1
        try:
            offset = told.get("offset", 0)
            self.updates = [one for one in self.updates if one["update_id"] >= offset]
            if not self.updates:
                self.arrived.clear()
                try:
                    await asyncio.wait_for(self.arrived.wait(), min(told["timeout"], 0.3))
                except TimeoutError:
                    return []
            return self.updates
        finally:
            self.polls -= 1

    def check(self, told: dict[str, Any]) -> None:
        if unknown := told.keys() - SENDS:
            raise WrongError(f"unknown {unknown}")
        if str(told["chat_id"]) != str(CHAT):
            raise WrongError("chat not found")
        text = told["text"]
        if not 1 <= units(text) <= 4096:
            raise WrongError("message is too long")
        if self.no_entities and "entities" in told:
            raise WrongError("can't parse entities")
        for one in told.get("entities", ()):
            if one["offset"] < 0 or one["length"] < 1 or one["offset"] + one["length"] > units(text):
                raise WrongError("entity beyond the text")
            text.encode("utf-16-le")[2 * one["offset"] : 2 * (one["offset"] + one["length"])].decode("utf-16-le")
        for (button,) in told["reply_markup"]["inline_keyboard"]:
            self.button(button)

    def button(self, button: dict[str, Any]) -> None:
        if "callback_data" in button:
            if not 1 <= len(button["callback_data"].encode()) <= 64:
                raise WrongError("BUTTON_DATA_INVALID")
        elif (urlsplit(button["url"]).hostname or "").startswith(("127.", "localhost")):
            raise WrongError("BUTTON_URL_INVALID")


@asynccontextmanager
async def telegram() -> AsyncIterator[Telegram]:
    """Run it on loopback."""
    fake = Telegram()
    app = web.Application()
    app.router.add_post("/{token}/{method}", fake.handle)
    async with serving(app) as base:
        fake.url = base
        yield fake
