"""What the views and doors say of a brand's own fit and of the second opinion."""

from __future__ import annotations

import re
from dataclasses import replace
from html import unescape
from typing import TYPE_CHECKING

from amends.sentiment import Fit, People, Prior
from amends.service.second import Tally
from support.web import PAGE, running

if TYPE_CHECKING:
    from pathlib import Path

    from support.web import Town


async def shown(town: Town, path: str) -> str:
    response = await town.get(path, headers=PAGE)
    assert response.status == 200
    return unescape(re.sub(r"\s+", " ", await response.text()))


def fit(town: Town, one: Fit) -> None:
    town.engine.swap(replace(town.engine.rules, fits={"acme": one}))


async def test_the_share_is_shown_beside_the_raw_one_and_from_where_on(stormy: Town) -> None:
    fit(stormy, Fit(Prior(499, 0.41)))
    text = await shown(stormy, "/")
    assert "Negative, 30 days: 41 % as scored." in text
    fit(stormy, Fit(Prior(2_000, 0.41, 0.66, 2.0)))
    for path in ("/", "/mentions?brand=acme"):
        text = await shown(stormy, path)
        assert "41 % as scored, about 66 % of this brand's posts by estimate" in text
        assert "no further than the bound" in text
    assert ", for this brand" in text
    assert "as scored" not in await shown(stormy, "/mentions?brand=bolt")


async def test_what_people_put_right_is_shown_with_how_far_labels_lean(stormy: Town) -> None:
    fit(stormy, Fit(Prior(20, 0.4), People(1, 0, 0, 0.0)))
    text = await shown(stormy, "/")
    assert "1 tone put right by people." in text
    assert "lean" not in text
    fit(stormy, Fit(Prior(20, 0.4), People(12, 4, 1, -0.31)))
    assert "12 tones put right by people; labels lean away from negative by 0.31" in await shown(stormy, "/")
    fit(stormy, Fit(Prior(20, 0.4), People(0, 4, 0, 0.25)))
    assert " Labels lean to negative by 0.25 in log odds." in await shown(stormy, "/")


async def test_a_mention_has_both_probabilities_and_the_door_tells_why(stormy: Town) -> None:
    fit(stormy, Fit(Prior(2_000, 0.41, 0.2, 0.5), People(12, 4, 1, -0.3)))
    (mention,) = (await stormy.json("/api/v1/mentions?brand=acme&tone=negative&limit=1"))["mentions"]
    assert 0 < mention["p_negative_fitted"] < mention["p_negative"]
    found = await stormy.json("/api/v1/fit")
    assert [one["brand"] for one in found["brands"]] == ["acme", "bolt"]
    acme, bolt = found["brands"]
    assert acme == {
        "brand": "acme", "mentions": 2_000, "negative_share": {"raw": 0.41, "estimated": 0.2}, "odds": 0.5,
        "bounded": True, "corrections": 12, "record": {"real": 1, "judged": 4}, "people_log_odds": -0.3,
    }  # fmt: skip
    assert bolt["negative_share"] == {"raw": None, "estimated": None}
    assert (await stormy.get("/api/v1/fit?brand=nobody")).status == 404


async def test_a_flood_that_the_small_model_scores_alone_is_shown(tmp_path: Path, stormy_database: Path) -> None:
    tally: list[Tally | None] = [None]
    async with running(tmp_path, stormy_database, second=lambda: tally[0]) as town:
        assert "Second opinion" not in await shown(town, "/")
        tally[0] = Tally(20.0, 0, 0, 0)
        assert "Second opinion" not in await shown(town, "/")
        tally[0] = Tally(20.0, 40, 0, 0)
        text = await shown(town, "/")
        assert "Second opinion on tone, last 10 min: 40 of 40 posts." in text
        assert "the small model" not in text
        tally[0] = Tally(20.0, 40, 460, 0)
        text = await shown(town, "/")
        assert "40 of 500 posts. More came than 20 texts/s allow: the small model scored 460 alone." in text
        tally[0] = Tally(20.0, 0, 0, 7)
        assert "The encoder does not answer: the small model scores alone." in await shown(town, "/")


async def test_who_corrects_a_tone_by_door_or_view_has_it_counted(tmp_path: Path, stormy_database: Path) -> None:
    told: list[str] = []
    async with running(tmp_path, stormy_database, corrected=told.append) as town:
        (mention,) = (await town.json("/api/v1/mentions?brand=acme&tone=negative&source=forum&limit=1"))["mentions"]
        response = await town.post(f"/api/v1/mentions/{mention['id']}/tone", json={"by": "lea", "tone": "neutral"})
        assert response.status == 200
        assert told == ["acme"]
        which = f"brand=acme&source={mention['source']}&id={mention['id']}&tone=none"
        assert (await town.form(f"/mentions/tone?{which}", by="lea", here="/mentions")).status == 303
        assert told == ["acme", "acme"]
