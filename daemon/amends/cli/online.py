"""`amends check --online`: each source is asked once, each channel is reached, and nobody is paged."""

from __future__ import annotations

import asyncio
import ssl
import time
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import aiohttp

from amends.observe.clock import RealClock
from amends.observe.logging import Scrubber
from amends.sources.http import Client
from amends.sources.kinds import make
from amends.sources.parser import Parser
from amends.sources.queries import Names
from amends.sources.source import Tools

if TYPE_CHECKING:
    from collections.abc import Callable

    from pydantic import SecretStr

    from amends.config import Configuration, Source
    from amends.paging.channels import ChannelSettings

_DEADLINE = 60.0  # seconds for one source or channel
_CONNECT = 10.0

Row = dict[str, Any]


async def probe(config: Configuration, tell: Callable[[Row], None]) -> None:
    """Try everything, one after the other (nobody's server is hurried); `tell` gets a row for each.

    A row: `what` (source or channel), `id`, `ok`, `detail`.
    """
    scrub = Scrubber(config.secrets)

    def say(what: str, id_: str, answer: tuple[bool, str]) -> None:
        tell({"what": what, "id": id_, "ok": answer[0], "detail": scrub.text(answer[1])})

    if config.sources:
        network = config.network
        client = Client(
            clock=RealClock(),
            allow=network.allow,
            contact=network.contact,
            timeout=network.timeout,
            max_body=network.max_body,
        )
        async with client, Parser() as parser:
            for id_, source in config.sources.items():
                say("source", id_, await _bounded(_source(source, config, Tools(client, parser))))
    for id_, channel in config.channels.items():
        say("channel", id_, await _bounded(_channel(channel)))


async def _bounded(trial: Any) -> tuple[bool, str]:  # noqa: ANN401 - a coroutine of the same answer
    try:
        async with asyncio.timeout(_DEADLINE):
            found: tuple[bool, str] = await trial
            return found
    except TimeoutError:
        return False, f"no answer within {_DEADLINE:g} s"


async def _source(source: Source, config: Configuration, tools: Tools) -> tuple[bool, str]:
    names = [
        Names(brand=id_, names=(brand.name, *brand.aliases), handles=brand.handles, hashtags=brand.hashtags)
        for id_, brand in config.brands.items()
        if not source.brands or id_ in source.brands
    ]
    found = await make(source.id, source.settings).poll(tools, None, names, time.time())
    items = len(found.items) + len(found.first)
    if found.good:
        return True, f"{items} items"
    return False, f"{found.outcome}: {found.detail or found.error or 'no reason given'}"


# --- channels ---


async def _channel(channel: ChannelSettings) -> tuple[bool, str]:
    """Reach a channel without paging: ntfy is asked for its health, others are connected to and left."""
    if channel.kind == "ntfy":
        return await _health(_text(getattr(channel, "server", None)), _text(getattr(channel, "token", None)))
    parts = urlsplit(channel.reaches or "")
    if parts.hostname:
        return await _connect(parts.hostname, parts.port, secure=parts.scheme in {"https", "smtps"})
    return True, "cannot be tried without sending; `amends drill` does that"


async def _health(server: str, token: str) -> tuple[bool, str]:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    timeout = aiohttp.ClientTimeout(total=_CONNECT)
    try:
        async with (
            aiohttp.ClientSession(timeout=timeout, headers=headers) as session,
            session.get(server.rstrip("/") + "/v1/health", allow_redirects=False) as answer,
        ):
            if answer.status == 200:  # noqa: PLR2004 - OK
                return True, "the server is healthy"
            return False, f"the server answers {answer.status} when asked for its health"
    except TimeoutError:
        return False, f"no answer within {_CONNECT:g} s"
    except (aiohttp.ClientError, OSError) as error:
        return False, f"not reached: {error}"


async def _connect(host: str, port: int | None, *, secure: bool) -> tuple[bool, str]:
    context = ssl.create_default_context() if secure else None
    try:
        async with asyncio.timeout(_CONNECT):
            _, writer = await asyncio.open_connection(host, port or (443 if secure else 80), ssl=context)
    except TimeoutError:
        return False, f"no connection within {_CONNECT:g} s"
    except OSError as error:  # ssl's errors are of this kind too
        return False, f"not reached: {error.strerror or error}"
    writer.close()
    return True, "connects" + (" and its certificate is good" if secure else "") + "; nothing was sent"


def _text(value: SecretStr | str | None) -> str:
    return value.get_secret_value() if value is not None and not isinstance(value, str) else value or ""
