"""The parser's child process: what is read, what is refused and why, and that nothing outlives its limits."""

from __future__ import annotations

import asyncio
import json
import time
from typing import TYPE_CHECKING, Any

import pytest

from amends.sources import Parser, SourceError
from support.documents import ATOM, JSON_FEED, LEGIBLE, RDF, REFUSED, attributes, nested, wrapped
from support.feeds import rss

if TYPE_CHECKING:
    from collections.abc import Iterable

FEED = {"kind": "feed", "url": "https://news.example/feed.xml"}


async def read(parser: Parser, body: bytes | str, **job: Any) -> list[Any]:
    data = body.encode() if isinstance(body, str) else body
    return (await parser.parse(data, {**FEED, **job})).entries


async def refusal(parser: Parser, body: bytes | str, **job: Any) -> SourceError:
    with pytest.raises(SourceError) as caught:
        await read(parser, body, **job)
    return caught.value


async def test_atom_rdf_and_json_feed_are_read(parser: Parser) -> None:
    (atom,) = await read(parser, ATOM)
    assert (atom["id"], atom["link"], atom["author"]) == ("tag:a,1", "https://news.example/un", "Léa")
    assert (atom["html"], atom["title_html"], atom["lang"]) == (True, True, "fr")
    (rdf,) = await read(parser, RDF)
    assert (rdf["link"], rdf["date"], rdf["author"]) == ("https://a.example/1", "2026-01-05T08:00:00Z", "Lea")
    first, second = await read(parser, JSON_FEED)
    assert (first["id"], first["text"], first["html"], first["lang"]) == ("1", "<p>Hi</p>", True, "fr-CA")
    assert (second["id"], second["text"], second["html"], second["author"]) == ("2", "plain", False, "Old")


async def test_only_entries_that_were_not_seen_are_parsed(parser: Parser) -> None:
    whole = await parser.parse(rss("one", "two", "three"), FEED)
    assert whole.spans is not None
    assert len(set(whole.spans)) == 3
    again = await parser.parse(rss("four", "one", "two", "three"), {**FEED, "seen": whole.spans})
    assert [entry["id"] for entry in again.entries] == ["id-four"]
    assert again.spans is not None
    assert again.spans[1:] == whole.spans
    nothing = await parser.parse(rss("one", "two"), {**FEED, "seen": whole.spans})
    assert nothing.entries == []


async def test_the_split_reads_what_the_whole_would_have(parser: Parser) -> None:
    items = [f"n{number}" for number in range(450)]  # more than two slices
    split = await read(parser, rss(*items))
    assert [entry["id"] for entry in split] == [f"id-{item}" for item in items]


@pytest.mark.parametrize(("what", "body"), LEGIBLE, ids=[what for what, _ in LEGIBLE])
async def test_ill_formed_but_legible_is_read(parser: Parser, what: str, body: bytes) -> None:
    entries = await read(parser, body)
    assert [entry["title"] for entry in entries] == ["x"], what


@pytest.mark.parametrize("encoding", ["latin-1", "windows-1251", "shift_jis", "gb2312", "koi8-r", "utf-8"])
async def test_a_declared_encoding_is_believed(parser: Parser, encoding: str) -> None:
    word = {"latin-1": "café", "windows-1251": "привет", "shift_jis": "日本", "gb2312": "中国", "koi8-r": "привет"}
    title = word.get(encoding, "日本 привет")
    (entry,) = await read(parser, rss({"title": title}, encoding=encoding))
    assert entry["title"] == title


async def test_http_says_the_encoding_where_the_document_does_not(parser: Parser) -> None:
    body = wrapped("<description>привет</description>").encode("windows-1251")
    (entry,) = await read(parser, body, charset="windows-1251")
    assert entry["text"] == "привет"
    (entry,) = await read(parser, wrapped("<description>привет</description>"), charset="iso-8859-1")
    assert entry["text"] == "привет"


async def test_latin_1_that_nothing_declares_is_read_as_windows_1252(parser: Parser) -> None:
    for declared in ("", '<?xml version="1.0"?>', '<?xml version="1.0" encoding="x-nonsense"?>'):
        document = declared + wrapped("<description>café — 5 €</description>")
        (entry,) = await read(parser, document.encode("windows-1252"))
        assert entry["text"] == "café — 5 €"
    feed = json.dumps(
        {"version": "https://jsonfeed.org/version/1.1", "items": [{"id": "1", "content_text": "café"}]},
        ensure_ascii=False,
    )
    (entry,) = await read(parser, feed.encode("latin-1"))
    assert entry["text"] == "café"


async def test_utf_8_that_was_cut_stays_utf_8(parser: Parser) -> None:
    cut = wrapped("<description>привет caf@</description>").encode().replace(b"@", b"\xc3")
    assert (await read(parser, cut))[0]["text"] == "привет caf\ufffd"
    lone = rss({"title": "caf@"}, encoding="utf-8").replace(b"@", b"\xc3")
    assert (await read(parser, lone))[0]["title"] == "caf\ufffd"


async def test_what_is_no_text_is_refused_in_a_whole_sentence(parser: Parser) -> None:
    noise = bytes(range(256)) * 40
    assert (await refusal(parser, noise)).detail.startswith("its bytes are no text, nor")
    assert (await refusal(parser, noise, charset="koi8-nonsense")).detail.startswith("it says that it is 'koi8-non")


@pytest.mark.parametrize(("what", "name", "body"), REFUSED, ids=[what for what, _, _ in REFUSED])
async def test_what_cannot_be_read_is_refused_by_name(parser: Parser, what: str, name: str, body: bytes) -> None:
    error = await refusal(parser, body)
    assert error.name == name, (what, error.detail)
    assert len(error.detail) > 10
    assert (await read(parser, rss("after")))[0]["id"] == "id-after"


async def test_a_page_that_offers_a_feed_says_where(parser: Parser) -> None:
    page = '<html><head><link rel="alternate" type="application/rss+xml" href="/feed.xml"></head></html>'
    assert "/feed.xml" in (await refusal(parser, page)).detail


def hostile() -> Iterable[tuple[str, bytes]]:
    yield "nesting 200k", nested(200_000).encode()
    yield "attributes 100k", attributes(100_000).encode()
    yield "comments 50k", wrapped("<description><![CDATA[" + "<!--" * 50_000 + "]]></description>").encode()
    yield "entities 200k", wrapped("<description>" + "&lt;" * 200_000 + "</description>").encode()
    yield "html nesting", wrapped("<description><![CDATA[" + "<div>" * 20_000 + "]]></description>").encode()
    yield "one big text", wrapped("<description>" + "a " * 3_500_000 + "</description>").encode()
    yield "one big html", wrapped("<description>" + "&lt;b&gt;a&lt;/b&gt;" * 350_000 + "</description>").encode()
    yield "quadratic entity", (
        f'<!DOCTYPE rss [<!ENTITY a "{"x" * 50_000}">]>' + wrapped(f"<description>{'&a;' * 20_000}</description>")
    ).encode()  # fmt: skip
    yield "unclosed tags", wrapped("<description>" + "<b " * 300_000).encode()
    yield "open comments", (wrapped("") + "<!--" * 300_000).encode()


@pytest.mark.slow
@pytest.mark.parametrize(("what", "body"), list(hostile()), ids=[what for what, _ in hostile()])
async def test_hostile_documents_are_bounded_and_harm_no_other(parser: Parser, what: str, body: bytes) -> None:
    worst = 0.0

    async def watch() -> None:
        nonlocal worst
        while True:
            before = time.perf_counter()
            await asyncio.sleep(0.005)
            worst = max(worst, time.perf_counter() - before - 0.005)

    watcher = asyncio.create_task(watch())
    started = time.perf_counter()
    try:
        for entry in await read(parser, body):
            assert len(entry.get("text", "")) <= 200_000
    except SourceError as error:
        assert error.name in {"unsafe", "too-slow", "too-large", "truncated", "not-a-feed"}, (what, error)  # noqa: PT017 - either way out is right
    watcher.cancel()
    assert time.perf_counter() - started < 25
    assert worst < 0.5, what
    assert (await read(parser, rss("after")))[0]["id"] == "id-after"


async def test_a_parser_that_runs_away_is_killed_and_replaced() -> None:
    async with Parser(wall=0.01) as parser:
        error = await refusal(parser, rss(*(str(number) for number in range(5_000))))
        assert error.name == "too-slow"
    async with Parser(cpu=0) as parser:
        error = await refusal(parser, rss(*(str(number) for number in range(20_000))))
        assert error.name == "too-slow"
        assert "processor" in error.detail


async def test_a_parser_without_memory_says_too_large() -> None:
    async with Parser(memory=120 * 2**20) as parser:
        error = await refusal(parser, wrapped("<description>" + "ab" * 15_000_000 + "</description>"))
        assert error.name == "too-large"
        assert (await read(parser, rss("after")))[0]["id"] == "id-after"


async def test_a_cancelled_parse_leaves_the_pool_usable(parser: Parser) -> None:
    task = asyncio.create_task(read(parser, rss(*(str(number) for number in range(3_000)))))
    await asyncio.sleep(0.3)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert (await read(parser, rss("after")))[0]["id"] == "id-after"


async def test_children_are_started_late_reused_and_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("amends.sources.parser._JOBS", 2)
    async with Parser() as parser:
        assert not parser._children
        pids = []
        for _ in range(4):
            await read(parser, rss("one"))
            pids.append(next(iter(parser._children)).process.pid if parser._children else 0)
        assert pids[0] != 0
        assert pids[1] == 0
        assert pids[2] not in {0, pids[0]}
    assert not parser._children


@pytest.mark.parametrize("program", ["/bin/false", "/nowhere/python"])
async def test_a_child_that_cannot_start_is_not_the_documents_fault(
    monkeypatch: pytest.MonkeyPatch, program: str
) -> None:
    monkeypatch.setattr("sys.executable", program)
    async with Parser() as parser:
        error = await refusal(parser, rss("one"))
        assert error.name == "internal"
        assert error.outcome == "error"
