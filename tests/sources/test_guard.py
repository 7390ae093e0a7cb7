"""The deletion guard on real sockets: what vanished is told, what merely left the list is not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from amends.model import DAY, HOUR, MINUTE
from amends.sources import SourceSpec
from support.feeds import feed_page, rss, settings

if TYPE_CHECKING:
    from support.feeds import Site

    from .conftest import Bench

EVERY = 5 * MINUTE


def posts(site: Site, *numbers: int, at: str = "post") -> bytes:
    return rss(*({"title": f"Post {n}", "guid": f"id-{n}", "link": f"{site.url}/{at}/{n}"} for n in numbers))


def show(site: Site, *numbers: int) -> None:
    site.pages["/own.xml"] = feed_page(posts(site, *numbers))


@pytest.fixture
def own(bench: Bench, site: Site) -> Bench:
    """An own feed of three posts, all of which stand, read once."""
    for number in (1, 2, 3):
        site.pages[f"/post/{number}"] = (200, {}, b"<p>here</p>")
    show(site, 1, 2, 3)
    add(bench, site)
    return bench


def add(bench: Bench, site: Site, *, own: bool = True) -> None:
    spec = SourceSpec("newsroom", settings(url=f"{site.url}/own.xml", every="5m"), (), own=own)
    bench.specs = [spec]
    bench.schedule.configure(bench.specs)


def gone(bench: Bench) -> list[str]:
    return [item.id for item in bench.items if item.op == "delete"]


def asked(site: Site, number: int) -> int:
    return site.paths().count(f"/post/{number}")


async def test_a_post_that_leaves_its_list_and_answers_404_twice_is_told_once(own: Bench, site: Site) -> None:
    await own.run(2 * EVERY)
    show(site, 1, 3)
    del site.pages["/post/2"]
    missed = own.clock.wall()

    await own.run(6 * EVERY)

    assert gone(own) == ["id-2"]
    (deletion,) = [item for item in own.items if item.op == "delete"]
    assert deletion.url == f"{site.url}/post/2"
    assert missed - EVERY <= deletion.extra["last_listed"] <= missed
    assert deletion.seen_at - missed < 3 * EVERY
    assert asked(site, 2) == 2
    assert asked(site, 1) == asked(site, 3) == 0


async def test_410_says_the_same_as_404(own: Bench, site: Site) -> None:
    await own.run(EVERY)
    show(site, 1, 3)
    site.pages["/post/2"] = (410, {}, b"gone")

    await own.run(6 * EVERY)

    assert gone(own) == ["id-2"]


async def test_a_post_that_rolled_off_the_end_still_stands_and_is_asked_ever_more_seldom(
    own: Bench, site: Site
) -> None:
    await own.run(EVERY)
    show(site, 2, 3)

    await own.run(3 * DAY)

    assert gone(own) == []
    assert 3 <= asked(site, 1) <= 9
    await own.run(6 * DAY)
    last = asked(site, 1)
    await own.run(3 * DAY)
    assert asked(site, 1) == last, "after a week it is left alone"


async def test_a_post_that_rolled_off_and_is_removed_later_is_told(own: Bench, site: Site) -> None:
    await own.run(EVERY)
    show(site, 2, 3)
    await own.run(HOUR)
    del site.pages["/post/1"]

    await own.run(4 * HOUR)

    assert gone(own) == ["id-1"]


async def test_one_404_is_a_slip(own: Bench, site: Site) -> None:
    await own.run(EVERY)
    show(site, 1, 3)
    page = site.pages.pop("/post/2")
    while not asked(site, 2):
        await own.run(MINUTE)
    site.pages["/post/2"] = page

    await own.run(DAY)

    assert gone(own) == []


async def test_a_post_that_is_listed_again_is_not_missed(own: Bench, site: Site) -> None:
    await own.run(EVERY)
    show(site, 1, 3)
    del site.pages["/post/2"]
    while not asked(site, 2):
        await own.run(MINUTE)
    show(site, 1, 2, 3)

    await own.run(DAY)

    assert gone(own) == []


async def test_an_empty_list_is_broken_for_two_hours_and_then_believed(own: Bench, site: Site) -> None:
    await own.run(EVERY)
    show(site)
    for number in (1, 2, 3):
        del site.pages[f"/post/{number}"]

    await own.run(HOUR + 30 * MINUTE)
    assert (gone(own), asked(site, 1)) == ([], 0)

    await own.run(2 * HOUR)
    assert sorted(gone(own)) == ["id-1", "id-2", "id-3"]


async def test_a_list_that_was_empty_for_an_hour_is_as_it_was(own: Bench, site: Site) -> None:
    await own.run(EVERY)
    show(site)
    await own.run(HOUR)
    show(site, 1, 2, 3)

    await own.run(DAY)

    assert gone(own) == []
    assert asked(site, 1) == 0


@pytest.mark.parametrize("broken", [(500, {}, b"oops"), (200, {}, b"<html>maintenance</html>"), (404, {}, b"")])
async def test_a_list_that_is_broken_says_nothing_of_its_posts(
    own: Bench, site: Site, broken: tuple[int, dict[str, str], bytes]
) -> None:
    await own.run(EVERY)
    site.pages = {"/own.xml": broken}

    await own.run(6 * HOUR)

    assert gone(own) == []
    assert asked(site, 1) == 0


async def test_a_site_that_is_down_deletes_nothing(own: Bench, site: Site) -> None:
    await own.run(EVERY)
    show(site, 1, 3)
    site.pages["/post/2"] = (503, {}, b"later")

    await own.run(DAY)

    assert gone(own) == []
    assert asked(site, 2) > 1


@pytest.mark.parametrize("there", [True, False])
async def test_an_address_that_moved_is_no_deletion(own: Bench, site: Site, there: bool) -> None:  # noqa: FBT001 - a case
    await own.run(EVERY)
    show(site, 1, 3)
    site.pages["/post/2"] = (301, {"Location": f"{site.url}/archive/two"}, b"")
    if there:
        site.pages["/archive/two"] = (200, {}, b"here now")

    await own.run(DAY)

    assert gone(own) == []


async def test_a_redirect_to_the_same_page_counts_as_that_page(own: Bench, site: Site) -> None:
    await own.run(EVERY)
    show(site, 1, 3)
    site.pages["/post/2"] = (301, {"Location": f"{site.url}/post/2/"}, b"")

    await own.run(6 * EVERY)

    assert gone(own) == ["id-2"]


async def test_a_restart_between_the_two_answers_loses_nothing(own: Bench, site: Site) -> None:
    await own.run(EVERY)
    show(site, 1, 3)
    del site.pages["/post/2"]
    while not asked(site, 2):
        await own.run(MINUTE)
    own.restart()

    await own.run(6 * EVERY)

    assert gone(own) == ["id-2"]
    assert asked(site, 2) == 2


async def test_a_source_that_becomes_the_brands_own_is_watched_from_then_on(bench: Bench, site: Site) -> None:
    show(site, 1, 2)
    site.pages["/post/1"] = (200, {}, b"here")
    add(bench, site, own=False)
    await bench.run(2 * EVERY)
    add(bench, site)
    await bench.run(3 * EVERY)
    brought = len(bench.items)
    show(site, 1)

    await bench.run(6 * EVERY)

    assert brought == 2, "what was known is not told again"
    assert gone(bench) == ["id-2"]


async def test_another_source_is_not_watched(bench: Bench, site: Site) -> None:
    show(site, 1, 2)
    add(bench, site, own=False)
    await bench.run(EVERY)
    show(site, 1)

    await bench.run(DAY)

    assert gone(bench) == []
    assert asked(site, 2) == 0


async def test_many_lost_posts_are_asked_for_a_few_at_a_time(bench: Bench, site: Site) -> None:
    show(site, *range(30))
    add(bench, site)
    await bench.run(EVERY)
    show(site, 0)
    before = len(site.log)

    await bench.run(EVERY)

    assert sum("/post/" in path for path in site.paths()[before:]) <= 12
    await bench.run(3 * HOUR)
    assert len(gone(bench)) == 29


async def test_a_mastodon_account_is_read_and_guarded_as_json(bench: Bench, site: Site) -> None:
    def statuses(*numbers: int) -> tuple[int, dict[str, str], bytes]:
        made = ",".join(
            f'{{"uri": "{site.url}/users/acme/statuses/{n}", "url": "{site.url}/@acme/{n}", '
            f'"created_at": "2026-01-05T07:00:0{n}Z", "content": "<p>Toot {n}</p>"}}'
            for n in numbers
        )
        return 200, {"Content-Type": "application/json"}, f"[{made}]".encode()

    site.pages["/api/v1/accounts/7/statuses"] = statuses(1, 2)
    keys = {
        "kind": "json", "url": f"{site.url}/api/v1/accounts/7/statuses", "every": "5m", "items": "[]", "html": True,
        "fields": {"id": "uri", "url": "url|uri", "published_at": "created_at", "text": "content"},
    }  # fmt: skip
    bench.specs = [SourceSpec("mastodon", settings(**keys), (), own=True)]
    bench.schedule.configure(bench.specs)
    await bench.run(EVERY)
    site.pages["/api/v1/accounts/7/statuses"] = statuses(2)

    await bench.run(6 * EVERY)

    assert gone(bench) == [f"{site.url}/users/acme/statuses/1"]
