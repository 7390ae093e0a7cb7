"""What no single key can tell."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from amends.config.summary import summary

if TYPE_CHECKING:
    from support.configuration import Load, Problems

TWO = """
brands: {acme: {name: Acme}}
people: {lea: {channels: [hook]}, sam: {channels: [hook]}}
channels: {hook: {kind: webhook, url: "http://127.0.0.1:9/h", secret: whsec_YW1lbmRzLXRlc3Qtc2VjcmV0LW9mLTMyIQ==}}
sources: {news: {kind: feed, url: "https://news.example.org/f.xml"}}
"""


def test_two_people_with_a_channel_and_a_source_are_without_fault(problems: Problems) -> None:
    assert problems(TWO) == []
    assert problems(TWO + "escalation: {desk: {steps: [{page: [lea]}, {page: [sam], after: 10m}]}}\n") == []


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (("{lea: {channels: [hook]}", "{lea: {channels: [hok]}"), "channel 'hok' is not in this file; did you mean"),
        (("name: Acme", "name: Acme, own: [nws]"), "source 'nws' is not in this file; did you mean 'news'?"),
        (("name: Acme", "name: Acme, escalation: desk"), "policy 'desk' is not in this file; there is no policy"),
        (('f.xml"', 'f.xml", brands: [acne]'), "brand 'acne' is not in this file; did you mean 'acme'?"),
    ],
)  # fmt: skip
def test_a_reference_to_nothing_is_an_error(change: tuple[str, str], words: str, problems: Problems) -> None:
    text = TWO.replace(*change)
    assert text != TWO
    assert any(words in one and ": error: " in one for one in problems(text)), problems(text)


@pytest.mark.parametrize("where", ["steps: [{page: [lea, leah]}]", "steps: [{page: [lea, sam]}], inform: [leah]",
                                   "steps: [{page: [lea, sam]}], operators: [leah]"])  # fmt: skip
def test_an_unknown_person_in_a_policy_is_an_error(where: str, problems: Problems) -> None:
    (found,) = problems(TWO + f"escalation: {{desk: {{{where}}}}}\n")
    assert found == "6: error: person 'leah' is not in this file; did you mean 'lea'?"


def test_a_faulty_entry_does_not_make_its_references_faulty(problems: Problems) -> None:
    found = problems(TWO.replace("lea: {channels: [hook]}", "lea: {channels: [hook], age: 30}")
                     + "escalation: {desk: {steps: [{page: [lea]}, {page: [sam]}]}}\n")  # fmt: skip
    errors = [one for one in found if ": error: " in one]
    assert len(errors) == 1
    assert "unknown key 'age'" in errors[0]


WEEK = 'rotas: {week: {people: [lea, sam], every: 7d, from: "2026-11-30T09:00"}}\n'


SWAPPED = '{people: [lea], from: "2026-11-30T09:00", overrides: [{%s}]}'


def test_a_rota_stands_wherever_a_person_may(problems: Problems) -> None:
    desk = "escalation: {desk: {steps: [{page: [week]}, {page: [sam], after: 5m}], operators: [week]}}\n"
    found = problems(TWO + WEEK + desk + 'report: {every: 7d, at: "Mon 09:00", to: [week]}\n')
    assert [one for one in found if ": error: " in one] == []


def test_one_rota_alone_reaches_one_person_at_a_time(problems: Problems) -> None:
    found = problems(TWO + WEEK + "escalation: {desk: {steps: [{page: [week]}]}}\n")
    assert any("error: escalation.desk pages 1 person at severity 1" in one for one in found), found


@pytest.mark.parametrize(
    ("rota", "words"),
    [
        ("{}", "one of the two"),
        ('{people: [lea], calendar: "https://x.example/c.ics", from: "2026-11-30T09:00"}', "one of the two"),
        ("{people: [lea]}", "has no from"),
        ('{people: [lea], from: "2026-11-30T09:00Z"}', "without one"),
        ('{people: [lea], from: "30.11.2026"}', "2026-11-30T09:00"),
        ('{people: [lea], from: "2026-11-30T09:00", every: 10m}', "greater than or equal to 3600"),
        ('{people: [loa], from: "2026-11-30T09:00"}', "person 'loa' is not in this file"),
        ('{people: [lea], from: "2026-11-30T09:00", fallback: nobody}', "person 'nobody'"),
        ('{calendar: "https://x.example/c.ics", every: 1d}', "leave from and every out"),
        (
            SWAPPED % 'from: "2026-12-02", until: "2026-12-01", person: sam',
            "ends before it begins",
        ),
        (
            SWAPPED % 'from: "2026-12-02T09Z", until: "2026-12-03", person: a',
            "both the same way",
        ),
    ],
)
def test_a_rota_that_cannot_be_is_refused(rota: str, words: str, problems: Problems) -> None:
    found = problems(f"{TWO}rotas: {{week: {rota}}}\n")
    assert any(": error: " in one and words in one for one in found), found


def test_a_rota_may_not_have_a_persons_id(problems: Problems) -> None:
    found = problems(TWO + WEEK.replace("week:", "lea:"))
    assert any("rotas.lea has the id of a person" in one for one in found), found


def test_a_rota_that_nothing_calls_and_a_calendar_without_a_fallback_are_warned_about(problems: Problems) -> None:
    found = problems(TWO + 'rotas: {night: {calendar: "https://x.example/c.ics"}}\n')
    assert any("warning: nothing calls the rota 'night'" in one for one in found), found
    assert any("warning: rotas.night has no fallback" in one for one in found), found
    gone = problems(TWO + "rotas: {night: {calendar: no-such-file.ics, fallback: sam}}\n")
    assert any("warning: rotas.night.calendar" in one and "is no file" in one for one in gone), gone
    assert not any(": error: " in one for one in gone), "a file that has gone must not keep the pager from starting"


TEAMS = (
    "brands: {acme: {name: Acme}}\n"
    "people:\n  lea: {team: social, channels: [hook]}\n  kim: {team: social, channels: [hook]}\n"
    "  sam: {team: legal, channels: [hook]}\n"
    'channels: {hook: {kind: webhook, url: "http://127.0.0.1:1/", secret: "whsec_YW1lbmRzLXRlc3Qtc2VjcmV0"}}\n'
)


def test_a_policy_of_one_team_is_told_who_is_called_beside_it(problems: Problems) -> None:
    one_team = TEAMS + "escalation: {desk: {steps: [{page: [lea]}, {page: [kim], after: 5m}]}}\n"
    found = problems(one_team)
    assert any("calls team social alone" in one and "sam as things stand" in one for one in found), found
    assert any("there is nobody" in one for one in problems(one_team.replace("legal", "social")))
    assert not any("team" in one for one in problems(one_team.replace("page: [kim]", "page: [sam]")))
    assert not any("calls team" in one for one in problems(one_team.replace("5m}]}", "5m}], alone: true}")))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('drills: {every: 12h, at: "Tue 10:00"}\n', "greater than or equal to 86400"),
        ('drills: {every: 30d, at: "Someday 10:00"}\n', "Tue 10:00"),
        ("drills: {case: flood}\n", "there are outage"),
        ("drills: {brand: nope}\n", "brand 'nope'"),
        ('report: {every: 7d, at: "Mon 09:00"}\n', "report has no 'to'"),
        ("report: {to: [nobody]}\n", "person 'nobody'"),
    ],
)
def test_a_schedule_that_cannot_be_is_refused(text: str, words: str, problems: Problems) -> None:
    found = problems(TWO + text)
    assert any(": error: " in one and words in one for one in found), found


def test_one_person_at_severity_1_is_an_error_with_the_way_out(problems: Problems) -> None:
    (found,) = problems(TWO + "escalation:\n  desk: {steps: [{page: [lea]}, {page: [lea], after: 5m}]}\n")
    assert found.startswith("7: error: escalation.desk pages 1 person at severity 1, 2 are needed")
    assert "alone: true" in found


def test_alone_is_taken_with_a_warning(problems: Problems) -> None:
    (found,) = problems(TWO + "escalation:\n  desk:\n    steps: [{page: [lea]}]\n    alone: true\n")
    assert found.startswith("9: warning: escalation.desk has alone: true")


def test_one_person_without_a_policy_is_a_warning(problems: Problems) -> None:
    (found,) = problems(TWO.replace(", sam: {channels: [hook]}", ""))
    assert found.startswith("3: warning: lea alone would face a crisis")


def test_a_policy_whose_people_cannot_be_told_is_a_warning(problems: Problems) -> None:
    found = problems(TWO.replace("sam: {channels: [hook]}", "sam: {}")
                     + "escalation: {desk: {steps: [{page: [lea, sam]}]}}\n")  # fmt: skip
    assert any("people.sam has no channel and cannot be told" in one for one in found)
    assert any("1 of 2 people have a channel" in one for one in found)


def test_nobody_and_nothing_are_warnings(problems: Problems) -> None:
    found = problems("brands: {acme: {name: Acme}}\n")
    assert all(": warning: " in one for one in found)
    assert any("nobody will be paged" in one for one in found)
    assert any("there are no sources" in one for one in found)


def test_a_channel_of_nobody_is_a_warning(problems: Problems) -> None:
    (found,) = problems(
        TWO.replace("channels: {hook:", "channels: {mail: {kind: apprise, url: 'json://localhost'}, hook:")
    )
    assert "channel 'mail' belongs to nobody" in found


def test_several_policies_must_be_chosen_from(problems: Problems) -> None:
    policies = "escalation: {a: {steps: [{page: [lea, sam]}]}, b: {steps: [{page: [sam, lea]}]}}\n"
    found = problems(TWO + policies)
    assert any("brands.acme must say which policy is its own; add escalation: a, b" in one for one in found)
    found = problems(TWO.replace("name: Acme", "name: Acme, escalation: a") + policies)
    assert len(found) == 1
    assert "no brand uses the policy 'b'" in found[0]


def test_a_step_that_follows_at_once_is_a_warning(problems: Problems) -> None:
    (found,) = problems(TWO + "escalation: {desk: {steps: [{page: [lea]}, {page: [sam], after: 10s}]}}\n")
    assert "steps[1] follows after 10s: too soon" in found


# --- sources ---


@pytest.mark.parametrize(
    ("url", "allow", "level"),
    [
        ("https://news.example.org/f", "[]", "error"),
        ("http://127.0.0.1:1/f", "[]", "error"),
        ("http://127.0.0.1:1/f", "[127.0.0.0/8]", None),
        ("http://localhost:1/f", "[127.0.0.0/8]", None),
        ("http://localhost:1/f", "[10.0.0.0/8]", "error"),
        ("http://10.1.2.3/f", "[127.0.0.0/8]", "error"),
        ("http://[::1]:1/f", "['::1/128']", None),
        ("http://feeds:8000/f", "[172.16.0.0/12]", "warning"),
    ],
)
def test_nobody_is_asked_more_than_once_a_minute_outside_our_own_ranges(
    url: str, allow: str, level: str | None, problems: Problems
) -> None:
    text = TWO.replace('url: "https://news.example.org/f.xml"', f'url: "{url}", every: 5s')
    found = problems(text + f"network: {{allow: {allow}}}\n")
    assert [one.split(": ")[1] for one in found] == ([level] if level else []), found
    assert problems(text.replace("5s", "1m")) == []


# --- brands and doors ---


def test_a_name_that_two_brands_have_is_a_warning(problems: Problems) -> None:
    found = problems(TWO.replace("{acme: {name: Acme}}", "{acme: {name: Acme}, other: {name: Other, aliases: [ACME]}}"))
    assert len(found) == 1
    assert "'ACME' names two brands, acme and other" in found[0]


@pytest.mark.parametrize("web", ["listen: '0.0.0.0:8484'", "external_url: 'https://amends.example.org'"])
def test_an_open_door_needs_a_token_and_the_safe_way_is_told(web: str, problems: Problems) -> None:
    (found,) = (one for one in problems(TWO + f"web: {{{web}}}\n") if ": error: " in one)
    assert "has no tokens" in found
    assert "SSH tunnel" in found
    token = "tokens: {ci: 0123456789abcdef0123}"
    assert not [one for one in problems(TWO + f"web: {{{web}, {token}}}\n") if ": error: " in one]


def test_a_short_token_is_a_warning_that_does_not_show_it(problems: Problems) -> None:
    (found,) = problems(TWO + "web: {tokens: {ci: hunter2}}\n")
    assert "web.tokens.ci is shorter than 16 characters" in found
    assert "hunter2" not in found


def test_links_that_a_phone_cannot_reach_are_a_warning(problems: Problems) -> None:
    (found,) = problems(TWO + "web: {listen: '0.0.0.0:8484', tokens: {ci: 0123456789abcdef0123}}\n")
    assert "web.external_url is not set" in found


def test_the_address_of_ours_ends_without_a_slash(loaded: Load) -> None:
    text = TWO + "web: {external_url: 'https://a.example/x/', tokens: {ci: 0123456789abcdef0123}}\n"
    assert loaded(text).web.external_url == "https://a.example/x"


def test_forgetting_within_the_day_is_a_warning(problems: Problems) -> None:
    (found,) = problems(TWO + "storage: {retention: 1h}\n")
    assert "storage.retention is 1h" in found


MAIL = "mail: {kind: email, server: 'SERVER', from: amends@acme.example, to: lea@acme.example}"


@pytest.mark.parametrize(
    ("server", "warned"),
    [("smtp://127.0.0.1:25", True), ("smtps://mail.acme.example", False)],
)
def test_channels_that_fall_with_one_host_are_a_warning(server: str, *, warned: bool, problems: Problems) -> None:
    text = TWO.replace("lea: {channels: [hook]}", "lea: {channels: [hook, mail]}").replace(
        "channels: {hook", "channels: {" + MAIL.replace("SERVER", server) + ", hook"
    )
    said = "all of people.lea's channels need 127.0.0.1: when it is down, nothing rings; add one elsewhere"
    assert any(said in one and "warning" in one for one in problems(text)) is warned


def test_channels_that_all_need_names_to_resolve_are_told_in_the_summary(loaded: Load) -> None:
    named = TWO.replace("lea: {channels: [hook]}", "lea: {channels: [phone, mail]}").replace(
        "channels: {", "channels: {phone: {kind: ntfy, topic: t}, " + MAIL.replace("SERVER", "smtps://m.example") + ", "
    )
    assert any("all of them need DNS" in line for line in summary(loaded(named)))
    assert not any("all of them need DNS" in line for line in summary(loaded(named.replace("m.example", "10.0.0.9"))))


def test_the_second_opinion_without_its_encoder_is_an_error_with_the_way_out(
    problems: Problems, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("amends.accurate.installed", lambda: False)
    found = [one for one in problems(TWO + "sentiment: {accurate: 20 texts/s}\n") if ": error: " in one]
    assert len(found) == 1
    assert "pip install 'amends[accurate]'" in found[0]
    monkeypatch.setattr("amends.accurate.installed", lambda: True)
    assert not [one for one in problems(TWO + "sentiment: {accurate: 20 texts/s}\n") if ": error: " in one]


@pytest.mark.parametrize("pace", ["20", "0 texts/s", "-3 texts/s", "many", "[20]", "true", "99999 texts/s", "20 texts"])
def test_a_pace_that_is_none_is_refused(pace: str, problems: Problems) -> None:
    found = [one for one in problems(TWO + f"sentiment: {{accurate: {pace}}}\n") if ": error: " in one]
    assert len(found) == 1
    assert "write it like 20 texts/s" in found[0]


def test_a_word_of_the_lexicon_that_is_a_name_is_a_warning(problems: Problems) -> None:
    found = problems(TWO.replace("name: Acme", "name: Acme, lexicon: {ACME: 1, bumped: -2}"))
    assert [one for one in found if "'acme' is a name of acme" in one and ": warning: " in one] == found
    assert len(found) == 1


@pytest.mark.parametrize("entry", ["bumped: 5", "bumped: yes", "bumped: true", "bumped: .nan", "'': 1", "bumped: [1]"])
def test_a_valence_that_is_none_is_an_error(entry: str, problems: Problems) -> None:
    found = problems(TWO.replace("name: Acme", f"name: Acme, lexicon: {{{entry}}}"))
    assert len([one for one in found if ": error: " in one]) == 1, found
