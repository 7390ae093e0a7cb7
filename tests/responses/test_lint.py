from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amends.model import InputError
from amends.responses import Library, render
from amends.responses.lint import FAILS, PARTS, WARNS, lint
from amends.responses.lint.advice import ADVICE

GOOD = (
    "We charged you twice on Monday. That was our mistake and we are sorry. The night job ran a second time because "
    "nobody had locked it. Every cent is back on your card, and the job now refuses to start twice. Questions? "
    "Reply here."
)


def rules(text: str, network: str | None = None) -> set[str]:
    return {one.rule for one in lint(text, network).findings}


def test_a_good_apology_passes_with_its_parts() -> None:
    report = lint(GOOD)
    assert (report.verdict, report.kind, report.lang) == ("pass", "apology", "en")
    assert [name for name in PARTS if report.parts[name]] == [
        "regret", "explanation", "responsibility", "repentance", "repair",
    ]  # fmt: skip
    assert report.findings == ()


def test_the_report_reads_as_the_object_that_the_command_prints() -> None:
    report = lint("We're sorry if anyone was offended.")
    assert set(report) == {"verdict", "kind", "lang", "parts", "findings"}
    assert len(report) == 5
    assert report["verdict"] == "fail"
    assert dict(report) == report.document()
    assert set(report["parts"]) == set(PARTS)
    assert set(report["findings"][0]) == {"rule", "text", "start", "end", "why", "better"}


def test_a_findings_text_is_the_words_seen() -> None:
    text = "  We\u2019re sorry. \u00ab x \u00bb \U0001f622 Une erreur s\u2019est produite\u00a0! Mistakes were made."
    for one in lint(text).findings:
        assert text[one.start : one.end] == one.text
        assert one.text.strip() == one.text != ""


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("We got it wrong. Sorry if you felt hurt.", "conditional"),
        ("Our mistake. Apologies to anyone who may have been upset.", "conditional"),
        ("Nous avons eu tort. Pardon si cela vous a blessés.", "conditional"),
        ("We are sorry. It's on us. An intern posted it and has been dismissed.", "scapegoat"),
        ("Désolés, c'est notre faute. Notre prestataire est en cause.", "scapegoat"),
        ("Mistakes were made. It's on us, sorry.", "passive-blame"),
        ("Une erreur s'est produite. C'est notre faute, pardon.", "passive-blame"),
        ("Our fault, sorry! Enjoy a free coffee.", "voucher"),
        ("Pardon, c'est notre faute. Un café vous sera offert.", "voucher"),
        ("We own this, sorry. The cause is still unknown, but it won't happen again.", "unconfirmed-promise"),
        ("It was our fault, sorry: a minor glitch.", "minimising"),
        ("We failed and apologise. Stakeholders will see robust frameworks.", "jargon"),
        ("We failed you, sorry. These have been painful days for our staff.", "self-pity"),
        ("We did nothing wrong, but we apologise.", "denial"),
        ("We are sorry.", "no-responsibility"),
        ("We are sorry, it was our fault.", "no-repair"),
        ("We leaked your passwords. Our fault, sorry.", "no-contact"),
    ],
)
def test_each_rule_is_found(text: str, rule: str) -> None:
    assert rule in rules(text)


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("It is our fault and we are sorry. If your parcel is late, ring us.", "conditional"),
        ("Our fault, sorry. They told us to say \u201csorry if anyone was offended\u201d.", "conditional"),
        ("The printer erred, but we chose not to check: blame us. Sorry.", "scapegoat"),
        ("Wrong figures were printed by us. Our fault, sorry.", "passive-blame"),
        ("Our fault, sorry. Your gift cards work again.", "voucher"),
        ("Our fault, sorry. There will be no vouchers.", "voucher"),
        ("The audit is over: no card was stolen. Our fault, sorry.", "unconfirmed-promise"),
        ("We failed 312 guests and are sorry.", "minimising"),
        ("This was no small mistake. It was ours, and we are sorry.", "minimising"),
        ("We failed and apologise. We'll test the replica weekly.", "jargon"),
        ("We are ashamed, and sorry. Our fault.", "self-pity"),
    ],
)
def test_what_only_looks_like_a_vice_is_left_alone(text: str, rule: str) -> None:
    assert rule not in rules(text)


@pytest.mark.parametrize(
    "text",
    [
        "We won't say that it was our fault, but sorry.",
        "\u201cIt was our fault,\u201d somebody wrote. We are sorry.",
        "Sorry. If it was our fault, we will say so.",
        "Nous ne dirons pas que c'est notre faute. Désolés.",
    ],
)
def test_what_is_refused_quoted_or_supposed_is_no_responsibility(text: str) -> None:
    assert not lint(text).parts["responsibility"]


@pytest.mark.parametrize(
    ("text", "kind", "verdict"),
    [
        ("We know that the app is down. You're stuck. We're searching. Next update at 3 pm.", "holding", "pass"),
        ("We are looking into reports of a problem.", "holding", "warn"),
        ("The app is down and that's frustrating. More by 15:00.", "holding", "pass"),
        ("The rumour is false; here's the report.", "other", "pass"),
        ("Sorry to hear your dog is ill.", "other", "pass"),
        ("We open at nine.", "other", "pass"),
        ("La rumeur est fausse, voici le rapport.", "other", "pass"),
        ("Our mistake. We don't know the cause.", "apology", "warn"),
    ],
)  # fmt: skip
def test_kinds_are_told_apart(text: str, kind: str, verdict: str) -> None:
    report = lint(text)
    assert (report.kind, report.verdict) == (kind, verdict)


@pytest.mark.parametrize(
    "before",
    ["\U0001f600 ", "@bob.b ", "- ", "1/2 ", "\U0001f64f\U0001f3fd @bob \U0001f449 ", "#Sorry ", "(", "\u2026"],
)
@pytest.mark.parametrize("said", ["Sorry if you were offended.", "Désolé si vous avez été choqués."])
def test_what_stands_before_the_first_word_hides_no_excuse(before: str, said: str) -> None:
    text = before + said
    (found,) = (one for one in lint(text).findings if one.rule == "conditional")
    assert text[found.start : found.end] == found.text == said.rstrip(".")


def test_length_is_a_rule_of_the_network_alone() -> None:
    long = GOOD + " " + "And more. " * 10
    assert "over-length" in rules(long, "x")
    assert "over-length" not in rules(long, "mastodon")
    assert "over-length" not in rules(long)
    assert "over-length" not in rules(long * 100, "site")
    assert lint(long, "x").verdict == "warn"
    assert "over-length" in rules("We open at nine. " * 30, "bluesky")


def test_an_unknown_network_is_named() -> None:
    with pytest.raises(InputError, match="unknown network 'fax': choose one of x, bluesky"):
        lint("Sorry", "fax")


def test_every_rule_has_advice_in_both_languages() -> None:
    assert set(ADVICE["en"]) == set(ADVICE["fr"]) >= FAILS | WARNS


def test_the_library_passes_its_own_lint(library: Library) -> None:
    for one in library.templates:
        if one.crisis in ("rumour", "coordinated-attack") and one.stage == "full":
            continue
        report = lint(render(one, {"brand": "Osterly"}))
        where = (one.lang, one.id, report.document())
        assert report.lang == one.lang, where
        assert report.kind == ("holding" if one.stage == "holding" else "apology"), where
        if one.stage == "holding" or one.length is None:
            assert report.verdict == "pass", where
        else:
            assert report.verdict != "fail", where


@given(st.text(max_size=400))
def test_any_text_gets_a_report(text: str) -> None:
    report = lint(text, "x")
    assert report.verdict in ("pass", "warn", "fail")
    for one in report.findings:
        assert text[one.start : one.end] == one.text


@pytest.mark.parametrize(
    "text",
    [
        "sorry " * 4_000, "a" * 20_000, '"' * 20_000, "'a " * 7_000, "(" * 20_000, "if sorry " * 2_500, "we " * 7_000,
        ". " * 10_000, "\n" * 20_000, "nous " * 4_000, "a b" * 7_000, "the printer " * 2_000, "\u00ab" * 20_000,
        "not " * 5_000, "\ud800" * 20_000,
    ],
    ids=range(15),
)  # fmt: skip
def test_hostile_texts_are_read_in_bounded_time(text: str) -> None:
    started = time.process_time()
    lint(text)
    assert time.process_time() - started < 5.0
