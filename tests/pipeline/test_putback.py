"""A clock that was ahead and has been put back leaves no brand deaf, nobody silenced, no step waiting."""

from __future__ import annotations

from random import Random

from amends.model import (
    DAY,
    HOUR,
    MINUTE,
    Batch,
    Kind,
    Snooze,
    StartDrill,
    StartSilence,
    Tick,
)
from support.core import NOON, Life, mention, talk

AHEAD = NOON + 400 * DAY


def put_back(seconds: float = 400 * DAY) -> Life:
    """A brand of which a fortnight is known, then a time in which the clock was ahead, then the true time again."""
    life = Life()
    life.teach(days=14, an_hour=20.0)
    life.hear(talk(Random(3), NOON, NOON + HOUR, an_hour=20.0), until=NOON + HOUR)
    for at in range(3):
        life.tell(Tick(), NOON + seconds + at * 300.0)
    return life


def storm(life: Life, begin: float) -> None:
    angry = [mention(begin + 20.0 * number, negative=True) for number in range(60)]
    life.hear([*angry, *talk(Random(5), begin, begin + 1_200, an_hour=20.0)], until=begin + 1_200)


def test_a_brand_hears_and_pages_again_as_soon_as_the_clock_is_right() -> None:
    life = put_back()
    decision = life.tell(Tick(), NOON + HOUR + MINUTE)
    assert decision.learn, "the baseline has folded silence that never was: it is learned anew"
    life.learn()
    assert life.state is not None
    assert life.state.live.watermark <= NOON + HOUR
    storm(life, NOON + HOUR + 2 * MINUTE)
    (case,) = [one for one in life.state.live.cases if one.incident.kind is Kind.TONE]
    assert case.incident.opened_at < NOON + 2 * HOUR
    assert life.pages[0].person == "lea"


def test_a_batch_is_heard_as_well_as_a_tick() -> None:
    life = put_back()
    life.tell(Batch((mention(NOON + HOUR + MINUTE, negative=True),)), NOON + HOUR + MINUTE)
    assert life.state is not None
    assert sum(one.mentions for one in life.state.live.bins if one.start > NOON + HOUR - 300) == 1


def test_a_silence_and_a_snooze_from_that_future_end_when_they_were_meant_to() -> None:
    life = put_back()
    life.tell(StartDrill(by="lea"), AHEAD)
    incident = life.pages[-1].incident.id
    life.tell(Snooze(incident=incident, by="lea", until=AHEAD + HOUR), AHEAD)
    life.tell(StartSilence(until=AHEAD + 2 * HOUR, reason="x", by="lea"), AHEAD + MINUTE)
    decision = life.tell(Tick(), NOON + HOUR)
    (silence,) = decision.silences
    assert (silence.created_at, silence.until) == (NOON + HOUR, NOON + 3 * HOUR - MINUTE)
    assert life.state is not None
    (case,) = life.state.live.cases
    assert case.incident.snoozed_until is None
    life.wait(NOON + 3 * HOUR)
    assert life.state.live.cases == ()


def test_the_next_step_comes_after_its_time_and_not_in_a_year() -> None:
    life = put_back()
    life.tell(StartDrill(by="lea"), AHEAD + HOUR)
    assert life.pages[-1].person == "lea"
    life.tell(Tick(), NOON + 2 * HOUR)
    life.wait(NOON + 2 * HOUR + 11 * MINUTE)
    assert life.pages[-1].person == "sam"


def test_a_step_back_of_minutes_plans_the_next_step_anew_and_forgets_nothing() -> None:
    life = Life()
    life.teach(days=14, an_hour=20.0)
    life.tell(StartDrill(by="lea"), NOON + 50 * MINUTE)
    life.tell(Tick(), NOON + 51 * MINUTE)
    assert life.state is not None
    detector = life.state.detector
    life.tell(Tick(), NOON + MINUTE)
    life.wait(NOON + 12 * MINUTE)
    assert life.pages[-1].person == "sam"
    assert life.state.detector is detector
