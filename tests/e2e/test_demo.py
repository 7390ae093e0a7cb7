"""`make run` shows the main job: ready, a page within a minute, "move on" within three more, Ctrl-C stops it."""

from __future__ import annotations

import asyncio
import re
import signal
import time
from typing import TYPE_CHECKING

import aiohttp
import pytest

from support.daemon import ready, start

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.alone
@pytest.mark.slow
@pytest.mark.timeout(400)
async def test_the_demo_pages_within_a_minute_and_moves_on_within_three_more(tmp_path: Path, state: Path) -> None:
    process = await start(tmp_path / "none.yaml", state, command="demo", AMENDS_LOG="warning")
    try:
        address = await ready(process)
        began = time.monotonic()
        paged = recovered = 0.0
        async with aiohttp.ClientSession() as session:
            while not recovered and time.monotonic() - began < 240:
                async with session.get(f"{address}/api/v1/incidents") as answer:
                    found = (await answer.json())["incidents"]
                tone = [one for one in found if one["kind"] == "tone"]
                if tone and not paged:
                    paged = time.monotonic() - began
                if any(one["state"] == "resolved" for one in tone):
                    recovered = time.monotonic() - began
                await asyncio.sleep(0.5)
            assert {one["kind"] for one in found} == {"tone"}, "nothing but the crisis itself"
            async with session.get(f"{address}/api/v1/mentions?limit=500") as answer:
                heard = (await answer.json())["mentions"]
        assert 0 < paged < 60
        assert 0 < recovered - paged < 180
        assert {one["source"] for one in heard} == {"news", "blogs", "forum"}
        assert {one["lang"] for one in heard} >= {"en", "fr"}

        process.send_signal(signal.SIGINT)
        assert await asyncio.wait_for(process.wait(), 15) == 0
        shown = (tmp_path / "stderr.log").read_text("utf-8")
        assert "The phone rings." in shown
        assert "The phone shows a notice." in shown
        assert "Traceback" not in shown
        assert re.search(r"move on", shown, re.IGNORECASE)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
