"""The few files that every page loads, read once from the package and served with a hash for a name's sake."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from importlib.resources import files

from aiohttp import hdrs, web

_TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}


@dataclass(frozen=True, slots=True)
class Asset:
    """A file's bytes, its media type and its mark."""

    body: bytes
    media_type: str
    etag: str


def load() -> dict[str, Asset]:
    """Return every file of the static folder by its name."""
    found = {}
    for entry in files("amends.web").joinpath("static").iterdir():
        suffix = entry.name[entry.name.rfind(".") :]
        if suffix in _TYPES:
            body = entry.read_bytes()
            found[entry.name] = Asset(body, _TYPES[suffix], hashlib.sha256(body).hexdigest()[:16])
    return found


ASSETS: web.AppKey[dict[str, Asset]] = web.AppKey("assets")


async def get_static(request: web.Request) -> web.Response:
    """Serve one file; an unchanged one costs no bytes."""
    asset = request.app[ASSETS].get(request.match_info["name"])
    if asset is None:
        raise web.HTTPNotFound
    headers = {hdrs.CACHE_CONTROL: "public, max-age=3600", hdrs.ETAG: f'"{asset.etag}"'}
    if any(mark.value == asset.etag for mark in request.if_none_match or ()):
        return web.Response(status=304, headers=headers)
    return web.Response(body=asset.body, content_type=asset.media_type, charset="utf-8", headers=headers)


async def get_icon(request: web.Request) -> web.Response:
    """Serve the icon at the address that browsers try by themselves."""
    asset = request.app[ASSETS]["icon.svg"]
    return web.Response(
        body=asset.body, content_type=asset.media_type, headers={hdrs.CACHE_CONTROL: "public, max-age=86400"}
    )
