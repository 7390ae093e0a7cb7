"""What the brand says during an incident is its answer; what vanishes from its own voice opens one."""

from __future__ import annotations

from dataclasses import replace

import pytest

from amends import matching
from amends.model import DAY, HOUR, MINUTE, Acknowledge, Batch, Kind, Mention, Resolve, Responded, Tick
from amends.pipeline.voice import heard
from support.core import NOON, Life, make_rules, mention

APOLOGY = (
    "We sold you kettles with a faulty handle. That was our mistake and we are sorry. A supplier's part was not tested "
    "as it must be. We replace every kettle and have changed our tests so that it will not happen again."
)
LINE = "We know that Acme is down and how much that hurts you now. We are looking into it and do not know the cause yet. We will be back here within the hour."  # noqa: E501 - one sentence after the other


def post(at: float, text: str = "Hello", **fields: object) -> Mention:
    given = {"source": "newsroom", "own": True, "url": f"https://acme.example/{at:.0f}", "author": "Acme"}
    return heard(mention(at, text=text, **(given | fields)))


@pytest.fixture
def life() -> Life:
    """An incident of kind watch is open since NOON, and began five minutes before."""
    life = Life(rules=make_rules(watch=matching.Watch(terms=("recall",), severity=1)))
    life.tell(Tick())
    life.tell(Batch((mention(NOON - 5 * MINUTE, watch="recall", text="A recall", fingerprint=5),)))
    return life


def answers(life: Life) -> list[tuple[object, object]]:
    return [(event.data["kind"], event.data["url"]) for event in life.events if event.event == "responded"]


def test_a_post_of_the_brands_own_during_an_incident_is_its_answer(life: Life) -> None:
    life.tell(Batch((post(NOON + MINUTE, LINE),)), NOON + MINUTE)
    life.tell(Batch((post(NOON + HOUR, APOLOGY),)), NOON + HOUR)

    assert answers(life) == [
        ("holding", f"https://acme.example/{NOON + MINUTE:.0f}"),
        ("full", f"https://acme.example/{NOON + HOUR:.0f}"),
    ]
    said = [event for event in life.events if event.event == "responded"]
    assert [event.data["first"] for event in said] == [["holding"], ["full"]]
    assert {event.by for event in said} == {"amends"}
    assert said[0].data["text"] == LINE


def test_what_a_post_was_read_as_is_believed_and_not_read_again_while_a_decision_waits(life: Life) -> None:
    life.tell(Batch((replace(post(NOON + MINUTE, LINE), speech="apology"),)), NOON + MINUTE)

    assert [kind for kind, _ in answers(life)] == ["full"]


def test_any_word_after_the_page_is_a_holding_line_and_before_it_only_what_reads_as_one(life: Life) -> None:
    life.tell(Batch((post(NOON - 4 * MINUTE, "Our winter sale begins"),)), NOON + MINUTE)
    assert answers(life) == []
    life.tell(Batch((post(NOON - 3 * MINUTE, LINE),)), NOON + MINUTE)
    life.tell(Batch((post(NOON + 2 * MINUTE, "Our winter sale goes on"),)), NOON + 2 * MINUTE)

    assert [kind for kind, _ in answers(life)] == ["holding", "holding"]


def test_what_was_said_before_or_when_nothing_is_open_is_no_answer(life: Life) -> None:
    life.tell(Batch((post(NOON - HOUR, LINE),)), NOON + MINUTE)
    life.tell(Batch((post(NOON + MINUTE, LINE, history=True),)), NOON + 2 * MINUTE)
    life.tell(Resolve(incident=life.events[0].incident, by="lea"), NOON + 3 * MINUTE)
    life.tell(Batch((post(NOON + 4 * MINUTE, LINE),)), NOON + 4 * MINUTE)

    assert answers(life) == []


def test_an_answer_that_a_person_noted_by_its_address_is_not_noted_again(life: Life) -> None:
    url = f"https://acme.example/{NOON + MINUTE:.0f}"
    life.tell(Responded(incident=life.events[0].incident, by="lea", kind="full", url=url), NOON + MINUTE)
    life.tell(Batch((post(NOON + MINUTE, LINE),)), NOON + 2 * MINUTE)
    assert answers(life) == [("full", url)]

    life.tell(Responded(incident=life.events[0].incident, by="lea", kind="holding", url=url), NOON + 3 * MINUTE)

    assert answers(life)[1:] == [("holding", url)], "a person may correct what she noted"


def test_a_full_statement_is_a_first_line_as_well(life: Life) -> None:
    life.tell(Responded(incident=life.events[0].incident, by="lea", kind="full"), NOON + MINUTE)
    life.tell(Responded(incident=life.events[0].incident, by="lea", kind="holding"), NOON + 2 * MINUTE)

    assert [event.data["first"] for event in life.events if event.event == "responded"] == [["holding", "full"], []]


# --- what vanishes ---------------------------------------------------------------------------------------------------


def vanished(at: float, name: str = "p1", text: str = "Our kettles are safe", **fields: object) -> Mention:
    """A deletion as the store hands it over: with the copy that was kept."""
    extra = {"last_listed": at - 5 * MINUTE}
    return post(at - DAY, text, id=name, op="delete", seen_at=at, extra=extra, **fields)


@pytest.fixture
def calm() -> Life:
    life = Life()
    life.tell(Tick())
    return life


def test_a_post_that_vanished_pages_at_once_with_its_copy_and_the_words(calm: Life) -> None:
    calm.tell(Batch((vanished(NOON, url="https://acme.example/p1"),)))

    (page,) = calm.pages
    incident = page.incident
    assert (incident.kind, incident.severity) == (Kind.DELETED, 2)
    assert [quote.text for quote in incident.quotes] == ["Our kettles are safe"]
    assert incident.quotes[0].url == "https://acme.example/p1"
    assert incident.since == NOON - 5 * MINUTE
    assert "https://acme.example/p1" in incident.why[0]
    assert any("silence" in line for line in incident.why)
    assert any("illegal" in line for line in incident.why)
    assert incident.response is not None
    assert incident.response.template.startswith("deleted-post-holding")


def test_a_post_that_vanishes_in_a_crisis_is_as_severe_as_the_crisis(life: Life) -> None:
    life.tell(Batch((vanished(NOON + HOUR),)), NOON + HOUR)

    assert [page.incident.severity for page in life.pages if page.incident.kind is Kind.DELETED] == [1]


def test_more_posts_that_vanish_are_told_in_the_open_incident_at_most_once_an_hour(calm: Life) -> None:
    calm.tell(Batch((vanished(NOON, "p1"),)))
    calm.tell(Acknowledge(incident=calm.events[0].incident, by="lea"))
    calm.tell(Batch((vanished(NOON + MINUTE, "p2", "Two"),)), NOON + MINUTE)
    before = len(calm.pages)
    calm.tell(Batch((vanished(NOON + 2 * HOUR, "p3", "Three"),)), NOON + 2 * HOUR)

    assert calm.told.count("opened") == 1
    assert calm.told.count("story") == 2
    assert [page.reason for page in calm.pages[before:]] == ["story"]
    incident = calm.decisions[-1].incidents[0]
    assert [quote.text for quote in incident.quotes] == ["Our kettles are safe", "Two", "Three"]


def test_many_posts_at_once_are_one_incident_that_names_a_few(calm: Life) -> None:
    calm.tell(Batch(tuple(vanished(NOON, f"p{n}", f"Post {n}", url=f"https://acme.example/{n}") for n in range(8))))

    (page,) = calm.pages
    assert "and 3 more" in page.incident.why[0]
    assert len(page.incident.quotes) == 3


def test_saying_in_public_what_was_removed_is_the_answer_to_it(calm: Life) -> None:
    calm.tell(Batch((vanished(NOON),)))
    calm.tell(Batch((post(NOON + MINUTE, "We removed a post: it showed a customer's address."),)), NOON + MINUTE)

    assert calm.told.count("responded") == 1


def test_the_copy_of_a_vanished_post_stays_quoted_when_others_posts_are_deleted(calm: Life) -> None:
    calm.tell(Batch((vanished(NOON),)))
    foreign = replace(vanished(NOON + MINUTE), source="forum", own=False)
    calm.tell(Batch((foreign,)), NOON + MINUTE)

    assert calm.state is not None
    assert len(calm.state.live.cases[0].incident.quotes) == 1
