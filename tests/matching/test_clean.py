from __future__ import annotations

import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amends.matching import MAX_TEXT, clean, one_line
from amends.matching.fold import fold


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("<p>one</p><p>two</p>", "one two"),
        ("one<br>two", "one two"),
        ("<ul><li>a</li><li>b</li></ul>", "a b"),
        ("<td>a</td>", "a"),
        ("<table><tr><td>a</td><td>b</td></tr></table>", "a b"),
        ('<a href="x">@<span>acme</span></a> hi', "@acme hi"),
        ("<b>Ac</b>me", "Acme"),
        ("a &amp; b &lt;c&gt; &eacute;", "a & b <c> é"),
        ("a &amp; b, no tags", "a & b, no tags"),
        ("x<script>alert(1)</script>y<style>p{}</style>z", "xyz"),
        ("<p><template>t</template>yes", "yes"),
        ("<!-- hidden -->shown", "shown"),
        ("<title>t</title><p>body", "body"),
        ("broken <b>bold <i>text", "broken bold text"),
        ("3 < 4 and 5 > 4", "3 < 4 and 5 > 4"),
        ("", ""),
        ("<p></p>", ""),
        ("\ud800<p>x", "x"),
    ],
)
def test_markup_becomes_what_a_reader_sees(markup: str, text: str) -> None:
    assert clean(markup, html=True) == text


@pytest.mark.parametrize(
    ("raw", "text"),
    [
        ("a\r\n\tb\u2028c\u00a0d", "a b c d"),
        ("a\x00b\x1b[31mc\x7f", "ab[31mc"),
        ("a\u202eb\u2066c\u200ed", "abcd"),
        ("z\u200bw\ufeffs\u00ad", "zws"),
        ("lone\udc80surrogate", "lonesurrogate"),
        ("e\u0301", "é"),
        ("<b>kept</b> &amp;", "<b>kept</b> &amp;"),
        ("\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645", "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645"),
        ("\U0001f468\u200d\U0001f469", "\U0001f468\u200d\U0001f469"),
        ("a" + "\u0301" * 100, "á" + "\u0301" * 5),
    ],
)
def test_plain_text_loses_what_nobody_sees(raw: str, text: str) -> None:
    assert clean(raw, html=False) == text


@given(st.text(), st.booleans())
def test_clean_text_is_one_line_bounded_and_normal(text: str, html: bool) -> None:  # noqa: FBT001 - drawn
    cleaned = clean(text, html=html)
    assert len(cleaned) <= MAX_TEXT
    assert cleaned == unicodedata.normalize("NFC", cleaned)
    assert not any(unicodedata.category(letter) in ("Cc", "Cs", "Zl", "Zp") for letter in cleaned)
    cleaned.encode()
    assert clean(cleaned, html=False) == cleaned


@given(st.text())
def test_folding_twice_changes_nothing_that_matters(text: str) -> None:
    once = fold(text)
    assert fold(once).split() == once.split()


def test_long_text_is_cut() -> None:
    assert len(clean("word " * 100_000, html=False)) <= MAX_TEXT
    assert one_line("abc", 2) == "ab"


NESTED = ["<div>" * 80_000, "<b>" * 130_000, "<table>" * 50_000, "<div><p>" * 50_000, "<" * 400_000, "<a<b>" * 80_000,
          "&amp;" * 80_000, "<p>" * 130_000, ("<div>" * 900 + "</div>" * 900) * 30, "<!--" * 100_000]  # fmt: skip


@pytest.mark.parametrize("markup", NESTED, ids=range(len(NESTED)))
def test_deeply_nested_markup_is_read_in_bounded_time(markup: str) -> None:
    started = time.perf_counter()
    clean(f"{markup}text", html=True)
    assert time.perf_counter() - started < 3.0


def test_text_within_markup_nested_beyond_belief_is_still_read() -> None:
    assert clean("<div>" * 5_000 + "text &amp; more", html=True) == "text & more"
    assert "closed" in clean("<p><b>x</b></p>" * 1_000 + "closed", html=True)
