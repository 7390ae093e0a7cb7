"""A strict fake of Twilio's Messages and Calls, made from its published reference: what it would refuse, it refuses."""

from __future__ import annotations

import asyncio
import base64
import itertools
import re
import time
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email.utils import formatdate
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

from aiohttp import web

from support.receivers import serving

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

ACCOUNT, TOKEN = "AC0123456789abcdef0123456789abcdef", "tw1lio-5ecret-t0ken"
OURS, THEIRS = "+33100000001", "+33600000002"
KEYS = {
    "Messages": {"To", "From", "MessagingServiceSid", "Body", "ValidityPeriod"},
    "Calls": {"To", "From", "Twiml", "Timeout"},
}


@dataclass
class Twilio:
    """One account. `lose` answers are lost after the message was taken."""

    url: str = ""
    messages: list[dict[str, Any]] = field(default_factory=list)
    calls: list[dict[str, Any]] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    lose: int = 0
    error: tuple[int, int] | None = None  # status, Twilio's code
    _count: Any = field(default_factory=itertools.count)

    def reply(self, body: str, *, sender: str = THEIRS, at: float | None = None) -> None:
        """Let somebody answer."""
        when = formatdate(time.time() if at is None else at, usegmt=False)
        said = {"from": sender, "to": OURS, "body": body, "status": "received", "date_sent": when}
        self.messages.insert(0, said | {"direction": "inbound"})

    async def create(self, request: web.Request) -> web.StreamResponse:
        kind = request.match_info["kind"]
        form = dict(await request.post())
        fault = self.faults(kind, form, request)
        if fault:
            self.refused.append(fault)
            return self.no(400, 21601, fault)
        if self.error:
            return self.no(*self.error, "said so")
        sid = f"{'SM' if kind == 'Messages' else 'CA'}{next(self._count):032x}"
        now = formatdate(time.time(), usegmt=False)
        made = {"sid": sid, "to": form["To"], "from": form.get("From"), "status": "queued", "date_created": now}
        if kind == "Messages":
            self.messages.insert(0, made | {"body": form["Body"], "direction": "outbound-api", "date_sent": now})
        else:
            self.calls.insert(0, made | {"twiml": form["Twiml"]})
        if self.lose:
            self.lose -= 1
            assert request.transport is not None
            request.transport.abort()
            await asyncio.sleep(0)
        return web.json_response(made, status=201)

    def faults(self, kind: str, form: dict[str, Any], request: web.Request) -> str:
        if request.headers.get("Authorization") != f"Basic {base64.b64encode(f'{ACCOUNT}:{TOKEN}'.encode()).decode()}":
            return "not authorised"
        if unknown := form.keys() - KEYS[kind]:
            return f"unknown {unknown}"
        if not re.fullmatch(r"\+[1-9]\d{6,14}", str(form.get("To", ""))):
            return "To"
        if kind == "Messages":
            good = 1 <= len(form.get("Body", "")) <= 1600 and 1 <= int(form["ValidityPeriod"]) <= 36_000
            return "" if good else "Body or ValidityPeriod"
        return self.twiml_faults(form["Twiml"])

    def twiml_faults(self, text: str) -> str:
        if len(text) > 4000:
            return "Twiml too long"
        root = ET.fromstring(text)  # noqa: S314 - our own text, as a test
        tags = {one.tag for one in root.iter()}
        return "" if root.tag == "Response" and tags <= {"Response", "Gather", "Say"} else f"Twiml {tags}"

    def no(self, status: int, code: int, text: str) -> web.Response:
        return web.json_response({"code": code, "message": text, "status": status}, status=status)

    async def listed(self, request: web.Request) -> web.Response:
        kind = request.match_info["kind"]
        entries = self.messages if kind == "Messages" else self.calls
        asked = {"to": request.query.get("To"), "from": request.query.get("From")}
        found = [one for one in entries if all(value is None or one[key] == value for key, value in asked.items())]
        return web.json_response({kind.lower(): found[: int(request.query.get("PageSize", 50))]})


@asynccontextmanager
async def twilio() -> AsyncIterator[Twilio]:
    """Run it on loopback."""
    fake = Twilio()
    app = web.Application()
    path = f"/2010-04-01/Accounts/{ACCOUNT}/{{kind:Messages|Calls}}.json"
    app.router.add_post(path, fake.create)
    app.router.add_get(path, fake.listed)
    async with serving(app) as base:
        fake.url = base
        yield fake
