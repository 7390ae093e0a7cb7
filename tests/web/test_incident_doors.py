"""`/api/v1/incidents`, silences, sources, drills and probes."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING, Any

import pytest

from amends.escalation import sign
from amends.incidents import rfc3339
from amends.model import Tick
from amends.pipeline.draft import KEPT_CLOSED
from support.web import AUTH, KEY, NOW, PAGE, running

if TYPE_CHECKING:
    from pathlib import Path

    from support.web import Town

DOOR = "/api/v1/incidents"


async def the_incident(town: Town) -> dict[str, Any]:
    (incident,) = (await town.json(DOOR))["incidents"]
    return dict(incident)


async def test_the_incident_has_every_field_of_the_contract(stormy: Town) -> None:
    incident = await the_incident(stormy)
    assert {
        "id", "brand", "kind", "state", "severity", "revision", "title", "opened_at", "since", "updated_at",
        "acknowledged_at", "acknowledged_by", "resolved_at", "resolved_by", "observed", "expected", "why",
        "authenticity", "coverage", "quotes", "response", "record", "url",
    } <= incident.keys()  # fmt: skip
    assert (incident["brand"], incident["kind"], incident["state"]) == ("acme", "tone", "open")
    assert incident["url"] == f"http://127.0.0.1:8484/incidents/{incident['id']}"
    whole = await stormy.json(f"{DOOR}/{incident['id']}")
    assert whole["events"][0]["event"] == "opened"
    assert {"seq", "at", "event", "by", "why"} <= whole["events"][0].keys()
    assert {"id", "kind", "person", "channel", "state", "attempts", "at", "error"} <= whole["pages"][0].keys()
    assert {key: whole[key] for key in incident} == incident


async def test_filters_and_their_errors(stormy: Town) -> None:
    assert len((await stormy.json(f"{DOOR}?brand=acme&state=open"))["incidents"]) == 1
    assert (await stormy.json(f"{DOOR}?brand=bolt"))["incidents"] == []
    assert (await stormy.json(f"{DOOR}?state=resolved"))["incidents"] == []
    for query in ("state=on-fire", "limit=-1", "cursor=nonsense"):
        assert (await stormy.get(f"{DOOR}?{query}")).status == 422


@pytest.mark.parametrize(
    ("action", "fields", "field", "value"),
    [
        ("acknowledge", {}, "acknowledged_by", "lea"),
        ("resolve", {}, "state", "resolved"),
        ("feedback", {"verdict": "noise"}, "feedback", "noise"),
        ("snooze", {"until": rfc3339(NOW + 3600)}, "snoozed_until", rfc3339(NOW + 3600)),
        ("responded", {"kind": "holding", "url": "https://acme.example/s", "text": "Sorry."}, "state", "open"),
    ],
)
async def test_an_action_twice_is_an_action_once(
    stormy: Town, action: str, fields: dict[str, Any], field: str, value: str
) -> None:
    id_ = (await the_incident(stormy))["id"]
    first = await (await stormy.post(f"{DOOR}/{id_}/{action}", json={"by": "lea", **fields})).json()
    second = await (await stormy.post(f"{DOOR}/{id_}/{action}", json={"by": "lea", **fields})).json()
    assert first[field] == second[field] == value
    if action != "responded":  # what was said again is another line of the record
        assert first["revision"] == second["revision"]


async def test_every_action_has_its_way_back(stormy: Town) -> None:
    id_ = (await the_incident(stormy))["id"]

    async def do(action: str, **fields: Any) -> dict[str, Any]:
        response = await stormy.post(f"{DOOR}/{id_}/{action}", json={"by": "lea", **fields})
        assert response.status == 200, await response.text()
        return dict(await response.json())

    assert (await do("acknowledge"))["acknowledged_by"] == "lea"
    assert (await do("unacknowledge"))["acknowledged_by"] is None
    assert (await do("feedback", verdict="real"))["record"] is not None
    assert (await do("feedback", verdict=None))["feedback"] is None
    assert (await do("snooze", until=rfc3339(NOW + 60)))["snoozed_until"] == rfc3339(NOW + 60)
    assert (await do("snooze", until=None))["snoozed_until"] in {None, rfc3339(NOW)}
    assert (await do("resolve"))["state"] == "resolved"
    assert (await do("reopen"))["state"] == "open"


@pytest.mark.parametrize(
    ("action", "fields", "status", "code"),
    [
        ("acknowledge", {}, 422, "invalid"),
        ("acknowledge", {"by": "mallory"}, 422, "unknown-person"),
        ("acknowledge", {"by": 3}, 422, "invalid"),
        ("acknowledge", {"by": "x" * 900}, 422, "invalid"),
        ("snooze", {"by": "lea"}, 422, "invalid"),
        ("snooze", {"by": "lea", "until": "later"}, 422, "invalid"),
        ("snooze", {"by": "lea", "until": rfc3339(NOW - 5)}, 422, "invalid"),
        ("snooze", {"by": "lea", "until": rfc3339(NOW + 31 * 86_400)}, 422, "invalid"),
        ("feedback", {"by": "lea"}, 422, "invalid"),
        ("feedback", {"by": "lea", "verdict": "maybe"}, 422, "invalid"),
        ("responded", {"by": "lea"}, 422, "invalid"),
        ("responded", {"by": "lea", "kind": "full", "url": "javascript:alert(1)"}, 422, "invalid"),
        ("explode", {"by": "lea"}, 404, "no-such-action"),
    ],
)
async def test_what_is_wrong_with_an_action_is_named(
    stormy: Town, action: str, fields: dict[str, Any], status: int, code: str
) -> None:
    id_ = (await the_incident(stormy))["id"]
    response = await stormy.post(f"{DOOR}/{id_}/{action}", json=fields)
    problem = await response.json()
    assert (response.status, problem["code"]) == (status, code)
    assert problem["detail"]


@pytest.mark.parametrize("body", [b"[]", b"{", b'"lea"', b"\xff"])
async def test_a_command_that_is_no_object_is_400(stormy: Town, body: bytes) -> None:
    id_ = (await the_incident(stormy))["id"]
    assert (await stormy.post(f"{DOOR}/{id_}/acknowledge", data=body)).status == 400


async def test_a_command_of_unreasonable_size_is_413(stormy: Town) -> None:
    id_ = (await the_incident(stormy))["id"]
    assert (await stormy.post(f"{DOOR}/{id_}/acknowledge", data=b" " * 70_000)).status == 413


async def test_an_unknown_incident_is_404_whatever_is_asked_of_it(town: Town) -> None:
    for method, path in (
        ("GET", ""),
        ("GET", "/verify"),
        ("POST", "/acknowledge"),
        ("POST", "/resolve"),
    ):
        response = await town.session.request(
            method, f"{town.url}{DOOR}/inc_none{path}", headers=AUTH, json={"by": "lea"}
        )
        assert response.status == 404
        assert (await response.json())["code"] == "unknown"


async def test_a_brand_that_left_the_configuration_cannot_be_acted_on(tmp_path: Path, stormy_database: Path) -> None:
    async with running(tmp_path, stormy_database) as town:
        id_ = (await the_incident(town))["id"]
        rules = town.engine.rules
        brands = {name: brand for name, brand in rules.brands.items() if name != "acme"}
        town.engine.swap(type(rules)(**{**{n: getattr(rules, n) for n in rules.__slots__}, "brands": brands}))
        response = await town.post(f"{DOOR}/{id_}/acknowledge", json={"by": "lea"})
        assert response.status == 409
        page = await town.get(f"/incidents/{id_}", headers={"Accept": "text/html"})
        assert page.status == 200


async def test_a_command_that_comes_too_late_is_409(stormy: Town) -> None:
    id_ = (await the_incident(stormy))["id"]
    await stormy.post(f"{DOOR}/{id_}/resolve", json={"by": "lea"})
    response = await stormy.post(f"{DOOR}/{id_}/snooze", json={"by": "lea", "until": rfc3339(NOW + 600)})
    assert response.status == 409
    assert (await response.json())["code"] == "stale"


async def test_what_is_long_over_is_resolved_still_and_else_too_late(town: Town) -> None:
    first = ""
    for _ in range(KEPT_CLOSED + 1):
        drill = await (await town.post("/api/v1/drills", json={})).json()
        first = first or drill["id"]
        await town.post(f"{DOOR}/{drill['id']}/acknowledge", json={"by": "lea"})
        town.clock.now += 5
    assert (await town.post(f"{DOOR}/{first}/resolve", json={"by": "lea"})).status == 200
    response = await town.post(f"{DOOR}/{first}/reopen", json={"by": "lea"})
    assert response.status == 409
    assert "long over" in (await response.json())["detail"]
    link = "/a/" + sign(KEY, first, "lea", town.clock.now + 60)
    page = await town.session.post(town.url + link, headers=PAGE)
    assert page.status == 200
    assert "It is over" in await page.text()


async def test_the_chain_is_proven_and_a_forgery_shows(stormy: Town, tmp_path: Path) -> None:
    id_ = (await the_incident(stormy))["id"]
    proof = await stormy.json(f"{DOOR}/{id_}/verify")
    assert proof["ok"] is True
    assert proof["head"]
    with sqlite3.connect(tmp_path / "amends.db") as database:
        database.execute("UPDATE incident_events SET body = replace(body, 'amends', 'nobody')")
    database.close()
    broken = await stormy.json(f"{DOOR}/{id_}/verify")
    assert broken["ok"] is False
    assert broken["detail"]


async def test_a_silence_begins_is_listed_and_ends(town: Town) -> None:
    body = {"brand": "acme", "until": rfc3339(NOW + 3600), "reason": "planned launch", "by": "sam"}
    response = await town.post("/api/v1/silences", json=body)
    assert response.status == 201
    silence = await response.json()
    assert {key: silence[key] for key in body} == body
    assert [one["id"] for one in (await town.json("/api/v1/silences"))["silences"]] == [silence["id"]]
    for _ in range(2):  # a second time changes nothing
        ended = await town.session.delete(f"{town.url}/api/v1/silences/{silence['id']}", headers=AUTH)
        assert ended.status == 204
    assert (await town.json("/api/v1/silences"))["silences"] == []
    (kept,) = (await town.json("/api/v1/silences?all=1"))["silences"]
    assert kept["ended_at"] == rfc3339(NOW)


async def test_a_silence_that_ran_out_can_still_be_ended(town: Town) -> None:
    body = {"brand": "acme", "until": rfc3339(NOW + 60), "reason": "short", "by": "sam"}
    silence = await (await town.post("/api/v1/silences", json=body)).json()
    town.clock.now += 120
    await town.post("/api/v1/silences", json={**body, "until": rfc3339(NOW + 600)})
    response = await town.session.delete(f"{town.url}/api/v1/silences/{silence['id']}?by=lea", headers=AUTH)
    assert response.status == 204


@pytest.mark.parametrize(
    "change",
    [
        {"brand": "nobody"},
        {"brand": None},
        {"until": None},
        {"until": rfc3339(NOW - 1)},
        {"until": rfc3339(NOW + 400 * 86_400)},
        {"until": "1h"},
        {"reason": None},
        {"reason": "  "},
        {"reason": "x" * 501},
        {"by": None},
        {"by": "mallory"},
        {"story": "sto_nobody"},
    ],
)
async def test_a_silence_needs_brand_end_reason_and_person(town: Town, change: dict[str, Any]) -> None:
    body = {"brand": "acme", "until": rfc3339(NOW + 3600), "reason": "because", "by": "lea", **change}
    response = await town.post("/api/v1/silences", json=body)
    assert response.status == 422
    assert next(iter(change)) in str(await response.json())
    assert (await town.json("/api/v1/silences"))["silences"] == []


async def test_an_unknown_silence_is_404(town: Town) -> None:
    assert (await town.session.delete(f"{town.url}/api/v1/silences/none", headers=AUTH)).status == 404


async def test_sources_are_listed_polled_paused_and_resumed(town: Town) -> None:
    (news, _) = (await town.json("/api/v1/sources"))["sources"]
    assert news["id"] == "news"
    assert news["last_success"] == rfc3339(NOW - 60)
    assert (await (await town.post("/api/v1/sources/news/pause")).json())["paused"] is True
    refused = await town.post("/api/v1/sources/news/poll")
    assert (refused.status, refused.content_type) == (409, "application/problem+json")
    problem = await refused.json()
    assert problem["code"] == "paused"
    assert "'news' is paused" in problem["detail"]
    assert "amends sources resume news" in problem["detail"]
    assert town.desk.told == []
    assert (await (await town.post("/api/v1/sources/news/resume")).json())["paused"] is False
    assert (await town.post("/api/v1/sources/news/poll")).status == 200
    assert town.desk.told == ["poll news"]
    assert (await town.post("/api/v1/sources/none/poll")).status == 404
    assert (await town.post("/api/v1/sources/news/burn")).status == 404


async def test_a_drill_opens_a_marked_incident_and_a_second_one_waits(town: Town) -> None:
    response = await town.post("/api/v1/drills", json={"case": "outage"})
    assert response.status == 201
    drill = await response.json()
    assert (drill["kind"], drill["drill"], drill["brand"]) == ("drill", True, "acme")
    whole = await town.json(f"{DOOR}/{drill['id']}")
    assert "token:ci" in whole["events"][0]["why"]
    assert (await town.post("/api/v1/drills", json={})).status == 409
    other = await town.post("/api/v1/drills", json={"brand": "bolt", "by": "lea"})
    assert (await other.json())["brand"] == "bolt"
    assert (await town.post("/api/v1/drills", json={"brand": "none"})).status == 422


async def test_what_is_not_there_is_a_problem_and_never_html_under_api(town: Town) -> None:
    for path in ("/api/v1/rotas/none.ics", "/api/v2/incidents"):
        response = await town.get(path, headers={"Accept": "text/html"})
        assert (response.status, response.content_type) == (404, "application/problem+json")
    response = await town.session.put(town.url + DOOR, headers=AUTH)
    assert response.status == 405
    assert response.headers["Allow"] == "GET, HEAD"


async def test_probes_answer_without_token_and_for_any_host(town: Town) -> None:
    for path in ("/healthz", "/readyz", "/metrics"):
        response = await town.get(path, headers={"Host": "anything.example"})
        assert response.status == 200
    assert "amends_build_info" in await response.text()
    assert response.headers["Content-Type"].startswith("text/plain; version=0.0.4")
    town.missing.append("storage: the disk is full")
    response = await town.get("/readyz")
    assert response.status == 503
    assert "disk is full" in (await response.json())["missing"][0]
    assert (await town.get("/healthz")).status == 200


async def test_a_tick_between_two_reads_shows_in_the_second(stormy: Town) -> None:
    stormy.clock.now += 60
    await stormy.engine.apply("acme", Tick())
    assert (await the_incident(stormy))["id"]


async def test_what_fails_inside_is_said_logged_and_shows_nothing_of_it(
    tmp_path: Path, empty_database: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def broken() -> bytes:
        raise RuntimeError("a secret detail")

    async with running(tmp_path, empty_database, metrics=broken) as town:
        response = await town.get("/metrics")
        assert (response.status, (await response.json())["code"]) == (500, "internal")
        assert "secret" not in await response.text()
        assert "a secret detail" in "".join(capsys.readouterr())
        page = await town.get("/metrics", headers={"Accept": "text/html"})
        assert page.content_type == "text/html"


async def test_a_store_in_trouble_answers_503_with_the_way_out(stormy: Town, tmp_path: Path) -> None:
    id_ = (await the_incident(stormy))["id"]
    with sqlite3.connect(tmp_path / "amends.db") as database:
        database.execute("ALTER TABLE incidents RENAME TO elsewhere")
    database.close()
    for response in (
        await stormy.get(DOOR),
        await stormy.post(f"{DOOR}/{id_}/acknowledge", json={"by": "lea"}),
    ):
        assert response.status == 503
        assert response.headers["Retry-After"] == "5"
        assert (await response.json())["code"] == "storage"
