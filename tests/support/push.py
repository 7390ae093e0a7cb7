"""A phone's end of Web Push: its keys, and a strict push service that checks who signed before it delivers."""

from __future__ import annotations

import base64
import json
import time
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import http_ece
from aiohttp import web
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from support.receivers import serving

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

AUTH = b"a" * 16


def letters(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def raw(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


@dataclass
class Phone:
    """A browser that has subscribed."""

    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    def subscription(self, endpoint: str) -> dict[str, Any]:
        point = self.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        return {
            "endpoint": endpoint,
            "expirationTime": None,
            "keys": {"p256dh": letters(point), "auth": letters(AUTH)},
        }

    def reads(self, body: bytes) -> dict[str, Any]:
        content = http_ece.decrypt(body, private_key=self.key, auth_secret=AUTH, version="aes128gcm")
        found: dict[str, Any] = json.loads(content)
        return found | {"size": len(content)}


PHONE = Phone()


def signer(headers: Mapping[str, str], audience: str) -> str:
    """Return the public key that has signed a request for this service, or fail."""
    scheme, _, rest = headers["Authorization"].partition(" ")
    assert scheme == "vapid"
    parts = dict(part.strip().split("=", 1) for part in rest.split(","))
    head, claims, signature = parts["t"].split(".")
    told = json.loads(raw(claims))
    assert json.loads(raw(head))["alg"] == "ES256"
    assert told["aud"] == audience
    assert told["sub"].startswith("mailto:")
    assert time.time() < told["exp"] <= time.time() + 86_400
    both = raw(signature)
    numbers = encode_dss_signature(int.from_bytes(both[:32], "big"), int.from_bytes(both[32:], "big"))
    key = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), raw(parts["k"]))
    key.verify(numbers, f"{head}.{claims}".encode(), ec.ECDSA(hashes.SHA256()))
    return parts["k"]


@dataclass
class PushService:
    """Keeps the newest message a topic, as the real ones do for a phone that is off."""

    url: str = ""
    shown: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    waiting: dict[str, dict[str, Any]] = field(default_factory=dict)
    gone: set[str] = field(default_factory=set)
    signers: set[str] = field(default_factory=set)

    async def handle(self, request: web.Request) -> web.Response:
        if request.path in self.gone:
            return web.Response(status=410)
        body = await request.read()
        try:
            self.signers.add(signer(request.headers, self.url))
        except (AssertionError, KeyError, ValueError, InvalidSignature):
            return web.Response(status=403)
        topic = request.headers["Topic"]
        good = request.headers["Content-Encoding"] == "aes128gcm" and request.headers["Urgency"] in {"high", "low"}
        if len(body) > 4096:
            return web.Response(status=413)
        if not good or not request.headers["TTL"].isdigit() or not 1 <= len(topic) <= 32:
            return web.Response(status=400)
        told = PHONE.reads(body)
        self.shown.append(told)
        self.headers.append(dict(request.headers))
        self.waiting[topic] = told
        return web.Response(status=201, headers={"Location": "/m/1"})


@asynccontextmanager
async def push_service() -> AsyncIterator[PushService]:
    """Run it on loopback."""
    service = PushService()
    app = web.Application()
    app.router.add_post("/{tail:.*}", service.handle)
    async with serving(app) as base:
        service.url = base
        yield service
