"""The contract of the outbox: claimed one by one, counted at the claim, never lost, never to two workers at once."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from amends.model import PageChange, Stage
from support.storage import NOW, a_page, a_quote, an_event, an_incident, apply, at_once, opened, say

if TYPE_CHECKING:
    from amends.storage import Claim, Store


NOON_AHEAD = NOW + 400 * 86_400.0


async def claimed(store: Store, now: float = NOW, worker: str = "w1", **more: object) -> Claim:
    claim = await store.claim(now, worker, 30.0, **more)  # type: ignore[arg-type]  # `skip`, if anything
    assert claim is not None
    return claim


async def test_an_empty_outbox_gives_nothing_and_wants_nothing(store: Store) -> None:
    assert await store.claim(NOW, "w1", 30.0) is None
    assert await store.next_due() is None
    assert await store.outbox_stats(NOW) == (0, 0.0)


async def test_a_due_page_is_claimed_once_with_its_attempt_counted(store: Store) -> None:
    page = a_page(due=NOW + 5, group="blind", deadline=NOW + 600)
    await opened(store, page)
    assert await store.claim(NOW + 4.9, "w1", 30.0) is None
    assert await store.next_due() == NOW + 5
    first = await claimed(store, NOW + 5)
    assert (first.page, first.attempts, first.claimed_until) == (page, 1, NOW + 35)
    assert isinstance(first.page.due, float)
    assert await store.claim(NOW + 5, "w2", 30.0) is None
    assert await store.next_due() == NOW + 35


async def test_a_claim_whose_lease_ended_is_given_out_again(store: Store) -> None:
    await opened(store, a_page())
    await claimed(store)
    assert await store.claim(NOW + 29.9, "w2", 30.0) is None
    again = await claimed(store, NOW + 30, "w2")
    assert again.attempts == 2


async def test_what_an_earlier_life_had_claimed_is_free_at_once_for_the_next(store: Store) -> None:
    page = a_page(due=NOW)
    await opened(store, page)
    await claimed(store, worker="amends")
    assert await store.void_claims("another") == 0
    assert await store.claim(NOW, "amends", 30.0) is None

    assert await store.void_claims("amends") == 1

    assert (await claimed(store, worker="amends")).attempts == 2


async def test_a_claim_tells_how_the_incident_stands_by_now(store: Store) -> None:
    incident = await opened(store, a_page("pg_1"), a_page("pg_2"))
    assert (await claimed(store)).incident == incident
    over = replace(incident, state=Stage.RESOLVED, acknowledged_by="lea", acknowledged_at=NOW, quotes=(a_quote(),))
    await apply(store, say(incidents=(over,)))
    second = await claimed(store)
    assert second.incident == over
    assert second.page.incident == incident


async def test_a_page_given_back_comes_again_when_it_is_due(store: Store) -> None:
    await opened(store, a_page())
    await claimed(store)
    assert await store.retry("pg_1", NOW + 60, "503 from the channel")
    assert await store.next_due() == NOW + 60
    assert await store.claim(NOW + 59, "w1", 30.0) is None
    row = (await store.pages("inc_1"))[0]
    assert (row.attempts, row.error, row.page.state) == (1, "503 from the channel", "queued")
    assert (await claimed(store, NOW + 60)).attempts == 2


async def test_giving_back_what_a_decision_has_ended_is_refused_loudly(store: Store) -> None:
    await opened(store, a_page())
    await claimed(store)
    await apply(store, say(page_changes=(PageChange(id="pg_1", state="cancelled", why="acknowledged"),)))
    assert not await store.retry("pg_1", NOW + 60, "late")
    assert not await store.retry("pg_none", NOW + 60, "late")
    assert await store.next_due() is None


@pytest.mark.parametrize("state", ["deferred", "cancelled", "sent", "failed"])
async def test_only_queued_pages_are_claimed(store: Store, state: str) -> None:
    await opened(store, a_page())
    await apply(store, say(page_changes=(PageChange(id="pg_1", state=state, why="so"),)))  # type: ignore[arg-type]  # one of them
    assert await store.claim(NOW + 1e6, "w1", 30.0) is None


async def test_a_deferred_page_that_a_decision_queues_again_is_claimed_then(store: Store) -> None:
    await opened(store, a_page(state="deferred", due=NOW + 100))
    assert await store.claim(NOW + 200, "w1", 30.0) is None
    store.page_written.clear()
    await apply(store, say(page_changes=(PageChange(id="pg_1", state="queued", why="morning", due=NOW + 150),)))
    assert store.page_written.is_set()
    assert (await claimed(store, NOW + 150)).page.why == "morning"


async def test_pages_come_before_notices_and_the_longest_due_first(store: Store) -> None:
    await opened(
        store,
        a_page("pg_notice", kind="notice", due=NOW - 100),
        a_page("pg_late", due=NOW - 1),
        a_page("pg_later", due=NOW - 2),
    )
    order = [(await claimed(store)).page.id for _ in range(3)]
    assert order == ["pg_later", "pg_late", "pg_notice"]


async def test_rows_of_channels_to_skip_stay_where_they_are(store: Store) -> None:
    await opened(store, a_page("pg_1", channel="phone", due=NOW - 9), a_page("pg_2", channel="hook"))
    assert await store.next_due(skip=["phone"]) == NOW
    assert await store.next_due(skip=["phone", "hook"]) is None
    assert await store.claim(NOW, "w1", 30.0, skip=["phone", "hook"]) is None
    assert (await claimed(store, skip=["phone"])).page.id == "pg_2"
    assert (await claimed(store, skip=[])).page.id == "pg_1"


async def test_workers_that_claim_at_once_never_get_the_same_page(open_store, url: str) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001 - a fixture
    one, two = await open_store(url), await open_store(url)
    await opened(one, *(a_page(f"pg_{number}") for number in range(20)))
    results = await at_once(
        *(store.claim(NOW, name, 30.0) for _ in range(15) for store, name in ((one, "w1"), (two, "w2")))
    )
    ids = [result.page.id for result in results if result is not None]
    assert len(ids) == len(set(ids)) == 20


async def test_pages_of_one_group_are_claimed_together(store: Store) -> None:
    await opened(
        store,
        a_page("pg_1", group="blind", due=NOW - 5),
        a_page("pg_2", group="blind"),
        a_page("pg_3", group="blind", brand="acme", due=NOW + 50),
        a_page("pg_4", group="blind", person="sam"),
        a_page("pg_5", group="blind", channel="phone"),
        a_page("pg_6", group="blind", kind="notice"),
        a_page("pg_7", group="other"),
        a_page("pg_8"),
    )
    globex = an_incident("inc_2", brand="globex")
    other = a_page("pg_9", brand="globex", incident=globex, group="blind")
    event = an_event(incident="inc_2")
    await apply(store, say(incidents=(globex,), events=(event,), pages=(other,)), brand="globex")
    lead = await claimed(store)
    assert lead.page.id == "pg_1"
    fellows = await store.grouped(lead, NOW, "w1", 30.0)
    assert [fellow.page.id for fellow in fellows] == ["pg_2", "pg_9"]
    assert [fellow.incident.brand for fellow in fellows] == ["acme", "globex"]
    assert {fellow.attempts for fellow in fellows} == {1}
    assert await store.grouped(lead, NOW, "w1", 30.0) == []


async def test_a_page_without_a_group_stands_alone(store: Store) -> None:
    await opened(store, a_page("pg_1"), a_page("pg_2"))
    assert await store.grouped(await claimed(store), NOW, "w1", 30.0) == []


async def test_what_a_person_was_sent_is_counted_from_a_moment_on(store: Store) -> None:
    await opened(store, a_page("pg_1"), a_page("pg_2"), a_page("pg_3"), a_page("pg_4", person="sam"))
    for number, at in ((1, NOW + 10), (2, NOW + 20), (4, NOW + 20)):
        await apply(store, say(page_changes=(PageChange(id=f"pg_{number}", state="sent", why=""),)), now=at)
    assert await store.sent_to("lea", NOW) == 2
    assert await store.sent_to("lea", NOW + 20) == 1
    assert await store.sent_to("lea", NOW + 21) == 0
    assert await store.sent_to("sam", NOW) == 1


async def test_the_outbox_says_how_much_waits_and_for_how_long(store: Store) -> None:
    await opened(store, a_page("pg_1", due=NOW - 20), a_page("pg_2", due=NOW + 20), a_page("pg_3", state="deferred"))
    assert await store.outbox_stats(NOW) == (2, 20.0)
    await apply(store, say(page_changes=(PageChange(id="pg_1", state="sent", why=""),)))
    assert await store.outbox_stats(NOW) == (1, 0.0)


async def test_what_a_channel_was_told_comes_with_the_incident_as_it_is(store: Store) -> None:
    assert await store.told("phone", NOW) == []
    incident = await opened(store, a_page("pg_1"), a_page("pg_2", channel="other", step="2"), a_page("pg_3", step="3"))
    sent = tuple(PageChange(id=name, state="sent", why="") for name in ("pg_3", "pg_1", "pg_2"))
    for number, change in enumerate(sent):
        await apply(store, say(page_changes=(change,)), now=NOW + number)
    channel = a_page("pg_1").channel
    found = await store.told(channel, NOW)
    assert [page.id for page, _ in found] == ["pg_3", "pg_1"]
    assert {one.id for _, one in found} == {incident.id}

    ended = replace(incident, state=Stage.RESOLVED, resolved_at=NOW + 50)
    await apply(store, say(incidents=(ended,)), now=NOW + 50)
    assert [one.state for _, one in await store.told(channel, NOW + 50)] == [Stage.RESOLVED] * 2
    assert await store.told(channel, NOW + 51) == []


async def test_a_page_that_a_clock_far_ahead_has_decided_does_not_wait_for_that_time(store: Store) -> None:
    ahead = NOON_AHEAD
    await opened(store, a_page(due=ahead, decided_at=ahead))
    first = await claimed(store, NOW)
    assert first.page.due == ahead
    await store.retry("pg_1", ahead + 60, "down")
    assert await store.claim(ahead - 7_200, "w1", 30.0) is not None


async def test_a_lease_from_a_future_that_is_none_holds_nobody_up(store: Store) -> None:
    await opened(store, a_page(due=NOW))
    await claimed(store, NOON_AHEAD)
    assert (await claimed(store, NOW + 1)).attempts == 2
