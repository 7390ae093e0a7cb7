"""One run: a seed, a disk, lives and crashes of the program, and a world that goes on meanwhile."""

from __future__ import annotations

import asyncio
import math
import shutil
from contextlib import suppress
from dataclasses import dataclass, field
from random import Random
from typing import TYPE_CHECKING

from amends.model import (
    DAY,
    HOUR,
    MINUTE,
    Acknowledge,
    AmendsError,
    EndSilence,
    Item,
    Resolve,
    Seconds,
    Snooze,
    StartDrill,
    StartSilence,
    Unacknowledge,
)
from sim import oracle
from sim.faults import Crash, Disk, Faults, inline_sqlite
from sim.life import LIFE, Life, tasks_know_their_life
from sim.loop import VirtualLoop
from sim.world import SimClock, World

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from amends.model import Command
    from amends.pipeline import Rules

MONDAY = 1_774_828_800.0  # 2026-03-30T00:00Z: the first working day of Paris' summer time
AFTER = 10 * MINUTE  # the second step's delay in `rules`
TICK = 0.001  # the loop calls what is due within its clock's resolution, and so may stand a hair before an end
CALM = 20 * MINUTE  # of good weather at the end, in which everything that is due must go out


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What a run is made of. Gaps are means in seconds; `lives` are the points at which each life dies."""

    seed: int
    days: float
    lives: tuple[int, ...] = ()
    script: tuple[tuple[Seconds, str, str], ...] = ()  # (seconds from the start, what, of whom), see `_play`
    mention_gap: Seconds | None = None
    crash_gap: Seconds | None = None
    storm_gap: Seconds | None = None  # outages of a channel
    jump_gap: Seconds | None = None
    silence_gap: Seconds | None = None
    rates: dict[str, float] = field(default_factory=dict)
    start: Seconds = MONDAY


class Universe:
    """Call `run` once; then read `world`."""

    def __init__(self, plan: Plan, rules: Rules, template: Path, folder: Path) -> None:
        self.plan, self.rules, self.folder = plan, rules, folder
        folder.mkdir(parents=True)
        shutil.copy(template, folder / "amends.db")
        self.rng = Random(plan.seed)
        self.disk = Disk()
        self.faults = Faults(Random(plan.seed + 1), rates=plan.rates)
        self.disk.faults = self.faults
        self.loop = VirtualLoop(Random(plan.seed + 2))
        self.loop.set_task_factory(tasks_know_their_life)
        self.world = World(SimClock(self.loop, plan.start), self.rng, self.faults, rules)
        self.life: Life | None = None
        self.lives = self.crashes = self.posts = 0
        self.died: asyncio.Event
        self.endings: list[str] = []  # of lives that ended by themselves
        self.over = False
        self._lives_left = list(plan.lives)
        self._watched: set[str] = set()
        self._people: set[asyncio.Task[None]] = set()

    def run(self) -> World:
        """Live through it all and return the world, with what did not hold in `world.broken`."""
        with inline_sqlite(self.disk), suppress(asyncio.CancelledError):
            try:
                self.loop.run_until_complete(self._history())
            finally:
                self.disk.power_off()
                self.loop.close()
        return self.world

    # --- lives and deaths ---

    async def _history(self) -> None:
        end = self.loop.now + self.plan.days * DAY
        weather = [asyncio.ensure_future(one) for one in self._weather()]
        while end - self.loop.now > TICK:
            await self._one_life(end)
        self.over = True
        for task in (*weather, *self._people):
            task.cancel()
        await asyncio.gather(*weather, *self._people, return_exceptions=True)
        self.faults.armed = False
        self.world.down.clear()
        await self._one_life(self.loop.now + CALM, last=True)

    async def _one_life(self, end: Seconds, *, last: bool = False) -> None:
        world = self.world
        crash_at = None if last or not self._lives_left else self._lives_left.pop(0)
        self.died = asyncio.Event()
        self.faults.on_death = self._die
        self.faults.revive(crash_at)
        self.lives += 1
        world.counted.clear()
        life = Life(self.folder, world, self.faults, self.rules)
        token = LIFE.set(life)
        main = asyncio.ensure_future(life.run())
        LIFE.reset(token)
        self.life = life
        death = asyncio.ensure_future(self._death(end, last=last))
        await asyncio.wait((main, death), return_when=asyncio.FIRST_COMPLETED)
        if main.done() and not self.died.is_set() and main.exception() is not None:
            await self._ended_by_itself(main)
        if not self.died.is_set() and not main.done():
            life.stop()
            await asyncio.wait((main,), timeout=60.0)
            self._judge_life(life, orderly=main.done())
        crashed = self.died.is_set()
        death.cancel()
        self.life = None
        await self._bury(life, main)
        await asyncio.gather(death, return_exceptions=True)
        await self._inquest(last=last)
        if crashed and not last:
            self.crashes += 1
            world.crashed()
            gone = world.clock.wall()
            await asyncio.sleep(self.rng.choice([1.0, 5.0, 40.0, 900.0]))
            world.disturb(gone - 1.0, world.clock.wall() + 5.0)

    async def _ended_by_itself(self, main: asyncio.Future[None]) -> None:
        """A life may end by an error that it cannot bear: systemd starts it again."""
        error = main.exception()
        self.endings.append(repr(error))
        if not isinstance(error, BaseException) or "Storage" not in repr(error):
            self.world.violated(f"the program ended by itself: {error!r}")
        self.died.set()

    def _die(self) -> None:
        self.disk.power_off()
        self.died.set()

    async def _death(self, end: Seconds, *, last: bool) -> None:
        """Return when this life is to end: at its crash, or in an orderly way at `end`."""
        gap = self.plan.crash_gap
        if gap is not None and not last:
            until = min(end, self.loop.now + self.rng.expovariate(1 / gap))
            with suppress(TimeoutError):
                await asyncio.wait_for(self.died.wait(), max(0.0, until - self.loop.now))
            if not self.died.is_set() and until < end and self.rng.random() < 0.7:  # else: an orderly restart
                self.faults.crash_at = self.faults.points + self.rng.randint(1, 60)
                with suppress(TimeoutError):
                    await asyncio.wait_for(self.died.wait(), HOUR)
            return
        with suppress(TimeoutError):
            await asyncio.wait_for(self.died.wait(), max(0.0, end - self.loop.now))

    async def _bury(self, life: Life, main: asyncio.Future[None]) -> None:
        """End what is left of a life; nothing of it can touch the world any more."""
        self.faults.dead = True
        life.up = False
        for task in list(life.tasks):
            task.cancel()
        await asyncio.gather(main, *life.tasks, return_exceptions=True)
        self.disk.power_off()

    def _judge_life(self, life: Life, *, orderly: bool) -> None:
        """INV12, where no crash cut the counting short."""
        if not orderly:
            self.world.violated("an orderly stop took more than a minute")
            return
        for (channel, outcome), count in self.world.counted.items():
            if outcome == "failed":  # the worker also counts the failure of what was cancelled under way
                continue
            self.world.judged["INV12"] += 1
            if life.outlet.count(channel, outcome) != count:
                said = life.outlet.count(channel, outcome)
                self.world.violated(f"INV12: {count} pages {outcome} on {channel!r}, the metric says {said}")

    async def _inquest(self, *, last: bool) -> None:
        """Look at the disk between two lives."""
        oracle.outbox(self.world, self.folder, calm=last)
        oracle.chains(self.world, self.folder)
        if last:
            oracle.incidents(self.world, self.folder, after=AFTER, until=self.world.clock.wall() - CALM)

    # --- what people do ---

    async def tell(self, brand: str, command: Command) -> bool:
        """Say something to the program, again and again until it is up and says yes or no."""
        while not self.over:
            life = self.life
            if life is None or not life.up:
                await asyncio.sleep(7.0)
                continue
            try:
                await asyncio.wait_for(life.engine.apply(brand, command), 30.0)
            except AmendsError as error:
                if type(error).__name__ != "StorageError":
                    return False
                await asyncio.sleep(5.0)
            except (Crash, TimeoutError):
                await asyncio.sleep(5.0)
            else:
                return True
        return False

    async def _post(self, items: list[Item]) -> None:
        while not self.over:
            life = self.life
            if life is not None and life.up:
                with suppress(AmendsError, Crash, TimeoutError):
                    await asyncio.wait_for(life.engine.ingest(items), 30.0)
                    return
            await asyncio.sleep(3.0)

    def _weather(self) -> list[asyncio.Future[None]]:
        plan = self.plan
        going: list[tuple[Seconds | None, Callable[[], object]]] = [
            (plan.mention_gap, self._mention),
            (plan.storm_gap, self._storm),
            (plan.jump_gap, self._jump),
            (plan.silence_gap, self._silence),
        ]
        chance = [asyncio.ensure_future(self._every(gap, what)) for gap, what in going if gap is not None]
        readers = [asyncio.ensure_future(self._read_phones())] if plan.mention_gap is not None else []
        return [*chance, *readers, *(asyncio.ensure_future(self._play(*line)) for line in plan.script)]

    async def _play(self, at: Seconds, what: str, whom: str) -> None:
        """Play one line of the script: post, drill, ack, resolve, hush (a brand), down and up (a channel), jump."""
        await asyncio.sleep(at)
        now = self.world.clock.wall()
        if what == "post":
            self._hit(whom)
        elif what == "drill":
            await self.tell(whom, StartDrill(by="sam"))
        elif what in {"ack", "resolve"}:
            make = Acknowledge if what == "ack" else Resolve
            for incident in [one for one, truth in self.world.truth.items() if truth.resolved is None]:
                brand = next(page.brand for page in self.world.decided.values() if page.incident.id == incident)
                if brand == whom:
                    await self.tell(brand, make(incident=incident, by="sam"))
        elif what == "hush":
            await self.tell(whom, StartSilence(until=now + HOUR, reason="a planned change", by="sam"))
        elif what == "down":
            self.world.down[whom] = math.inf
        elif what == "up":
            self.world.down.pop(whom, None)
        else:
            self.world.clock.jump(float(whom))

    async def _every(self, gap: Seconds, what: Callable[[], object]) -> None:
        while True:
            await asyncio.sleep(self.rng.expovariate(1 / gap))
            what()

    def _person_does(self, what: object) -> None:
        task = asyncio.ensure_future(what)  # type: ignore[call-overload]  # a coroutine of ours
        self._people.add(task)
        task.add_done_callback(self._people.discard)

    def _mention(self) -> None:
        brand = self.rng.choice(sorted(self.rules.brands))
        if self.rng.random() < 0.15:
            self._person_does(self.tell(brand, StartDrill(by="sam")))
        else:
            self._hit(brand)

    def _hit(self, brand: str) -> None:
        """Have somebody write the watched word."""
        now = self.world.clock.wall()
        self.posts += 1
        item = Item(
            source="forum", id=f"p{self.posts}", published_at=now, seen_at=now, author=f"a{self.posts % 7}", lang="en",
            text=f"{self.rules.brands[brand].name} recall number {self.posts}: this is a disgrace, never again",
        )  # fmt: skip
        self._person_does(self._post([item]))

    def _storm(self) -> None:
        channels = sorted({channel for person in self.rules.people.values() for channel in person.channels})
        channel, lasts = self.rng.choice(channels), self.rng.expovariate(1 / (20 * MINUTE))
        self.world.down[channel] = self.loop.now + lasts

    def _jump(self) -> None:
        kind = self.rng.choice(["clock-forward", "clock-back", "suspend"])
        before = self.world.clock.wall()
        self.faults.hits[kind] += 1
        self.world.clock.jump(
            {"clock-forward": HOUR, "clock-back": -HOUR, "suspend": self.rng.uniform(60.0, 3 * HOUR)}[kind]
        )
        after = self.world.clock.wall()
        self.world.disturb(min(before, after) - 1.0, max(before, after) + MINUTE)

    def _silence(self) -> None:
        brand, now = self.rng.choice(sorted(self.rules.brands)), self.world.clock.wall()
        self._person_does(self._hush(brand, now + self.rng.uniform(10 * MINUTE, 6 * HOUR)))

    async def _hush(self, brand: str, until: Seconds) -> None:
        said = await self.tell(brand, StartSilence(until=until, reason="a planned change", by="sam"))
        if said and self.rng.random() < 0.3:
            await asyncio.sleep(self.rng.uniform(MINUTE, HOUR))
            life = self.life
            if life is not None and life.up:
                with suppress(Crash, AmendsError):
                    found = await life.store.silences(brand, at=self.world.clock.wall())
                    for silence in found[:1]:
                        await self.tell(brand, EndSilence(silence=silence.id, by="sam"))

    async def _read_phones(self) -> None:
        """Everybody looks at a phone that rings, sooner or later, and may do something about it."""
        seen = 0
        while True:
            await asyncio.sleep(5.0)
            for got in self.world.receipts[seen:]:
                if got.kind == "page" and self.rng.random() < 0.45:
                    self._person_does(self._answer(got.incident, got.person))
            seen = len(self.world.receipts)

    async def _answer(self, incident: str, person: str) -> None:
        await asyncio.sleep(self.rng.expovariate(1 / (6 * MINUTE)))
        brand = next((page.brand for page in self.world.decided.values() if page.incident.id == incident), None)
        if brand is None:
            return
        roll = self.rng.random()
        if roll < 0.1:
            await self.tell(brand, Snooze(incident=incident, by=person, until=self.world.clock.wall() + HOUR))
            return
        await self.tell(brand, Acknowledge(incident=incident, by=person))
        if roll < 0.2:
            await asyncio.sleep(self.rng.uniform(10.0, HOUR))
            await self.tell(brand, Unacknowledge(incident=incident, by=person))
        elif roll < 0.7:
            await asyncio.sleep(self.rng.uniform(MINUTE, 3 * HOUR))
            await self.tell(brand, Resolve(incident=incident, by=person))
