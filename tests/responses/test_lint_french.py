"""The French half of the lint: who did what, told how, in which tense."""

from __future__ import annotations

import re
import time
from dataclasses import fields

import pytest

from amends.responses.lint import english, english_vices, french, french_vices, lint
from support.lint import rules

OWNED = "Nous vous avons facturés deux fois. C\u2019est notre faute, et nous en sommes désolés. "


@pytest.mark.parametrize("table", [english.PARTS, english_vices.VICES, french.PARTS, french_vices.VICES], ids=range(4))
def test_no_pattern_keeps_a_name_that_nothing_stands_for(table: object) -> None:
    for field in fields(table):  # type: ignore[arg-type]  # each is a dataclass
        patterns = getattr(table, field.name)
        for one in patterns if isinstance(patterns, tuple) else ():
            assert not re.search(r"<[A-Z]+\d?>", one.regex.pattern), (field.name, one.regex.pattern[:80])


@pytest.mark.parametrize(
    "cause",
    [
        "Nous avions fusionné deux listes la veille.",
        "Un fichier d\u2019essai était resté branché sur la vraie base.",
        "Le badge de l\u2019ancien gardien ouvrait toujours la porte.",
        "Ce jour-là, un seul agent tenait trois quais.",
        "Nous avons écouté nos comptables plutôt que nos mécaniciens.",
        "Nous changeons de carte chaque semaine sans refaire la fiche.",
        "Par habitude, nous prenons le premier bac venu.",
        "Le publipostage s\u2019est décalé d\u2019une ligne.",
        "Trois heures de queue, deux cuisiniers : nous avons cessé de lire les bons.",
    ],
)
def test_a_cause_is_told_as_a_story(cause: str) -> None:
    assert lint(OWNED + cause).parts["explanation"]


@pytest.mark.parametrize(
    "no_cause",
    [
        "Vous aviez économisé pour ce voyage.",
        "Beaucoup d\u2019entre vous attendaient leur loyer.",
        "Nous vous avions promis mieux.",
        "Nous tenions à vous le dire.",
        "Personne ne devrait payer deux fois.",
        "L\u2019erreur vient de chez nous.",
        "Deux personnes relisent désormais chaque facture.",
    ],
)
def test_what_was_suffered_promised_or_changed_is_no_cause(no_cause: str) -> None:
    assert not lint(OWNED + no_cause).parts["explanation"]


def test_who_still_looks_or_owns_nothing_explains_nothing() -> None:
    looking = "Le câble avait gelé, mais nous cherchons encore pourquoi. Prochain point à 15 h."
    refuting = "La rumeur est fausse, parce que notre usine n\u2019existe plus depuis 2001."
    assert [lint(text).kind for text in (looking, refuting)] == ["holding", "other"]
    assert not any(lint(text).parts["explanation"] for text in (looking, refuting))


def test_a_deed_with_a_clitic_is_owned() -> None:
    assert lint("Léa, nous t\u2019avons refusé l\u2019entrée. Pardon.").parts["responsibility"]


def test_an_organisation_named_by_its_kind_owns_its_fault_and_a_trade_is_a_culprit() -> None:
    assert lint("L\u2019orchestre en porte la responsabilité. Pardon.").parts["responsibility"]
    assert "scapegoat" in rules("Nous sommes désolés. Notre embouteilleur en porte la faute.")


def test_a_noun_in_rons_is_no_future() -> None:
    assert not lint("Nous avons laissé partir des biberons mal vissés. Pardon, c\u2019est notre faute.").parts[
        "repentance"
    ]


def test_a_change_counts_in_its_own_clause() -> None:
    text = OWNED + "Nous lançons une revue de gouvernance, et dès mars chaque prix affichera la taxe."
    assert lint(text).parts["repentance"]
    assert not lint(OWNED + "Les familles seront relogées dès mars.").parts["repentance"]


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("Toutes nos excuses s\u2019ils se sont sentis trompés.", "conditional"),
        ("Si elle a heurté, nous vous entendons. C\u2019est notre faute.", "conditional"),
        ("Le refus a été prononcé à tort. C\u2019est notre faute, pardon.", "passive-blame"),
        ("Une coquille s\u2019est invitée dans le nom. C\u2019est notre faute, pardon.", "passive-blame"),
        ("Pardon, c\u2019est notre faute. Notre fournisseur a menti sur la date.", "scapegoat"),
        ("Pardon, c\u2019est notre faute. On nous traîne dans la boue.", "self-pity"),
        ("Pardon, mais nous n\u2019avons fait qu\u2019appliquer le règlement.", "denial"),
    ],
)
def test_a_vice_is_found_in_other_words(text: str, rule: str) -> None:
    assert rule in rules(text)


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("C\u2019est notre faute. Désolés : vous auriez pu être blessés.", "conditional"),
        ("C\u2019est notre faute, pardon. Le contrat trompeur a été retiré.", "passive-blame"),
        ("C\u2019est notre faute, pardon. Une infirmière a donné l\u2019alerte.", "scapegoat"),
        ("C\u2019est notre faute, pardon. Une poignée de main ne suffira pas.", "minimising"),
        ("C\u2019est notre faute, pardon. Nous sommes bouleversés par la mort de Paul.", "self-pity"),
    ],
)
def test_what_only_looks_like_one_is_left_alone(text: str, rule: str) -> None:
    assert rule not in rules(text)


@pytest.mark.parametrize("unit", ["l'", "le ", "une erreur de la ", "si désolés ", "é "])
def test_hostile_french_is_read_in_bounded_time(unit: str) -> None:
    started = time.process_time()
    lint("Nous sommes désolés. " + unit * 5_000)
    assert time.process_time() - started < 5.0


def test_a_false_rumour_about_ours_is_no_fault_of_ours() -> None:
    report = lint("La rumeur de notre vente est fausse. Nous restons à Nantes.")
    assert (report.kind, report.parts["responsibility"]) == ("other", False)


def test_another_round_or_a_seat_mends() -> None:
    assert lint("La ville s'excuse. Une seconde livraison aura lieu lundi.").parts["repair"]
    assert lint("C'est notre faute, pardon. Tous ont reçu des places à bord.").parts["repair"]
