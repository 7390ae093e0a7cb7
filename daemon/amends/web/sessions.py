"""Sessions: a signed cookie that says who reads, checked against what is configured now. No state on the server."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from amends.model import DAY

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aiohttp import web

    from amends.model import Seconds
    from amends.web.ports import Site

LIFE = 30 * DAY  # a phone that was paged stays signed in for a month
_PURPOSE = b"amends session 1"  # keeps this use of the key apart from signed links


@dataclass(frozen=True, slots=True)
class Session:
    """Who the cookie speaks for: a person (by a page's link) or a token's holder."""

    person: str | None = None
    token: str | None = None


def cookie_name(site: Site) -> str:
    """Return the cookie's name; `__Host-` binds it to this host over https alone."""
    return "__Host-amends" if site.secure else "amends"


def token_name(tokens: Mapping[str, str], given: str) -> str | None:
    """Return which token was given, comparing all of them in constant time; None for none."""
    found = None
    shown = hashlib.sha256(given.encode("utf-8", "surrogateescape")).digest()
    for name, secret in tokens.items():
        if hmac.compare_digest(hashlib.sha256(secret.encode()).digest(), shown) and secret:
            found = name
    return found


def grant(site: Site, session: Session) -> str:
    """Return the cookie's value for a session that begins now."""
    payload = {"e": int(site.clock.wall() + LIFE), "p": session.person, "t": session.token}
    if session.token is not None:
        payload["d"] = _mark(site.key, site.tokens[session.token])
    body = _encode(json.dumps(payload, separators=(",", ":")).encode())
    return f"{body}.{_seal(site.key, body)}"


def read(site: Site, cookie: str) -> Session | None:
    """Return the session of a cookie; None where it is altered, over, or speaks for nobody who is configured."""
    body, _, seal = cookie.partition(".")
    shown = seal.encode("utf-8", "surrogateescape")
    key = next((key for key in site.keys if hmac.compare_digest(_seal(key, body).encode(), shown)), None)
    if key is None:
        return None
    try:
        payload = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    except (ValueError, binascii.Error):  # pragma: no cover - sealed by us, so it can be read
        return None
    return _standing(site, payload, key, site.clock.wall())


def _standing(site: Site, payload: dict[str, object], key: bytes, now: Seconds) -> Session | None:
    expires, person, token = payload.get("e"), payload.get("p"), payload.get("t")
    if not isinstance(expires, int) or expires < now:
        return None
    if isinstance(person, str):
        return Session(person=person) if person in site.engine.rules.people else None
    if isinstance(token, str) and token in site.tokens and payload.get("d") == _mark(key, site.tokens[token]):
        return Session(token=token)
    return None


def set_cookie(site: Site, response: web.StreamResponse, session: Session) -> None:
    """Put a fresh session on a response."""
    response.set_cookie(
        cookie_name(site),
        grant(site, session),
        max_age=int(LIFE),
        httponly=True,
        samesite="Lax",
        secure=site.secure,
        path="/",
    )


def drop_cookie(site: Site, response: web.StreamResponse) -> None:
    """Take the session off the browser."""
    response.del_cookie(cookie_name(site), path="/", secure=site.secure, httponly=True, samesite="Lax")


def _mark(key: bytes, secret: str) -> str:
    """Return a mark of a token's present value: a changed token ends its sessions."""
    return hmac.new(key, _PURPOSE + b" token " + secret.encode(), hashlib.sha256).hexdigest()[:16]


def _seal(key: bytes, body: str) -> str:
    digest = hmac.new(key, _PURPOSE + b"\n" + body.encode("utf-8", "surrogateescape"), hashlib.sha256).digest()
    return _encode(digest)


def _encode(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
