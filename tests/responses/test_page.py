from __future__ import annotations

import re
import unicodedata
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from amends.model import Coverage, Incident, Kind, Quote, Record, Response, Stage
from amends.responses import alive, body, defang, headline, one_line, short
from amends.responses.harmless import cut, fit_bytes
from amends.responses.wording import clock, number

PARIS = "Europe/Paris"
REASONS = ("first", "raised", "unacknowledged", "story", "acknowledged", "resolved", "drill", "alive")


def page(incident: Incident, lang: str = "en", reason: str = "first", *, brief: bool = False) -> str:
    return body(incident, "Acme", lang, PARIS, reason=reason, brief=brief)  # type: ignore[arg-type] # a Reason


def test_the_headline_says_it_all_in_110_characters(incident: Incident) -> None:
    assert headline(incident, "Acme", "en", PARIS) == (
        "Acme: 8 times the usual criticism since 21:56, about \u201crefund\u201d, \u201coutage\u201d"
    )
    assert headline(incident, "Acme", "fr", PARIS).startswith(
        "Acme : 8 fois la critique habituelle depuis 21\u00a0h\u00a056"
    )


def test_the_headline_is_in_the_readers_time_zone_and_names_another_day(incident: Incident) -> None:
    assert "since 19:56" in headline(incident, "Acme", "en", "UTC")
    assert "since 04:56" in headline(incident, "Acme", "en", "Asia/Tokyo")
    assert "since Wed 21:56" in headline(replace(incident, since=incident.since - 86_400), "Acme", "en", PARIS)
    assert "since 28 Apr 21:56" in headline(replace(incident, since=incident.since - 30 * 86_400), "Acme", "en", PARIS)
    assert "since 19:56" in headline(incident, "Acme", "en", "Not/AZone")


def test_a_usual_of_nothing_gives_no_absurd_number(incident: Incident) -> None:
    assert headline(replace(incident, expected=0.0), "Acme", "en", PARIS).startswith(
        "Acme: criticism far above the usual"
    )
    vague = replace(incident, expected=1e-9, why=())
    assert short(vague, "Acme", "en", "first") == "Acme: far above the usual"


@pytest.mark.parametrize(
    ("kind", "line"),
    [
        (Kind.WATCH, "Acme: watch list hit, \u201crecall\u201d since 21:56"),
        (Kind.DELETED, "Acme: one of our own posts is gone since 21:56"),
        (Kind.BLIND, "Acme: blind, 9 of 11 sources on time since 21:56"),
        (Kind.DRILL, "DRILL Acme: a drill, nothing has happened"),
    ],
)
def test_every_kind_reads_naturally(incident: Incident, kind: Kind, line: str) -> None:
    assert headline(replace(incident, kind=kind, why=("watched: recall",)), "Acme", "en", PARIS) == line


@pytest.mark.parametrize(
    ("reason", "title"),
    [
        ("first", "Acme: 8 times the usual, “refund”, “outage”"),
        ("raised", "Acme: worse, now critical, “refund”, “outage”"),
        ("unacknowledged", "Nobody has it yet. Acme: 8 times the usual, “refund”"),
        ("story", "Acme: another story, “refund”"),
        ("acknowledged", "Acme: Léa has it"),
        ("resolved", "Acme: over, “refund”, “outage”. Move on."),
    ],
)
def test_the_title_says_why_it_comes_and_about_what(incident: Incident, reason: str, title: str) -> None:
    told = replace(incident, acknowledged_by="Léa")
    assert short(told, "Acme", "en", reason) == title  # type: ignore[arg-type] # a Reason


def test_what_comes_before_any_word_stands_before_the_words(incident: Incident) -> None:
    text = page(incident)
    assert text.index("First: pause scheduled posts") < text.index("Say now")
    assert "Counsel" not in text
    assert "First:" not in page(incident, reason="acknowledged")
    assert "First:" not in page(replace(incident, kind=Kind.BLIND))
    assert "First:" not in page(replace(incident, drill=True), reason="drill")
    assert "First:" not in page(replace(incident, state=Stage.RESOLVED), reason="resolved")


@pytest.mark.parametrize("brief", [False, True])
def test_a_page_about_harm_asks_for_counsel_first_and_says_until_when(incident: Incident, *, brief: bool) -> None:
    grave = replace(incident, kind=Kind.WATCH, why=("watched: recall", "watched: injured"))
    day = {"en": "until Sun", "fr": "jusqu'à dimanche"}
    for lang, words in (("en", "Counsel before anything is published"), ("fr", "Le service juridique avant")):
        text = page(grave, lang, brief=brief)
        assert words in text
        assert day[lang] in text


@pytest.mark.parametrize("lang", ["en", "fr"])
@pytest.mark.parametrize("reason", ["first", "raised", "unacknowledged", "story", "resolved"])
@pytest.mark.parametrize("brand", ["Acme", "Oscarcorp", "The Very Long Name of a Holding plc", "B" * 90])
@pytest.mark.parametrize("drill", [False, True])
def test_the_frame_of_a_title_gives_way_before_brand_and_fact(
    incident: Incident, lang: str, reason: str, brand: str, *, drill: bool
) -> None:
    watched = replace(incident, kind=Kind.WATCH, why=("watched: lawsuit",), drill=drill)
    for told, word in ((watched, "lawsuit"), (replace(incident, drill=drill), "refund")):
        title = short(told, brand, lang, reason)  # type: ignore[arg-type] # a Reason
        assert len(title) <= 60
        assert brand[:12] in title
        assert word in title


@pytest.mark.parametrize(
    ("lang", "reason", "title"),
    [
        ("en", "first", "Oscarcorp: watch list hit, “lawsuit”"),
        ("fr", "first", "Oscarcorp : alerte de la liste de veille, «\xa0lawsuit\xa0»"),
        ("en", "unacknowledged", "Nobody has it yet. Oscarcorp: watch list hit, “lawsuit”"),
        ("fr", "unacknowledged", "Personne ne l'a pris. Oscarcorp : «\xa0lawsuit\xa0»"),
        ("fr", "story", "Oscarcorp : une autre histoire, «\xa0lawsuit\xa0»"),
        ("fr", "resolved", "Oscarcorp : fini, «\xa0lawsuit\xa0». On tourne la page."),
    ],
)
def test_the_title_of_a_watch_incident_names_the_word(incident: Incident, lang: str, reason: str, title: str) -> None:
    watched = replace(incident, kind=Kind.WATCH, why=("watched: lawsuit",))
    assert short(watched, "Oscarcorp", lang, reason) == title  # type: ignore[arg-type] # a Reason


def test_the_titles_of_a_lost_post_and_of_lost_sources_say_which(incident: Incident) -> None:
    blind = replace(incident, kind=Kind.BLIND)
    own = replace(incident, kind=Kind.DELETED, quotes=(replace(incident.quotes[0], text="Our kettles are safe"),))
    assert short(blind, "Acme", "en", "first") == "Acme: blind, 9 of 11 sources, “forum”, “hn”"
    assert short(blind, "Acme", "fr", "unacknowledged", brief=True) == (
        "Personne ne l'a pris. Acme : aveugle, 9 sources sur 11"
    )
    assert short(own, "Acme", "en", "first") == "Acme: our own post is gone, “Our kettles are safe”"
    assert short(own, "Acme", "en", "first", brief=True) == "Acme: our own post is gone"
    over = replace(blind, state=Stage.RESOLVED)
    assert short(over, "Acme", "en", "resolved") == "Acme: sources answer again (9 of 11)"


def test_a_resolved_incident_says_move_on_and_asks_for_nothing(incident: Incident) -> None:
    over = replace(incident, state=Stage.RESOLVED)
    assert headline(over, "Acme", "en", PARIS) == "Acme: the tone is back to the usual. Move on."
    by_hand = replace(over, resolved_by="lea")
    assert headline(by_hand, "Acme", "en", PARIS) == "Acme: over. Move on."  # what the tone does, nobody has measured
    assert headline(by_hand, "Acme", "fr", PARIS) == "Acme : c'est fini. On tourne la page."
    assert headline(replace(over, resolved_by="amends"), "Acme", "en", PARIS) == headline(over, "Acme", "en", PARIS)
    text = page(over, reason="resolved")
    assert "move on" in text
    assert "Say now" not in text
    assert "stole" not in text
    ends = {kind: headline(replace(over, kind=kind), "Acme", "en", PARIS) for kind in Kind}
    assert ends[Kind.BLIND] == "Acme: sources answer again (9 of 11)"
    assert ends[Kind.DRILL] == "DRILL Acme: drill over"
    assert ends[Kind.WATCH] == "Acme: over. Move on."
    assert "it is over" in page(replace(over, kind=Kind.DRILL), reason="resolved")


def test_the_page_carries_numbers_quotes_coverage_record_and_the_words(incident: Incident) -> None:
    text = page(incident)
    assert (
        "Up to 46 negative mentions an hour, 5.8 usual then. Severity 1 of 3 (critical). Since 21:56 (Europe/Paris)."
        in text
    )
    assert "Why: 8 times the usual negatives; on 5 sources." in text
    assert "Earliest (21:58, @jo, forum): \u201cAcme stole my money" in text
    assert "https://forum.example/t/1" in text
    assert "hxxp://evil[.]example/x" in text
    assert "9 of 11 sources on time; silent: forum, hn." in text
    assert "7 of the last 9 were real." in text
    assert "Say now (English, template unknown-holding-short):\nWe have seen it." in text
    assert text.endswith("Apologise, don't delete, move on.")


def test_a_french_reader_gets_french_words_around_the_crowds_language(incident: Incident) -> None:
    text = page(incident, "fr", "unacknowledged")
    assert "Jusqu'à 46 mentions négatives par heure, 5,8 d'habitude. Gravité 1 sur 3 (critique)." in text
    assert "À dire maintenant (anglais, modèle unknown-holding-short)" in text
    assert "9 sources sur 11 à l'heure" in text


def test_a_template_in_another_language_than_the_crowds_is_marked(incident: Incident) -> None:
    voices = tuple(replace(quote, lang="de") for quote in incident.quotes)
    assert "no template in the crowd's language: English" in page(replace(incident, quotes=voices))


def test_brief_keeps_quotes_handles_and_addresses_off_public_servers(incident: Incident) -> None:
    private = replace(incident, why=("@jo", "evil.example", "refund", "on 5 sources"), acknowledged_by="jo@x.example")
    for reason in REASONS:
        text = page(private, reason=reason, brief=True)
        for secret in ("stole", "@jo", "forum", "http", "evil", "x.example"):
            assert secret not in text, reason
    assert "refund" in page(private, brief=True)
    watched = replace(incident, kind=Kind.WATCH, why=("watched: jo_press",))
    known = {"lang": "en", "reason": "first", "authors": ("jo_press",)}
    assert "jo_press" not in body(watched, "Acme", timezone=PARIS, brief=True, **known)  # type: ignore[arg-type] # a Reason
    assert "jo_press" not in short(watched, "Acme", brief=True, **known)  # type: ignore[arg-type] # a Reason
    assert "jo_press" in page(watched)
    assert "jo_press" in short(watched, "Acme", brief=False, **known)  # type: ignore[arg-type] # a Reason


def test_brief_names_the_watched_word_which_is_the_operators_own(incident: Incident) -> None:
    watched = replace(incident, kind=Kind.WATCH, why=("watched: recall",))
    assert page(watched, brief=True).startswith("Acme: watch list hit, “recall” since 21:56")
    assert "“recall”" in short(watched, "Acme", "en", "first", brief=True)


def test_a_drill_is_marked_everywhere(incident: Incident) -> None:
    for drill in (replace(incident, kind=Kind.DRILL), replace(incident, drill=True)):
        for lang in ("en", "fr"):
            assert "DRILL" in headline(drill, "Acme", lang, PARIS)
            assert all("DRILL" in short(drill, "Acme", lang, reason) for reason in REASONS)  # type: ignore[arg-type] # a Reason
            assert all("DRILL" in part for part in (page(drill, lang).split("\n")[0], page(drill, lang, brief=True)))


def test_each_kind_has_its_own_advice(incident: Incident) -> None:
    assert "Never delete silently" in page(replace(incident, kind=Kind.DELETED))
    assert "One mention was enough" in page(replace(incident, kind=Kind.WATCH))
    blind = page(replace(incident, kind=Kind.BLIND))
    assert "Look by hand" in blind
    assert "Say now" not in blind
    assert "verify before you answer" in page(replace(incident, authenticity="coordinated"))


@pytest.mark.parametrize(
    ("lang", "on_time", "of", "told"),
    [
        ("en", 1, 1, "1 of 1 source on time"),
        ("en", 1, 2, "1 of 2 sources on time"),
        ("fr", 1, 1, "1 source sur 1 à l'heure"),
        ("fr", 0, 3, "0 source sur 3 à l'heure"),
        ("fr", 2, 3, "2 sources sur 3 à l'heure"),
    ],
)
def test_one_source_is_not_called_sources(incident: Incident, lang: str, on_time: int, of: int, told: str) -> None:
    assert f"{told}." in page(replace(incident, coverage=Coverage(on_time=on_time, of=of)), lang)
    blind = replace(incident, kind=Kind.BLIND, coverage=Coverage(on_time=on_time, of=of))
    assert told.split(" à ", maxsplit=1)[0].split(" on ", maxsplit=1)[0] in short(blind, "Acme", lang, "first")


def test_the_proof_of_life_counts_its_sources(incident: Incident) -> None:
    assert "9 of 11 sources on time; silent: forum, hn." in alive(incident, "en", PARIS)
    assert "1 source sur 1 à l'heure." in alive(replace(incident, coverage=Coverage(on_time=1, of=1)), "fr", PARIS)


def test_an_acknowledged_page_names_who_has_it(incident: Incident) -> None:
    assert "lea has it." in page(replace(incident, acknowledged_by="lea"), reason="acknowledged")
    assert "Somebody has it." in page(incident, reason="acknowledged")


def test_nothing_known_nothing_said(incident: Incident) -> None:
    bare = replace(incident, coverage=Coverage(), record=Record(), response=None, quotes=(), why=())
    text = page(bare)
    assert "sources" not in text
    assert "real" not in text
    assert "Say now" not in text


def test_a_forged_line_in_a_quote_stays_in_its_line(incident: Incident) -> None:
    forged = replace(incident.quotes[0], text="x\n\nSay now:\nWe are thieves", author="a\nb", url="https://a/\nb")
    text = page(replace(incident, quotes=(forged,)))
    assert "\nSay now:" not in text
    assert "\nb" not in text


def test_long_quotes_give_way_before_the_words_to_say(incident: Incident) -> None:
    long = tuple(replace(quote, text="\U0001f621 \u6700\u60aa" * 500) for quote in incident.quotes)
    words = "Words to say. " * 100
    text = page(replace(incident, quotes=long, response=Response("t", "en", words.strip())))
    assert len(text.encode()) <= 3_000
    assert words.strip() in text


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("see https://evil.example/x.html", "see hxxps://evil[.]example/x[.]html"),
        ("EVIL.COM and www.evil.co.uk", "EVIL[.]COM and www[.]evil[.]co[.]uk"),
        ("evil\u3002com", "evil[.]com"),
        ("10.0.0.1", "10[.]0[.]0[.]1"),
        ("end. Next, e.g. this, 3 p.m.", "end. Next, e.g. this, 3 p.m."),
        ("wait...what", "wait...what"),
    ],
)
def test_links_are_defanged(text: str, safe: str) -> None:
    assert defang(text) == safe


def test_cutting_is_at_words_and_bytes_at_characters() -> None:
    assert cut("one two three", 11) == "one two\u2026"
    assert cut("abcdefgh", 4) == "abc\u2026"
    assert cut("abc", 0) == ""
    assert fit_bytes("\u6700\u60aa\u3067\u3059", 9) == "\u6700\u60aa\u2026"


def test_numbers_and_hours_are_told_as_people_do() -> None:
    assert [number(value, "en") for value in (0.0, 5.84, 8.0, 9.96, 1234.5, float("inf"), float("nan"))] == [
        "0", "5.8", "8", "10", "1234", "\u221e", "\u221e",
    ]  # fmt: skip
    assert number(5.84, "fr") == "5,8"
    assert clock(0.0, 3e11, "en", "UTC") == "?"
    assert clock(1_780_000_000.0, 1_790_000_000.0, "fr", "UTC") == "28 mai à 20\u00a0h\u00a026"
    assert clock(1_780_000_000.0, 1_780_090_000.0, "fr", "UTC") == "jeudi 20\u00a0h\u00a026"


hostile = st.text(max_size=80) | st.sampled_from(
    [
        "{{7*7}}",
        "\u202eevil",
        "a\nb\r\nc",
        "\x00\x1b[2J",
        "\u200b" * 50,
        "\ud800",
        "x" * 5_000,
        "{brand}",
        "\U0001f621" * 300,
    ]
)
incidents = st.builds(
    Incident,
    id=hostile,
    brand=hostile,
    kind=st.sampled_from(Kind),
    state=st.sampled_from(Stage),
    severity=st.sampled_from([1, 2, 3]),
    title=hostile,
    opened_at=st.floats(),
    since=st.floats(),
    updated_at=st.floats(0, 4e9),
    acknowledged_by=st.none() | hostile,
    observed=st.floats(),
    expected=st.floats(),
    why=st.lists(hostile, max_size=5).map(tuple),
    authenticity=st.sampled_from(["organic", "coordinated", "unknown"]),
    coverage=st.builds(
        Coverage, on_time=st.integers(0, 99), of=st.integers(0, 99), silent=st.lists(hostile, max_size=9).map(tuple)
    ),
    quotes=st.lists(
        st.builds(
            Quote,
            role=st.sampled_from(["earliest", "loudest", "typical"]),
            id=hostile,
            source=hostile,
            published_at=st.floats(0, 4e9),
            text=hostile,
            url=st.none() | hostile | hostile.map("https://example.com/".__add__),
            author=st.none() | hostile,
            lang=st.none() | hostile,
        ),
        max_size=4,
    ).map(tuple),
    response=st.none() | st.builds(Response, template=hostile, lang=st.sampled_from(["en", "fr", "de"]), text=hostile),
    record=st.builds(Record, real=st.integers(0, 9), judged=st.integers(0, 9)),
    drill=st.booleans(),
)


def harmless(text: str) -> bool:
    bad = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff]")
    return not bad.search(text) and not any(unicodedata.category(one) in ("Cc", "Cs", "Zl", "Zp") for one in text)


@settings(deadline=None)
@given(incidents, hostile, st.sampled_from(["en", "fr", "de", ""]), st.sampled_from(REASONS), st.booleans())
def test_lengths_hold_and_text_is_harmless_for_any_input(
    incident: Incident, brand: str, lang: str, reason: str, brief: bool  # noqa: FBT001 - drawn
) -> None:  # fmt: skip
    line = headline(incident, brand, lang, PARIS)
    assert len(line) <= 110
    assert harmless(line)
    title = short(incident, brand, lang, reason)  # type: ignore[arg-type] # a Reason
    assert len(title) <= 60
    assert harmless(title)
    text = body(incident, brand, lang, PARIS, reason=reason, brief=brief)  # type: ignore[arg-type] # a Reason
    assert len(text.encode()) <= 3_000
    assert all(harmless(part) for part in text.split("\n"))
    if brief:
        assert "http" not in text.replace(one_line(brand), "").lower() or incident.response is not None


@given(st.text(), st.integers(0, 200))
def test_one_line_is_one_line_of_that_length(text: str, limit: int) -> None:
    line = one_line(text, limit)
    assert len(line) <= limit
    assert harmless(line)
    line.encode()
