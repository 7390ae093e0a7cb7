"""Each source has its share: a silent one lowers what is expected, a new one learns alone."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest

from amends.model import DAY, HOUR, MINUTE, Coverage, Tick
from amends.pipeline.newcomers import heard_share, learning
from support.core import NOON, Life, mention, talk


@pytest.fixture(scope="module")
def taught() -> Life:
    one = Life()
    one.teach()
    return one


@pytest.fixture
def life(taught: Life) -> Life:
    return replace(taught, bins=dict(taught.bins), events=[], pages=[], decisions=list(taught.decisions[-1:]))


def test_a_new_source_that_brings_many_negatives_a_day_pages_nobody(life: Life) -> None:
    ordinary = talk(Random(31), NOON, NOON + 3 * DAY, an_hour=20.0)
    reviews = talk(Random(32), NOON + HOUR, NOON + 3 * DAY, an_hour=10.0, share=0.8, source="reviews")

    life.hear([*ordinary, *[replace(one, id=f"r{one.id}") for one in reviews]])

    assert life.pages == []
    assert life.state is not None
    assert not life.state.live.sources["reviews"].trial
    assert learning(life.state.live, life.now) == ()
    reading = life.state.live.reading
    assert reading is not None
    assert reading.expected_now > 3.0  # what it brings is usual now


def test_a_crisis_after_its_first_day_pages_from_the_new_source_too(life: Life) -> None:
    reviews = talk(Random(33), NOON, NOON + 30 * HOUR, an_hour=6.0, share=0.5, source="reviews")
    storm = talk(Random(34), NOON + 30 * HOUR, NOON + 31 * HOUR, an_hour=120.0, share=1.0, source="reviews")

    life.hear([*talk(Random(35), NOON, NOON + 31 * HOUR, an_hour=20.0), *reviews, *storm])

    assert [page.reason for page in life.pages if page.kind == "page"][:1] == ["first"]
    assert life.events[0].at >= NOON + 30 * HOUR


def test_a_crisis_where_nobody_listened_before_still_pages(life: Life) -> None:
    storm = talk(Random(36), NOON + HOUR, NOON + 2 * HOUR, an_hour=90.0, share=1.0, source="unheard of")

    life.hear([*talk(Random(37), NOON, NOON + 2 * HOUR, an_hour=20.0), *storm])

    assert life.told[:1] == ["opened"]
    assert life.state is not None
    assert learning(life.state.live, life.now) == ("unheard of",)


def test_the_sources_of_a_brands_first_day_are_not_new() -> None:
    life = Life()
    life.hear([mention(NOON + HOUR * n, source=f"s{n}") for n in range(20)])

    assert life.state is not None
    assert not any(one.trial for one in life.state.live.sources.values())


def test_a_source_with_a_day_of_history_of_its_own_is_not_new(life: Life) -> None:
    past = talk(Random(38), NOON - 3 * DAY, NOON - 2 * HOUR, an_hour=5.0, source="archive", history=True)
    life.hear([*past, mention(NOON + MINUTE, source="archive")])

    assert life.state is not None
    assert not life.state.live.sources["archive"].trial


def test_a_silent_source_lowers_what_is_expected_by_its_share_and_returns_without_a_spike(life: Life) -> None:
    big = talk(Random(39), NOON, NOON + 4 * HOUR, an_hour=20.0, source="forum")
    life.hear(big)
    assert life.state is not None
    before = life.state.live
    silent = Coverage(on_time=1, of=2, silent=("forum",))
    assert heard_share(before, silent) < 0.05
    assert heard_share(before, Coverage(on_time=1, of=2, silent=("tiny",))) == 1.0
    assert heard_share(before, Coverage(on_time=2, of=2)) == 1.0
    assert heard_share(replace(before, sources={}), silent) == 0.5

    for k in range(1, 48):
        life.tell(Tick(silent), NOON + 4 * HOUR + k * 5 * MINUTE)
    assert life.state.live.reading is not None
    assert life.state.live.reading.expected_now < 0.5
    back = NOON + 8 * HOUR
    life.tell(Tick(Coverage(on_time=2, of=2)), back)
    life.hear(talk(Random(40), back, back + 4 * HOUR, an_hour=20.0, source="forum"), coverage=Coverage(on_time=2, of=2))

    assert life.pages == []


def test_no_more_than_a_few_dozen_sources_are_remembered(life: Life) -> None:
    life.hear([mention(NOON + n, source=f"s{n}") for n in range(100)])

    assert life.state is not None
    assert len(life.state.live.sources) == 64


def test_where_more_sources_speak_than_are_remembered_none_is_taken_for_new(life: Life) -> None:
    posts = talk(Random(44), NOON, NOON + 3 * DAY, an_hour=20.0)

    life.hear([replace(one, source=f"feed-{number * 7 % 90}") for number, one in enumerate(posts)])

    assert life.state is not None
    sources = life.state.live.sources
    late = [one for one in sources.values() if one.first >= NOON + DAY]
    assert late, "some were forgotten and have come back"
    assert not any(one.trial or one.many for one in late)


def test_a_state_of_before_shares_were_kept_learns_them_without_taking_old_sources_for_new(life: Life) -> None:
    assert life.state is not None
    life.state = life.state.with_live(sources={})

    life.hear(talk(Random(45), NOON, NOON + 6 * HOUR, an_hour=20.0))

    assert [one.trial for one in life.state.live.sources.values()] == [False]
