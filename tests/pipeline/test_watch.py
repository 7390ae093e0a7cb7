"""One is enough, if you say so: the watch list."""

from __future__ import annotations

from amends import matching
from amends.model import DAY, HOUR, MINUTE, Batch, Kind, Mention, Tick
from amends.pipeline.state import dump_live
from support.core import NOON, Life, make_rules, mention


def watched(at: float, **fields: object) -> Mention:
    return mention(at, watch="recall", text="A recall of the Acme kettle", **fields)


def new_life() -> Life:
    life = Life(rules=make_rules(watch=matching.Watch(terms=("recall",), severity=2)))
    life.tell(Tick())
    return life


def test_one_watched_mention_opens_an_incident_on_the_first_day() -> None:
    life = new_life()

    life.tell(Batch((watched(NOON),)))

    (page,) = life.pages
    assert page.incident.kind is Kind.WATCH
    assert page.incident.severity == 2
    assert page.incident.why == ("watched: recall",)
    assert page.incident.quotes[0].text == "A recall of the Acme kettle"


def test_watched_words_in_history_open_nothing() -> None:
    life = new_life()

    life.tell(Batch((watched(NOON - DAY, history=True),)))

    assert life.pages == []


def test_the_same_story_pages_once_and_another_one_again() -> None:
    life = new_life()
    life.tell(Batch((watched(NOON, fingerprint=5),)))
    life.tell(Batch((watched(NOON + 90 * MINUTE, fingerprint=5),)), NOON + 90 * MINUTE)
    assert life.told.count("story") == 0

    life.tell(Batch((watched(NOON + 2 * HOUR, fingerprint=2**40 + 2**20 + 2**9 + 2**33 + 7),)), NOON + 2 * HOUR)

    assert life.told.count("opened") == 1
    assert life.told.count("story") == 1


def test_it_ends_a_day_after_the_last_hit() -> None:
    life = new_life()
    life.tell(Batch((watched(NOON, fingerprint=5),)))
    life.tell(Batch((watched(NOON + 5 * HOUR, fingerprint=5),)), NOON + 5 * HOUR)

    life.wait(NOON + 28 * HOUR)
    assert "resolved" not in life.told
    life.wait(NOON + 30 * HOUR)

    assert life.told.count("resolved") == 1


def test_the_record_of_another_story_holds_none_of_its_words() -> None:
    life = new_life()
    life.tell(Batch((watched(NOON, fingerprint=5),)))
    again = NOON + 2 * HOUR

    life.tell(Batch((watched(again, fingerprint=2**40 + 2**20 + 2**9 + 2**33 + 7),)), again)

    assert [event.why for event in life.events if event.event == "story"] == ["watched: recall"]


def test_the_longest_post_leaves_the_state_small() -> None:
    life = new_life()

    decision = life.tell(Batch((mention(NOON, watch="recall", negative=True, text="recall " * 7_000, title="t" * 50_000,
                                        extra={"x": "y" * 1_000_000}),)))  # fmt: skip

    assert len(dump_live(decision.state.live)) < 20_000


def test_an_exhausted_story_budget_waits_an_hour() -> None:
    life = new_life()
    life.tell(Batch((watched(NOON, fingerprint=5),)))
    life.tell(Batch((watched(NOON + MINUTE, fingerprint=2**40 + 2**20 + 2**9 + 2**33 + 7),)), NOON + MINUTE)

    assert life.told.count("story") == 0


def test_a_deleted_post_is_quoted_no_longer_and_stays_counted() -> None:
    life = new_life()
    life.tell(Batch((watched(NOON, id="x", negative=True),)))

    decision = life.tell(Batch((mention(NOON, id="x", op="delete", text=""),)), NOON + MINUTE)

    assert decision.incidents[0].quotes == ()
    assert life.state is not None
    assert life.state.live.recent == ()
    assert sum(one.mentions for one in life.bins.values()) == 1
