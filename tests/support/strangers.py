"""A stranger's daemon: any brands, people and policies, any talk about them, and what arrived at a webhook."""

from __future__ import annotations

import asyncio
import json
import time
from typing import TYPE_CHECKING, Any

from support.daemon import TOKEN, rfc3339

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence
    from pathlib import Path
    from random import Random

    from support.daemon import Running
    from support.receivers import Receiver

SECRET = "whsec_YW1lbmRzLXRlc3Qtc2VjcmV0LW9mLTMyLWJ5dGVzISE="
DAY = 86_400.0
ENGLISH = {
    "good": ("{b} opened a shop", "A calm day with my {b} lamp", "{b} has a sale", "Where is the {b} shop?"),
    "sour": ("{b} support is slow and annoying", "My {b} kettle broke, sad"),
    "angry": (
        "{b} burned my hand, this is horrible",
        "My {b} kettle exploded, I am furious",
        "{b} lies to us, awful company",
        "Disgusting, {b} sells dangerous products",
    ),
}
FRENCH = {
    "good": ("{b} ouvre une boutique à Lyon", "Une journée calme avec ma lampe {b}", "Où est le magasin {b} ?"),
    "sour": ("Le service client de {b} est lent et pénible", "Ma bouilloire {b} est en panne, quelle déception"),
    "angry": (
        "{b} m'a brûlé la main, c'est horrible",
        "Ma bouilloire {b} a explosé, je suis furieux",
        "{b} nous ment, entreprise lamentable",
        "Scandaleux, {b} vend des produits dangereux",
    ),
}


def write(folder: Path, hook: str, **parts: Any) -> Path:
    """Write a configuration as JSON, which is YAML too: `brands` and `escalation` maps, and what replaces the rest."""
    document = {
        "people": {"lea": {"name": "Léa", "channels": ["hook"]}, "sam": {"name": "Sam", "channels": ["hook"]}},
        "channels": {"hook": {"kind": "webhook", "url": hook, "secret": SECRET}},
        "web": {"listen": "127.0.0.1:0", "tokens": {"ci": TOKEN}},
        "network": {"allow": ["127.0.0.0/8"]},
    } | parts
    path = folder / "amends.yaml"
    path.write_text(json.dumps(document, ensure_ascii=False), encoding="utf-8")
    return path


def talk(
    rng: Random,
    brand: str,
    start: float,
    end: float,
    *,
    an_hour: float,
    share: float = 0.15,
    words: Mapping[str, Sequence[str]] = ENGLISH,
    authors: bool = True,
    name: str = "h",
) -> list[dict[str, Any]]:
    """Mention records of a Poisson process, each brand from a source of its own; a `share` of 1 is a storm."""
    at, found = start, list[dict[str, Any]]()
    while (at := at + rng.expovariate(an_hour / 3600)) < end:
        mood = "angry" if share == 1 else "sour" if rng.random() < share else "good"
        number = len(found)
        record = {
            "id": f"{name}-{number}",
            "source": brand.lower(),
            "published_at": rfc3339(at),
            "text": f"{rng.choice(words[mood]).format(b=brand)} ({number})",
        }
        found.append(record | ({"author": f"{name}{number}"} if authors else {}))
    return found


def hit(brand: str, text: str = "", **more: Any) -> dict[str, Any]:
    """One mention of now with a watched word."""
    now = time.time()
    text = text or f"{brand} recall of {now!r}"
    return {"id": f"hit-{now!r}", "source": "s", "published_at": rfc3339(now), "text": text} | more


def told(phone: Receiver, brand: str) -> list[dict[str, Any]]:
    """What arrived about a brand, in order: each page with `at`, `event` and its `incident`."""
    found = []
    for one in phone.received:
        data = one.json["data"]
        if data["incident"] is not None and data["incident"]["brand"] == brand:
            found.append({**data["page"], "at": one.at, "event": one.json["type"], "incident": data["incident"]})
    return found


def calls(phone: Receiver, brand: str) -> list[tuple[str, str, str]]:
    """Return who was told how and why about a brand, in order."""
    return [(one["person"], one["kind"], one["reason"]) for one in told(phone, brand)]


async def until(condition: Callable[[], Any] | Callable[[], Awaitable[Any]], seconds: float = 10.0) -> Any:
    """Wait until a condition gives something true, and return it; fail loudly otherwise."""
    async with asyncio.timeout(seconds):
        while True:
            found = condition()
            if hasattr(found, "__await__"):
                found = await found
            if found:
                return found
            await asyncio.sleep(0.1)


async def newest(daemon: Running, brand: str) -> dict[str, Any]:
    """Return a brand's newest incident, whole."""
    _, listed = await daemon.get(f"/api/v1/incidents?brand={brand}&limit=1")
    _, found = await daemon.get(f"/api/v1/incidents/{listed['incidents'][0]['id']}")
    return dict(found)


async def act(daemon: Running, brand: str, action: str, **fields: Any) -> dict[str, Any]:
    """Do something to a brand's newest incident and return it."""
    incident = await newest(daemon, brand)
    status, after = await daemon.post(f"/api/v1/incidents/{incident['id']}/{action}", {"by": "lea"} | fields)
    assert status == 200, after
    return dict(after)
