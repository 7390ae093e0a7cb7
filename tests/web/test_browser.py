"""The views in a real browser, at a phone's size: nothing runs or overflows, all can be pressed and read."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from amends.escalation import sign
from support.web import AUTH, HOSTILE, KEY, NOW, running

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from playwright.async_api import Browser, BrowserContext, Page, ViewportSize

    from support.web import Town

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = [
    "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
PHONE: ViewportSize = {"width": 390, "height": 844}
PATHS = (
    "/", "/incidents", "/incidents/ID", "/incidents/ID/report", "/mentions", "/sources", "/silences", "/sign-in",
    "/a/TOKEN", "/none",
)  # fmt: skip

# Every text node's colour against the nearest opaque background, after WCAG 2.2 (relative luminance).
CONTRAST = """() => {
  const parse = (c) => { const m = c.match(/[\\d.]+/g).map(Number); return m.length > 3 ? m : [...m, 1]; };
  const linear = (v) => v <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4;
  const lum = ([r, g, b]) => [r, g, b].map((v) => linear(v / 255))
    .reduce((sum, v, k) => sum + v * [.2126, .7152, .0722][k], 0);
  const bad = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node; (node = walker.nextNode());) {
    const element = node.parentElement;
    if (!node.data.trim() || element.closest(".hidden, script, option, svg")) continue;
    if (!element.checkVisibility()) continue;
    let under = element;
    while (under && parse(getComputedStyle(under).backgroundColor)[3] < 1) under = under.parentElement;
    const back = under ? parse(getComputedStyle(under).backgroundColor) : [255, 255, 255];
    const a = lum(parse(getComputedStyle(element).color)), b = lum(back);
    const ratio = (Math.max(a, b) + .05) / (Math.min(a, b) + .05);
    if (ratio < 4.5) bad.push([node.data.trim().slice(0, 40), ratio.toFixed(2)]);
  }
  return bad;
}"""

# Whatever can be pressed, smaller than a fingertip.
SMALL = """() => [...document.querySelectorAll("a, button, select, input, textarea, summary, label.choice")]
  .filter((one) => one.checkVisibility() && one.type !== "hidden" && !one.matches(".skip, label.choice input"))
  .map((one) => [one.outerHTML.slice(0, 80), one.getBoundingClientRect()])
  .filter(([, box]) => box.height < 44 || box.width < 44).map(([html, box]) => [html, box.width, box.height])"""


THERE = CHROMIUM.exists()


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    if not THERE:
        why = f"{CHROMIUM} is not there: the views are not seen in a browser"
        if os.environ.get("AMENDS_REQUIRE_REAL") == "1":
            pytest.fail(why)
        pytest.skip(why)
    from playwright.async_api import async_playwright  # noqa: PLC0415 - only where there is a browser

    async with async_playwright() as playwright:
        found = await playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        yield found
        await found.close()


async def opened(browser: Browser, **more: Any) -> tuple[BrowserContext, Page, list[str]]:
    context = await browser.new_context(viewport=PHONE, **more)
    page = await context.new_page()
    trouble: list[str] = []
    page.on("pageerror", lambda error: trouble.append(f"error: {error}"))
    page.on("dialog", lambda dialog: trouble.append(f"dialog: {dialog.message}"))
    page.on("console", lambda message: trouble.append(message.text) if message.type == "error" else None)
    page.on(
        "request", lambda request: None if "127.0.0.1" in request.url else trouble.append(f"request: {request.url}")
    )
    return context, page, trouble


async def addresses(town: Town) -> list[str]:
    incident = (await town.json("/api/v1/incidents"))["incidents"][0]["id"]
    token = sign(KEY, incident, "lea", NOW + 3_600)
    return [town.url + path.replace("ID", incident).replace("TOKEN", token) for path in PATHS]


async def whole_width(page: Page) -> int:
    return int(await page.evaluate("document.documentElement.scrollWidth"))


@pytest.mark.slow
@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_every_page_fits_a_phone_can_be_read_and_pressed(
    stormy: Town, browser: Browser, scheme: str, tmp_path: Path
) -> None:
    context, page, trouble = await opened(browser, color_scheme=scheme)
    for address in await addresses(stormy):
        await page.goto(address)
        for details in await page.query_selector_all("details"):
            await details.evaluate("one => one.open = true")
        assert await whole_width(page) == PHONE["width"], address
        assert await page.evaluate(CONTRAST) == [], address
        assert await page.evaluate(SMALL) == [], address
        await page.screenshot(path=tmp_path / "page.png", full_page=True)
        assert (tmp_path / "page.png").stat().st_size > 2_000
    assert [line for line in trouble if "404" not in line] == []
    # and the measures themselves see what is wrong
    await page.evaluate("document.querySelector('h1').style.color = getComputedStyle(document.body).backgroundColor")
    await page.evaluate("document.querySelector('a.button').style.minHeight = '20px'")
    assert await page.evaluate(CONTRAST) != []
    assert await page.evaluate(SMALL) != []
    await context.close()


@pytest.mark.slow
async def test_the_bar_is_one_row_on_every_phone_and_whole_on_most(
    stormy: Town, browser: Browser, tmp_path: Path
) -> None:
    context, page, _ = await opened(browser)
    for path in ("/", "/incidents", "/mentions", "/sources", "/on-call", "/silences"):
        for width in (320, 360, PHONE["width"], 1280):
            await page.set_viewport_size({"width": width, "height": 844})
            await page.goto(stormy.url + path)
            boxes = await page.evaluate(
                "[...document.querySelectorAll('.bar a')].map((a) => a.getBoundingClientRect())"
            )
            assert len({box["top"] for box in boxes}) == 1, (path, width)
            assert await whole_width(page) == width
            assert width == 320 or boxes[-1]["right"] <= width, (path, width, boxes[-1])
            assert await page.evaluate(
                "(() => { const a = document.querySelector('.bar a[aria-current]').getBoundingClientRect();"
                " return Math.round(a.left) >= 0 && Math.round(a.right) <= innerWidth; })()"
            ), (path, width)
            await page.screenshot(
                path=tmp_path / f"bar-{width}.png", clip={"x": 0, "y": 0, "width": width, "height": 120}
            )
    await context.close()


@pytest.mark.slow
async def test_hostile_mentions_run_nothing_and_stretch_nothing(town: Town, browser: Browser) -> None:
    records = [
        {
            "id": f"h{k}",
            "source": "crm<script>alert(1)</script>",
            "published_at": "2026-01-05T14:59:00Z",
            "title": words[:300],
            "text": f"Acme recall! {words}",
            "author": words[:300],
            "url": f"https://{'long' * 14}.example/{k}",
        }
        for k, words in enumerate(HOSTILE)
    ]
    await town.post("/api/v1/mentions", json=records)
    context, page, trouble = await opened(browser)
    for address in await addresses(town):
        await page.goto(address)
        assert await whole_width(page) == PHONE["width"], address
    await page.goto(f"{town.url}/mentions")
    shown = await page.inner_text("main")
    assert "<script>alert(1)</script>" in shown
    assert "{{7*7}}" in shown
    assert [line for line in trouble if "404" not in line] == []
    await context.close()


@pytest.mark.slow
@pytest.mark.parametrize("scripts", [True, False])
async def test_a_paged_person_acknowledges_reads_copies_and_takes_it_back(
    tmp_path: Path, stormy_database: Path, browser: Browser, *, scripts: bool
) -> None:
    async with running(tmp_path, stormy_database, listen="0.0.0.0:0") as town:
        incident = (await town.json("/api/v1/incidents", headers=AUTH))["incidents"][0]
        link = f"{town.url}/a/{sign(KEY, incident['id'], 'lea', NOW + 3_600)}"
        context, page, trouble = await opened(
            browser, java_script_enabled=scripts, permissions=["clipboard-read", "clipboard-write"]
        )
        await page.goto(link)
        await page.get_by_role("button", name="Acknowledge").click()
        await page.get_by_text("You have it").wait_for()
        await page.get_by_role("link", name="Open the incident").click()
        await page.get_by_text("Léa has it").first.wait_for()
        if scripts:
            await page.get_by_role("button", name="Copy").click()
            await page.get_by_role("button", name="Copied").wait_for()
            assert await page.evaluate("navigator.clipboard.readText()") == incident["response"]["text"]
        await page.get_by_role("button", name="Give it back").click()
        await page.get_by_text("Nobody has it now").wait_for()
        await page.get_by_role("button", name="Noise").click()
        await page.get_by_text("Thank you").wait_for()
        await page.get_by_role("button", name="Take it back").first.click()
        await page.get_by_text("Taken back.").wait_for()
        await page.get_by_role("button", name="Resolve: it is over").click()
        await page.get_by_text("Resolved. Move on.").wait_for()
        await page.get_by_role("button", name="Sign out").click()
        await page.get_by_text("Sign in to Amends").wait_for()
        assert trouble == []
        await context.close()


@pytest.mark.slow
async def test_on_loopback_a_name_is_chosen_once_and_the_page_stays_fresh(stormy: Town, browser: Browser) -> None:
    context, page, trouble = await opened(browser)
    await page.clock.install()
    incident = (await stormy.json("/api/v1/incidents"))["incidents"][0]["id"]
    await page.goto(f"{stormy.url}/incidents/{incident}")
    await page.get_by_role("button", name="Acknowledge").click()
    assert await page.evaluate("document.querySelector('select[name=by]').checkValidity()") is False
    await page.locator("select[name=by]").select_option("sam")
    await page.get_by_role("button", name="Acknowledge").click()
    await page.get_by_text("Sam has it", exact=True).wait_for()
    await stormy.form(f"/incidents/{incident}/resolve", by="lea")  # somebody else, elsewhere
    await page.evaluate("document.activeElement.blur()")
    await page.clock.fast_forward(11_000)
    await page.get_by_text("Reopen: it is not over").wait_for()
    assert trouble == []
    await context.close()


@pytest.mark.slow
async def test_a_tone_is_put_right_and_a_silence_begun_by_hand(stormy: Town, browser: Browser) -> None:
    context, page, trouble = await opened(browser)
    await page.goto(f"{stormy.url}/mentions?q=luggage&tone=negative")
    await page.locator("select[name=by]").select_option("lea")
    article = page.get_by_role("article").first
    await article.get_by_text("Wrong tone?").click()
    await article.get_by_role("button", name="Neutral").click()
    await page.goto(f"{stormy.url}/mentions?q=luggage&tone=neutral")
    await page.get_by_text("says Léa; scored negative").wait_for()
    await page.goto(f"{stormy.url}/silences?brand=acme")
    await page.get_by_label("Why").fill("A planned launch")
    await page.get_by_role("button", name="Silence", exact=True).click()
    await page.get_by_role("button", name="Undo").click()
    await page.get_by_text("The silence has ended").wait_for()
    assert trouble == []
    await context.close()


@pytest.mark.slow
async def test_a_draft_is_read_while_it_is_written_and_the_holding_line_is_one_tap_away(
    stormy: Town, browser: Browser, tmp_path: Path
) -> None:
    incident = (await stormy.json("/api/v1/incidents"))["incidents"][0]
    context, page, trouble = await opened(browser, permissions=["clipboard-read", "clipboard-write"])
    await page.goto(f"{stormy.url}/incidents/{incident['id']}")
    await page.get_by_role("button", name="Copy").click()
    await page.get_by_role("button", name="Copied").wait_for()
    assert await page.evaluate("navigator.clipboard.readText()") == incident["response"]["text"]
    await page.locator("textarea[name=draft]").fill("We are sorry if anyone was offended. <b>{{7*7}}</b>")
    await page.locator("#reading").get_by_text("Fail", exact=True).wait_for()
    assert "Conditional" in await page.locator("#reading").inner_text()
    await page.locator("textarea[name=draft]").fill("")
    await page.locator("#reading").get_by_text("Fail", exact=True).wait_for(state="detached")
    await page.locator("select[name=by]").select_option("lea")
    await page.get_by_text("Three questions").click()
    await page.get_by_label("Could it have been prevented?").select_option("yes")
    await page.get_by_role("button", name="Advise me").click()
    await page.get_by_text("It could have been prevented").wait_for()
    assert await whole_width(page) == PHONE["width"]
    await page.screenshot(path=tmp_path / "page.png", full_page=True)
    assert trouble == []
    await context.close()
