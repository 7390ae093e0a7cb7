"""Which entries are new, edited or known: identity over polls, moves and careless publishers."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from amends.model import DAY, Item
from amends.sources.memory import MAX_EDITS, Memory, identify, same_link, take
from amends.sources.parsing.entry import Entry, bounded

NOW = 1_767_600_000.0


def entry(name: str, **changes: Any) -> Entry:
    fields = {"id": f"id-{name}", "link": f"https://news.example/{name}", "title": name, "text": f"about {name}"}
    return bounded(**{**fields, "date": "2026-01-05T07:00:00Z", **changes})


def poll(memory: Memory, *entries: Entry, now: float = NOW) -> list[Item]:
    kept = Memory.load(json.loads(json.dumps(memory.dump())))
    items = take(kept, list(entries), source="news", spans=None, now=now)
    for name in Memory.__dataclass_fields__:
        setattr(memory, name, getattr(kept, name))
    return items


def ids(items: list[Item]) -> list[tuple[str, str]]:
    return [(item.op, item.id) for item in items]


def test_a_known_entry_is_silent_and_a_new_one_speaks() -> None:
    memory = Memory()
    assert ids(poll(memory, entry("a"), entry("b"))) == [("create", "id-a"), ("create", "id-b")]
    assert poll(memory, entry("a"), entry("b")) == []
    assert ids(poll(memory, entry("c"), entry("a"))) == [("create", "id-c")]


def test_identity_is_the_id_then_the_link_then_the_words() -> None:
    memory = Memory()
    link, words = entry("a", id=None), entry("b", id=None, link=None)
    assert [item.id for item in poll(memory, link)] == ["https://news.example/a"]
    (item,) = poll(memory, words, link)
    assert len(item.id) == 12
    assert poll(memory, words, link) == []


def test_an_heir_beside_the_entry_whose_name_it_took_is_an_entry_of_its_own() -> None:
    memory = Memory()
    poll(memory, entry("old", id="a"))
    assert poll(memory, entry("old", id="b")) == []  # all ids have changed: the same entry
    both = entry("old", id="a", text="edited"), entry("old", id="b", text="edited, too")
    assert ids(poll(memory, *both)) == [("update", "a"), ("create", "b")]
    assert poll(memory, *both) == []


def test_of_two_heirs_of_one_entry_that_meet_one_keeps_its_name() -> None:
    memory = Memory()
    for name in "abc":
        poll(memory, entry("old", id=name))
    both = entry("old", id="b", text="edited"), entry("old", id="c", text="edited, too")
    assert ids(poll(memory, *both)) == [("update", "a"), ("create", "c")]
    assert poll(memory, *both) == []


def test_an_id_that_a_document_repeats_is_told_apart_by_link_or_words() -> None:
    memory = Memory()
    first, second = entry("a", id="same"), entry("b", id="same")
    assert len({item.id for item in poll(memory, first, second)}) == 2
    assert poll(memory, second, first) == []
    third = entry("c", id="same")
    assert len(poll(memory, third, second, first)) == 1
    assert poll(memory, third, second, first) == []
    nameless = [entry(name, id="one", link="https://news.example/") for name in "xyz"]
    assert len({item.id for item in poll(memory, *nameless)}) == 3


def test_the_same_entry_twice_in_a_document_is_one() -> None:
    assert len(poll(Memory(), entry("a"), entry("a"))) == 1
    assert len(identify([entry("a"), entry("a"), bounded(lang="en")])) == 1


def test_an_edit_is_an_update_under_the_same_id() -> None:
    memory = Memory()
    poll(memory, entry("a"))
    (item,) = poll(memory, entry("a", text="other words"))
    assert (item.op, item.id, item.text) == ("update", "id-a", "other words")
    assert poll(memory, entry("a", text="other words")) == []
    assert poll(memory, entry("a", text="other words", date="2026-01-05T07:30:00Z")) == []


def test_a_clock_in_the_text_is_reported_a_bounded_number_of_times_a_day() -> None:
    memory = Memory()
    poll(memory, entry("a"))
    edits = [poll(memory, entry("a", text=f"it is {n}"), now=NOW + 60 * n) for n in range(100)]
    assert sum(map(len, edits)) == MAX_EDITS
    assert len(poll(memory, entry("a", text="tomorrow"), now=NOW + DAY)) == 1


def test_a_feed_whose_ids_all_change_at_once_does_not_flood() -> None:
    memory = Memory()
    before = [entry(name) for name in "abcd"]
    poll(memory, *before)
    secure = [
        entry(name, id=f"https://new.example/?p={name}", link=f"http://www.news.example/{name}/?utm_source=rss")
        for name in "abcd"
    ]
    assert poll(memory, *secure) == []
    moved = [entry(name, id=f"urn:{name}", link=f"https://moved.example/{name}") for name in "abcd"]
    assert poll(memory, *moved) == []
    assert ids(poll(memory, entry("e", id="urn:e"), *moved)) == [("create", "urn:e")]
    (edited,) = poll(memory, entry("a", id="urn:a", text="new words"), *moved[1:])
    assert (edited.op, edited.id) == ("update", "id-a")


def test_an_entry_that_takes_an_old_ones_title_is_still_new() -> None:
    memory = Memory()
    poll(memory, entry("weather", id="monday"), entry("b"))
    assert ids(poll(memory, entry("weather", id="tuesday"), entry("b"))) == [("create", "tuesday")]


def test_what_left_the_document_is_remembered_for_a_while_and_not_for_ever() -> None:
    memory = Memory()
    poll(memory, *(entry(str(n)) for n in range(100)))
    assert poll(memory, entry("5")) == []
    for start in range(0, 3_000, 100):
        poll(memory, *(entry(f"n{start + n}") for n in range(100)))
    assert len(memory.seen) <= 700
    assert len(poll(memory, entry("5"))) == 1


def test_items_carry_what_the_entry_said() -> None:
    (item,) = poll(
        Memory(),
        entry("a", title="<b>T</b>", title_html=True, author="Léa", lang="en-US", reach=7, link="javascript:alert(1)"),
    )
    assert (item.title, item.author, item.lang, item.reach, item.url) == ("T", "Léa", "en", 7, None)
    assert (item.published_at, item.date, item.seen_at) == (1_767_596_400.0, "given", NOW)
    (odd,) = poll(Memory(), entry("a", date="2099-01-01T00:00:00Z"))
    assert (odd.published_at, odd.date) == (NOW, "future")


def test_a_long_id_is_bounded() -> None:
    (item,) = poll(Memory(), entry("a", id="x" * 5_000))
    assert len(item.id) < 200


def test_links_are_compared_without_what_a_move_changes() -> None:
    assert same_link("http://www.a.example/x/?utm_source=b&id=3#part") == same_link("https://a.example/x?id=3")
    assert same_link(None) == ""


words = st.text(alphabet="ab\x00\ud800é", max_size=3)
entries = st.lists(
    st.builds(
        bounded,
        id=st.none() | words, link=st.none() | words, title=st.none() | words, text=st.none() | words,
    ),
    max_size=8,
)  # fmt: skip


@given(st.lists(entries, min_size=1, max_size=4))
def test_a_document_read_twice_brings_nothing_the_second_time(documents: list[list[Entry]]) -> None:
    memory = Memory()
    for document in documents:
        items = poll(memory, *document)
        assert len({item.id for item in items}) == len(items)
        json.dumps(memory.dump()).encode("utf-8")
        assert poll(memory, *document) == []
