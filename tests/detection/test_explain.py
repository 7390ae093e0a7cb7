"""Terms that rose."""

from __future__ import annotations

import random

from amends.detection import explain, terms

WORDS = "flight gate crew seat bag delay upgrade lounge ticket airport morning coffee service agent plane"
CHATTER = WORDS.split()


def usual_day(seed: int, texts: int) -> list[str]:
    rng = random.Random(seed)
    return ["@acme " + " ".join(rng.sample(CHATTER, 6)) + f" n{rng.randrange(10**6)}" for _ in range(texts)]


def test_a_planted_topic_is_named_in_nine_of_ten_replays() -> None:
    found = 0
    for seed in range(40):
        usual: dict[str, float] = {"": 200.0}
        for text in usual_day(seed, 200):
            for term in terms(text):
                usual[term] = usual.get(term, 0.0) + 1
        rng = random.Random(seed)
        now = usual_day(seed + 1000, 20)
        now += [f"@acme {' '.join(rng.sample(CHATTER, 4))} battery fire {k} #boycott" for k in range(8)]
        told = explain(now, usual)
        found += any("battery" in term or "fire" in term for term in told[:3])
        assert "@acme" not in told
    assert found >= 36


def test_copies_count_once_and_nothing_is_told_of_nothing() -> None:
    assert explain([], {}) == ()
    copies = ["buy cheap watches now"] * 50
    others = [f"the battery of my phone exploded {k}" for k in range(5)]
    assert any("battery" in term for term in explain([*copies, *others], {"": 50.0})[:2])


def test_terms_hold_hashtags_handles_hosts_and_pairs_but_no_empty_words() -> None:
    found = terms("The battery fire is on https://www.example.org/a?b=1 #Boycott @Acme 12 " + "x" * 50)
    assert {"battery", "fire", "battery fire", "example.org", "#boycott", "@acme"} <= found
    assert not found & {"the", "is", "on", "12", "x" * 50}
