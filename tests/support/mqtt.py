"""The real Mosquitto on loopback, and somebody who listens there."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from paho.mqtt import client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

from support.alerts import free_port
from support.real import program

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

CONFIG = "listener {port} 127.0.0.1\nallow_anonymous true\npersistence false\nuser root\n"


@dataclass
class Broker:
    """Where it listens, and what has come on every topic: (topic, text)."""

    port: int
    heard: asyncio.Queue[tuple[str, str]]


@asynccontextmanager
async def broker(folder: Path) -> AsyncIterator[Broker]:
    """Run it until the block is left."""
    port, loop = free_port(), asyncio.get_running_loop()
    path = folder / "mosquitto.conf"
    path.write_text(CONFIG.format(port=port), encoding="utf-8")
    quiet = asyncio.subprocess.DEVNULL
    process = await asyncio.create_subprocess_exec(program("mosquitto"), "-c", str(path), stdout=quiet, stderr=quiet)
    one = Broker(port, asyncio.Queue())
    subscribed = asyncio.Event()
    ear = mqtt.Client(CallbackAPIVersion.VERSION2)
    ear.on_connect = lambda client, *_: client.subscribe("#")
    ear.on_subscribe = lambda *_: loop.call_soon_threadsafe(subscribed.set)
    ear.on_message = lambda _client, _user, got: loop.call_soon_threadsafe(
        one.heard.put_nowait, (got.topic, got.payload.decode())
    )
    try:
        await _reached(port)
        ear.connect("127.0.0.1", port)
        ear.loop_start()
        async with asyncio.timeout(20):
            await subscribed.wait()
        yield one
    finally:
        ear.disconnect()
        ear.loop_stop()
        process.terminate()
        await process.wait()


async def _reached(port: int) -> None:
    async with asyncio.timeout(20):
        while True:
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                await asyncio.sleep(0.05)
                continue
            writer.close()
            await writer.wait_closed()
            return
