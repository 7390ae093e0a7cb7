"""The session in which channels and the heartbeat are called: the operator's own addresses, reached as written."""

from __future__ import annotations

import aiohttp

from amends.sources.version import VERSION

AGENT = f"Amends/{VERSION}"


def new_session() -> aiohttp.ClientSession:
    """Return a session that names us, keeps no cookies and heeds no proxy of the environment."""
    return aiohttp.ClientSession(trust_env=False, cookie_jar=aiohttp.DummyCookieJar(), headers={"User-Agent": AGENT})
