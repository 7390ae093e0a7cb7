"""`/api/v1/mentions`, over a real server, store and engine."""

from __future__ import annotations

import gzip
import io
import json
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest

from amends.incidents import rfc3339
from support.web import AUTH, NOW

if TYPE_CHECKING:
    from support.web import Town

DOOR = "/api/v1/mentions"
LINES = {"Content-Type": "application/x-ndjson"}


def record(id_: str = "a1", **change: Any) -> dict[str, Any]:
    base = {"id": id_, "source": "crm", "published_at": rfc3339(NOW - 120), "text": "Acme is a delight"}
    return {**base, **change}


def lines(*records: dict[str, Any]) -> bytes:
    return b"\n".join(json.dumps(one).encode() for one in records) + b"\n"


async def test_records_are_taken_counted_and_there_after_the_answer(town: Town) -> None:
    body = lines(record("a1", stars=5), record("a2", text="Nobody we know"), record("a3", published_at="soon"))
    response = await town.post(DOOR, data=body, headers=LINES)
    assert response.status == 202
    answer = await response.json()
    assert (answer["accepted"], answer["duplicates"], answer["rejected"], answer["unmatched"]) == (2, 0, 1, 1)
    (error,) = answer["errors"]
    assert (error["index"], error["id"], error["field"]) == (2, "a3", "published_at")
    assert "RFC 3339" in error["detail"]
    listing = await town.json(DOOR)
    (mention,) = listing["mentions"]
    assert (mention["id"], mention["brand"], mention["source"], mention["stars"]) == ("a1", "acme", "crm", 5)
    assert mention["tone"] == "positive"
    assert listing["next"] is None


async def test_the_same_id_of_the_same_source_is_a_duplicate(town: Town) -> None:
    await town.post(DOOR, json=[record()])
    answer = await (await town.post(DOOR, json=[record(text="Acme, otherwise"), record(source="other")])).json()
    assert (answer["accepted"], answer["duplicates"]) == (1, 1)


async def test_a_brand_may_be_named_by_id_or_name(town: Town) -> None:
    body = [record("n1", text="They are fine", brand="bolt"), record("n2", text="Fine too", brand="Bolt & Söhne")]
    assert (await (await town.post(DOOR, json=body)).json())["unmatched"] == 0
    found = await town.json(f"{DOOR}?brand=bolt")
    assert {one["id"] for one in found["mentions"]} == {"n1", "n2"}


async def test_when_nothing_is_acceptable_the_answer_is_422_with_every_reason(town: Town) -> None:
    response = await town.post(DOOR, json=[record("", text="x"), {"id": "b"}])
    assert response.status == 422
    assert response.content_type == "application/problem+json"
    problem = await response.json()
    assert {"status", "title", "detail", "code", "errors"} <= problem.keys()
    assert [error["index"] for error in problem["errors"]] == [0, 1]


async def test_an_empty_array_is_nothing_wrong(town: Town) -> None:
    response = await town.post(DOOR, json=[])
    assert response.status == 202
    assert (await response.json())["accepted"] == 0


@pytest.mark.parametrize(
    ("content_type", "body", "status"),
    [
        ("text/plain", b"{}", 415),
        ("application/x-www-form-urlencoded", b"a=b", 415),
        ("application/json", b"{not json", 400),
        ("application/json", b'{"id": "one record"}', 400),
        ("application/x-ndjson", b"\n".join([b"{}"] * 1001), 413),
    ],
)
async def test_bodies_that_are_no_records_are_refused_by_name(
    town: Town, content_type: str, body: bytes, status: int
) -> None:
    response = await town.post(DOOR, data=body, headers={"Content-Type": content_type})
    assert response.status == status
    assert (await response.json())["status"] == status


@pytest.mark.parametrize("chunked", [False, True])
async def test_more_than_four_mebibytes_are_refused_however_they_come(town: Town, *, chunked: bool) -> None:
    part = lines(record("big", text="Acme " * 100_000))

    async def stream() -> Any:
        for _ in range(10):
            yield part

    response = await town.post(DOOR, data=stream() if chunked else io.BytesIO(part * 10), headers=LINES)
    assert response.status == 413


async def test_a_compressed_body_is_measured_unpacked(town: Town) -> None:
    bomb = gzip.compress(b" " * (64 * 1024 * 1024))
    assert len(bomb) < 100_000
    response = await town.post(DOOR, data=bomb, headers={**LINES, "Content-Encoding": "gzip"})
    assert response.status in {400, 413}


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
@pytest.mark.parametrize("path", [DOOR, "/api/v1/drills"])
async def test_a_body_that_is_not_what_its_encoding_says_is_refused_as_unreadable(
    town: Town, encoding: str, path: str
) -> None:
    response = await town.post(path, data=b"garbage, no archive", headers={**LINES, "Content-Encoding": encoding})
    assert (response.status, (await response.json())["code"]) == (400, "unreadable")


async def test_a_thousand_records_in_one_request_are_taken(town: Town) -> None:
    body = lines(*(record(f"m{k}", text=f"Acme number {k} " + "x" * 100) for k in range(1_000)))
    answer = await (await town.post(DOOR, data=body, headers=LINES)).json()
    assert answer["accepted"] == 1_000


async def test_filters_narrow_and_a_cursor_walks_to_the_end(stormy: Town) -> None:
    negative = await stormy.json(f"{DOOR}?brand=acme&tone=negative&source=forum&limit=1000")
    assert negative["mentions"]
    assert {(one["tone"], one["source"]) for one in negative["mentions"]} == {("negative", "forum")}
    since = quote(rfc3339(NOW - 600) or "")
    assert all(
        one["published_at"] >= "2026-01-05T14:50" for one in (await stormy.json(f"{DOOR}?since={since}"))["mentions"]
    )
    assert (await stormy.json(f"{DOOR}?q=LUGGAGE&limit=3"))["mentions"]
    assert (await stormy.json(f"{DOOR}?q=%25"))["mentions"] == []
    seen: list[str] = []
    cursor = ""
    while True:
        part = await stormy.json(f"{DOOR}?limit=200&cursor={cursor}")
        seen += [one["source"] + one["id"] for one in part["mentions"]]
        cursor = part["next"]
        if cursor is None:
            break
    assert len(seen) == len(set(seen)) == 540


@pytest.mark.parametrize("query", ["tone=angry", "since=yesterday", "limit=0", "limit=x", "limit=9999", "cursor=zz"])
async def test_a_filter_that_means_nothing_is_422(town: Town, query: str) -> None:
    response = await town.get(f"{DOOR}?{query}")
    assert response.status == 422
    assert query.partition("=")[0] in (await response.json())["detail"]


async def test_a_tone_is_corrected_and_given_back(town: Town) -> None:
    native = "https://x.example/a/b?c=1#é"
    await town.post(DOOR, json=[record(native)])
    door = f"{DOOR}/{quote(native, safe='')}/tone"
    for _ in range(2):
        response = await town.post(door, json={"by": "lea", "tone": "negative"})
        assert response.status == 200
    mention = await response.json()
    assert (mention["tone"], mention["scored"], mention["corrected_by"]) == ("negative", "positive", "lea")
    assert len((await town.json(f"{DOOR}?tone=negative"))["mentions"]) == 1
    mention = await (await town.post(door, json={"by": "lea", "tone": None})).json()
    assert (mention["tone"], mention["corrected_by"]) == ("positive", None)


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"tone": "negative"}, 422),
        ({"by": "mallory", "tone": "negative"}, 422),
        ({"by": "lea"}, 422),
        ({"by": "lea", "tone": "furious"}, 422),
        ({"by": "lea", "tone": "negative", "source": "elsewhere"}, 404),
    ],
)
async def test_a_correction_needs_a_known_person_tone_and_mention(
    town: Town, fields: dict[str, Any], status: int
) -> None:
    await town.post(DOOR, json=[record()])
    assert (await town.post(f"{DOOR}/a1/tone", json=fields)).status == status


async def test_an_id_that_two_sources_have_needs_its_source(town: Town) -> None:
    await town.post(DOOR, json=[record(source="one"), record(source="two")])
    response = await town.post(f"{DOOR}/a1/tone", json={"by": "lea", "tone": "neutral"})
    assert response.status == 409
    assert "one, two" in (await response.json())["detail"]
    response = await town.post(f"{DOOR}/a1/tone", json={"by": "lea", "tone": "neutral", "source": "two"})
    assert (await response.json())["source"] == "two"


async def test_an_unknown_mention_is_404(town: Town) -> None:
    response = await town.post(f"{DOOR}/nothing/tone", json={"by": "lea", "tone": "neutral"})
    assert response.status == 404


async def test_a_store_that_fails_answers_503_and_promises_nothing(town: Town) -> None:
    await town.store.close()
    response = await town.session.post(town.url + DOOR, json=[record()], headers=AUTH)
    assert response.status in {500, 503}
    assert (await response.json())["status"] == response.status
