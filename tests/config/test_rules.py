"""The rules of the core, composed of a configuration."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from amends import matching
from amends.config.rules import expected_pages, rules
from amends.config.summary import summary
from amends.model import InputError, Item
from amends.pipeline import prepare

if TYPE_CHECKING:
    from pathlib import Path

    from support.configuration import Load

FULL = """
timezone: Europe/Paris
brands:
  acme:
    name: Acme
    aliases: [Acme Corp]
    handles: [acmehq]
    hashtags: [acme]
    exclude: [acme thunder]
    context: [shoes]
    languages: [fr, en]
    false_pages: 2 per 30d
    watch: {terms: [recall], authors: [press-guy], severity: 1}
    own: [newsroom]
  zeta: {name: Zeta, false_pages: 1 per 10d}
sources:
  newsroom: {kind: feed, url: "http://127.0.0.1:8001/own.xml", brands: [acme], every: 5m}
  hn: {preset: hackernews}
people:
  lea:
    {name: Léa, team: social, language: fr, timezone: America/New_York, quiet_hours: "22:00-07:00",
     channels: [phone, hook], cap: 30 per 1h}
  sam: {channels: [hook]}
  pat: {channels: [hook]}
channels:
  phone: {kind: ntfy, server: "https://ntfy.sh", topic: amends-topic-for-tests}
  open: {kind: ntfy, server: "https://ntfy.sh", topic: amends-topic-for-tests, detail: full}
  hook: {kind: webhook, url: "http://127.0.0.1:9001/h", secret: "whsec_YW1lbmRzLXRlc3Qtc2VjcmV0LW9mLTMyLWJ5dGVzISE="}
escalation:
  desk: {steps: [{page: [lea]}, {page: [sam], after: 10m}], repeat: 2, inform: [pat], operators: [sam]}
network: {allow: [127.0.0.0/8]}
"""


def test_each_room_is_given_its_own_part(loaded: Load) -> None:
    found = rules(loaded(FULL))
    acme = found.brands["acme"]
    assert (acme.id, acme.name, acme.languages, acme.timezone) == ("acme", "Acme", ("fr", "en"), "Europe/Paris")
    assert acme.terms == matching.Terms(
        name="Acme", aliases=("Acme Corp",), handles=("acmehq",), hashtags=("acme",), exclude=("acme thunder",),
        context=("shoes",),
    )  # fmt: skip
    assert acme.watch == matching.Watch(terms=("recall",), authors=("press-guy",), severity=1)
    assert acme.detection.false_pages_per_day == pytest.approx(2 / 30)
    assert acme.detection.timezone == "Europe/Paris"
    assert acme.own == {"newsroom"}
    assert found.brands["zeta"].detection.false_pages_per_day == pytest.approx(0.1)
    assert found.source_brands == {"newsroom": frozenset({"acme"})}
    assert found.polled == {"newsroom", "hn"}
    assert found.brief == {"phone"}, "brief on a public server unless it says full; the loopback hook is not public"
    assert found.external_url == "http://127.0.0.1:8484"


def test_people_and_policies_come_through_whole(loaded: Load) -> None:
    found = rules(loaded(FULL))
    lea, sam = found.people["lea"], found.people["sam"]
    assert (lea.name, lea.team, lea.language, lea.timezone, lea.channels) == (
        "Léa", "social", "fr", "America/New_York", ("phone", "hook"),
    )  # fmt: skip
    assert (lea.quiet.start, lea.quiet.end) == (1320, 420) if lea.quiet else False
    assert (lea.cap.messages, lea.cap.per) == (30, 3600.0) if lea.cap else False
    assert (sam.name, sam.timezone, sam.quiet, sam.cap) == ("sam", "Europe/Paris", None, None)
    policy = found.brands["zeta"].policy
    assert [(step.page, step.after) for step in policy.steps] == [(("lea",), 0.0), (("sam",), 600.0)]
    assert (policy.repeat, policy.inform, policy.operators, policy.alone) == (2, ("pat",), ("sam",), False)


def test_no_policy_is_everyone_at_once_and_no_people_is_nobody(loaded: Load) -> None:
    config = loaded(FULL.split("escalation:", maxsplit=1)[0])
    policy = rules(config).brands["acme"].policy
    assert [step.page for step in policy.steps] == [("lea", "sam", "pat")]
    assert policy.operators == ("lea", "sam", "pat")
    assert rules(loaded("brands: {acme: {name: Acme}}")).brands["acme"].policy.steps == ()


def test_rules_match_what_the_configuration_names(loaded: Load) -> None:
    item = Item(source="x", id="1", text="My Acme shoes broke", published_at=0.0, seen_at=0.0)
    assert [mention.brand for mention in prepare([item], rules(loaded(FULL)))] == ["acme"]


def test_each_person_expects_the_sum_over_the_brands_that_reach_them(loaded: Load) -> None:
    expected = expected_pages(loaded(FULL))
    assert expected["lea"] == expected["sam"] == pytest.approx(2 / 30 + 1 / 10)
    assert expected["pat"] == 0
    text = "\n".join(summary(loaded(FULL)))
    assert "expect about 5 false pages a month" in text
    assert "pat: " not in text
    assert "is named in no step" in text


def test_the_summary_says_what_each_will_do_and_holds_no_secret(loaded: Load) -> None:
    text = "\n".join(summary(loaded(FULL)))
    assert "amends-topic-for-tests" not in text
    assert "whsec_" not in text
    assert "json (preset hackernews) from hn.algolia.com, for every brand, 4 requests each time: asked every 5m" in text
    assert "quotes and handles stay behind the link" in text
    assert "  sam  expect about 5 false pages a month; hook (one way only" in text
    assert "polite" not in text, "our own range needs no politeness"
    asked = "\n".join(summary(loaded(FULL.replace("network: {allow: [127.0.0.0/8]}", ""))))
    assert "more often than the hour that is polite to a stranger" in asked
    bare = "\n".join(summary(loaded("brands: {acme: {name: Acme}}")))
    assert "nobody is paged" in bare


TEMPLATE = """---
language: en
crisis: outage
strategy: rebuild
channels: [any]
stage: holding
length: 123
approved_by: Lea
approved_on: 2026-01-01
review_by: 2099-01-01
---
We are down, and we are sorry.
"""


def test_a_template_that_is_a_broken_link_is_named_and_ends_nothing(loaded: Load, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / ".#ours.md").symlink_to("lea@desk.4711")  # as Emacs locks a file that is being edited
    config = loaded("brands: {acme: {name: Acme}}\ntemplates: {folder: mine}\n")
    with pytest.raises(InputError, match=r"\.#ours\.md cannot be read"):
        rules(config)


def test_own_templates_are_read_beside_the_file(loaded: Load, tmp_path: Path) -> None:
    folder = tmp_path / "mine" / "en"
    folder.mkdir(parents=True)
    builtin = rules(loaded("brands: {acme: {name: Acme}}")).library
    (folder / "ours.md").write_text(TEMPLATE)
    config = loaded("brands: {acme: {name: Acme}}\ntemplates: {folder: mine}\n")
    assert len(rules(config).library.templates) == len(builtin.templates) + 1
    assert any("we are sorry" in template.text for template in rules(config).library.templates)


def test_a_faulty_template_is_an_error_that_names_it(loaded: Load, tmp_path: Path) -> None:
    text = "brands: {acme: {name: Acme}}\ntemplates:\n  folder: mine\n"
    config = loaded(text)
    (warning,) = (problem for problem in config.warnings if problem.line == 3)
    assert "templates.folder: 'mine' is no folder beside this file; the built-in responses serve" in warning.text
    assert rules(config).library.templates == rules(loaded("brands: {acme: {name: Acme}}")).library.templates
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "bad.md").write_text("no front matter")
    with pytest.raises(InputError, match=r"bad\.md"):
        rules(config)
    (tmp_path / "mine" / "bad.md").write_bytes(b"\xff")
    with pytest.raises(InputError, match="not UTF-8"):
        rules(config)
    (tmp_path / "mine" / "bad.md").write_text("x" * 300_000)
    with pytest.raises(InputError, match="larger than 256 KiB"):
        rules(config)
