"""A monitor that is blind says so, to the operators."""

from __future__ import annotations

from dataclasses import replace

from amends.model import HOUR, MINUTE, Coverage, Kind, Tick
from amends.pipeline.bins import bin_of
from support.core import NOON, Life

SEEING = Coverage(on_time=3, of=3)
BLIND = Coverage(on_time=1, of=3, silent=("news", "forum"))
HALF = Coverage(on_time=2, of=3, silent=("news",))


def test_losing_most_sources_for_ten_minutes_tells_the_operators_alone() -> None:
    life = Life()
    life.tell(Tick(SEEING))
    life.tell(Tick(BLIND), NOON + MINUTE)
    assert life.pages == []

    life.tell(Tick(BLIND), NOON + 12 * MINUTE)

    assert {page.person for page in life.pages} == {"olga"}
    (page,) = life.pages
    assert page.incident.kind is Kind.BLIND
    assert page.group is not None
    assert "news" in page.incident.why[0]


def test_how_long_it_has_been_blind_is_the_schedules_word_and_not_the_time_of_our_looks() -> None:
    life = Life()
    life.tell(Tick(SEEING))

    life.tell(Tick(replace(BLIND, below_since=NOON + MINUTE)), NOON + 5 * MINUTE)
    assert life.pages == []
    assert life.decisions[-1].wake is not None
    assert life.decisions[-1].wake <= NOON + 11 * MINUTE
    life.tell(Tick(replace(BLIND, below_since=NOON + MINUTE)), NOON + 11 * MINUTE)

    assert [page.incident.since for page in life.pages] == [NOON + MINUTE]


def test_a_restart_neither_ends_a_blind_incident_nor_begins_its_time_anew() -> None:
    life = Life()
    starting = Coverage(waiting=3)
    life.tell(Tick(BLIND))
    life.tell(Tick(starting), NOON + 9 * MINUTE)
    life.tell(Tick(BLIND), NOON + 10 * MINUTE)
    assert [page.incident.kind for page in life.pages] == [Kind.BLIND]

    life.tell(Tick(starting), NOON + 15 * MINUTE)

    assert "resolved" not in life.told
    life.tell(Tick(Coverage()), NOON + 20 * MINUTE)  # nothing is polled any more
    assert life.told[-1] == "resolved"


def test_a_short_loss_tells_nobody() -> None:
    life = Life()
    life.tell(Tick(SEEING))
    life.tell(Tick(BLIND), NOON + MINUTE)
    life.tell(Tick(SEEING), NOON + 8 * MINUTE)
    life.tell(Tick(BLIND), NOON + 12 * MINUTE)

    assert life.pages == []


def test_it_ends_once_enough_sources_answer_again_and_not_at_half() -> None:
    life = Life()
    life.tell(Tick(BLIND))
    life.tell(Tick(BLIND), NOON + 11 * MINUTE)
    life.tell(Tick(HALF), NOON + 20 * MINUTE)
    assert "resolved" not in life.told

    life.tell(Tick(SEEING), NOON + HOUR)

    assert life.told[-1] == "resolved"


def test_a_brand_without_polled_sources_is_never_blind() -> None:
    life = Life()
    for minute in range(0, 60, 5):
        life.tell(Tick(Coverage()), NOON + minute * MINUTE)

    assert life.pages == []


def test_bins_remember_how_much_could_be_heard() -> None:
    life = Life()
    life.tell(Tick(HALF))

    (one,) = life.bins.values()
    assert one.coverage == HALF.ratio


def test_after_an_outage_of_ours_bins_stay_open_until_the_sources_were_heard_again_but_not_for_ever() -> None:
    life = Life()
    life.tell(Tick(SEEING))
    for hours, heard, open_for in ((3, 0.0, 4), (8, 0.0, 7), (9, 8.5, 1.5)):
        now = NOON + hours * HOUR
        life.tell(Tick(Coverage(of=0, heard_until=NOON + heard * HOUR)), now)
        assert life.state.live.watermark == bin_of(now - open_for * HOUR)


def test_while_a_brand_is_blind_it_is_looked_at_as_calmly_as_ever() -> None:
    life = Life()
    life.tell(Tick(BLIND))
    life.tell(Tick(BLIND), NOON + 11 * MINUTE)

    decision = life.tell(Tick(BLIND), NOON + 20 * MINUTE + 1)

    assert decision.wake is not None
    assert decision.wake - life.now > MINUTE
