"""The contract of the record: chained, checked, and able to forget people's words."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import delete, update

from amends.escalation import Ledger
from amends.model import PageChange, UnknownError, Wording
from amends.pipeline.state import Case, Live
from amends.storage import BrokenChain, Store, schema
from amends.storage.erase import Name
from amends.storage.upkeep import _without
from amends.stories import Memory, assign
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
        a_page("pg_1", incident=incident, text="Loudest: What a mess 1"),
        a_page("pg_2", incident=incident, text="Acme: 5 times\n\nLoudest: What a mess 1\n\nSay: we are sorry"),
        a_page("pg_3", incident=other, text="nothing quoted"),
    )
    await opened(store, *pages, quotes=incident.quotes)
    sent = tuple(PageChange(id=name, state="sent", why="") for name in ("pg_1", "pg_3"))
    await apply(store, say(page_changes=sent))
    await apply(store, batch(a_mention(1, op="delete")))
    rows = {row.page.id: row.page for row in await store.pages("inc_1")}
    assert rows["pg_1"].incident.quotes == rows["pg_2"].incident.quotes == (a_quote(2),)
    assert rows["pg_1"].text == ""  # it is over; nobody needs it
    assert rows["pg_2"].text == "Acme: 5 times\n\nSay: we are sorry"  # still to be said, without the quote
    assert rows["pg_3"].text == "nothing quoted"
    assert isinstance(await store.verify("inc_1"), str)


async def test_an_authors_words_can_be_forgotten_everywhere(store: Store) -> None:
    bob, eve = a_mention(1, author="@Bob"), a_mention(2, author="eve")
    incident = an_incident(quotes=(a_quote(1, author="@Bob"), a_quote(2, author="eve")))
    case = Case(incident=incident, ledger=Ledger(), candidates=(bob, eve))
    await apply(store, batch(bob, eve, a_mention(3, author="bobby")))
    await apply(store, batch(a_mention(4, author="BOB", brand="globex")), brand="globex")
    await opened(store, quotes=incident.quotes)

    memory = Memory()
    for one, fingerprint, words in ((bob, 1, "bobsword"), (eve, -1, "evesword")):
        memory, *_ = assign(memory, replace(one, fingerprint=fingerprint, wording=Wording(words)))

    def remembers(state, event, now, rules):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202 - a decide
        del event, now, rules
        from amends.pipeline.decision import Decision  # noqa: PLC0415

        return Decision(state=state.with_live(cases=(case,), recent=(bob, eve), closed=(case,), stories=memory))

    usual, store._decide = store._decide, remembers
    await apply(store, say())
    store._decide = usual
    head = await store.verify("inc_1")

    assert await store.forget("bob") == 2
    state = await store.state("acme")
    assert state is not None
    assert state.live.recent == (eve,)
    assert (len(state.live.stories), state.live.stories.words) == (2, ("", "evesword"))
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


# --- messages in the record ------------------------------------------------------------------------------------------

OUTBOX, MESSAGES = schema.outbox.c, schema.incident_messages.c


async def with_messages(store: Store) -> str:
    """Open an incident that called two people, one of whom was reached; return its head."""
    await opened(store, a_page("pg_1"), a_page("pg_2", person="sam"))
    await apply(store, say(page_changes=(PageChange(id="pg_1", state="sent", why=""),)), now=NOW + 5)
    head = await store.verify("inc_1")
    assert isinstance(head, str)
    return head


async def test_every_message_and_what_became_of_it_is_in_the_record(store: Store) -> None:
    await with_messages(store)
    archive = await store.record("inc_1")
    assert archive is not None
    assert [(one["page"], one["what"]) for one in archive["messages"]] == [
        ("pg_1", "queued"), ("pg_2", "queued"), ("pg_1", "sent"),
    ]  # fmt: skip
    assert [page["text"] for page in archive["pages"]] == ["It is loud", "It is loud"]
    assert archive["seal"] == await store.verify("inc_1")


@pytest.mark.parametrize(
    ("statement", "why"),
    [
        (update(schema.outbox).where(OUTBOX.id == "pg_1").values(person="eve"), "somebody else"),
        (update(schema.outbox).where(OUTBOX.id == "pg_1").values(state="failed"), "came to be sent"),
        (update(schema.outbox).where(OUTBOX.id == "pg_2").values(state="sent"), "came to be queued"),
        (delete(schema.outbox).where(OUTBOX.id == "pg_2"), "is gone"),
        (update(schema.incident_messages).where(MESSAGES.n == 2).values(body="{}"), "not what was recorded"),
        (update(schema.incident_messages).where(MESSAGES.n == 2).values(what="sent"), "contradict"),
        (update(schema.incident_messages).where(MESSAGES.n == 2).values(digest="0" * 64), "the message before it"),
        (delete(schema.incident_messages).where(MESSAGES.n == 3), "missing or added"),
        (delete(schema.incident_messages).where(MESSAGES.n == 1), "the message before it"),
        (update(schema.incidents).values(messages_head=None), "missing or added"),
        (update(schema.incidents).values(severity=3), "contradicts its record: severity"),
        (update(schema.incidents).values(acknowledged_at=NOW), "contradicts its record: acknowledged_at"),
        (update(schema.incidents).values(revision=7), "contradicts its record: revision"),
    ],
)
async def test_whoever_rewrites_a_message_or_the_incident_is_seen(store: Store, statement: Any, why: str) -> None:
    await with_messages(store)
    await tamper(store, statement)
    broken = await store.verify("inc_1")
    assert isinstance(broken, BrokenChain)
    assert why in broken.why


async def test_a_message_that_says_something_else_is_seen(store: Store) -> None:
    await with_messages(store)
    async with store._engines.writer.begin() as connection:
        payload = (await connection.execute(schema.outbox.select().where(OUTBOX.id == "pg_1"))).one().payload
        changed = payload.replace("It is loud", "It is fine")
        await connection.execute(update(schema.outbox).where(OUTBOX.id == "pg_1").values(payload=changed))
    broken = await store.verify("inc_1")
    assert isinstance(broken, BrokenChain)
    assert "words of the message pg_1" in broken.why


async def test_a_message_that_was_put_in_is_seen(store: Store) -> None:
    await with_messages(store)
    async with store._engines.writer.begin() as connection:
        row = dict((await connection.execute(schema.outbox.select().where(OUTBOX.id == "pg_1"))).one()._mapping)
        await connection.execute(schema.outbox.insert().values({**row, "id": "pg_9", "step": "9"}))
    broken = await store.verify("inc_1")
    assert isinstance(broken, BrokenChain)
    assert "pg_9 was put in" in broken.why


async def test_messages_from_before_there_was_a_chain_do_not_break_it(store: Store) -> None:
    await opened(store, a_page("pg_1"))
    async with store._engines.writer.begin() as connection:
        await connection.execute(delete(schema.incident_messages))
        await connection.execute(update(schema.incidents).values(messages_head=None))
    assert isinstance(await store.verify("inc_1"), str)
    await apply(store, say(page_changes=(PageChange(id="pg_1", state="sent", why=""),)), now=NOW + 5)
    assert isinstance(await store.verify("inc_1"), str)


def remembering(*mentions: Any, posts: tuple[Any, ...] = (), incident: Any = None) -> Any:
    """A decide that keeps these mentions with its incident."""

    def decide(state: Any, event: Any, now: Any, rules: Any) -> Any:
        del now, rules
        from amends.pipeline.decision import Decision  # noqa: PLC0415

        case = Case(incident=incident, ledger=Ledger(), candidates=mentions)
        return Decision(state=state.with_live(cases=(case,), posts=posts), **event.changes)

    return decide


async def test_the_mentions_that_made_it_and_the_brands_own_post_are_kept_for_good(store: Store) -> None:
    incident = an_incident(quotes=(a_quote(1),))
    post = a_mention("p", own=True, author="Acme", text="Our kettles are safe", published_at=NOW - 3600)
    await apply(store, batch(a_mention(1), a_mention(2), post))
    store._decide = remembering(a_mention(1), a_mention(2), posts=(post,), incident=incident)
    await apply(store, say(incidents=(incident,), events=(an_event(),)))
    while await store.retain(NOW + 1):
        pass
    archive = await store.record("inc_1")
    assert archive is not None
    kept = [json.loads(text["body"]) for text in archive["texts"]]
    assert {(text["role"], text["text"]) for text in kept} == {
        ("loudest", "What a mess 1"), ("mention", "What a mess 2"), ("own", "Our kettles are safe"),
    }  # fmt: skip
    assert isinstance(await store.verify("inc_1"), str)
    assert await store.forget("bob") == 2
    assert await store.forget("acme") == 0, "the brand's own posts stay"
    archive = await store.record("inc_1")
    assert archive is not None
    assert [json.loads(text["body"])["role"] for text in archive["texts"] if text["body"]] == ["own"]
    assert isinstance(await store.verify("inc_1"), str)


async def test_a_name_that_was_watched_leaves_titles_reasons_messages_and_events(store: Store) -> None:
    told = {
        "title": "Acme: \u201cEve_W\u201d is on the watch list",
        "why": ("watched: eve_w", "@Eve_W"),
    }
    incident = an_incident(**told)
    page = a_page("pg_1", incident=incident, title="Acme", text="Why: watched: eve_w. Ask @eve_w")
    await apply(store, batch(a_mention(1, author="eve_w", watch="eve_w")))
    store._decide = remembering(incident=incident)
    event = an_event(why="watched: eve_w")
    await apply(store, say(incidents=(incident,), events=(event, an_event(2, event="story")), pages=(page,)))

    assert await store.forget("EVE_W") == 1

    found = await store.incident("inc_1")
    assert found is not None
    assert (found.title, found.why) == ("Acme: \u201csomebody\u201d is on the watch list", ("watched: somebody",))
    (row,) = await store.pages("inc_1")
    assert row.page.text == "Why: watched: somebody. Ask somebody"
    assert (await store.events("inc_1"))[0].why == "erased on request"
    state = await store.state("acme")
    assert state is not None
    assert "eve_w" not in repr(state.live).casefold()
    assert "eve_w" not in json.dumps(await store.record("inc_1")).casefold()
    assert isinstance(await store.verify("inc_1"), str)


async def test_no_file_holds_what_was_erased(open_store: Any, tmp_path: Any) -> None:
    store = await open_store("sqlite:///amends.db")
    words = "Zanzibarian kettles"
    await apply(store, batch(a_mention(1, text=words), *(a_mention(n, author="eve") for n in range(2, 40))))
    quotes = (a_quote(1, text=words),)
    await opened(store, a_page("pg_1", text=words, incident=an_incident(quotes=quotes)), quotes=quotes)
    await apply(store, say(page_changes=(PageChange(id="pg_1", state="sent", why=""),)))

    await store.forget("bob")

    for file in tmp_path.glob("amends.db*"):
        assert b"Zanzibarian" not in file.read_bytes(), file.name


def test_what_only_an_erased_author_spoke_of_leaves_the_usual_talk() -> None:
    usual = {"": 40.0, "wheelchair": 1.0, "access": 5.0, "evelyn hargreaves": 0.9, "train": 9.0, "@evelyn": 3.0}
    said = Counter({"wheelchair": 1, "access": 2, "evelyn hargreaves": 1})
    left = _without(Live(usual_terms=usual), Name("evelyn"), said)
    assert left.usual_terms == {"": 40.0, "access": 3.0, "train": 9.0}
