"""From items to mentions: named, cleaned, scored, in the order they came."""

from __future__ import annotations

from dataclasses import replace

from amends import matching
from amends.model import Item
from amends.pipeline import prepare
from support.core import NOON, make_rules


def item(text: str, **fields: object) -> Item:
    return Item(**({"source": "forum", "id": text[:20], "text": text, "published_at": NOON, "seen_at": NOON} | fields))  # type: ignore[arg-type]


def test_only_items_that_name_the_brand_become_mentions() -> None:
    mentions = prepare([item("Acme is awful and broken"), item("nothing here"), item("I love @acme")], make_rules())

    assert [one.id for one in mentions] == ["Acme is awful and b"[:20] + "r", "I love @acme"]
    assert mentions[0].tone.label == "negative"
    assert mentions[0].brand == "acme"


def test_html_is_read_as_text_and_the_title_counts_too() -> None:
    (one,) = prepare([item("<p>awful &amp; late</p><script>x</script>", title="Acme again", html=True)], make_rules())

    assert one.text == "awful & late"
    assert one.title == "Acme again"


def test_the_brands_own_voice_need_not_name_it() -> None:
    (one,) = prepare([item("We are sorry.", source="newsroom")], make_rules())

    assert one.own
    assert one.watch is None


def test_a_giver_who_names_the_brand_is_believed() -> None:
    (one,) = prepare([item("the kettle broke", brand="Acme")], make_rules())

    assert one.brand == "acme"


def test_a_source_bound_to_other_brands_brings_nothing() -> None:
    rules = replace(make_rules(), source_brands={"forum": frozenset()})

    assert prepare([item("Acme!")], rules) == []


def test_a_deletion_reaches_every_brand_that_its_source_serves() -> None:
    (one,) = prepare([item("", op="delete")], make_rules())

    assert (one.op, one.brand, one.tone.label) == ("delete", "acme", "unscored")


def test_a_watched_term_is_noted() -> None:
    rules = make_rules(watch=matching.Watch(terms=("recall",)))

    (one,) = prepare([item("Acme announces a recall")], rules)

    assert one.watch == "recall"
