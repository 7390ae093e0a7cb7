"""Move on: what is over does not come back as a page, a new fact does."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest

from amends import matching
from amends.model import DAY, HOUR, MINUTE, Batch, Item, Mention, Reopen, Resolve, Tick
from amends.pipeline import prepare
from support.core import NOON, Life, make_rules, mention, talk

STORY, OTHER = 5, 2**40 + 2**20 + 2**9 + 2**33 + 7  # fingerprints far apart


def watched(at: float, story: int = STORY) -> Mention:
    return mention(at, watch="recall", text="A recall of the Acme kettle", fingerprint=story)


@pytest.fixture
def over() -> Life:
    """An incident of kind watch, resolved by hand after ten minutes."""
    life = Life(rules=make_rules(watch=matching.Watch(terms=("recall",), severity=2)))
    life.tell(Tick())
    life.tell(Batch((watched(NOON),)))
    life.tell(Resolve(incident=life.events[0].incident, by="lea"), NOON + 10 * MINUTE)
    return life


def test_the_same_story_opens_nothing_after_it_was_closed(over: Life) -> None:
    for hours in (1, 5, 30):
        over.tell(Batch((watched(NOON + hours * HOUR),)), NOON + hours * HOUR)

    assert over.told.count("opened") == 1


@pytest.mark.parametrize(
    ("said", "incidents"),
    [
        ("RT: Acme announces a recall of its kettle after fires, I am angry", 1),
        ("Breaking: Acme announces the recall of its kettle after fires, I am angry too #boycott", 1),
        ("Acme announces a recall of its kettle after fires, 2 people injured", 2),
        ("Acme announces a recall of its kettle after fires, a lawsuit, I am angry too", 2),
    ],
)
def test_a_near_copy_of_what_was_closed_opens_nothing_and_a_fact_in_it_does(said: str, incidents: int) -> None:
    life = Life(rules=make_rules(watch=matching.Watch(terms=("recall", "lawsuit"), severity=2)))
    life.tell(Tick())
    life.tell(Batch(heard("Acme announces a recall of its kettle after fires, I am angry too", NOON, life)))
    life.tell(Resolve(incident=life.events[0].incident, by="lea"), NOON + 10 * MINUTE)

    life.tell(Batch(heard(said, NOON + HOUR, life)), NOON + HOUR)

    assert life.told.count("opened") == incidents


def test_the_words_of_a_deleted_post_leave_the_memory_of_stories() -> None:
    life = Life(rules=make_rules())
    life.tell(Tick())
    life.tell(Batch(heard("Acme announces a recall of its kettle after fires, I am angry too", NOON, life)))
    assert any(life.state.live.stories.words)

    (post,) = life.decisions[-1].mentions
    life.tell(Batch((replace(post, op="delete"),)), NOON + MINUTE)

    assert not any(life.state.live.stories.words)


def heard(text: str, at: float, life: Life) -> tuple[Mention, ...]:
    item = Item(source="forum", id=f"m{at}", text=text, published_at=at, seen_at=at)
    return tuple(prepare([item], life.rules))


def test_a_new_fact_opens_another(over: Life) -> None:
    over.tell(Batch((watched(NOON + HOUR, OTHER),)), NOON + HOUR)

    assert over.told.count("opened") == 2
    assert over.pages[-1].reason == "first"


def test_after_a_week_an_old_story_is_news_again(over: Life) -> None:
    over.tell(Batch((watched(NOON + 9 * DAY),)), NOON + 9 * DAY)

    assert over.told.count("opened") == 2


def test_nothing_reminds_of_what_is_over(over: Life) -> None:
    before = len(over.pages)
    over.wait(NOON + 3 * DAY)

    assert len(over.pages) == before


def test_who_thinks_it_is_not_over_reopens_it(over: Life) -> None:
    over.tell(Reopen(incident=over.events[0].incident, by="lea"), NOON + HOUR)
    over.tell(Batch((watched(NOON + 2 * HOUR, OTHER),)), NOON + 2 * HOUR)

    assert over.told[-2:] == ["reopened", "story"]


# --- tone ------------------------------------------------------------------------------------------------------------


def wave(start: float, seed: int, *, an_hour: float = 90.0, story: int | None = STORY) -> list[Mention]:
    """Half an hour of anger: copies of one story, or each its own."""
    told = talk(Random(seed), start, start + HOUR / 2, an_hour=an_hour, share=1.0)
    if story is not None:
        return [replace(one, fingerprint=story) for one in told]
    return [replace(one, fingerprint=Random(str(one.id)).getrandbits(63)) for one in told]


@pytest.fixture(scope="module")
def settled() -> Life:
    """A wave of one story has come, paged, and gone by itself."""
    life = Life()
    life.teach()
    life.hear(wave(NOON, 7, an_hour=40.0), until=NOON + 8 * HOUR)
    assert life.told.count("opened") == 1
    assert life.told[-1] == "resolved"
    return life


@pytest.fixture
def quiet(settled: Life) -> Life:
    """Every value in a life is frozen, so that they can share one past."""
    return replace(settled, bins=dict(settled.bins), events=[], pages=[], decisions=list(settled.decisions[-1:]))


def test_a_second_wave_of_the_same_story_pages_nobody(quiet: Life) -> None:
    quiet.hear(wave(NOON + 9 * HOUR, 8, an_hour=30.0), until=NOON + 12 * HOUR)

    assert quiet.pages == []


def test_a_second_wave_about_something_else_pages(quiet: Life) -> None:
    quiet.hear(wave(NOON + 9 * HOUR, 8, an_hour=30.0, story=None), until=NOON + 12 * HOUR)

    assert quiet.told[0] == "opened"


def test_a_second_wave_of_the_same_story_that_is_worse_pages(quiet: Life) -> None:
    first = min(case.incident.severity for case in quiet.state.live.closed) if quiet.state else 3
    loud = [replace(one, reach=90_000) for one in wave(NOON + 9 * HOUR, 8, an_hour=300.0)]
    quiet.hear(loud, until=NOON + 12 * HOUR)

    assert first > 1, "there must be something worse"
    assert quiet.told[0] == "opened"
