"""Mention records: bytes from strangers."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amends.incidents import rfc3339
from amends.web.problems import Problem
from amends.web.records import ARRAY, MAX_RECORDS, read_records

NOW = 1_767_600_000.0
LINES = "application/x-ndjson"
GOOD = {"id": "a1", "source": "crm", "published_at": "2026-01-05T07:59:00Z", "text": "hello"}


def lines(*records: Any) -> bytes:
    return b"\n".join(json.dumps(record).encode() if not isinstance(record, bytes) else record for record in records)


def test_a_whole_record_becomes_an_item_and_unknown_keys_are_kept() -> None:
    record = {
        **GOOD,
        "brand": "Acme",
        "url": "https://x.example/1",
        "author": "@lea",
        "title": "Hi",
        "lang": "en",
        "reach": 12,
        "stars": 2,
        "nested": {"a": [1, None]},
    }
    (item,) = read_records(lines(record), LINES, NOW).items
    assert (item.source, item.id, item.text, item.title, item.brand) == ("crm", "a1", "hello", "Hi", "Acme")
    assert (item.url, item.author, item.lang, item.reach) == ("https://x.example/1", "@lea", "en", 12)
    assert (item.published_at, item.seen_at, item.date) == (NOW - 60, NOW, "given")
    assert item.extra == {"stars": 2, "nested": {"a": [1, None]}}
    assert not item.html


def test_lines_and_an_array_say_the_same() -> None:
    records = [{**GOOD, "id": str(k)} for k in range(3)]
    by_lines = read_records(b"\xef\xbb\xbf" + lines(*records) + b"\r\n\n", LINES, NOW)
    by_array = read_records(json.dumps(records).encode(), ARRAY, NOW)
    assert by_lines.items == by_array.items
    assert by_lines.records == by_array.records == 3


def test_null_in_an_optional_field_is_as_if_it_were_absent() -> None:
    nothing = dict.fromkeys(("url", "author", "title", "lang", "reach", "brand"))
    (item,) = read_records(lines({**GOOD, **nothing}), LINES, NOW).items
    assert (item.url, item.author, item.title, item.lang, item.reach, item.brand) == (None, None, "", None, None, None)
    assert item.extra == {}


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"id": None}, "id"),
        ({"id": "  "}, "id"),
        ({"id": 7}, "id"),
        ({"id": "x" * 513}, "id"),
        ({"id": "a\nb"}, "id"),
        ({"source": ""}, "source"),
        ({"source": ["a"]}, "source"),
        ({"text": None}, "text"),
        ({"text": "   "}, "text"),
        ({"text": 3}, "text"),
        ({"published_at": "yesterday"}, "published_at"),
        ({"published_at": 1_767_600_000}, "published_at"),
        ({"published_at": None}, "published_at"),
        ({"url": 5}, "url"),
        ({"url": "h" * 5_000}, "url"),
        ({"author": {}}, "author"),
        ({"reach": "many"}, "reach"),
        ({"reach": -1}, "reach"),
        ({"reach": True}, "reach"),
        ({"reach": 1.5}, "reach"),
        ({"reach": 10**30}, "reach"),
        ({"brand": 1}, "brand"),
        ({"title": []}, "title"),
    ],
)
def test_a_faulty_field_is_named_with_index_and_id(change: dict[str, Any], field: str) -> None:
    found = read_records(lines(GOOD, {**GOOD, "id": "b2", **change}), LINES, NOW)
    assert len(found.items) == 1
    (refusal,) = found.refused
    assert (refusal.index, refusal.field) == (1, field)
    assert refusal.detail
    if field != "id":
        assert refusal.id == "b2"


def test_a_number_in_quotes_is_shown_in_its_quotes() -> None:
    (refusal,) = read_records(lines({**GOOD, "reach": "10"}), LINES, NOW).refused
    assert refusal.detail == "is a whole number from 0, found '10'"


@pytest.mark.parametrize("name", ["id", "source", "published_at", "text"])
def test_a_missing_required_field_is_said_to_be_required(name: str) -> None:
    record = {key: value for key, value in GOOD.items() if key != name}
    (refusal,) = read_records(lines(record), LINES, NOW).refused
    assert refusal.field == name
    assert "required" in refusal.detail


@pytest.mark.parametrize(
    "line",
    [
        b"{",
        b"[1",
        b"nonsense",
        b'"text"',
        b"3",
        b"null",
        b"\xff\xfe{}",
        b'{"a": NaN}',
        b'{"a": 1e999}',
        b"[" * 100_000,
        b"1" * 5_000,
    ],
)
def test_a_broken_line_is_refused_alone(line: bytes) -> None:
    found = read_records(lines(GOOD, line, {**GOOD, "id": "c3"}), LINES, NOW)
    assert [item.id for item in found.items] == ["a1", "c3"]
    assert [refusal.index for refusal in found.refused] == [1]
    assert found.refused[0].field is None


def test_a_title_may_stand_for_the_text() -> None:
    (item,) = read_records(lines({**GOOD, "text": "", "title": "A headline"}), LINES, NOW).items
    assert (item.text, item.title) == ("", "A headline")


@pytest.mark.parametrize(
    ("ahead", "quality"), [(-1.0, "given"), (0.0, "given"), (30.0, "given"), (61.0, "future"), (1e8, "future")]
)
def test_nobody_publishes_in_the_future(ahead: float, quality: str) -> None:
    (item,) = read_records(lines({**GOOD, "published_at": rfc3339(NOW + ahead)}), LINES, NOW).items
    assert item.published_at == min(NOW, NOW + ahead)
    assert item.date == quality


def test_what_no_database_stores_is_made_storable() -> None:
    raw = (
        rb'{"id":"a","source":"s","published_at":"2026-01-05T07:00:00Z",'
        rb'"text":"a\u0000b \ud83d end","author":"x\u0007y","k\ud800":["\u0000"]}'
    )
    (item,) = read_records(raw, LINES, NOW).items
    assert item.text == "ab � end"
    assert item.author == "x y"
    assert item.extra == {"k�": [""]}


def test_too_many_records_are_refused_whole() -> None:
    with pytest.raises(Problem) as caught:
        read_records(b"\n".join([b"{}"] * (MAX_RECORDS + 1)), LINES, NOW)
    assert caught.value.status == 413


@pytest.mark.parametrize("body", [b"", b"{", b'{"id": 1}', b"null", b"\xff", b"[" * 100_000])
def test_a_body_that_is_no_array_is_refused_whole(body: bytes) -> None:
    with pytest.raises(Problem) as caught:
        read_records(body, ARRAY, NOW)
    assert caught.value.status == 400


def test_values_nested_beyond_reason_are_refused() -> None:
    deep: Any = "x"
    for _ in range(30):
        deep = [deep]
    (refusal,) = read_records(lines({**GOOD, "deep": deep}), LINES, NOW).refused
    assert "deep" in refusal.detail


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
_records = st.dictionaries(
    st.sampled_from(["id", "source", "published_at", "text", "url", "author", "reach", "brand", "lang", "title", "x"]),
    _json | st.just("2026-01-05T07:00:00Z"),
)


@given(st.lists(_records | _json, max_size=6))
def test_every_record_is_either_taken_or_refused(records: list[Any]) -> None:
    found = read_records(json.dumps(records).encode(), ARRAY, NOW)
    assert len(found.items) + len(found.refused) == found.records == len(records)
    for item in found.items:
        assert item.published_at <= item.seen_at == NOW
        item.text.encode()
        json.dumps(dict(item.extra)).encode()
    for refusal in found.refused:
        json.dumps(refusal.document()).encode()


@given(st.binary(max_size=300), st.sampled_from([LINES, ARRAY]))
def test_no_bytes_make_the_reader_fail_otherwise(body: bytes, content_type: str) -> None:
    with suppress(Problem):
        found = read_records(body, content_type, NOW)
        assert len(found.items) + len(found.refused) == found.records
