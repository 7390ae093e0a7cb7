"""A brand's own fit through the doors: its share of negatives, corrections and their taking back."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING, Any

import pytest

from amends.accurate import installed
from support.daemon import rfc3339, running
from support.receivers import receiver
from support.strangers import until, write

if TYPE_CHECKING:
    from pathlib import Path

    from support.daemon import Running

pytestmark = pytest.mark.slow

GOOD = "Acme makes a lovely kettle, thank you, number {}"
BAD = "Acme sold me a horrible kettle, I hate it, number {}"


def told(number: int, text: str) -> dict[str, Any]:
    at = rfc3339(time.time() - 3 * 86_400 + number)  # history: it teaches, and pages nobody
    return {"id": f"k{number}", "source": "forum", "published_at": at, "text": text.format(number), "lang": "en"}


async def fit(daemon: Running) -> dict[str, Any]:
    status, body = await daemon.get("/api/v1/fit?brand=acme")
    assert status == 200, body
    return dict(body["brands"][0])


async def correct(daemon: Running, numbers: range, tone: str | None) -> None:
    for number in numbers:
        status, body = await daemon.post(f"/api/v1/mentions/k{number}/tone", {"by": "lea", "tone": tone})
        assert status == 200, body


async def test_a_brands_share_and_peoples_word_are_seen_and_taken_back(tmp_path: Path, state: Path) -> None:
    async with receiver() as phone:
        watch = {"name": "Acme", "lexicon": {"kettle": -0.1}}
        path = write(tmp_path, phone.url, brands={"acme": watch})
        async with running(path, state) as daemon:
            assert (await fit(daemon))["negative_share"] == {"raw": None, "estimated": None}
            await daemon.mentions(told(k, GOOD if k % 5 else BAD) for k in range(600))

            async def estimated() -> dict[str, Any] | None:
                found = await fit(daemon)
                return found if found["negative_share"]["estimated"] is not None else None

            found = await until(estimated, 30)
            assert abs(found["negative_share"]["estimated"] - 0.2) < 0.05
            assert (found["people_log_odds"], found["corrections"]) == (0.0, 0)
            _, page = await daemon.get("/mentions?brand=acme")
            assert "of this brand" in page
            _, listed = await daemon.get("/api/v1/mentions?brand=acme&tone=negative&limit=1")
            raw, own = (listed["mentions"][0][name] for name in ("p_negative", "p_negative_fitted"))
            assert raw / 2.5 < own < raw, "its odds fall, since complaints are rarer here than in the model's mix"

            await correct(daemon, range(0, 60, 5), "neutral")  # twelve complaints were none, says Lea
            lean = await until(lambda: _leans(daemon))
            assert lean["corrections"] >= 10, "from ten on"
            assert -0.5 <= lean["people_log_odds"] < 0
            await correct(daemon, range(0, 60, 5), None)
            back = await until(lambda: _stands(daemon))
            assert back["corrections"] < 10

            _, metrics = await daemon.get("/metrics")
            assert 'amends_negative_share{brand="acme",kind="estimated"}' in metrics
            assert (await daemon.get("/api/v1/fit?brand=nobody"))[0] == 404


async def _leans(daemon: Running) -> dict[str, Any] | None:
    found = await fit(daemon)
    return found if found["people_log_odds"] else None


async def _stands(daemon: Running) -> dict[str, Any] | None:
    found = await fit(daemon)
    return found if not found["people_log_odds"] else None


@pytest.mark.skipif(
    not installed() and os.environ.get("AMENDS_REQUIRE_REAL") != "1", reason="the extra amends[accurate] is not here"
)
async def test_french_posts_are_read_twice_and_seen_to_be(tmp_path: Path, state: Path) -> None:
    async with receiver() as phone:
        brands = {"acme": {"name": "Acme", "languages": ["fr"]}}
        path = write(tmp_path, phone.url, brands=brands, sentiment={"accurate": "20 texts/s"})
        async with running(path, state) as daemon:
            records = [told(k, "Quelle honte, Acme, encore en retard {}") | {"lang": "fr"} for k in range(4)]

            async def given() -> bool:
                for record in records:  # until the encoder stands, which takes a moment, the small model scores alone
                    record["id"] += "x"
                await daemon.mentions(records)
                _, metrics = await daemon.get("/metrics")
                return 'amends_second_opinions_total{outcome="given"} 0.0' not in metrics

            await until(given, 60)
            _, page = await daemon.get("/")
            assert "Second opinion on tone, last 10 min" in page
            assert (await daemon.get("/healthz"))[0] == 200
