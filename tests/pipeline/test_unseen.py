"""What began and ended unheard is a notice; what still runs is a page."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest

from amends.model import DAY, HOUR, MINUTE, Batch, Kind, Stage, StartSilence, Tick
from support.core import NOON, Life, mention, talk


@pytest.fixture(scope="module")
def taught() -> Life:
    one = Life()
    one.teach(an_hour=30.0)
    return one


@pytest.fixture
def life(taught: Life) -> Life:
    return replace(taught, bins=dict(taught.bins), events=[], pages=[], decisions=list(taught.decisions[-1:]))


def storm(start: float, hours: float, an_hour: float = 90.0, **fields: object) -> list:  # type: ignore[type-arg] # of mentions
    return talk(Random(7), start, start + hours * HOUR, an_hour=an_hour, share=1.0, **fields)


def test_a_wave_within_our_own_outage_is_told_once_and_pages_nobody(life: Life) -> None:
    life.hear(talk(Random(1), NOON, NOON + HOUR, an_hour=30.0))
    back = NOON + 6 * HOUR
    usual = talk(Random(2), NOON + HOUR, back, an_hour=30.0)

    life.tell(Tick(), back)
    life.tell(Batch((*usual, *storm(NOON + 2 * HOUR, 1.5))), back)
    life.hear(talk(Random(3), back, back + 2 * HOUR, an_hour=30.0), until=back + 2 * HOUR)

    assert {page.kind for page in life.pages} == {"notice"}
    assert [page.person for page in life.pages] == ["lea"]
    assert "Unseen: " in life.pages[0].text
    assert "Say now" not in life.pages[0].text
    assert life.told == ["opened", "recovering", "resolved"]
    incident = life.pages[0].incident
    assert incident.state is Stage.RESOLVED
    assert abs(incident.since - (NOON + 2 * HOUR)) <= HOUR


def test_a_wave_that_still_runs_when_we_are_back_pages(life: Life) -> None:
    back = NOON + 4 * HOUR
    usual = talk(Random(2), NOON, back, an_hour=30.0)

    life.tell(Tick(), back)
    life.tell(Batch((*usual, *storm(NOON + 2 * HOUR, 2.0))), back)

    assert [page.kind for page in life.pages] == ["page"]


def test_a_wave_that_one_source_brings_hours_late_is_told_as_a_notice(life: Life) -> None:
    life.hear(talk(Random(4), NOON, NOON + 8 * HOUR, an_hour=30.0))
    late = storm(NOON + 2 * HOUR, 1.0, source="slow", late=True)

    life.tell(Batch(tuple(late)), NOON + 8 * HOUR)
    life.wait(NOON + 10 * HOUR)

    assert [page.kind for page in life.pages] == ["notice"]
    assert life.told.count("opened") == 1


def test_late_posts_of_one_angry_person_are_no_notice(life: Life) -> None:
    life.hear(talk(Random(4), NOON, NOON + 8 * HOUR, an_hour=30.0))

    life.tell(Batch(tuple(storm(NOON + 2 * HOUR, 1.0, author="angry", late=True))), NOON + 8 * HOUR)
    life.wait(NOON + 9 * HOUR)

    assert life.pages == []


def test_an_ordinary_outage_that_returns_is_no_notice(life: Life) -> None:
    life.hear(talk(Random(4), NOON, NOON + 8 * HOUR, an_hour=20.0))
    missed = [replace(one, late=True) for one in talk(Random(5), NOON + 2 * HOUR, NOON + 7 * HOUR, an_hour=10.0)]

    life.tell(Batch(tuple(missed)), NOON + 8 * HOUR)
    life.wait(NOON + 9 * HOUR)

    assert life.pages == []
    assert life.state is not None
    assert life.state.live.missed == ()


def test_a_source_whose_news_is_always_two_thirds_of_an_hour_old_still_pages(life: Life) -> None:
    lag = 40 * MINUTE
    life.hear(talk(Random(6), NOON, NOON + HOUR, an_hour=30.0))
    at = NOON + HOUR
    for one in storm(NOON, 2.0):
        at = max(at, one.published_at + lag)
        life.tell(Batch((one,)), at)
    life.wait(at + 30 * MINUTE)

    assert "page" in {page.kind for page in life.pages}


def test_a_silenced_brand_is_not_told(life: Life) -> None:
    life.hear(talk(Random(4), NOON, NOON + 8 * HOUR, an_hour=30.0))
    life.tell(StartSilence(until=NOON + DAY, reason="a launch", by="lea"), NOON + 8 * HOUR)

    life.tell(Batch(tuple(storm(NOON + 2 * HOUR, 1.0, late=True))), NOON + 8 * HOUR)
    life.wait(NOON + 9 * HOUR)

    assert life.pages == []
    assert life.told == ["opened", "recovering", "resolved"]


def test_within_an_open_incident_late_posts_are_part_of_it(life: Life) -> None:
    life.hear(storm(NOON, 1.0), until=NOON + HOUR)

    life.tell(Batch(tuple(storm(NOON - 5 * HOUR, 1.0, late=True))), NOON + HOUR)
    life.wait(NOON + HOUR + 15 * MINUTE)

    assert life.told.count("opened") == 1
    assert life.state is not None
    assert life.state.live.caught_up_at is None


def test_two_watched_stories_within_an_hour_are_both_told_with_their_own_words(life: Life) -> None:
    first = mention(NOON, watch="recall", story="a", text="Acme recall of the blue bike", fingerprint=5)
    second = mention(NOON + 60, watch="recall", text="A court looks at the Acme recall now", fingerprint=2**40 - 1)
    third = mention(NOON + 90 * MINUTE, watch="recall", text="Acme recall: a minister speaks", fingerprint=2**63 - 1)

    life.hear([first, second, third], until=NOON + 3 * HOUR)

    told = [page for page in life.pages if page.reason in {"first", "story"}]
    assert [page.reason for page in told] == ["first", "story", "story"]
    assert 0 <= told[1].decided_at - (NOON + HOUR) <= 6 * MINUTE
    assert "A court looks at" in told[1].text
    assert "a minister speaks" in told[2].text
    assert all("Earliest (12:00" in page.text and "blue bike" in page.text for page in told)
    assert {case.incident.kind for case in life.state.live.cases} == {Kind.WATCH}  # type: ignore[union-attr] # it lives


def test_the_half_life_of_a_wave_is_told_when_it_is_over(life: Life) -> None:
    rng = Random(8)
    wave = [
        one
        for k in range(36)
        for one in talk(rng, NOON + k * 300, NOON + k * 300 + 300, an_hour=240.0 * 0.5 ** (k / 6), share=1.0)
    ]  # 30 minutes
    life.hear([*wave, *talk(Random(9), NOON, NOON + 8 * HOUR, an_hour=30.0)], until=NOON + 8 * HOUR)

    resolved = next(event for event in life.events if event.event == "resolved")
    assert "half-life" in resolved.why
    assert life.state is not None
    why = life.state.live.closed[-1].incident.why
    (told,) = (one for one in why if one.startswith("half-life "))
    assert 15 <= float(told.split()[1]) <= 60
