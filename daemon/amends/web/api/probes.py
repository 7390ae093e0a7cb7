"""`/healthz`, `/readyz` and `/metrics`."""

from __future__ import annotations

from aiohttp import web

from amends.web.answers import answer
from amends.web.keys import SITE

_PROMETHEUS = "text/plain; version=0.0.4; charset=utf-8"


async def get_health(request: web.Request) -> web.Response:  # noqa: ARG001 - a handler's signature
    """Answer while the loop turns."""
    return answer({"status": "ok"})


async def get_ready(request: web.Request) -> web.Response:
    """Answer 200 while storage, web and workers are up; the world's state plays no part."""
    parts = dict(request.app[SITE].ready())
    ready = all(parts.values())
    return answer({"status": "ready" if ready else "not ready", "parts": parts}, status=200 if ready else 503)


async def get_metrics(request: web.Request) -> web.Response:
    """Render the metrics."""
    return web.Response(body=request.app[SITE].metrics(), headers={"Content-Type": _PROMETHEUS})
