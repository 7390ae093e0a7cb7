"""History and crises in shapes that no example shows: any order, any zone, any language, any rhythm."""

from __future__ import annotations

import asyncio
import time
from datetime import datetime, timedelta, timezone
from random import Random
from typing import TYPE_CHECKING, Any

import pytest

from support.daemon import rfc3339, running
from support.receivers import receiver
from support.strangers import DAY, ENGLISH, FRENCH, hit, talk, told, until, write

if TYPE_CHECKING:
    from pathlib import Path

    from support.daemon import Running
    from support.receivers import Receiver

pytestmark = pytest.mark.slow

BRANDS = ("Brillo", "Corvo", "Delphex", "Eskimon", "Fanzol", "Gralt", "Hompex", "Ixolde", "Jurbo")


def configured(folder: Path, hook: str) -> Path:
    brands = {
        name.lower(): {
            "name": name, "languages": ["fr" if name == "Eskimon" else "en"], "watch": {"terms": ["recall"]}
        }
        for name in BRANDS
    }  # fmt: skip
    return write(folder, hook, brands=brands, escalation={"desk": {"steps": [{"page": ["lea"]}], "alone": True}})


def past(brand: str, days: float = 14, **more: Any) -> list[dict[str, Any]]:
    now = time.time()
    return talk(Random(brand), brand, now - days * DAY, now - 60, **{"an_hour": 8} | more)


def storm(brand: str, minutes: float = 10, an_hour: float = 360, **more: Any) -> list[dict[str, Any]]:
    now = time.time()
    return talk(Random(brand), brand, now - 60 * minutes, now, an_hour=an_hour, share=1, name="c", **more)


def abroad(records: list[dict[str, Any]]) -> list[dict[str, Any]]:
    zone = timezone(timedelta(hours=5, minutes=30))
    return [one | {"published_at": datetime.fromisoformat(one["published_at"]).astimezone(zone).isoformat()}
            for one in records]  # fmt: skip


async def calm_then_paged(
    daemon: Running, phone: Receiver, brand: str, history: list[dict[str, Any]], crisis: list[dict[str, Any]]
) -> dict[str, Any]:
    await daemon.mentions(history)
    await asyncio.sleep(0.7)
    assert told(phone, brand.lower()) == []
    posted = time.time()
    await daemon.mentions(crisis)
    page: dict[str, Any] = (await until(lambda: told(phone, brand.lower()), 15))[0]
    assert page["at"] - posted < 5
    assert page["incident"]["kind"] == "tone"
    return page


async def test_a_crisis_of_any_shape_is_paged_within_five_seconds(tmp_path: Path, state: Path) -> None:
    async with receiver() as phone, running(configured(tmp_path, phone.url), state) as daemon:
        mixed, wild = past("Brillo"), storm("Brillo", 15, 200, authors=False)
        Random(1).shuffle(mixed)
        Random(2).shuffle(wild)
        page = await calm_then_paged(daemon, phone, "Brillo", mixed, wild)
        assert page["incident"]["expected"] > 0.5  # all of the past was learned, though a young record came first

        await calm_then_paged(
            daemon, phone, "Corvo", past("Corvo", authors=False), storm("Corvo", 360, 25, authors=False)
        )
        await calm_then_paged(daemon, phone, "Delphex", past("Delphex", 2), storm("Delphex"))
        page = await calm_then_paged(
            daemon, phone, "Eskimon", past("Eskimon", words=FRENCH), storm("Eskimon", words=FRENCH)
        )
        assert page["incident"]["response"]["lang"] == "fr"
        await calm_then_paged(daemon, phone, "Fanzol", abroad(past("Fanzol")), abroad(storm("Fanzol")))
        assert len(told(phone, "brillo")) == 1


async def test_a_crisis_that_comes_one_record_at_a_time_is_paged_while_it_runs(tmp_path: Path, state: Path) -> None:
    async with receiver() as phone, running(configured(tmp_path, phone.url), state) as daemon:
        await daemon.mentions(past("Gralt"))
        rng = Random(3)
        for number in range(60):
            said = rng.choice(ENGLISH["angry"]).format(b="Gralt")
            await daemon.mentions(
                [{"id": f"d{number}", "source": "gralt", "published_at": rfc3339(time.time()),
                  "text": f"{said} ({number})"}]
            )  # fmt: skip
            if told(phone, "gralt"):
                break
            await asyncio.sleep(0.1)
        assert told(phone, "gralt")


async def test_what_is_no_crisis_pages_nobody(tmp_path: Path, state: Path) -> None:
    async with receiver() as phone, running(configured(tmp_path, phone.url), state) as daemon:
        now = time.time()
        await daemon.mentions(past("Hompex"))  # many more mentions in the usual tone
        await asyncio.sleep(0.7)
        await daemon.mentions(talk(Random(7), "Hompex", now - 1800, now, an_hour=48, name="l"))
        old = talk(Random(5), "Ixolde", now - 2 * DAY, now - 2 * DAY + 7200, an_hour=200, share=1, name="old")
        both = sorted(past("Ixolde", 3) + old, key=lambda one: str(one["published_at"]))
        await daemon.mentions(both)  # a storm in the backfill
        await daemon.mentions([one | {"text": f"{one['text']}, recall"} for one in past("Ixolde", 5, name="w")[:9]])
        await daemon.mentions(past("Jurbo", 0.5))  # less than a day of event time
        await daemon.mentions(storm("Jurbo"))
        await asyncio.sleep(2.5)
        assert phone.received == []

        await daemon.mentions([hit("Jurbo")])
        page = (await until(lambda: told(phone, "jurbo"), 5))[0]
        assert page["incident"]["kind"] == "watch"
