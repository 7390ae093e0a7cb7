"""What the parser's child process does, in this process: the same tables, and its frames."""

from __future__ import annotations

import io
import json
import struct
from typing import Any

import pytest

from amends.sources.parsing import worker
from amends.sources.parsing.jsondoc import load, pick, walk
from amends.sources.parsing.refusal import RefusalError
from amends.sources.parsing.worker import entries_of
from support.documents import ATOM, JSON_FEED, LEGIBLE, RDF, REFUSED, attributes, wrapped
from support.feeds import rss

FEED = {"kind": "feed", "url": "https://news.example/feed.xml"}


def read(body: bytes | str, **job: Any) -> list[Any]:
    data = body.encode() if isinstance(body, str) else body
    _, *entries = entries_of({**FEED, **job}, data)
    return entries


@pytest.mark.parametrize(("what", "body"), LEGIBLE, ids=[what for what, _ in LEGIBLE])
def test_ill_formed_but_legible_is_read(what: str, body: bytes) -> None:
    assert [entry["title"] for entry in read(body)] == ["x"], what


@pytest.mark.parametrize(("what", "name", "body"), REFUSED, ids=[what for what, _, _ in REFUSED])
def test_what_cannot_be_read_is_refused_by_name(what: str, name: str, body: bytes) -> None:
    with pytest.raises(RefusalError) as caught:
        read(body)
    assert caught.value.name == name, what


def test_every_form_of_feed_is_read() -> None:
    assert [len(read(body)) for body in (ATOM, RDF, JSON_FEED)] == [1, 1, 2]


def test_only_what_is_new_is_parsed_and_facts_are_told() -> None:
    channel = "<ttl>5</ttl><language>fr</language><skipHours><hour>3</hour></skipHours>"
    about, *_ = entries_of(FEED, rss("one", "two", channel=channel))
    assert isinstance(about, dict)
    assert about["facts"] == {"ttl": ["5"], "language": ["fr"], "hour": ["3"]}
    again, *entries = entries_of({**FEED, "seen": about["spans"]}, rss("new", "one", "two", channel=channel))
    assert [entry["id"] for entry in entries] == ["id-new"]
    assert entries[0]["span"] == again["spans"][0]


def test_api_answers_are_read_by_path_or_guessed() -> None:
    body = json.dumps({"hits": [{"id": 1, "text": "a", "created_at": 5}, "junk"], "backoff": 9})
    (entry,) = read(body, kind="json", items="hits[]", fields={"id": "id", "text": "text"}, html=True)
    assert entry == {"id": "1", "text": "a", "html": True, "title_html": True}
    (entry,) = read(body, kind="json", items=None, fields={})
    assert (entry["id"], entry["date"]) == ("1", "5")
    for wrong in ({"x": 1}, 5):
        with pytest.raises(RefusalError, match="no list of items"):
            read(json.dumps(wrong), kind="json", items=None)
    with pytest.raises(RefusalError, match="a list of items"):
        read('{"version": "https://jsonfeed.org/version/1", "items": {}}')


def frames(*values: bytes) -> io.BytesIO:
    return io.BytesIO(b"".join(struct.pack(">I", len(value)) + value for value in values))


def answers(out: io.BytesIO) -> list[Any]:
    data, found = out.getvalue(), []
    while data:
        (length,) = struct.unpack(">I", data[:4])
        found.append(json.loads(data[4 : 4 + length]))
        data = data[4 + length :]
    return found


def test_the_child_answers_each_job_in_frames_and_outlives_a_bad_document(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "_limit_cpu", lambda _: None)  # the limit would stay with the process of the tests
    job = json.dumps(FEED).encode()
    long = rss(*({"title": str(number), "description": "x" * 5_000} for number in range(40)))
    out = io.BytesIO()
    worker.serve(frames(job, long, job, b"", job, attributes(300).encode(), job, wrapped("").encode()), out)
    found = answers(out)
    batches = [frame for frame in found if isinstance(frame, list)]
    assert [len(batch) > 0 for batch in batches] == [True] * len(batches)
    assert len(batches) > 4
    assert max(len(json.dumps(batch)) for batch in batches) < 100_000
    assert [frame["error"] for frame in found if "error" in frame] == ["not-a-feed", "unsafe"]
    assert found[-1]["done"]["root"] == "rss"


@pytest.mark.parametrize(
    ("fault", "name"), [(MemoryError(), "too-large"), (RecursionError(), "unsafe"), (KeyError("x"), "shape")]
)
def test_a_fault_of_the_parser_is_a_refusal_with_a_name(
    monkeypatch: pytest.MonkeyPatch, fault: Exception, name: str
) -> None:
    def broken(_job: object, _body: object) -> None:
        raise fault

    monkeypatch.setattr(worker, "_limit_cpu", lambda _: None)
    monkeypatch.setattr(worker, "entries_of", broken)
    out = io.BytesIO()
    worker.serve(frames(b"{}", b"x"), out)
    assert answers(out)[0]["error"] == name


@pytest.mark.parametrize("stream", [b"", b"\0\0", b"\0\0\0\5ab", b"\xff\xff\xff\xffab"])
def test_a_broken_stream_ends_the_child(stream: bytes) -> None:
    out = io.BytesIO()
    worker.serve(io.BytesIO(stream), out)
    assert out.getvalue() == b""


@pytest.mark.parametrize(
    ("document", "items", "says"),
    [
        ({"error": "no"}, "hits[]", "it has error"),
        ({"hits": {}}, "hits[]", "hits is an object, no list"),
        ([], "hits[]", "a list stands in its place"),
        ({"a": {"b": None}}, "a.b[]", "a.b is nothing, no list"),
        ({"a": [{"x": 1}]}, "a[].post", "no 'a\\[\\].post'"),
        (True, "[]", "the answer is true or false, no list"),
    ],
)
def test_an_answer_of_another_shape_says_what_is_missing(document: object, items: str, says: str) -> None:
    with pytest.raises(RefusalError, match=says) as caught:
        walk(document, items)
    assert caught.value.name == "shape"


def test_paths_go_deep_and_choose_the_first_that_is_there() -> None:
    item = {"i": 7, "a": {"b": ["x", "y"]}, "t": "", "u": "words", "n": None}
    assert walk({"data": [{"post": 1}, {"post": 2}]}, "data[].post") == [1, 2]
    assert pick(item, "a.b.1") == "y"
    assert pick(item, "t|n|u|v") == "words"
    assert pick(item, "a.b.9|a.c.d|i.j") is None
    assert pick(item, "https://x.example/{i}/{a.b.0}") == "https://x.example/7/x"
    assert pick(item, "/{missing}|u") == "words"


@pytest.mark.parametrize(
    ("text", "name"),
    [(" ", "not-a-feed"), ("<a>", "not-a-feed"), ("{", "truncated"), ('{"a": "b', "truncated"), ('{"a" 1}', "shape")],
)
def test_what_is_no_json_is_refused_by_name(text: str, name: str) -> None:
    with pytest.raises(RefusalError) as caught:
        load(text)
    assert caught.value.name == name


def test_odd_entries_of_feeds_are_read_for_what_they_say() -> None:
    atom = """<feed xmlns="http://www.w3.org/2005/Atom"><entry><title>a</title><link href="http://[bad"/>
    <updated>2026-13-99T99:00:00Z</updated></entry><entry><title>b</title>
    <link rel="enclosure" href="https://a.example/x.mp3"/><link rel="alternate" href="/b"/></entry></feed>"""
    first, second = read(atom)
    assert first["title"] == "a"
    assert "link" not in first
    assert second["link"] == "https://news.example/b"
    (text_only,) = read(JSON_FEED.replace('"content_html"', '"content_text"').replace("7]", "]").replace(
        ', {"id": 2, "content_text": "plain", "title": "T", "author": {"name": "Old"}}, ]', "]"
    ))  # fmt: skip
    assert text_only["html"] is False
    authors = {"version": "https://jsonfeed.org/version/1", "items": [{"id": "1", "authors": ["Lea"]}, {"id": "2"}]}
    assert [entry.get("author") for entry in read(json.dumps(authors))] == ["Lea", None]
