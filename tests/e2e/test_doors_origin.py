"""Through the doors: one angry person, one hand with many names, many people, and an announced event."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime
from random import Random
from typing import TYPE_CHECKING, Any

import pytest

from support.daemon import rfc3339, running
from support.receivers import receiver
from support.strangers import DAY, newest, talk, told, until, write

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.slow

_OPEN = (
    "I am furious",
    "This is horrible",
    "Disgusting",
    "What an awful day",
    "Shame on you",
    "I hate this",
    "So angry",
)
_WHAT = ("kettle", "lamp", "toaster", "fan", "iron", "heater", "blender", "mixer", "grill", "fridge")
_DID = ("exploded in my kitchen", "burned my hand badly", "broke after two terrible days", "ruined our dinner",
        "caught fire while I slept", "hurt my little daughter", "failed again and nobody cares")  # fmt: skip
_END = (
    "never again",
    "worst company ever",
    "I want my money back",
    "your support lies",
    "what a disgrace",
    "avoid them",
)


def post(number: int, at: float, brand: str, **more: Any) -> dict[str, Any]:
    record = {"id": f"{brand}-{number}", "source": brand.lower(), "published_at": rfc3339(at), "author": f"p{number}"}
    return record | more


def wave(brand: str, many: int, span: float = 900.0) -> list[dict[str, Any]]:
    """Many people, each in words of their own."""
    rng, now = Random(11), time.time()
    return [
        post(
            n,
            now - rng.uniform(0, span),
            brand,
            text=f"{rng.choice(_OPEN)}, my {brand} {rng.choice(_WHAT)} {rng.choice(_DID)}: {rng.choice(_END)}",
        )
        for n in range(many)
    ]


def flood(brand: str, many: int, authors: int, **more: Any) -> list[dict[str, Any]]:
    """One text, by a few voices."""
    now = time.time()
    text = "{b} is a disgusting fraud, boycott this horrible company now and tell everybody that they lie {n}"
    return [
        post(n, now - 600 + 9.0 * n, brand, author=f"a{n % authors}", text=text.format(b=brand, n=n), **more)
        for n in range(many)
    ]


async def test_who_stands_behind_a_wave_is_told_and_one_angry_person_is_none(tmp_path: Path, state: Path) -> None:
    names = ("Acme", "Bolt", "Cane", "Dune", "Edge")
    iso = "%Y-%m-%dT%H:%MZ"
    event = {
        "from": datetime.fromtimestamp(time.time() - DAY, UTC).strftime(iso),
        "expect": 100,
        "reason": "prices rise",
    }
    event["until"] = datetime.fromtimestamp(time.time() + DAY, UTC).strftime(iso)
    brands: dict[str, Any] = {name.lower(): {"name": name} for name in names}
    brands["edge"]["planned"] = [event]
    async with receiver() as phone:
        path = write(tmp_path, phone.url, brands=brands)
        async with running(path, state) as daemon:
            now = time.time()
            for seed, name in enumerate(names):
                await daemon.mentions(talk(Random(seed), name, now - 10 * DAY, now - 3700, an_hour=12.0, name="h"))

            async def learned() -> bool:
                _, text = await daemon.get("/metrics")
                return all(f'amends_brand_can_page{{brand="{name.lower()}"}} 1.0' in str(text) for name in names)

            await until(learned, 60)
            young = rfc3339(time.time() - 5 * DAY)
            await daemon.mentions(flood("Acme", 60, 6))
            await daemon.mentions(wave("Bolt", 60))
            fresh = [one | {"author_created_at": young} for one in wave("Cane", 60)]
            await daemon.mentions(fresh)
            await daemon.mentions([one | {"author": "one angry person"} for one in wave("Dune", 40)])
            await daemon.mentions(wave("Edge", 60))

            for name, verdict in (("acme", "coordinated"), ("bolt", "organic"), ("cane", "coordinated")):
                page = (await until(lambda name=name: told(phone, name), 20))[0]  # type: ignore[misc] # a default binds
                incident = await newest(daemon, name)
                assert page["incident"]["authenticity"] == incident["authenticity"] == verdict, incident["why"]
                assert ("verify before you answer" in page["text"]) == (verdict == "coordinated")
                assert any(one.startswith(f"looks {verdict}: near-duplicates") for one in incident["why"])
                _, shown = await daemon.get(f"/incidents/{incident['id']}")
                assert f"Looks {verdict}" in shown

            await asyncio.sleep(2)
            assert told(phone, "dune") == []
            assert told(phone, "edge") == []
            _, shown = await daemon.get("/")
            assert "One voice has criticised 4" in shown
            assert "One person is not a crisis" in shown
            assert "pages only above 100 times the usual" in shown
            assert "(prices rise)" in shown
