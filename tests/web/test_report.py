"""The report of an incident, as JSON, as Markdown and as a page."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from amends.model import Item, Tick
from support.web import HOSTILE, NOW, PAGE

if TYPE_CHECKING:
    from support.web import Town

DOOR = "/api/v1/incidents"
BAD = "We're sorry if anyone was offended. Mistakes were made."


async def lived(town: Town) -> str:
    """Let an incident be acknowledged, answered twice, judged and resolved; return its id."""
    (incident,) = (await town.json(DOOR))["incidents"]
    for wait, action, fields in (
        (400, "acknowledge", {"by": "lea"}),
        (1200, "responded", {"by": "lea", "kind": "holding", "url": "https://acme.example/1", "text": "We see it."}),
        (4000, "responded", {"by": "sam", "kind": "full", "text": BAD}),
        (600, "resolve", {"by": "sam"}),
        (0, "feedback", {"by": "sam", "verdict": "real"}),
    ):
        town.clock.now += wait
        response = await town.post(f"{DOOR}/{incident['id']}/{action}", json=fields)
        assert response.status == 200, await response.text()
    return str(incident["id"])


async def test_the_report_tells_the_clocks_the_curve_the_spread_the_words_and_what_to_change(stormy: Town) -> None:
    report = await stormy.json(f"{DOOR}/{await lived(stormy)}/report")

    clocks = {clock["name"]: (clock["seconds"], clock["state"]) for clock in report["clocks"]}
    assert clocks["acknowledge"] == (400, "missed")
    assert clocks["holding"] == (1600, "met")
    assert clocks["full"] == (5600, "met")
    assert clocks["recovery"] == (6200, "done")
    assert len(report["curve"]["points"]) > 20
    assert max(point["negative_per_hour"] for point in report["curve"]["points"]) > 50
    assert report["spread"]["negative"] > 40
    assert {row["source"] for row in report["spread"]["sources"]} == {"news", "forum"}
    assert report["spread"]["loudest"][0]["reach"] == 5_900
    kinds = [(text["kind"], text["lint"]["verdict"]) for text in report["texts"]]
    assert [kind for kind, _ in kinds] == ["suggested", "holding", "full"]
    assert kinds[2][1] == "fail"
    assert {finding["rule"] for finding in report["texts"][2]["lint"]["findings"]} >= {"conditional", "passive-blame"}
    assert report["load"][0]["person"] == "lea"
    assert any("Until somebody had it" in line for line in report["change"])
    assert any("conditional" in line for line in report["change"])
    assert not any("worth a page" in line for line in report["change"]), "it was judged"
    assert [event["event"] for event in report["events"]][-2:] == ["resolved", "feedback"]


async def test_the_page_needs_nothing_else(stormy: Town) -> None:
    id_ = await lived(stormy)
    for address in (f"{DOOR}/{id_}/report?as=html", f"/incidents/{id_}/report"):
        response = await stormy.get(address, headers=PAGE)
        assert (response.status, response.content_type) == (200, "text/html")
        page = await response.text()
        assert "<svg" in page
        assert not re.search(r"<(script|link|img|iframe)\b|@import|url\(", page)
        assert "default-src 'none'" in response.headers["Content-Security-Policy"]
        for heading in ("Clocks", "What to change", "What spread it", "What was said", "Whom it cost", "What happened"):
            assert f"<h2>{heading}</h2>" in page


async def test_markdown_is_a_text_with_tables(stormy: Town) -> None:
    response = await stormy.get(f"{DOOR}/{await lived(stormy)}/report?as=md")
    assert (response.status, response.content_type) == (200, "text/markdown")
    text = await response.text()
    assert text.startswith("# Acme")
    assert "| holding | 27 min | 30 min | met |" in text
    assert "> We see it." in text


async def test_a_form_that_is_none_is_refused_and_so_is_an_unknown_incident(stormy: Town) -> None:
    assert (await stormy.get(f"{DOOR}/{await lived(stormy)}/report?as=pdf")).status == 422
    assert (await stormy.get(f"{DOOR}/none/report")).status == 404


async def test_an_incident_that_is_open_and_alone_has_a_report_too(stormy: Town) -> None:
    (incident,) = (await stormy.json(DOOR))["incidents"]
    report = await stormy.json(f"{DOOR}/{incident['id']}/report")
    assert {clock["name"]: clock["state"] for clock in report["clocks"]}["recovery"] == "running"
    assert any("No public answer" in line for line in report["change"])
    assert any("worth a page" in line for line in report["change"])


async def test_a_drill_and_a_quiet_brand_have_one(town: Town) -> None:
    drill = await (await town.post("/api/v1/drills", json={"by": "lea"})).json()
    report = await town.json(f"{DOOR}/{drill['id']}/report")
    assert report["incident"]["drill"] is True
    assert report["curve"]["points"] == []
    for form in ("md", "html"):
        text = await (await town.get(f"{DOOR}/{drill['id']}/report?as={form}")).text()
        assert "rill" in text


@pytest.mark.parametrize("form", ["html", "md"])
async def test_hostile_words_are_shown_and_obeyed_by_nothing(town: Town, form: str) -> None:
    items = [
        Item(source="forum", id=f"x{k}", text=f"recall of Acme {text}", author=text[:100], url=f"https://a.example/{k}",
             published_at=NOW - 60, seen_at=NOW, reach=k + 1)
        for k, text in enumerate(HOSTILE)
    ]  # fmt: skip
    await town.engine.ingest(items)
    await town.engine.apply("acme", Tick())
    (incident,) = (await town.json(DOOR))["incidents"]
    fields: dict[str, Any] = {"by": "lea", "kind": "holding", "text": HOSTILE[0] + " | `code` [x](javascript:alert(1))"}
    await town.post(f"{DOOR}/{incident['id']}/responded", json=fields)

    text = await (await town.get(f"{DOOR}/{incident['id']}/report?as={form}")).text()

    assert not re.search(r"(?<!\\)<(script|img|iframe|svg onload)", text)
    assert "\u202e" not in text
    if form == "md":
        assert "[x](javascript" not in text


async def test_what_is_over_offers_no_words_any_more(stormy: Town) -> None:
    (incident,) = (await stormy.json(DOOR))["incidents"]
    before = await (await stormy.get(f"/incidents/{incident['id']}", headers=PAGE)).text()
    assert "What to say" in before
    assert "To the first public line" in before
    await lived(stormy)
    after = await (await stormy.get(f"/incidents/{incident['id']}", headers=PAGE)).text()
    assert "What to say" not in after
    assert "Move on" in after
