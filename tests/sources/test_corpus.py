"""Real feeds and a parser's conformance cases, where they are at hand: read, or refused with a reason."""

from __future__ import annotations

import ast
import asyncio
import calendar
import os
import re
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from amends.sources import SourceError
from amends.sources.trial import records
from support.feeds import feed_page

if TYPE_CHECKING:
    from amends.sources import Parser
    from conftest import Bench
    from support.feeds import Site

DATA = Path(__file__).parents[3] / "shared" / "data" / "feeds"
REASONS = {"not-a-feed", "truncated", "encoding", "too-large", "too-slow", "unsafe", "blocked", "shape"}
FEED = {"kind": "feed", "url": ""}


def files(folder: str) -> list[Path]:
    found = sorted(path for path in (DATA / folder).rglob("*") if path.is_file())
    if not found:
        if os.environ.get("AMENDS_REQUIRE_REAL") == "1" and DATA.exists():
            pytest.fail(f"no feeds in {DATA / folder}")
        pytest.skip(f"no feeds at {DATA / folder}: the corpus lies beside the repository where it is at hand")
    return found


@pytest.mark.slow
async def test_every_real_feed_is_read_or_refused_by_name_and_the_loop_turns(bench: Bench, site: Site) -> None:
    corpus = files("real")
    for number, path in enumerate(corpus):
        site.pages[f"/{number}"] = feed_page(path.read_bytes())
        bench.add(f"feed-{number}", url=f"{site.url}/{number}", every="1d")
    lags: list[float] = []

    async def watch() -> None:
        while True:
            before = time.perf_counter()
            await asyncio.sleep(0.005)
            lags.append(time.perf_counter() - before - 0.005)

    watcher = asyncio.create_task(watch())
    await bench.run(600)
    watcher.cancel()
    statuses = bench.schedule.status()
    assert all(one.outcome is not None for one in statuses)
    refused = {one.id: str(one.last_error).partition(":")[0] for one in statuses if one.outcome != "ok"}
    assert set(refused.values()) <= REASONS
    assert len(refused) <= 0.06 * len(corpus)  # they are web pages, plain JSON and fragments
    assert len(bench.items) > 15 * len(corpus)
    lags.sort()
    assert lags[int(0.99 * len(lags))] < 0.25, "structure, not speed: a parse on the loop would take seconds"


async def expectations(parser: Parser) -> list[tuple[str, str, Any, Any]]:
    """Pairs of what a case expects of the first entry's title, link, id or date, and what we read."""
    found = []
    for path in files("parser_conformance"):
        data = path.read_bytes()
        expect = re.search(rb"Expect:\s*(.*?)\s*-->", data, re.DOTALL)
        pattern = (
            r"(?:not bozo and )?entries\[0\]\[['\"](title|link|id|(?:published|updated|created)_parsed)['\"]\] == (.*)"
        )
        case = re.fullmatch(pattern, expect.group(1).decode("utf-8", "replace"), re.DOTALL) if expect else None
        if case is None:
            continue
        try:
            value = ast.literal_eval(case.group(2).removeprefix("u"))
        except (SyntaxError, ValueError):
            continue
        document = await parser.parse(data, FEED)
        record = next((record for record in records(document.entries) if record is not None), None)
        if record is None:
            assert "_on" in path.name, path.name  # titles of nothing but an image: there is nothing to say
            continue
        got = (
            record["published_at"]
            if case.group(1).endswith("_parsed")
            else record[{"link": "url"}.get(case.group(1), case.group(1))]
        )
        found.append((path.name, case.group(1), value, got))
    return found


@pytest.mark.slow
async def test_titles_links_ids_and_dates_are_those_of_the_conformance_cases(parser: Parser) -> None:
    cases = await expectations(parser)
    assert len(cases) > 40
    for name, key, expected, got in cases:
        if key.endswith("_parsed"):
            when = time.strptime(got[:19], "%Y-%m-%dT%H:%M:%S")
            assert calendar.timegm(when) == calendar.timegm(expected), name
        elif key == "title" and re.search(r"[<&]", expected):
            continue  # ours are plain text, theirs are markup
        elif "_base_" not in name:  # an id is no address to us: it does not change with the host
            assert got == expected, name


@pytest.mark.slow
async def test_every_conformance_case_is_read_or_refused_by_name(parser: Parser) -> None:
    refused = {}
    corpus = files("parser_conformance")
    for path in corpus:
        try:
            await parser.parse(path.read_bytes(), FEED)
        except SourceError as error:
            refused[path.name] = error.name
    assert set(refused.values()) <= REASONS
    assert len(refused) <= 0.01 * len(corpus)
