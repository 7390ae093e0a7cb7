"""The identifier tells eight languages apart, hears hints in their order, and refuses what it does not know."""
# ruff: noqa: RUF001 - sentences in many scripts

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from amends.sentiment.language import Identifier
from amends.sentiment.router import shipped
from amends.sentiment.text import Text, language_code

if TYPE_CHECKING:
    from collections.abc import Callable

SENTENCES = Path(__file__).resolve().parents[2] / "training" / "sentences"
KNOWN = {
    "en": "Two hours late and nobody tells us anything, what a joke",
    "fr": "Deux heures de retard et personne ne nous dit rien, quelle honte",
    "de": "Zwei Stunden Verspätung und niemand sagt uns etwas, eine Frechheit",
    "es": "Dos horas de retraso y nadie nos dice nada, qué vergüenza",
    "it": "Due ore di ritardo e nessuno ci dice niente, che vergogna",
    "pt": "Duas horas de atraso e ninguém nos diz nada, que vergonha",
    "ar": "ساعتان من التأخير ولا أحد يخبرنا بأي شيء",
    "hi": "Do ghante late hai aur koi kuch nahi bata raha, kya bakwas hai yaar",
}
REFUSED = [
    "Mijn trein is vandaag alweer vertraagd en niemand zegt iets",
    "Tåget är försenat igen, vad håller ni på med?",
    "Pelayanan hotel ini bagus sekali, saya suka",
    "Grabe ang tagal ng delivery niyo, tatlong oras na",
    "Huduma yenu ni mbaya sana, nimengoja siku tatu",
    "Dlaczego ta aplikacja nie działa od rana?",
    "Kereta saya terlambat lagi hari ini, kenapa sih",
    "Bu nasıl bir hizmet, neden hiç kimse yok",
    "今日も電車が遅れている",
    "这家公司太差了",
    "이 회사 정말 싫다",
    "Почему поезд опять опоздал?",
    "Το τρένο άργησε πάλι",
    "הרכבת מאחרת שוב",
    "چرا قطار دوباره دیر کرد؟ خیلی بد است",
    "ये कंपनी बहुत खराब है",
]


@pytest.fixture(scope="module")
def identifier() -> Identifier:
    return Identifier(shipped("language"))


@pytest.mark.parametrize(("lang", "text"), KNOWN.items())
def test_a_sentence_is_known_by_itself(identifier: Identifier, lang: str, text: str) -> None:
    (found,) = identifier.identify([Text(text, expected=())])
    assert (found.lang, found.scorable) == (lang, True)


@pytest.mark.parametrize("text", REFUSED)
def test_a_language_that_nobody_learned_is_refused_and_not_guessed(identifier: Identifier, text: str) -> None:
    (found,) = identifier.identify([Text(text)])
    assert not found.scorable
    assert found.lang not in {"en", "fr", "de", "es", "it", "pt", "ar"}


@pytest.mark.parametrize(
    ("text", "lang"), [("今日も電車が", "ja"), ("이 회사", "ko"), ("Το τρένο", "el"), ("הרכבת", "he"), ("รถไฟช้า", "th")]
)
def test_a_script_of_one_language_names_it(identifier: Identifier, text: str, lang: str) -> None:
    assert identifier.identify([Text(text)])[0].lang == lang


def test_a_hint_decides_what_a_text_leaves_open_and_loses_against_clear_words(identifier: Identifier) -> None:
    hints = [Text("Barcelona 3-0", lang="es"), Text("Barcelona 3-0", lang="it"), Text(KNOWN["de"] * 2, lang="en")]
    assert [found.lang for found in identifier.identify(hints)] == ["es", "it", "de"]


def test_what_is_trusted_is_believed_whatever_the_words(identifier: Identifier) -> None:
    texts = [Text(KNOWN["de"], lang=lang, trusted=True) for lang in ("fr", "pt-BR", "nl", "FRA", "klingon")]
    found = identifier.identify(texts)
    assert [(one.lang, one.scorable) for one in found] == [
        ("fr", True),
        ("pt", True),
        ("nl", False),
        ("fr", True),
        (None, False),
    ]
    assert identifier.identify([Text(KNOWN["de"], lang="und", trusted=True)])[0].lang == "de"


def test_a_foreign_hint_lets_a_text_be_refused_under_its_name(identifier: Identifier) -> None:
    (found,) = identifier.identify([Text("Mijn trein is alweer vertraagd", lang="nl")])
    assert (found.lang, found.scorable) == ("nl", False)
    (found,) = identifier.identify([Text("Почему поезд опять опоздал?", lang="ru")])
    assert (found.lang, found.scorable) == ("ru", False)


@pytest.mark.parametrize(
    "text", ["", " ", "😡😡", "http://a.example/b", "@united #fail", "!!!", "12:30", "\u202e", "\x00"]
)
def test_a_text_without_words_is_in_no_language_but_its_sources(identifier: Identifier, text: str) -> None:
    nobodys, french = identifier.identify(
        [Text(text, expected=("nl", "fr", "en")), Text(text, lang="fr", expected=("en",))]
    )
    assert (nobodys.lang, nobodys.wordless) == (None, True)
    assert (french.lang, french.wordless) == ("fr", True)


@pytest.mark.parametrize(
    ("tag", "code"),
    [
        ("en", "en"),
        ("EN-us", "en"),
        ("pt_BR", "pt"),
        ("fra", "fr"),
        ("und", None),
        ("", None),
        (None, None),
        ("Deutsch", None),
    ],
)
def test_a_language_tag_is_read_by_its_first_part(tag: str | None, code: str | None) -> None:
    assert language_code(tag) == code


def test_eight_languages_of_real_posts_are_told_apart(
    identifier: Identifier, shared: Callable[[str], list[dict[str, Any]]]
) -> None:
    rows = shared("sentiment/multilingual-val.jsonl")
    found = identifier.identify([Text(row["text"]) for row in rows])
    right = [(row["lang"], one.lang == row["lang"]) for one, row in zip(found, rows, strict=True)]
    assert sum(known for _, known in right) / len(right) >= 0.95
    seven = [known for lang, known in right if lang != "hi"]  # half of the posts marked as Hindi are English
    assert sum(seven) / len(seven) >= 0.98


def test_a_post_that_mixes_english_and_hindi_is_not_refused_for_it(identifier: Identifier) -> None:
    texts = ["yaar the service is bakwas", "customer care ne refund nahi diya", "Modi ji please look into it"]
    assert all(found.scorable for found in identifier.identify([Text(text, expected=()) for text in texts]))


def test_three_words_that_may_be_english_or_hindi_are_in_the_brands_language(identifier: Identifier) -> None:
    english, indian = identifier.identify([Text("I hate it"), Text("I hate it", expected=("hi",))])
    assert (english.lang, indian.lang) == ("en", "hi")


def test_what_people_write_to_companies_in_english_is_not_taken_for_hindi(
    identifier: Identifier, shared: Callable[[str], list[dict[str, Any]]]
) -> None:
    rows = shared("mentions/us-airways-2015-02.jsonl")
    found = [one.lang for one in identifier.identify([Text(row["text"]) for row in rows])]
    assert found.count("en") >= 0.97 * len(rows)
    assert found.count("hi") <= 0.03 * len(rows)


def held_out(lang: str) -> list[str]:
    """Return the plain sentences of a language that the identifier did not learn from: every fifth."""
    return (SENTENCES / f"{lang}.txt").read_text(encoding="utf-8").splitlines()[4::5]


@pytest.mark.parametrize("lang", KNOWN)
def test_what_customers_write_is_heard_in_their_language(identifier: Identifier, lang: str) -> None:
    sentences = held_out(lang)
    found = identifier.identify([Text(text) for text in sentences])
    assert sum(one.lang == lang and one.scorable for one in found) >= 0.85 * len(sentences)
    assert sum(one.lang != lang and one.scorable for one in found) <= 0.1 * len(sentences)


def test_plain_sentences_in_other_languages_are_refused(identifier: Identifier) -> None:
    lines = (SENTENCES / "others.tsv").read_text(encoding="utf-8").splitlines()
    found = identifier.identify([Text(line.split("\t")[1]) for line in lines])
    assert sum(not one.scorable for one in found) >= 0.85 * len(lines)


@pytest.mark.parametrize(
    ("lang", "text"),
    [
        ("en", "this is bad 0"),
        ("en", "You burned my hand"),
        ("en", "awful " * 20_000),
        ("fr", "J'attends ma commande depuis trois semaines"),
        ("fr", "Votre application plante sans arrêt"),
        ("fr", "Personne ne répond au téléphone"),
        ("fr", "Mon colis est perdu"),
        ("fr", "Je deteste cette marque"),
        ("es", "Me han robado"),
        ("es", "La tetera se incendió"),
        ("de", "Nie wieder"),
    ],
)
def test_a_few_plain_words_are_enough(identifier: Identifier, lang: str, text: str) -> None:
    (found,) = identifier.identify([Text(text)])
    assert (found.lang, found.scorable) == (lang, True)


@pytest.mark.parametrize(
    "text", ["Arnaque totale", "Boycott immédiat", "Une honte totale", "Service nul", "Rien ne marche"]
)
def test_two_french_words_about_a_brand_that_hears_english_and_french_are_french(
    identifier: Identifier, text: str
) -> None:
    assert identifier.identify([Text(text, expected=("en", "fr"))])[0].lang == "fr"
