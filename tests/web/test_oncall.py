"""`/api/v1/on-call`, `/rotas`, `/people` and their views."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import datetime
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest

from amends import escalation
from amends.calendars import ics
from amends.model import DAY, DRILL_LEFT_OUT, Delivered
from support.web import AUTH, NOW, PAGE, running

if TYPE_CHECKING:
    from pathlib import Path

    from support.web import Town

START = datetime(2026, 1, 5, 9)  # noqa: DTZ001 - a wall time; a Monday, today
NIGHT = escalation.QuietHours.parse("22:00-07:00")


def staffed(town: Town) -> None:
    """Put rotas behind the policy, and Lea to sleep at night."""
    rules = town.engine.rules
    turns = escalation.Turns(people=("lea", "sam"), every=7 * DAY, start=START, timezone="Europe/Paris")
    policy = escalation.Policy(
        steps=(escalation.Step(("week",)), escalation.Step(("night",), 600.0)), operators=("sam",), inform=("week",)
    )
    lea = replace(rules.people["lea"], quiet=NIGHT, timezone="Europe/Paris", team="social")
    rotas = {
        "week": escalation.Rota(id="week", turns=turns),
        "night": escalation.Rota(id="night", fallback="sam"),
    }
    brands = {id_: replace(brand, policy=policy) for id_, brand in rules.brands.items()}
    town.engine.swap(replace(rules, rotas=rotas, brands=brands, people={**rules.people, "lea": lea}))


async def test_who_would_be_paged_now_and_on_sunday_at_three(town: Town) -> None:
    staffed(town)
    now = await town.json("/api/v1/on-call")
    assert (now["severity"], now["at"], now["people"]) == (1, "2026-01-05T15:00:00Z", ["lea", "sam"])
    week, night = now["rotas"]
    assert (week["people"], week["until"], week["next"]) == (["lea"], "2026-01-12T08:00:00Z", ["sam"])
    assert (night["gap"], night["people"], night["fallback"], night["until"]) == (True, [], "sam", None)
    acme = now["brands"][0]
    assert [one["person"] for step in acme["steps"] for one in step["page"]] == ["lea", "sam"]
    assert (acme["steps"][1]["at"], acme["inform"], acme["operators"]) == ("2026-01-05T15:10:00Z", ["lea"], ["sam"])
    assert "nobody is on call in the rota night" in acme["steps"][1]["page"][0]["why"]

    sunday = await town.json("/api/v1/on-call?at=2026-01-11T03:00:00%2B01:00&severity=2")
    assert sunday["brands"][0]["steps"][0]["page"][0]["held_until"] == "2026-01-11T06:00:00Z"
    sunday = await town.json("/api/v1/on-call?at=2026-01-11T02:00:00Z&severity=1")
    assert sunday["brands"][0]["steps"][0]["page"][0]["held_until"] is None


@pytest.mark.parametrize("query", ["severity=4", "severity=x", "at=yesterday", "at=9999-12-31T23:59:59Z"])
async def test_what_is_no_time_or_severity_is_refused(town: Town, query: str) -> None:
    staffed(town)
    assert (await town.get(f"/api/v1/on-call?{query}")).status == 422


async def test_a_rota_goes_out_as_a_calendar(town: Town) -> None:
    staffed(town)
    response = await town.get("/api/v1/rotas/week.ics")
    assert (response.status, response.content_type) == (200, "text/calendar")
    found = ics.unroll(await response.text(), NOW, NOW + 30 * DAY, "UTC")
    assert [summary for _, _, summary in found.events[:3]] == ["Léa", "Sam", "Léa"]
    assert found.events[1][0] == datetime.fromisoformat("2026-01-12T08:00:00+00:00").timestamp()
    assert (await town.get("/api/v1/rotas/none.ics")).status == 404


async def test_a_calendar_application_subscribes_by_a_link_that_opens_nothing_else(
    tmp_path: Path, empty_database: str
) -> None:
    async with running(tmp_path, empty_database, external_url="http://127.0.0.1:1") as town:
        staffed(town)
        assert (await town.get("/api/v1/rotas/week.ics")).status == 401
        week, night = (await town.json("/api/v1/on-call", headers=AUTH))["rotas"]
        paths = [rota["calendar_url"].removeprefix("http://127.0.0.1:1") for rota in (week, night)]
        response = await town.get(paths[0])
        assert (response.status, response.content_type) == (200, "text/calendar")
        events = ics.unroll(await response.text(), NOW, NOW + 30 * DAY, "UTC").events
        assert [summary for _, _, summary in events[:2]] == ["Léa", "Sam"]
        token = paths[0].removeprefix("/c/").removesuffix(".ics")
        assert (await town.post(f"/a/{token}", token=False)).status == 403
        link = escalation.sign(town.site.key, "week", "lea", NOW + DAY)
        for altered in (token[:-1], link):
            assert (await town.get(f"/c/{altered}.ics")).status == 403
        town.engine.swap(replace(town.engine.rules, rotas={}))
        assert (await town.get(paths[1])).status == 404


async def test_a_channel_is_verified_once_it_has_taken_a_page_and_the_log_shows_it(town: Town) -> None:
    before = (await town.json("/api/v1/people"))["people"][0]
    assert [one["verified"] for one in before["channels"]] == [False, False]
    drill = await (await town.post("/api/v1/drills", json={"case": "outage"})).json()
    (row,) = (await town.store.pages(drill["id"]))[:1]
    await town.engine.apply("acme", Delivered(page=row.page.id, incident=drill["id"]))
    lea = (await town.json("/api/v1/people"))["people"][0]
    assert [(one["channel"], one["verified"]) for one in lea["channels"]] == [("phone", True), ("hook", False)]
    (message,) = (await town.json("/api/v1/people/lea/messages"))["messages"]
    assert (message["state"], message["drill"], message["incident"]) == ("sent", True, drill["id"])
    assert (await town.json("/api/v1/people/sam/messages"))["messages"] == []
    assert (await town.get("/api/v1/people/nobody/messages")).status == 404
    page = await (await town.get("/people/lea", headers=PAGE)).text()
    assert "DRILL" in page
    assert "never took a page" in page
    assert (await town.get("/people/nobody", headers=PAGE)).status == 404


async def test_the_view_shows_rotas_gaps_and_who_would_be_paged(town: Town) -> None:
    staffed(town)
    page = await (await town.get("/on-call", headers=PAGE)).text()
    for words in ("Nobody is on call", "the fallback, is called", "Léa", "never took a page; run a drill"):
        assert words in page
    asleep = await (await town.get("/on-call?at=2026-01-11T03:00&severity=2", headers=PAGE)).text()
    assert "asleep: held until" in asleep
    assert (await town.get("/on-call?at=someday", headers=PAGE)).status == 422


async def test_a_calendar_that_cannot_be_read_is_shown_with_the_age_of_its_copy(town: Town) -> None:
    staffed(town)
    kept = SimpleNamespace(
        read_at=NOW - 7_200, error="<b>answers 500</b>", problems=("'Zoe' is no person's id or name",)
    )
    object.__setattr__(town.site, "calendars", lambda rota: kept if rota == "night" else None)
    found = await town.json("/api/v1/on-call")
    assert found["rotas"][1]["calendar"]["age_seconds"] == 7_200
    assert found["rotas"][0]["calendar"] is None
    page = await (await town.get("/on-call", headers=PAGE)).text()
    assert "&lt;b&gt;answers 500" in page
    assert "The copy of 2 h ago holds" in page
    assert "Zoe" in page


async def test_a_drill_shows_its_score(town: Town) -> None:
    drill = await (await town.post("/api/v1/drills", json={"case": "rumour", "by": "lea"})).json()
    where = f"/api/v1/incidents/{drill['id']}"
    assert (await town.json(where))["score"]["acknowledged_seconds"] is None
    town.clock.now += 90
    await town.post(f"{where}/acknowledge", json={"by": "lea"})
    said = {"by": "lea", "kind": "holding", "text": "We are looking into it and will say more at noon."}
    await town.post(f"{where}/responded", json=said)
    score = (await town.json(where))["score"]
    assert (score["case"], score["acknowledged_seconds"], score["acknowledged_by"]) == ("rumour", 90, "lea")
    assert (score["first_line_seconds"], score["in_time"], score["lint"]["kind"]) == (90, True, "holding")
    page = await (await town.get(f"/incidents/{drill['id']}", headers=PAGE)).text()
    assert "How the drill went" in page
    assert (await town.post("/api/v1/drills", json={"case": "flood"})).status == 422


async def test_a_drill_is_started_from_the_view(town: Town) -> None:
    staffed(town)
    assert "Start the drill" in await (await town.get("/on-call", headers=PAGE)).text()
    response = await town.form("/drills", by="lea", case="outage", brand="bolt")
    assert response.status == 303
    incident = await town.json(f"/api/v1{response.headers['Location']}")
    assert (incident["brand"], incident["drill"], incident["score"]["case"]) == ("bolt", True, "outage")
    assert (await town.form("/drills", by="lea", case="flood", brand="bolt")).status == 422


async def test_the_view_says_which_drill_of_the_schedule_was_left_out_and_why(town: Town) -> None:
    assert "was left out" not in await (await town.get("/on-call", headers=PAGE)).text()
    left_out = {"at": NOW - 3600, "why": "something real is open for <acme>"}
    await town.store.save_meta(DRILL_LEFT_OUT, json.dumps(left_out))
    page = await (await town.get("/on-call", headers=PAGE)).text()
    assert "was left out: something real is open for &lt;acme&gt;" in page
