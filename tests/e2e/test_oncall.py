"""Rotas, drills, the proof of life and the dead man's switch, through the doors of the real program."""

from __future__ import annotations

import asyncio
import signal
import sys
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from support.daemon import environment, running
from support.receivers import answer, receiver

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytestmark = pytest.mark.slow

NIGHT = """BEGIN:VCALENDAR\r
VERSION:2.0\r
PRODID:test\r
BEGIN:VEVENT\r
UID:1\r
SUMMARY:{who}\r
DTSTART:{start}\r
DURATION:PT2H\r
END:VEVENT\r
END:VCALENDAR\r
"""
FEED = """<rss version="2.0"><channel><title>t</title><link>http://127.0.0.1/</link>
<item><guid>1</guid><title>Acme is in town</title></item></channel></rss>"""
ROTA = """
rotas:
  night: {calendar: night.ics, fallback: sam}
"""


def calendar(folder: Path, who: str, start: datetime) -> None:
    (folder / "night.ics").write_text(NIGHT.format(who=who, start=f"{start:%Y%m%dT%H%M%SZ}"), "utf-8", newline="")


def rota(configure: Callable[..., Path], url: str, more: str = "", **settings: str) -> Path:
    path = configure(url, more=ROTA + more, **settings)
    path.write_text(path.read_text("utf-8").replace("page: [lea]", "page: [night]"), "utf-8")
    return path


async def until(look: Callable[[], Any], seconds: float = 20.0) -> Any:
    """Wait until something is to be seen, and return it."""
    async with asyncio.timeout(seconds):
        while True:
            found = look()
            if asyncio.iscoroutine(found):
                found = await found
            if found:
                return found
            await asyncio.sleep(0.1)


def bodies(phone: Any) -> list[dict[str, Any]]:
    return [one.json["data"] for one in phone.received]


async def command(state: Path, *arguments: str, folder: Path) -> str:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "amends", *arguments,
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE, env=environment(state), cwd=folder,
    )  # fmt: skip
    out, _ = await asyncio.wait_for(process.communicate(), 60)
    assert process.returncode == 0
    return out.decode()


async def test_whoever_is_on_call_by_the_calendar_is_paged_and_in_a_gap_the_fallback(
    configure: Callable[..., Path], state: Path, tmp_path: Path
) -> None:
    now = datetime.now(UTC)
    calendar(tmp_path, "LÉA", now - timedelta(minutes=30))
    async with receiver() as phone, running(rota(configure, phone.url), state) as daemon:
        _, found = await daemon.get("/api/v1/on-call")
        assert found["rotas"][0]["people"] == ["lea"]
        assert found["brands"][0]["steps"][0]["page"][0]["rota"] == "night"
        later = (now + timedelta(days=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
        _, found = await daemon.get(f"/api/v1/on-call?at={later}")
        assert found["rotas"][0]["gap"]
        assert found["people"][0] == "sam"
        assert await daemon.metric('amends_on_call{person="lea",rota="night"}') == 1
        _, text = await daemon.get("/api/v1/rotas/night.ics")
        assert "SUMMARY:Léa" in text

        await daemon.post("/api/v1/drills", {"brand": "acme"})
        first = (await until(lambda: phone.received))[0].json["data"]["page"]
        assert first["person"] == "lea"

        calendar(tmp_path, "LÉA", now + timedelta(hours=3))
        daemon.process.send_signal(signal.SIGHUP)
        await until(lambda: "reloaded" in daemon.log)
        await daemon.post("/api/v1/drills", {"brand": "zeta"})
        told = await until(
            lambda: [one.json["data"] for one in phone.received if one.json["data"]["incident"]["brand"] == "zeta"]
        )
        assert told[0]["page"]["person"] == "sam"
        assert told[0]["page"]["text"].startswith("Nobody is on call in the rota night: you are its fallback.")


async def test_a_drill_is_scored_and_its_command_waits_for_the_end(
    configure: Callable[..., Path], state: Path, tmp_path: Path
) -> None:
    async with receiver() as phone:
        path = configure(phone.url)
        async with running(path, state) as daemon:
            drill = asyncio.create_task(
                command(state, "drill", "-c", str(path), "--case", "rumour", "--by", "lea", "--wait", folder=tmp_path)
            )
            page = (await until(lambda: phone.received))[0].json["data"]
            await daemon.post(f"/api/v1/incidents/{page['incident']['id']}/acknowledge", {"by": "lea"})
            opened, score = (await drill).splitlines()
            assert '"drill": true' in opened
            assert '"case": "rumour"' in score
            assert '"acknowledged_by": "lea"' in score
        assert 'amends_acknowledge_seconds_count{severity="2"} 1' not in daemon.log


async def test_the_heart_stops_while_no_page_reaches_anybody_and_beats_again(
    configure: Callable[..., Path], state: Path
) -> None:
    async with receiver() as phone, receiver("/beat") as watcher:
        phone.usual = answer(404)  # refused for good: every channel of everybody fails
        path = configure(phone.url, more=f'heartbeat: {{url: "{watcher.url}", every: 1s}}\n')
        async with running(path, state) as daemon:
            await until(lambda: watcher.received)
            await daemon.post("/api/v1/drills", {"brand": "acme"})
            await until(lambda: "no page has reached anybody" in daemon.log)
            beats = len(watcher.received)
            await asyncio.sleep(2.5)
            assert len(watcher.received) <= beats + 1
            phone.usual = answer(200)
            _, found = await daemon.get("/api/v1/incidents?brand=acme")
            await daemon.post(f"/api/v1/incidents/{found['incidents'][0]['id']}/resolve", {"by": "lea"})


async def test_the_heart_begins_to_beat_once_a_source_has_answered_and_not_before(
    configure: Callable[..., Path], state: Path
) -> None:
    async with receiver() as phone, receiver("/beat") as watcher, receiver("/feed.xml") as feed:
        feed.usual = answer(503)
        source = f'sources: {{news: {{kind: feed, url: "{feed.url}", every: 1s}}}}\n'
        path = configure(phone.url, more=f'{source}heartbeat: {{url: "{watcher.url}", every: 1h}}\n')
        async with running(path, state) as daemon:
            await until(lambda: len(feed.received) >= 2)
            await until(lambda: "no source has answered yet" in daemon.log)
            assert watcher.received == []
            feed.usual = answer(200, text=FEED)
            await until(lambda: watcher.received)


async def test_a_reload_that_fails_after_parsing_leaves_no_new_token_in_force(
    configure: Callable[..., Path], state: Path, tmp_path: Path
) -> None:
    async with receiver() as phone:
        path = configure(phone.url)
        async with running(path, state) as daemon:
            (tmp_path / "own").mkdir()
            (tmp_path / "own" / "bad.md").write_text("no front matter\n")
            text = path.read_text("utf-8").replace("ci: ", "stranger: another-token-for-tests, ci: ")
            path.write_text(f"{text}templates: {{folder: own}}\n", "utf-8")
            daemon.process.send_signal(signal.SIGHUP)
            await until(lambda: "reload refused" in daemon.log)
            status, _ = await daemon.post("/api/v1/drills", {}, token="another-token-for-tests")
            assert status == 401
            (tmp_path / "own" / "bad.md").unlink()
            daemon.process.send_signal(signal.SIGHUP)
            await until(lambda: '"reloaded"' in daemon.log or "reloaded " in daemon.log)
            status, _ = await daemon.post("/api/v1/drills", {}, token="another-token-for-tests")
            assert status == 201
