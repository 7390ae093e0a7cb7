from __future__ import annotations

from dataclasses import replace
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amends.model import InputError, Kind
from amends.responses import CRISES, FIELDS, Library, Template, builtin, holding, one_line, parse, render
from amends.responses.lint import lint
from support.fillings import FILLED

SORRY = ("sorry", "apolog", "désolé", "excus", "pardon")
HOUR = ("within the hour", "d'ici une heure")


def template(**changes: object) -> Template:
    base = parse("t.md", "---\nlanguage: en\ncrisis: unknown\nstage: holding\n---\n{{ brand }}: {{ topic }}")
    return replace(base, **changes)  # type: ignore[arg-type] # fields of Template


def test_every_crisis_has_both_stages_in_both_languages_for_every_length(library: Library) -> None:
    places = {(one.lang, one.crisis, one.stage, one.length) for one in library.templates}
    lengths = {"holding": (280, 500), "full": (280, 500, None)}  # a holding line needs no more than 500
    assert places == {
        (lang, crisis, stage, length)
        for lang in ("en", "fr")
        for crisis in CRISES
        for stage in lengths
        for length in lengths[stage]
    }
    assert len(library.templates) == 120


@pytest.mark.parametrize("limit", [280, 300, 500, None])
@pytest.mark.parametrize("stage", ["holding", "full"])
@pytest.mark.parametrize("crisis", CRISES)
@pytest.mark.parametrize("lang", ["en", "fr"])
def test_filled_in_every_text_fits_the_network_and_passes_our_own_lint(
    library: Library, lang: str, crisis: str, stage: Literal["holding", "full"], limit: int | None
) -> None:
    one = library.choose(kind=Kind.TONE, lang=lang, fallbacks=(), crisis=crisis, stage=stage, limit=limit)
    text = render(one, FILLED[lang][one.length])
    assert limit is None or len(text) <= limit
    report = lint(text)
    assert (report.verdict, report.lang) == ("pass", lang)
    assert report.findings == ()
    apologises = stage == "full" and crisis not in ("rumour", "coordinated-attack")
    assert report.kind == ("apology" if apologises else "holding" if stage == "holding" else "other")
    if apologises:
        assert report.parts["regret"]
        assert report.parts["responsibility"]


def test_short_texts_fit_every_network_with_a_long_brand(library: Library) -> None:
    for one in library.templates:
        if one.length is not None:
            assert len(render(one, {"brand": "Osterly Breweries and Sons"})) <= one.length, one.id


def test_holding_lines_need_no_facts_say_when_and_admit_nothing(library: Library) -> None:
    for one in library.templates:
        if one.stage == "holding":
            text = render(one, {"brand": "Acme"})
            assert "[" not in text, (one.lang, one.id)
            assert any(hour in text.lower() for hour in HOUR), (one.lang, one.id)
            assert not any(word in text.lower() for word in SORRY), (one.lang, one.id)


def test_a_rumour_is_refuted_and_not_apologised_for(library: Library) -> None:
    for one in library.templates:
        if one.crisis in ("rumour", "coordinated-attack"):
            assert not any(word in one.text.lower() for word in SORRY), (one.lang, one.id)
        if one.crisis == "rumour" and one.stage == "full":
            assert one.strategy == "deny"


def test_full_apologies_name_the_fault_the_cause_the_repair_and_the_change(library: Library) -> None:
    for one in library.templates:
        if one.stage == "full" and one.crisis not in ("rumour", "coordinated-attack") and one.length is None:
            assert any(word in one.text for word in SORRY), (one.lang, one.id)
            for field in ("cause", "change"):
                assert f"{{{{ {field} }}}}" in one.text, (one.lang, one.id, field)
            assert "repair" in one.text


def test_the_crowd_is_answered_in_its_language(library: Library) -> None:
    chosen = library.choose(kind=Kind.TONE, lang="fr-CA", fallbacks=("en",), crisis="outage")
    assert (chosen.lang, chosen.crisis, chosen.length) == ("fr", "outage", 280)


def test_a_language_without_templates_falls_back_visibly(library: Library) -> None:
    assert library.choose(kind=Kind.TONE, lang="de", fallbacks=("fr", "en")).lang == "fr"
    assert library.choose(kind=Kind.TONE, lang="de", fallbacks=()).lang == "en"


def test_any_language_is_better_than_none() -> None:
    assert Library([template(lang="pt")]).choose(kind=Kind.TONE, lang="de", fallbacks=("fr",)).lang == "pt"


def test_a_crisis_without_templates_gets_the_text_that_needs_no_facts(library: Library) -> None:
    assert library.choose(kind=Kind.TONE, lang="en", fallbacks=(), crisis="flood").crisis == "unknown"
    assert library.choose(kind=Kind.DELETED, lang="en", fallbacks=()).crisis == "deleted-post"


def test_the_longest_text_within_the_networks_limit_is_taken() -> None:
    library = Library({str(size): template(length=size) for size in (280, 500, None)})
    assert library.choose(kind=Kind.TONE, lang="en", fallbacks=()).length == 280
    assert library.choose(kind=Kind.TONE, lang="en", fallbacks=(), limit=500).length == 500
    assert library.choose(kind=Kind.TONE, lang="en", fallbacks=(), limit=None).length is None
    assert library.choose(kind=Kind.TONE, lang="en", fallbacks=(), limit=100).length == 280


def test_a_users_file_replaces_the_one_that_comes_with_amends(library: Library) -> None:
    own = template(crisis="outage", length=280, text="Ours")
    assert Library([*library.templates, own]).choose(
        kind=Kind.TONE, lang="en", fallbacks=(), crisis="outage"
    ) == own  # fmt: skip


def test_no_template_at_all_says_what_to_add() -> None:
    with pytest.raises(InputError, match="no holding template for crisis 'unknown'"):
        Library().choose(kind=Kind.TONE, lang="en", fallbacks=())


def held(library: Library, **changes: object) -> str:
    given_: dict[str, object] = {
        "kind": Kind.TONE, "lang": "en", "fallbacks": (), "brand": "Acme", "topic": "refund", "now": 1_780_000_000.0,
        "timezone": "Europe/Paris",
    }  # fmt: skip
    found = holding(library, **(given_ | changes))  # type: ignore[arg-type] # keywords of holding
    return found.text if found else ""


def test_the_holding_line_is_complete_at_minute_nought(library: Library) -> None:
    assert "Acme" in held(library)
    assert "[" not in held(library)


def test_hours_are_filled_in_for_templates_that_name_them() -> None:
    assert held(Library([template(text="{{ time }} {{ until }}")])) == "22:26 23:26"


def test_blindness_asks_for_no_public_word(library: Library) -> None:
    assert held(library, kind=Kind.BLIND) == ""


def test_a_template_that_cannot_be_filled_in_gives_its_reason() -> None:
    assert held(Library([template(text="{{ brand.nope.nope }}")])).startswith("[template 't' (en) cannot be filled in")
    assert held(Library()).startswith("[no holding template")


def test_unknown_fields_are_refused_and_missing_ones_stay_blank() -> None:
    assert render(template(), {"brand": "Acme"}) == "Acme: [subject]"
    assert render(template(lang="fr"), {"topic": ""}) == "[marque]: [sujet]"
    with pytest.raises(InputError, match="cannot be filled in"):
        render(template(text="{{ nope }}"), {})


@pytest.mark.parametrize(
    "attack",
    [
        "{{ ''.__class__.__mro__[1].__subclasses__() }}",
        "{{ ''|attr('__class__') }}",
        "{{ brand.__init__.__globals__ }}",
        "{{ brand.format.__self__.__class__ }}",
        "{% for x in range(999999999) %}{% endfor %}",
        "{% include 'x' %}",
        "{% import 'x' as y %}",
        "{{ 1 / 0 }}",
    ],
)
def test_the_sandbox_holds_even_against_a_template(attack: str) -> None:
    with pytest.raises(InputError):
        render(template(text=attack), {"brand": "x"})


@given(st.text(max_size=200), st.sampled_from(["{{7*7}}", "{% raw %}", "{{ brand }}", "{# x #}", "{{ config }}"]))
def test_what_strangers_write_is_never_template(text: str, attack: str) -> None:
    out = render(template(), {"brand": f"{text}{attack}", "topic": attack})
    assert out == f"{one_line(text + attack, 500)}: {attack}"
    assert "49" not in out.replace(text, "")


def test_the_library_is_read_from_the_package() -> None:
    files = builtin()
    assert "en/outage-holding-short.md" in files
    assert all(source.startswith("---\n") for source in files.values())


def test_every_field_has_a_blank_in_both_languages() -> None:
    assert all(set(blanks) == {"en", "fr"} for blanks in FIELDS.values())
