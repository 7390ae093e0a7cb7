"""The declarative JSON source: answers as recorded from public APIs, and answers that changed their shape."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from aiohttp import web
from ruamel.yaml import YAML

from amends.sources import Names, SourceError, SourceSpec, expand
from amends.sources.dates import read_date, rfc3339
from amends.sources.trial import shape_of
from support.feeds import settings

if TYPE_CHECKING:
    from amends.sources import Parser
    from conftest import Bench
    from support.feeds import Site

RECORDED = Path(__file__).parents[3] / "shared" / "data" / "api"
FIELDS = {"id": "objectID", "url": "url", "author": "author", "published_at": "created_at", "text": "body"}


def recorded(path: str) -> Path:
    file = RECORDED / path
    if not file.exists():
        if os.environ.get("AMENDS_REQUIRE_REAL") == "1" and RECORDED.exists():
            pytest.fail(f"{file} is missing")
        pytest.skip(f"recorded answers are not here: {file}")
    return file


def job(preset: str) -> dict[str, Any]:
    keys = expand({"preset": preset})
    return shape_of(keys["kind"], keys)


async def read(parser: Parser, document: Any, **shape: Any) -> list[Any]:
    made = {"kind": "json", "items": "hits[]", "fields": FIELDS, "html": False, **shape}
    body = document if isinstance(document, bytes) else json.dumps(document).encode()
    return (await parser.parse(body, made)).entries


async def test_hacker_news_as_recorded(parser: Parser) -> None:
    calls = json.loads(recorded("hackernews/fraction+node-hacker-news-api/test__fixtures__fixtures.json").read_bytes())
    entries = []
    for call in calls:
        if "search" in call["url"]:
            reply = call["reply"]
            found = (await parser.parse(json.dumps(reply).encode(), job("hackernews"))).entries
            assert len(found) == len(reply["hits"])
            entries += found
    assert len(entries) >= 20
    assert all(entry["id"].isdecimal() and entry["author"] for entry in entries)
    assert all(entry["link"].startswith("https://news.ycombinator.com/item?id=") for entry in entries)
    assert all(read_date(entry["date"]).quality == "given" for entry in entries)
    assert sum(bool(entry.get("text") or entry.get("title")) for entry in entries) == len(entries)


def statuses(path: Path) -> list[bytes]:
    cassette = YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8"))
    calls = cassette.get("interactions") or cassette["http_interactions"]
    bodies = []
    for call in calls:
        if "/timelines/tag/" in call["request"]["uri"]:
            text = call["response"]["body"]["string"]
            bodies.append(text if isinstance(text, bytes) else text.encode())
    return bodies


@pytest.mark.parametrize(
    "path",
    [
        "mastodon/halcy+Mastodon.py/tests__cassettes__test_hashtag_tl.yaml",
        "mastodon/gesistsa+rtoot/tests__fixtures__get_timeline_hashtag_default_noparse.yml",
        "mastodon/gesistsa+rtoot/tests__fixtures__get_timeline_hashtag_instance.yml",
    ],
)
async def test_mastodon_as_recorded(parser: Parser, path: str) -> None:
    bodies = statuses(recorded(path))
    assert bodies
    for body in bodies:
        entries = (await parser.parse(body, job("mastodon"))).entries
        assert len(entries) == len(json.loads(body)) > 0
        for entry in entries:
            assert entry["id"].startswith("http")
            assert entry["html"]
            assert entry["author"]
            assert entry["reach"] >= 0
            assert read_date(entry["date"]).quality == "given"


async def test_a_stack_exchange_answer_says_when_to_come_back(bench: Bench, site: Site) -> None:
    answer = {
        "items": [{"link": "https://so.example/q/1", "title": "Acme &quot;x&quot;", "creation_date": 1767571200}],
        "backoff": 600,
    }
    site.pages["/search"] = lambda _: web.json_response(answer)
    keys = expand({"preset": "stackexchange", "url": f"{site.url}/search?q={{query}}", "every": "1m"})
    bench.specs.append(SourceSpec("so", settings(**keys), (Names(brand="acme", names=("Acme",)),)))
    bench.schedule.configure(bench.specs)
    await bench.run(500)
    assert len(site.log) == 1
    assert bench.items[0].title == 'Acme "x"'
    await bench.run(200)
    assert len(site.log) == 2


async def test_one_request_for_each_name_and_each_has_its_own_first_walk(bench: Bench, site: Site) -> None:
    def page(request: web.Request) -> web.Response:
        query = request.query["q"]
        hits = [
            {"objectID": f"{query}-{n}", "body": f"{query} is down", "created_at": "2026-01-05T07:59:00Z"}
            for n in (1, 2)
        ]
        shared = {"objectID": "both", "body": "Acme Corp", "created_at": 1767571200}
        return web.json_response({"hits": [*hits, shared]})

    site.pages["/s"] = page
    keys = {"kind": "json", "url": f"{site.url}/s?q={{query}}", "items": "hits[]", "fields": FIELDS, "every": "5m"}
    bench.add("forum", Names(brand="acme", names=("Acme", "Acme Corp"), handles=("acme",)), **keys)
    await bench.run(60)
    assert [seen.path for seen in site.log] == ["/s?q=Acme", "/s?q=Acme+Corp"]
    assert {item.id for item in bench.items} == {"Acme-1", "Acme-2", "Acme Corp-1", "Acme Corp-2", "both"}
    bench.specs.clear()
    bench.add("forum", Names(brand="acme", names=("Acme", "New Name")), **keys)
    await bench.run(600)
    assert [(count, progress.first_walk) for count, progress in bench.progress][-1] == (3, True)


async def test_since_moves_on_with_an_overlap(bench: Bench, site: Site) -> None:
    site.pages["/s"] = lambda _: web.json_response({"hits": []})
    keys = {"kind": "json", "url": f"{site.url}/s?after={{since}}", "items": "hits[]", "fields": FIELDS, "every": "1h"}
    bench.add("forum", **keys)
    await bench.run(3 * 3600)
    since = [float(seen.path.rpartition("=")[2]) for seen in site.log]
    assert since[0] == pytest.approx(site.log[0].at - 7 * 86_400, abs=1)
    assert since[2] == pytest.approx(site.log[1].at - 3600, abs=1)


async def test_a_host_that_refuses_one_request_is_spared_the_others(bench: Bench, site: Site) -> None:
    site.pages["/s"] = (429, {"Retry-After": "60"}, b"")
    bench.add("forum", kind="json", url=f"{site.url}/s?q={{query}}", items="hits[]", fields=FIELDS, every="5m")
    await bench.run(30)
    assert len(site.log) == 1
    assert bench.outcomes == [("forum", "throttled")]


async def test_one_request_that_fails_does_not_lose_the_others_items(bench: Bench, site: Site) -> None:
    hit = {"objectID": "1", "body": "x", "created_at": "2026-01-05T07:59:00Z"}
    site.pages["/s?q=Acme"] = lambda _: web.json_response({"hits": [hit]})
    site.pages["/s?q=Acme+Corp"] = lambda _: web.json_response({"error": "no"})
    bench.add(
        "forum",
        Names(brand="acme", names=("Acme", "Acme Corp")),
        kind="json",
        url=f"{site.url}/s?q={{query}}",
        items="hits[]",
        fields=FIELDS,
        every="5m",
    )
    await bench.run(30)
    assert bench.outcomes == [("forum", "shape")]
    assert [item.id for item in bench.items] == ["1"]
    assert "'hits'" in (bench.status("forum").last_error or "")


SHAPES: list[tuple[Any, str, str]] = [
    ({"error": "no"}, "hits[]", "no 'hits' in the answer: it has error"),
    ({"hits": {}}, "hits[]", "hits is an object, no list"),
    ([], "hits[]", "a list stands in its place"),
    ({"a": {"b": None}}, "a.b[]", "a.b is nothing, no list"),
    ({"a": [{"x": 1}]}, "a[].post", "no 'a[].post'"),
    ("text", "[]", "the answer is text, no list"),
]


@pytest.mark.parametrize(("document", "items", "says"), SHAPES)
async def test_an_answer_of_another_shape_says_what_is_missing(
    parser: Parser, document: Any, items: str, says: str
) -> None:
    with pytest.raises(SourceError) as caught:
        await read(parser, document, items=items)
    assert caught.value.name == "shape"
    assert says in caught.value.detail


async def test_paths_go_deep_and_choose_the_first_that_is_there(parser: Parser) -> None:
    document = {"data": [{"post": {"i": 7, "a": {"b": ["x", "y"]}, "t": "", "u": "words", "n": True, "r": 12.0}}]}
    fields = {
        "id": "i", "author": "a.b.1", "text": "t|u|v", "url": "https://x.example/{i}/{a.b.0}", "published_at": "none",
        "reach": "r", "title": "n",
    }  # fmt: skip
    (entry,) = await read(parser, document, items="data[].post", fields=fields)
    assert entry == {
        "id": "7",
        "author": "y",
        "text": "words",
        "link": "https://x.example/7/x",
        "html": False,
        "reach": 12,
    }


async def test_a_reach_that_is_no_count_is_left_out_and_its_item_kept(parser: Parser) -> None:
    values = ["1e999", "-3", '"many"', "true", "1e30", "12.0"]
    items = ",".join('{"objectID":"%d","body":"x","reach":%s}' % pair for pair in enumerate(values))  # noqa: UP031 - braces
    fields = {**FIELDS, "reach": "reach"}
    found = await read(parser, f'{{"hits":[{items}]}}'.encode(), fields=fields)
    assert [entry.get("reach") for entry in found] == [None, None, None, None, None, 12]


async def test_nul_and_half_surrogates_never_break_what_follows(parser: Parser) -> None:
    body = b'{"hits":[{"objectID":"a\\u0000b","body":"\\ud800 x \\udfff","created_at":1767571200, "author": null}]}'
    (entry,) = await read(parser, body)
    assert json.dumps(entry).isascii()
    assert "\x00" not in entry["id"]
    assert entry["text"].encode("utf-8") == b" x "
    assert rfc3339(read_date(entry["date"]).at or 0) == "2026-01-05T00:00:00Z"


@pytest.mark.parametrize(
    ("body", "name"), [(b"<html>", "not-a-feed"), (b"{", "truncated"), (b'{"a" 1}', "shape"), (b" ", "not-a-feed")]
)
async def test_what_is_no_json_is_refused_by_name(parser: Parser, body: bytes, name: str) -> None:
    with pytest.raises(SourceError) as caught:
        await read(parser, body)
    assert caught.value.name == name
