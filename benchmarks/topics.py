"""How often an incident names the topic that was planted in it: seeded replays through `amends replay`'s own code.

    python benchmarks/topics.py [--replays 60]

Each replay is two days of small talk about a brand (some of it negative), then an hour in which many people complain,
each in words of their own, about one planted topic (one of sixteen). It counts as named if the incident's first three
terms, as it opened, hold one of the topic's words.
"""

from __future__ import annotations

import argparse
import random
from dataclasses import replace
from typing import TYPE_CHECKING

from amends import detection, escalation, matching, responses, sentiment
from amends.model import DAY, HOUR, Item
from amends.pipeline import BrandRules, Rules
from amends.pipeline.replay import replay

if TYPE_CHECKING:
    from collections.abc import Iterator

NOW = 1_767_614_400.0
TOPICS = (
    ("battery", "fire"), ("data", "leak"), ("horse", "meat"), ("glass", "splinters"), ("child", "labour"),
    ("server", "outage"), ("refund", "refused"), ("racist", "advert"), ("brakes", "failing"), ("rats", "kitchen"),
    ("strike", "drivers"), ("price", "doubled"), ("toxic", "paint"), ("delivery", "stolen"), ("boss", "scandal"),
    ("account", "hacked"),
)  # fmt: skip
_CALM = "shop lamp kettle colour queue parcel coffee morning street window friend price garden train music".split()  # noqa: SIM905 - words read better than a list of strings
_SOUR = "slow late rude pricey dull noisy tired broken cold empty crowded".split()  # noqa: SIM905 - the same
_ANGRY = "horrible awful disgusting terrible shameful outrageous furious hateful".split()  # noqa: SIM905 - the same
_LINK = ("because of the", "after the", "with all that", "over the", "again the", "nobody explains the")


def _rules() -> Rules:
    terms = matching.Terms(name="Acme")
    brand = BrandRules(id="acme", name="Acme", terms=terms, watch=matching.Watch(), detection=detection.Settings(),
                       policy=escalation.Policy(steps=()))  # fmt: skip
    return Rules(brands={"acme": brand}, people={}, matcher=matching.Matcher({"acme": terms}),
                 router=sentiment.Router(), library=responses.Library([]))  # fmt: skip


def items(seed: int, topic: tuple[str, str], days: float) -> Iterator[Item]:
    """Yield one replay's posts, in order."""
    rng = random.Random(seed)
    at, number, storm = NOW, 0, NOW + days * DAY
    while at < storm + HOUR:
        at += rng.expovariate((25.0 if at < storm else 100.0) / HOUR)
        number += 1
        calm = " ".join(rng.sample(_CALM, 4))
        if at > storm and rng.random() < 0.7:
            bad, worse = rng.sample(_ANGRY, 2)
            word = " ".join(topic) if rng.random() < 0.5 else rng.choice(topic)
            text = f"Acme is {bad} and {worse} {rng.choice(_LINK)} {word}, my {rng.choice(_CALM)}"
        elif rng.random() < 0.2:
            text = f"Acme was {rng.choice(_SOUR)} and bad, {calm}, I hate it"
        else:
            text = f"Acme and the {calm}"
        yield Item(
            source="s", id=str(number), text=text, author=f"p{number}", published_at=at, seen_at=at, brand="acme"
        )


def named(seed: int, rules: Rules, days: float = 2.0) -> bool | None:
    """Return whether the incident named its topic, None where none opened."""
    topic = TOPICS[seed % len(TOPICS)]
    for decision in replay(items(seed, topic, days), rules):
        for event in decision.events:
            if event.event == "opened":
                incident = next(one for one in decision.incidents if one.id == event.incident)
                told = " ".join(incident.why[:3])
                return any(word in told for word in topic)
    return None


def main() -> None:
    """Read the command line and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--replays", type=int, default=60)
    options = parser.parse_args()
    rules = replace(_rules())
    found = [named(1_000 + seed, rules) for seed in range(options.replays)]
    opened = [one for one in found if one is not None]
    print(f"{options.replays} replays: {len(opened)} opened, {sum(opened)} of them named their topic", end=" ")
    print(f"({100 * sum(opened) / max(len(opened), 1):.0f} %)")


if __name__ == "__main__":
    main()
