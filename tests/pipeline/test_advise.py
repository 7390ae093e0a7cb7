"""What answers to the adviser do to an incident."""

from __future__ import annotations

import pytest

from amends import matching
from amends.model import DAY, MINUTE, Advise, Answers, Batch, Resolve, Tick, UnknownError
from support.core import NOON, Life, make_rules, mention

BREACH = Answers(victim=False, preventable=True, about="data-breach")


@pytest.fixture
def life() -> Life:
    one = Life(rules=make_rules(watch=matching.Watch(terms=("recall",), severity=2)))
    one.tell(Tick())
    one.tell(Batch((mention(NOON, watch="recall"),)))
    return one


def incident(life: Life) -> str:
    return life.events[0].incident


def template(life: Life) -> str:
    (case,) = (*life.state.live.cases, *life.state.live.closed)
    assert case.incident.response is not None
    return case.incident.response.template


def test_answers_are_an_event_with_who_and_what_and_bring_the_words_that_fit(life: Life) -> None:
    before = len(life.pages)
    decision = life.tell(Advise(incident=incident(life), by="lea", answers=BREACH), NOON + MINUTE)
    (event,) = decision.events
    assert (event.event, event.by) == ("advised", "lea")
    assert event.why == "lea answered the adviser: data-breach, preventable"
    assert event.data == {
        "victim": False, "unintended": None, "preventable": True, "hurt": None, "before": None, "about": "data-breach",
    }  # fmt: skip
    assert template(life) == "data-breach-holding-short"
    assert len(life.pages) == before  # it pages nobody


def test_the_same_answers_twice_are_said_once_and_others_stand_for_them(life: Life) -> None:
    life.tell(Advise(incident=incident(life), by="lea", answers=BREACH))
    again = life.tell(Advise(incident=incident(life), by="sam", answers=BREACH), NOON + MINUTE)
    assert again.events == ()
    life.tell(Advise(incident=incident(life), by="sam", answers=Answers(about="rumour")), NOON + 2 * MINUTE)
    assert template(life) == "rumour-holding-short"
    life.tell(Advise(incident=incident(life), by="lea", answers=BREACH), NOON + 3 * MINUTE)  # and back
    assert template(life) == "data-breach-holding-short"
    assert life.told.count("advised") == 3


def test_after_the_end_answers_are_kept_and_no_words_are_offered_anew(life: Life) -> None:
    life.tell(Resolve(incident=incident(life), by="lea"), NOON + MINUTE)
    shown = template(life)
    life.tell(Advise(incident=incident(life), by="lea", answers=BREACH), NOON + DAY)
    assert life.told[-1] == "advised"
    assert template(life) == shown


def test_nobody_advises_on_what_is_not_there(life: Life) -> None:
    with pytest.raises(UnknownError):
        life.tell(Advise(incident="inc_none", by="lea", answers=BREACH))
