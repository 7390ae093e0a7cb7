"""The record, erasures and clocks by the doors."""

from __future__ import annotations

import hashlib
import json
import re
from typing import TYPE_CHECKING, Any

import pytest

from amends.incidents import rfc3339
from support.web import AUTH, NOW

if TYPE_CHECKING:
    from support.web import Town

DOOR = "/api/v1/incidents"


async def the_incident(town: Town) -> dict[str, Any]:
    (incident,) = (await town.json(DOOR))["incidents"]
    return dict(await town.json(f"{DOOR}/{incident['id']}"))


async def act(town: Town, incident: str, action: str, fields: dict[str, Any]) -> None:
    response = await town.post(f"{DOOR}/{incident}/{action}", json=fields)
    assert response.status == 200, await response.text()


async def test_the_archive_is_one_file_that_anybody_can_check(stormy: Town) -> None:
    id_ = (await the_incident(stormy))["id"]
    await act(stormy, id_, "acknowledge", {"by": "lea"})
    await act(stormy, id_, "responded", {"by": "lea", "kind": "holding", "text": "We see it."})
    response = await stormy.get(f"{DOOR}/{id_}/record")
    assert response.status == 200
    assert response.headers["Content-Disposition"] == f'attachment; filename="{id_}.json"'
    archive = await response.json()
    record = archive["record"]

    def digest(salt: str, body: str) -> str:
        return hashlib.sha256(bytes.fromhex(salt) + body.encode()).hexdigest()

    heads = {}
    for chain in ("events", "messages"):
        head = hashlib.sha256(f"amends/1\nacme\n{id_}".encode()).hexdigest()
        assert head == record["genesis"]
        for link in record[chain]:
            assert digest(link["salt"], link["body"]) == link["digest"]
            head = hashlib.sha256(f"{head}\n{link['digest']}".encode()).hexdigest()
            assert head == link["head"]
        heads[chain] = head
    assert hashlib.sha256(f"{heads['events']}\n{heads['messages']}".encode()).hexdigest() == record["seal"]
    assert record["seal"] == (await stormy.json(f"{DOOR}/{id_}/verify"))["head"]
    assert {json.loads(event["body"])["event"] for event in record["events"]} >= {"opened", "acknowledged", "responded"}
    vouched = {name for event in record["events"] for name in json.loads(event["body"])["texts"]}
    assert vouched == {text["digest"] for text in record["texts"]}
    assert all(digest(text["salt"], text["body"]) == text["digest"] for text in record["texts"])
    assert len(record["texts"]) > 10, "the mentions that made it, not the three quotes alone"
    assert "lea" in {page["person"] for page in record["pages"]}


async def test_an_author_who_asks_is_erased_everywhere_and_the_record_still_verifies(stormy: Town) -> None:
    incident = await the_incident(stormy)
    quote = incident["quotes"][0]
    before = await stormy.json("/api/v1/mentions?brand=acme&limit=500")

    response = await stormy.post("/api/v1/erasures", json={"author": quote["author"].upper(), "by": "lea"})

    assert response.status == 200
    answered = await response.json()
    assert (answered["erased"], answered["by"]) == (1, "lea")
    after = await stormy.json("/api/v1/mentions?brand=acme&limit=500")
    assert len(after["mentions"]) == len(before["mentions"]), "the counts stay"
    everything = json.dumps([
        after, await stormy.json(f"{DOOR}/{incident['id']}"), await stormy.json(f"{DOOR}/{incident['id']}/record")
    ])  # fmt: skip
    assert re.search(rf"{quote['author']}\b", everything) is None
    assert quote["text"] not in everything
    assert (await stormy.json(f"{DOOR}/{incident['id']}/verify"))["ok"] is True


@pytest.mark.parametrize(
    ("body", "field"), [({"by": "lea"}, "author"), ({"author": "", "by": "lea"}, "author"), ({"author": "@"}, None)]
)
async def test_an_erasure_needs_a_name(town: Town, body: dict[str, str], field: str | None) -> None:
    response = await town.post("/api/v1/erasures", json=body)
    assert response.status == 422
    if field:
        assert (await response.json())["errors"][0]["field"] == field
    assert (await town.post("/api/v1/erasures", token=False, json={"author": "x"})).status == 401


async def test_the_clocks_of_an_incident_run_and_stop(stormy: Town) -> None:
    id_ = (await the_incident(stormy))["id"]

    async def clocks() -> dict[str, Any]:
        return {clock["name"]: clock for clock in (await stormy.json(f"{DOOR}/{id_}"))["clocks"]}

    first = await clocks()
    assert list(first) == ["detect", "page", "acknowledge", "holding", "full", "recovery"]
    assert first["detect"]["state"] in {"met", "missed"}
    assert (first["holding"]["state"], first["holding"]["seconds"]) == ("running", None)
    stormy.clock.now += 600
    await act(stormy, id_, "acknowledge", {"by": "lea"})
    stormy.clock.now += 600
    await act(stormy, id_, "responded", {"by": "lea", "kind": "full", "text": "We are sorry."})
    then = await clocks()
    assert then["acknowledge"]["seconds"] == pytest.approx(600, abs=1)
    assert (then["holding"]["seconds"], then["full"]["seconds"]) == (1200, 1200)
    assert (then["holding"]["state"], then["full"]["state"]) == ("met", "met")
    assert then["holding"]["target_seconds"] in {1800, 3600}
    metrics = (await (await stormy.get("/metrics")).text()).splitlines()
    assert any(
        line.startswith('amends_response_seconds_count{kind="holding"') and line.endswith(" 1.0") for line in metrics
    )


async def test_who_ended_a_silence_and_when_is_kept(town: Town) -> None:
    body = {"brand": "acme", "until": rfc3339(NOW + 3600), "reason": "planned launch", "by": "sam"}
    silence = await (await town.post("/api/v1/silences", json=body)).json()
    assert silence["ended_by"] is None
    response = await town.session.delete(f"{town.url}/api/v1/silences/{silence['id']}?by=lea", headers=AUTH)
    assert response.status == 204
    (ended,) = (await town.json("/api/v1/silences?all=1"))["silences"]
    assert (ended["by"], ended["ended_by"], ended["ended_at"]) == ("sam", "lea", rfc3339(NOW))


async def test_a_silence_and_its_end_stand_in_the_incidents_history(stormy: Town) -> None:
    id_ = (await the_incident(stormy))["id"]
    body = {"brand": "acme", "until": rfc3339(NOW + 3600), "reason": "we know", "by": "sam"}
    silence = await (await stormy.post("/api/v1/silences", json=body)).json()
    await stormy.session.delete(f"{stormy.url}/api/v1/silences/{silence['id']}?by=lea", headers=AUTH)
    events = (await stormy.json(f"{DOOR}/{id_}"))["events"]
    assert [(one["event"], one["by"]) for one in events][-3:] == [
        ("silenced", "sam"), ("silenced", "lea"), ("escalated", "amends"),
    ]  # fmt: skip
    assert events[-1]["why"].startswith("it is silenced no longer")
