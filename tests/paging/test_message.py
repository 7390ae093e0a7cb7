"""Messages: made harmless, cut to size, linked."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amends.escalation import LinkAltered, verify
from amends.model import DAY
from amends.paging import Links, compose
from amends.paging.message import bare, fit, one_line, plain, utf8
from support.outbox import LINKS, page

NOW = 1_767_571_200.0
FAMILY = "👩‍👩‍👧‍👦"


def test_a_text_that_fits_is_left_alone() -> None:
    assert fit("é" * 10, 20) == "é" * 10


def test_a_text_is_cut_at_its_end_by_bytes_with_an_ellipsis() -> None:
    assert fit("é" * 10, 19) == "é" * 8 + "…"
    assert utf8(fit("é" * 10, 19)) == 19


@pytest.mark.parametrize(
    "whole", [FAMILY, "🇫🇷", "👍🏽", "e\u0301", "❤️"], ids=["family", "flag", "skin", "accent", "variation"]
)
def test_nothing_is_cut_within_a_character(whole: str) -> None:
    for limit in range(80):
        cut = fit(whole * 6, limit)
        assert cut.removesuffix("…") in {whole * count for count in range(7)} or whole == "e\u0301"
        assert utf8(cut) <= limit
        assert not cut or unicodedata.category(cut[0]) != "Mn"


@given(st.text(), st.integers(0, 300))
def test_whatever_is_cut_fits_and_is_a_head(text: str, limit: int) -> None:
    cut = fit(text, limit)
    assert utf8(cut) <= limit or cut == ""
    assert text.startswith((cut, cut.removesuffix("…")))


@given(st.text(), st.integers(1, 200))
def test_one_line_is_one_line_without_anything_unseen(text: str, limit: int) -> None:
    line = one_line(text, limit)
    assert len(line) <= limit
    assert len(line.splitlines()) <= 1
    assert not [
        c for c in line if unicodedata.category(c) in {"Cc", "Cs"} or c in "\u202a\u202e\u2066\u2069\u2028\u2029"
    ]


@given(st.text())
def test_plain_text_keeps_its_lines_and_loses_what_is_unseen(text: str) -> None:
    cleaned = plain(text)
    assert not [
        c for c in cleaned if (unicodedata.category(c) in {"Cc", "Cs"} and c not in "\n\t") or c in "\u202e\u2028"
    ]
    assert plain(cleaned) == cleaned


def test_paragraphs_stay_and_other_breaks_become_plain_ones() -> None:
    assert plain("a\r\nb\u2028c\n\n\n\nd\x00e") == "a\nb\nc\n\nde"


def test_a_page_is_linked_for_its_person_and_a_notice_is_not() -> None:
    message = compose([page(now=NOW)], LINKS, language="fr", now=NOW + 5)
    assert message.url == "https://amends.example/incidents/inc_acme"
    assert message.acknowledge_url == f"https://amends.example/a/{message.tokens[0]}"
    signed = verify(b"k" * 32, message.tokens[0], NOW + 6 * DAY)
    assert (signed.incident, signed.person) == ("inc_acme", "sam")
    notice = compose([page(now=NOW, kind="notice")], LINKS, language="fr", now=NOW)
    assert (notice.acknowledge_url, notice.tokens) == (None, ())


def test_the_link_is_the_same_at_each_attempt() -> None:
    one, two = (compose([page(now=NOW)], LINKS, language="en", now=at) for at in (NOW, NOW + 900))
    assert one.acknowledge_url == two.acknowledge_url


def test_a_message_of_several_brands_names_and_links_each() -> None:
    pages = [page(now=NOW, brand=brand, text=f"{brand} is blind", severity=3) for brand in ("acme", "beta", "gamma")]
    message = compose(pages, LINKS, language="en", now=NOW)
    assert message.title.startswith("3: ")
    for one in pages:
        assert f"{one.brand} is blind\nhttps://amends.example/incidents/inc_{one.brand}" in message.text
    assert len(message.tokens) == 3
    assert message.key == pages[0].id


def test_the_bare_page_has_no_word_of_others_in_it() -> None:
    lead = page(now=NOW, title="<hostile>", text="<hostile>")
    least = bare([lead], "UnicodeError", url="u", link="l", now=NOW)
    assert "<hostile>" not in repr(least)
    assert "acme: severity 2" in least.text
    assert "UnicodeError" in least.text
    assert least.key == lead.id


@pytest.mark.parametrize(
    ("base", "reachable"),
    [
        ("http://127.0.0.1:8484", False),
        ("http://localhost:8484", False),
        ("http://[::1]:8484", False),
        ("https://amends.example", True),
        ("http://192.168.1.5:8484/", True),
    ],
)
def test_a_phone_reaches_all_but_our_own_loopback(base: str, *, reachable: bool) -> None:
    assert Links(b"k", base).reachable is reachable


def test_links_stand_under_a_base_with_a_path_and_ids_are_escaped() -> None:
    assert Links(b"k", "https://h/amends/").incident("a/b?c") == "https://h/amends/incidents/a%2Fb%3Fc"
    assert "k" * 32 not in repr(LINKS)


def test_a_key_that_takes_over_ends_nobodys_link_until_the_old_one_is_taken_out() -> None:
    one = page(now=1_767_571_200.0)
    before = Links(b"k" * 32, "https://h")
    after = Links(b"n" * 32, "https://h", (b"k" * 32,))
    assert after.read(before.token(one), 1_767_571_201.0).person == "sam"
    assert before.token(one) != after.token(one)
    with pytest.raises(LinkAltered):
        Links(b"n" * 32, "https://h").read(before.token(one), 1_767_571_201.0)
    with pytest.raises(LinkAltered):
        before.read(after.token(one), 1_767_571_201.0)
    assert "kkkk" not in repr(after)
