"""The schedule over real sockets, on a clock that jumps."""

from __future__ import annotations

from typing import TYPE_CHECKING

from support.feeds import conditional, feed_page, rss

if TYPE_CHECKING:
    from conftest import Bench
    from support.feeds import Site


async def test_a_feed_is_read_and_then_only_what_is_new(bench: Bench, site: Site) -> None:
    site.pages["/feed.xml"] = feed_page(rss("one", "two"))
    bench.add("news", url=f"{site.url}/feed.xml", every="5m")
    await bench.run(301)
    assert [item.id for item in bench.items] == ["id-one", "id-two"]
    assert [first.first_walk for _, first in bench.progress] == [True]
    site.pages["/feed.xml"] = feed_page(rss("three", "one", "two"))
    await bench.run(301)
    assert [item.id for item in bench.items] == ["id-one", "id-two", "id-three"]
    assert [first.first_walk for _, first in bench.progress] == [True, False]
    assert bench.outcomes[:1] == [("news", "ok")]
    assert ("news", "unchanged") in bench.outcomes


async def test_only_the_first_request_is_unconditional(bench: Bench, site: Site) -> None:
    site.pages["/feed.xml"] = conditional(lambda: rss("one"), lambda: '"v1"')
    bench.add("news", url=f"{site.url}/feed.xml", every="5m")
    await bench.run(50 * 300)
    assert len(site.log) >= 50
    assert sum("If-None-Match" not in seen.headers for seen in site.log) == 1
