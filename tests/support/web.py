"""A small brand town for tests of the web: the real store, engine and rules, a clock that is set, sources that obey."""

from __future__ import annotations

import shutil
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from functools import cache
from typing import TYPE_CHECKING, Any

import aiohttp
from aiohttp import web

from amends import detection, escalation, matching, responses, sentiment
from amends.model import HOUR, Item, Tick, UnknownError
from amends.observe import Metrics
from amends.pipeline import BrandRules, Rules
from amends.service.engine import Engine
from amends.storage import Store
from amends.web import Site, create_app

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

NOW = 1_767_625_200.0  # 2026-01-05T15:00:00Z, a Monday
TOKEN = "web-test-token-0123456789"
KEY = b"k" * 32
AUTH = {"Authorization": f"Bearer {TOKEN}"}
PAGE = {"Accept": "text/html"}
GRUMBLES = (
    "Acme lost my luggage again, this is horrible and the worst service I have seen",
    "I hate Acme: three hours on hold, terrible, nobody helps, awful people",
    "Acme app crashed and charged me twice. Disgusting scam, I am furious",
    "My Acme order came broken and dirty, a pathetic and useless company",
    "Never again Acme. Stranded all night, rude staff, a total disaster",
)
SMALL_TALK = (
    "Flying with Acme to Lisbon tomorrow",
    "Acme opened a new shop in our street",
    "Thanks Acme, lovely crew today",
    "Anyone else using the Acme card? Works well",
    "Acme is late again, bad",
)


class SetClock:
    """A clock that stands where it is put."""

    def __init__(self, now: float = NOW) -> None:
        self.now = now

    def wall(self) -> float:
        return self.now

    def mono(self) -> float:
        return self.now

    async def sleep_until(self, wall: float) -> None:
        self.now = max(self.now, wall)


@dataclass(frozen=True)
class Source:
    """A source's state, as the schedule tells it."""

    id: str
    kind: str = "feed"
    paused: bool = False
    up: bool = True
    last_success: float | None = NOW - 60
    lag: float | None = 90.0
    last_error: str | None = None
    gaps: tuple[tuple[float, float, str], ...] = ()
    next_poll: float | None = NOW + 240
    held_until: float | None = None
    url: str = "https://news.example/feed.xml"
    brands: tuple[str, ...] = ("acme", "bolt")
    outcome: str | None = "ok"
    gone: bool = False


@dataclass
class Desk:
    """Sources that can be asked, paused and resumed; it notes what it was told."""

    sources: dict[str, Source]
    told: list[str] = field(default_factory=list)

    def status(self) -> list[Source]:
        return list(self.sources.values())

    async def poll(self, source: str) -> None:
        self._known(source)
        self.told.append(f"poll {source}")

    async def pause(self, source: str) -> None:
        self._known(source)
        self.sources[source] = replace(self.sources[source], paused=True)

    async def resume(self, source: str) -> None:
        self._known(source)
        self.sources[source] = replace(self.sources[source], paused=False)

    def _known(self, source: str) -> None:
        if source not in self.sources:
            raise UnknownError(f"no source {source!r}")


@cache
def make_rules() -> Rules:
    """Two brands, two people, one policy."""
    policy = escalation.Policy(steps=(escalation.Step(("lea",)), escalation.Step(("sam",), after=600.0)), repeat=1)
    brands = {
        id_: BrandRules(
            id=id_,
            name=name,
            terms=matching.Terms(name=name, handles=(id_,)),
            watch=matching.Watch(terms=("recall", "lawsuit"), severity=2),
            detection=detection.Settings(timezone="Europe/Paris"),
            policy=policy,
            languages=("en", "fr"),
            timezone="Europe/Paris",
        )
        for id_, name in (("acme", "Acme"), ("bolt", "Bolt & Söhne"))
    }
    people = {
        "lea": escalation.Person(id="lea", name="Léa", channels=("phone", "hook")),
        "sam": escalation.Person(id="sam", name="Sam", channels=("hook",)),
    }
    library = responses.Library([responses.parse(name, text) for name, text in sorted(responses.builtin().items())])
    return Rules(
        brands=brands,
        people=people,
        matcher=matching.Matcher(
            {id_: brand.terms for id_, brand in brands.items()}, {id_: brand.watch for id_, brand in brands.items()}
        ),
        router=sentiment.Router(),
        library=library,
        external_url="http://127.0.0.1:8484",
    )


@dataclass
class Town:
    """A running application and what it stands on."""

    site: Site
    store: Store
    engine: Engine
    clock: SetClock
    desk: Desk
    url: str
    session: aiohttp.ClientSession
    missing: list[str]

    async def get(self, path: str, **more: Any) -> aiohttp.ClientResponse:
        return await self.session.get(self.url + path, allow_redirects=False, **more)

    async def post(self, path: str, *, token: bool = True, **more: Any) -> aiohttp.ClientResponse:
        headers = {**(AUTH if token else {}), **more.pop("headers", {})}
        return await self.session.post(self.url + path, headers=headers, allow_redirects=False, **more)

    async def form(self, path: str, **fields: str) -> aiohttp.ClientResponse:
        """Send a form as a browser does from one of our pages."""
        headers = {"Origin": self.url, "Sec-Fetch-Site": "same-origin", **PAGE}
        return await self.session.post(self.url + path, data=fields, headers=headers, allow_redirects=False)

    async def json(self, path: str, **more: Any) -> Any:
        response = await self.get(path, **more)
        assert response.status == 200, await response.text()
        return await response.json()


@asynccontextmanager
async def running(folder: Path, database: Path | None = None, now: float = NOW, **site: Any) -> AsyncIterator[Town]:
    """Run the application on loopback over a database of its own, a copy of `database` if one is given."""
    if database is not None:
        shutil.copy(database, folder / "amends.db")
    store = await Store.open("sqlite:///amends.db", folder=folder, durable=False)
    clock, desk = SetClock(now), Desk({"news": Source("news"), "forum": Source("forum", "json")})
    missing: list[str] = []
    metrics = Metrics("0.0-test")
    engine = Engine(store, make_rules(), clock, metrics)
    whole = Site(
        **{
            "store": store,
            "engine": engine,
            "clock": clock,
            "keys": (KEY,),
            "tokens": {"ci": TOKEN},
            "sources": desk,
            "ready": lambda: missing,
            "metrics": metrics.render,
            "version": "0.0-test",
            "listen": "127.0.0.1:0",
            "timezone": "Europe/Paris",
            **site,
        }
    )
    runner = web.AppRunner(create_app(whole), shutdown_timeout=1)
    await runner.setup()
    server = web.TCPSite(runner, "127.0.0.1", 0)
    await server.start()
    port = runner.addresses[0][1]
    jar = aiohttp.CookieJar(unsafe=True)
    try:
        async with aiohttp.ClientSession(cookie_jar=jar) as session:
            yield Town(whole, store, engine, clock, desk, f"http://127.0.0.1:{port}", session, missing)
    finally:
        await runner.cleanup()
        await store.close()


def small_talk(hour: int, at: float, count: int = 5) -> list[Item]:
    """What people say in an ordinary hour."""
    return [
        Item(
            source="news",
            id=f"h{hour}-{k}",
            text=f"{SMALL_TALK[(hour + k) % len(SMALL_TALK)]} ({hour}.{k})",
            author=f"@quiet{hour}{k}",
            url=f"https://news.example/{hour}/{k}",
            published_at=at - 3_000 + 600 * k,
            seen_at=at,
        )
        for k in range(count)
    ]


def storm(at: float, count: int = 60) -> list[Item]:
    """A crowd of angry people in the last half hour."""
    return [
        Item(
            source="forum" if k % 3 else "news",
            id=f"storm-{k}",
            text=f"{GRUMBLES[k % len(GRUMBLES)]} {'!' * (k % 4)} case {k * 7919}",
            author=f"@angry{k}",
            url=f"https://forum.example/t/{k}",
            published_at=at - 1_800 + 30 * k,
            seen_at=at,
            reach=100 * k,
        )
        for k in range(count)
    ]


async def fill(folder: Path, days: int = 4) -> Path:
    """Write a database with quiet days and a storm at `NOW`, or an empty one; returns its file."""
    store = await Store.open("sqlite:///town.db", folder=folder, durable=False)
    clock = SetClock(NOW - days * 24 * HOUR)
    engine = Engine(store, make_rules(), clock, Metrics("0.0-test"))
    try:
        for hour in range(days * 24):
            clock.now += HOUR
            late = clock.now >= NOW
            await engine.ingest(small_talk(hour, clock.now))
            if late:
                await engine.ingest(storm(clock.now))
            await engine.apply("acme", Tick())
    finally:
        await store.close()
    return folder / "town.db"


HOSTILE = (
    "<script>alert(1)</script><img src=x onerror=alert(1)>",
    "'\"><svg onload=alert(1)><b>bold</b>",
    "{{7*7}} {% raw %} ${7*7} <%= 7*7 %>",
    "\u202egnirts desrever\u202c \u2066isolated\u2069 zero\u200bwidth \u0627\u0644\u0639\u0631\u0628\u064a\u0629",
    "W" * 3_000,
    "a\u0300" * 400 + " zalgo " + "\u0489" * 50,
    "</textarea></script><!-- --><iframe src=javascript:alert(1)>",
    "line\nbreak\r\n\u2028separator\x1b[31mred\x07",
    "https://evil.example/login?next=https://acme.example/ click here now",
)
