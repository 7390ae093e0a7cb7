"""`amends sources try`, as its user runs it."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner

from amends.cli.sources_try import try_command
from support.feeds import feed_page, gzipped, rss, serve

if TYPE_CHECKING:
    from pathlib import Path

    from support.feeds import Site

COMMAND = [sys.executable, "-c", "from amends.cli.sources_try import try_command; try_command()"]


async def attempt(*arguments: str) -> tuple[int, list[dict[str, Any]], str]:
    """Run the command in a thread: it brings a loop of its own."""
    result = await asyncio.to_thread(CliRunner().invoke, try_command, list(arguments))
    return result.exit_code, [json.loads(line) for line in result.stdout.splitlines()], result.stderr


ITEMS = rss(
    {"title": "Acme &amp; co", "guid": "1", "link": "https://a.example/1", "pubDate": "Mon, 05 Jan 2026 08:00:00 +0100",
     "description": "&lt;p&gt;Hello &lt;b&gt;you&lt;/b&gt;&lt;/p&gt;", "author": "lea@a.example (Léa)"},
    {"title": "Later", "guid": "2", "pubDate": "Fri, 01 Jan 2099 00:00:00 GMT"},
    {"title": "Somewhere", "guid": "3", "pubDate": "Mon, 05 Jan 2026 08:00:00 IST"},
    {"title": "Never", "guid": "4"},
    {"title": "Never", "guid": "4"},
)  # fmt: skip


async def test_a_file_brings_a_record_a_line_and_a_summary(tmp_path: Path) -> None:
    file = tmp_path / "feed.xml"
    file.write_bytes(ITEMS)
    code, lines, _ = await attempt(str(file))
    assert code == 0
    *records, summary = lines
    assert {line["input"] for line in lines} == {str(file)}
    first = records[0]
    assert (first["id"], first["url"], first["title"]) == ("1", "https://a.example/1", "Acme & co")
    assert first["published_at"] == "2026-01-05T07:00:00Z"
    assert first["text"] == "Hello you"
    assert [record["published_at"] for record in records[1:]] == ["2099-01-01T00:00:00Z", None, None]
    assert [record.get("date") for record in records] == [None, None, "zone", "missing"]
    assert summary == {
        "input": str(file),
        "items": 4,
        "skipped": 1,
        "error": None,
        "detail": None,
        "seconds": summary["seconds"],
    }


async def test_an_address_on_this_machine_is_read_because_it_was_typed(site: Site) -> None:
    site.pages["/feed.xml"] = feed_page(ITEMS)
    site.pages["/moved.xml"] = (301, {"Location": "/feed.xml"}, b"")
    url = f"{site.url}/moved.xml"
    code, lines, _ = await attempt(url, url.replace("127.0.0.1", "localhost"))
    assert code == 0
    assert [line["items"] for line in lines if "items" in line] == [4, 4]


async def test_servers_of_one_s_own_are_asked_without_gaps(site: Site) -> None:
    site.pages["/feed"] = feed_page(ITEMS)
    code, lines, _ = await attempt(*[f"{site.url}/feed"] * 3)
    assert code == 0
    seconds = [line["seconds"] for line in lines if "seconds" in line]
    assert len(seconds) == 3
    assert max(seconds[1:]) < 0.9, "a second between two requests is for the servers of others"


async def test_a_redirect_to_another_private_address_is_refused(site: Site) -> None:
    async with serve() as inside:
        inside.pages["/"] = feed_page(ITEMS)
        site.pages["/feed.xml"] = (302, {"Location": f"{inside.url}/"}, b"")
        code, lines, _ = await attempt(f"{site.url}/feed.xml")
        assert (code, lines[0]["error"], inside.log) == (1, "unsafe", [])


async def test_one_input_that_fails_makes_the_exit_1_and_the_others_are_read(tmp_path: Path, site: Site) -> None:
    (tmp_path / "good.xml").write_bytes(ITEMS)
    (tmp_path / "page.html").write_bytes(b"<html><body>x</body></html>")
    (tmp_path / "empty.xml").write_bytes(b"")
    (tmp_path / "cut.xml").write_bytes(ITEMS[:-100])
    (tmp_path / "big.xml").write_bytes(b"<rss>" + b" " * 9 * 2**20)
    (tmp_path / "bomb.xml.gz").write_bytes(gzipped(bytes(64 * 2**20)))
    (tmp_path / "small.xml.gz").write_bytes(gzipped(ITEMS))
    site.pages["/403"] = (403, {}, b"")
    site.pages["/404"] = (404, {}, b"")
    site.pages["/empty"] = (200, {}, b"")
    names = ["page.html", "empty.xml", "cut.xml", "big.xml", "bomb.xml.gz", "none.xml", "small.xml.gz", "good.xml"]
    given = [str(tmp_path / name) for name in names]
    given += [f"{site.url}/403", f"{site.url}/404", f"{site.url}/empty", "http://127.0.0.1:9/", "http://"]
    code, lines, _ = await attempt(*given)
    assert code == 1
    errors = [line["error"] for line in lines if "items" in line]
    assert errors == [
        "not-a-feed", "not-a-feed", "truncated", "too-large", "too-large", "unreachable", None, None, "blocked",
        "status", "not-a-feed", "unreachable", "unreachable",
    ]  # fmt: skip
    assert all(line["detail"] for line in lines if line.get("error"))


async def test_json_is_read_by_a_preset_or_by_guessing(tmp_path: Path) -> None:
    answer = {
        "hits": [{"objectID": "1", "author": "pg", "created_at_i": 1767571200, "comment_text": "<p>Hi", "title": None}]
    }
    (tmp_path / "hn.json").write_text(json.dumps(answer), encoding="utf-8")
    code, lines, _ = await attempt("--preset", "hackernews", str(tmp_path / "hn.json"))
    assert (code, lines[0]["url"], lines[0]["text"]) == (0, "https://news.ycombinator.com/item?id=1", "Hi")
    assert lines[0]["published_at"] == "2026-01-05T00:00:00Z"
    records = [{"id": "7", "source": "x", "published_at": "2026-01-05T00:00:00Z", "text": "Hello", "author": "lea"}]
    (tmp_path / "records.json").write_text(json.dumps(records), encoding="utf-8")
    code, lines, _ = await attempt("--kind", "json", str(tmp_path / "records.json"))
    assert (code, lines[0]["id"], lines[0]["text"], lines[0]["author"]) == (0, "7", "Hello", "lea")
    code, lines, _ = await attempt(str(tmp_path / "records.json"))
    assert (code, lines[0]["error"]) == (1, "not-a-feed")


@pytest.mark.parametrize("arguments", [[], ["--kind", "xml", "x"], ["--preset", "nope", "x"]])
async def test_wrong_arguments_exit_with_2(arguments: list[str]) -> None:
    code, lines, err = await attempt(*arguments)
    assert (code, lines) == (2, [])
    assert "Usage" in err


async def test_hostile_text_does_not_reach_the_terminal_raw(tmp_path: Path) -> None:
    (tmp_path / "feed.xml").write_bytes(rss({"title": "a\x1b[31mred\u202e", "guid": "1"}))
    process = await asyncio.create_subprocess_exec(*COMMAND, str(tmp_path / "feed.xml"), stdout=subprocess.PIPE)
    out, _ = await process.communicate()
    assert b"red" in out
    assert b"\x1b" not in out
    assert "\u202e".encode() not in out
