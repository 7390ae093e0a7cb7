"""The schedule: what is heard, what outlives a crash, who is on time; and ten thousand sources that cost little."""

from __future__ import annotations

import asyncio
import gc
import tracemalloc
from typing import TYPE_CHECKING, Any

import pytest
from aiohttp import web

from amends.model import DAY, HOUR, UnknownError
from amends.sources import Names, SourceSpec
from support.feeds import START, conditional, feed_page, rss, settings

if TYPE_CHECKING:
    from amends.model import Item
    from conftest import Bench
    from support.feeds import Site

OTHER = Names(brand="other", names=("Other",))


async def test_a_feed_is_read_and_then_only_what_is_new(bench: Bench, site: Site) -> None:
    site.pages["/feed.xml"] = feed_page(rss("one", "two"))
    bench.add("news", url=f"{site.url}/feed.xml", every="5m")
    await bench.run(301)
    assert [item.id for item in bench.items] == ["id-one", "id-two"]
    assert [progress.first_walk for _, progress in bench.progress] == [True]
    site.pages["/feed.xml"] = feed_page(rss("three", "one", "two"))
    await bench.run(301)
    assert [item.id for item in bench.items] == ["id-one", "id-two", "id-three"]
    first, second = (progress for _, progress in bench.progress)
    assert (first.first_walk, first.previous) == (True, None)
    assert second.first_walk is False
    assert second.previous is not None
    assert START <= second.previous < bench.items[-1].seen_at


async def test_a_first_read_that_finds_nothing_ends_the_first_walk(bench: Bench, site: Site) -> None:
    site.pages["/feed.xml"] = feed_page(rss())
    bench.add("news", url=f"{site.url}/feed.xml", every="5m")
    await bench.run(100)
    site.pages["/feed.xml"] = feed_page(rss("one"))
    await bench.run(500)
    assert [progress.first_walk for _, progress in bench.progress] == [False]


async def test_items_that_could_not_be_stored_come_again(bench: Bench, site: Site) -> None:
    site.pages["/feed.xml"] = conditional(lambda: rss("one"), lambda: '"v1"')

    def full(_: list[Item]) -> None:
        raise OSError(28, "No space left on device")

    bench.refuse = full
    bench.add("news", url=f"{site.url}/feed.xml", every="5m")
    await bench.run(200)
    assert bench.items == []
    assert len(site.log) >= 2
    assert set(bench.outcomes) == {("news", "error")}
    assert "No space left" in (bench.status("news").last_error or "")
    bench.refuse = None
    await bench.run(200)
    assert [item.id for item in bench.items] == ["id-one"]
    assert bench.progress[0][1].first_walk


async def test_a_crash_between_delivery_and_cursor_delivers_again_and_loses_nothing(bench: Bench, site: Site) -> None:
    site.pages["/feed.xml"] = feed_page(rss("one"), ETag='"v1"')
    bench.add("news", url=f"{site.url}/feed.xml", every="5m")
    save = bench.store.save

    async def crash(_source: str, _state: dict[str, object]) -> None:
        raise OSError("power cut")

    bench.store.save = crash  # type: ignore[method-assign, assignment]  # the crash
    await bench.run(10)
    bench.store.save = save  # type: ignore[method-assign]  # and the repair
    bench.restart()
    await bench.run(10)
    assert [item.id for item in bench.items] == ["id-one", "id-one"]
    assert "If-None-Match" not in site.log[1].headers


async def test_many_items_are_delivered_in_parts(bench: Bench, site: Site) -> None:
    site.pages["/feed.xml"] = feed_page(rss(*(str(number) for number in range(1_200))))
    bench.add("news", url=f"{site.url}/feed.xml", every="5m")
    await bench.run(100)
    assert [count for count, _ in bench.progress] == [500, 500, 200]


async def test_one_broken_source_does_not_stop_the_others(bench: Bench, site: Site) -> None:
    site.pages["/good.xml"] = feed_page(rss("one"))
    site.pages["/bad.xml"] = feed_page(b"<rss><channel><item><title>cu")
    bench.add("good", url=f"{site.url}/good.xml", every="5m")
    bench.add("bad", url=f"{site.url}/bad.xml", every="5m")
    bench.add("dead", url="http://127.0.0.1:9/feed.xml", every="5m")
    await bench.run(HOUR)
    outcomes = {
        source: {outcome for name, outcome in bench.outcomes if name == source} for source in bench.schedule._slots
    }
    assert outcomes == {"good": {"ok", "unchanged"}, "bad": {"shape"}, "dead": {"error"}}
    coverage = bench.schedule.coverage("acme")
    assert (coverage.on_time, coverage.of, set(coverage.silent)) == (1, 3, {"bad", "dead"})
    assert coverage.heard_until == bench.status("good").last_success
    statuses = {one.id: one for one in bench.schedule.status()}
    assert statuses["bad"].last_error.startswith("truncated:")
    assert statuses["dead"].last_error.startswith("unreachable:")
    assert (statuses["good"].up, statuses["bad"].up) == (True, False)
    assert statuses["good"].outcomes["ok"] == 1


async def test_coverage_counts_only_sources_that_had_the_time_to_answer(bench: Bench, site: Site) -> None:
    site.pages["/feed.xml"] = feed_page(rss("one"))
    bench.add("news", url=f"{site.url}/feed.xml", every="10m")
    bench.add("elsewhere", OTHER, url=f"{site.url}/feed.xml", every="10m")
    assert bench.schedule.coverage("acme").of == 0
    await bench.run(60)
    assert (bench.schedule.coverage("acme").on_time, bench.schedule.coverage("acme").of) == (1, 1)
    assert bench.schedule.coverage("nobody").of == 0
    site.pages.clear()
    await bench.run(600)
    assert bench.schedule.coverage("acme").on_time == 1  # within its own interval and half of it
    await bench.run(600)
    assert bench.schedule.coverage("acme").silent == ("news",)
    site.pages["/feed.xml"] = feed_page(rss("one"))
    await bench.run(HOUR)
    assert bench.schedule.coverage("acme").on_time == 1


async def test_a_program_that_was_down_for_a_day_is_not_blind_at_once(bench: Bench, site: Site) -> None:
    site.pages["/feed.xml"] = feed_page(rss("one"))
    bench.add("news", url=f"{site.url}/feed.xml", every="10m")
    await bench.run(60)
    bench.clock.now += DAY
    bench.restart()
    assert bench.schedule.coverage("acme").of == 0
    await bench.run(60)
    assert bench.schedule.coverage("acme").on_time == 1


async def test_since_when_most_sources_are_silent_is_known_to_the_second_and_over_a_restart(
    bench: Bench, site: Site
) -> None:
    site.pages["/feed.xml"] = feed_page(rss("one"))
    bench.add("news", url=f"{site.url}/feed.xml", every="10m")
    bench.add("never", url=f"{site.url}/nothing.xml", every="10m")
    began = bench.clock.wall()
    await bench.run(60)
    assert bench.schedule.coverage("acme").below_since is None  # one of two
    site.pages.clear()
    late = bench.status("news").last_success + 1.5 * bench.status("news").interval
    await bench.run(2 * HOUR)
    assert bench.schedule.coverage("acme").below_since == pytest.approx(late)

    bench.restart()
    starting = bench.schedule.coverage("acme")
    assert (starting.of, starting.waiting) == (0, 2)
    await bench.run(60)  # the retries are a quarter of an hour away: nobody waits for them

    coverage = bench.schedule.coverage("acme")
    assert set(coverage.silent) == {"news", "never"}
    assert coverage.below_since == pytest.approx(late)
    assert bench.schedule._slots["never"].late_since() == pytest.approx(began + 30, abs=5)


async def test_our_own_absence_is_not_the_silence_of_a_source_that_had_answered(bench: Bench, site: Site) -> None:
    site.pages["/feed.xml"] = feed_page(rss("one"))
    bench.add("news", url=f"{site.url}/feed.xml", every="10m")
    await bench.run(60)
    site.pages.clear()
    bench.clock.now += DAY
    bench.restart()
    back = bench.clock.wall()
    await bench.run(120)
    coverage = bench.schedule.coverage("acme")
    assert coverage.silent == ("news",)
    assert coverage.below_since is not None
    assert coverage.below_since >= back + 30


async def test_a_source_that_is_asked_every_few_seconds_is_heard_soon_after_it_recovers(
    bench: Bench, site: Site
) -> None:
    bench.add("news", url=f"{site.url}/feed.xml", every="5s")
    await bench.run(HOUR)
    assert len(site.log) > HOUR / 25
    site.pages["/feed.xml"] = feed_page(rss("one"))
    await bench.run(21)
    assert bench.status("news").up


async def test_until_it_is_heard_again_a_source_holds_back_what_counts_as_heard(bench: Bench, site: Site) -> None:
    site.pages["/feed.xml"] = feed_page(rss("one"))
    site.pages["/other.xml"] = feed_page(rss("two"))
    bench.add("news", url=f"{site.url}/feed.xml", every="10m")
    bench.add("never", url=f"{site.url}/nothing.xml", every="10m")
    await bench.run(60)
    heard = bench.status("news").last_success
    bench.clock.now += DAY
    bench.restart()
    assert bench.schedule.coverage("acme").heard_until == 0.0  # what was heard is not read from the store yet
    held: list[Any] = []
    page = site.pages["/feed.xml"]

    def answer(_request: Any) -> Any:
        held.append(bench.schedule.coverage("acme"))
        status, headers, body = page
        return web.Response(status=status, headers=headers, body=body)

    site.pages["/feed.xml"] = answer
    await bench.run(60)
    assert held[0].of == 0
    assert held[0].heard_until == heard
    after = bench.schedule.coverage("acme")
    assert after.heard_until == bench.status("news").last_success
    assert after.heard_until > heard + DAY - 60


async def test_a_crash_after_polls_that_changed_nothing_costs_no_mention_and_one_early_request(
    bench: Bench, site: Site
) -> None:
    site.pages["/feed.xml"] = conditional(lambda: rss("one"), lambda: '"v1"')
    bench.add("news", url=f"{site.url}/feed.xml", every="10m")
    await bench.run(1_500)
    asked = len(site.log)
    saves = bench.store.saves
    assert saves >= 2  # also what merely got older is written, soon
    rows = dict(bench.store.rows)
    await bench.run(700)
    bench.store.rows = rows  # the crash: what was saved last never was
    bench.restart()
    await bench.run(60)
    assert len(site.log) <= asked + 3
    assert all("If-None-Match" in seen.headers for seen in site.log[1:])
    assert [item.id for item in bench.items] == ["id-one"]


async def test_cursors_that_the_store_refuses_wait_and_are_written_in_order(bench: Bench, site: Site) -> None:
    site.pages["/feed.xml"] = conditional(lambda: rss("one"), lambda: '"v1"')
    bench.add("news", url=f"{site.url}/feed.xml", every="10m")
    await bench.run(60)
    save, refused = bench.store.save, 0

    async def full(_source: str, _state: dict[str, Any]) -> None:
        nonlocal refused
        refused += 1
        raise OSError("No space left on device")

    bench.store.save = full  # type: ignore[method-assign]  # the disk is full
    await bench.run(700)
    assert refused > 1
    assert bench.status("news").up
    bench.store.save = save  # type: ignore[method-assign]  # and is not any more
    site.pages["/feed.xml"] = feed_page(rss("one", "two"))
    await bench.run(700)
    assert [item.id for item in bench.items] == ["id-one", "id-two"]
    bench.restart()
    await bench.run(700)
    assert [item.id for item in bench.items] == ["id-one", "id-two"]


async def test_a_paused_source_rests_even_over_a_restart(bench: Bench, site: Site) -> None:
    site.pages["/feed.xml"] = feed_page(rss("one"))
    bench.add("news", url=f"{site.url}/feed.xml", every="5m")
    await bench.run(60)
    await bench.schedule.pause("news")
    await bench.schedule.poll("news")
    await bench.run(HOUR)
    bench.restart()
    await bench.run(HOUR)
    assert len(site.log) == 1
    assert bench.status("news").paused
    assert bench.status("news").next_poll is None
    assert bench.schedule.coverage("acme").of == 0
    await bench.schedule.resume("news")
    await bench.run(HOUR)
    assert len(site.log) > 5
    for act in (bench.schedule.pause, bench.schedule.resume):
        with pytest.raises(UnknownError):
            await act("nobody")


async def test_a_pause_during_a_poll_holds(bench: Bench, site: Site) -> None:
    started, go_on = asyncio.Event(), asyncio.Event()

    async def page(_: web.Request) -> web.Response:
        started.set()
        await go_on.wait()
        return web.Response(body=rss("one"))

    site.pages["/feed.xml"] = page
    bench.add("news", url=f"{site.url}/feed.xml", every="5m")
    running = asyncio.create_task(bench.run(HOUR))
    await started.wait()
    await bench.schedule.pause("news")
    go_on.set()
    await running
    assert len(site.log) == 1
    assert len(bench.items) == 1
    bench.restart()
    await bench.run(HOUR)
    assert len(site.log) == 1


async def test_a_crisis_is_listened_to_faster_but_never_below_a_servers_floor(bench: Bench, site: Site) -> None:
    site.pages["/free.xml"] = conditional(lambda: rss("one"), lambda: '"v1"')
    site.pages["/floor.xml"] = conditional(lambda: rss("one"), lambda: '"v1"', Cache_Control="max-age=600")
    bench.add("free", url=f"{site.url}/free.xml", every="10m")
    bench.add("floor", url=f"{site.url}/floor.xml", every="10m")
    bench.add("other", OTHER, url=f"{site.url}/free.xml", every="10m")
    await bench.run(60)
    bench.schedule.set_tempo("acme", 0.25)
    bench.schedule.set_tempo("acme", 0.25)
    site.log.clear()
    await bench.run(HOUR)
    counts = {name: sum(1 for source, _ in bench.outcomes if source == name) for name in ("free", "floor", "other")}
    assert counts["free"] >= 23
    assert counts["floor"] <= 7
    assert counts["other"] <= 7
    bench.schedule.set_tempo("acme", 1.0)
    await bench.run(HOUR)
    assert sum(1 for source, _ in bench.outcomes if source == "free") <= counts["free"] + 8


async def test_a_reload_keeps_what_did_not_change_and_starts_what_did(bench: Bench, site: Site) -> None:
    for name in ("a", "b", "c"):
        site.pages[f"/{name}.xml"] = feed_page(rss(name))
        bench.add(name, url=f"{site.url}/{name}.xml", every="1h")
    await bench.run(60)
    site.log.clear()
    keep = SourceSpec("a", settings(url=f"{site.url}/a.xml", every="1h"), (OTHER,))
    changed = SourceSpec("b", settings(url=f"{site.url}/c.xml", every="1h"), (OTHER,))
    faster = SourceSpec("d", settings(url=f"{site.url}/a.xml", every="1h"), (OTHER,))
    bench.schedule.configure([keep, changed, faster])
    await bench.run(60)
    assert sorted(site.paths()) == ["/a.xml", "/c.xml"]  # the new address, the new source
    assert [one.id for one in bench.schedule.status()] == ["a", "b", "d"]
    assert bench.schedule.status()[0].brands == ("other",)
    site.log.clear()
    bench.schedule.configure([SourceSpec("a", settings(url=f"{site.url}/a.xml", every="2m"), (OTHER,))])
    await bench.run(300)
    assert len(site.log) >= 2  # the shorter interval counts from the last answer


async def test_the_first_polls_of_a_fleet_are_spread_and_each_keeps_its_own_phase(bench: Bench, site: Site) -> None:
    for number in range(200):
        site.pages[f"/{number}.xml"] = conditional(lambda: rss("one"), lambda: '"v1"')
        bench.add(f"feed-{number}", url=f"{site.url}/{number}.xml", every="10m")
    await bench.run(20)
    assert len(site.log) == 200
    per_second = [sum(1 for seen in site.log if second <= seen.at - START < second + 1) for second in range(20)]
    assert max(per_second) <= 30
    await bench.run(1_200)
    second_round = [seen.at for seen in site.log[200:400]]
    assert max(second_round) - min(second_round) > 15


async def test_a_usual_lag_is_learned_from_what_appears_late(bench: Bench, site: Site) -> None:
    posts: list[dict[str, str]] = []

    def page(_: web.Request) -> web.Response:
        now = bench.clock.wall()
        stamp = f"{now - 1_500:.0f}"  # everything appears 25 minutes after it was published
        posts.insert(0, {"title": stamp, "guid": stamp, "pubDate": stamp})
        return web.Response(body=rss(*posts[:5]))

    site.pages["/feed.xml"] = page
    bench.add("news", url=f"{site.url}/feed.xml", every="5m")
    await bench.run(2 * HOUR)
    assert 1_000 <= bench.status("news").lag <= 1_300  # less the five minutes between two polls
    assert bench.progress[-1][1].lag == pytest.approx(bench.status("news").lag, rel=0.02)


async def test_a_lag_that_nobody_measured_is_none_and_one_that_was_is_shown_as_it_is(bench: Bench, site: Site) -> None:
    site.pages["/feed.xml"] = lambda _: web.Response(body=rss(*stamps(bench.clock.wall())))
    bench.add("news", url=f"{site.url}/feed.xml", every="5m")
    bench.add("dead", url="http://127.0.0.1:9/feed.xml", every="5m")
    await bench.run(60)
    assert [bench.status(name).lag for name in ("news", "dead")] == [None, None]
    await bench.run(HOUR)
    assert bench.status("news").lag == 0.0  # it shows at once what came between two polls
    assert bench.status("dead").lag is None


def stamps(now: float) -> list[dict[str, str]]:
    return [{"title": f"{now:.0f}", "guid": f"{now:.0f}", "pubDate": f"{now:.0f}"}]


async def test_ten_thousand_sources_are_cheap(bench: Bench) -> None:
    specs = [
        SourceSpec(f"feed-{number}", settings(url=f"https://host-{number}.example/feed.xml"), ())
        for number in range(10_000)
    ]
    gc.collect()
    tracemalloc.start()
    bench.schedule.configure(specs)
    task = asyncio.create_task(bench.schedule.run())
    for _ in range(200):
        await asyncio.sleep(0)
    used = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    assert len(bench.schedule._heap) == 10_000
    assert len(asyncio.all_tasks()) < 60
    assert used < 40 * 2**20
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
