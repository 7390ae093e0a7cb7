"""A brand's days made of plain mentions, for tests of the core: no text is scored, time is what the test says."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from random import Random
from typing import TYPE_CHECKING, Any

from amends import detection, escalation, matching, responses, sentiment
from amends.model import DAY, HOUR, MINUTE, Batch, Bin, IncidentEvent, Learned, Mention, Page, Seconds, Tick, Tone
from amends.pipeline import BrandRules, BrandState, Decision, Rules, decide, learn, new_state
from amends.pipeline.bins import add

if TYPE_CHECKING:
    from collections.abc import Iterable

    from amends.model import Coverage, Event

NOON = 1_767_614_400.0  # 2026-01-05T12:00:00Z, a Monday
NEGATIVE = Tone("en", -0.6, 0.9, 0.08, 0.02, "negative")
NEUTRAL = Tone("en", 0.0, 0.08, 0.82, 0.1, "neutral")


@cache
def _router() -> sentiment.Router:
    return sentiment.Router()


def make_rules(*, watch: matching.Watch | None = None, false_pages_per_day: float = 1 / 30, **people: Any) -> Rules:
    """Rules for one brand, `acme`, whose policy calls Lea, and Sam ten minutes later; Olga operates."""
    terms = matching.Terms(name="Acme", handles=("acme",))
    brand = BrandRules(
        id="acme",
        name="Acme",
        terms=terms,
        watch=watch or matching.Watch(),
        detection=detection.Settings(false_pages_per_day=false_pages_per_day),
        policy=escalation.Policy(
            steps=(escalation.Step(("lea",)), escalation.Step(("sam",), 600.0)), operators=("olga",)
        ),
        languages=("en", "fr"),
        own=frozenset({"newsroom"}),
    )
    everyone = {
        name: escalation.Person(id=name, name=name.title(), language=people.get(name, "en"), channels=("phone", "mail"))
        for name in ("lea", "sam", "olga")
    }
    return Rules(
        brands={"acme": brand},
        people=everyone,
        matcher=matching.Matcher({"acme": terms}, {"acme": brand.watch}),
        router=_router(),
        library=responses.Library([responses.parse(*one) for one in sorted(responses.builtin().items())]),
        polled=frozenset({"news"}),
    )


def mention(at: Seconds, *, negative: bool = False, **fields: Any) -> Mention:
    """One mention, its author and id made from its time unless given."""
    given: dict[str, Any] = {
        "brand": "acme",
        "source": "forum",
        "id": f"m{at!r}",
        "text": "Acme let us down" if negative else "Acme is in town",
        "published_at": at,
        "seen_at": at,
        "tone": NEGATIVE if negative else NEUTRAL,
        "author": f"someone-{at!r}",
    }
    return Mention(**(given | fields))


def talk(
    rng: Random, start: Seconds, end: Seconds, *, an_hour: float, share: float = 0.15, **fields: Any
) -> list[Mention]:
    """Mentions of a Poisson process, a share of them negative, in order of time."""
    at, found = start, []
    while (at := at + rng.expovariate(an_hour / HOUR)) < end:
        found.append(mention(at, negative=rng.random() < share, **fields))
    return found


@dataclass
class Life:
    """One brand's life under `decide`, with what its decisions brought; keeps the bins as the store would."""

    rules: Rules = field(default_factory=make_rules)
    now: Seconds = NOON
    state: BrandState | None = None
    bins: dict[int, Bin] = field(default_factory=dict)
    events: list[IncidentEvent] = field(default_factory=list)
    pages: list[Page] = field(default_factory=list)
    decisions: list[Decision] = field(default_factory=list)

    def tell(self, event: Event, at: Seconds | None = None) -> Decision:
        """Decide one event, at a time or now."""
        self.now = self.now if at is None else at
        state = self.state or new_state(self.rules.brands["acme"])
        decision = decide(state, event, self.now, self.rules)
        self.state = decision.state
        for one in decision.bins:
            self.bins[one.start] = add(self.bins[one.start], one) if one.start in self.bins else one
        self.events += decision.events
        self.pages += decision.pages
        for page in decision.pages:
            history = {one.event for one in self.events if one.incident == page.incident.id}
            assert page.reason == "alive" or page.event in history, "a message tells of what is in the history"
        self.decisions.append(decision)
        return decision

    def hear(
        self, mentions: Iterable[Mention], *, until: Seconds | None = None, coverage: Coverage | None = None
    ) -> None:
        """Live through mentions in order, a batch a minute, with a tick whenever the brand wants one."""
        waiting = sorted(mentions, key=lambda one: one.published_at)
        end = until if until is not None else (waiting[-1].published_at if waiting else self.now)
        while waiting:
            minute = waiting[0].published_at // MINUTE
            batch = [one for one in waiting if one.published_at // MINUTE == minute]
            waiting = waiting[len(batch) :]
            self.wait(batch[-1].published_at, coverage)
            self.tell(Batch(tuple(batch)), batch[-1].published_at)
        self.wait(end, coverage)

    def wait(self, until: Seconds, coverage: Coverage | None = None) -> None:
        """Let time pass, waking when the last decision asked for it."""
        while self.decisions and (wake := self.decisions[-1].wake) is not None and wake < until:
            self.tell(Tick(coverage), max(wake, self.now))
        self.now = max(self.now, until)

    def teach(self, days: float = 14, an_hour: float = 20.0, share: float = 0.15, seed: int = 1) -> None:
        """Backfill so many days up to now as history, and learn them."""
        rng = Random(seed)
        past = talk(rng, self.now - days * DAY, self.now - HOUR, an_hour=an_hour, share=share, history=True)
        self.tell(Tick())
        self.tell(Batch(tuple(past)))
        self.learn()

    def learn(self) -> Decision:
        """Answer a decision that asks for learning."""
        assert self.state is not None
        live = self.state.live
        until = live.watermark
        folded = [one for start, one in sorted(self.bins.items()) if start < until]
        detector = learn(folded, self.rules.brands["acme"].detection, until)
        return self.tell(Learned(detector=detector, until=until, taught=live.taught))

    @property
    def told(self) -> list[str]:
        """The names of the incident events so far."""
        return [event.event for event in self.events]
