"""One is enough, if you say so: the watch list."""

from __future__ import annotations

from dataclasses import replace

from amends import matching
from amends.model import DAY, HOUR, MINUTE, Acknowledge, Batch, Delivered, Kind, Mention, Tick
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


OTHER = 2**40 + 2**20 + 2**9 + 2**33 + 7


def sued(at: float, text: str = "A lawsuit over the Acme kettle", **fields: object) -> Mention:
    return mention(at, watch="lawsuit", text=text, **fields)


def test_another_watched_word_is_told_at_once_and_named_in_the_page() -> None:
    life = new_life()
    life.tell(Batch((watched(NOON, fingerprint=5),)))

    life.tell(Batch((sued(NOON + MINUTE, fingerprint=OTHER),)), NOON + MINUTE)

    page = life.pages[-1]
    assert (life.told.count("story"), page.reason, page.due) == (1, "story", NOON + MINUTE)
    assert page.incident.why == ("watched: lawsuit", "watched: recall")
    assert "“lawsuit”" in page.text
    assert [(quote.role, quote.text) for quote in page.incident.quotes] == [
        ("earliest", "A recall of the Acme kettle"),
        ("loudest", "A lawsuit over the Acme kettle"),
    ]


def test_what_opened_an_incident_stays_its_earliest_quote_however_much_follows() -> None:
    life = new_life()
    life.tell(Batch((watched(NOON, fingerprint=5, reach=9_000), watched(NOON + 1, fingerprint=5))), NOON + 2)
    for n in range(90):  # more than a case keeps to quote from
        at = NOON + n * 65 * MINUTE + MINUTE
        life.tell(Batch((sued(at, fingerprint=(n + 1) * 0x9E3779B97F4A7C15 % 2**63, reach=n),)), at)

    quotes = life.pages[-1].incident.quotes

    assert life.told.count("story") > 60
    assert (quotes[0].role, quotes[0].published_at) == ("earliest", NOON)
    assert quotes[-1].text == "A lawsuit over the Acme kettle", "what is said now is on the page, too"


def test_the_loudest_of_an_incident_stays_the_loudest_when_another_story_joins() -> None:
    life = new_life()
    life.tell(Batch((watched(NOON), watched(NOON + 1, reach=9_000), watched(NOON + 2))), NOON + 3)

    life.tell(Batch((sued(NOON + MINUTE, fingerprint=OTHER, reach=10),)), NOON + MINUTE)

    assert [(one.role, one.published_at) for one in life.pages[-1].incident.quotes] == [
        ("earliest", NOON),
        ("loudest", NOON + 1),
        ("typical", NOON + MINUTE),
    ]


def test_another_watched_word_in_the_same_story_is_told_at_once_too() -> None:
    life = new_life()
    life.tell(Batch((watched(NOON, fingerprint=5),)))

    life.tell(Batch((sued(NOON + MINUTE, fingerprint=5),)), NOON + MINUTE)

    assert [event.why for event in life.events if event.event == "story"] == ["watched: lawsuit"]


def test_a_watched_word_that_was_told_waits_again_with_its_other_stories() -> None:
    life = new_life()
    life.tell(Batch((watched(NOON, fingerprint=5),)))
    life.tell(Batch((sued(NOON + MINUTE, fingerprint=OTHER),)), NOON + MINUTE)

    life.tell(Batch((sued(NOON + 2 * MINUTE, fingerprint=2**63 - 1),)), NOON + 2 * MINUTE)
    assert life.told.count("story") == 1
    life.wait(NOON + 70 * MINUTE)

    assert life.told.count("story") == 2


def test_two_watched_words_of_one_batch_open_one_incident_that_names_both_and_calls_once() -> None:
    life = new_life()

    life.tell(Batch((watched(NOON, fingerprint=5), sued(NOON + 1, fingerprint=OTHER))), NOON + 2)

    assert (life.told.count("opened"), life.told.count("story"), len(life.pages)) == (1, 0, 1)
    assert life.pages[0].incident.why == ("watched: recall", "watched: lawsuit")
    assert "“recall”, “lawsuit”" in life.pages[0].text


def test_a_watched_word_inside_a_tone_incident_is_told_at_once_though_its_story_is_known() -> None:
    life = Life(rules=make_rules(watch=matching.Watch(terms=("lawsuit",), severity=2)))
    life.teach()
    life.hear([mention(NOON + 20 * n, negative=True, fingerprint=5) for n in range(60)])
    life.wait(NOON + HOUR / 2)
    assert life.told.count("opened") == 1
    at = NOON + HOUR / 2 + 1

    life.tell(Batch((sued(at, fingerprint=5, negative=True),)), at)

    assert [event.why for event in life.events if event.event == "story"] == ["watched: lawsuit"]
    assert life.pages[-1].incident.kind is Kind.TONE
    assert "watched: lawsuit" in life.pages[-1].incident.why
    assert life.told.count("opened") == 1

    life.tell(Batch((sued(at + 1, fingerprint=5, negative=True),)), at + 1)
    assert life.told.count("story") == 1


def test_the_title_of_another_story_names_its_own_word_also_when_that_was_told_before() -> None:
    life = new_life()
    life.tell(Batch((watched(NOON, fingerprint=5),)))
    life.tell(Batch((sued(NOON + MINUTE, fingerprint=OTHER),)), NOON + MINUTE)
    life.tell(Batch((watched(NOON + 2 * HOUR, fingerprint=2**63 - 1),)), NOON + 2 * HOUR)

    titles = [page.title for page in life.pages if page.reason in {"first", "story"}]
    assert titles == [
        "Acme: watch list hit, “recall”",
        "Acme: another story, “lawsuit”",
        "Acme: another story, “recall”",
    ]


def test_the_words_to_say_fit_what_it_looks_like_and_hold_nothing_of_a_mention() -> None:
    life = new_life()
    burnt = mention(NOON, watch="recall", text="RECALL it: the Acme kettle caught fire, my hand is burned")
    life.tell(Batch((burnt, mention(NOON + 1, watch="recall", text="mine exploded, recall it now"))))

    response = life.pages[0].incident.response
    assert response is not None
    assert response.template.startswith("product-harm-holding")
    assert "exploded" not in response.text


def test_the_words_to_say_follow_a_story_that_tells_what_it_is() -> None:
    life = new_life()
    life.tell(Batch((watched(NOON, fingerprint=5),)))
    assert life.pages[0].incident.response.template.startswith("unknown")  # type: ignore[union-attr] # it has one

    life.tell(
        Batch((sued(NOON + MINUTE, fingerprint=OTHER, text="A lawsuit: the kettle burned a child"),)), NOON + MINUTE
    )

    assert life.pages[-1].incident.response.template.startswith("product-harm")  # type: ignore[union-attr] # it has one


def test_what_a_brief_channel_is_given_holds_no_stranger() -> None:
    rules = make_rules(watch=matching.Watch(terms=("recall",), authors=("jo_press",), severity=2))
    life = Life(rules=replace(rules, brief=frozenset({"phone"})))
    life.tell(Tick())
    life.tell(Batch((watched(NOON), mention(NOON + 1, watch="jo_press", text="no comment", author="jo_press"))))

    (page,) = life.pages

    assert page.incident.quotes == ()
    assert page.incident.why == ("watched: recall",)
    assert "“recall”" in page.incident.title
    assert "jo_press" not in repr(page)
    assert life.state is not None
    assert len(life.state.live.cases[0].incident.quotes) == 2, "the incident itself keeps them"


def test_a_notice_names_the_person_who_has_it_and_not_the_id() -> None:
    life = new_life()
    life.tell(Batch((watched(NOON),)))
    life.wait(NOON + 11 * MINUTE)  # Sam has been called, too
    for person in ("lea", "sam"):
        page = next(one for one in life.pages if one.person == person)
        life.tell(Delivered(page=page.id, incident=page.incident.id))

    life.tell(Acknowledge(incident=life.pages[0].incident.id, by="lea"))

    notice = life.pages[-1]
    assert (notice.person, notice.reason, notice.title) == ("sam", "acknowledged", "Acme: Lea has it")
    assert "Lea has it." in notice.text
