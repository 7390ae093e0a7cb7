"""Who may pass: Host against DNS rebinding, tokens and sessions, and same-origin proof for what browsers write."""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import ip_address
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from aiohttp import hdrs, web
from yarl import URL

from amends.web.keys import CALLER, SITE
from amends.web.problems import Problem
from amends.web.sessions import Session, cookie_name, read, token_name

if TYPE_CHECKING:
    from aiohttp.typedefs import Handler

    from amends.web.ports import Site

SAFE = frozenset({hdrs.METH_GET, hdrs.METH_HEAD, hdrs.METH_OPTIONS})
_PROBES = frozenset({"/healthz", "/readyz"})
_PUBLIC = ("/static/", "/a/", "/c/")
_FILES = frozenset({"/favicon.ico", "/manifest.webmanifest", "/sw.js"})
_CHALLENGE = {"WWW-Authenticate": 'Bearer realm="Amends"'}


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks: the holder of a bearer token, of a session, or anybody on an open loopback."""

    token: str | None = None
    session: Session | None = None
    anyone: bool = False

    @property
    def known(self) -> bool:
        """Whether this caller may read."""
        return self.anyone or self.token is not None or self.session is not None

    @property
    def person(self) -> str | None:
        """The person that the session speaks for."""
        return self.session.person if self.session else None


@web.middleware
async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Let a request through, or refuse it: 403 for a foreign Host or Origin, 401 for who is missing."""
    site = request.app[SITE]
    path = request.path
    if path in _PROBES:
        return await handler(request)
    if path != "/metrics":
        check_host(site, request)
    caller = request[CALLER] = identify(site, request)
    safe = request.method in SAFE
    if path.startswith(_PUBLIC) or path in _FILES:
        return await handler(request)
    if path.startswith("/api/") and not safe:
        if caller.token is None:
            raise Problem(
                401, "token-required", "writing needs the header `Authorization: Bearer TOKEN`", headers=_CHALLENGE
            )
    elif not safe:
        check_origin(site, request)
    if not caller.known and path != "/sign-in":
        raise Problem(
            401,
            "sign-in-required",
            "reading needs the header `Authorization: Bearer TOKEN`, or a session (sign in at /sign-in)",
            headers=_CHALLENGE,
        )
    return await handler(request)


def check_host(site: Site, request: web.Request) -> None:
    """Refuse a Host that is not ours: a foreign name that resolves to us is how a web page reaches local services."""
    given = request.headers.getall(hdrs.HOST, [])
    name = _hostname(given[0]) if len(given) == 1 else None
    if name is None or name not in _own_names(site, request):
        shown = given[0][:80] if given else ""
        raise Problem(
            403,
            "foreign-host",
            f"the Host {shown!r} is none of ours; add it to web.hosts in the configuration if it should be",
        )


def _own_names(site: Site, request: web.Request) -> set[str]:
    names = {site.listen_host.lower(), "localhost"}
    names.update(name for name in (_hostname(host) for host in site.hosts) if name)
    if site.external_url and (outside := urlsplit(site.external_url).hostname):
        names.add(outside.lower())
    local = request.transport.get_extra_info("sockname") if request.transport else None
    if local and _is_wildcard(site.listen_host):  # listening everywhere: the address that was reached is ours
        names.add(str(local[0]).lower().removeprefix("::ffff:"))
    return names


def _is_wildcard(host: str) -> bool:
    try:
        return ip_address(host).is_unspecified
    except ValueError:
        return False


def _hostname(host: str) -> str | None:
    """Return the name in a Host header, lower case, without port, brackets and final dot; None for nonsense."""
    try:
        parts = urlsplit(f"//{host.strip()}")
        if parts.username is not None or parts.path or parts.query or parts.fragment:
            return None
        _ = parts.port  # raises on a port that is none
        return (parts.hostname or "").rstrip(".").lower() or None
    except ValueError:
        return None


def identify(site: Site, request: web.Request) -> Caller:
    """Return who asks; a bearer token that is wrong is refused even where none is needed."""
    anyone = site.open_reads
    authorization = request.headers.get(hdrs.AUTHORIZATION)
    if authorization is not None:
        scheme, _, given = authorization.partition(" ")
        name = token_name(site.tokens, given.strip()) if scheme.lower() == "bearer" else None
        if name is None and not request.path.startswith(_PUBLIC):
            detail = "the Authorization header holds no token that is configured under web.tokens"
            raise Problem(401, "unknown-token", detail, headers=_CHALLENGE)
        return Caller(token=name, anyone=anyone)
    cookie = request.cookies.get(cookie_name(site))
    return Caller(session=read(site, cookie) if cookie else None, anyone=anyone)


def same_origin(site: Site, request: web.Request) -> bool | None:
    """Tell whether a browser sent this from one of our own pages; None where nothing says so (no browser)."""
    fetched = request.headers.get("Sec-Fetch-Site")
    if fetched is not None and fetched not in {"same-origin", "none"}:
        return False
    origin = request.headers.get(hdrs.ORIGIN)
    if origin is None:
        return None if fetched is None else True
    if origin == "null":  # what a browser makes of `no-referrer`; alone it proves nothing
        return fetched == "same-origin"
    return _is_ours(site, request, origin)


def _is_ours(site: Site, request: web.Request, origin: str) -> bool:
    if site.external_url:
        outside = (urlsplit(site.external_url).hostname or "").lower()
        if origin.lower() == str(URL(site.external_url).origin()).lower():
            return True
        if _hostname(origin.partition("://")[2]) == outside:  # same name, other scheme or port: not what we serve
            return False
    name = request.headers.get(hdrs.HOST, "").lower()
    return origin.lower() in {f"http://{name}", f"https://{name}"}  # a proxy in front may speak https for us


def check_origin(site: Site, request: web.Request) -> None:
    """Refuse a browser's write that does not prove that it comes from our own page (CSRF)."""
    if same_origin(site, request) is not True:
        raise Problem(
            403,
            "foreign-origin",
            "this form was not sent from an Amends page at this address; open the page here and press the button there",
        )


def caller_of(request: web.Request) -> Caller:
    """Return who asks; nobody known where the guard has not yet looked."""
    return request.get(CALLER) or Caller()
