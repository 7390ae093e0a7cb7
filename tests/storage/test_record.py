"""The contract of the record: chained, checked, and able to forget people's words."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import delete, update

from amends.escalation import Ledger
from amends.model import PageChange, UnknownError
from amends.pipeline.state import Case
from amends.storage import BrokenChain, Store, schema
from support.storage import (
    NOW,
    a_mention,
    a_page,
    a_quote,
    an_event,
    an_incident,
    apply,
    batch,
    opened,
    resolved,
    say,
)

EVENTS, TEXTS = schema.incident_events.c, schema.incident_texts.c


async def with_a_history(store: Store) -> str:
    """Write an incident with three events and two quotes; return its head."""
    await opened(store, quotes=(a_quote(1, role="earliest"), a_quote(2)))
    changed = an_incident(revision=2, quotes=(a_quote(2), a_quote(3)))
    await apply(store, say(incidents=(changed,), events=(an_event(2, event="raised"),)))
    await apply(store, say(incidents=(resolved(changed),), events=(an_event(3, event="resolved"),)))
    head = await store.verify("inc_1")
    assert isinstance(head, str)
    return head


async def tamper(store: Store, statement: Any) -> None:
    async with store._engines.writer.begin() as connection:
        assert (await connection.execute(statement)).rowcount > 0


async def test_a_record_verifies_and_its_head_moves_with_every_event(store: Store) -> None:
    await opened(store)
    first = await store.verify("inc_1")
    await apply(store, say(incidents=(an_incident(),), events=(an_event(2),)))
    second = await store.verify("inc_1")
    assert isinstance(first, str)
    assert isinstance(second, str)
    assert len(first) == len(second) == 64
    assert first != second


async def test_two_records_of_the_same_words_have_nothing_in_common(store: Store) -> None:
    await opened(store, quotes=(a_quote(),))
    await apply(store, say(incidents=(resolved(an_incident()),)))
    await opened(store, name="inc_2", quotes=(a_quote(),))
    async with store._reader() as connection:
        digests = (await connection.execute(schema.incident_texts.select())).all()
    assert len({row.digest for row in digests}) == 2
    assert await store.verify("inc_1") != await store.verify("inc_2")


async def test_an_incident_that_was_never_opened_is_unknown(store: Store) -> None:
    with pytest.raises(UnknownError, match="inc_none"):
        await store.verify("inc_none")
    assert await store.incident("inc_none") is None
    assert await store.events("inc_none") == []


async def test_quotes_come_back_in_their_order_and_are_stored_once(store: Store) -> None:
    await with_a_history(store)
    incident = await store.incident("inc_1")
    assert incident is not None
    assert incident.quotes == (a_quote(2), a_quote(3))
    async with store._reader() as connection:
        texts = (await connection.execute(schema.incident_texts.select())).all()
    assert sorted(row.mention for row in texts) == ["1", "2", "3"]
    assert {row.mention: row.seq for row in texts} == {"1": 1, "2": 1, "3": 2}


@pytest.mark.parametrize(
    ("statement", "seq", "why"),
    [
        (update(schema.incident_events).where(EVENTS.seq == 2).values(body='{"seq": 2}'), 2, "not what was recorded"),
        (update(schema.incident_events).where(EVENTS.seq == 2).values(salt=None), 2, "not what was recorded"),
        (update(schema.incident_events).where(EVENTS.seq == 2).values(digest="0" * 64), 2, "the event before it"),
        (update(schema.incident_events).where(EVENTS.seq == 2).values(at=1.0), 2, "contradict"),
        (update(schema.incident_events).where(EVENTS.seq == 2).values(event="opened"), 2, "contradict"),
        (delete(schema.incident_events).where(EVENTS.seq == 2), 3, "the event before it"),
        (delete(schema.incident_events).where(EVENTS.seq == 3), 2, "record's end"),
        (delete(schema.incident_events), 0, "record's end"),
        (update(schema.incident_texts).where(TEXTS.mention == "1").values(body='{"text": "nice"}'), 1, "words"),
        (delete(schema.incident_texts).where(TEXTS.mention == "3"), 2, "a quote that it vouches for is gone"),
        (update(schema.incidents).values(head="0" * 64), 3, "record's end"),
    ],
)
async def test_whoever_rewrites_the_record_is_seen(store: Store, statement: Any, seq: int, why: str) -> None:
    await with_a_history(store)
    await tamper(store, statement)
    broken = await store.verify("inc_1")
    assert isinstance(broken, BrokenChain)
    assert (broken.incident, broken.seq) == ("inc_1", seq)
    assert why in broken.why


async def test_a_deleted_posts_words_leave_the_record_and_the_chain_holds(store: Store) -> None:
    await apply(store, batch(a_mention(1), a_mention(2), a_mention(3)))
    head = await with_a_history(store)
    await apply(store, batch(a_mention(2, op="delete")))
    assert await store.verify("inc_1") == head
    incident = await store.incident("inc_1")
    assert incident is not None
    assert incident.quotes == (a_quote(3),)


async def test_words_once_erased_do_not_come_back_with_the_next_decision(store: Store) -> None:
    await apply(store, batch(a_mention(1), a_mention(2)))
    incident = await opened(store, quotes=(a_quote(1), a_quote(2)))
    await apply(store, batch(a_mention(2, op="delete")))
    again = replace(incident, quotes=(a_quote(1), a_quote(2, role="typical")))
    await apply(store, say(incidents=(again,), events=(an_event(2),)))
    stored = await store.incident("inc_1")
    assert stored is not None
    assert stored.quotes == (a_quote(1),)
    assert isinstance(await store.verify("inc_1"), str)


async def test_the_brands_own_quoted_words_stay_when_it_deletes_them(store: Store) -> None:
    await apply(store, batch(a_mention(1, own=True)))
    await opened(store, quotes=(a_quote(1),))
    await apply(store, batch(a_mention(1, own=True, op="delete")))
    again = an_incident(quotes=(a_quote(1, role="typical"),))
    await apply(store, say(incidents=(again,), events=(an_event(2),)))
    assert await store.incident("inc_1") == again


async def test_an_erased_event_keeps_its_place(store: Store) -> None:
    head = await with_a_history(store)
    await tamper(store, update(schema.incident_events).where(EVENTS.seq == 2).values(salt=None, body=None))
    assert await store.verify("inc_1") == head
    events = await store.events("inc_1")
    assert [event.event for event in events] == ["opened", "raised", "resolved"]
    assert events[1].why == "erased on request"


async def test_messages_that_quoted_a_deleted_post_lose_it(store: Store) -> None:
    await apply(store, batch(a_mention(1), a_mention(2)))
    incident = an_incident(quotes=(a_quote(1), a_quote(2)))
    other = an_incident()
    pages = (
        a_page("pg_1", incident=incident, text="they say: What a mess 1"),
        a_page("pg_2", incident=incident, text="they say: What a mess 1"),
        a_page("pg_3", incident=other, text="nothing quoted"),
    )
    await opened(store, *pages, quotes=incident.quotes)
    sent = tuple(PageChange(id=name, state="sent", why="") for name in ("pg_1", "pg_3"))
    await apply(store, say(page_changes=sent))
    await apply(store, batch(a_mention(1, op="delete")))
    rows = {row.page.id: row.page for row in await store.pages("inc_1")}
    assert rows["pg_1"].incident.quotes == rows["pg_2"].incident.quotes == (a_quote(2),)
    assert rows["pg_1"].text == ""  # it is over; nobody needs it
    assert rows["pg_2"].text == "they say: What a mess 1"  # still to be said
    assert rows["pg_3"].text == "nothing quoted"


async def test_an_authors_words_can_be_forgotten_everywhere(store: Store) -> None:
    bob, eve = a_mention(1, author="@Bob"), a_mention(2, author="eve")
    incident = an_incident(quotes=(a_quote(1, author="@Bob"), a_quote(2, author="eve")))
    case = Case(incident=incident, ledger=Ledger(), candidates=(bob, eve))
    await apply(store, batch(bob, eve, a_mention(3, author="bobby")))
    await apply(store, batch(a_mention(4, author="BOB", brand="globex")), brand="globex")
    await opened(store, quotes=incident.quotes)

    def remembers(state, event, now, rules):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202 - a decide
        del event, now, rules
        from amends.pipeline.decision import Decision  # noqa: PLC0415

        return Decision(state=state.with_live(cases=(case,), recent=(bob, eve), closed=(case,)))

    usual, store._decide = store._decide, remembers
    await apply(store, say())
    store._decide = usual
    head = await store.verify("inc_1")

    assert await store.forget("bob") == 2
    state = await store.state("acme")
    assert state is not None
    assert state.live.recent == (eve,)
    for kept in (*state.live.cases, *state.live.closed):
        assert kept.candidates == (eve,)
        assert [quote.author for quote in kept.incident.quotes] == ["eve"]
    authors = [one.mention.author for one in (await store.mentions()).items]
    assert sorted(authors, key=str) == ["None", "None", "bobby", "eve"] or authors.count(None) == 2
    assert await store.verify("inc_1") == head
    assert (await apply(store, batch(a_mention(1)))).duplicates == 1
    assert (await apply(store, batch(a_mention(9)))).state.version == state.version + 1
    assert await store.forget("nobody") == 0
    assert NOW > 0
