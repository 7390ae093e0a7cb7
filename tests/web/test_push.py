"""Phones that ring by themselves: the files that browsers ask for, the door to subscribe at, a real service worker."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from amends.escalation import sign
from amends.model import InputError
from support.web import AUTH, KEY, NOW, PAGE, running

if TYPE_CHECKING:
    from support.web import Town

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"]
THERE = CHROMIUM.exists()
RECORD = {"id": "a1", "source": "crm", "published_at": "2026-01-05T14:59:00Z", "text": "Acme recall now"}
PUBLIC = "BPk" + "a" * 84


@dataclass
class Desk:
    """A channel's phones."""

    public_key: str = PUBLIC
    phones: list[Mapping[str, Any]] = field(default_factory=list)

    async def subscribe(self, given: Mapping[str, Any]) -> None:
        if "endpoint" not in given:
            raise InputError("endpoint is no address")
        self.phones.append(given)


async def test_browsers_get_the_manifest_and_the_worker_without_signing_in(
    tmp_path: Path, empty_database: Path
) -> None:
    async with running(tmp_path, empty_database, listen="0.0.0.0:0") as town:
        manifest = await town.get("/manifest.webmanifest")
        assert manifest.status == 200
        assert manifest.content_type == "application/manifest+json"
        told = json.loads(await manifest.text())
        assert (told["display"], told["start_url"]) == ("standalone", "/")
        assert (await town.get(told["icons"][0]["src"])).status == 200
        worker = await town.get("/sw.js")
        assert worker.status == 200
        assert worker.content_type == "text/javascript"
        policy = worker.headers["Content-Security-Policy"]
        assert "worker-src 'self'" in policy
        assert "manifest-src 'self'" in policy


async def test_a_person_adds_their_own_phone_and_nobody_elses(tmp_path: Path, empty_database: Path) -> None:
    desk = Desk()
    async with running(tmp_path, empty_database, listen="0.0.0.0:0", push={"phone": desk}) as town:
        ours = {"Origin": town.url}
        address = "/people/lea/push"
        assert (await town.session.post(town.url + address, json={"endpoint": "x"}, headers=ours)).status == 401
        await sign_in(town, "lea")
        text = await (await town.get("/people/lea", headers=PAGE)).text()
        assert f'data-push="{PUBLIC}"' in text
        for path, given, headers, status in (
            (address, {"endpoint": "x"}, ours, 204),
            (address, {}, ours, 422),
            (address, {"endpoint": "x"}, {"Origin": "https://evil.example"}, 403),
            ("/people/sam/push", {"endpoint": "x"}, ours, 403),
            ("/people/nobody/push", {"endpoint": "x"}, ours, 404),
        ):
            response = await town.session.post(town.url + path, json=given, headers=headers)
            assert response.status == status, (path, given, await response.text())
        assert desk.phones == [{"endpoint": "x"}]


async def test_without_such_a_channel_nothing_is_offered(town: Town) -> None:
    assert "data-push" not in await (await town.get("/people/lea", headers=PAGE)).text()
    response = await town.session.post(town.url + "/people/lea/push", json={}, headers={"Origin": town.url})
    assert response.status == 404


async def sign_in(town: Town, person: str) -> None:
    await town.post("/api/v1/mentions", json=[RECORD])
    (incident,) = (await town.json("/api/v1/incidents", headers=AUTH))["incidents"]
    assert (await town.form("/a/" + sign(KEY, incident["id"], person, NOW + 600))).status == 200


@pytest.mark.slow
async def test_a_real_browser_installs_the_worker_and_shows_what_is_pushed(
    tmp_path: Path, empty_database: Path
) -> None:
    if not THERE:
        if os.environ.get("AMENDS_REQUIRE_REAL") == "1":
            pytest.fail(f"{CHROMIUM} is not there")
        pytest.skip(f"{CHROMIUM} is not there: the service worker is not seen in a browser")
    from playwright.async_api import async_playwright  # noqa: PLC0415 - only where there is a browser

    async with (
        running(tmp_path, empty_database, push={"phone": Desk()}) as town,
        async_playwright() as playwright,
    ):
        browser = await playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        context = await browser.new_context(permissions=["notifications"])
        page = await context.new_page()
        trouble: list[str] = []
        page.on("console", lambda message: trouble.append(message.text) if message.type == "error" else None)
        devtools = await context.new_cdp_session(page)
        registered: asyncio.Future[str] = asyncio.get_running_loop().create_future()

        def note(event: dict[str, Any]) -> None:
            for one in event["registrations"]:
                if not registered.done():
                    registered.set_result(one["registrationId"])

        devtools.on("ServiceWorker.workerRegistrationUpdated", note)
        await devtools.send("ServiceWorker.enable")
        await page.goto(f"{town.url}/people/lea")
        scope = await page.evaluate("navigator.serviceWorker.ready.then((one) => one.scope)")
        assert scope == f"{town.url}/"
        await page.get_by_role("button", name="Ring on this phone").wait_for()
        manifest = await devtools.send("Page.getAppManifest")
        assert manifest["errors"] == []
        told = {
            "title": "Acme <b>12</b>",
            "body": "12 times",
            "url": "/incidents",
            "tag": "t",
            "token": "x",
            "wakes": True,
        }
        await devtools.send(
            "ServiceWorker.deliverPushMessage",
            {"origin": town.url, "registrationId": await registered, "data": json.dumps(told)},
        )
        shown: list[dict[str, Any]] = []
        async with asyncio.timeout(20):
            while True:
                shown = await page.evaluate(
                    "navigator.serviceWorker.ready.then((one) => one.getNotifications())"
                    ".then((all) => all.map((one) => ({title: one.title, body: one.body, data: one.data})))"
                )
                if shown:
                    break
                await asyncio.sleep(0.1)
        await browser.close()
    assert shown == [{"title": "Acme <b>12</b>", "body": "12 times", "data": {"url": "/incidents", "token": "x"}}]
    assert trouble == []
