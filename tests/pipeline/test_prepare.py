"""From items to mentions: named, cleaned, scored, in the order they came."""

from __future__ import annotations

from dataclasses import replace

from amends import matching, sentiment
from amends.model import Item
from amends.pipeline import prepare
from support.core import NOON, make_rules


def item(text: str, **fields: object) -> Item:
    return Item(**({"source": "forum", "id": text[:20], "text": text, "published_at": NOON, "seen_at": NOON} | fields))  # type: ignore[arg-type]  # fields of one


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


def test_a_brands_fit_moves_labels_and_never_what_the_detector_adds_up() -> None:
    who, what = ("My", "The new", "Their", "Our old", "Every"), ("kettle", "lamp", "shop", "app", "line", "bus", "card")
    how = ("is slow", "was late", "is ok", "opens today", "needs help", "again?", "is loud", "costs more", "left early")
    texts = [f"{one} Acme {two} {three}" for one in who for two in what for three in how]
    rules = make_rules()
    plain = prepare([item(text, id=text) for text in texts], rules)
    prior = sentiment.Prior(2_000, 0.4, 0.9, 2.0)
    for log_odds, more in ((0.0, 0), (0.5, 1), (-0.5, -1)):
        fit = sentiment.Fit(prior, sentiment.People(20, 0, 0, log_odds))
        leaned = prepare([item(text, id=text) for text in texts], replace(rules, fits={"acme": fit}))
        assert [one.tone.p_negative for one in leaned] == [one.tone.p_negative for one in plain]
        labels = [sum(one.tone.label == "negative" for one in some) for some in (plain, leaned)]
        assert (labels[1] - labels[0]) * more > 0 if more else labels[0] == labels[1]


def test_a_brands_own_words_and_anger_reach_its_mentions() -> None:
    rules = make_rules()
    own = replace(rules, brands={"acme": replace(rules.brands["acme"], lexicon=(("bumped", -3.0),))})
    (plain,), (one,) = (prepare([item("Acme bumped us, furious!!!")], some) for some in (rules, own))

    assert (one.tone.p_negative or 0) > (plain.tone.p_negative or 1)
    assert one.tone.arousal > 0.4


def test_new_posts_of_the_brands_own_are_read_by_the_lint_here_and_nobody_elses() -> None:
    sorry = (
        "We are sorry. Our update was faulty, and that was our mistake. We have taken it back and test each one twice."
    )

    def read(**fields: object) -> object:
        (one,) = prepare([item(fields.pop("text", sorry), source="newsroom", **fields)], make_rules())  # type: ignore[arg-type]  # fields of an Item
        return one.speech

    assert (read(), read(text="Our winter sale begins"), read(op="update")) == ("apology", "other", "apology")
    assert (read(history=True), read(op="delete")) == (None, None)
    (stranger,) = prepare([item(f"Acme: {sorry}")], make_rules())
    assert stranger.speech is None
