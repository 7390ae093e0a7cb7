"""One POST, and what its answer means for a page: the same for every channel that speaks HTTP."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any, Final

import aiohttp

from amends.paging.message import one_line
from amends.paging.ports import Refused, Result, Retry, Sent

if TYPE_CHECKING:
    from collections.abc import Mapping

    from amends.model import Seconds

AGAIN: Final = frozenset({408, 425, 429})
LONGEST_WAIT: Final[Seconds] = 86_400.0
MOST: Final = 262_144  # bytes of an answer
_AUTHORITY: Final = frozenset({401, 403, 407})


async def post(
    session: aiohttp.ClientSession,
    url: str,
    *,
    body: bytes,
    headers: Mapping[str, str],
    name: str,
    now: Seconds,
) -> Result:
    """POST a body; the status line decides, the answer's body is not read, redirects are not followed.

    `name` names the channel in reasons; the address never appears in one, because it may be a secret. `now` is the time
    of this attempt, by which a Retry-After that is a date is understood.
    """
    result, _ = await ask(session, url, body=body, headers=headers, name=name, now=now, read=False)
    return result


async def ask(
    session: aiohttp.ClientSession,
    url: str,
    *,
    body: bytes,
    headers: Mapping[str, str],
    name: str,
    now: Seconds,
    method: str = "POST",
    read: bool = True,
) -> tuple[Result, dict[str, Any]]:
    """Do as `post` does, and read the answer's JSON object; what is none, or larger than `MOST`, is an empty one."""
    try:
        async with session.request(method, url, data=body or None, headers=headers, allow_redirects=False) as answer:
            return _meaning(answer, name, now), await _document(answer) if read else {}
    except (aiohttp.ClientError, ConnectionError, OSError) as error:
        return _trouble(error, name), {}


def _trouble(error: Exception, name: str) -> Result:
    if isinstance(error, aiohttp.ClientConnectorCertificateError):
        return Refused(f"{name}: the server's certificate is not valid")
    if isinstance(error, aiohttp.ClientSSLError):
        return Refused(f"{name}: no secure connection with this server")
    if isinstance(error, aiohttp.InvalidURL):
        return Refused(f"{name}: its address is not one")
    return Retry(None, f"{name}: no answer ({type(error).__name__})")


async def _document(answer: aiohttp.ClientResponse) -> dict[str, Any]:
    content = bytearray()
    async for piece in answer.content.iter_any():
        content += piece
        if len(content) > MOST:
            return {}
    try:
        found = json.loads(content)
    except (ValueError, RecursionError):  # thousands of brackets are no answer either
        return {}
    return found if isinstance(found, dict) else {}


def _meaning(answer: aiohttp.ClientResponse, name: str, now: Seconds) -> Result:
    status = answer.status
    said = f"{name} answered {status} {one_line(answer.reason or '', 60)}".strip()
    if 200 <= status < 300:  # noqa: PLR2004 - HTTP's own classes
        return Sent()
    if status in AGAIN or status >= 500:  # noqa: PLR2004 - HTTP's own classes
        return Retry(retry_after(answer.headers, now), said)
    if status in _AUTHORITY:
        return Refused(f"{said}: check its token, secret or address")
    if 300 <= status < 400:  # noqa: PLR2004 - HTTP's own classes
        return Refused(f"{said}: redirects are not followed, write the address that it leads to")
    return Refused(said)


def retry_after(headers: Mapping[str, str], now: Seconds) -> Seconds | None:
    """Read Retry-After: seconds, or a date measured against the answer's own Date; None if there is none to be read."""
    text = headers.get("Retry-After", "").strip()
    if text.isascii() and text.isdigit():
        return min(float(text[:9]), LONGEST_WAIT)
    until = _date(text)
    if until is None:
        return None
    there = _date(headers.get("Date", ""))
    return min(max(0.0, until - (there if there is not None else now)), LONGEST_WAIT)


def _date(text: str) -> Seconds | None:
    try:
        moment = parsedate_to_datetime(text)
    except (ValueError, IndexError):
        return None
    return (moment if moment.tzinfo else datetime.combine(moment.date(), moment.time(), UTC)).timestamp()
