"""Pages of an answer: read on while everything is new, stop at what is known, and never lose in silence."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from aiohttp import web
from multidict import CIMultiDict
from pydantic import ValidationError
from ruamel.yaml import YAML

from amends.model import MINUTE
from amends.sources import expand
from amends.sources.dates import rfc3339
from amends.sources.pages import link_next
from support.feeds import settings

if TYPE_CHECKING:
    from conftest import Bench
    from support.feeds import Site

FIELDS = {"id": "objectID", "author": "author", "published_at": "created_at", "text": "body"}
FORUM: dict[str, Any] = {"kind": "json", "items": "hits[]", "fields": FIELDS, "every": "10m"}
SIZE = 5


class Forum:
    """A list of posts, newest first, that is shown in pages, in three ways; `next` may be told to lie."""

    def __init__(self, bench: Bench, site: Site) -> None:
        self.bench, self.site = bench, site
        self.posts: list[dict[str, str]] = []
        self.broken: int | None = None  # page
        self.elsewhere: str | None = None
        self.moves = False  # a post arrives between two pages
        for path in ("/numbers", "/paths", "/links"):
            site.pages[path] = self.answer

    def write(self, count: int) -> None:
        for _ in range(count):
            n = len(self.posts)
            at = rfc3339(self.bench.clock.wall() - 1 + n / 1000)
            self.posts.append({"objectID": f"{n}", "created_at": str(at), "body": f"post {n}", "author": "ann"})

    def answer(self, request: web.BaseRequest) -> web.Response:
        number = int(request.query.get("page", "0"))
        if number == self.broken:
            return web.Response(status=500)
        newest = self.posts[::-1]
        shown = newest[number * SIZE : (number + 1) * SIZE]
        more = len(newest) > (number + 1) * SIZE
        target = f"{self.elsewhere or ''}{request.path}?page={number + 1}"
        document: dict[str, Any] = {"hits": shown}
        headers = {}
        if more and request.path == "/paths":
            document["links"] = {"next": target}
        if more and request.path == "/links":
            headers["Link"] = f'<{self.site.url}/old>; rel="prev", <{target}>; rel="next"'
        if self.moves:
            self.write(1)
        return web.Response(body=json.dumps(document).encode(), headers=headers)

    def texts(self) -> list[str]:
        return sorted(item.text for item in self.bench.items)


@pytest.fixture
def forum(bench: Bench, site: Site) -> Forum:
    return Forum(bench, site)


WAYS = {
    "numbers": {"param": "page", "first": 0, "size": SIZE},
    "paths": {"next": "links.next"},
    "links": {"link": "next"},
}


@pytest.mark.parametrize("way", WAYS)
async def test_older_pages_are_read_until_one_has_what_is_known(
    bench: Bench, site: Site, forum: Forum, way: str
) -> None:
    bench.add("forum", url=f"{site.url}/{way}", page=WAYS[way], **FORUM)
    forum.write(12)
    await bench.run(5 * MINUTE)
    assert len(site.log) == 1  # a first walk is history: its first page is enough
    forum.write(13)
    await bench.run(10 * MINUTE)
    assert {f"post {n}" for n in range(12, 25)} <= set(forum.texts())
    assert [seen.path.partition("?")[2] for seen in site.log[1:]] == ["", "page=1", "page=2"]
    assert bench.status("forum").gaps == ()
    await bench.run(20 * MINUTE)
    assert len(forum.texts()) == len(set(forum.texts()))


async def test_one_new_item_costs_one_request(bench: Bench, site: Site, forum: Forum) -> None:
    bench.add("forum", url=f"{site.url}/numbers", page=WAYS["numbers"], **FORUM)
    forum.write(12)
    await bench.run(5 * MINUTE)
    forum.write(1)
    await bench.run(10 * MINUTE)
    assert site.paths() == ["/numbers", "/numbers"]


async def test_where_the_pages_do_not_end_the_gap_is_told_and_outlives_a_restart(
    bench: Bench, site: Site, forum: Forum
) -> None:
    bench.add("forum", url=f"{site.url}/links", page={"link": "next", "most": 3}, **FORUM)
    forum.write(2)
    await bench.run(5 * MINUTE)
    heard = bench.status("forum").last_success
    bench.clock.now += 60
    forum.write(40)
    await bench.run(10 * MINUTE)
    assert len(bench.items) == 2 + 3 * SIZE
    ((start, end, why),) = bench.status("forum").gaps
    assert start == heard
    assert start < end <= bench.clock.wall()
    assert why.startswith("3 pages were full of new items")
    bench.restart()
    await bench.run(1)
    assert len(bench.status("forum").gaps) == 1
    bench.clock.now += 8 * 86_400
    await bench.run(10 * MINUTE)
    assert bench.status("forum").gaps == ()


async def test_a_page_that_fails_costs_neither_the_others_nor_the_truth(bench: Bench, site: Site, forum: Forum) -> None:
    bench.add("forum", url=f"{site.url}/numbers", page=WAYS["numbers"], **FORUM)
    forum.write(3)
    await bench.run(5 * MINUTE)
    forum.write(13)
    forum.broken = 1
    await bench.run(10 * MINUTE)
    assert {f"post {n}" for n in range(11, 16)} <= set(forum.texts())
    ((_, _, why),) = bench.status("forum").gaps
    assert "page 2 could not be read" in why
    assert bench.status("forum").up


async def test_an_answer_cannot_send_us_and_our_secrets_elsewhere(bench: Bench, site: Site, forum: Forum) -> None:
    forum.elsewhere = "http://127.0.0.2:9"
    bench.add("forum", url=f"{site.url}/paths", page=WAYS["paths"], headers={"X-Key": "s3cret"}, **FORUM)
    forum.write(3)
    await bench.run(5 * MINUTE)
    forum.write(13)
    await bench.run(10 * MINUTE)
    assert site.paths() == ["/paths", "/paths"]
    ((_, _, why),) = bench.status("forum").gaps
    assert "another host" in why


async def test_a_list_that_moves_while_it_is_read_brings_each_item_once(bench: Bench, site: Site, forum: Forum) -> None:
    bench.add("forum", url=f"{site.url}/numbers", page=WAYS["numbers"], **FORUM)
    forum.write(3)
    await bench.run(5 * MINUTE)
    forum.write(13)
    forum.moves = True
    await bench.run(9 * MINUTE)
    texts = forum.texts()
    assert len(texts) == len(set(texts))
    assert {f"post {n}" for n in range(3, 16)} <= set(texts)
    assert {item.op for item in bench.items} == {"create"}


async def test_a_feed_without_pages_says_when_it_ran_over(bench: Bench, site: Site, forum: Forum) -> None:
    bench.add("forum", url=f"{site.url}/numbers", **FORUM)
    forum.write(3)
    await bench.run(5 * MINUTE)
    bench.clock.now += 60
    forum.write(13)
    await bench.run(10 * MINUTE)
    ((_, _, why),) = bench.status("forum").gaps
    assert "all 5 items were new" in why


@pytest.mark.parametrize(
    ("page", "why"),
    [
        ({}, "one way to the next page"),
        ({"param": "page", "link": "next"}, "one way to the next page"),
        ({"param": "pa&ge"}, "pattern"),
        ({"param": "page", "most": 1_000}, "less than or equal to 50"),
        ({"param": "page", "last": 3}, "Extra inputs"),
    ],
)
def test_a_page_key_that_cannot_work_is_refused(page: dict[str, Any], why: str) -> None:
    with pytest.raises(ValidationError, match=why):
        settings(url="http://127.0.0.1/x", page=page, **FORUM)


@pytest.mark.parametrize("preset", ["hackernews", "mastodon", "lemmy", "stackexchange", "github"])
def test_presets_of_searches_know_their_next_page(preset: str) -> None:
    assert settings(**expand({"preset": preset})).page is not None


@pytest.mark.parametrize(
    ("header", "target"),
    [
        ('<https://a.example/x?max_id=1>; rel="next", <https://a.example/x?min_id=9>; rel="prev"', "https://a.example/x?max_id=1"),
        ('<b>; rel=prev, <c>; title="x, y"; rel=next', "c"),
        ('<d>; rel="last next"', "d"),
        ('<e>; rel="nextish"', None),
        ("nothing at all", None),
        ("<" * 5_000, None),
    ],
)  # fmt: skip
def test_the_link_header_is_read_as_it_is_written(header: str, target: str | None) -> None:
    assert link_next(CIMultiDict({"Link": header})) == target


@pytest.mark.parametrize(
    "path",
    [
        "mastodon/gesistsa+rtoot/tests__fixtures__get_timeline_hashtag_default_noparse.yml",
        "mastodon/gesistsa+rtoot/tests__fixtures__get_timeline_hashtag_instance.yml",
    ],
)
def test_mastodon_as_recorded_tells_its_next_page(path: str) -> None:
    cassette = YAML(typ="safe", pure=True).load(recorded(path).read_text(encoding="utf-8"))
    found = []
    for call in cassette["http_interactions"]:
        headers = CIMultiDict({name: str(value) for name, value in call["response"]["headers"].items()})
        found.append(link_next(headers))
    assert all(target and "/timelines/tag/" in target and "max_id=" in target for target in found)


def recorded(path: str) -> Path:
    file = Path(__file__).parents[3] / "shared" / "data" / "api" / path
    if not file.exists():
        if os.environ.get("AMENDS_REQUIRE_REAL") == "1" and file.parents[2].exists():
            pytest.fail(f"{file} is missing")
        pytest.skip(f"recorded answers are not here: {file}")
    return file
