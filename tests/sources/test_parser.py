"""The parser's child process: what is read, what is refused and why, and that nothing outlives its limits."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Any

import pytest

from amends.sources import Parser, SourceError
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


def wrapped(inner: str) -> str:
    return f'<rss version="2.0"><channel><title>t</title><item><title>x</title>{inner}</item></channel></rss>'


ATOM = """<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom" xml:lang="fr"><title>t</title>
<entry><id>tag:a,1</id><title type="html">Un &lt;b&gt;titre&lt;/b&gt;</title><link href="/un"/>
<author><name>Léa</name></author><updated>2026-01-05T08:00:00Z</updated>
<content type="html">&lt;p&gt;Bonjour&lt;/p&gt;</content></entry></feed>"""
RDF = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
 xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>t</title></channel>
<item rdf:about="https://a.example/1"><title>One</title><link>https://a.example/1</link>
<dc:date>2026-01-05T08:00:00Z</dc:date><dc:creator>Lea</dc:creator></item></rdf:RDF>"""
JSON_FEED = """{"version": "https://jsonfeed.org/version/1.1", "title": "t", "language": "fr-CA", "items": [
 {"id": "1", "url": "https://a.example/1", "content_html": "<p>Hi</p>", "date_published": "2026-01-05T08:00:00Z",
  "authors": [{"name": "Lea"}]}, {"id": 2, "content_text": "plain", "title": "T", "author": {"name": "Old"}}, 7]}"""


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


DECLARED = b'<?xml version="1.0" encoding="%b"?>'
NETSCAPE = (
    b'<!DOCTYPE rss PUBLIC "-//Netscape//DTD RSS 0.91//EN" "http://my.netscape.com/publish/formats/rss-0.91.dtd">'
)
PARAMETER = b'<!DOCTYPE rss [<!ENTITY % x SYSTEM "http://evil.example/x"> %x;]>'
LEGIBLE: list[tuple[str, bytes]] = [
    ("undefined entity", wrapped("<description>a &nbsp; b</description>").encode()),
    ("naked ampersand", wrapped("<description>fish & chips</description>").encode()),
    ("control characters", wrapped("<description>a\x00b\x1fc</description>").encode()),
    ("junk before", b"\n\n  " + rss("x")),
    ("lies about its encoding", wrapped("<description>café</description>").encode()),
    ("latin-1 undeclared", wrapped("<description>café</description>").encode("latin-1")),
    ("latin-1 called utf-8", DECLARED % b"utf-8" + wrapped("<description>café</description>").encode("latin-1")),
    ("utf-16", wrapped("").encode("utf-16")),
    ("utf-16 without a mark", ('<?xml version="1.0" encoding="utf-16"?>' + wrapped("")).encode("utf-16-be")),
    ("utf-32", wrapped("").encode("utf-32")),
    ("a codec that nobody knows", b'<?xml version="1.0" encoding="klingon"?>' + wrapped("").encode()),
    ("a codec that is no text", b'<?xml version="1.0" encoding="base64"?>' + wrapped("").encode()),
    ("unclosed root", wrapped("").removesuffix("</channel></rss>").encode()),
    ("undeclared prefix", wrapped("").replace("<item", "<x:item").replace("</item", "</x:item").encode()),
    ("old dtd", NETSCAPE + wrapped("").encode()),
    ("own entities", b'<!DOCTYPE rss [<!ENTITY hi "hello">]>' + wrapped("<description>&hi;</description>").encode()),
]  # fmt: skip


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


def nested(depth: int) -> str:
    return wrapped("<a>" * depth + "</a>" * depth)


def attributes(count: int, *, ill: bool = False) -> str:
    many = " ".join(f'a{number}="1"' for number in range(count))
    return wrapped(f"<x {many}>{'&nope;' if ill else ''}</x>")


LAUGHS = '<!DOCTYPE rss [<!ENTITY l0 "ha">' + "".join(
    f'<!ENTITY l{n} "{"".join(f"&l{n - 1};" for _ in range(10))}">' for n in range(1, 10)
) + "]>" + wrapped("<description>&l9;</description>")  # fmt: skip
REFUSED: list[tuple[str, str, bytes]] = [
    ("empty", "not-a-feed", b""),
    ("blank", "not-a-feed", b"  \n "),
    ("web page", "not-a-feed", b"<!DOCTYPE html><html><head><title>x</title></head><body>y</body></html>"),
    ("block page", "blocked", b"<html><head><title>Just a moment...</title></head><body></body></html>"),
    ("text", "not-a-feed", b"hello"),
    ("binary", "encoding", bytes(range(1, 32)) * 40 + b"\x81\x8d\x8f\xff\xfe" * 200),
    ("svg", "not-a-feed", b'<svg xmlns="http://www.w3.org/2000/svg"><g/></svg>'),
    ("opml", "not-a-feed", b'<opml version="2.0"><body><outline xmlUrl="http://a/"/></body></opml>'),
    ("json", "not-a-feed", b'{"error": "no"}'),
    ("json error list", "not-a-feed", b'[{"error": "no"}]'),
    ("cut json", "truncated", JSON_FEED[:150].encode()),
    ("cut feed", "truncated", rss("one", "two")[:-60]),
    ("cut before the first entry", "truncated", b"<rss><channel><title>ti"),
    ("external entity", "unsafe", b'<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///x">]>' + wrapped("&x;").encode()),
    ("external dtd", "unsafe", b'<!DOCTYPE rss SYSTEM "http://evil.example/x.dtd">' + wrapped("").encode()),
    ("parameter entity", "unsafe", PARAMETER + wrapped("").encode()),
    ("nesting", "unsafe", nested(10_000).encode()),
    ("attributes", "unsafe", attributes(5_000).encode()),
    ("attributes, ill-formed", "unsafe", attributes(100_000, ill=True).encode()),
    ("billion laughs", "unsafe", LAUGHS.encode()),
    ("json nesting", "unsafe", b'{"items":' + b"[" * 200_000 + b"]" * 200_000 + b"}"),
    ("a file's name", "not-a-feed", b"/etc/passwd"),
    ("utf-16 that is not", "encoding", b"\xff\xfe" + b"\x00\xd8" * 999),
]  # fmt: skip


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
