"""Web Push: a notification on a phone that has installed our pages, encrypted for it alone (RFC 8030, 8291, 8292)."""

from __future__ import annotations

import base64
import binascii
import hashlib
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal
from urllib.parse import urlsplit

import http_ece
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec
from py_vapid import Vapid02
from pydantic import Field

from amends.model import InputError
from amends.paging.channels import _http, _json
from amends.paging.channels._notes import Notes
from amends.paging.channels._words import labels
from amends.paging.channels.settings import ChannelSettings
from amends.paging.message import fit
from amends.paging.ports import Channel, Refused, Result, Retry, Sent, Traits

if TYPE_CHECKING:
    from collections.abc import Mapping

    import aiohttp

    from amends.model import Seconds
    from amends.paging.message import Message
    from amends.paging.ports import Memory

LIMIT: Final = 3_072  # bytes before encryption; push services take 4,096 after it
PAGE_LIVES: Final = 3_600  # seconds that a push service keeps it for a phone that is off
NOTICE_LIVES: Final = 86_400
TOKEN_LIVES: Final = 12 * 3_600
MOST: Final = 20  # phones of one channel
SERVICES: Final = ("fcm.googleapis.com", "push.services.mozilla.com", "push.apple.com", "notify.windows.com")
_GONE: Final = (404, 410)
_POINT: Final = 65  # bytes of a public key
_AUTH: Final = 16

Host = Annotated[str, Field(pattern=r"^[A-Za-z0-9.-]{1,253}(:[0-9]{1,5})?$")]


class WebPushSettings(ChannelSettings):
    """`push: {kind: webpush, contact: "mailto:ops@example.org"}`; a phone is added on the person's page.

    `hosts` are push services beside those of the browsers: your own, by plain http only where it is named here.
    """

    kind: Literal["webpush"] = "webpush"
    contact: Annotated[str, Field(pattern=r"^(mailto:[^@\s]+@[^@\s]+|https://\S+)$")]
    hosts: tuple[Host, ...] = ()
    attempt: float = Field(default=10.0, gt=0, le=60)

    @property
    def public(self) -> bool:
        """Others carry it, and cannot read it."""
        return False

    @property
    def answered(self) -> str:
        """Return how people acknowledge on it."""
        return "acknowledged by its button"

    def build(self, id: str, session: aiohttp.ClientSession) -> Channel:  # noqa: A002 - the field's name
        """Return the channel."""
        return WebPush(id, self, session)


def new_key() -> str:
    """Return a private key for VAPID, as 43 letters."""
    secret = ec.generate_private_key(ec.SECP256R1()).private_numbers().private_value
    return _letters(secret.to_bytes(32, "big"))


class WebPush:
    """Tells every phone of its person; one that is gone is forgotten. Accepted by one is sent."""

    kind = "webpush"

    def __init__(self, id: str, settings: WebPushSettings, session: aiohttp.ClientSession) -> None:  # noqa: A002 - the field's name
        self.id = id
        self.traits = Traits(limit=LIMIT, buttons=2, priority=True, attempt=settings.attempt)
        self._settings, self._session = settings, session
        self._phones = Notes(f"webpush/{id}", kept=MOST)
        self._vapid: Vapid02 | None = None
        self.public_key = ""

    def remember(self, memory: Memory) -> None:
        """Keep the phones there."""
        self._phones.memory = memory

    def use_key(self, key: str) -> None:
        """Sign with this private key, by which push services know us."""
        self._vapid = Vapid02.from_raw(key.encode("ascii"))
        secret = int.from_bytes(_bytes(key), "big")
        numbers = ec.derive_private_key(secret, ec.SECP256R1()).public_key().public_numbers()
        self.public_key = _letters(b"\x04" + numbers.x.to_bytes(32, "big") + numbers.y.to_bytes(32, "big"))

    async def subscribe(self, given: Mapping[str, Any]) -> None:
        """Add a phone by what its browser says; InputError tells what is wrong with that."""
        phone = self.checked(given)
        await self._phones.keep(hashlib.sha256(phone["endpoint"].encode()).hexdigest()[:32], phone)

    def checked(self, given: Mapping[str, Any]) -> dict[str, str]:
        """Return a subscription whose address is that of a push service and whose keys are keys."""
        endpoint, keys = given.get("endpoint"), _json.part(given, "keys")
        if not isinstance(endpoint, str) or len(endpoint) > 2_000 or not self._is_service(endpoint):  # noqa: PLR2004 - an address
            raise InputError("endpoint is no address of a push service that we know; channels.ID.hosts adds one")
        point, auth = _bytes(keys.get("p256dh")), _bytes(keys.get("auth"))
        try:
            ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
        except (ValueError, UnsupportedAlgorithm):
            point = b""
        if len(point) != _POINT or len(auth) != _AUTH:
            raise InputError("keys are not those of a push subscription")
        return {"endpoint": endpoint, "p256dh": _letters(point), "auth": _letters(auth)}

    def _is_service(self, endpoint: str) -> bool:
        """Whether an address lies at a known push service: whoever subscribes must not choose whom we connect to."""
        try:
            parts = urlsplit(endpoint)
            host, port, user = (parts.hostname or "").lower(), parts.port, parts.username
        except ValueError:
            return False
        own = {one.lower() for one in self._settings.hosts}
        if user is None and parts.scheme in {"http", "https"} and own & {host, f"{host}:{port}"}:
            return True
        known = any(host == one or host.endswith(f".{one}") for one in SERVICES)
        return known and parts.scheme == "https" and port in {None, 443} and user is None

    async def send(self, message: Message) -> Result:
        """Make one attempt at every phone."""
        phones = await self._phones.all()
        if self._vapid is None or not phones:
            return Refused(f"{self.id}: no phone is subscribed; open the person's page on it and press the button")
        content = payload(message)
        results = [await self._push(key, phone, content, message) for key, phone in list(phones.items())]
        if Sent() in results:
            return Sent()
        again = [one for one in results if isinstance(one, Retry)]
        return again[0] if again else results[0]

    async def _push(self, key: str, phone: dict[str, Any], content: bytes, message: Message) -> Result:
        if not self._is_service(str(phone["endpoint"])):
            return Refused(f"{self.id}: a phone's push service is not among channels.ID.hosts any more")
        result = await _http.post(
            self._session,
            phone["endpoint"],
            body=encrypted(content, phone),
            headers=self._headers(phone["endpoint"], message),
            name=self.id,
            now=message.at,
        )
        if isinstance(result, Refused) and any(f"answered {status}" in result.why for status in _GONE):
            await self._phones.drop(key)
            return Refused(f"{result.why}; the phone has unsubscribed, and is forgotten")
        return result

    def _headers(self, endpoint: str, message: Message) -> dict[str, str]:
        wakes = message.page.kind == "page"
        parts = urlsplit(endpoint)
        claims = {"aud": f"{parts.scheme}://{parts.netloc}", "exp": _until(message.at), "sub": self._settings.contact}
        signed: dict[str, str] = self._vapid.sign(claims) if self._vapid is not None else {}
        return signed | {
            "Content-Encoding": "aes128gcm",
            "Content-Type": "application/octet-stream",
            "TTL": str(PAGE_LIVES if wakes else NOTICE_LIVES),
            "Urgency": "high" if wakes else "low",
            "Topic": topic(message.page.incident.id),
        }


def payload(message: Message) -> bytes:
    """Return what our service worker is told: JSON within `LIMIT` bytes, the text giving way."""
    page = message.page
    acknowledge, open_ = labels(message.language)
    document = {
        "title": message.title,
        "url": urlsplit(message.url).path,
        "tag": topic(page.incident.id),
        "wakes": page.kind == "page",
        "token": message.tokens[0] if message.tokens else None,
        "labels": [acknowledge, open_],
    }

    def whole(text: str) -> bytes:
        return _json.encoded({**document, "body": text})

    return whole(fit(message.text, LIMIT, size=lambda text: len(whole(text))))


def encrypted(content: bytes, phone: Mapping[str, Any]) -> bytes:
    """Return the content for one phone's eyes (RFC 8291, aes128gcm), under a key that is used once."""
    made: bytes = http_ece.encrypt(
        content,
        private_key=ec.generate_private_key(ec.SECP256R1()),
        dh=_bytes(phone["p256dh"]),
        auth_secret=_bytes(phone["auth"]),
        version="aes128gcm",
    )
    return made


def topic(incident: str) -> str:
    """Return the name under which a newer message replaces one that waits: 32 letters at most."""
    return _letters(hashlib.sha256(incident.encode()).digest())[:32]


def _until(now: Seconds) -> int:
    return int(now) + TOKEN_LIVES


def _letters(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _bytes(text: object) -> bytes:
    try:
        return base64.urlsafe_b64decode(f"{text}{'=' * (-len(str(text)) % 4)}".encode("ascii"))
    except (ValueError, binascii.Error):
        return b""
