"""What becomes of a brand's tone: crises page, launches do not, and what is over stays over."""

from __future__ import annotations

import re
from dataclasses import replace
from random import Random

import pytest

from amends.model import DAY, HOUR, MINUTE, Batch, Kind, Learned, Mention, Resolve, Stage, Tick
from support.core import NOON, Life, mention, talk


def crisis(start: float, hours: float = 1.0, an_hour: float = 90.0, seed: int = 7, **fields: object) -> list[Mention]:
    return talk(Random(seed), start, start + hours * HOUR, an_hour=an_hour, share=1.0, **fields)


@pytest.fixture(scope="module")
def taught() -> Life:
    one = Life()
    one.teach()
    return one


@pytest.fixture
def life(taught: Life) -> Life:
    """A fortnight of ordinary talk lies behind the brand; every value in it is frozen, so lives can share it."""
    return replace(taught, bins=dict(taught.bins), events=[], pages=[], decisions=list(taught.decisions[-1:]))


def test_a_crisis_opens_one_incident_and_calls_the_first_person(life: Life) -> None:
    life.hear(crisis(NOON), until=NOON + 5 * MINUTE + HOUR / 2)

    assert life.told[0] == "opened"
    assert life.told.count("opened") == 1
    first = life.pages[0]
    assert (first.person, first.channel, first.kind, first.reason) == ("lea", "phone", "page", "first")
    assert first.decided_at - NOON < 20 * MINUTE
    incident = first.incident
    assert incident.kind is Kind.TONE
    assert incident.observed > 5 * incident.expected
    assert len(incident.title) <= 110
    assert "Acme" in incident.title
    assert [quote.role for quote in incident.quotes] == ["earliest", "loudest", "typical"]
    assert incident.response is not None
    assert incident.response.lang == "en"


def test_the_first_page_expects_of_the_next_hour_what_the_wave_would_bring(life: Life) -> None:
    life.hear(crisis(NOON), until=NOON + HOUR / 2)

    why = next(one for one in life.pages[0].incident.why if one.endswith("expected in the next hour"))
    low, high = (float(number.replace(",", "")) for number in re.findall(r"[\d,.]+", why))
    assert low < 90 < high


def test_nobody_answers_and_the_next_person_is_called_after_the_steps_delay(life: Life) -> None:
    life.hear(crisis(NOON), until=NOON + HOUR)

    calls = [(page.person, page.decided_at) for page in life.pages if page.reason in {"first", "unacknowledged"}]
    assert [person for person, _ in calls] == ["lea", "sam"]
    assert calls[1][1] - calls[0][1] == pytest.approx(600.0, abs=61.0)
    assert "escalated" in life.told


def test_history_that_comes_before_the_first_look_is_learned_as_well() -> None:
    life = Life()

    decision = life.tell(Batch(tuple(talk(Random(5), NOON - 3 * DAY, NOON - HOUR, an_hour=5.0, history=True))))

    assert decision.learn
    assert len(decision.state.live.bins) < 24


def test_ordinary_days_page_nobody(life: Life) -> None:
    life.hear(talk(Random(3), NOON, NOON + 3 * DAY, an_hour=20.0, share=0.15))

    assert life.pages == []


def test_a_launch_that_quintuples_everything_pages_nobody(life: Life) -> None:
    life.hear(talk(Random(4), NOON, NOON + 8 * HOUR, an_hour=100.0, share=0.15))

    assert life.pages == []


def test_backfilled_posts_teach_the_baseline_and_never_page() -> None:
    life = Life()
    life.tell(Tick())
    past = talk(Random(5), NOON - 14 * DAY, NOON - HOUR, an_hour=20.0, history=True)
    storm = crisis(NOON - 5 * HOUR, hours=3, history=True)

    decision = life.tell(Batch((*past, *storm)))

    assert decision.learn
    life.learn()
    life.wait(NOON + 2 * HOUR)
    assert life.pages == []
    assert life.state is not None
    assert life.state.live.reading is not None
    assert life.state.live.reading.learned_days == pytest.approx(14, abs=0.2)


def test_learning_that_comes_too_late_is_refused_and_asked_for_again(life: Life) -> None:
    assert life.state is not None
    live = life.state.live
    life.tell(Batch((mention(NOON - 3 * DAY, history=True),)))

    decision = life.tell(Learned(detector=b"", until=live.watermark, taught=live.taught))

    assert decision.learn
    assert not life.learn().learn


def test_a_crisis_that_waited_for_the_baseline_pages_as_soon_as_it_is_learned() -> None:
    life = Life()
    life.tell(Tick())
    life.tell(Batch(tuple(talk(Random(1), NOON - 14 * DAY, NOON - HOUR, an_hour=20.0, history=True))))
    life.tell(Batch(tuple(crisis(NOON - 10 * MINUTE, hours=1 / 6, an_hour=300.0))))
    assert life.pages == []

    life.learn()

    assert [page.reason for page in life.pages] == ["first"]


def test_on_its_first_day_a_brand_pages_by_its_watch_list_alone() -> None:
    life = Life()
    life.hear(talk(Random(6), NOON, NOON + 20 * HOUR, an_hour=20.0))
    life.hear(crisis(NOON + 20 * HOUR))

    assert life.pages == []


def test_one_angry_person_posting_forty_times_is_not_a_crisis(life: Life) -> None:
    life.hear(crisis(NOON, hours=0.5, an_hour=80.0, author="one angry person"), until=NOON + HOUR)

    assert life.pages == []


def test_forty_posts_without_an_author_are_forty_voices(life: Life) -> None:
    life.hear(crisis(NOON, hours=0.5, an_hour=80.0, author=None), until=NOON + HOUR)

    assert life.pages


def test_late_posts_are_counted_and_open_nothing(life: Life) -> None:
    late = [replace(one, late=True) for one in crisis(NOON - 45 * MINUTE, hours=0.5)]

    life.tell(Batch(tuple(late)), NOON)

    assert life.pages == []
    assert sum(one.late for one in life.bins.values()) == len(late)


def test_an_outage_of_a_source_that_returns_makes_no_spike(life: Life) -> None:
    missed = talk(Random(8), NOON - 5 * HOUR, NOON, an_hour=20.0)

    life.tell(Batch(tuple(missed)), NOON)
    life.wait(NOON + HOUR)

    assert life.pages == []


def test_a_crisis_that_runs_through_our_own_outage_still_pages(life: Life) -> None:
    life.hear(talk(Random(9), NOON, NOON + HOUR, an_hour=20.0))
    back = NOON + 4 * HOUR
    missed = crisis(NOON + 2 * HOUR, hours=2.0)

    life.tell(Tick(), back)
    life.tell(Batch(tuple(missed)), back)

    assert [page.reason for page in life.pages] == ["first"]


def test_when_the_tone_is_back_the_incident_closes_by_itself_and_says_so_once(life: Life) -> None:
    life.hear(crisis(NOON), until=NOON + HOUR)
    life.hear(talk(Random(10), NOON + HOUR, NOON + 6 * HOUR, an_hour=20.0, share=0.1))

    assert "recovering" in life.told
    assert life.told.count("resolved") == 1
    resolved = next(event for event in life.events if event.event == "resolved")
    assert resolved.at - (NOON + HOUR) < 4 * HOUR
    assert life.told.count("opened") == 1
    assert life.state is not None
    assert life.state.live.cases == ()


@pytest.fixture
def abating(life: Life) -> Life:
    """A crisis is over, the incident recovers, and the hour that it is watched has not run out."""
    life.hear(crisis(NOON), until=NOON + HOUR)
    usual = talk(Random(10), NOON + HOUR, NOON + 12 * HOUR, an_hour=20.0, share=0.05)
    while life.told[-1] != "recovering":
        until = life.now + 5 * MINUTE
        life.hear([one for one in usual if life.now < one.published_at <= until], until=until)
    return life


def test_a_few_grumbles_keep_nobody_waiting_for_the_end(abating: Life) -> None:
    begun = abating.now
    grumbles = [mention(begun + (30 + number) * MINUTE, negative=True) for number in range(4)]
    abating.hear(grumbles, until=begun + HOUR + 5 * MINUTE)

    assert abating.told[-1] == "resolved"
    assert "relapsed" not in abating.told


def test_a_wave_that_comes_again_while_it_recovers_is_a_relapse(abating: Life) -> None:
    begun = abating.now
    abating.hear(crisis(begun + 10 * MINUTE, hours=0.5), until=begun + HOUR + 5 * MINUTE)

    assert abating.told[abating.told.index("recovering") + 1] == "relapsed"
    assert "resolved" not in abating.told


def test_what_keeps_a_calm_begins_none_once_it_was_opened_again(abating: Life) -> None:
    assert abating.state is not None
    (case,) = abating.state.live.cases
    opened = replace(case, incident=replace(case.incident, state=Stage.OPEN))  # as another story does
    abating.state = abating.state.with_live(cases=(opened,))
    grumbles = [mention(abating.now + MINUTE + number, negative=True) for number in range(4)]
    abating.tell(Batch(tuple(grumbles)), abating.now + 2 * MINUTE)

    assert [one.incident.state for one in abating.state.live.cases] == [Stage.OPEN]


def test_a_second_wave_after_the_end_is_a_new_incident(life: Life) -> None:
    life.hear(crisis(NOON), until=NOON + HOUR)
    life.hear(talk(Random(10), NOON + HOUR, NOON + 6 * HOUR, an_hour=20.0, share=0.1))
    life.hear(crisis(NOON + 6 * HOUR, seed=11))

    assert life.told.count("opened") == 2
    first, second = (event.incident for event in life.events if event.event == "opened")
    assert first != second


def test_a_wave_that_a_person_closed_does_not_open_again_by_itself(life: Life) -> None:
    life.hear(crisis(NOON), until=NOON + HOUR)
    life.tell(Resolve(incident=life.events[0].incident, by="lea"))
    life.hear(talk(Random(12), life.now, life.now + 3 * HOUR, an_hour=20.0))

    assert life.told.count("opened") == 1


def test_a_crisis_that_grows_is_raised_once_a_step(life: Life) -> None:
    life.hear(crisis(NOON, hours=0.75, an_hour=25.0), until=NOON + 45 * MINUTE)
    life.hear(crisis(NOON + 45 * MINUTE, hours=1, an_hour=600.0, seed=13))

    severities = [page.incident.severity for page in life.pages if page.reason in {"first", "raised"}]
    assert severities == sorted(severities, reverse=True)
    assert severities[-1] == 1


def test_a_brand_wants_to_be_looked_at_once_a_bin_and_each_minute_in_a_crisis(life: Life) -> None:
    quiet = life.tell(Tick(), NOON + 30)
    assert quiet.wake is not None
    assert 0 < quiet.wake - life.now <= 301
    assert quiet.tempo == 1.0

    life.hear(crisis(NOON), until=NOON + 30 * MINUTE)
    crisis_now = life.tell(Tick(), life.now)
    assert crisis_now.wake is not None
    assert crisis_now.wake - life.now <= 60
    assert crisis_now.tempo < 1.0


def test_another_story_inside_an_incident_is_told_once(life: Life) -> None:
    life.hear(crisis(NOON), until=NOON + HOUR)
    other = [
        replace(
            one, text="Acme is being sued for the fire in the northern warehouse, says the court today", fingerprint=77
        )
        for one in crisis(NOON + 70 * MINUTE, hours=0.5, seed=14)
    ]
    life.hear(other, until=NOON + 2 * HOUR)

    assert life.told.count("story") == 1
    assert [page.reason for page in life.pages].count("story") >= 1


def test_resolved_incidents_leave_nobody_called(life: Life) -> None:
    life.hear(crisis(NOON), until=NOON + HOUR)
    life.hear(talk(Random(10), NOON + HOUR, NOON + 8 * HOUR, an_hour=20.0, share=0.1))
    resolved = next(event for event in life.events if event.event == "resolved")

    after = [page for page in life.pages if page.decided_at > resolved.at]

    assert after == []
    assert life.state is not None
    assert all(case.incident.state is Stage.RESOLVED for case in life.state.live.closed)


def test_forty_posts_of_one_person_beside_ordinary_critics_page_nobody_and_are_shown_as_that() -> None:
    life = Life()
    life.teach(an_hour=60.0)  # nine ordinary critics an hour: enough voices for any gate
    ordinary = talk(Random(21), NOON, NOON + HOUR, an_hour=60.0)
    angry = crisis(NOON + 10 * MINUTE, hours=0.5, an_hour=80.0, author="one angry person", seed=22)

    life.hear([*ordinary, *angry], until=NOON + HOUR)

    assert life.pages == []
    assert life.state is not None
    assert life.state.live.reading is not None
    assert life.state.live.reading.loudest == len(angry)
    heard = [one for start, one in life.bins.items() if start >= NOON]
    assert sum(one.mentions for one in heard) == len(ordinary) + len(angry)


def test_too_few_voices_are_named_as_the_reason_why_nobody_is_paged() -> None:
    life = Life()
    life.teach(an_hour=3.0)
    four = [replace(one, author=f"critic {n % 4}") for n, one in enumerate(crisis(NOON, hours=0.05, an_hour=600.0))]

    life.hear(four, until=NOON + 4 * MINUTE)

    assert life.pages == []
    assert life.state is not None
    assert life.state.live.reading is not None
    assert life.state.live.reading.held == "voices"


def test_buzz_is_read_and_pages_nobody(life: Life) -> None:
    life.hear(talk(Random(23), NOON, NOON + 2 * HOUR, an_hour=120.0, share=0.12))

    assert life.pages == []
    assert life.state is not None
    reading = life.state.live.reading
    assert reading is not None
    assert reading.buzz
    assert reading.volume_now > 4 * reading.volume_usual / 2


def test_a_coordinated_flood_says_so_in_the_page_and_advises_to_verify(life: Life) -> None:
    text = "Boycott Acme now, they lied about the recall and everybody must know what they did"
    flood = [
        replace(one, text=text, author=f"v{n % 8}") for n, one in enumerate(crisis(NOON, hours=0.25, an_hour=200.0))
    ]
    life.hear([flood[0]], until=NOON + MINUTE)
    life.tell(Batch(tuple(replace(one, published_at=NOON + 61) for one in flood[1:])), NOON + 90)

    page = life.pages[0]
    assert page.incident.authenticity == "coordinated"
    assert "It looks coordinated: verify before you answer." in page.text
    assert "Looks coordinated: near-duplicates" in page.text
    assert "Accuse nobody" in page.text


def test_an_announced_event_pages_only_above_what_it_lets_be_expected(life: Life) -> None:
    from amends.detection import Planned  # noqa: PLC0415 - for this test alone

    event = Planned(start=NOON - HOUR, end=NOON + 6 * HOUR, expect=20.0, reason="prices rise")
    brand = life.rules.brands["acme"]
    settings = replace(brand.detection, planned=(event,))
    life.rules = replace(life.rules, brands={"acme": replace(brand, detection=settings)})

    life.hear(crisis(NOON, an_hour=20.0, hours=2), until=NOON + 2 * HOUR)
    assert life.pages == []

    life.hear(crisis(NOON + 2 * HOUR, an_hour=300.0, seed=24), until=NOON + 3 * HOUR)
    assert life.pages[0].reason == "first"
    assert "planned: prices rise, 20 times the usual was expected" in life.pages[0].incident.why
