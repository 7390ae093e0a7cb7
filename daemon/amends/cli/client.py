"""A small client of the running daemon's API: it never touches the database."""

from __future__ import annotations

import http.client
import json
import os
import ssl
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode, urlsplit

from amends.model import AmendsError, InputError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_TIMEOUT = 30.0
_MAX_ANSWER = 64 * 2**20
_WRONG_INPUT = frozenset({400, 404, 410, 413, 415, 422})  # not 409: the present state is what does not fit
_SHUT = frozenset({401, 403})


class Client:
    """Speaks to one daemon. Every failure is an `AmendsError` that says what to do."""

    def __init__(self, address: str, token: str | None) -> None:
        parts = urlsplit(address)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise InputError(f"AMENDS_URL is {address!r}; write it like http://127.0.0.1:8484")
        self.address = address.rstrip("/")
        self._token = token
        self._parts = parts

    def get(self, path: str, **query: Any) -> Any:  # noqa: ANN401 - JSON
        """Read a door; parameters that are None are left out."""
        given = {name: value for name, value in query.items() if value is not None}
        return self.ask("GET", f"{path}?{urlencode(given)}" if given else path)

    def post(self, path: str, body: Mapping[str, Any] | None = None) -> Any:  # noqa: ANN401 - JSON
        """Change something."""
        return self.ask("POST", path, body or {})

    def ask(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:  # noqa: ANN401 - JSON
        """Send one request and return its JSON, None for an empty answer."""
        status, content = self._exchange(method, path, body)
        return _read(status, content, self.address)

    def text(self, path: str, **query: str) -> str:
        """Read a door that answers with a text, a page or JSON, as it comes."""
        status, content = self._exchange("GET", f"{path}?{urlencode(query)}", None)
        if status >= 300:  # noqa: PLR2004 - HTTP's success ends there
            _read(status, content, self.address)
        return content.decode("utf-8", "replace")

    def _exchange(self, method: str, path: str, body: Mapping[str, Any] | None) -> tuple[int, bytes]:
        host, port = self._parts.hostname or "", self._parts.port
        connection: http.client.HTTPConnection
        if self._parts.scheme == "https":
            context = ssl.create_default_context()
            connection = http.client.HTTPSConnection(host, port, timeout=_TIMEOUT, context=context)
        else:
            connection = http.client.HTTPConnection(host, port, timeout=_TIMEOUT)
        headers = {"Accept": "application/json", "User-Agent": "amends-cli"}
        if self._token:
            headers["Authorization"] = f"Bearer {self._token}"
        data = None
        if body is not None:
            headers["Content-Type"] = "application/json"
            data = json.dumps(body).encode()
        try:
            connection.request(method, self._parts.path.rstrip("/") + path, data, headers)
            answer = connection.getresponse()
            content = answer.read(_MAX_ANSWER)
        except (OSError, http.client.HTTPException) as error:
            reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
            raise AmendsError(
                f"no daemon answers at {self.address} ({reason}); start it with `amends run`, or set AMENDS_URL"
            ) from None
        finally:
            connection.close()
        return answer.status, content


def _read(status: int, content: bytes, address: str) -> Any:  # noqa: ANN401 - JSON
    try:
        document = json.loads(content) if content.strip() else None
    except ValueError:
        document = None
        if status < 300:  # noqa: PLR2004 - HTTP's success
            raise AmendsError(f"what answers at {address} is no Amends (no JSON); set AMENDS_URL") from None
    if status < 300:  # noqa: PLR2004 - HTTP's success
        return document
    if status < 400:  # noqa: PLR2004 - HTTP's redirects
        raise AmendsError(f"{address} sends elsewhere (status {status}); set AMENDS_URL to where the daemon is")
    text = problem(status, document)
    if status in _SHUT:
        text += "; set AMENDS_TOKEN to one of web.tokens, or run this as the user whose state folder holds cli.token"
    raise (InputError if status in _WRONG_INPUT else AmendsError)(text)


def problem(status: int, document: Any) -> str:  # noqa: ANN401 - JSON
    """Put an answer of problem+json into one sentence."""
    if not isinstance(document, dict):
        return f"the daemon answered with status {status}"
    text = str(document.get("detail") or document.get("title") or f"status {status}")
    for error in document.get("errors") or []:
        if isinstance(error, dict):
            said = f"{error.get('field') or error.get('name') or ''}: {error.get('detail') or ''}"
            text += "" if said in text else f"; {said}"  # the detail of a single error is that error
    return f"{text} (status {status})"


def quoted(id_: str) -> str:
    """Put an id into a path."""
    return quote(id_, safe="")


def connect(config: Path | None) -> Client:
    """Find the daemon: `AMENDS_URL` and `AMENDS_TOKEN`, else what its state folder tells."""
    from amends.config import find, state_folder  # noqa: PLC0415 - costly, and only where no AMENDS_URL is set
    from amends.observe.lock import read  # noqa: PLC0415 - the same

    address, token = os.environ.get("AMENDS_URL"), os.environ.get("AMENDS_TOKEN")
    if address and (token or not _local(address)):
        return Client(address, token)  # our own machine's token is for our own machine
    folder = state_folder(find(config, os.environ), os.environ)
    if not address:
        running = read(folder)
        if running is None or not running.address:
            raise AmendsError(
                f"no daemon runs on {folder}; start it with `amends run`, or set AMENDS_URL (and AMENDS_TOKEN)"
            )
        address = running.address
    return Client(address, token or _own_token(folder))


def _local(address: str) -> bool:
    return (urlsplit(address).hostname or "") in {"127.0.0.1", "::1", "localhost"}


def _own_token(folder: Path) -> str | None:
    try:
        return (folder / "cli.token").read_text("utf-8").strip() or None
    except (OSError, UnicodeDecodeError):
        return None
