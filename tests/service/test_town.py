"""The demo's play, told by a replay: it goes as promised at whatever hour of the day somebody starts it."""

from __future__ import annotations

import importlib
from random import Random
from typing import TYPE_CHECKING

import pytest

from amends.config import load
from amends.config.rules import rules
from amends.demo import lines
from amends.demo.town import Town
from amends.model import DAY, HOUR, MINUTE, Item
from amends.pipeline.replay import event_rows, replay
from support.core import NOON

if TYPE_CHECKING:
    from pathlib import Path

demo = importlib.import_module("amends.demo.run")
MIDNIGHT = NOON - NOON % DAY


@pytest.mark.slow
@pytest.mark.parametrize("hour", range(0, 24, 4))
def test_it_pages_within_a_minute_and_moves_on_within_three_more(hour: int, tmp_path: Path) -> None:
    start = MIDNIGHT + hour * HOUR
    crisis = start + demo.QUIET
    town = Town(Random(demo.SEED), start=start - demo.FORTNIGHT, crisis=crisis, end=crisis + 8 * HOUR)
    told = [
        Item(
            source=post.place,
            id=post.id,
            url=f"https://{post.place}.town.example/{post.id}",
            author=post.author,
            published_at=post.at,
            seen_at=post.at,
            text=post.text,
            lang=post.lang,
            reach=post.reach,
        )
        for post in town.posts
    ]
    file = tmp_path / "amends.yaml"
    here = "http://127.0.0.1:9"
    file.write_text(demo.CONFIGURATION.format(brand=lines.BRAND, town=here, phone=here, port=0), encoding="utf-8")

    rows = [row for decision in replay(told, rules(load(file, {}))) for row in event_rows(decision)]
    lately = [row for row in rows if row["at"] > start]

    assert {row["kind"] for row in lately} == {"tone"}
    names = [row["event"] for row in lately]
    assert names.count("opened") == names.count("resolved") == 1
    opened, resolved = (next(row["at"] for row in lately if row["event"] == name) for name in ("opened", "resolved"))
    late = 10 * MINUTE  # two polls, of which a replay knows nothing
    assert opened - start + late < MINUTE * demo.SPEED
    assert resolved - opened + late < 3 * MINUTE * demo.SPEED
