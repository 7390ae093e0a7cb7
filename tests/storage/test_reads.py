"""The contract of what the web and the API read."""

from __future__ import annotations

import sqlite3
from collections.abc import Awaitable, Callable
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import event

from amends.model import InputError, Kind, Silence, UnknownError
from amends.storage import Store, Tones
from support.storage import NOW, POSITIVE, a_mention, a_quote, an_incident, apply, batch, resolved, say

if TYPE_CHECKING:
    from pathlib import Path

Open = Callable[..., Awaitable[Store]]


async def test_incidents_are_listed_newest_first_page_by_page(store: Store) -> None:
    for number in range(7):
        # two of them opened at the same moment
        one = resolved(an_incident(f"inc_{number}", opened_at=NOW + number // 2, quotes=(a_quote(number),)))
        await apply(store, say(incidents=(one,)))
    everything = await store.incidents()
    assert [one.id for one in everything.items] == [f"inc_{number}" for number in reversed(range(7))]
    assert everything.next is None
    assert [one.quotes[0].id for one in everything.items] == [str(number) for number in reversed(range(7))]
    seen, cursor = [], None
    while True:
        listing = await store.incidents(limit=3, cursor=cursor)
        seen += [one.id for one in listing.items]
        cursor = listing.next
        if cursor is None:
            break
    assert seen == [one.id for one in everything.items]


async def test_incidents_are_filtered(store: Store) -> None:
    await apply(store, say(incidents=(an_incident("inc_1"), an_incident("inc_2", kind=Kind.WATCH))))
    await apply(store, say(incidents=(resolved(an_incident("inc_3")),)))
    await apply(store, say(incidents=(an_incident("inc_4", brand="globex"),)), brand="globex")

    async def ids(*args: object, **more: object) -> set[str]:
        return {one.id for one in (await store.incidents(*args, **more)).items}  # type: ignore[arg-type]  # filters

    assert await ids("acme") == {"inc_1", "inc_2", "inc_3"}
    assert await ids("acme", "open") == {"inc_1", "inc_2"}
    assert await ids(state=["resolved", "recovering"]) == {"inc_3"}
    assert await ids(kind="watch") == {"inc_2"}
    assert await ids("nobody") == set()


@pytest.mark.parametrize("cursor", ["", "é", "!!", "e30", "WzEsMl0", "WyJhIiwiYiJd", "x" * 9_999])
async def test_a_cursor_that_is_not_ours_is_refused_with_the_way_out(store: Store, cursor: str) -> None:
    with pytest.raises(InputError, match="take `next`"):
        await store.incidents(cursor=cursor)
    with pytest.raises(InputError, match="take `next`"):
        await store.mentions(cursor=cursor)


async def test_mentions_are_listed_newest_first_page_by_page(store: Store) -> None:
    for brand in ("acme", "globex"):
        many = [
            a_mention(number, brand=brand, source=source, published_at=NOW + number // 3)
            for number in range(10)
            for source in ("news", "forum")
        ]
        await apply(store, batch(*many), brand=brand)
    everything = [(one.mention.brand, one.mention.source, one.mention.id) for one in (await store.mentions()).items]
    assert len(everything) == len(set(everything)) == 40
    seen, cursor = [], None
    while True:
        listing = await store.mentions(limit=7, cursor=cursor)
        seen += [(one.mention.brand, one.mention.source, one.mention.id) for one in listing.items]
        cursor = listing.next
        if cursor is None:
            break
    assert seen == everything
    assert len((await store.mentions(limit=0)).items) == 1


async def test_mentions_are_filtered_by_all_that_is_given(store: Store) -> None:
    await apply(
        store,
        batch(
            a_mention(1, text="The FLIGHT was late", published_at=NOW),
            a_mention(2, text="100% refund_now", tone=POSITIVE, published_at=NOW + 10),
            a_mention(3, title="Une ÉTÉ perdu", text="", source="forum", published_at=NOW + 20),
            a_mention(4, text="ok", author="Zoë", published_at=NOW + 30),
        ),
    )

    async def ids(**more: object) -> list[str]:
        return [one.mention.id for one in (await store.mentions(**more)).items]  # type: ignore[arg-type]  # filters

    assert await ids(brand="acme") == ["4", "3", "2", "1"]
    assert await ids(brand="globex") == []
    assert await ids(tone="positive") == ["2"]
    assert await ids(source="forum") == ["3"]
    assert await ids(q="flight") == ["1"]
    assert await ids(q="été") == ["3"]
    assert await ids(q="ZOË") == ["4"]
    assert await ids(q="%") == ["2"]
    assert await ids(q="d_n") == ["2"]
    assert await ids(q="'; DROP TABLE mentions; --") == []
    assert await ids(since=NOW + 10, until=NOW + 30) == ["3", "2"]
    assert await ids(brand="acme", tone="negative", q="late", since=NOW) == ["1"]


async def test_a_corrected_tone_is_the_one_to_filter_by_and_can_be_taken_back(store: Store) -> None:
    await apply(store, batch(a_mention(1)))
    corrected = await store.set_tone("acme", "news", "1", by="lea", tone="positive", now=NOW + 9)
    assert (corrected.label, corrected.corrected_by, corrected.corrected_at) == ("positive", "lea", NOW + 9)
    assert corrected.mention.tone.label == "negative"
    assert len((await store.mentions(tone="positive")).items) == 1
    assert len((await store.mentions(tone="negative")).items) == 0
    back = await store.set_tone("acme", "news", "1", by="lea", tone=None, now=NOW + 10)
    assert (back.label, back.corrected_by, back.corrected_at) == ("negative", None, None)
    with pytest.raises(UnknownError, match="'2'"):
        await store.set_tone("acme", "news", "2", by="lea", tone="positive", now=NOW)
    with pytest.raises(InputError, match="angry"):
        await store.set_tone("acme", "news", "1", by="lea", tone="angry", now=NOW)  # type: ignore[arg-type]  # wrong on purpose


async def test_silences_replace_each_other_by_their_id_and_end(store: Store) -> None:
    first = Silence(id="s1", brand="acme", until=NOW + 60, reason="planned", by="lea", created_at=NOW)
    second = Silence(id="s2", brand="acme", until=NOW + 60, reason="x", by="sam", created_at=NOW + 1, story="st")
    await apply(store, say(silences=(first, second)))
    ended = Silence(
        id="s1", brand="acme", until=NOW + 60, reason="planned", by="lea", created_at=NOW, ended_at=NOW + 30
    )
    await apply(store, say(silences=(ended,)))
    assert await store.silences() == [second, ended]
    assert await store.silences("globex") == []
    assert await store.silences("acme", at=NOW + 29) == [second, ended]
    assert await store.silences(at=NOW + 30) == [second]
    assert await store.silences(at=NOW + 60) == []


async def test_sources_keep_their_cursors(store: Store) -> None:
    assert await store.source_state("news") is None
    await store.save_source("news", {"etag": "a", "deep": {"x": [1, None]}}, now=NOW)
    await store.save_source("news", {"etag": "b"}, now=NOW + 1)
    await store.save_source("blog", {})
    assert await store.source_state("news") == {"etag": "b"}
    assert await store.sources() == {"blog": {}, "news": {"etag": "b"}}


async def test_words_are_kept_under_keys(store: Store) -> None:
    assert await store.meta("id") is None
    await store.save_meta("id", "a")
    await store.save_meta("id", "b")
    assert await store.meta("id") == "b"


async def test_what_is_old_goes_in_slices_and_incidents_stay(store: Store) -> None:
    old = [a_mention(number, seen_at=NOW + number, published_at=NOW - 1e7) for number in range(10)]
    await apply(store, batch(*old))
    await apply(store, say(incidents=(an_incident(opened_at=NOW - 1e8, quotes=(a_quote(1),)),)))
    slices = []
    while gone := await store.retain(NOW + 7, limit=3):
        slices.append(gone)
    assert slices == [4, 3, 1]  # three mentions and the one old bin, then the rest
    assert {one.mention.id for one in (await store.mentions()).items} == {"7", "8", "9"}
    assert await store.bins("acme", 0, 2e9) == []
    incident = await store.incident("inc_1")
    assert incident is not None
    assert incident.quotes == (a_quote(1),)


async def test_the_queries_that_run_all_day_are_served_by_an_index(tmp_path: Path, open_store: Open) -> None:
    store = await open_store("sqlite:///amends.db")
    await apply(store, batch(*(a_mention(number) for number in range(50))))
    asked: list[tuple[str, tuple[object, ...]]] = []
    for engine in (store._engines.reader, store._engines.writer):
        event.listen(engine.sync_engine, "before_cursor_execute", lambda *all_: asked.append((all_[2], all_[3])))
    listing = await store.mentions(limit=10)
    await store.mentions(limit=10, cursor=listing.next)
    await store.mentions(brand="acme", limit=10)
    await store.incidents(limit=10)
    await store.incident("inc_1")
    await store.events("inc_1")
    await store.next_due()
    await store.claim(NOW, "w", 30.0, skip=["phone"])
    await store.sent_to("lea", NOW)
    await store.outbox_stats(NOW)
    await store.known("acme", [("news", "1")])
    await store.retain(0.0)
    plans = 0
    with closing(sqlite3.connect(tmp_path / "amends.db")) as raw:
        for statement, values in asked:
            if statement.startswith(("SELECT", "UPDATE", "DELETE")):
                plan = [row[3] for row in raw.execute(f"EXPLAIN QUERY PLAN {statement}", values)]
                plans += 1
                for table in ("mentions", "outbox", "incidents", "incident_events", "bins"):
                    assert f"SCAN {table}" not in plan, statement
    assert plans >= 12


async def test_tones_are_what_was_scored_newest_first_and_what_people_put_right(store: Store) -> None:
    own = a_mention(9, own=True)
    await apply(store, batch(*(a_mention(number, published_at=NOW + number) for number in range(6)), own))
    await apply(store, batch(a_mention(5, op="delete", published_at=NOW + 5)))
    await store.set_tone("acme", "news", "1", by="lea", tone="positive", now=NOW + 9)
    tones = await store.tones("acme", NOW)
    assert len(tones.shares) == 4
    assert all(sum(row) == pytest.approx(1) for row in tones.shares)
    assert [tone for _, tone in tones.corrected] == ["positive"]
    assert len((await store.tones("acme", NOW + 3)).shares) == 2
    assert len((await store.tones("acme", NOW, limit=1)).shares) == 1
    await store.set_tone("acme", "news", "1", by="lea", tone=None, now=NOW + 10)
    tones = await store.tones("acme", NOW)
    assert (len(tones.shares), tones.corrected) == (5, ())
    assert await store.tones("nobody", NOW) == Tones()
