"""What `amends check` says, and what it tries with --online, on real servers of this machine."""

from __future__ import annotations

import asyncio
import json
import socket
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from aiohttp import web

from support.cli import Ran, amends

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

SECRET = "whsec_YW1lbmRzLXRlc3Qtc2VjcmV0LW9mLTMyLWJ5dGVzISE="
TOPIC = "amends-a-topic-that-nobody-knows"
FEED = """<rss version="2.0"><channel><title>t</title>
<item><guid>1</guid><title>Acme is late</title><link>http://127.0.0.1/1</link>
<pubDate>Mon, 05 Jan 2026 10:00:00 GMT</pubDate></item></channel></rss>"""


def configured(place: Path, base: str, more: str = "") -> None:
    (place / "amends.yaml").write_text(
        f"""
brands: {{acme: {{name: Acme}}}}
sources:
  good: {{kind: feed, url: "{base}/feed.xml", every: 1m}}
{more}
people: {{lea: {{channels: [phone]}}, sam: {{channels: [hook]}}}}
channels:
  phone: {{kind: ntfy, server: "{base}", topic: {TOPIC}}}
  hook: {{kind: webhook, url: "{base}/hook", secret: "{SECRET}"}}
network: {{allow: ["127.0.0.0/8"]}}
"""
    )


@asynccontextmanager
async def served(health: int = 200) -> AsyncIterator[tuple[str, list[str]]]:
    """Serve a feed, an ntfy's health and a hook; note what was asked."""
    asked: list[str] = []

    async def answer(request: web.Request) -> web.Response:
        asked.append(f"{request.method} {request.path}")
        if request.path == "/feed.xml":
            return web.Response(text=FEED, content_type="application/rss+xml")
        if request.path == "/v1/health":
            return web.json_response({"healthy": True}, status=health)
        return web.Response(status=404)

    app = web.Application()
    app.router.add_route("*", "/{tail:.*}", answer)
    runner = web.AppRunner(app, shutdown_timeout=1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}", asked
    finally:
        await asyncio.sleep(0.05)  # a connection that was only opened and closed is still to be noticed
        await runner.cleanup()


async def checked(*arguments: str) -> Ran:
    return await asyncio.to_thread(amends, "check", *arguments)


def test_errors_go_to_standard_output_with_file_and_line_and_exit_2(place: Path) -> None:
    (place / "amends.yaml").write_text("brands:\n  acme: {nam: Acme}\nweb: {lisen: x}\n")
    ran = amends("check")
    assert ran.code == 2
    errors = [line for line in ran.out.splitlines() if ": error: " in line]
    assert errors == [
        "amends.yaml:2: error: brands.acme has no 'name'; add name: ...",
        "amends.yaml:2: error: unknown key 'nam' in brands.acme; did you mean 'name'?",
        "amends.yaml:3: error: unknown key 'lisen' in web; did you mean 'listen'?",
    ]
    rows = amends("check", "--json").rows
    assert {"file", "line", "level", "text"} == set(rows[0])


def test_no_file_at_all_is_told_how_to_make_one() -> None:
    ran = amends("check")
    assert ran.code == 2
    assert "amends init NAME" in ran.err


def test_warnings_exit_0_and_the_summary_says_what_will_happen(place: Path) -> None:
    configured(place, "http://127.0.0.1:9")
    ran = amends("check", "-c", "amends.yaml")
    assert ran.code == 0
    assert "expect about 1 false page a month" in ran.out
    assert "feed from 127.0.0.1:9" in ran.out
    assert TOPIC not in ran.out
    assert SECRET not in ran.out


def warned(ran: Ran) -> list[str]:
    return [line for line in ran.out.splitlines() if ": warning: " in line]


def test_every_warning_that_is_shown_is_counted_and_names_its_file_as_it_was_given(place: Path) -> None:
    configured(place, "http://127.0.0.1:9", "templates: {folder: mine}")
    (place / "mine" / "en").mkdir(parents=True)
    ours = "---\nlanguage: en\ncrisis: outage\nstage: holding\nlength: 280\n---\nWe are on it.\n"
    (place / "mine" / "en" / "ours.md").write_text(ours)

    relative = warned(amends("check", "-c", "amends.yaml"))
    absolute = amends("check", "-c", str(place / "amends.yaml"))

    assert {line.split(":")[0] for line in relative} == {"amends.yaml", "mine/en/ours.md"}
    assert f"amends.yaml: no errors, {len(relative)} warnings" in amends("check").out.splitlines()
    assert {line.split(":")[0] for line in warned(absolute)} == {
        str(place / "amends.yaml"), str(place / "mine" / "en" / "ours.md"),
    }  # fmt: skip
    assert f"{place / 'amends.yaml'}: no errors, {len(relative)} warnings" in absolute.out.splitlines()


def test_a_faulty_template_is_an_error_of_check(place: Path) -> None:
    (place / "mine").mkdir()
    (place / "mine" / "x.md").write_text("---\nlanguage: en\ncrisis: nonsense\n---\nx\n")
    (place / "amends.yaml").write_text("brands: {acme: {name: Acme}}\ntemplates: {folder: mine}\n")
    ran = amends("check")
    assert ran.code == 2
    assert ran.out.startswith("mine/x.md:1: error: ")


def test_hostile_text_in_a_configuration_cannot_command_the_terminal(place: Path) -> None:
    (place / "amends.yaml").write_text('brands: {acme: {name: "A\\e[31mcme\\u202e"}}\n"\\e[2J": 1\n')
    ran = amends("check", terminal=True)
    assert ran.code == 2
    assert not set(ran.out) & {"\x1b", "\u202e"}


async def test_online_tries_everything_and_pages_nobody(place: Path) -> None:
    async with served() as (base, asked):
        configured(place, base)
        ran = await checked("--online")
    assert ran.code == 0, ran.out + ran.err
    assert "ok    source good: 1 items" in ran.out
    assert "ok    channel phone: the server is healthy" in ran.out
    assert "ok    channel hook: connects; nothing was sent" in ran.out
    assert sorted(set(asked)) == ["GET /feed.xml", "GET /v1/health"], "no POST anywhere"


async def test_online_exits_1_where_one_fails_and_says_why(place: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    async with served(health=500) as (base, _):
        configured(place, base, f'  bad: {{kind: feed, url: "{base}/none.xml"}}')
        text = (place / "amends.yaml").read_text().replace(f"{base}/hook", f"http://127.0.0.1:{port}/hook")
        (place / "amends.yaml").write_text(text)
        ran = await checked("--online", "--json")
    assert ran.code == 1
    found = {row["id"]: row for row in ran.rows if "ok" in row}
    assert {id_: row["ok"] for id_, row in found.items()} == {"good": True, "bad": False, "phone": False, "hook": False}
    assert "404" in found["bad"]["detail"]
    assert "500" in found["phone"]["detail"]
    assert "not reached" in found["hook"]["detail"]
    assert TOPIC not in ran.out


async def test_online_gives_up_on_a_server_that_never_answers() -> None:
    from amends.cli import online  # noqa: PLC0415 - its patience is shortened here

    async def never() -> tuple[bool, str]:
        await asyncio.sleep(60)
        return True, ""

    before, online._DEADLINE = online._DEADLINE, 0.05
    try:
        assert await online._bounded(never()) == (False, "no answer within 0.05 s")
    finally:
        online._DEADLINE = before


async def test_an_ntfy_or_webhook_that_is_not_there_is_told() -> None:
    from amends.cli import online  # noqa: PLC0415 - costly

    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    ok, why = await online._health(f"http://127.0.0.1:{port}", "token")
    assert not ok
    assert "not reached" in why
    with socket.create_server(("127.0.0.1", 0)) as plain:
        plain.settimeout(5)

        async def hang_up() -> None:
            connection, _ = await asyncio.to_thread(plain.accept)
            connection.close()

        closing = asyncio.create_task(hang_up())
        ok, why = await online._connect("127.0.0.1", plain.getsockname()[1], secure=True)
        await closing
    assert not ok, "a server that does not speak TLS"


async def test_an_apprise_channel_cannot_be_tried_without_sending(place: Path) -> None:
    (place / "amends.yaml").write_text(
        "brands: {acme: {name: Acme}}\npeople: {a: {channels: [mail]}, b: {channels: [mail]}}\n"
        'channels: {mail: {kind: apprise, url: "mailto://u:very-secret@127.0.0.1:9?to=x@example.org"}}\n'
    )
    ran = await checked("--online")
    assert ran.code == 0
    assert "cannot be tried without sending" in ran.out
    assert "very-secret" not in ran.out
    assert json.dumps(ran.out)
