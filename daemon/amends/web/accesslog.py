"""One line a request: method, address without secrets, status, duration. A signed link is written `/a/-`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog
from aiohttp.abc import AbstractAccessLogger

if TYPE_CHECKING:
    from aiohttp import web

_log = structlog.get_logger("amends.web.access")
_LONGEST = 200


def shown_path(path: str) -> str:
    """Return what a log may hold of a path: no token of a signed link, no query, printable and bounded."""
    if path == "/a" or path.startswith("/a/"):
        return "/a/-"
    return "".join(char if char.isprintable() else "?" for char in path[:_LONGEST])


class AccessLog(AbstractAccessLogger):
    """Writes aiohttp's access log through structlog."""

    def log(self, request: web.BaseRequest, response: web.StreamResponse, time: float) -> None:
        """Write one request; queries stay out (they hold what people search for)."""
        _log.debug(
            "request",
            method=request.method,
            path=shown_path(request.path),
            status=response.status,
            seconds=round(time, 4),
            size=response.body_length,
        )
