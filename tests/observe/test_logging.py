"""Logs hold no secret, no link's token and nothing that a terminal obeys."""

from __future__ import annotations

import io
import json
import logging
import warnings
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from amends.model import InputError
from amends.observe import configure
from amends.observe.logging import Scrubber, level_of
from amends.observe.printable import printable

if TYPE_CHECKING:
    from collections.abc import Iterator

SECRET = "s3cr3t/with+odd&characters"
TOKEN = "eyJpbmMiOiJhYm1lLTEifQ.c2lnbmF0dXJlLW9mLWEtbGluaw"


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture(autouse=True)
def _as_it_was() -> Iterator[None]:
    root = logging.getLogger()
    before, level, shown = list(root.handlers), root.level, warnings.showwarning
    yield
    root.handlers[:], root.level = before, level
    logging.captureWarnings(capture=False)
    warnings.showwarning = shown
    structlog.reset_defaults()


def logged(
    form: str = "json", stream: io.StringIO | None = None, env: dict[str, str] | None = None, **more: Any
) -> str:
    stream = stream or io.StringIO()
    configure(form=form, level=more.pop("level", "info"), env=env or {}, secrets={SECRET, ""}, stream=stream)
    structlog.get_logger("amends.x").info(more.pop("event", "hello"), **more)
    return stream.getvalue()


def test_a_record_is_one_line_of_json_with_time_and_level() -> None:
    row = json.loads(logged(number=3, none=None, flag=True, inner={"a": [1, "b"]}, name="Léa"))
    assert row["message"] == "hello"
    assert row["level"] == "info"
    assert row["timestamp"].endswith("Z")
    assert (row["number"], row["none"], row["flag"], row["inner"], row["name"]) == (
        3,
        None,
        True,
        {"a": [1, "b"]},
        "Léa",
    )


@pytest.mark.parametrize("form", ["json", "console"])
def test_no_secret_is_ever_written(form: str) -> None:
    class Odd:
        def __str__(self) -> str:
            return f"odd {SECRET}"

    text = logged(
        form,
        event=f"polling {SECRET}",
        url=f"https://u:{SECRET.replace('/', '')}@x.example/{quote(SECRET, safe='')}?t={quote(SECRET)}",
        inner={"list": [SECRET], SECRET: 1},
        odd=Odd(),
        tuple_=(SECRET,),
    )
    for written in (SECRET, quote(SECRET, safe=""), quote(SECRET), SECRET.replace("/", "")):
        assert written not in text


@pytest.mark.parametrize("form", ["json", "console"])
def test_no_secret_is_written_in_a_traceback_or_by_a_library(form: str) -> None:
    stream = io.StringIO()
    configure(form=form, env={}, secrets={SECRET}, stream=stream)
    try:
        int(SECRET)
    except ValueError:
        structlog.get_logger().exception("failed")
        logging.getLogger("some.library").exception("also %s", SECRET)
    logging.getLogger("aiohttp.access").info('"GET /a/%s HTTP/1.1"', TOKEN)
    text = stream.getvalue()
    assert "ValueError" in text
    assert SECRET not in text
    assert TOKEN not in text
    assert "/a/-" in text


def test_links_bearers_and_passwords_are_blotted_out() -> None:
    scrub = Scrubber().text
    assert scrub(f"https://amends.example/a/{TOKEN}?x=1") == "https://amends.example/a/-?x=1"
    assert scrub("/a/ and /about are no links") == "/a/ and /about are no links"
    assert scrub("Authorization: Bearer abcdef123456") == "Authorization: Bearer ***"
    assert scrub("postgresql://amends:hunter2@db/x") == "postgresql://***@db/x"


@given(st.text(), st.text(min_size=6, alphabet=st.characters(exclude_categories=["Cs"])))
def test_a_secret_is_found_in_any_text(text: str, secret: str) -> None:
    assert secret not in Scrubber({secret}).text(text + secret + text).replace("***", "") or "*" in secret


@pytest.mark.parametrize("form", ["json", "console"])
@given(text=st.text(alphabet=st.characters(), max_size=40))
def test_nothing_written_is_obeyed_by_a_terminal(form: str, text: str) -> None:
    out = logged(form, event=text, value=text, inner=[text])
    assert out.count("\n") == 1
    forbidden = {chr(code) for code in (*range(32), *range(127, 160), 0x2028, 0x2029, 0x202E, 0x2066)}
    assert not set(out[:-1]) & forbidden


def test_a_traceback_keeps_its_lines_on_a_console() -> None:
    stream = io.StringIO()
    configure(form="console", env={}, stream=stream)
    try:
        int("\x1b[2J")
    except ValueError:
        structlog.get_logger().exception("failed")
    assert stream.getvalue().count("\n") > 3
    assert "\x1b" not in stream.getvalue()


def test_auto_is_a_console_at_a_terminal_and_json_elsewhere() -> None:
    assert logged("auto").startswith("{")
    assert not logged("auto", Terminal()).startswith("{")


def test_colours_are_for_terminals_that_want_them() -> None:
    assert "\x1b[" in logged("auto", Terminal())
    assert "\x1b[" not in logged("auto", Terminal(), env={"NO_COLOR": "1"})
    assert "\x1b[" not in logged("console")


def test_the_level_is_the_configuration_s_but_the_environment_wins() -> None:
    assert logged(level="warning") == ""
    assert logged(level="warning", env={"AMENDS_LOG": "Debug"}) != ""
    assert level_of("info", {"AMENDS_LOG": " "}) == "info"
    with pytest.raises(InputError, match="AMENDS_LOG is 'loud'; take one of debug, info, warning, error"):
        level_of("info", {"AMENDS_LOG": "loud"})


def test_a_noisy_library_is_kept_to_its_warnings() -> None:
    stream = io.StringIO()
    configure(form="json", level="debug", env={}, stream=stream)
    logging.getLogger("aiosqlite").debug("every statement")
    assert stream.getvalue() == ""
    logging.getLogger("aiosqlite").warning("trouble")
    assert "trouble" in stream.getvalue()


def test_python_s_warnings_go_into_the_log() -> None:
    stream = io.StringIO()
    configure(form="json", env={}, stream=stream)
    with warnings.catch_warnings():
        warnings.simplefilter("always")
        logging.captureWarnings(capture=True)
        warnings.warn("careful", UserWarning, stacklevel=1)
    assert "careful" in stream.getvalue()


def test_it_may_be_configured_again_while_loggers_live() -> None:
    first, second = io.StringIO(), io.StringIO()
    log = structlog.get_logger("kept")
    configure(form="json", env={}, stream=first)
    log.info("one")
    configure(form="json", env={}, secrets={SECRET}, stream=second)
    log.info("two", which=SECRET)
    assert "one" in first.getvalue()
    assert "two" not in first.getvalue()
    assert json.loads(second.getvalue())["which"] == "***"


def test_printable_writes_out_what_a_terminal_would_obey() -> None:
    assert printable("a\x1b[31m\x9b\u202e\t\r\nb\ud800") == "a\\x1b[31m\\x9b\\u202e\\t\\r\\nb\\ud800"
    assert printable("a\nb\x1b", lines=True) == "a\nb\\x1b"
