"""Near copies are one story, another fact is another, in plain words."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from time import perf_counter

import pytest
from pydantic import TypeAdapter

from amends.matching import fingerprint, wording
from amends.model import DAY, Mention, Tone
from amends.stories import MAX_STORIES, Memory, assign, without
from support.copies import COPIES, FACTS, KITCHENS, LYON, RAPPEL, SPRING

NOW = 1_780_000_000.0
UNSCORED = Tone(None, 0.0, None, None, None, "unscored")
MEMORY = TypeAdapter(Memory)


def post(number: int, text: str, *watched: str, **changes: object) -> Mention:
    base = Mention(
        brand="acme", source="forum", id=str(number), text=text, published_at=NOW + number, seen_at=NOW + number,
        tone=UNSCORED, fingerprint=fingerprint(text), wording=wording(text, watched),
    )  # fmt: skip
    return replace(base, **changes)  # type: ignore[arg-type] # fields of Mention


def joins(first: Mention, second: Mention) -> bool:
    memory, story, _ = assign(Memory(), first)
    return assign(memory, second)[1] == story


def test_most_near_copies_join_and_few_other_facts_do() -> None:
    copies = sum(joins(post(1, one), post(2, other)) for one, other in COPIES)
    facts = sum(joins(post(1, one), post(2, other)) for one, other in FACTS)

    assert copies >= 28
    assert facts <= 4


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (KITCHENS, KITCHENS.replace("Three", "Thirty")),
        (KITCHENS, KITCHENS.replace("Three", "3").replace("on Tuesday", "on Tuesday, 2 dead")),
        (LYON, LYON.replace("Lyon", "Lyon and Nancy")),
        (LYON, LYON.replace("nobody", "people")),
        (LYON.replace("nobody", "people"), LYON),
        (RAPPEL, f"{RAPPEL}, plainte de clients"),
    ],
)
def test_a_number_a_name_a_grave_word_or_a_denial_more_is_another_story(one: str, other: str) -> None:
    assert not joins(post(1, one), post(2, other))


def test_a_watched_term_that_is_new_is_another_story_by_text_and_by_address() -> None:
    page = "https://example.com/news/kettle"
    longer = f"{SPRING} because the smell is odd"

    assert joins(post(1, SPRING, url=page), post(2, longer, url=page, source="other"))
    assert not joins(post(1, SPRING), post(2, f"{SPRING}, odd smell", "smell"))
    assert not joins(post(1, SPRING, url=page), post(2, longer, "smell", url=page, source="other"))
    assert not joins(post(1, SPRING), post(2, f"{SPRING} #smell", "smell"))
    assert joins(post(1, f"{SPRING} #smell", "smell"), post(2, f"RT: {SPRING} #smell", "smell"))


def test_in_a_long_text_a_watched_term_is_news_too() -> None:
    long = " ".join(one for one, _ in FACTS[::4]) + f" {KITCHENS}"

    assert joins(post(1, long), post(2, f"{long} smell"))
    assert not joins(post(1, long), post(2, f"{long} smell", "smell"))


def test_the_words_of_an_erased_mention_are_forgotten_and_its_story_is_not() -> None:
    memory, story, _ = assign(Memory(), post(1, SPRING))
    assert memory.words != ("",)

    erased = without(memory, [("acme", "forum", "1"), ("acme", "forum", "7")])

    assert erased.words == ("",)
    assert assign(erased, post(2, SPRING))[1] == story


def test_a_memory_kept_before_there_were_words_is_read() -> None:
    memory, story, _ = assign(Memory(), post(1, SPRING))
    kept = json.loads(MEMORY.dump_json(memory))
    del kept["words"]

    old = MEMORY.validate_python(kept)

    assert old.words == ("",)
    grown, _, new = assign(old, post(2, RAPPEL))
    assert new
    assert len(grown.words) == len(grown.ids) == 2
    assert assign(grown, post(3, SPRING))[1] == story


def test_what_is_read_back_joins_as_what_was_never_stored() -> None:
    rng = random.Random(4)
    live = back = Memory()
    texts = [text for pair in COPIES + FACTS for text in pair]
    for number in range(400):
        one = post(number, rng.choice(texts), published_at=NOW + number * DAY / 40)
        live, *told = assign(live, one)
        back, *again = assign(MEMORY.validate_python(json.loads(MEMORY.dump_json(back))), one)
        assert told == again
    assert live == back


def test_a_mention_costs_microseconds_against_a_full_memory() -> None:
    rng = random.Random(5)
    words = sorted({word for pair in COPIES + FACTS for text in pair for word in text.split()})
    posts = [post(at, " ".join(rng.choices(words, k=18))) for at in range(2 * MAX_STORIES)]
    memory, took = Memory(), []
    for one in posts:
        begun = perf_counter()
        memory, *_ = assign(memory, one)
        took.append(perf_counter() - begun)

    assert len(memory) == MAX_STORIES
    median = sorted(took[MAX_STORIES:])[MAX_STORIES // 2]
    assert median < 2e-3, f"{median * 1e6:.0f} microseconds"
