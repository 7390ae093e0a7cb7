"""The engine: the one way in for everything that changes a brand, and what is done after each commit."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from typing import TYPE_CHECKING, Protocol, TypeAlias

from amends.model import Batch
from amends.pipeline import Ingested, Progress, after_push, judge, prepare

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from amends.model import Clock, Coverage, Event, Item, Mention
    from amends.observe import Metrics
    from amends.pipeline import Decision, Rules
    from amends.storage import Store

AT_ONCE = 500  # items prepared and committed together
UNMATCHED_KEPT = 50_000  # items that named no brand, remembered so that their second coming is a duplicate
PUSHED = "pushed:"  # the prefix under which a pushed source's progress is kept


SecondOpinion: TypeAlias = "Callable[[list[Mention], Rules], Awaitable[list[Mention]]]"


async def _no_second(mentions: list[Mention], _rules: Rules) -> list[Mention]:
    return mentions


class Listener(Protocol):
    """Who wants to know of each committed decision: the timekeeper, the learner, the schedule."""

    def decided(self, decision: Decision) -> None:
        """Take note; never raise, never block."""
        ...


class Engine:
    """`pipeline.Engine` over a real store: load the brand's state, decide, commit; then tell the listeners."""

    def __init__(self, store: Store, rules: Rules, clock: Clock, metrics: Metrics) -> None:
        self._store = store
        self._rules = rules
        self._clock = clock
        self._metrics = metrics
        self._pushed: dict[str, Progress] = {}
        self._unmatched: dict[int, None] = {}  # in order of arrival
        self.listeners: list[Listener] = []
        self.coverage: Callable[[str], Coverage | None] = lambda _brand: None  # the schedule's word, once there is one
        self.second: SecondOpinion = _no_second

    @property
    def rules(self) -> Rules:
        """The rules in force."""
        return self._rules

    def swap(self, rules: Rules) -> None:
        """Put new rules in force, whole: whatever is decided from now on is decided by them."""
        self._rules = rules

    async def apply(self, brand: str, event: Event) -> Decision:
        """Decide and commit one event of one brand."""
        decision = await self._store.apply(brand, event, now=self._clock.wall(), rules=self._rules)
        self._metrics.decided(decision)
        for listener in self.listeners:
            listener.decided(decision)
        return decision

    async def ingest(self, items: Sequence[Item], progress: Progress | None = None) -> Ingested:
        """Prepare, decide and commit items; `progress` None: pushed, judged by what that source has brought before."""
        begun = self._clock.mono()
        marked = judge(items, progress) if progress is not None else await self._judge_pushed(items)
        accepted = duplicates = unmatched = 0
        for start in range(0, len(marked), AT_ONCE):
            part = await self._take(marked[start : start + AT_ONCE])
            accepted, duplicates = accepted + part.accepted, duplicates + part.duplicates
            unmatched += part.unmatched
        self._metrics.ingest_seconds.observe(self._clock.mono() - begun)
        return Ingested(accepted=accepted, duplicates=duplicates, unmatched=unmatched)

    async def _take(self, items: Sequence[Item]) -> Ingested:
        rules = self._rules
        begun = self._clock.mono()
        mentions = await asyncio.to_thread(prepare, items, rules)
        mentions = await self.second(mentions, rules)
        self._metrics.scoring_seconds.observe(self._clock.mono() - begun)
        batches: dict[str, dict[tuple[str, str], Mention]] = defaultdict(dict)
        for mention in mentions:
            batches[mention.brand].setdefault((mention.source, mention.id), mention)
        matched = {(mention.source, mention.id) for mention in mentions}
        new: set[tuple[str, str]] = set()
        for brand, batch in batches.items():
            if brand in self._rules.brands:  # a reload may have dropped it meanwhile
                decision = await self.apply(brand, Batch(tuple(batch.values()), self.coverage(brand)))
                new |= {(one.source, one.id) for one in decision.mentions}
        unmatched = self._count_unmatched(items, matched)
        accepted = unmatched + len(new)
        return Ingested(accepted=accepted, duplicates=len(items) - accepted, unmatched=unmatched)

    def _count_unmatched(self, items: Sequence[Item], matched: set[tuple[str, str]]) -> int:
        """Return how many items name no brand and are new; they are not stored, so this is their memory."""
        count = 0
        for item in items:
            if (item.source, item.id) in matched:
                continue
            seen = hash((item.source, item.id))
            count += seen not in self._unmatched
            self._unmatched[seen] = None
        while len(self._unmatched) > UNMATCHED_KEPT:
            del self._unmatched[next(iter(self._unmatched))]
        return count

    async def _judge_pushed(self, items: Sequence[Item]) -> list[Item]:
        """Judge pushed items source by source, and remember how far each source has come."""
        order: dict[str, list[int]] = defaultdict(list)
        for number, item in enumerate(items):
            order[item.source].append(number)
        marked = list(items)
        for source, numbers in order.items():
            own = [items[number] for number in numbers]
            before = await self._pushed_progress(source)
            for number, item in zip(numbers, judge(own, before, pushed=True), strict=True):
                marked[number] = item
            await self._keep_pushed(source, before, after_push(own, before))
        return marked

    async def _pushed_progress(self, source: str) -> Progress:
        known = self._pushed.get(source)
        if known is None:
            row = await self._store.source_state(PUSHED + source)
            known = Progress(first_walk=True) if row is None else Progress(first_walk=bool(row["first_walk"]))
        return known

    async def _keep_pushed(self, source: str, before: Progress, after: Progress) -> None:
        if len(self._pushed) > 10_000:  # noqa: PLR2004 - sources are named by strangers: bounded, then read anew
            self._pushed.clear()
        known = source in self._pushed
        self._pushed[source] = after
        if before.first_walk != after.first_walk or not known:
            await self._store.save_source(PUSHED + source, {"first_walk": after.first_walk})
