"""Calendars of rotas: from a file and from a real server, refreshed, guarded, the last good copy kept with its age."""

from __future__ import annotations

from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from aiohttp import web

from amends import escalation
from amends.config import load
from amends.config.rules import rotas
from amends.service.calendars import Calendars
from amends.sources.http import Client
from support.web import SetClock

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable
    from pathlib import Path

    from amends.config import Configuration
    from amends.sources.http import Answer, Request

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC).timestamp()
FILE = """
brands: {acme: {name: Acme}}
people: {lea: {name: Léa, channels: [hook]}, sam: {channels: [hook]}}
channels: {hook: {kind: webhook, url: "http://127.0.0.1:1/", secret: "whsec_YW1lbmRzLXRlc3Qtc2VjcmV0"}}
rotas: {night: {calendar: "%s", fallback: sam}}
escalation: {desk: {steps: [{page: [night, sam]}]}}
"""


def calendar(*summaries: str) -> str:
    events = "".join(
        f"BEGIN:VEVENT\r\nUID:{number}\r\nSUMMARY:{summary}\r\nDTSTART:2026112{6 + number}T000000Z\r\nDURATION:P1D\r\n"
        "END:VEVENT\r\n"
        for number, summary in enumerate(summaries)
    )
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:t\r\n{events}END:VCALENDAR\r\n"


def configured(folder: Path, address: str) -> Configuration:
    path = folder / "amends.yaml"
    path.write_text(FILE % address, "utf-8")
    return load(path, {})


def on_duty(config: Configuration, calendars: Calendars, at: float = NOW) -> tuple[str, ...]:
    return escalation.duty(rotas(config, calendars.calendars)["night"], at).people


async def test_a_file_is_read_at_the_start_and_again_when_it_changes(tmp_path: Path) -> None:
    (tmp_path / "night.ics").write_text(calendar("LÉA", "Sam"), "utf-8")
    config, clock, told = configured(tmp_path, "night.ics"), SetClock(NOW), []
    calendars = Calendars(clock, tmp_path, None)
    calendars.changed = lambda: told.append(1)
    await calendars.configure(config)
    assert on_duty(config, calendars) == ("lea",)
    assert on_duty(config, calendars, NOW + 86_400) == ("sam",)
    await calendars.refresh()
    assert told == []
    (tmp_path / "night.ics").write_text(calendar("sam", "nobody we know"), "utf-8")
    await calendars.refresh()
    assert (on_duty(config, calendars), told) == (("sam",), [1])
    kept = calendars.kept("night")
    assert kept is not None
    assert kept.problems == ("'nobody we know' is no person's id or name",)


async def test_a_file_that_breaks_or_goes_leaves_the_last_good_copy_in_force_and_says_so(tmp_path: Path) -> None:
    (tmp_path / "night.ics").write_text(calendar("lea"), "utf-8")
    config, clock = configured(tmp_path, "night.ics"), SetClock(NOW)
    calendars = Calendars(clock, tmp_path, None)
    await calendars.configure(config)
    (tmp_path / "night.ics").write_text("<html>moved</html>", "utf-8")
    clock.now += 60
    await calendars.refresh()
    kept = calendars.kept("night")
    assert kept is not None
    assert (on_duty(config, calendars), kept.read_at) == (("lea",), NOW)
    assert "no iCalendar" in (kept.error or "")
    (tmp_path / "night.ics").unlink()
    await calendars.refresh()
    kept = calendars.kept("night")
    assert kept is not None
    assert "cannot be read" in (kept.error or "")
    (tmp_path / "night.ics").write_text(calendar("lea"), "utf-8")
    await calendars.refresh()
    kept = calendars.kept("night")
    assert kept is not None
    assert (kept.error, kept.read_at) == (None, NOW + 60)


async def test_a_long_life_unrolls_anew_so_that_the_end_never_comes_near(tmp_path: Path) -> None:
    yearly = calendar("lea").replace("DURATION:P1D", "DURATION:P1D\r\nRRULE:FREQ=DAILY")
    (tmp_path / "night.ics").write_text(yearly, "utf-8")
    config, clock = configured(tmp_path, "night.ics"), SetClock(NOW)
    calendars = Calendars(clock, tmp_path, None)
    await calendars.configure(config)
    later = NOW + 150 * 86_400
    assert on_duty(config, calendars, later) == ()
    clock.now = later
    await calendars.refresh()
    assert on_duty(config, calendars, later) == ("lea",)


@asynccontextmanager
async def served(answers: list[Any]) -> AsyncIterator[tuple[str, list[web.Request]]]:
    """Serve what `answers` says, the last one again and again: a text, or a status."""
    asked: list[web.Request] = []

    async def answer(request: web.Request) -> web.Response:
        asked.append(request)
        said = answers.pop(0) if len(answers) > 1 else answers[0]
        if isinstance(said, int):
            return web.Response(status=said)
        return web.Response(text=said, headers={"ETag": '"1"'}, content_type="text/calendar")

    app = web.Application()
    app.router.add_get("/{tail:.*}", answer)
    runner = web.AppRunner(app, shutdown_timeout=1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    try:
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/secret-rota.ics", asked
    finally:
        await runner.cleanup()


async def test_an_address_is_asked_each_hour_and_its_copy_outlives_a_restart_and_an_outage(tmp_path: Path) -> None:
    async with served([calendar("lea"), 304, 500]) as (url, asked):
        config, clock = configured(tmp_path, url), SetClock(NOW)
        async with Client(clock=clock, allow=["127.0.0.0/8"]) as client:
            calendars = Calendars(clock, tmp_path, client)
            await calendars.configure(config)
            assert (on_duty(config, calendars), asked) == ((), [])  # a start waits for nobody's server
            await calendars.refresh()
            await calendars.refresh()
            assert (on_duty(config, calendars), len(asked)) == (("lea",), 1)
            clock.now += 3_600
            await calendars.refresh()
            assert asked[1].headers["If-None-Match"] == '"1"'
            kept = calendars.kept("night")
            assert kept is not None
            assert (kept.read_at, kept.error) == (NOW + 3_600, None)

            clock.now += 3_600
            again = Calendars(clock, tmp_path, client)
            await again.configure(config)
            assert on_duty(config, again) == ("lea",)
            await again.refresh()
            kept = again.kept("night")
            assert kept is not None
            assert "500" in (kept.error or "")
            assert on_duty(config, again) == ("lea",)
    assert "secret-rota" not in (kept.error or "").replace(url, "")
    other = Calendars(clock, tmp_path, None)
    await other.configure(configured(tmp_path, "http://127.0.0.1:1/another.ics"))
    assert other.calendars == {}


async def test_an_address_inside_a_network_that_nobody_opened_is_refused(tmp_path: Path) -> None:
    async with served([calendar("lea")]) as (url, asked):
        config, clock = configured(tmp_path, url), SetClock(NOW)
        async with Client(clock=clock) as client:
            calendars = Calendars(clock, tmp_path, client)
            await calendars.configure(config)
            await calendars.refresh()
            kept = calendars.kept("night")
            assert kept is not None
            assert "network.allow" in (kept.error or "")
    assert asked == []


@pytest.mark.parametrize("damage", ["{", '{"of": 1}'])
async def test_a_damaged_copy_is_no_copy(tmp_path: Path, damage: str) -> None:
    (tmp_path / "calendars").mkdir()
    (tmp_path / "calendars" / "night.json").write_text(damage)
    (tmp_path / "calendars" / "night.ics").write_text(calendar("lea"))
    calendars = Calendars(SetClock(NOW), tmp_path, None)
    await calendars.configure(configured(tmp_path, "https://rota.example/r.ics"))
    assert calendars.calendars == {}


class Meanwhile:
    """A client during whose request the configuration is read anew."""

    def __init__(self, client: Client, then: Callable[[], Awaitable[None]]) -> None:
        self._client, self._then = client, then

    async def fetch(self, request: Request) -> Answer:
        answer = await self._client.fetch(request)
        await self._then()
        return answer


@pytest.mark.parametrize("renamed", [True, False])
async def test_what_comes_after_a_reload_has_taken_its_rota_away_is_dropped(tmp_path: Path, *, renamed: bool) -> None:
    async with served([calendar("lea")]) as (url, _asked):
        config, clock = configured(tmp_path, url), SetClock(NOW)
        after = configured(tmp_path, f"{url}?another")
        if renamed:
            after = replace(after, rotas={"day": after.rotas["night"]})
        async with Client(clock=clock, allow=["127.0.0.0/8"]) as client:
            calendars = Calendars(clock, tmp_path, Meanwhile(client, lambda: calendars.configure(after)))
            await calendars.configure(config)
            await calendars.refresh()
            assert calendars.calendars == {}
