"""Addresses of the web: read, joined, made fit for people's eyes; and why one could not be reached."""

from __future__ import annotations

from contextlib import suppress
from functools import lru_cache

import aiohttp
from yarl import URL

from amends.sources.errors import SourceError


class UnsafeAddressError(OSError):
    """The address guard said no."""


def host_key(name: str, port: int, *, local: bool) -> str:
    """What counts as one host: its name, and inside `network.allow`, where servers share an address, the port too."""
    return f"{name}:{port}" if local else name.lower().rstrip(".")


def redact(url: str) -> str:
    """A URL for people's eyes: without credentials, query and fragment, where secrets stand."""
    try:
        parsed = URL(url)
        bare = parsed.with_user(None).with_query(None).with_fragment(None) if parsed.host else parsed
    except ValueError:
        return "an address that is no URL"
    return f"{bare}?..." if parsed.query_string else str(bare)


@lru_cache(maxsize=4_096)
def web_url(text: str) -> URL:
    """Return a web address without its fragment; SourceError `unreachable` where it is none."""
    with suppress(ValueError):
        url = URL(text, encoded=text.isascii() and " " not in text)
        if url.scheme in {"http", "https"} and url.host and url.port:
            return url.with_fragment(None)
    raise SourceError("unreachable", f"{redact(text)} is no http or https address")


def join(url: URL, location: str) -> URL:
    """Return where a redirect leads; SourceError `unreachable` where it leads to what is no address."""
    with suppress(ValueError):
        target = url.join(URL(location, encoded=location.isascii() and " " not in location))
        if target.host or target.scheme not in {"http", "https"}:
            return target.with_fragment(None)
    raise SourceError("unreachable", f"{redact(str(url))} redirects to what is no address")


def unreachable(error: aiohttp.ClientConnectorError, url: URL) -> SourceError:
    """Return what a connection that failed means, in a sentence."""
    inner: BaseException | None = error.os_error
    seen: list[BaseException] = []
    while inner is not None and inner not in seen:
        seen.append(inner)
        if isinstance(inner, UnsafeAddressError):
            return SourceError("unsafe", f"{url.host}: {inner}")
        nested = getattr(inner, "exceptions", ())
        inner = nested[0] if nested else inner.__cause__ or inner.__context__
    if isinstance(error, aiohttp.ClientConnectorDNSError):
        return SourceError("unreachable", f"{url.host} is not known to the DNS")
    return SourceError("unreachable", f"{redact(str(url))}: {error.os_error.strerror or error.os_error}")
