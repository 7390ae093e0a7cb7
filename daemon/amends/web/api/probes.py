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
    missing = list(request.app[SITE].ready())
    return answer({"status": "not ready" if missing else "ready", "missing": missing}, status=503 if missing else 200)


async def get_metrics(request: web.Request) -> web.Response:
    """Render the metrics."""
    return web.Response(body=request.app[SITE].metrics(), headers={"Content-Type": _PROMETHEUS})
