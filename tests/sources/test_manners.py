"""The manners of a poller, rule by rule: what a server's log shows over hours and days of a jumping clock."""

from __future__ import annotations

import itertools
from email.utils import formatdate
from typing import TYPE_CHECKING, Any

import pytest
from aiohttp import web

from amends.model import DAY, HOUR, UnknownError
from support.feeds import START, conditional, feed_page, rss

if TYPE_CHECKING:
    from conftest import Bench
    from support.feeds import Site

BODY = rss("one")


def gaps(site: Site) -> list[float]:
    times = [seen.at for seen in site.log]
    return [after - before for before, after in itertools.pairwise(times)]


def dated(body: bytes, modified: float | str, *, date: float, **headers: str) -> web.Response:
    stamp = modified if isinstance(modified, str) else formatdate(modified, usegmt=True)
    named = {key.replace("_", "-"): value for key, value in headers.items()}
    return web.Response(body=body, headers={"Last-Modified": stamp, "Date": formatdate(date, usegmt=True), **named})


async def test_only_the_first_of_fifty_requests_is_unconditional(bench: Bench, site: Site) -> None:
    site.pages["/feed.xml"] = conditional(lambda: BODY, lambda: '"v1"')
    bench.add("news", url=f"{site.url}/feed.xml", every="5m")
    await bench.run(50 * 300)
    assert len(site.log) >= 50
    assert ["If-None-Match" in seen.headers for seen in site.log].count(False) == 1
    assert [outcome for _, outcome in bench.outcomes].count("ok") == 1


ODD = ['"plain"', 'W/"weak"', '""', "unquoted", '"it\'s"', '"a,b"', '"a b"', 'W/"é"', '"-1"', "0", '"<&>"', '"\\"']


@pytest.mark.parametrize("etag", ODD)
async def test_an_etag_goes_back_byte_for_byte(bench: Bench, site: Site, etag: str) -> None:
    site.pages["/feed.xml"] = feed_page(BODY, ETag=etag)
    bench.add("news", url=f"{site.url}/feed.xml", every="5m")
    await bench.run(700)
    assert site.log[-1].headers["If-None-Match"] == etag


@pytest.mark.parametrize(
    "stamp", ["Mon, 05 Jan 2026 07:00:00 GMT", "Mon, 5 Jan 2026 07:00:00 +0000", "2026-01-05T07:00:00Z", "yesterday"]
)
async def test_last_modified_goes_back_as_the_exact_string(bench: Bench, site: Site, stamp: str) -> None:
    site.pages["/feed.xml"] = lambda _: dated(BODY, stamp, date=START)
    bench.add("news", url=f"{site.url}/feed.xml", every="5m")
    await bench.run(700)
    assert site.log[-1].headers["If-Modified-Since"] == stamp


async def test_both_validators_are_sent_when_both_were_given(bench: Bench, site: Site) -> None:
    site.pages["/feed.xml"] = lambda _: dated(BODY, START - DAY, date=START, ETag='"v1"')
    bench.add("news", url=f"{site.url}/feed.xml", every="5m")
    await bench.run(700)
    assert site.log[-1].headers["If-None-Match"] == '"v1"'
    assert site.log[-1].headers["If-Modified-Since"] == formatdate(START - DAY, usegmt=True)


async def test_validators_are_renewed_by_an_equal_body_and_by_a_304(bench: Bench, site: Site) -> None:
    answers = iter(['"v1"', '"v2"', '"v3"', '"v4"'])

    def page(request: web.Request) -> web.Response:
        etag = next(answers, '"end"')
        status = 304 if request.headers.get("If-None-Match") == '"v2"' else 200
        return web.Response(status=status, body=None if status == 304 else BODY, headers={"ETag": etag})

    site.pages["/feed.xml"] = page
    bench.add("news", url=f"{site.url}/feed.xml", every="5m")
    await bench.run(4 * 300)
    assert [seen.headers.get("If-None-Match") for seen in site.log[:4]] == [None, '"v1"', '"v2"', '"v3"']


async def test_a_restart_asks_neither_early_nor_without_conditions(bench: Bench, site: Site) -> None:
    site.pages["/feed.xml"] = conditional(lambda: BODY, lambda: '"v1"')
    bench.add("news", url=f"{site.url}/feed.xml", every="1h")
    await bench.run(10)
    for _ in range(20):
        bench.restart()
        await bench.run(60)
    assert len(site.log) == 1
    await bench.run(HOUR)
    assert [seen.headers.get("If-None-Match") for seen in site.log] == [None, '"v1"']
    assert len(bench.items) == 1


@pytest.mark.parametrize(("every", "least"), [(None, HOUR), ("5m", 300), ("10s", 60)])
async def test_a_stranger_that_states_nothing_is_polled_hourly_or_as_the_operator_says(
    stranger: Bench, site: Site, every: str | None, least: float
) -> None:
    site.pages["/feed.xml"] = conditional(lambda: BODY, lambda: '"v1"')
    stranger.add("news", url=f"{site.url}/feed.xml", **({"every": every} if every else {}))
    await stranger.run(26 * HOUR if every is None else 10 * least * 1.1)
    assert len(site.log) >= 10
    assert min(gaps(site)) >= least - 0.001
    assert max(gaps(site)) <= least * 1.1 + 1


async def test_a_stranger_without_validators_is_polled_once_a_day(stranger: Bench, site: Site) -> None:
    site.pages["/feed.xml"] = feed_page(BODY)
    stranger.add("news", url=f"{site.url}/feed.xml")
    await stranger.run(23 * HOUR)
    assert len(site.log) == 1
    await stranger.run(4 * HOUR)
    assert len(site.log) == 2


@pytest.mark.parametrize("status", [200, 304, 429])
@pytest.mark.parametrize(
    "stated", [{"Cache-Control": "max-age=7200"}, {"Expires": formatdate(START + 7200, usegmt=True)}]
)
async def test_stated_freshness_is_a_floor_on_every_kind_of_answer(
    bench: Bench, site: Site, status: int, stated: dict[str, str]
) -> None:
    def page(_: web.Request) -> web.Response:
        if len(site.log) > 1 and status != 200:
            return web.Response(status=status, headers={"Date": formatdate(START, usegmt=True), **stated})
        extra = stated if status == 200 else {}
        return web.Response(body=BODY, headers={"ETag": '"v1"', "Date": formatdate(START, usegmt=True), **extra})

    site.pages["/feed.xml"] = page
    bench.add("news", url=f"{site.url}/feed.xml", every="5m")
    await bench.run(6 * HOUR)
    floored = gaps(site) if status == 200 else gaps(site)[1:]
    assert floored
    assert min(floored) >= 7200


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize("given", ["7200", formatdate(START + 7200, usegmt=True)])
async def test_retry_after_is_a_floor_by_any_path(bench: Bench, site: Site, status: int, given: str) -> None:
    headers = {"Retry-After": given, "Date": formatdate(START, usegmt=True)}
    site.pages["/feed.xml"] = (status, headers, b"")
    site.pages["/second.xml"] = feed_page(BODY)
    bench.add("news", url=f"{site.url}/feed.xml", every="1m")
    await bench.run(120)
    assert len(site.log) == 1
    await bench.schedule.poll("news")  # by hand
    await bench.run(600)
    bench.restart()  # by a restart
    await bench.run(600)
    assert len(site.log) == 1
    assert bench.outcomes[0] == ("news", "throttled")
    if status == 429:  # by another feed on that host
        bench.add("second", url=f"{site.url}/second.xml", every="1m")
        await bench.run(600)
        assert len(site.log) == 1
    await bench.run(2 * HOUR)
    assert len(site.log) > 1
    assert site.log[1].at >= START + 7200


async def test_a_429_hides_no_other_sources_own_error(bench: Bench, site: Site) -> None:
    site.pages["/broken.xml"] = (500, {}, b"")
    site.pages["/good.xml"] = feed_page(BODY)
    bench.add("broken", url=f"{site.url}/broken.xml", every="1m")
    bench.add("good", url=f"{site.url}/good.xml", every="1m")
    await bench.run(120)
    site.pages["/busy.xml"] = (429, {"Retry-After": "7200", "Date": formatdate(START, usegmt=True)}, b"")
    bench.add("busy", url=f"{site.url}/busy.xml", every="1m")
    await bench.run(120)
    asked = len(site.log)
    await bench.run(HOUR)

    assert len(site.log) == asked
    told = {one.id: (one.last_error or "").partition(":")[0] for one in bench.schedule.status()}
    assert told == {"broken": "status", "good": "", "busy": "throttled"}
    assert {round(one.held_until - START, -2) for one in bench.schedule.status()} == {7_300}
    assert not bench.status("good").up  # late, and nothing else
    await bench.run(HOUR + 120)
    assert bench.status("good").last_success > START + 7_200  # it comes before the busy one, which holds the host again
    assert bench.status("good").held_until is not None


async def test_a_poll_by_hand_is_conditional_too(bench: Bench, site: Site) -> None:
    site.pages["/feed.xml"] = conditional(lambda: BODY, lambda: '"v1"')
    bench.add("news", url=f"{site.url}/feed.xml", every="1h")
    await bench.run(10)
    await bench.schedule.poll("news")
    await bench.run(10)
    assert [seen.headers.get("If-None-Match") for seen in site.log] == [None, '"v1"']
    with pytest.raises(UnknownError, match=r"'nobody'.*news"):
        await bench.schedule.poll("nobody")


async def test_a_poll_by_hand_obeys_stated_freshness(bench: Bench, site: Site) -> None:
    site.pages["/feed.xml"] = feed_page(BODY, ETag='"v1"', Cache_Control="max-age=3600")
    bench.add("news", url=f"{site.url}/feed.xml", every="1m")
    await bench.run(10)
    await bench.schedule.poll("news")
    await bench.run(1800)
    assert len(site.log) == 1


async def test_no_cookie_no_referer_no_extra_parameter_and_no_fragment(bench: Bench, site: Site) -> None:
    site.pages["/feed.xml"] = feed_page(BODY, Set_Cookie="spy=1; Path=/")
    bench.add("news", url=f"{site.url}/feed.xml?a=1&b=%2F#part", every="5m")
    await bench.run(700)
    assert set(site.paths()) == {"/feed.xml?a=1&b=%2F"}
    assert not any({"Cookie", "Referer"} & set(seen.headers) for seen in site.log)


async def test_the_user_agent_is_honest_and_names_a_contact(bench: Bench, site: Site) -> None:
    site.pages["/feed.xml"] = feed_page(BODY)
    bench.add("news", url=f"{site.url}/feed.xml", every="5m")
    await bench.run(10)
    agent = site.log[0].headers["User-Agent"]
    assert agent.startswith("Amends/")
    assert "ops@example.org" in agent


async def test_nothing_is_fetched_beside_the_feed(bench: Bench, site: Site) -> None:
    channel = f"<image><url>{site.url}/icon.png</url></image>"
    site.pages["/feed.xml"] = feed_page(rss({"title": "a", "link": f"{site.url}/article"}, channel=channel))
    bench.add("news", url=f"{site.url}/feed.xml", every="5m")
    await bench.run(700)
    assert set(site.paths()) == {"/feed.xml"}


async def test_a_post_of_the_same_second_as_the_poll_is_not_lost(bench: Bench, site: Site) -> None:
    """As WordPress does it: whole seconds, 304 while the newest post's second is the one that came back."""
    posts = ["one"]

    def page(request: web.Request) -> web.Response:
        modified = formatdate(START, usegmt=True)  # both posts are of this second
        if request.headers.get("If-Modified-Since") == modified:
            return web.Response(status=304, headers={"Date": formatdate(bench.clock.wall(), usegmt=True)})
        response = dated(rss(*posts), START, date=START if len(site.log) == 1 else bench.clock.wall())
        posts[:] = ["two", "one"]  # it appears in the second after the answer was made
        return response

    site.pages["/feed.xml"] = page
    bench.add("news", url=f"{site.url}/feed.xml", every="1h")
    await bench.run(400)
    assert [item.id for item in bench.items] == ["id-one", "id-two"]
    assert 60 <= gaps(site)[0] <= 300
    await bench.run(3 * HOUR)
    assert all("If-Modified-Since" in seen.headers for seen in site.log[2:])


async def test_a_server_that_dates_every_answer_with_the_present_is_not_asked_twice(
    stranger: Bench, site: Site
) -> None:
    def page(_: web.Request) -> web.Response:
        now = stranger.clock.wall()
        return dated(rss(f"at {now}"), now, date=now)

    site.pages["/feed.xml"] = page
    stranger.add("news", url=f"{site.url}/feed.xml", every="1h")
    await stranger.run(DAY)
    assert 20 <= len(site.log) <= 26


async def test_an_equal_body_is_neither_parsed_nor_delivered(bench: Bench, site: Site) -> None:
    site.pages["/feed.xml"] = feed_page(BODY)
    bench.add("news", url=f"{site.url}/feed.xml", every="5m")
    await bench.run(1600)
    assert len(site.log) >= 5
    assert [outcome for _, outcome in bench.outcomes].count("ok") == 1
    assert len(bench.progress) == 1


async def test_an_address_moves_only_after_permanent_redirects_that_last(bench: Bench, site: Site) -> None:
    site.pages["/old.xml"] = (301, {"Location": "/new.xml"}, b"")
    site.pages["/new.xml"] = conditional(lambda: BODY, lambda: '"v1"')
    bench.add("news", url=f"{site.url}/old.xml", every="6h")
    await bench.run(23 * HOUR)
    assert site.paths().count("/old.xml") == site.paths().count("/new.xml") >= 4
    await bench.run(24 * HOUR)
    assert site.paths()[-3:] == ["/new.xml"] * 3
    assert [item.id for item in bench.items] == ["id-one"]
    assert all("If-None-Match" in seen.headers for seen in site.log[2:] if seen.path == "/new.xml")


@pytest.mark.parametrize("status", [302, 303, 307])
async def test_a_temporary_redirect_never_moves_an_address(bench: Bench, site: Site, status: int) -> None:
    site.pages["/old.xml"] = (status, {"Location": "/new.xml"}, b"")
    site.pages["/new.xml"] = feed_page(BODY)
    bench.add("news", url=f"{site.url}/old.xml", every="6h")
    await bench.run(3 * DAY)
    assert site.paths().count("/old.xml") == site.paths().count("/new.xml") >= 12


async def test_a_feed_that_is_gone_is_not_asked_again_unless_by_hand(bench: Bench, site: Site) -> None:
    site.pages["/feed.xml"] = (410, {}, b"")
    bench.add("news", url=f"{site.url}/feed.xml", every="5m")
    await bench.run(DAY)
    bench.restart()
    await bench.run(DAY)
    assert len(site.log) == 1
    assert bench.status("news").gone
    assert bench.outcomes == [("news", "gone")]
    assert bench.schedule.coverage("acme").silent == ("news",)
    site.pages["/feed.xml"] = feed_page(BODY)
    await bench.schedule.poll("news")
    await bench.run(600)
    assert not bench.status("news").gone
    assert len(bench.items) == 1


async def test_a_missing_feed_is_asked_ever_less_but_for_ever(stranger: Bench, site: Site) -> None:
    stranger.add("news", url=f"{site.url}/feed.xml", every="5m")
    await stranger.run(40 * DAY)
    assert gaps(site)[0] < 660
    assert max(gaps(site)) <= DAY
    assert site.log[-1].at > START + 38 * DAY
    assert len(site.log) < 200
    assert "404" in (stranger.status("news").last_error or "")


async def test_a_304_to_an_unconditional_request_is_an_error_and_no_crash(bench: Bench, site: Site) -> None:
    site.pages["/feed.xml"] = (304, {}, b"")
    bench.add("news", url=f"{site.url}/feed.xml", every="5m")
    await bench.run(100)
    assert bench.outcomes == [("news", "shape")]
    site.pages["/feed.xml"] = feed_page(BODY)
    await bench.run(HOUR)
    assert len(bench.items) == 1


async def test_an_error_page_with_200_keeps_validators_and_entries(bench: Bench, site: Site) -> None:
    good = conditional(lambda: rss("one"), lambda: '"v1"')
    site.pages["/feed.xml"] = good
    bench.add("news", url=f"{site.url}/feed.xml", every="5m")
    await bench.run(100)
    page = b"<!DOCTYPE html><html><head><title>Just a moment...</title></head><body></body></html>"
    site.pages["/feed.xml"] = (200, {"Content-Type": "text/html", "ETag": '"bad"'}, page)
    await bench.run(500)
    assert ("news", "blocked") in bench.outcomes
    site.pages["/feed.xml"] = good
    await bench.run(HOUR)
    assert site.log[-1].headers["If-None-Match"] == '"v1"'
    assert len(bench.items) == 1


@pytest.mark.parametrize("body", [b"", b" \n"])
async def test_an_empty_200_is_an_error(bench: Bench, site: Site, body: bytes) -> None:
    site.pages["/feed.xml"] = feed_page(body, ETag='"v1"')
    bench.add("news", url=f"{site.url}/feed.xml", every="5m")
    await bench.run(700)
    assert {outcome for _, outcome in bench.outcomes} == {"shape"}
    assert not any("If-None-Match" in seen.headers for seen in site.log)


async def test_one_request_at_a_time_to_a_host_and_a_second_between(stranger: Bench, site: Site) -> None:
    running = most = 0

    async def page(_: web.Request) -> web.Response:
        nonlocal running, most
        running += 1
        most = max(most, running)
        running -= 1
        return web.Response(body=BODY)

    for number in range(12):
        site.pages[f"/{number}.xml"] = page
        stranger.add(f"feed-{number}", url=f"{site.url}/{number}.xml", every="5m")
    await stranger.run(60)
    assert len(site.log) == 12
    assert most == 1
    assert min(gaps(site)) >= 1.0


async def test_inside_network_allow_there_is_no_gap(bench: Bench, site: Site) -> None:
    for number in range(12):
        site.pages[f"/{number}.xml"] = feed_page(BODY)
        bench.add(f"feed-{number}", url=f"{site.url}/{number}.xml", every="5m")
    await bench.run(2)
    assert len(site.log) == 12


CHANNELS: list[tuple[str, float]] = [
    ("<ttl>120</ttl>", 7200),
    ("<sy:updatePeriod>hourly</sy:updatePeriod><sy:updateFrequency>1</sy:updateFrequency>", 3600),
    ("<sy:updatePeriod>daily</sy:updatePeriod><sy:updateFrequency>4</sy:updateFrequency>", 6 * 3600),
    ("<ttl>1</ttl>", 285),
]


@pytest.mark.parametrize(("channel", "least"), CHANNELS)
async def test_what_the_feed_says_of_itself_only_lengthens_the_interval(
    bench: Bench, site: Site, channel: str, least: float
) -> None:
    site.pages["/feed.xml"] = conditional(lambda: rss("one", channel=channel), lambda: '"v1"')
    bench.add("news", url=f"{site.url}/feed.xml", every="5m")
    await bench.run(DAY)
    assert least <= min(gaps(site)) <= least * 1.2


async def test_hours_and_days_that_a_feed_wants_to_be_left_alone_are_kept(bench: Bench, site: Site) -> None:
    hours = "".join(f"<hour>{hour}</hour>" for hour in range(9, 24))
    channel = f"<skipHours>{hours}</skipHours><skipDays><day>Tuesday</day></skipDays>"
    site.pages["/feed.xml"] = feed_page(rss("one", channel=channel))
    bench.add("news", url=f"{site.url}/feed.xml", every="30m")
    await bench.run(3 * DAY)
    late: list[Any] = [seen for seen in site.log if (seen.at % DAY) // HOUR >= 9]
    assert not late
    assert not any(int(seen.at // DAY) % 7 == 5 for seen in site.log)  # 1970-01-01 was a Thursday: 5 is Tuesday
    assert len(site.log) > 10
