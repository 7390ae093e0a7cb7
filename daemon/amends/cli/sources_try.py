"""`amends sources try`: what an address or a file would bring, with no daemon and no configuration."""

from __future__ import annotations

import asyncio
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from yarl import URL

from amends.cli import output
from amends.observe.clock import RealClock
from amends.sources import Client, Parser, SourceError, expand
from amends.sources.address import literal, plain
from amends.sources.headers import charset
from amends.sources.http import MAX_BODY, Request
from amends.sources.inflate import Inflater
from amends.sources.presets import presets
from amends.sources.trial import records, shape_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from amends.sources.address import Address

EXAMPLES = """\b
Examples:
  amends sources try https://example.org/feed.xml
  amends sources try saved/*.xml
  amends sources try --preset hackernews answer.json
"""


@dataclass(frozen=True, slots=True)
class _Body:
    data: bytes
    url: str = ""
    charset: str | None = None


@click.command("try", epilog=EXAMPLES)
@click.argument("inputs", nargs=-1, required=True, metavar="URL or FILE...")
@click.option("--kind", type=click.Choice(("feed", "json")), help="What it is; default: a feed, or the preset's kind.")
@click.option("--json", "as_json", is_flag=True, help="JSON Lines, which is what comes anyway.")
@click.option("--preset", help="Read the answer as this preset would.")
def try_command(inputs: tuple[str, ...], kind: str | None, preset: str | None, *, as_json: bool) -> None:  # noqa: ARG001 - always JSON Lines
    """Show what each input would bring: a mention record a line, then one line that sums it up.

    Private networks are refused as the daemon refuses them, but for an address that is itself given as an argument.
    """
    if preset is not None and preset not in presets():
        raise click.BadParameter(
            f"there is no preset {preset!r}: there are {', '.join(presets())}", param_hint="--preset"
        )
    keys = expand({"preset": preset}) if preset else {}
    job = shape_of(kind or keys.get("kind") or "feed", keys)
    if not asyncio.run(_try_all(inputs, job)):
        raise SystemExit(1)


async def _try_all(inputs: Sequence[str], job: Mapping[str, Any]) -> bool:
    good = True
    client = Client(clock=RealClock(), named=frozenset(_named(inputs)), own=True)
    async with client, Parser() as parser:
        for given in inputs:
            good = await _try(given, job, client, parser) and good
    return good


async def _try(given: str, job: Mapping[str, Any], client: Client, parser: Parser) -> bool:
    started = time.perf_counter()
    items = skipped = 0
    error: SourceError | None = None
    try:
        body = await _body(given, client)
        entries = await parser.parse(body.data, {**job, "url": body.url, "charset": body.charset})
        for record in records(entries.entries):
            if record is None:
                skipped += 1
                continue
            items += 1
            output.line({"input": given, **record})
    except SourceError as caught:
        error = caught
    output.line(
        {
            "input": given,
            "items": items,
            "skipped": skipped,
            "error": error.name if error else None,
            "detail": error.detail if error else None,
            "seconds": round(time.perf_counter() - started, 3),
        }
    )
    return error is None


async def _body(given: str, client: Client) -> _Body:
    if given.lower().startswith(("http://", "https://")):
        answer = await client.fetch(Request(given))
        if not answer.body.strip():
            raise SourceError("not-a-feed", "the document is empty")
        return _Body(answer.body, answer.url, charset(answer.headers))
    try:
        if given == "-":
            data = sys.stdin.buffer.read(MAX_BODY + 1)
        else:
            with Path(given).open("rb") as stream:  # noqa: ASYNC230 - a command that has nothing else to do
                data = stream.read(MAX_BODY + 1)
    except OSError as error:
        way_out = "give a file, - for standard input, or an http(s) address"
        raise SourceError("unreachable", f"{given}: {error.strerror or error}; {way_out}") from None
    except ValueError as error:  # a NUL in the name of a file
        raise SourceError("unreachable", f"{given}: {error}; give a file or an http(s) address") from None
    inflater = Inflater("", MAX_BODY)
    data = b"".join(inflater.feed(data))
    inflater.finish()
    return _Body(data)


def _named(inputs: Sequence[str]) -> Iterator[tuple[Address, int]]:
    """Yield the addresses that the user typed: reading one's own machine is no accident then. A name is not enough."""
    for given in inputs:
        try:
            url = URL(given)
        except ValueError:
            continue
        if url.scheme not in {"http", "https"} or not url.host or not url.port:
            continue
        hosts = ("127.0.0.1", "::1") if url.host == "localhost" else (url.host,)
        for host in hosts:
            if (address := literal(host)) is not None:
                yield plain(address), url.port
