from __future__ import annotations

from datetime import date

import pytest

from amends.model import InputError
from amends.responses import parse, render

GOOD = """---
language: en
crisis: outage
stage: holding
strategy: inform
length: 280
channels: [x, mastodon]
approved_by: Sam
approved_on: 2026-11-01
review_by: 2027-11-01
---

{{ brand }} is down. More within the hour.
"""


def test_a_template_file_is_read_whole() -> None:
    template = parse("en/outage-holding-short.md", GOOD)
    assert template.id == "outage-holding-short"
    assert (template.lang, template.crisis, template.stage, template.strategy) == ("en", "outage", "holding", "inform")
    assert template.channels == ("x", "mastodon")
    assert template.length == 280
    assert template.approved_by == "Sam"
    assert template.approved_on == date(2026, 11, 1)
    assert template.text == "{{ brand }} is down. More within the hour."
    assert template.approved
    assert not template.stale(date(2027, 11, 1))
    assert template.stale(date(2027, 11, 2))


def test_most_keys_may_be_left_out() -> None:
    template = parse("x.md", "---\nlanguage: fr\ncrisis: rumour\nstage: full\n---\nFaux.\n")
    assert template.length is None
    assert template.channels == ()
    assert not template.approved
    assert not template.stale(date(2999, 1, 1))


@pytest.mark.parametrize(
    ("source", "error"),
    [
        ("", "t.md:1: a template begins with front matter"),
        ("Hello", "t.md:1: a template begins with front matter, found 'Hello'"),
        ("---\nlanguage: en\n", "t.md:2: the front matter has no end"),
        ("---\nlanguage: en\n---\n\n", "t.md:4: the template has no text"),
        ("---\nlanguage: [en\n---\nx", "t.md:2: the front matter is no YAML"),
        ("---\nlanguage: en\n bad: x\n---\nx", "t.md:3: the front matter is no YAML"),
        ("---\na: \x00\n---\nx", "t.md:2: the front matter is no YAML"),
        ("---\n- a\n---\nx", "t.md:2: the front matter is no list of keys"),
        ("---\n---\nx", "t.md:2: the front matter is no list of keys"),
        (GOOD.replace("crisis: outage\n", ""), "t.md:1: crisis is missing"),
        (GOOD.replace("crisis: outage", "crisis: flood"), "t.md:3: crisis: expected one of unknown"),
        (GOOD.replace("stage: holding", "stage: later"), "t.md:4: stage: expected one of holding, full"),
        (GOOD.replace("language: en", "language: English"), "t.md:2: language: expected a language code"),
        (GOOD.replace("language: en", "language: 7"), "t.md:2: language: expected text, found 7"),
        (GOOD.replace("length: 280", "length: big"), "t.md:6: length: expected a number"),
        (GOOD.replace("length: 280", "length: true"), "t.md:6: length: expected a number"),
        (GOOD.replace("length: 280", "length: 10"), "t.md:13: the text has 38 characters where length allows 10"),
        (GOOD.replace("[x, mastodon]", "x"), "t.md:7: channels: expected a list"),
        (GOOD.replace("2026-11-01", "yesterday"), "t.md:9: approved_on: expected a day"),
        (GOOD.replace("strategy", "strategie"), "t.md:5: strategie: unknown key"),
        (GOOD.replace("{{ brand }}", "{{ brand"), "t.md:13:"),
        (GOOD.replace("{{ brand }}", "{{ brnd }}"), "t.md:13: unknown field 'brnd'"),
        (GOOD.replace("{{ brand }}", "{% set x = nope %}{{ x }}"), "t.md:13: unknown field 'nope'"),
        (GOOD.replace("{{ brand }}", "{{ ''.__class__.__mro__ }}"), "t.md:13: template 't' (en) cannot be filled in"),
        (GOOD.replace("{{ brand }}", "{{ brand / 2 }}"), "t.md:13: template 't' (en) cannot be filled in"),
        ("x" * 100_001, "t.md:1: a template has at most 100000 characters"),
    ],
)
def test_what_is_wrong_is_named_with_file_and_line(source: str, error: str) -> None:
    with pytest.raises(InputError) as caught:
        parse("t.md", source)
    assert str(caught.value).startswith(error)


@pytest.mark.parametrize(
    ("lang", "brand", "text"),
    [
        ("fr", "Acme", "au sujet d'Acme, qu'Acme"),
        ("fr", "Éclair", "au sujet d'Éclair, qu'Éclair"),
        ("fr", "Borée", "au sujet de Borée, que Borée"),
        ("fr", "Hôtel", "au sujet de Hôtel, que Hôtel"),
        ("fr", "", "au sujet de [marque], que [marque]"),
        ("en", "Acme", "au sujet de Acme, que Acme"),
    ],
)
def test_french_elides_before_a_brand_that_begins_with_a_vowel(lang: str, brand: str, text: str) -> None:
    source = GOOD.replace("language: en", f"language: {lang}").split("---\n")[1]
    template = parse("t.md", f"---\n{source}---\nau sujet de {{{{ brand }}}}, que {{{{brand}}}}")
    assert render(template, {"brand": brand}) == text
