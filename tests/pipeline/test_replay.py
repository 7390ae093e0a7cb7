"""A replay is a live run with another clock: on made-up days, and on a real storm."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path
from random import Random

import pytest

from amends import detection, escalation, matching
from amends.model import HOUR, InputError, Item
from amends.pipeline import BrandRules, Rules, event_rows, replay
from support.core import NOON, make_rules

SHARED = Path(__file__).parents[3] / "shared" / "data" / "mentions"
PACIFIC = timezone(timedelta(hours=-8))
BAD = "Acme is terrible, awful and broken, I hate it"
GOOD = "Acme is lovely today"


def items(rng: Random, start: float, hours: float, an_hour: float, share: float) -> list[Item]:
    at, found = start, []
    while (at := at + rng.expovariate(an_hour / HOUR)) < start + hours * HOUR:
        text = BAD if rng.random() < share else GOOD
        found.append(
            Item(
                source="s",
                id=f"{at!r}",
                text=text,
                published_at=at,
                seen_at=at,
                author=f"a{at}",
                extra={"label": "negative" if text is BAD else "positive"},
            )
        )
    return found


def days() -> list[Item]:
    rng = Random(2)
    return [
        *items(rng, NOON, 60, 15, 0.15),
        *items(rng, NOON + 60 * HOUR, 1, 120, 0.95),
        *items(rng, NOON + 61 * HOUR, 8, 15, 0.1),
    ]


def rows(found: list[Item], rules: Rules, labels: str | None = None) -> list[dict[str, object]]:
    return [row for decision in replay(found, rules, labels) for row in event_rows(decision)]


@pytest.mark.parametrize("labels", [None, "label"])
def test_a_made_up_storm_is_found_where_it_is_and_nowhere_else(labels: str | None) -> None:
    found = rows(days(), make_rules(), labels)

    opened = [row for row in found if row["event"] == "opened"]
    assert len(opened) == 1
    at = opened[0]["at"]
    assert isinstance(at, float)
    assert NOON + 60 * HOUR < at < NOON + 60.5 * HOUR
    assert [row["event"] for row in found][-1] == "resolved"


@pytest.mark.slow
def test_a_replay_says_the_same_each_time() -> None:
    assert rows(days(), make_rules()) == rows(days(), make_rules())


@pytest.mark.slow
def test_the_same_record_twice_counts_once() -> None:
    once = days()
    twice = [one for pair in zip(once, once, strict=True) for one in pair]

    assert rows(twice, make_rules()) == rows(once, make_rules())


def test_a_label_that_is_none_is_refused_by_name() -> None:
    with pytest.raises(InputError, match="label is None"):
        rows([replace(days()[0], extra={})], make_rules(), "label")


def airline(name: str) -> tuple[list[Item], Rules]:
    path = SHARED / f"{name}-2015-02.jsonl"
    if not path.is_file():
        if os.environ.get("AMENDS_REQUIRE_REAL") == "1":
            pytest.fail(f"{path} is not here, and AMENDS_REQUIRE_REAL=1")
        pytest.skip(f"SKIPPED: the recorded mentions are not here ({path})")
    found = []
    for line in path.read_text("utf-8").splitlines():
        record = json.loads(line)
        at = datetime.fromisoformat(record["published_at"]).timestamp()
        found.append(
            Item(source=record["source"], id=record["id"], text=record["text"], published_at=at, seen_at=at,
                 brand=record["brand"], extra={"human_label": record["human_label"]})
        )  # fmt: skip
    brand = json.loads(path.read_text("utf-8").partition("\n")[0])["brand"]
    terms = matching.Terms(name=brand)
    rules = replace(
        make_rules(),
        brands={
            brand: BrandRules(
                id=brand,
                name=brand,
                terms=terms,
                watch=matching.Watch(),
                detection=detection.Settings(),
                policy=escalation.Policy(steps=()),
            )
        },
        matcher=matching.Matcher({brand: terms}),
        people={},
    )
    return sorted(found, key=lambda one: one.published_at), rules


def opened_on(name: str, labels: str | None) -> list[str]:
    found, rules = airline(name)
    return [
        datetime.fromtimestamp(float(str(row["at"])), PACIFIC).strftime("%d")
        for row in rows(found, rules, labels)
        if row["event"] == "opened"
    ]


@pytest.mark.slow
def test_the_storm_of_us_airways_opens_on_its_day_and_not_before() -> None:
    found, rules = airline("us-airways")
    heard, labelled = (
        next(row for row in rows(found, rules, labels) if row["event"] == "opened") for labels in (None, "human_label")
    )

    for row in (heard, labelled):
        assert datetime.fromtimestamp(float(str(row["at"])), PACIFIC).strftime("%d") == "22"
    assert abs(float(str(heard["since"])) - float(str(labelled["since"]))) <= 2 * 3600


@pytest.mark.slow
def test_nothing_opens_for_virgin_america_in_its_week() -> None:
    assert opened_on("virgin-america", None) == []


@pytest.mark.slow
def test_united_opens_at_most_once_in_its_week() -> None:
    assert len(opened_on("united", None)) <= 1
