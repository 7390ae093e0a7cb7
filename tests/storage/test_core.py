"""The store with the real core: what is read back decides as what was held in memory."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, cast

import pytest

from amends import detection, escalation, matching, responses, sentiment
from amends.model import Acknowledge, Batch, Delivered, Event, Kind, Tick
from amends.pipeline.decide import decide
from amends.pipeline.rules import BrandRules, Rules
from amends.storage import Store
from support.storage import NOW, POSITIVE, a_mention

if TYPE_CHECKING:
    from amends.pipeline.decision import Decision

Open = Callable[..., Awaitable[Store]]


@pytest.fixture(scope="module")
def rules() -> Rules:
    terms = matching.Terms("Acme")
    brand = BrandRules(
        id="acme",
        name="Acme",
        terms=terms,
        watch=matching.Watch(terms=("recall",)),
        detection=detection.Settings(),
        policy=escalation.Policy(steps=(escalation.Step(("lea",)), escalation.Step(("sam",), 600.0))),
    )
    people = {
        "lea": escalation.Person(id="lea", name="Lea", channels=("phone", "hook")),
        "sam": escalation.Person(id="sam", name="Sam", channels=("hook",)),
    }
    library = responses.Library([responses.parse(name, text) for name, text in responses.builtin().items()])
    return Rules(
        brands={"acme": brand},
        people=people,
        matcher=matching.Matcher({"acme": terms}),
        router=cast("sentiment.Router", None),  # `decide` scores nothing: its weights need not be loaded
        library=library,
    )


def story() -> list[tuple[float, Event]]:
    """Two days of history, a recall, ticks, an answer."""
    past = [a_mention(f"h{n}", published_at=NOW - 172_800 + n * 600, history=True, tone=POSITIVE) for n in range(288)]
    hit = a_mention(
        "hit", text="Acme recall now \U0001f4a5", watch="recall", author="eve", published_at=NOW, seen_at=NOW
    )
    more = [a_mention(f"m{n}", author=f"u{n}", published_at=NOW + n, seen_at=NOW + n) for n in range(40)]
    return [
        (NOW - 60, Batch(tuple(past))),
        (NOW, Tick()),
        (NOW + 1, Batch((hit,))),
        (NOW + 60, Batch(tuple(more))),
        (NOW + 120, Tick()),
        (NOW + 130, Batch((a_mention("m3", op="update", text="Edited: all fine"), a_mention("m4", op="delete")))),
        (NOW + 1_000, Tick()),
    ]


def said(decision: Decision) -> object:
    """What a decision comes to: without the figures, whose last bit a stored baseline may round otherwise."""
    return (
        [(page.id, page.due, page.state, page.reason) for page in decision.pages],
        [(one.id, one.kind, one.state, one.severity, one.revision) for one in decision.incidents],
        [(one.incident, one.seq, one.event, one.at) for one in decision.events],
        (decision.wake, decision.tempo, decision.learn, decision.duplicates),
        decision.mentions,
        decision.bins,
    )


async def test_a_state_read_back_decides_as_the_one_that_was_held(open_store: Open, rules: Rules) -> None:
    held = await open_store("sqlite:///held.db", decide=decide)
    cold = await open_store("sqlite:///cold.db", decide=decide)
    paged = 0
    for now, event in story():
        one = await held.apply("acme", event, now=now, rules=rules)
        cold._writer._held.clear()
        two = await cold.apply("acme", event, now=now, rules=rules)
        assert said(one) == said(two)
        paged += len(one.pages)
    assert paged >= 1
    for store in (held, cold):
        (incident,) = (await store.incidents(state=["open", "recovering"])).items
        assert incident.kind in {Kind.WATCH, Kind.TONE}
        assert isinstance(await store.verify(incident.id), str)
        claim = await store.claim(NOW + 1_001, "w", 60.0)
        assert claim is not None
        delivered = Delivered(page=claim.page.id, incident=incident.id)
        await store.apply("acme", delivered, now=NOW + 1_002, rules=rules)
        assert [row.page.state for row in await store.pages(incident.id)].count("sent") == 1
        await store.apply("acme", Acknowledge(incident=incident.id, by="lea"), now=NOW + 1_003, rules=rules)
        stored = await store.incident(incident.id)
        assert stored is not None
        assert stored.acknowledged_by == "lea"


async def test_what_a_deleted_post_alone_spoke_of_leaves_the_usual_talk(open_store: Open, rules: Rules) -> None:
    store = await open_store("sqlite:///amends.db", decide=decide)
    first = a_mention("m1", text="Acme: my wheelchair broke")
    await store.apply("acme", Batch((first, a_mention("m2", text="Acme: the train"))), now=NOW, rules=rules)
    await store.apply("acme", Batch((a_mention("m1", op="update", text="Acme: fine now"),)), now=NOW + 1, rules=rules)
    state = await store.state("acme")
    assert state is not None
    assert {"wheelchair", "broke", "train"} <= set(state.live.usual_terms)

    decision = await store.apply("acme", Batch((a_mention("m1", op="delete", text=""),)), now=NOW + 2, rules=rules)

    kept = decision.state.live.usual_terms
    assert "train" in kept
    assert not {"wheelchair", "broke", "wheelchair broke"} & set(kept)
    assert [(one.op, one.text, one.title) for one in decision.mentions] == [("delete", "", "")]


async def test_a_post_that_is_deleted_in_the_batch_it_came_in_leaves_no_words(open_store: Open, rules: Rules) -> None:
    store = await open_store("sqlite:///amends.db", decide=decide)
    gone = (a_mention("m1", text="Acme: my wheelchair broke"), a_mention("m1", op="delete", text=""))

    decision = await store.apply("acme", Batch(gone), now=NOW, rules=rules)

    assert decision.state.live.recent == ()
    assert "wheelchair" not in decision.state.live.usual_terms
    assert sum(one.mentions for one in decision.bins) == 1
    (stored,) = (await store.mentions()).items
    assert stored.mention.text == ""
