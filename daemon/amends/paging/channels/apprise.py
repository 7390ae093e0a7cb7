"""Apprise: its hundred other services, each attempt in a child process that can be killed when it hangs."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field, SecretStr, field_validator

from amends.paging.channels import _apprise_child
from amends.paging.channels._words import links_of
from amends.paging.channels.settings import ChannelSettings
from amends.paging.message import one_line
from amends.paging.ports import Channel, Refused, Result, Retry, Sent, Traits

if TYPE_CHECKING:
    import aiohttp

    from amends.paging.message import Message


class AppriseSettings(ChannelSettings):
    """`mail: {kind: apprise, url: "${APPRISE_URL}"}`; the URL holds passwords, so all of it is a secret."""

    kind: Literal["apprise"] = "apprise"
    url: SecretStr
    attempt: float = Field(default=25.0, gt=0, le=60)  # starting the child and a mail server take their time

    @field_validator("url")
    @classmethod
    def _has_a_scheme(cls, url: SecretStr) -> SecretStr:
        scheme, mark, rest = url.get_secret_value().partition("://")
        if not mark or not scheme or not rest or not scheme.replace("-", "").replace("+", "").isalnum():
            raise ValueError("must be one Apprise address, as SERVICE://...")
        return url

    @property
    def public(self) -> bool:
        """Whether others run the service: nearly always, and Apprise does not say."""
        return True

    def build(self, id: str, session: aiohttp.ClientSession) -> Channel:  # noqa: A002, ARG002 - the registry's signature
        """Return the channel."""
        return AppriseChannel(id, self)


class AppriseChannel:
    """Hands title and text to Apprise in a child; a child that is not done in time is killed with all it started."""

    kind = "apprise"

    def __init__(self, id: str, settings: AppriseSettings) -> None:  # noqa: A002 - the field's name
        self.id = id
        self.traits = Traits(public=True, groups=True, attempt=settings.attempt)
        self._url = settings.url

    async def send(self, message: Message) -> Result:
        """Make one attempt. Apprise tells no reason and no Retry-After: what it did not take is tried again."""
        code = await self._run(json.dumps(self._job(message)).encode())
        match code:
            case _apprise_child.TAKEN:
                return Sent()
            case _apprise_child.NO_ADDRESS:
                return Refused(f"{self.id}: Apprise does not know this kind of address, or it is not complete")
            case _apprise_child.NOT_TAKEN:
                return Retry(None, f"{self.id}: the service behind Apprise did not take it")
            case _:
                return Retry(None, f"{self.id}: Apprise ended with {code}")

    def _job(self, message: Message) -> dict[str, Any]:
        return {
            "url": self._url.get_secret_value(),
            "title": one_line(message.title),
            "text": message.text.encode("utf-8", "replace").decode(),
            "links": links_of(message),
            "alert": message.page.kind == "page",
        }

    async def _run(self, job: bytes) -> int | None:
        child = await asyncio.create_subprocess_exec(
            sys.executable,
            "-I",
            _apprise_child.__file__,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,  # Apprise may write addresses there
            start_new_session=True,
            env={
                name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TZ", "SSL_CERT_FILE") if name in os.environ
            },
        )
        try:
            await child.communicate(job)
        finally:
            if child.returncode is None:
                os.killpg(child.pid, signal.SIGKILL)
                await child.wait()
        return child.returncode
