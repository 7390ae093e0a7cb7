"""Every error of a file at once, with its line and the way out."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from amends.config import ConfigurationError, find, load, state_folder
from amends.config.ids import slug
from amends.model import InputError

if TYPE_CHECKING:
    from support.configuration import Load, Problems

BRAND = "brands: {acme: {name: Acme}}\n"


def test_the_smallest_file_is_a_brand(loaded: Load) -> None:
    config = loaded(BRAND)
    assert config.brands["acme"].name == "Acme"
    assert config.timezone == "UTC"
    assert str(config.web.listen) == "127.0.0.1:8484"
    assert config.network.allow == ()
    assert config.network.max_body == 8 * 2**20
    assert config.storage.retention == 90 * 86_400
    assert not config.reads_need_token
    assert {problem.level for problem in config.warnings} == {"warning"}


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("", 1, "the file is empty; it must be a map"),
        ("- a", 1, "the file holds a list; it must be a map"),
        ("brands:\n", 1, "brands is empty: there is nobody to watch"),
        ("timezone: UTC\n", 1, "brands is empty"),
        ("brands: {}\n", 1, "brands is empty"),
        ("brands: [acme]\n", 1, "brands must be a map of ids, found a list"),
        ("brands: {acme: Acme}\n", 1, "brands.acme must be a map of keys, found text"),
        ("brands:\n  acme:\n    name: ''\n", 3, "brands.acme.name: '' is empty; give it at least one letter or digit"),
        ("brands:\n  acme: {aliases: [Acme]}\n", 2, "brands.acme has no 'name'; add name: ..."),
        ("brands:\n  Acme: {name: Acme}\n", 2, "brands: 'Acme' is no id; use 1 to 40 of a-z, 0-9 and -"),
        (BRAND + "chanels: {}\n", 2, "unknown key 'chanels' at the top; did you mean 'channels'?"),
        (BRAND + "quux: {}\n", 2, "unknown key 'quux' at the top; known here: brands, channels"),
        ("brands: {acme: {name: Acme, alias: [x]}}\n", 1, "unknown key 'alias' in brands.acme; did you mean 'aliases'"),
        ("brands: {acme: {name: 1984}}\n", 1, "brands.acme.name must be text, found '1984'; put it in quotes"),
        ("brands: {acme: {name: Acme, aliases: [1984]}}\n", 1, "brands.acme.aliases[0] must be text, found '1984'"),
        ("brands: {acme: {name: Acme, aliases: Acme Corp}}\n", 1, "must be a list, found 'Acme Corp'"),
        ("brands: {acme: {name: Acme, handles: ['@acme']}}\n", 1, "'@acme' begins with @; write 'acme'"),
        ("brands: {acme: {name: Acme, hashtags: ['#acme']}}\n", 1, "'#acme' begins with #; write 'acme'"),
        ("brands: {acme: {name: Acme, languages: [english]}}\n", 1, "'english' is no language"),
        ("brands: {acme: {name: Acme, languages: []}}\n", 1, "languages is empty; give it at least one value"),
        ("brands: {acme: {name: Acme, false_pages: 0 per 1d}}\n", 1, "must be above zero"),
        ("brands: {acme: {name: Acme, watch: {severity: 4}}}\n", 1, "watch.severity must be 1, 2 or 3, found '4'"),
        ("brands: {acme: {name: Acme, watch: {severity: true}}}\n", 1, "'true' is no severity"),
        ("brands: {acme: {name: Acme, watch: [recall]}}\n", 1, "brands.acme.watch must be a map, found a list"),
        (BRAND + "timezone: Europe/Pariss\n", 2, "'Europe/Pariss' is no time zone; did you mean 'Europe/Paris'?"),
        (BRAND + "timezone: [x]\n", 2, "must be text like Europe/Paris"),
        (BRAND + "people: {lea: {quiet_hours: 22-7}}\n", 2, "people.lea.quiet_hours: '22-7' is no span of hours"),
        (BRAND + "people: {lea: {cap: lots}}\n", 2, "people.lea.cap: 'lots' is no rate"),
        (BRAND + "escalation: {desk: {steps: []}}\n", 2, "escalation.desk.steps is empty"),
        (BRAND + "escalation: {desk: {steps: [{page: []}]}}\n", 2, "escalation.desk.steps[0].page is empty"),
        (BRAND + "escalation: {desk: {steps: [{page: [a, b], after: 10}]}}\n", 2, "'10' is no duration; write 10s"),
        (BRAND + "escalation: {desk: {steps: [{page: [a, b]}], alone: yes}}\n", 2, "must be true or false, found"),
        (BRAND + "escalation: {desk: {steps: [{page: [a, b]}], repeat: -1}}\n", 2, "repeat should be greater than or"),
        (BRAND + "escalation: {desk: {steps: [{page: [a, b]}], repeat: twice}}\n", 2, "must be a whole number, found"),
        (BRAND + "web: {listen: 8484}\n", 2, "web.listen: '8484' is no address to listen on"),
        (BRAND + "web: {listen: '127.0.0.1:99999'}\n", 2, "is no address to listen on"),
        (BRAND + "web: {external_url: amends.example}\n", 2, "is no address of ours"),
        (BRAND + "web: {hosts: ['a b']}\n", 2, "is no host"),
        (BRAND + "web: {tokens: {'A B': x}}\n", 2, "'A B' is no id"),
        (BRAND + "web: 5\n", 2, "web must be a map of keys, found a number"),
        (BRAND + "network: {allow: [10.0.0.1/8]}\n", 2, "has bits beyond its mask; write 10.0.0.0/8"),
        (BRAND + "network: {allow: [everything]}\n", 2, "is no range of addresses"),
        (BRAND + "network: {max_body: 1B}\n", 2, "network.max_body should be greater than or equal to 1024"),
        (BRAND + "network: {timeout: 1h}\n", 2, "network.timeout should be less than or equal to 600, found '1h'"),
        (BRAND + "storage: {url: mysql://x}\n", 2, "is no store; write sqlite:///amends.db"),
        (BRAND + "storage: {retention: 0s}\n", 2, "storage.retention should be greater than or equal to 1"),
        (BRAND + "people: {lea: {cap: 0.5 per 1h}}\n", 2, "people.lea.cap: '0.5 per 1h' counts no whole messages"),
        (BRAND + "heartbeat: {url: 5}\n", 2, "heartbeat.url must be text"),
        (BRAND + "log: {level: verbose}\n", 2, "log.level must be 'debug', 'info', 'warning' or 'error', found"),
        (BRAND + "sources: {n: {kind: feed, url: 'ftp://x/y'}}\n", 2, "sources.n.url: 'ftp://x/y' is no address"),
        (BRAND + "sources: {n: {kind: feed, url: 'https://x.example/', every: 5 minutes}}\n", 2,
         "sources.n.every: '5 minutes' is no duration; write"),
        (BRAND + "channels: {h: {kind: webhook, url: 'https://x.example/', secret: hunter22}}\n", 2,
         "channels.h.secret: a webhook's secret must begin with whsec_; write"),
        (BRAND + "log: {format: jsn}\n", 2, "found 'jsn'; did you mean 'json'?"),
        (BRAND + "sentiment: {fast: true}\n", 2, "unknown key 'fast' in sentiment"),
        (BRAND + "channels: {x: {kind: ntfi}}\n", 2, "channels.x: kind 'ntfi' is not known; did you mean 'ntfy'?"),
        (BRAND + "channels: {x: {topic: y}}\n", 2, "channels.x has no kind; add kind: "),
        (BRAND + "channels: {x: phone}\n", 2, "channels.x must be a map of keys, found text"),
        (BRAND + "sources: {x: {preset: hackernew}}\n", 2, "preset 'hackernew' is not known; did you mean"),
        (BRAND + "sources: {x: {preset: [a]}}\n", 2, "is not known"),
        (BRAND + "sources: {x: {preset: mastodon, instance: a/b}}\n", 2, "must be a plain word or host name"),
        (BRAND + "sources: {x: {kind: fed}}\n", 2, "sources.x: kind 'fed' is not known; did you mean 'feed'?"),
        (BRAND + "sources: {x: {url: 'http://x.example'}}\n", 2, "sources.x has no kind; add kind: feed or json"),
        (BRAND + "sources: {x: 5}\n", 2, "sources.x must be a map of keys, found a number"),
        (BRAND + "sources: {x: {kind: feed}}\n", 2, "sources.x has no 'url'; add url: ..."),
        (BRAND + "sources: {x: {kind: feed, url: 'http://x.example', evry: 5m}}\n", 2, "did you mean 'every'?"),
        (BRAND + "sources: {x: {kind: feed, url: 'http://x.example', every: 5}}\n", 2, "no duration"),
    ],
)  # fmt: skip
def test_each_error_names_its_line_what_was_found_and_the_way_out(
    text: str, line: int, words: str, problems: Problems
) -> None:
    found = problems(text)
    assert any(one.startswith(f"{line}: error: ") and words in one for one in found), found


def test_several_errors_are_told_at_once_in_the_order_of_their_lines(problems: Problems) -> None:
    text = "timezone: Paris\nbrands:\n  acme: {nam: Acme}\npeople: {lea: {teem: x}}\nweb: {listen: no}\n"
    errors = [one for one in problems(text) if ": error: " in one]
    assert [int(one.split(":")[0]) for one in errors] == [1, 3, 3, 4, 5]


def test_one_wrong_item_makes_no_second_error_about_its_list(problems: Problems) -> None:
    people = "people: {a: {}, b: {}}\n"
    found = problems(BRAND + people + "escalation: {desk: {steps: [{page: [a, b], after: 10}]}}\n")
    assert len([one for one in found if ": error: " in one]) == 1


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("sources: {x: {opml: subscriptions.opml}}\n", "OPML"),
        ("sources: {x: {kind: imap, url: 'imaps://x', password: p}}\n", "imap"),
        ("sources: {x: {kind: webhook, secret: s}}\n", "webhook"),
        ("sources: {x: {kind: folder, path: p}}\n", "folder"),
        ("sources: {x: {preset: x, key: k}}\n", "preset x"),
        ("sources: {x: {kind: feed, url: 'http://x.example', cap: 10 USD per 30d}}\n", "caps"),
    ],
)
def test_what_is_not_built_is_refused_with_not_yet(text: str, words: str, problems: Problems) -> None:
    found = [one for one in problems(BRAND + text) if ": error: " in one]
    assert len(found) == 1, found
    assert "not yet" in found[0]
    assert words in found[0]


def test_a_problem_is_one_line_whatever_the_file_holds() -> None:
    from amends.config import Problem  # noqa: PLC0415 - beside what it shows

    assert str(Problem("f", 3, "error", "a\nb\r\n  c")) == "f:3: error: a b c"


# --- files ---


def test_a_missing_file_tells_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="is not there; write one with `amends init NAME`"):
        load(tmp_path / "amends.yaml", {})


def test_a_folder_cannot_be_read_as_a_file(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        load(tmp_path, {})


def test_a_file_in_another_encoding_names_the_line(tmp_path: Path) -> None:
    path = tmp_path / "amends.yaml"
    path.write_bytes(b"brands:\n  acme: {name: Cr\xe8me}\n")
    with pytest.raises(ConfigurationError, match=r"yaml:2: error: not UTF-8: byte 0xe8; save the file as UTF-8"):
        load(path, {})


def test_a_byte_order_mark_is_no_key(tmp_path: Path) -> None:
    path = tmp_path / "amends.yaml"
    path.write_bytes(b"\xef\xbb\xbfbrands: {acme: {name: Acme}}\n")
    assert load(path, {}).brands["acme"].name == "Acme"


def test_a_file_that_is_far_too_large_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "amends.yaml"
    with path.open("wb") as stream:
        stream.truncate(65 * 2**20)
    with pytest.raises(InputError, match="larger than 64 MiB"):
        load(path, {})


def test_the_file_is_the_option_then_the_environment_then_here_then_etc(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert find("x.yaml", {"AMENDS_CONFIG": "y.yaml"}) == Path("x.yaml")
    assert find(None, {"AMENDS_CONFIG": "y.yaml"}) == Path("y.yaml")
    assert find(None, {}) in {None, Path("/etc/amends/amends.yaml")}
    (tmp_path / "amends.yaml").write_text(BRAND)
    assert find(None, {}) == Path("amends.yaml")


def test_the_state_folder_is_systemd_s_then_var_lib_then_the_user_s() -> None:
    here, etc = Path("amends.yaml"), Path("/etc/amends/amends.yaml")
    assert state_folder(here, {"STATE_DIRECTORY": "/run/a:/run/b", "HOME": "/h"}) == Path("/run/a")
    assert state_folder(etc, {"HOME": "/h"}) == Path("/var/lib/amends")
    assert state_folder(here, {"XDG_STATE_HOME": "/s", "HOME": "/h"}) == Path("/s/amends")
    assert state_folder(here, {"XDG_STATE_HOME": "relative", "HOME": "/h"}) == Path("/h/.local/state/amends")
    assert state_folder(None, {"HOME": "/h"}) == Path("/h/.local/state/amends")
    assert state_folder(None, {}) == Path.home() / ".local/state/amends"


def test_a_relative_store_lies_in_the_state_folder(loaded: Load) -> None:
    state = Path("/var/lib/amends")
    for url, found in (
        ("sqlite:///amends.db", "sqlite:////var/lib/amends/amends.db"),
        ("sqlite:///a/b.db?mode=rw", "sqlite:////var/lib/amends/a/b.db?mode=rw"),
        ("sqlite:////srv/a.db", "sqlite:////srv/a.db"),
        ("sqlite+aiosqlite:///a.db", "sqlite+aiosqlite:////var/lib/amends/a.db"),
        ("postgresql://u@h/d", "postgresql://u@h/d"),
    ):
        assert loaded(BRAND + f"storage: {{url: '{url}'}}\n").storage_url(state) == found


def test_listening_on_this_machine_alone_is_known_as_such(loaded: Load) -> None:
    for listen, loopback in (("127.0.0.1:0", True), ("[::1]:8484", True), ("localhost:1", True), ("127.9.9.9:1", True)):
        assert loaded(BRAND + f"web: {{listen: '{listen}'}}\n").web.listen.loopback is loopback
    for listen in ("0.0.0.0:80", "[::]:80", "192.0.2.1:80", "amends.example:80"):
        config = loaded(BRAND + f"web: {{listen: '{listen}', tokens: {{a: aaaaaaaaaaaaaaaaaaaa}}}}\n")
        assert not config.web.listen.loopback
        assert config.reads_need_token
        assert str(config.web.listen) == listen


def test_an_id_is_made_from_any_name() -> None:
    assert slug("Crème Brûlée & Co") == "creme-brulee-co"
    assert slug("日本") == "brand"
    assert slug("A", {"a", "a-2"}) == "a-3"
    assert len(slug("x" * 100, {"x" * 40})) == 40
    assert slug("--- ---", default="me") == "me"


# --- planned events ---


def _planned(text: str) -> str:
    return f"timezone: Europe/Paris\nbrands:\n  acme:\n    name: Acme\n    planned: [{text}]\n"


def test_a_planned_event_is_read_with_its_zone(loaded: Load) -> None:
    from amends.config.rules import rules  # noqa: PLC0415 - beside what it shows

    text = _planned('{from: "2026-12-04T08:00Z", until: "2026-12-05T21:00", expect: 5, reason: prices rise}')
    (event,) = rules(loaded(text)).brands["acme"].detection.planned

    assert event.start == 1_796_371_200.0
    assert event.end == 1_796_500_800.0
    assert (event.expect, event.reason) == (5.0, "prices rise")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('{from: "2026-12-04T08:00Z", expect: 5}', "until"),
        ('{from: "2026-12-04T08:00Z", until: "2026-12-04T07:00Z", expect: 5}', "ends before it begins"),
        ('{from: "2026-12-04T08:00Z", until: "2026-12-04T09:00", expect: 5}', "ends before it begins"),
        ('{from: "2026-12-04T08:00Z", until: "2026-12-05T08:00Z"}', "expect"),
        ('{from: "2026-12-04T08:00Z", until: "2026-12-05T08:00Z", expect: 1}', "is no factor"),
        ('{from: "2026-12-04T08:00Z", until: "2026-12-05T08:00Z", expect: yes please}', "is no factor"),
        ('{from: "tomorrow", until: "2026-12-05T08:00Z", expect: 5}', "is no moment"),
    ],
)
def test_a_planned_event_must_have_an_end_and_a_factor(text: str, words: str, problems: Problems) -> None:
    found = [one for one in problems(_planned(text)) if ": error: " in one]

    assert len(found) == 1, found
    assert words in found[0]


def test_a_planned_event_of_a_month_is_warned_of(problems: Problems) -> None:
    text = _planned('{from: "2026-12-01T08:00Z", until: "2026-12-31T08:00Z", expect: 5}')

    assert any("so long it hides a slow crisis" in one for one in problems(text))


def test_what_a_faulty_entry_names_is_told_in_the_same_go(tmp_path: Path) -> None:
    path = tmp_path / "amends.yaml"
    path.write_text(
        "brands: {acme: {nam: Acme, escalation: nowhere, own: [noblog]}}\n"
        "people: {lea: {channels: [nohook], cap: lots}}\n"
        "escalation: {desk: {steps: [{page: [nobody, lea], after: soon}], inform: [noone]}}\n"
        "rotas: {week: {people: [stranger], every: x}}\n",
        "utf-8",
    )
    with pytest.raises(ConfigurationError) as refused:
        load(path, {})
    said = str(refused.value)
    for name in (
        "policy 'nowhere'",
        "source 'noblog'",
        "channel 'nohook'",
        "person 'nobody'",
        "person 'noone'",
        "'stranger'",
    ):
        assert f"{name} is not in this file" in said, name
    assert "unknown key 'nam'" in said
