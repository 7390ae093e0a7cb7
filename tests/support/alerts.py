"""The real Alertmanager on loopback, which tells a receiver of ours."""

from __future__ import annotations

import asyncio
import socket
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import aiohttp

from support.real import program

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

CONFIG = """
route: {{receiver: ours, group_by: [incident], group_wait: 100ms, group_interval: 1s, repeat_interval: 1h}}
receivers: [{{name: ours, webhook_configs: [{{url: "{url}", send_resolved: true}}]}}]
"""


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@asynccontextmanager
async def alertmanager(folder: Path, receiver: str) -> AsyncIterator[str]:
    """Run it until the block is left; its address."""
    binary, port = program("prometheus-alertmanager"), free_port()
    (folder / "alertmanager.yml").write_text(CONFIG.format(url=receiver), encoding="utf-8")
    process = await asyncio.create_subprocess_exec(
        binary,
        f"--config.file={folder / 'alertmanager.yml'}",
        f"--storage.path={folder / 'data'}",
        f"--web.listen-address=127.0.0.1:{port}",
        "--cluster.listen-address=",
        stdout=asyncio.subprocess.DEVNULL,
        stderr=asyncio.subprocess.DEVNULL,
    )
    url = f"http://127.0.0.1:{port}"
    try:
        await _ready(url)
        yield url
    finally:
        process.terminate()
        await process.wait()


async def _ready(url: str) -> None:
    async with asyncio.timeout(60), aiohttp.ClientSession() as session:
        while True:
            try:
                async with session.get(f"{url}/-/ready") as answer:
                    if answer.status == 200:
                        return
            except aiohttp.ClientError:
                pass
            await asyncio.sleep(0.1)


async def alerts(url: str) -> list[dict[str, Any]]:
    """Return what stands there now."""
    async with aiohttp.ClientSession() as session, session.get(f"{url}/api/v2/alerts") as answer:
        found: list[dict[str, Any]] = await answer.json()
        return found


async def until(url: str, *severities: str, seconds: float = 30) -> list[dict[str, Any]]:
    """Wait for these severities alone to stand there: an end that falls into this millisecond is still to come."""
    async with asyncio.timeout(seconds):
        while True:
            found = await alerts(url)
            if sorted(one["labels"]["severity"] for one in found) == sorted(severities):
                return found
            await asyncio.sleep(0.05)
