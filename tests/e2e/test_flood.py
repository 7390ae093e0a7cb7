"""A flood for one brand neither loses a mention nor keeps another brand's page from its phone."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

import pytest

from support.daemon import TOKEN, rfc3339, running
from support.receivers import receiver

if TYPE_CHECKING:
    from pathlib import Path

FLOOD = 100_000
AT_ONCE = 4  # posts under way
WITHIN = 15.0  # seconds to a page that has nothing to do with the flood; judged within 5 s by the doors, then sent
HITS = (
    "Globex must order a recall of its kettles, mine caught fire",
    "Why no recall of the infusion pumps by globex yet? My father depends on one",
    "The recall letter of Globex names the wrong model years for half of the cars in our street",
)
CONFIGURATION = """\
brands:
  acme: {{name: Acme}}
  globex: {{name: Globex, watch: {{terms: [recall]}}}}
people:
  lea: {{name: Léa, channels: [hook]}}
channels:
  hook: {{kind: webhook, url: "{hook}", secret: "whsec_YW1lbmRzLXRlc3Qtc2VjcmV0LW9mLTMyLWJ5dGVzISE="}}
web: {{listen: "127.0.0.1:0", tokens: {{ci: "{token}"}}}}
"""


@pytest.mark.alone
@pytest.mark.slow
@pytest.mark.timeout(600)
async def test_a_hundred_thousand_mentions_of_one_brand_delay_no_page_of_another(tmp_path: Path, state: Path) -> None:
    async with receiver() as phone:
        path = tmp_path / "amends.yaml"
        path.write_text(CONFIGURATION.format(hook=phone.url, token=TOKEN), encoding="utf-8")
        async with running(
            path, state, AMENDS_LOG="error", COVERAGE_PROCESS_CONFIG="", COVERAGE_PROCESS_START=""
        ) as daemon:
            accepted = 0
            numbers = iter(range(FLOOD // 1000))

            async def pour() -> None:
                nonlocal accepted
                for number in numbers:
                    now = rfc3339(time.time())
                    answer = await daemon.mentions(
                        {
                            "id": f"{number}-{n}", "source": "flood", "published_at": now, "author": f"a{n}",
                            "text": f"Acme again, number {n} of {number}: what do they think",
                        }
                        for n in range(1000)
                    )  # fmt: skip
                    accepted += answer["accepted"]

            flood = [asyncio.create_task(pour()) for _ in range(AT_ONCE)]
            waits = []
            for number, text in enumerate(HITS):  # a new incident each time: the one before is ended
                await asyncio.sleep(4.0)
                assert not all(task.done() for task in flood), "the flood is over before the page was asked for"
                before, began = len(phone.received), time.monotonic()
                hit = {
                    "id": f"hit-{number}", "source": "forum", "published_at": rfc3339(time.time()),
                    "text": text,
                }  # fmt: skip
                await daemon.mentions([hit])
                await phone.until(before + 1, WITHIN)
                waits.append(time.monotonic() - began)
                incident = phone.received[before].json["data"]["incident"]
                assert incident["brand"] == "globex"
                await daemon.post(f"/api/v1/incidents/{incident['id']}/resolve", {"by": "lea"})
            await asyncio.gather(*flood)
            assert max(waits) < WITHIN, waits
            assert accepted == FLOOD
            assert await daemon.metric('amends_mentions_total{brand="acme",source="other"}') == FLOOD
