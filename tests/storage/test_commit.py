"""The contract of `apply`: one decision, whole or not at all, on the very state that it was made from."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from amends.model import Coverage, Event, Kind, PageChange, Silence, StaleError, Tick, UnknownError
from amends.storage import StorageError, Store
from support.storage import (
    NOW,
    POSITIVE,
    RULES,
    TooLate,
    a_bin,
    a_mention,
    a_page,
    a_quote,
    an_event,
    an_incident,
    apply,
    at_once,
    batch,
    decide,
    opened,
    resolved,
    say,
)

if TYPE_CHECKING:
    from amends.pipeline.decision import Decision
    from amends.pipeline.rules import Rules
    from amends.pipeline.state import BrandState

Open = Callable[..., Awaitable[Store]]


async def test_a_new_brand_begins_empty_and_its_first_decision_is_version_one(store: Store) -> None:
    assert await store.state("acme") is None
    decision = await apply(store, batch(a_mention(1), a_mention(2)))
    assert decision.state.version == 1
    stored = await store.state("acme")
    assert stored is not None
    assert (stored.version, stored.epoch, stored.live) == (1, 0, decision.state.live)
    assert await store.wakes() == [("acme", NOW + 60)]


async def test_a_mention_comes_back_as_it_was_given(store: Store) -> None:
    given = a_mention(
        7, title="Oh", watch="recall", story="s1", reach=2**40, fingerprint=-(2**62), own=True, history=True, late=True,
        date="zone", extra={"likes": 3, "deep": {"a": [1, None, "é"]}}, published_at=NOW - 0.123456,
    )  # fmt: skip
    await apply(store, batch(given))
    found = await store.mention("acme", "news", "7")
    assert found is not None
    assert found.mention == given
    assert (found.label, found.versions, found.deleted_at) == ("negative", (), None)


async def test_a_fingerprint_above_the_signed_range_keeps_its_bits(store: Store) -> None:
    await apply(store, batch(a_mention(7, fingerprint=2**64 - 1)))
    found = await store.mention("acme", "news", "7")
    assert found is not None
    assert found.mention.fingerprint & (2**64 - 1) == 2**64 - 1


async def test_what_is_stored_already_is_a_duplicate_and_decides_nothing(store: Store) -> None:
    await apply(store, batch(a_mention(1), a_mention(2)))
    some_new = await apply(store, batch(a_mention(2), a_mention(3), a_mention(3)))
    assert (some_new.duplicates, some_new.state.version) == (2, 2)
    assert [mention.id for mention in some_new.mentions] == ["3"]
    none_new = await apply(store, batch(a_mention(1), a_mention(3)), now=NOW + 9)
    assert (none_new.duplicates, none_new.mentions) == (2, ())
    assert (none_new.state.version, none_new.wake) == (2, NOW + 60)
    assert none_new.state.live.taught == 3


async def test_one_id_may_name_a_mention_of_each_source_and_of_each_brand(store: Store) -> None:
    await apply(store, batch(a_mention(1), a_mention(1, source="forum")))
    other = await apply(store, batch(a_mention(1, brand="globex")), brand="globex")
    assert other.duplicates == 0
    assert len((await store.mentions()).items) == 3
    keys = [("news", "1"), ("forum", "1"), ("forum", "2")]
    assert await store.known("acme", keys) == {("news", "1"), ("forum", "1")}
    assert await store.known("globex", keys) == {("news", "1")}


async def test_a_large_batch_is_stripped_whole(store: Store) -> None:
    await apply(store, batch(*(a_mention(number) for number in range(1_200))))
    again = await apply(store, batch(*(a_mention(number) for number in range(1_201))))
    assert (again.duplicates, len(again.mentions)) == (1_200, 1)


async def test_an_edit_keeps_the_earlier_text_and_is_not_counted_again(store: Store) -> None:
    await apply(store, batch(a_mention(1)))
    await store.set_tone("acme", "news", "1", by="lea", tone="neutral", now=NOW)
    edit = a_mention(1, op="update", text="All is well", tone=POSITIVE, seen_at=NOW + 5)
    decision = await apply(store, batch(edit))
    assert (decision.duplicates, decision.state.live.taught) == (0, 1)
    found = await store.mention("acme", "news", "1")
    assert found is not None
    assert (found.mention.text, found.mention.tone, found.label) == ("All is well", POSITIVE, "neutral")
    assert found.versions == ({"at": NOW + 5, "title": "", "text": "What a mess 1"},)
    same = await apply(store, batch(edit))
    assert same.duplicates == 1
    assert sum(one.mentions for one in await store.bins("acme", 0, 2e9)) == 1


async def test_an_edit_of_a_post_never_seen_is_its_creation(store: Store) -> None:
    decision = await apply(store, batch(a_mention(1, op="update"), a_mention(1, op="update", text="Better")))
    assert [mention.op for mention in decision.mentions] == ["create", "update"]
    found = await store.mention("acme", "news", "1")
    assert found is not None
    assert (found.mention.text, len(found.versions)) == ("Better", 1)


async def test_a_post_edited_all_day_keeps_24_versions_and_its_newest_text(store: Store) -> None:
    await apply(store, batch(a_mention(1)))
    for number in range(30):
        await apply(store, batch(a_mention(1, op="update", text=f"edit {number}", seen_at=NOW + number)))
    found = await store.mention("acme", "news", "1")
    assert found is not None
    assert (len(found.versions), found.mention.text) == (24, "edit 29")
    await apply(store, batch(a_mention(1, op="update", text="next day", seen_at=NOW + 90_000)))
    found = await store.mention("acme", "news", "1")
    assert found is not None
    assert len(found.versions) == 25


async def test_a_deletion_takes_the_words_and_leaves_the_key(store: Store) -> None:
    await apply(store, batch(a_mention(1, extra={"handle": "bob"})))
    await apply(store, batch(a_mention(1, op="update", text="Edited")))
    await apply(store, batch(a_mention(1, op="delete", seen_at=NOW + 9)))
    found = await store.mention("acme", "news", "1")
    assert found is not None
    gone = found.mention
    assert (gone.text, gone.title, gone.author, gone.url, gone.extra, found.versions) == ("", "", None, None, {}, ())
    assert (found.deleted_at, found.label) == (NOW + 9, "negative")
    for op in ("create", "update", "delete"):
        assert (await apply(store, batch(a_mention(1, op=op, text="Back")))).duplicates == 1
    assert (await apply(store, batch(a_mention(99, op="delete")))).duplicates == 1


async def test_the_brands_own_words_stay_when_it_deletes_them(store: Store) -> None:
    await apply(store, batch(a_mention(1, own=True)))
    await apply(store, batch(a_mention(1, own=True, op="delete", seen_at=NOW + 9)))
    found = await store.mention("acme", "news", "1")
    assert found is not None
    assert (found.mention.text, found.deleted_at) == ("What a mess 1", NOW + 9)


async def test_a_post_may_be_made_edited_and_deleted_in_one_batch(store: Store) -> None:
    decision = await apply(store, batch(a_mention(1), a_mention(1, op="update", text="x"), a_mention(1, op="delete")))
    assert len(decision.mentions) == 3
    found = await store.mention("acme", "news", "1")
    assert found is not None
    assert (found.mention.text, found.versions) == ("", ())


async def test_bins_of_one_start_add_up(store: Store) -> None:
    first = a_bin(
        mentions=2, negatives=1, p_negative=1.25, reach=10, authors=(1, 2), stories=(7,), sources={"a": (2, 1.25)}
    )
    second = a_bin(mentions=1, late=1, unscored=1, authors=(2, 3), sources={"a": (1, 0.5), "b": (1, 0.0)}, coverage=0.5)
    await apply(store, say(bins=(first, a_bin(1_767_571_500, mentions=1), second)))
    await apply(store, say(bins=(second,)))
    found = await store.bins("acme", 1_767_571_200, 1_767_571_500.5)
    assert [one.start for one in found] == [1_767_571_200, 1_767_571_500]
    total = found[0]
    assert (total.mentions, total.negatives, total.late, total.unscored, total.reach) == (4, 1, 2, 2, 10)
    assert (total.authors, total.stories, total.coverage) == ((1, 2, 3), (7,), 0.5)
    assert total.sources == {"a": (4, 2.25), "b": (2, 0.0)}
    assert await store.bins("acme", 1_767_571_200.5, 1_767_571_500) == []


async def test_distinct_voices_of_a_bin_are_kept_up_to_64(store: Store) -> None:
    for start in range(0, 200, 50):
        await apply(store, say(bins=(a_bin(authors=tuple(range(start, start + 50)), stories=(1,)),)))
    found = await store.bins("acme", 0, 2e9)
    assert (len(found[0].authors), found[0].stories) == (64, (1,))


async def test_everything_of_a_decision_is_written_together(store: Store) -> None:
    store.page_written.clear()
    silence = Silence(id="s1", brand="acme", until=NOW + 60, reason="planned", by="lea", created_at=NOW)
    changes = {
        "incidents": (an_incident(),),
        "events": (an_event(1), an_event(2, event="escalated")),
        "pages": (a_page("pg_1"), a_page("pg_2", person="sam")),
        "silences": (silence,),
    }
    await apply(store, say(**changes))
    assert await store.incident("inc_1") == an_incident()
    assert [event.event for event in await store.events("inc_1")] == ["opened", "escalated"]
    assert await store.events("inc_1") == [an_event(1), an_event(2, event="escalated")]
    assert {row.page.person for row in await store.pages("inc_1")} == {"lea", "sam"}
    assert await store.silences() == [silence]
    assert store.page_written.is_set()


async def test_a_decision_that_breaks_a_rule_leaves_nothing_behind(store: Store) -> None:
    await opened(store)
    broken = say(mentions=(a_mention(5),), pages=(a_page(),), events=(an_event(1),), incidents=(an_incident(),))
    with pytest.raises(StorageError, match="fault of Amends"):
        await apply(store, broken)
    assert await store.mention("acme", "news", "5") is None
    assert await store.pages("inc_1") == []
    state = await store.state("acme")
    assert state is not None
    assert state.version == 1
    assert (await apply(store, batch(a_mention(5)))).state.version == 2


async def test_an_event_without_its_incident_is_refused(store: Store) -> None:
    with pytest.raises(ValueError, match="not stored"):
        await apply(store, say(events=(an_event(1),)))


async def test_a_brand_has_one_open_incident_of_a_kind(store: Store) -> None:
    await opened(store)
    with pytest.raises(StorageError):
        await opened(store, name="inc_2")
    await opened(store, name="inc_3", kind=Kind.WATCH)
    # one ends and the next begins in the same decision, in whatever order they are given
    await apply(store, say(incidents=(an_incident("inc_4"), resolved(an_incident()))))
    assert {one.id for one in (await store.incidents(state=["open"])).items} == {"inc_3", "inc_4"}


async def test_errors_of_the_core_reach_the_caller_and_nobody_else(store: Store) -> None:
    results = await at_once(
        apply(store, batch(a_mention(1))),
        apply(store, TooLate()),  # type: ignore[arg-type]  # this decide knows it
        apply(store, batch(a_mention(1, brand="nobody")), brand="nobody"),
        apply(store, batch(a_mention(2))),
    )
    assert [type(result).__name__ for result in results] == ["Decision", "StaleError", "UnknownError", "Decision"]
    assert isinstance(results[1], StaleError)
    assert isinstance(results[2], UnknownError)
    assert "acme, globex" in str(results[2])
    assert len((await store.mentions()).items) == 2


async def test_many_callers_at_once_lose_nothing(store: Store) -> None:
    jobs = [
        apply(store, batch(a_mention(number, brand=brand)), brand) for number in range(40) for brand in RULES.brands
    ]
    results = await at_once(*jobs)
    assert not [result for result in results if isinstance(result, BaseException)]
    for brand in RULES.brands:
        state = await store.state(brand)
        assert state is not None
        assert (state.version, state.live.taught) == (40, 40)
        assert sum(one.mentions for one in await store.bins(brand, 0, 2e9)) == 40


async def test_a_state_moved_by_another_process_is_loaded_and_decided_again(open_store: Open, url: str) -> None:
    one, two = await open_store(url), await open_store(url)
    await apply(one, batch(a_mention(1)))
    await apply(two, batch(a_mention(2)))
    third = await apply(one, batch(a_mention(2), a_mention(3)))
    assert (third.state.version, third.state.live.taught, third.duplicates) == (3, 3, 1)


async def test_two_processes_that_write_one_brand_all_the_time_both_get_through(open_store: Open, url: str) -> None:
    one, two = await open_store(url), await open_store(url)
    jobs = []
    for number in range(30):
        jobs.append(apply(one, batch(a_mention(number), a_mention(f"one-{number}"))))
        jobs.append(apply(two, batch(a_mention(number), a_mention(f"two-{number}"))))
    results = await at_once(*jobs)
    assert not [result for result in results if isinstance(result, BaseException)]
    state = await one.state("acme")
    assert state is not None
    assert state.live.taught == 90
    assert sum(one_bin.mentions for one_bin in await two.bins("acme", 0, 2e9)) == 90


async def test_two_processes_that_write_brands_in_another_order_go_on(open_store: Open, url: str) -> None:
    one, two = await open_store(url), await open_store(url)
    jobs = []
    for number in range(25):
        first, second = ("acme", "globex") if number % 2 else ("globex", "acme")
        jobs += [apply(one, batch(a_mention(f"a{number}", brand=first)), first)]
        jobs += [apply(two, batch(a_mention(f"b{number}", brand=second)), second)]
    results = await asyncio.wait_for(at_once(*jobs), 30)
    assert not [result for result in results if isinstance(result, BaseException)]
    assert len((await one.mentions(limit=1_000)).items) == 50


async def test_a_tick_that_changes_nothing_is_not_written(open_store: Open, url: str) -> None:
    def idle(state: BrandState, event: Event, now: float, rules: Rules) -> Decision:
        decision = decide(state, event, now, rules)
        return replace(decision, state=state, wake=5.0) if isinstance(event, Tick) else decision

    store = await open_store(url, decide=idle)
    first = await apply(store, Tick(Coverage(on_time=1, of=1)))
    assert first.state.version == 1  # a brand that was never written is
    second = await apply(store, Tick())
    assert (second.state.version, second.wake) == (1, 5.0)


async def test_a_page_change_never_unsends_and_an_end_is_an_end(store: Store) -> None:
    await opened(store, *(a_page(f"pg_{number}") for number in range(6)))

    async def change(page: str, state: str, **more: object) -> None:
        await apply(
            store, say(page_changes=(PageChange(id=page, state=state, why=f"now {state}", **more),)), now=NOW + 3
        )

    for page, states in {
        "pg_0": ("sent", "cancelled"),
        "pg_1": ("cancelled", "queued"),
        "pg_2": ("cancelled", "sent"),
        "pg_3": ("failed", "sent"),
        "pg_4": ("failed", "cancelled"),
    }.items():
        for state in states:
            await change(page, state)
    await change("pg_5", "deferred", due=NOW + 100)
    rows = {row.page.id: row for row in await store.pages("inc_1")}
    assert {name: row.page.state for name, row in rows.items()} == {
        "pg_0": "sent", "pg_1": "cancelled", "pg_2": "sent", "pg_3": "sent", "pg_4": "failed", "pg_5": "deferred",
    }  # fmt: skip
    assert (rows["pg_0"].sent_at, rows["pg_0"].error) == (NOW + 3, None)
    assert (rows["pg_4"].error, rows["pg_4"].sent_at) == ("now failed", None)
    assert (rows["pg_5"].page.due, rows["pg_5"].page.why) == (NOW + 100, "now deferred")


async def test_the_same_call_decided_twice_is_one_row(store: Store) -> None:
    await opened(store, a_page("pg_1"), a_page("pg_1"))
    await apply(store, say(pages=(a_page("pg_other_id", step="1.0.pg_1"), a_page("pg_2"))))
    assert [row.page.id for row in await store.pages("inc_1")] == ["pg_1", "pg_2"]


@pytest.mark.parametrize("bad", ["a\x00b", "a\ud800b"])
async def test_text_that_no_database_holds_is_mended_not_refused(store: Store, bad: str) -> None:
    hostile = a_mention(bad, text=bad, title=bad, author=bad, watch=bad, extra={bad: [bad]}, source=bad)
    decision = await apply(store, batch(hostile))
    mended = "a\ufffdb"
    assert decision.mentions[0].text == mended
    assert (await apply(store, batch(hostile))).duplicates == 1
    assert await store.known("acme", [(bad, bad)]) == {(bad, bad)}
    found = await store.mention("acme", bad, bad)
    assert found is not None
    assert (found.mention.id, found.mention.extra) == (mended, {mended: [mended]})
    incident = an_incident(title=bad, why=(bad,), quotes=(a_quote(1, text=bad),))
    page = a_page(text=bad, why=bad, incident=incident)
    change = PageChange(id="pg_1", state="failed", why=bad)
    silence = Silence(id="s", brand="acme", until=NOW, reason=bad, by="lea", created_at=NOW)
    await apply(
        store,
        say(
            incidents=(incident,),
            events=(an_event(1, why=bad, data={"reply": bad}),),
            pages=(page,),
            page_changes=(change,),
            silences=(silence,),
        ),
    )
    stored = await store.incident("inc_1")
    assert stored is not None
    assert (stored.title, stored.quotes[0].text) == (mended, mended)
    assert isinstance(await store.verify("inc_1"), str)
    assert (await store.pages("inc_1"))[0].error == mended
    await store.save_source("s", {"cursor": bad}, now=NOW)
    assert await store.source_state("s") == {"cursor": mended}
    assert (await store.mentions(brand=bad, tone=bad, source=bad, q=bad)).items == ()


async def test_a_closed_store_says_so(store: Store) -> None:
    await store.close()
    with pytest.raises(StorageError, match="closed"):
        await apply(store, Tick())
    await store.run()


async def test_closing_finishes_what_was_submitted(open_store: Open, url: str) -> None:
    store = await open_store(url)
    jobs = [asyncio.ensure_future(apply(store, batch(a_mention(number)))) for number in range(150)]
    await asyncio.sleep(0)
    await store.close()
    results = await at_once(*jobs)
    assert [type(result).__name__ for result in results] == ["Decision"] * 150


async def test_changes_of_a_mention_that_is_not_there_change_nothing(store: Store) -> None:
    ghost = a_mention(1, op="update"), a_mention(2, op="delete")
    await apply(store, say(mentions=ghost))
    assert (await store.mentions()).items == ()


async def test_the_words_of_a_batch_keep_their_brand_apart(store: Store) -> None:
    await apply(store, batch(a_mention(1)))
    await apply(store, batch(a_mention(1, brand="globex")), brand="globex")
    await apply(store, batch(a_mention(1, op="delete")))
    other = await store.mention("globex", "news", "1")
    assert other is not None
    assert other.mention.text == "What a mess 1"
