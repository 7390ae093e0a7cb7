"""The clients of the running daemon, against the real web application over the real store."""

from __future__ import annotations

import asyncio
import json
import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
import structlog
from aiohttp import web

from amends.cli.client import Client, problem
from amends.cli.silence import end
from amends.model import AmendsError, InputError
from amends.observe import Lock
from amends.web.problems import invalid
from support.cli import Ran, amends
from support.web import TOKEN, running

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from support.web import Town

NOW = 1_767_625_200.0  # 2026-01-05T15:00:00Z
HOSTILE = "Acme recall \x1b]0;owned\x07 \x9b2J \u202e now"


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[Town]:
    # The command line knows the real time only; and the daemon's log is not the client's output.
    with structlog.testing.capture_logs():
        async with running(tmp_path, now=time.time()) as found:
            yield found


async def asked(town: Town, *arguments: str, **more: Any) -> Ran:
    env = {"AMENDS_URL": town.url, "AMENDS_TOKEN": TOKEN, **more}
    return await asyncio.to_thread(lambda: amends(*arguments, **env))


async def opened(town: Town) -> str:
    """Open an incident by a watched word, in a text that means harm, and return its id."""
    published = (datetime.now(UTC) - timedelta(minutes=1)).isoformat()
    records = [{"id": "a", "source": "x", "published_at": published, "text": HOSTILE, "author": "m\x1b[31mallory"}]
    answer = await town.post("/api/v1/mentions", json=records)
    assert answer.status == 202
    (incident,) = (await town.json("/api/v1/incidents"))["incidents"]
    return str(incident["id"])


async def test_incidents_are_listed_shown_acknowledged_and_resolved(town: Town) -> None:
    incident = await opened(town)
    listed = await asked(town, "incidents", "list", "--state", "open", "--brand", "acme", "--limit", "5")
    assert listed.code == 0
    assert [row["id"] for row in listed.rows] == [incident]
    shown = await asked(town, "incidents", "show", incident)
    assert {"events", "pages", "why", "quotes"} <= set(shown.rows[0])
    acknowledged = await asked(town, "incidents", "ack", incident, "--by", "lea")
    assert acknowledged.code == 0, acknowledged.err
    assert acknowledged.rows[0]["acknowledged_by"] == "lea"
    again = await asked(town, "incidents", "ack", incident, "--by", "lea")
    assert again.code == 0
    resolved = await asked(town, "incidents", "resolve", incident, "--by", "sam")
    assert resolved.rows[0]["state"] == "resolved"
    assert (await asked(town, "incidents", "list", "--state", "open")).rows == []


async def test_the_adviser_is_answered_and_says_what_to_do_first(town: Town) -> None:
    incident = await opened(town)
    told = ("--victim", "no", "--preventable", "yes", "--about", "data-breach", "--by", "lea")
    advised = await asked(town, "incidents", "advise", incident, *told)
    assert advised.code == 0, advised.err
    assert (advised.rows[0]["cluster"], advised.rows[0]["strategy"]) == ("preventable", "rebuild")
    shown = await asked(town, "incidents", "advise", incident, *told, terminal=True)
    assert shown.out.startswith("preventable: rebuild (data-breach)")
    assert shown.out.index("counsel") < shown.out.index("scheduled posts") < shown.out.index("Apologise in full")
    nobody = await asked(town, "incidents", "advise", incident, "--victim", "perhaps")
    assert nobody.code == 2


async def test_a_terminal_gets_a_table_and_is_not_commanded(town: Town) -> None:
    incident = await opened(town)
    listed = await asked(town, "incidents", "list", terminal=True)
    assert listed.out.startswith("ID")
    assert incident in listed.out
    shown = await asked(town, "incidents", "show", incident, terminal=True)
    for heading in ("Why:", "Quotes:", "What happened:", "Who was told:", "coverage:"):
        assert heading in shown.out
    for ran in (listed, shown):
        assert not set(ran.out) & {"\x1b", "\x9b", "\x07", "\u202e"}
    as_json = await asked(town, "incidents", "list", "--json", terminal=True)
    assert as_json.rows[0]["id"] == incident


async def test_the_record_is_verified_one_by_one_or_whole(town: Town) -> None:
    empty = await asked(town, "incidents", "verify", terminal=True)
    assert (empty.code, empty.out) == (0, "")
    assert "no incident yet" in empty.err
    incident = await opened(town)
    whole = await asked(town, "incidents", "verify")
    assert whole.code == 0
    assert [(row["id"], row["ok"]) for row in whole.rows] == [(incident, True)]
    one = await asked(town, "incidents", "verify", incident)
    assert one.rows == whole.rows


async def test_silences_begin_are_listed_and_end(town: Town) -> None:
    added = await asked(town, "silence", "add", "acme", "--for", "2h", "--reason", "launch", "--by", "lea")
    assert added.code == 0, added.err
    (row,) = added.rows
    assert (row["brand"], row["reason"], row["by"]) == ("acme", "launch", "lea")
    listed = await asked(town, "silence", "list")
    assert [one["id"] for one in listed.rows] == [row["id"]]
    ended = await asked(town, "silence", "end", row["id"], "--by", "lea")
    assert ended.code == 0, ended.err
    assert (await asked(town, "silence", "list", terminal=True)).err == "No silence holds.\n"


async def test_a_drill_is_an_incident_of_its_own_kind(town: Town) -> None:
    ran = await asked(town, "drill", "--case", "outage", "--by", "lea", "--brand", "bolt")
    assert ran.code == 0, ran.err
    assert (ran.rows[0]["kind"], ran.rows[0]["brand"]) == ("drill", "bolt")


async def test_sources_are_listed_polled_paused_and_resumed(town: Town) -> None:
    assert {row["id"] for row in (await asked(town, "sources", "list")).rows} == {"news", "forum"}
    assert (await asked(town, "sources", "poll", "news")).code == 0
    assert town.desk.told == ["poll news"]
    assert (await asked(town, "sources", "pause", "news")).rows[0]["paused"] is True
    paused = await asked(town, "sources", "poll", "news")
    assert (paused.code, paused.out) == (1, "")
    assert "'news' is paused" in paused.err
    assert "amends sources resume news" in paused.err
    assert (await asked(town, "sources", "resume", "news")).rows[0]["paused"] is False
    unknown = await asked(town, "sources", "poll", "nws")
    assert unknown.code == 2
    assert "there is no source 'nws'; known: forum, news (status 404)" in unknown.err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["incidents", "show", "../../x?y#z"], "there is no incident"),
        (["incidents", "ack", "nope", "--by", "lea"], "there is no incident 'nope'"),
        (["silence", "add", "acne", "--for", "2h", "--reason", "x", "--by", "lea"], "acne"),
        (["silence", "add", "acme", "--for", "2h", "--reason", "x", "--by", "leah"], "leah"),
        (["silence", "end", "nope", "--by", "lea"], "nope"),
        (["drill", "--case", "no such case at all"], "case"),
    ],
)
async def test_what_the_daemon_does_not_know_is_wrong_input(arguments: list[str], words: str, town: Town) -> None:
    ran = await asked(town, *arguments)
    if arguments[0] == "drill" and ran.code == 0:
        return  # any case may be played
    assert ran.code == 2
    assert ran.out == ""
    assert words in ran.err


async def test_without_the_right_token_nothing_is_changed_and_the_way_out_is_told(town: Town) -> None:
    incident = await opened(town)
    ran = await asked(town, "incidents", "ack", incident, "--by", "lea", AMENDS_TOKEN="wrong")
    assert ran.code == 1
    assert "set AMENDS_TOKEN" in ran.err
    assert (await town.json(f"/api/v1/incidents/{incident}"))["acknowledged_at"] is None


# --- finding the daemon ---


def test_no_daemon_is_told_with_the_state_folder(place: Path) -> None:
    ran = amends("incidents", "list")
    assert ran.code == 1
    assert f"no daemon runs on {place / 'state' / 'amends'}; start it with `amends run`" in ran.err


def test_a_daemon_that_has_died_is_told(place: Path) -> None:
    folder = place / "state" / "amends"
    lock = Lock.acquire(folder)
    lock.tell("http://127.0.0.1:9")
    ran = amends("incidents", "list")
    lock.release()
    assert ran.code == 1
    assert "no daemon answers at http://127.0.0.1:9" in ran.err


async def test_the_state_folder_tells_the_address_and_holds_the_token(town: Town, place: Path) -> None:
    folder = place / "state" / "amends"
    lock = Lock.acquire(folder)
    lock.tell(town.url)
    (folder / "cli.token").write_text(TOKEN + "\n")
    ran = await asyncio.to_thread(amends, "drill")
    lock.release()
    assert ran.code == 0, ran.err


def test_an_address_that_is_none_is_wrong_input() -> None:
    ran = amends("incidents", "list", AMENDS_URL="localhost:8484", AMENDS_TOKEN="x")
    assert ran.code == 2
    assert "write it like http://127.0.0.1:8484" in ran.err


async def test_our_own_machine_s_token_goes_nowhere_else(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from amends.cli import client  # noqa: PLC0415 - what is tested

    folder = place / "state" / "amends"
    folder.mkdir(parents=True)
    (folder / "cli.token").write_text("secret-of-this-machine")
    monkeypatch.setenv("AMENDS_URL", "https://elsewhere.example.org")
    assert client.connect(None)._token is None
    monkeypatch.setenv("AMENDS_URL", "http://127.0.0.1:8484")
    assert client.connect(None)._token == "secret-of-this-machine"


async def test_what_answers_but_is_no_daemon_is_told() -> None:
    async def answer(request: web.Request) -> web.Response:
        match request.path:
            case "/html/x":
                return web.Response(text="<html>", content_type="text/html")
            case "/moved/x":
                return web.Response(status=302, headers={"Location": "http://127.0.0.1:1/"})
            case "/broken/x":
                return web.Response(status=500, text="oops")
            case _:
                return web.Response(status=204)

    app = web.Application()
    app.router.add_route("*", "/{tail:.*}", answer)
    runner = web.AppRunner(app, shutdown_timeout=1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    base = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        for path, words in (("/html", "is no Amends"), ("/moved", "sends elsewhere"), ("/broken", "status 500")):
            with pytest.raises(AmendsError, match=words):
                await asyncio.to_thread(Client(base + path, None).get, "/x")
        assert await asyncio.to_thread(Client(base, None).post, "/x") is None
    finally:
        await runner.cleanup()


async def test_https_is_spoken_and_its_certificate_looked_at() -> None:
    server = await asyncio.start_server(lambda _, writer: writer.close(), "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    with pytest.raises(AmendsError, match="no daemon answers"):
        await asyncio.to_thread(Client(f"https://127.0.0.1:{port}", None).get, "/x")
    server.close()
    await asyncio.sleep(0.05)


def test_a_problem_is_one_sentence() -> None:
    assert problem(422, {"detail": "no", "errors": [{"field": "by", "detail": "unknown"}, 5]}) == (
        "no; by: unknown (status 422)"
    )
    assert problem(422, invalid("until", "is past").document()) == "until: is past (status 422)"
    assert problem(400, {"title": "Bad"}) == "Bad (status 400)"
    assert problem(502, "text") == "the daemon answered with status 502"


# --- who, and until when ---


async def test_who_acts_is_the_only_person_there_is(town: Town, place: Path) -> None:
    incident = await opened(town)
    ran = await asked(town, "incidents", "ack", incident)
    assert ran.code == 2
    assert "say who you are with --by PERSON" in ran.err
    ran = await asked(town, "incidents", "ack", incident, "--by", "nobody")
    assert (ran.code, ran.err.count("person"), ran.err.count("by:")) == (2, 1, 1)
    (place / "amends.yaml").write_text("brands: {acme: {name: Acme}}\npeople: {lea: {}, sam: {}}\n")
    ran = await asked(town, "incidents", "ack", incident)
    assert "one of lea, sam" in ran.err
    (place / "amends.yaml").write_text("brands: {acme: {name: Acme}}\npeople: {sam: {}}\n")
    ran = await asked(town, "incidents", "ack", incident)
    assert ran.rows[0]["acknowledged_by"] == "sam"
    (place / "amends.yaml").write_text("brands: {}\n")
    assert (await asked(town, "incidents", "ack", incident)).code == 2


def test_a_silence_has_one_end_ahead() -> None:
    assert end("2h", None, NOW) == "2026-01-05T17:00:00Z"
    assert end(None, "2026-01-05T18:00+01:00", NOW) == "2026-01-05T17:00:00Z"
    assert end(None, "2026-01-05T17:00", NOW) == "2026-01-05T17:00:00Z"
    for lasting, until in ((None, None), ("2h", "2026-01-05T18:00Z"), ("2", None), (None, "soon"), ("0s", None)):
        with pytest.raises(InputError):
            end(lasting, until, NOW)


async def test_more_incidents_than_a_page_are_walked_through() -> None:
    from amends.cli.incidents import _incidents  # noqa: PLC0415 - what is tested

    class Paged:
        def __init__(self) -> None:
            self.asked: list[dict[str, Any]] = []

        def get(self, path: str, **query: Any) -> Any:
            self.asked.append({"path": path, **query})
            start = int(query["cursor"] or 0)
            ids = range(start, min(start + query["limit"], 250))
            return {"incidents": [{"id": n} for n in ids], "next": str(ids.stop) if ids.stop < 250 else None}

    client = Paged()
    assert len(list(_incidents(client, 1000, brand="acme"))) == 250  # type: ignore[arg-type]  # as much of a client as it takes
    assert len(list(_incidents(client, 120))) == 120  # type: ignore[arg-type]  # the same
    assert json.dumps(client.asked[0]) == '{"path": "/api/v1/incidents", "limit": 100, "cursor": null, "brand": "acme"}'


async def test_everything_said_to_an_incident_can_be_taken_back(town: Town) -> None:
    id_ = await opened(town)
    for command, undo, field, value in (
        (("ack", id_), ("unack", id_), "acknowledged_by", "lea"),
        (("feedback", id_, "real"), ("feedback", id_, "none"), "feedback", "real"),
        (("resolve", id_), ("reopen", id_), "resolved_at", True),
    ):
        done = await asked(town, "incidents", command[0], "--by", "lea", *command[1:])
        assert done.code == 0, done.err
        assert done.rows[0][field] == (done.rows[0][field] if value is True else value) is not None
        back = await asked(town, "incidents", undo[0], "--by", "sam", *undo[1:])
        assert (back.code, back.rows[0][field]) == (0, None), back.err
    snoozed = await asked(town, "incidents", "snooze", "--by", "lea", "--for", "20d", id_)
    assert snoozed.rows[0]["snoozed_until"] is not None
    assert (await asked(town, "incidents", "snooze", "--by", "lea", "--end", id_)).rows[0]["snoozed_until"] is None
    events = (await asked(town, "incidents", "show", id_)).rows[0]["events"]
    told = [(event["event"], event["by"]) for event in events if event["by"] != "amends"]
    assert told[:6] == [
        ("acknowledged", "lea"), ("unacknowledged", "sam"), ("feedback", "lea"), ("feedback", "sam"),
        ("resolved", "lea"), ("reopened", "sam"),
    ]  # fmt: skip


async def test_an_answer_is_noted_and_the_report_is_printed_or_written(town: Town, tmp_path: Path) -> None:
    id_ = await opened(town)
    noted = await asked(town, "incidents", "responded", "--by", "lea", "--kind", "full", "--text", "We are sorry.", id_)
    assert noted.code == 0, noted.err

    assert "> We are sorry." in (await asked(town, "report", id_)).out
    assert json.loads((await asked(town, "report", "--json", id_)).out)["texts"][-1]["kind"] == "full"
    page = tmp_path / "report.html"
    written = await asked(town, "report", id_, "-o", str(page))
    assert written.out.strip() == str(page)
    assert page.read_text("utf-8").startswith("<!doctype html>")
    assert (await asked(town, "report", "none")).code == 2
    printed = await asked(town, "report", id_, "-o", str(tmp_path / "report.pdf"))
    assert (printed.code, (tmp_path / "report.pdf").exists()) == (2, False)
    assert ".html" in printed.err
    assert (await asked(town, "report", id_, "-o", str(tmp_path / "report.pdf"), "--as", "md")).code == 0
    assert (await asked(town, "report", id_, "-o", str(tmp_path / "no" / "where.md"))).code == 1
    shown = await asked(town, "incidents", "show", id_, terminal=True)
    assert "holding:" in shown.out
    assert "met (target" in shown.out


async def test_an_author_is_forgotten_by_command(town: Town) -> None:
    await opened(town)
    ran = await asked(town, "forget", "@nobody_of_that_name", "--by", "lea")
    assert (ran.code, ran.rows[0]["erased"], ran.rows[0]["by"]) == (0, 0, "lea")
    assert (await asked(town, "forget", " ")).code == 2
