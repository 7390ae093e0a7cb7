"""Drills: played through the real rota, scored, and nothing real is touched by them."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from random import Random
from typing import TYPE_CHECKING

import pytest

from amends import escalation, matching, responses
from amends.model import (
    DAY,
    DRILL_CASES,
    HOUR,
    MINUTE,
    Acknowledge,
    Batch,
    Coverage,
    Delivered,
    Feedback,
    Kind,
    Reopen,
    Responded,
    StaleError,
    StartDrill,
    StartSilence,
    TellAlive,
    Tick,
    UnknownError,
)
from amends.pipeline.cases import CASES
from amends.pipeline.drill import scorecard
from support.core import NOON, Life, make_rules, mention, talk

if TYPE_CHECKING:
    from amends.pipeline import BrandState

APOLOGY = (
    "We are sorry. Nobody could sign in this morning because our update was faulty, and that was our mistake. "
    "We have taken it back and will check every update twice from now on."
)


def seasoned(an_hour: float = 20.0) -> Life:
    """A brand whose usual days are known."""
    life = Life()
    life.teach(days=14, an_hour=an_hour)
    life.hear(talk(Random(3), NOON, NOON + 90 * MINUTE, an_hour=an_hour), until=NOON + 90 * MINUTE)
    life.tell(Tick())
    return life


@pytest.mark.parametrize("case", DRILL_CASES)
def test_each_case_is_told_and_noticed_on_a_brands_own_baseline(case: str) -> None:
    life = seasoned()
    life.tell(StartDrill(by="lea", case=case))
    page = next(one for one in life.pages if one.reason == "drill")
    incident = page.incident
    assert incident.kind is Kind.DRILL
    assert incident.drill
    assert incident.title.startswith("DRILL")
    assert [quote.source for quote in incident.quotes] == ["drill"] * 3
    assert all("{brand}" not in quote.text for quote in incident.quotes)
    assert any("Acme" in quote.text for quote in incident.quotes)
    assert incident.response is not None
    assert CASES[case].crisis in incident.response.template
    score = scorecard(incident, life.events)
    assert score is not None
    assert 60 <= score["detected_seconds"] <= 45 * 60, score
    assert incident.since == life.now - score["detected_seconds"]
    assert incident.observed > incident.expected


def test_every_case_has_posts_in_two_languages_and_words_to_say() -> None:
    library = {one.crisis for one in make_rules().library.templates}
    for case in CASES.values():
        assert {post.lang for post in case.posts} == {"en", "fr"}
        assert case.crisis in library
        assert sum(case.curve) > 50
        assert list(case.posts) == sorted(case.posts, key=lambda one: one.minute)


def untouched(state: BrandState) -> tuple[object, ...]:
    live = state.live
    kept = (
        live.bins,
        live.record,
        live.silences,
        live.recent,
        live.stories,
        live.settled_at,
        live.first_at,
        live.taught,
    )
    return (state.detector, *kept)


def test_a_drill_touches_neither_baseline_nor_record_nor_silences() -> None:
    life = seasoned()
    assert life.state is not None
    before = untouched(life.state)
    life.tell(StartDrill(by="lea", case="rumour"))
    incident = life.pages[-1].incident.id
    life.tell(Acknowledge(incident=incident, by="lea"))
    life.tell(Feedback(incident=incident, by="lea", verdict="real"))
    life.tell(Responded(incident=incident, by="lea", kind="full", text=APOLOGY))
    life.tell(Reopen(incident=incident, by="lea"))
    assert untouched(life.state) == before
    assert not any(decision.mentions or decision.bins for decision in life.decisions[-5:])


def test_a_brand_of_which_little_is_known_is_drilled_all_the_same_and_detection_is_not_scored() -> None:
    life = Life()
    life.tell(StartDrill(by="lea"))
    score = scorecard(life.pages[0].incident, life.events)
    assert score is not None
    assert score["detected_seconds"] is None
    assert "less than a day" in score["detection"]


def test_a_drill_in_a_silence_is_refused_and_says_until_when() -> None:
    life = Life()
    life.tell(StartSilence(until=NOON + HOUR, reason="launch", by="lea"))
    with pytest.raises(StaleError, match=r"silenced until 2026-01-05T13:00:00Z.*silence end"):
        life.tell(StartDrill(by="lea"))
    assert life.told == []

    life.tell(StartDrill(by="lea"), NOON + HOUR)
    assert [(page.reason, page.state) for page in life.pages] == [("drill", "queued")]


def test_a_drill_by_hand_is_held_during_something_real_and_one_by_schedule_is_not() -> None:
    life = Life(rules=make_rules(watch=matching.Watch(terms=("recall",))))
    life.tell(Batch((mention(NOON, watch="recall"),)))
    with pytest.raises(StaleError, match="something real is open for acme, bolt"):
        life.tell(StartDrill(by="amends", scheduled=True, busy=("bolt",)))
    life.tell(StartDrill(by="lea"))
    assert [page.incident.kind for page in life.pages] == [Kind.WATCH, Kind.DRILL]


def test_a_silence_of_one_story_holds_back_no_drill() -> None:
    life = Life()
    story = life.tell(Batch((mention(NOON, url="https://acme.example/news"),))).mentions[0].story
    life.tell(StartSilence(until=NOON + HOUR, reason="known", by="lea", story=story))
    life.tell(StartDrill(by="lea"))
    assert [page.reason for page in life.pages] == ["drill"]


@pytest.mark.slow
def test_a_case_that_a_loud_brand_would_not_notice_says_so_and_a_loud_brand_gets_a_louder_case() -> None:
    score = None
    life = seasoned(an_hour=600.0)
    life.tell(StartDrill(by="lea"))
    score = scorecard(life.pages[-1].incident, life.events)
    assert score is not None
    assert score["detected_seconds"] is not None


def test_a_case_that_nobody_knows_is_refused_with_those_there_are() -> None:
    with pytest.raises(UnknownError, match="there are outage, offensive-post"):
        Life().tell(StartDrill(by="lea", case="flood"))


def test_acknowledging_a_drill_that_ended_by_itself_tells_its_end_once() -> None:
    life = Life()
    life.tell(StartDrill(by="lea"))
    page = life.pages[0]
    life.tell(Delivered(page=page.id, incident=page.incident.id))
    life.wait(NOON + 61 * MINUTE)
    told = [one.reason for one in life.pages if one.kind == "notice"]
    assert told == ["resolved"] * len(told)
    life.tell(Acknowledge(incident=page.incident.id, by="lea"))
    assert [one.reason for one in life.pages if one.kind == "notice"] == told


def test_the_score_counts_from_the_opening_and_judges_the_first_words() -> None:
    life = Life()
    life.tell(StartDrill(by="lea"))
    incident = life.pages[0].incident.id
    life.tell(Acknowledge(incident=incident, by="lea"), NOON + 3 * MINUTE)
    life.tell(Responded(incident=incident, by="lea", kind="full", text=APOLOGY), NOON + 70 * MINUTE)
    life.tell(Responded(incident=incident, by="lea", kind="full", text="Second"), NOON + 80 * MINUTE)
    score = scorecard(life.decisions[-1].incidents[-1], life.events)
    assert score is not None
    assert (score["case"], score["acknowledged_seconds"], score["acknowledged_by"]) == ("outage", 180, "lea")
    assert (score["first_line_seconds"], score["first_line_target_seconds"], score["in_time"]) == (4_200, 3_600, False)
    assert score["lint"]["kind"] == "apology"
    assert score["lint"]["verdict"] != "fail"


def test_what_is_no_drill_has_no_score_and_no_words_no_verdict() -> None:
    life = Life()
    life.tell(StartDrill(by="lea"))
    incident = life.pages[0].incident
    assert scorecard(replace(incident, kind=Kind.TONE), life.events) is None
    life.tell(Responded(incident=incident.id, by="lea", kind="holding", url="https://acme.example/1"))
    score = scorecard(incident, life.events)
    assert score is not None
    assert (score["lint"], score["in_time"]) == (None, True)


# --- rotas, as decide sees them ---


def test_a_gap_is_told_to_the_person_who_is_called_for_it() -> None:
    rules = make_rules(olga="fr")
    brand = rules.brands["acme"]
    policy = escalation.Policy(steps=(escalation.Step(("night",)),), operators=("olga",))
    night = escalation.Rota(id="night", fallback="olga")
    rules = replace(rules, rotas={"night": night}, brands={"acme": replace(brand, policy=policy)})
    life = Life(rules=rules)
    life.tell(StartDrill(by="lea"))
    (page,) = life.pages
    assert page.person == "olga"
    assert page.text.startswith("Personne n'est d'astreinte dans le tour night")
    assert any("nobody is on call in the rota night" in event.why for event in life.events)


def test_a_handover_in_the_middle_of_an_incident_calls_who_is_on_call_then() -> None:
    rules = make_rules()
    start = datetime(2026, 1, 5, 12)  # noqa: DTZ001 - a wall time
    turns = escalation.Turns(people=("lea", "olga"), every=HOUR, start=start, timezone="UTC")
    policy = escalation.Policy(steps=(escalation.Step(("week",)),), repeat=20)
    brand = replace(rules.brands["acme"], policy=policy)
    rules = replace(rules, rotas={"week": escalation.Rota(id="week", turns=turns)}, brands={"acme": brand})
    life = Life(rules=rules)
    life.tell(StartDrill(by="lea"), NOON + 56 * MINUTE)
    life.wait(NOON + 62 * MINUTE)
    assert [page.person for page in life.pages] == ["lea", "olga"]


# --- the proof of life ---


def alive(number: int = 1) -> TellAlive:
    coverage = Coverage(on_time=11, of=11)
    return TellAlive(
        id=f"alive_{number}", to=("lea",), since=NOON - 7 * DAY, mentions=2_311, pages=0, coverage=coverage
    )


def test_the_proof_of_life_is_a_notice_of_no_incident() -> None:
    life = Life()
    decision = life.tell(alive())
    (page,) = life.pages
    assert (page.kind, page.reason, page.person) == ("notice", "alive", "lea")
    assert page.title == "Amends is listening"
    assert page.text.endswith("heard 2,311 mentions, paged 0 times. 11 of 11 sources on time.")
    assert (decision.incidents, decision.events) == ((), ())
    assert life.tell(alive()).pages == ()
    assert len(life.tell(alive(2)).pages) == 1


def test_a_silence_that_ends_pages_nobody_for_a_proof_of_life() -> None:
    from amends.model import StartSilence  # noqa: PLC0415 - beside what it shows

    life = Life()
    life.tell(StartSilence(until=NOON + HOUR, reason="x", by="lea"))
    life.tell(alive())
    life.wait(NOON + 3 * HOUR)
    assert [page.reason for page in life.pages] == ["alive"]


def test_without_sources_the_proof_of_life_tells_of_none() -> None:
    life = Life()
    life.tell(replace(alive(), coverage=Coverage()))
    assert "sources" not in life.pages[0].text
    assert responses.say("fr", "short_alive", brand="Amends") == "Amends écoute"
