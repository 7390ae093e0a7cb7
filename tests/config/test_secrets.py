"""References to secrets, and that nothing ever shows one."""

from __future__ import annotations

import traceback
from typing import TYPE_CHECKING

import pytest

from amends.config import ConfigurationError
from amends.config.secrets import Expander, scrub

if TYPE_CHECKING:
    from pathlib import Path

    from support.configuration import Load, Problems

SECRET = "s3cr3t-value-that-nobody-may-see"


def test_variables_stand_anywhere_in_a_text_and_a_double_dollar_is_one(tmp_path: Path) -> None:
    expand = Expander(tmp_path, {"A": "x", "B": "y"})
    assert expand("${A}-${B}-$$-$${A}-$A") == "x-y-$-${A}-$A"
    assert expand("plain") == "plain"


def test_what_a_variable_holds_is_not_expanded_again(tmp_path: Path) -> None:
    assert Expander(tmp_path, {"A": "${B} file:x $$"})("${A}") == "${B} file:x $$"


@pytest.mark.parametrize("text", ["${", "${}", "${a b}", "${A:-x}", "${1}"])
def test_a_reference_that_is_none_is_an_error(text: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r"write \$\{NAME\}"):
        Expander(tmp_path, {})(text)


def test_a_missing_variable_is_an_error_with_its_line(problems: Problems) -> None:
    found = problems('brands: {acme: {name: Acme}}\nweb:\n  tokens:\n    ci: "${NOPE}"\n')
    assert "4: error: the environment variable NOPE is not set; set it, or write file:NAME" in found
    assert not any("tokens.ci" in text for text in found), "one cause, one error"


def test_an_empty_variable_is_an_error(problems: Problems) -> None:
    found = problems('brands: {acme: {name: Acme}}\nweb: {tokens: {ci: "${T}"}}\n', {"T": ""})
    assert "2: error: ${T} is empty; give the variable a value" in found


def test_a_file_is_looked_for_in_the_credentials_then_beside_the_configuration(tmp_path: Path) -> None:
    beside, credentials = tmp_path / "etc", tmp_path / "credentials"
    for folder, text in ((beside, "beside\n"), (credentials, "credential\r\n")):
        folder.mkdir()
        (folder / "token").write_text(text)
        (folder / "token").chmod(0o600)
    (beside / "other").write_text("other")
    assert Expander(beside, {})("file:token") == "beside"
    assert Expander(beside, {"CREDENTIALS_DIRECTORY": str(credentials)})("file:token") == "credential"
    assert Expander(beside, {"CREDENTIALS_DIRECTORY": str(credentials)})("file:other") == "other"


@pytest.mark.parametrize("text", ["file:../x", "file:/etc/passwd", "file:", "file:a b", "file:${A}"])
def test_a_file_has_a_plain_name(text: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="names no file"):
        Expander(tmp_path, {"A": "x"})(text)


def test_a_file_that_is_missing_empty_or_no_text_is_an_error(tmp_path: Path) -> None:
    expand = Expander(tmp_path, {})
    with pytest.raises(ValueError, match=r"file:gone is not there .*make it"):
        expand("file:gone")
    (tmp_path / "empty").write_text("\n")
    with pytest.raises(ValueError, match="is empty"):
        expand("file:empty")
    (tmp_path / "bytes").write_bytes(b"\xff\xfe")
    with pytest.raises(ValueError, match="it is no UTF-8 text"):
        expand("file:bytes")
    (tmp_path / "folder").mkdir()
    with pytest.raises(ValueError, match=r"cannot be read .*directory"):
        expand("file:folder")
    (tmp_path / "large").write_bytes(b"x" * 100_000)
    with pytest.raises(ValueError, match="larger than"):
        expand("file:large")


def test_a_file_url_is_no_secret(tmp_path: Path) -> None:
    assert Expander(tmp_path, {})("file:///etc/hosts") == "file:///etc/hosts"


def test_a_secret_that_everybody_may_read_is_a_warning(problems: Problems, tmp_path: Path) -> None:
    (tmp_path / "token").write_text(SECRET)
    (tmp_path / "token").chmod(0o644)
    found = problems('brands: {acme: {name: Acme}}\nweb: {tokens: {ci: "file:token"}}\n')
    assert any("everybody on this machine may read" in text and "chmod 600" in text for text in found)


def test_the_longest_secret_is_blotted_out_first() -> None:
    assert scrub("abcdefgh abcdef", {"abcdef": "${A}", "abcdefgh": "${B}"}) == "${B} ${A}"


FULL = """
brands: {acme: {name: Acme}}
people: {lea: {channels: [phone]}, sam: {channels: [hook]}}
sources:
  forum: {kind: feed, url: "https://forum.example.org/${TOKEN}", headers: {X-Key: "${TOKEN}"}}
channels:
  phone: {kind: ntfy, server: "https://ntfy.sh", topic: "${TOPIC}", token: "${TOKEN}"}
  hook: {kind: webhook, url: "http://[::1]/${TOKEN}", secret: "whsec_YW1lbmRzLXRlc3Qtc2VjcmV0LW9mLTMyLWJ5dGVzISE="}
web: {tokens: {ci: "${TOKEN}"}}
heartbeat: {url: "https://hc.example.org/${TOKEN}"}
storage: {url: "postgresql://amends:${TOKEN}@db/amends"}
"""


def test_no_secret_stands_in_a_configuration_s_repr(loaded: Load) -> None:
    config = loaded(FULL, {"TOKEN": SECRET, "TOPIC": "a-topic-nobody-knows"})
    assert SECRET not in repr(config)
    assert SECRET not in repr(config.web) + repr(config.heartbeat) + repr(config.storage) + repr(config.channels)
    assert {SECRET, "a-topic-nobody-knows"} <= config.secrets
    assert "whsec_YW1lbmRzLXRlc3Qtc2VjcmV0LW9mLTMyLWJ5dGVzISE=" in config.secrets
    assert SECRET not in repr(config.warnings)


@pytest.mark.parametrize(
    ("good", "bad"),
    [
        ("kind: ntfy, server", "kind: ntfy, retopic: 5, server"),
        ('topic: "${TOPIC}"', 'topic: "${TOKEN}/../x y"'),
        ('server: "https://ntfy.sh"', 'server: "${TOKEN}"'),
        ('heartbeat: {url: "https://hc', 'heartbeat: {url: "gopher://hc'),
        ('storage: {url: "postgresql:', 'storage: {url: "mysql:'),
        ('tokens: {ci: "${TOKEN}"}', 'tokens: {"C I": "${TOKEN}", x: ["${TOKEN}"]}'),
        ('url: "https://forum', 'url: "ftp://forum'),
        ('secret: "whsec_', 'secret: "${TOKEN}'),
        ("brands: {acme: {name: Acme}}", "brands: {acme: {name: Acme, false_pages: '${TOKEN}'}}"),
        ("brands: {acme: {name: Acme}}", "timezone: '${TOKEN}'\nbrands: {acme: {name: Acme}}"),
    ],
)
def test_no_error_shows_a_secret(good: str, bad: str, loaded: Load) -> None:
    text = FULL.replace(good, bad)
    assert text != FULL
    with pytest.raises(ConfigurationError) as caught:
        loaded(text, {"TOKEN": SECRET, "TOPIC": "a-topic-nobody-knows"})
    assert SECRET not in "".join(traceback.format_exception(caught.value))


def test_a_secret_written_in_the_open_is_not_repeated_in_an_error(problems: Problems) -> None:
    text = (
        "brands: {acme: {name: Acme}}\nchannels:\n  hook: {kind: webhook, url: 'http://x.example', secret: hunter2}\n"
    )
    found = [line for line in problems(text) if "secret" in line]
    assert found
    assert "hunter2" not in " ".join(found)
