"""One line a request: method, address without secrets, status, duration. A signed link is written `/a/-` or `/c/-`."""

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
    for signed in ("/a", "/c"):
        if path == signed or path.startswith(f"{signed}/"):
            return f"{signed}/-"
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
