"""The adviser and the lint through the doors and the incident's view, with script and without."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

from amends.incidents import rfc3339
from amends.web.views.drafting import PIECE
from support.web import NOW, PAGE

if TYPE_CHECKING:
    from support.web import Town

DOOR = "/api/v1/incidents"
BAD = "We are sorry if anyone was offended."


async def the_id(town: Town) -> str:
    (incident,) = (await town.json(DOOR))["incidents"]
    return str(incident["id"])


async def whole(town: Town) -> dict[str, Any]:
    return dict(await town.json(f"{DOOR}/{await the_id(town)}"))


async def view(town: Town) -> str:
    text = await (await town.get(f"/incidents/{await the_id(town)}")).text()
    return re.sub(r"\s+", " ", text)


async def test_nobody_has_answered_yet_and_the_first_steps_stand_there(stormy: Town) -> None:
    advice = (await whole(stormy))["advice"]
    assert advice["answers"] is None
    assert (advice["cluster"], advice["strategy"]) == (None, "inform")
    assert "scheduled posts" in advice["checklist"][0]["text"]
    text = await view(stormy)
    assert "First steps" in text
    assert "Three questions" in text


async def test_the_view_says_what_it_looks_like_until_people_say_what_it_is(town: Town) -> None:
    texts = (
        "Recall it: my Acme kettle caught fire, awful",
        "They must recall it, my hand was burned by an Acme kettle",
    )
    records = [
        {"id": f"k{n}", "source": "forum", "published_at": rfc3339(NOW), "text": text, "author": f"a{n}"}
        for n, text in enumerate(texts)
    ]
    assert (await town.post("/api/v1/mentions", json=records)).status == 202
    advice = (await whole(town))["advice"]
    assert (advice["about"], advice["guessed"]) == ("product-harm", True)
    assert (await whole(town))["response"]["template"].startswith("product-harm")
    assert "Looks like <strong>product harm</strong>" in await view(town)

    await town.post(f"{DOOR}/{await the_id(town)}/advise", json={"by": "lea", "about": "rumour"})

    advice = (await whole(town))["advice"]
    assert (advice["about"], advice["guessed"]) == ("rumour", False)
    assert "Looks like" not in await view(town)


async def test_answers_are_kept_as_a_fact_and_bring_the_words_that_fit(stormy: Town) -> None:
    id_ = await the_id(stormy)
    before = await whole(stormy)
    told = {"by": "lea", "victim": False, "unintended": True, "preventable": True, "about": "data-breach"}
    answer = await stormy.post(f"{DOOR}/{id_}/advise", json=told)
    assert answer.status == 200
    after = await whole(stormy)
    assert after["revision"] == before["revision"] + 1
    assert (after["events"][-1]["event"], after["events"][-1]["by"]) == ("advised", "lea")
    assert after["response"]["template"].startswith("data-breach-holding")
    advice = after["advice"]
    assert (advice["cluster"], advice["strategy"], advice["about"]) == ("preventable", "rebuild", "data-breach")
    assert advice["answers"]["victim"] is False
    assert "counsel" in advice["checklist"][0]["text"]
    assert advice["checklist"][1]["by"].endswith("Z")
    # the same twice is once; another answer stands for the first
    await stormy.post(f"{DOOR}/{id_}/advise", json=told)
    assert (await whole(stormy))["revision"] == after["revision"]
    await stormy.post(f"{DOOR}/{id_}/advise", json={"by": "sam", "about": "rumour", "victim": True})
    again = await whole(stormy)
    assert again["revision"] == after["revision"] + 1
    assert again["advice"]["answers"]["preventable"] is None
    assert again["response"]["template"].startswith("rumour-holding")
    assert (await stormy.json(f"{DOOR}/{id_}/verify"))["ok"] is True


@pytest.mark.parametrize("fields", [{"victim": "perhaps"}, {"victim": 3}, {"about": "weather"}, {"by": "nobody"}])
async def test_what_is_no_answer_is_refused(stormy: Town, fields: dict[str, Any]) -> None:
    id_ = await the_id(stormy)
    refused = await stormy.post(f"{DOOR}/{id_}/advise", json={"by": "lea", **fields})
    assert refused.status == 422


async def test_the_form_works_without_script_and_shows_what_was_answered(stormy: Town) -> None:
    root = f"/incidents/{await the_id(stormy)}"
    fields = {"by": "lea", "victim": "no", "unintended": "yes", "preventable": "no", "hurt": "unknown", "before": "yes"}
    response = await stormy.form(f"{root}/advise", **fields, about="outage", kind="holding", url="", text="")
    assert response.status == 303
    text = re.sub(r"\s+", " ", await (await stormy.get(response.headers["Location"])).text())
    assert "Answered. The advice and the words to say follow it." in text
    assert "An accident</strong>, and not for the first time: you will be held responsible in full." in text
    assert "Apologise in full and own it" in text
    assert "outage-holding" in text
    assert "Answer again" in text


async def test_another_site_cannot_answer_for_us(stormy: Town) -> None:
    root = f"/incidents/{await the_id(stormy)}"
    for action in ("advise", "lint"):
        headers = {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}
        foreign = await stormy.post(f"{root}/{action}", token=False, headers=headers, data={"by": "lea", "draft": BAD})
        assert foreign.status == 403


async def test_a_draft_is_read_on_the_page_and_nothing_is_kept(stormy: Town) -> None:
    root = f"/incidents/{await the_id(stormy)}"
    before = await whole(stormy)
    response = await stormy.form(f"{root}/lint", draft=BAD, network="x")
    text = re.sub(r"\s+", " ", await response.text())
    assert response.status == 200
    assert "What to say" in text
    assert ">We are sorry if anyone was offended.</textarea>" in text
    assert "Conditional" in text
    assert "of 280 characters" in text
    assert await whole(stormy) == before


async def test_a_script_gets_the_reading_alone(stormy: Town) -> None:
    root = f"/incidents/{await the_id(stormy)}"
    headers = {"Origin": stormy.url, "Sec-Fetch-Site": "same-origin", **PAGE, PIECE: "1"}
    response = await stormy.post(f"{root}/lint", token=False, headers=headers, data={"draft": BAD})
    text = await response.text()
    assert "Conditional" in text
    assert "<html" not in text
    empty = await stormy.post(f"{root}/lint", token=False, headers=headers, data={"draft": "  "})
    assert (await empty.text()).strip() == ""
    assert (await stormy.form(f"{root}/lint", draft=BAD, network="myspace")).status == 422
    assert (await stormy.form("/incidents/inc_none/lint", draft=BAD)).status == 404


async def test_a_draft_that_denies_after_an_apology_is_told_so(stormy: Town) -> None:
    id_ = await the_id(stormy)
    sorry = "We charged you twice. That was our mistake and we are sorry."
    await stormy.post(f"{DOOR}/{id_}/responded", json={"by": "lea", "kind": "full", "text": sorry})
    response = await stormy.form(f"/incidents/{id_}/lint", draft="We did nothing wrong.")
    assert "You have apologised before, and this denies:" in await response.text()
    await stormy.post(
        f"{DOOR}/{id_}/responded", json={"by": "lea", "kind": "full", "text": "We did nothing wrong at all."}
    )
    assert any("denies after" in line for line in (await whole(stormy))["advice"]["warnings"])
    assert "denies after one that apologised" in await view(stormy)


async def test_a_hostile_draft_stays_words(stormy: Town) -> None:
    hostile = "<script>alert(1)</script> {{7*7}} We are sorry if <b>anyone</b> was offended. </textarea>"
    response = await stormy.form(f"/incidents/{await the_id(stormy)}/lint", draft=hostile)
    text = await response.text()
    assert "<script>alert(1)</script>" not in text
    assert "{{7*7}}" in text
    assert "&lt;/textarea&gt;" in text


async def test_the_full_text_waits_in_the_draft_with_its_blanks(stormy: Town) -> None:
    text = await view(stormy)
    assert re.search(r'<textarea name="draft"[^>]*>[^<]*\[', text)
