"""What people and channels say to an incident."""

from __future__ import annotations

from dataclasses import replace

import pytest

from amends import escalation, matching
from amends.model import (
    DAY,
    HOUR,
    MINUTE,
    Acknowledge,
    Batch,
    Deferred,
    Delivered,
    EndSilence,
    Failed,
    Feedback,
    Kind,
    Record,
    Reopen,
    Resolve,
    Responded,
    Snooze,
    Stage,
    StaleError,
    StartDrill,
    StartSilence,
    Tick,
    Unacknowledge,
    UnknownError,
)
from support.core import NOON, Life, make_rules, mention


@pytest.fixture
def life() -> Life:
    one = Life(rules=make_rules(watch=matching.Watch(terms=("recall",), severity=2)))
    one.tell(Tick())
    one.tell(Batch((mention(NOON, watch="recall"),)))
    return one


def incident(life: Life) -> str:
    return life.events[0].incident


def test_an_acknowledgement_ends_the_calls_and_is_kept_once(life: Life) -> None:
    page = life.pages[0]
    life.tell(Delivered(page=page.id, incident=incident(life)))

    life.tell(Acknowledge(incident=incident(life), by="lea"), NOON + MINUTE)
    again = life.tell(Acknowledge(incident=incident(life), by="sam"), NOON + 2 * MINUTE)
    life.wait(NOON + HOUR)

    assert life.told == ["opened", "acknowledged"]
    assert again.events == ()
    assert [one.person for one in life.pages if one.kind == "page"] == ["lea"]


def test_what_was_given_back_is_called_again(life: Life) -> None:
    life.tell(Acknowledge(incident=incident(life), by="lea"))
    life.tell(Unacknowledge(incident=incident(life), by="lea"), NOON + MINUTE)

    assert life.told[-1] == "unacknowledged"
    assert life.pages[-1].reason == "unacknowledged"


def test_a_channel_that_fails_hands_over_to_the_persons_next_one(life: Life) -> None:
    page = life.pages[0]

    decision = life.tell(Failed(page=page.id, incident=incident(life), error="no such topic"))

    assert [(change.id, change.state) for change in decision.page_changes] == [(page.id, "failed")]
    assert (decision.pages[0].person, decision.pages[0].channel) == ("lea", "mail")


def test_a_cap_holds_a_page_and_decides_it_anew(life: Life) -> None:
    page = life.pages[0]
    held = life.tell(Deferred(page=page.id, incident=incident(life), until=NOON + 5 * MINUTE, why="the cap"))
    assert [change.state for change in held.page_changes] == ["deferred"]

    life.wait(NOON + 6 * MINUTE)

    assert any(one.person == "lea" and one.decided_at >= NOON + 5 * MINUTE for one in life.pages)


def test_the_notice_of_an_end_that_quiet_hours_held_is_told_once_they_are_over() -> None:
    rules = make_rules(watch=matching.Watch(terms=("recall",), severity=2))
    lea = replace(rules.people["lea"], quiet=escalation.QuietHours.parse("13:00-14:00"))
    one = Life(rules=replace(rules, people={**rules.people, "lea": lea}))
    one.tell(Tick())
    one.tell(Batch((mention(NOON, watch="recall"),)))
    one.tell(Delivered(page=one.pages[0].id, incident=incident(one)), NOON + MINUTE)
    one.tell(Resolve(incident=incident(one), by="sam"), NOON + 70 * MINUTE)
    assert one.pages[-1].state == "deferred"

    decision = one.tell(Tick(), NOON + 2 * HOUR)

    assert [(page.person, page.reason, page.state) for page in decision.pages] == [("lea", "resolved", "queued")]
    assert decision.wake is not None
    assert decision.wake - one.now > MINUTE


def test_resolved_and_reopened_by_hand(life: Life) -> None:
    life.tell(Resolve(incident=incident(life), by="lea"))
    assert life.state is not None
    assert life.state.live.cases == ()
    twice = life.tell(Resolve(incident=incident(life), by="lea"))
    assert twice.events == ()

    life.tell(Reopen(incident=incident(life), by="sam"), NOON + MINUTE)

    assert life.told == ["opened", "resolved", "reopened"]
    assert life.state.live.cases[0].incident.state is Stage.OPEN


def test_reopening_beside_a_newer_one_of_its_kind_is_refused(life: Life) -> None:
    first = incident(life)
    life.tell(Resolve(incident=first, by="lea"))
    life.tell(Batch((mention(NOON + HOUR, watch="recall"),)), NOON + HOUR)

    with pytest.raises(StaleError, match="another incident"):
        life.tell(Reopen(incident=first, by="sam"))


def test_feedback_makes_the_record_and_can_be_taken_back(life: Life) -> None:
    for verdict, real, judged in (("real", 1, 1), ("noise", 0, 1), ("noise", 0, 1), (None, 0, 0)):
        life.tell(Feedback(incident=incident(life), by="lea", verdict=verdict))
        assert life.state is not None
        record = life.state.live.record
        assert (record.real, record.judged) == (real, judged)
        assert life.state.live.cases[0].incident.record == record


def test_every_kind_of_incident_shows_the_record_so_far(life: Life) -> None:
    life.tell(Feedback(incident=incident(life), by="lea", verdict="real"))
    life.tell(Resolve(incident=incident(life), by="lea"))

    life.tell(Batch((mention(NOON + HOUR, watch="recall"),)), NOON + HOUR)

    assert life.pages[-1].incident.record == Record(real=1, judged=1)


def test_what_the_brand_said_is_kept_with_its_text(life: Life) -> None:
    life.tell(
        Responded(incident=incident(life), by="lea", kind="holding", url="https://acme.example/1", text="We see it.")
    )

    said = life.events[-1]
    life.tell(
        Responded(incident=incident(life), by="sam", kind="holding", url="https://acme.example/1", text="We see it.")
    )
    assert life.events[-1] is said
    assert life.events[-1].event == "responded"
    data = {"kind": "holding", "url": "https://acme.example/1", "text": "We see it.", "first": ["holding"]}
    assert life.events[-1].data == data


def test_a_snooze_keeps_quiet_and_calls_once_at_its_end(life: Life) -> None:
    life.tell(Snooze(incident=incident(life), by="lea", until=NOON + HOUR))
    before = len(life.pages)

    life.wait(NOON + 59 * MINUTE)
    assert len(life.pages) == before
    life.wait(NOON + 62 * MINUTE)

    assert len(life.pages) == before + 1


def test_while_a_brand_is_silenced_incidents_open_and_nobody_is_called() -> None:
    life = Life(rules=make_rules(watch=matching.Watch(terms=("recall",), severity=2)))
    life.tell(Tick())
    decision = life.tell(StartSilence(until=NOON + HOUR, reason="a drill of our own", by="lea"))
    life.tell(Batch((mention(NOON + MINUTE, watch="recall"),)), NOON + MINUTE)
    life.wait(NOON + 30 * MINUTE)

    assert life.told[0] == "opened"
    assert [page for page in life.pages if page.state == "queued"] == []

    life.tell(EndSilence(silence=decision.silences[0].id, by="lea"), NOON + 31 * MINUTE)

    assert [page.person for page in life.pages if page.state == "queued"] == ["lea"]
    assert life.decisions[-1].silences[0].ended_at == NOON + 31 * MINUTE


def test_a_silence_of_one_story_holds_its_pages_and_no_others(life: Life) -> None:
    told = mention(NOON + MINUTE, url="https://acme.example/recall", source="news")
    other = mention(NOON + 3 * MINUTE, watch="recall", url="https://acme.example/other", source="news")
    life.tell(Resolve(incident=incident(life), by="lea"))
    story = life.tell(Batch((told,)), NOON + MINUTE).mentions[0].story
    life.tell(StartSilence(until=NOON + HOUR, reason="we know", by="lea", story=story), NOON + 2 * MINUTE)
    before = len(life.pages)

    again = life.tell(Batch((mention(NOON + 2 * MINUTE, watch="recall", url=told.url, source="blog"),)))
    assert again.mentions[0].story == story
    assert [event.event for event in again.events] == ["opened"]
    assert len(life.pages) == before
    life.tell(Resolve(incident=again.incidents[0].id, by="lea"))

    life.tell(Batch((other,)), NOON + 3 * MINUTE)
    assert len(life.pages) > before


def test_a_silence_needs_an_end_within_reach() -> None:
    life = Life()
    for until in (NOON - 1, NOON + 31 * DAY):
        with pytest.raises(StaleError, match="end"):
            life.tell(StartSilence(until=until, reason="", by="lea"))


def test_a_drill_is_marked_everywhere_and_ends_when_acknowledged() -> None:
    life = Life()
    life.tell(StartDrill(by="lea", case="outage"))
    page = life.pages[0]
    assert page.incident.drill
    assert page.incident.kind is Kind.DRILL
    assert "DRILL" in page.title
    assert "DRILL" in page.text

    with pytest.raises(StaleError, match="already running"):
        life.tell(StartDrill(by="lea"))
    life.tell(Acknowledge(incident=page.incident.id, by="lea"), NOON + MINUTE)

    assert life.told == ["opened", "acknowledged", "resolved"]


def test_a_drill_that_nobody_answers_ends_after_an_hour() -> None:
    life = Life()
    life.tell(StartDrill(by="lea"))
    life.wait(NOON + 2 * HOUR)

    assert life.told[-1] == "resolved"


def test_unknown_things_are_refused_and_change_nothing(life: Life) -> None:
    state = life.state
    with pytest.raises(UnknownError, match="inc_none"):
        life.tell(Acknowledge(incident="inc_none", by="lea"))
    with pytest.raises(UnknownError, match="sil_none"):
        life.tell(EndSilence(silence="sil_none", by="lea"))
    assert life.state is state


def test_what_becomes_of_a_page_is_kept_even_long_after_its_incident(life: Life) -> None:
    sent = life.tell(Delivered(page="pg_old", incident="inc_old"))
    failed = life.tell(Failed(page="pg_old", incident="inc_old", error="gone"))
    held = life.tell(Deferred(page="pg_old", incident="inc_old", until=NOON + 1, why="cap"))

    states = [change.state for one in (sent, failed, held) for change in one.page_changes]
    assert states == ["sent", "failed", "cancelled"]
