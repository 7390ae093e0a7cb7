"""What names a brand and what does not, case by case."""

from __future__ import annotations

import pytest

from amends.matching import Matcher, Terms

ACME = Terms(
    "Acme",
    aliases=("Acme Corp",),
    handles=("acme", "@acme_help", "AcmeCare", "acme.example.social"),
    hashtags=("acme", "#acmelife"),
    exclude=("acme thunder", "@acmefan", "wile e coyote"),
)

# (terms, text, named)
CASES = [
    (ACME, "Acme lost my parcel", True),
    (ACME, "acme lost my parcel", True),
    (ACME, "ACME!!!", True),
    (ACME, "I hate Acme.", True),
    (ACME, "Acme's parcels are late", True),
    (ACME, "Acme\u2019s parcels are late", True),
    (ACME, "(Acme)", True),
    (ACME, "acme-made", True),
    (ACME, "acme.com is down", True),
    (ACME, "Acme\u2122 parcels", True),
    (ACME, "Acme\u00ae parcels", True),
    (ACME, "acmeology is a word", False),
    (ACME, "placement", False),
    (ACME, "macmerry", False),
    (ACME, "acme_fan wrote", False),
    (ACME, "acme2 is something else", False),
    (ACME, "", False),
    (ACME, "@acme where is my parcel", True),
    (ACME, "hey @ACME: answer", True),
    (ACME, "@acme_help please", True),
    (ACME, "acme_help never answers", True),
    (ACME, "AcmeCare never answers", True),
    (ACME, "@acme.example.social is silent", True),
    (ACME, "@acme_other is someone else", False),
    (ACME, "#acme", True),
    (ACME, "#ACME", True),
    (ACME, "#AcmeFail", True),
    (ACME, "#BoycottAcme", True),
    (ACME, "#Boycott_Acme", True),
    (ACME, "#ACMEFail", True),
    (ACME, "#Acme2026", True),
    (ACME, "#acmefail", False),
    (ACME, "#acmelife is good", True),
    (ACME, "acmelife is good", False),
    (ACME, "\uff21\uff23\uff2d\uff25 is late", True),
    (ACME, "\U0001d400\U0001d41c\U0001d426\U0001d41e is late", True),
    (ACME, "\u0410cme is late", True),  # a Cyrillic A before Latin letters
    (ACME, "Ac\u200bme is late", True),
    (ACME, "A\u0301cme\u0301 is late", True),
    (ACME, "Acme\u306f\u6700\u60aa", True),
    (ACME, "\uc544\uc774acme\ub294", True),
    (ACME, "Acme Thunder plays tonight", False),
    (ACME, "Acme, thunder and rain", True),
    (ACME, "#AcmeThunder tonight", False),
    (ACME, "Acme, says @acmefan", False),
    (ACME, "Wile E. Coyote buys from Acme", True),  # a point between the words: another phrase
    (ACME, "Wile E Coyote buys from Acme", False),
    (ACME, "look at https://example.com/?q=acme", False),
    (ACME, "look at https://example.com/acme/recall", True),
    (ACME, "look at https://acme.example/x?y=1#z", True),
    (Terms("Crème Brûlée"), "creme brulee again", True),
    (Terms("Creme Brulee"), "CRÈME BRÛLÉE", True),
    (Terms("Ma\u0308rkte"), "m\u00e4rkte", True),
    (Terms("M\u00e6rsk"), "maersk is late", True),
    (Terms("Stra\u00dfe"), "STRASSE", True),
    (Terms("\u0130stanbul"), "istanbul", True),
    (Terms("Coca-Cola"), "coca cola", True),
    (Terms("Coca Cola"), "Coca-Cola", True),
    (Terms("Coca-Cola"), "#cocacola", True),
    (Terms("Coca-Cola"), "@CocaCola", True),
    (Terms("Coca-Cola"), "coca. Cola", False),
    (Terms("US Airways", handles=("usairways",)), "usairways lost it", True),
    (Terms("United Airlines", handles=("united",)), "the United Kingdom", False),
    (Terms("United Airlines", handles=("united",)), "@united never again", True),
    (Terms("McDonald's"), "mcdonalds", True),
    (Terms("McDonald's"), "McDonald\u2019s", True),
    (Terms("L'Or\u00e9al"), "j'aime l\u2019oreal", True),
    (Terms("Dr. Oetker"), "dr oetker", True),
    (Terms("Yahoo!"), "yahoo mail", True),
    (Terms("H&M"), "H&amp;M is closed", True),
    (Terms("H&M"), "H & M", True),
    (Terms("AT&T"), "att", False),
    (Terms("Disney+"), "Disney+ is down", True),
    (Terms("Disney+"), "Disney is fine", False),
    (Terms("Booking.com"), "booking.com cancelled", True),
    (Terms("Booking.com"), "I was booking a trip", False),
    (Terms("3M"), "#3M", True),
    (Terms("\u30bd\u30cb\u30fc"), "\u65b0\u3057\u3044\u30bd\u30cb\u30fc\u306e\u96fb\u8a71", True),
    (Terms("\u30bd\u30cb\u30fc"), "\u30bd\u30cb", False),
    (Terms("\u534e\u4e3a"), "\u6211\u7684\u534e\u4e3a\u624b\u673a\u574f\u4e86", True),
    (Terms("\u5c0f"), "\u5c0f\u7c73", True),
    (Terms("\u30bd\u30cb\u30fc Music"), "\u30bd\u30cb\u30fcMusic \u6700\u9ad8", True),
    (Terms("\u30bd\u30cb\u30fc Music"), "\u30bd\u30cb\u30fcMusical", False),
    (Terms("\uc0bc\uc131"), "\uc0bc\uc131\uc740 \ub290\ub9ac\ub2e4", True),
    (Terms("Acme", hashtags=("\u6700\u60aa",)), "#\u6700\u60aa\u3060", True),
    (Terms("Acme", hashtags=("\u6700\u60aa",)), "\u6700\u60aa\u3060", False),
    (Terms("\u0939\u093f\u0928"), "\u0939\u093f\u0928\u094d\u0926\u0940", False),
    (Terms("\u0413\u0430\u0437"), "\u0413\u0410\u0417 \u043f\u043b\u043e\u0445\u043e", True),
    (Terms("\u0413\u0430\u0437"), "\u0433\u0430\u0437\u0435\u0442\u0430", False),
    (Terms("Target", context=("store", "shop assistant")), "Target is closed", False),
    (Terms("Target", context=("store", "shop assistant")), "The Target store is closed", True),
    (Terms("Target", context=("store", "shop assistant")), "Target: rude shop-assistant", True),
    (Terms("Target", context=("store",)), "Target: the restored one", False),
    (Terms("Target", exclude=("target audience",), context=("store",)), "target audience of the store", False),
]  # fmt: skip


@pytest.mark.parametrize(("terms", "text", "named"), CASES)
def test_a_text_names_a_brand_or_does_not(terms: Terms, text: str, named: bool) -> None:  # noqa: FBT001 - a table
    matcher = Matcher({"brand": terms})
    assert matcher.brands(text) == (("brand",) if named else ())
    if named:
        assert matcher.wanted(text)


def test_the_table_has_at_least_forty_cases() -> None:
    assert len(CASES) >= 40
