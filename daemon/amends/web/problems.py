"""Refusals of the HTTP doors: one exception, and its RFC 9457 document."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from aiohttp import web

from amends.model import AmendsError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

MEDIA_TYPE = "application/problem+json"

TITLES = {
    400: "The request cannot be read",
    401: "Who are you?",
    403: "Not allowed",
    404: "There is no such thing here",
    405: "This address does not take that method",
    409: "It does not fit the present state",
    410: "Gone",
    413: "Too large",
    415: "This form of content is not taken",
    422: "The content is not acceptable",
    500: "Amends failed",
    503: "Not now",
}


class Problem(AmendsError):  # noqa: N818 - the RFC's own word for what is refused
    """A refusal: `detail` names the thing, the value found and the way out; `code` is for programs and stays."""

    def __init__(
        self,
        status: int,
        code: str,
        detail: str,
        *,
        errors: Sequence[Mapping[str, Any]] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(detail)
        self.status, self.code, self.detail = status, code, detail
        self.errors = errors
        self.headers = dict(headers or {})

    @property
    def title(self) -> str:
        """The status in words."""
        return TITLES.get(self.status, "Refused")

    def document(self) -> dict[str, Any]:
        """Return the RFC 9457 object."""
        document: dict[str, Any] = {
            "type": "about:blank",
            "status": self.status,
            "title": self.title,
            "detail": self.detail,
            "code": self.code,
        }
        if self.errors is not None:
            document["errors"] = list(self.errors)
        return document

    def response(self) -> web.Response:
        """Return the answer as `application/problem+json`."""
        return web.Response(
            status=self.status, text=json.dumps(self.document()), content_type=MEDIA_TYPE, headers=self.headers
        )


def invalid(field: str, detail: str, code: str = "invalid") -> Problem:
    """Return a 422 about one field of the request."""
    return Problem(422, code, f"{field}: {detail}", errors=[{"field": field, "detail": detail}])
