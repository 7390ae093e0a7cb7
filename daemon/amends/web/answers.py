"""Answers every handler shares: JSON, pages, and what becomes of an error."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import structlog
from aiohttp import hdrs, web

from amends.model import AmendsError, StaleError, UnknownError
from amends.storage import StorageError
from amends.web.accesslog import shown_path
from amends.web.keys import SITE, TEMPLATES
from amends.web.problems import Problem

if TYPE_CHECKING:
    from aiohttp.typedefs import Handler

_log = structlog.get_logger("amends.web")

_CONTENT_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; "
    "form-action 'self'; worker-src 'self'; manifest-src 'self'; base-uri 'none'; frame-ancestors 'none'"
)
SECURITY_HEADERS = {
    "Content-Security-Policy": _CONTENT_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}


def dumps(document: object) -> str:
    """Return compact UTF-8 JSON; NaN and infinity are no JSON and raise."""
    return json.dumps(document, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def answer(document: object, status: int = 200) -> web.Response:
    """Return a JSON answer."""
    return web.json_response(document, status=status, dumps=dumps)


def page(request: web.Request, template: str, status: int = 200, **values: Any) -> web.Response:  # noqa: ANN401 - what a template shows
    """Return a rendered view."""
    text = request.app[TEMPLATES].render(template, request, values)
    return web.Response(status=status, text=text, content_type="text/html")


def wants_page(request: web.Request) -> bool:
    """Tell a browser from a program: it asks for HTML by name, and not under /api."""
    return "text/html" in request.headers.get(hdrs.ACCEPT, "") and not request.path.startswith("/api/")


@web.middleware
async def errors(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turn every failure into a problem document, or a page where a person asks, and set the security headers."""
    try:
        response = await handler(request)
    except web.HTTPException as error:
        response = error if error.status < HTTPStatus.BAD_REQUEST else _refuse(request, _from_http(request, error))
    except Problem as refused:
        response = _refuse(request, refused)
    except UnknownError as error:
        response = _refuse(request, Problem(404, "unknown", str(error)))
    except StaleError as error:
        response = _refuse(request, Problem(409, "stale", str(error)))
    except StorageError as error:
        _log.exception("the store failed a request", path=shown_path(request.path))
        problem = Problem(503, "storage", f"nothing was written; {error}", headers={"Retry-After": "5"})
        response = _refuse(request, problem)
    except AmendsError as error:
        response = _refuse(request, Problem(422, "refused", str(error)))
    except Exception:  # noqa: BLE001 - the outermost frame: logged in full, and the client gets an answer
        _log.exception("a request failed", path=shown_path(request.path), method=request.method)
        problem = Problem(
            500, "internal", "this is a fault of Amends; the log of the daemon holds it, please report it"
        )
        response = _refuse(request, problem)
    if not response.prepared:
        for name, value in SECURITY_HEADERS.items():
            response.headers.setdefault(name, value)
    return response


def _from_http(request: web.Request, error: web.HTTPException) -> Problem:
    """Return aiohttp's own refusal as a problem."""
    shown = shown_path(request.path)
    if isinstance(error, web.HTTPMethodNotAllowed):
        allowed = ", ".join(sorted(error.allowed_methods))
        return Problem(405, "method", f"{shown} takes {allowed}, not {request.method}", headers={"Allow": allowed})
    if error.status == HTTPStatus.NOT_FOUND:
        return Problem(404, "no-such-address", f"there is nothing at {shown}; docs/http-api.md lists the addresses")
    if isinstance(error, web.HTTPRequestEntityTooLarge):
        return Problem(413, "too-large", "the body is larger than this address takes")
    return Problem(error.status, "refused", error.reason)


def _refuse(request: web.Request, problem: Problem) -> web.Response:
    if not wants_page(request) or TEMPLATES not in request.app:
        return problem.response()
    site = request.app[SITE]
    template = "sign_in.html" if problem.status == HTTPStatus.UNAUTHORIZED else "problem.html"
    wanted = request.path_qs if request.method == hdrs.METH_GET else "/"
    response = page(request, template, problem.status, problem=problem, next=wanted, secure=site.secure)
    response.headers.update(problem.headers)
    return response
