"""Webhook: any program of yours; signed as Standard Webhooks 1.0, so that it knows us, and a retry from news."""

from __future__ import annotations

import base64
import binascii
import hmac
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

from pydantic import AfterValidator, Field, SecretStr, field_validator

from amends import incidents
from amends.paging.channels import _http, _json
from amends.paging.channels.settings import ChannelSettings, is_public, origin, web_address
from amends.paging.ports import Channel, Result, Traits

if TYPE_CHECKING:
    import aiohttp

    from amends.paging.message import Message

_PREFIX: Final = "whsec_"
_LEAST_KEY: Final = 8


class WebhookSettings(ChannelSettings):
    """`hook: {kind: webhook, url: "https://...", secret: "whsec_..."}`; the secret is base64 after `whsec_`."""

    kind: Literal["webhook"] = "webhook"
    url: Annotated[str, AfterValidator(web_address)] = Field(repr=False)
    secret: SecretStr
    attempt: float = Field(default=10.0, gt=0, le=60)

    @field_validator("secret")
    @classmethod
    def _key_is_long_enough(cls, secret: SecretStr) -> SecretStr:
        key_of(secret.get_secret_value())
        return secret

    @property
    def reaches(self) -> str:
        """Return the receiver's server, without the path: that may be a secret."""
        return origin(self.url)

    def build(self, id: str, session: aiohttp.ClientSession) -> Channel:  # noqa: A002 - the field's name
        """Return the channel."""
        return Webhook(id, self, session)


class Webhook:
    """Sends the page and its incident as JSON; 2xx is a receipt."""

    kind = "webhook"

    def __init__(self, id: str, settings: WebhookSettings, session: aiohttp.ClientSession) -> None:  # noqa: A002 - the field's name
        self.id = id
        self.traits = Traits(public=is_public(settings.url), priority=True, attempt=settings.attempt)
        self._brief = settings.brief
        self._url, self._key, self._session = settings.url, key_of(settings.secret.get_secret_value()), session

    async def send(self, message: Message) -> Result:
        """Make one attempt; the id and the body are the same at each."""
        content = body(message, brief=self._brief)
        stamp = str(int(message.at))
        headers = {
            "Content-Type": "application/json",
            "webhook-id": message.key,
            "webhook-timestamp": stamp,
            "webhook-signature": signature(self._key, message.key, stamp, content),
        }
        return await _http.post(self._session, self._url, body=content, headers=headers, name=self.id, now=message.at)


def body(message: Message, *, brief: bool = False) -> bytes:
    """Return the JSON of the doors: `type`, `timestamp`, and in `data` the page and its incident.

    `type` names the incident's recorded event that asked for the page; the proof of life is of no incident.
    `brief`: no quotes, also of what was decided while the channel still carried them; the text ends with the link.
    """
    page = message.page
    incident = replace(page.incident, quotes=()) if brief else page.incident
    linked = brief and page.reason != "alive"
    document: dict[str, Any] = {
        "type": f"incident.{'alive' if page.reason == 'alive' else page.event}",
        "timestamp": incidents.rfc3339(page.decided_at),
        "data": {
            "page": {
                **incidents.page_document(page, acknowledge_url=message.acknowledge_url),
                "title": message.title,
                "text": f"{message.text}\n{message.url}" if linked else message.text,
            },
            "incident": incidents.incident_document(incident, url=message.url) if page.reason != "alive" else None,
        },
    }
    return _json.encoded(document)


def signature(key: bytes, id_: str, stamp: str, content: bytes) -> str:
    """Sign `id.timestamp.body` with HMAC-SHA256, as Standard Webhooks 1.0 has it."""
    mac = hmac.digest(key, b".".join((id_.encode(), stamp.encode(), content)), "sha256")
    return f"v1,{base64.b64encode(mac).decode()}"


def key_of(secret: str) -> bytes:
    """Return the key in a secret; ValueError, without the secret in it, says how to write one."""
    way_out = "write whsec_ and then base64 of 24 to 64 random bytes, as `openssl rand -base64 32` gives them"
    if not secret.startswith(_PREFIX):
        raise ValueError(f"a webhook's secret must begin with whsec_; {way_out}")
    try:
        key = base64.b64decode(secret.removeprefix(_PREFIX), validate=True)
    except (binascii.Error, ValueError):
        raise ValueError(f"what follows whsec_ is not base64; {way_out}") from None
    if len(key) < _LEAST_KEY:
        raise ValueError(f"the key holds {len(key)} bytes, which is too few; {way_out}")
    return key
