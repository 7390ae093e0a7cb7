from __future__ import annotations

import json
import random
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from amends.matching import fingerprint
from amends.model import DAY, Mention, Tone
from amends.stories import MAX_STORIES, Memory, assign

NOW = 1_780_000_000.0
UNSCORED = Tone(None, 0.0, None, None, None, "unscored")
MEMORY = TypeAdapter(Memory)


def mention(number: int, **changes: object) -> Mention:
    base = Mention(
        brand="acme",
        source="forum",
        id=str(number),
        text="",
        published_at=NOW + number,
        seen_at=NOW + number,
        tone=UNSCORED,
    )
    return replace(base, **changes)  # type: ignore[arg-type] # fields of Mention


def tell(memory: Memory, *mentions: Mention) -> tuple[Memory, list[str], list[bool]]:
    stories, news = [], []
    for one in mentions:
        memory, story, new = assign(memory, one)
        stories.append(story)
        news.append(new)
    return memory, stories, news


def test_copies_of_one_text_are_one_story() -> None:
    _, stories, news = tell(Memory(), *(mention(number, fingerprint=0xABCDEF) for number in range(12)))
    assert len(set(stories)) == 1
    assert news == [True] + [False] * 11


def test_three_bits_apart_is_near_and_four_is_not() -> None:
    _, stories, _ = tell(
        Memory(), mention(1, fingerprint=0xFF00), mention(2, fingerprint=0xFF07), mention(3, fingerprint=0xFFFF)
    )
    assert stories[0] == stories[1] != stories[2]


def test_signs_do_not_disturb_the_distance() -> None:
    _, stories, _ = tell(Memory(), mention(1, fingerprint=-1), mention(2, fingerprint=-3))
    assert stories[0] == stories[1]


def test_the_nearest_story_is_not_missed_behind_one_without_a_fingerprint() -> None:
    first = mention(1, url="https://example.com/a")
    _, stories, _ = tell(Memory(), first, mention(2, fingerprint=7), mention(3, fingerprint=7))
    assert stories[1] == stories[2] != stories[0]


def test_one_address_from_two_sources_is_one_story() -> None:
    page = "https://example.com/news/1"
    _, stories, news = tell(
        Memory(), mention(1, url=page, fingerprint=1), mention(2, url=page, source="other", fingerprint=-1)
    )
    assert stories[0] == stories[1]
    assert news == [True, False]


def test_comments_of_one_source_on_one_page_are_told_apart_by_their_text() -> None:
    page = "https://example.com/thread/1"
    prints = (0x0F0F, 0x7FFF_0000_0000, 0x0F0F)
    _, stories, _ = tell(Memory(), *(mention(at, url=page, fingerprint=one) for at, one in enumerate(prints)))
    assert stories[0] == stories[2] != stories[1]


def test_an_article_that_one_source_brings_twice_under_one_address_is_one_story() -> None:
    page = {"url": "https://example.com/news/1", "title": "Acme recalls its kettle"}
    _, stories, news = tell(
        Memory(),
        mention(1, fingerprint=0x0F0F, **page),
        mention(2, fingerprint=0x7FFF_0000_0000, **page),
        mention(3, fingerprint=0x0FFF_FFF0_0000_0000, author="eve", **page),
        mention(4, fingerprint=0x00FF_0000_FF00_FF00, **{**page, "title": "Re: Acme recalls its kettle"}),
        mention(5, fingerprint=-1, url=page["url"]),
    )
    assert news == [True, False, True, True, True]
    assert stories[0] == stories[1]


def test_the_front_page_of_a_site_identifies_nothing() -> None:
    front = "https://example.com/"
    memory, stories, news = tell(Memory(), mention(1, url=front), mention(2, url=front, source="other"))
    assert len(set(stories)) == 2
    assert news == [True, True]
    assert len(memory) == 0


def test_short_posts_without_an_address_are_each_their_own_story() -> None:
    memory, stories, news = tell(Memory(), mention(1), mention(2), mention(3))
    assert len(set(stories)) == 3
    assert all(news)
    assert memory == Memory()


def test_an_edit_of_the_first_mention_is_the_same_story() -> None:
    _, stories, news = tell(Memory(), mention(1, fingerprint=1), mention(1, fingerprint=-1, op="update"))
    assert stories[0] == stories[1]
    assert news == [True, False]


def test_story_ids_are_the_same_in_every_run() -> None:
    assert assign(Memory(), mention(1, fingerprint=1))[1] == assign(Memory(), mention(1, fingerprint=9))[1]
    assert assign(Memory(), mention(1))[1] != assign(Memory(), mention(1, brand="other"))[1]
    assert assign(Memory(), mention(1))[1] == "st_182b0d89322cb8a0"


def test_memory_is_bounded_in_number_and_forgets_the_longest_unheard() -> None:
    rng = random.Random(3)
    prints = [rng.getrandbits(64) - (1 << 63) for _ in range(MAX_STORIES + 100)]
    memory, stories, _ = tell(Memory(), *(mention(at, fingerprint=one) for at, one in enumerate(prints)))
    assert len(memory) == MAX_STORIES
    assert assign(memory, mention(9_000, fingerprint=prints[-1]))[1] == stories[-1]
    assert assign(memory, mention(9_001, fingerprint=prints[0]))[2]


def test_a_story_that_goes_on_is_kept_and_a_silent_one_forgotten_after_a_week() -> None:
    memory, stories, _ = tell(Memory(), mention(1, fingerprint=1), mention(2, fingerprint=-1))
    for day in range(1, 9):
        memory, story, new = assign(memory, mention(100 + day, fingerprint=1, published_at=NOW + day * DAY))
        assert (story, new) == (stories[0], False)
    assert len(memory) == 1
    assert assign(memory, mention(200, fingerprint=-1, published_at=NOW + 9 * DAY))[2]


def test_forgetting_keeps_the_columns_together() -> None:
    memory, _, _ = tell(Memory(), *(mention(at, fingerprint=1 << (at * 6) | 1 << at) for at in range(10)))
    memory, story, new = assign(memory, mention(50, fingerprint=0x7777_7777_7777, published_at=NOW + 8 * DAY))
    assert new
    assert memory.ids == (story,)
    assert memory.columns.tolist() == [[0x7777_7777_7777], [0]]
    again, same, new = assign(memory, mention(51, fingerprint=0x7777_7777_7777, published_at=NOW + 8 * DAY + 1))
    assert (same, new, again) == (story, False, memory)


def test_history_older_than_memory_is_a_story_of_its_own_and_moves_nothing() -> None:
    memory, _, _ = tell(Memory(), mention(1, fingerprint=1))
    later, _, new = assign(memory, mention(2, fingerprint=-1, published_at=NOW - 30 * DAY))
    assert new
    assert later is memory


def test_memory_survives_json() -> None:
    rng = random.Random(5)
    many = (
        mention(at, fingerprint=rng.getrandbits(64) - (1 << 63), url=f"https://example.com/{at}") for at in range(600)
    )
    memory, stories, _ = tell(Memory(), *many)
    restored = MEMORY.validate_python(json.loads(MEMORY.dump_json(memory)))
    assert restored == memory
    again = mention(7_000, source="else", url="https://example.com/599")
    assert assign(restored, again)[1] == stories[-1] == assign(memory, again)[1]


@given(st.lists(st.tuples(st.integers(0, 40), st.integers(-5, 5), st.floats(-9 * DAY, 9 * DAY)), max_size=60))
def test_any_order_of_times_keeps_memory_sound(rows: list[tuple[int, int, float]]) -> None:
    memory = Memory()
    for at, (number, bits, offset) in enumerate(rows):
        one = mention(
            at,
            fingerprint=bits * 0x1111_1111_1111,
            url=f"https://example.com/{number}" if number % 2 else None,
            source=f"s{number % 3}",
            published_at=NOW + offset,
        )
        before = memory
        memory, story, new = assign(memory, one)
        assert len({len(memory.ids), len(memory.prints), len(memory.urls), len(memory.sources), len(memory.heard)}) == 1
        assert memory.columns.shape == (2, len(memory))
        assert memory.columns.tolist() == [list(memory.prints), list(memory.urls)]
        assert len(memory.ids) == len(set(memory.ids)) <= MAX_STORIES
        assert new or story in before.ids
        assert MEMORY.validate_python(json.loads(MEMORY.dump_json(memory))) == memory


def test_a_wire_story_told_by_twelve_outlets_is_one_story() -> None:
    story = (
        "The maker of the Osterly toaster has recalled forty thousand pieces after three kitchens caught fire, the "
        "consumer authority said on Tuesday, and asked buyers to unplug theirs at once and take it back to the shop."
    )
    outlets = [
        mention(at, source=f"feed{at}", fingerprint=fingerprint(f"{story} http://o{at}.example/x")) for at in range(12)
    ]
    _, stories, _ = tell(Memory(), *outlets)
    assert len(set(stories)) == 1
