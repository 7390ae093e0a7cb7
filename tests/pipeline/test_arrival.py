"""History, late or live: judged item by item."""

from __future__ import annotations

from amends.model import DAY, HOUR, MINUTE, Item
from amends.pipeline import Progress, after_push, judge
from support.core import NOON


def item(age: float, number: int = 0) -> Item:
    return Item(source="forum", id=f"{age}-{number}", text="", published_at=NOON - age, seen_at=NOON)


def test_on_a_first_walk_what_is_older_than_an_hour_is_history_and_the_rest_is_live() -> None:
    old, young = judge([item(2 * HOUR), item(HOUR / 2)], Progress(first_walk=True))

    assert (old.history, old.late) == (True, False)
    assert (young.history, young.late) == (False, False)


def test_after_the_first_walk_what_could_have_been_seen_before_is_late() -> None:
    progress = Progress(previous=NOON - 10 * MINUTE, lag=5 * MINUTE)

    late, usual, new = judge([item(20 * MINUTE), item(12 * MINUTE), item(MINUTE)], progress)

    assert late.late
    assert not usual.late
    assert not new.late


def test_an_outage_of_the_source_makes_nothing_late() -> None:
    progress = Progress(previous=NOON - 5 * HOUR, lag=MINUTE)

    assert not any(one.late or one.history for one in judge([item(4 * HOUR), item(HOUR)], progress))


def test_a_pushed_source_is_on_its_first_walk_until_it_brings_a_young_item() -> None:
    progress = after_push([item(DAY), item(2 * DAY)], Progress(first_walk=True))
    assert progress.first_walk

    progress = after_push([item(DAY), item(MINUTE)], progress)

    assert not progress.first_walk
    assert progress.previous == NOON
    assert progress.lag == HOUR
    assert after_push([], progress) is progress


def test_pushed_items_up_to_an_hour_older_than_the_last_push_are_not_late() -> None:
    progress = Progress(previous=NOON - MINUTE, lag=HOUR)

    assert [one.late for one in judge([item(59 * MINUTE), item(62 * MINUTE)], progress)] == [False, True]


def test_what_is_pushed_more_than_a_day_late_is_history_even_after_the_first_walk() -> None:
    progress = Progress(previous=NOON - MINUTE, lag=HOUR)

    archive, late = judge([item(DAY + MINUTE), item(DAY - MINUTE)], progress, pushed=True)

    assert (archive.history, archive.late) == (True, False)
    assert (late.history, late.late) == (False, True)
    assert not judge([item(DAY + MINUTE)], progress)[0].history
