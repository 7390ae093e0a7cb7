"""What was sent to whom, and the auditor: pure queries over the outbox, the same on both databases."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from amends.model import Bin, InputError, PageChange
from support.storage import NOW, a_page, an_event, an_incident, apply, say

if TYPE_CHECKING:
    from amends.storage import Store

BRANDS = ["acme"]


async def told(store: Store, *pages: object, **more: object) -> None:
    await apply(store, say(incidents=(an_incident(),), events=(an_event(),), pages=pages, **more))


async def settle(store: Store, page: str, state: str, now: float = NOW, why: str = "") -> None:
    change = PageChange(id=page, state=state, why=why)  # type: ignore[arg-type] # one of the states
    await apply(store, say(page_changes=(change,)), now=now)


async def test_a_channel_has_worked_once_it_took_a_page(store: Store) -> None:
    lea, sam = a_page("pg_1"), a_page("pg_2", person="sam", kind="notice")
    await told(store, lea, sam)
    assert await store.delivered() == {}
    await settle(store, "pg_1", "sent", NOW + 5)
    await settle(store, "pg_2", "sent", NOW + 6)
    assert await store.delivered() == {(lea.person, lea.channel): NOW + 5}


async def test_a_persons_messages_come_newest_first_page_by_page(store: Store) -> None:
    pages = [a_page(f"pg_{number}", decided_at=NOW + number) for number in range(5)]
    await told(store, *pages, a_page("pg_other", person="sam"))
    first = await store.messages("lea", limit=3)
    assert [row.page.id for row in first.items] == ["pg_4", "pg_3", "pg_2"]
    rest = await store.messages("lea", limit=3, cursor=first.next)
    assert ([row.page.id for row in rest.items], rest.next) == (["pg_1", "pg_0"], None)
    assert (await store.messages("nobody")).items == ()


async def test_what_was_heard_and_paged_is_counted_since_a_moment(store: Store) -> None:
    start = int(NOW // 300) * 300
    bins = (Bin(start=start, mentions=7), Bin(start=start - 3_600, mentions=100))
    await told(store, a_page("pg_1"), a_page("pg_2", person="sam", kind="notice"), bins=bins)
    for page in ("pg_1", "pg_2"):
        await settle(store, page, "sent", NOW + 5)
    found = await store.tally(start, BRANDS)
    assert (found.mentions, found.pages) == (7, 1)
    assert (await store.tally(start, ["nobody"])).mentions == 0


async def test_the_auditor_is_content_while_pages_go_out(store: Store) -> None:
    await told(store, a_page("pg_1", due=NOW))
    assert await store.overdue(NOW + 100, 120, BRANDS, looks=False) is None
    await settle(store, "pg_1", "sent", NOW + 100)
    assert await store.overdue(NOW + 10_000, 120, BRANDS, looks=False) is None


async def test_the_auditor_tells_of_a_page_that_nobody_sends(store: Store) -> None:
    await told(store, a_page("pg_1", due=NOW))
    assert await store.overdue(NOW + 121, 120, BRANDS, looks=False) == "page pg_1 to lea is overdue"
    assert await store.overdue(NOW + 121, 120, ["another"], looks=False) is None


async def test_the_auditor_tells_of_a_page_that_is_tried_again_and_again(store: Store) -> None:
    await told(store, a_page("pg_1", due=NOW))
    for at in (NOW, NOW + 60):
        claim = await store.claim(at, "w", 30.0)
        assert claim is not None
        await store.retry("pg_1", at + 60, "down")
    assert await store.overdue(NOW + 119, 120, BRANDS, looks=False) is None
    await store.retry("pg_1", NOW + 200, "down")
    assert await store.overdue(NOW + 121, 120, BRANDS, looks=False) == "page pg_1 to lea is overdue"


async def test_the_auditor_tells_of_what_was_held_and_is_not_decided_anew(store: Store) -> None:
    await told(store, a_page("pg_1", due=NOW + 600, state="deferred"))
    assert await store.overdue(NOW + 700, 120, BRANDS, looks=False) is None
    assert await store.overdue(NOW + 721, 120, BRANDS, looks=False) == "page pg_1 to lea is overdue"


async def test_the_auditor_tells_of_an_incident_that_reached_nobody_for_an_hour(store: Store) -> None:
    await told(store, a_page("pg_1"), a_page("pg_2", person="sam"))
    await settle(store, "pg_1", "failed", NOW + 1, "404")
    await settle(store, "pg_2", "failed", NOW + 2, "404")
    why = await store.overdue(NOW + 10, 120, BRANDS, looks=False)
    assert why is not None
    assert "no page has reached anybody" in why
    assert await store.overdue(NOW + 3_603, 120, BRANDS, looks=False) is None


async def test_the_auditor_tells_of_a_brand_that_nobody_looks_at(store: Store) -> None:
    await apply(store, say())
    assert await store.overdue(NOW + 100, 120, BRANDS) is None
    assert await store.overdue(NOW + 181, 120, BRANDS, looks=False) is None
    why = await store.overdue(NOW + 181, 120, BRANDS)
    assert why == "the brand acme has not been looked at in its time"


async def test_brands_with_an_open_incident_or_a_waiting_message_are_restless(store: Store) -> None:
    assert await store.restless() == set()
    await told(store, a_page("pg_1"))
    assert await store.restless() == {"acme"}


@pytest.mark.parametrize("cursor", ["x", "bm8"])
async def test_a_foreign_cursor_is_refused(store: Store, cursor: str) -> None:
    with pytest.raises(InputError, match="cursor"):
        await store.messages("lea", cursor=cursor)
