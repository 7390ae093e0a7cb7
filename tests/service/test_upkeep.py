"""The dead man's switch, the gauges, retention: what goes on beside the main work."""

from __future__ import annotations

import asyncio
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import pytest

from amends.demo.clock import FastClock
from amends.escalation import Rota, Shift
from amends.model import DAY, Batch, StartDrill, Tick
from amends.observe import Metrics, Notifier
from amends.service import upkeep
from amends.service.timekeeper import first
from amends.storage import Store
from support.core import NOON, make_rules, mention
from support.receivers import answer, nobody, receiver

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path


def beating(url: str, ill: str | None = None) -> tuple[upkeep.Heartbeat, Metrics]:
    metrics = Metrics("test")

    async def audit() -> str | None:
        return ill

    heart = upkeep.Heartbeat(FastClock(NOON, 600.0), metrics, audit)
    heart.url, heart.every = url, 60.0
    return heart, metrics


async def test_the_heartbeat_is_called_again_and_again_while_all_succeeds() -> None:
    async with receiver("/ping") as far:
        heart, metrics = beating(far.url)
        await first(heart.run(), far.until(3))

        assert {one.method for one in far.received} == {"GET"}
        assert {one.headers["User-Agent"] for one in far.received} == {f"Amends/{version('amends')}"}
        assert metrics.heartbeat._value.get() >= NOON


async def test_the_first_heartbeat_follows_the_first_success_and_waits_for_no_turn() -> None:
    reasons = ["no source has answered yet", "no source has answered yet", None]

    async def audit() -> str | None:
        return reasons.pop(0) if len(reasons) > 1 else reasons[0]

    async with receiver("/ping") as far:
        clock = FastClock(NOON, 10.0)
        heart = upkeep.Heartbeat(clock, Metrics("test"), audit)
        heart.url, heart.every = far.url, 3_600.0
        began = clock.wall()
        await first(heart.run(), far.until(1))

        assert len(far.received) == 1
        assert clock.wall() - began < 60


async def test_the_heartbeat_is_withheld_while_something_is_ill() -> None:
    async with receiver("/ping") as far:
        heart, metrics = beating(far.url, "no source answers in its time")
        await first(heart.run(), asyncio.sleep(0.5))

        assert far.received == []
        assert metrics.heartbeat._value.get() == 0  # never


async def test_a_heartbeat_that_stays_withheld_is_told_once_for_each_reason(
    caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    reasons = [None, *["a page is overdue"] * 20, *["no source answers in its time"] * 20, None]
    async with receiver("/ping") as far:

        async def audit() -> str | None:
            return reasons.pop(0) if len(reasons) > 1 else reasons[0]

        heart = upkeep.Heartbeat(FastClock(NOON, 10_000.0), Metrics("test"), audit)
        heart.url, heart.every = far.url, 10.0
        await first(heart.run(), far.until(2))

    said = caplog.text + "".join(capsys.readouterr())
    assert [said.count(one) for one in ("a page is overdue", "no source answers in its time", "sent again")] == [
        1,
        1,
        1,
    ]


async def breaks() -> str | None:
    raise RuntimeError("the auditor is itself ill")


async def hangs() -> str | None:
    await asyncio.sleep(60)
    return None


@pytest.mark.parametrize(
    ("auditor", "said"), [(breaks, "the auditor broke: RuntimeError"), (hangs, "has not answered within 0.2 s")]
)
async def test_an_auditor_that_is_broken_stops_the_heart(
    auditor: Callable[[], Awaitable[str | None]], said: str, monkeypatch: pytest.MonkeyPatch, capsys: Any, caplog: Any
) -> None:
    monkeypatch.setattr(upkeep, "HEARTBEAT_DEADLINE", 0.2)
    async with receiver("/ping") as far:
        heart = upkeep.Heartbeat(FastClock(NOON, 600.0), Metrics("test"), auditor)
        heart.url, heart.every = far.url, 60.0
        await first(heart.run(), asyncio.sleep(0.6))

        assert far.received == []
    assert said in caplog.text + "".join(capsys.readouterr())


async def test_the_gauges_show_who_is_on_call_and_where_nobody_is(tmp_path: Path) -> None:
    store = await Store.open("sqlite:///amends.db", folder=tmp_path, durable=False)
    metrics = Metrics("test")
    gauges = upkeep.Gauges(store, FastClock(NOON, 1.0), metrics)
    gauges.rotas = lambda: {
        "week": Rota(id="week", shifts=(Shift(NOON - 1, NOON + 3_600, "lea"),)),
        "night": Rota(id="night"),
    }
    await first(gauges.run(), asyncio.sleep(0.3))
    text = metrics.render().decode()
    assert 'amends_on_call{person="lea",rota="week"} 1.0' in text
    assert 'amends_rota_gap{rota="week"} 0.0' in text
    assert 'amends_rota_gap{rota="night"} 1.0' in text
    metrics.on_call({})
    assert "lea" not in metrics.render().decode()
    await store.close()


@pytest.mark.parametrize("status", [302, 404, 500])
async def test_only_a_2xx_counts_and_no_redirect_is_followed(status: int) -> None:
    async with receiver("/ping") as far:
        far.usual = answer(status, headers={"Location": "/elsewhere"})
        heart, metrics = beating(far.url)
        await first(heart.run(), far.until(2))

        assert {one.path for one in far.received} == {"/ping"}
        assert not metrics.heartbeat._value.get() >= NOON


async def test_a_heartbeat_that_nobody_hears_is_told_without_its_secret_address(
    caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    with nobody() as url:
        heart, _ = beating(f"{url}/secret-path")
        await first(heart.run(), asyncio.sleep(0.3))

    said = caplog.text + "".join(capsys.readouterr())
    assert "heartbeat not taken" in said
    assert "secret-path" not in said


async def test_old_mentions_go_and_young_ones_stay(tmp_path: Path) -> None:
    store = await Store.open("sqlite:///amends.db", folder=tmp_path, durable=False)
    rules = make_rules()
    for at in (NOON - 10 * DAY, NOON):
        await store.apply("acme", Batch((mention(at),)), now=at, rules=rules)
    clock = FastClock(NOON, 36_000.0)

    async def until_gone() -> None:
        while len((await store.mentions("acme")).items) > 1:  # noqa: ASYNC110 - the store tells nobody
            await asyncio.sleep(0.05)

    async with asyncio.timeout(20):
        await first(upkeep.retain(store, clock, lambda: 5 * DAY), until_gone())

    assert [one.mention.published_at for one in (await store.mentions("acme")).items] == [NOON]
    await store.close()


async def test_the_gauges_tell_how_long_a_page_has_waited(tmp_path: Path) -> None:
    store = await Store.open("sqlite:///amends.db", folder=tmp_path, durable=False)
    rules = make_rules()
    await store.apply("acme", Tick(), now=NOON, rules=rules)
    await store.apply("acme", StartDrill(by="lea"), now=NOON, rules=rules)
    metrics = Metrics("test")
    gauges = upkeep.Gauges(store, FastClock(NOON + 300, 1.0), metrics)
    await first(gauges.run(), asyncio.sleep(0.5))

    assert metrics.outbox_pages._value.get() == 1
    assert metrics.outbox_age._value.get() >= 300
    assert metrics.free_bytes._value.get() > 0
    await store.close()


async def test_without_systemd_no_watchdog_is_fed() -> None:
    await upkeep.feed_watchdog(Notifier({}), lambda: True)
