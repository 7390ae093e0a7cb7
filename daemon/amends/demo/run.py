"""`amends demo`: the town's servers, the ordinary daemon, and a narrator on standard error."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import tempfile
import textwrap
import time
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any

from aiohttp import web

from amends import observe
from amends.config import load
from amends.demo import lines
from amends.demo.clock import FastClock
from amends.demo.servers import phone_app, town_app
from amends.demo.town import Town
from amends.model import DAY, HOUR, MINUTE
from amends.service import Daemon, Setting
from amends.service.run import first_known

if TYPE_CHECKING:
    from collections.abc import Callable

    from amends.model import Clock, Seconds

SPEED = 120.0
SEED = 2014
FORTNIGHT = 14 * DAY
QUIET = 24 * MINUTE  # of the town's time, before the first angry word: the backfill is being learned
AHEAD = 2 * DAY  # how long the town goes on talking
AGO = 8 * HOUR  # the town's day begins that long before now, so that what is shown lies in the past
WIDTH = 76

CONFIGURATION = """\
timezone: UTC
brands:
  velotta: {{name: {brand}, languages: [en, fr], false_pages: 1 per 30d}}
sources:
  news: {{kind: feed, url: "{town}/news.rss", every: 5m}}
  blogs: {{kind: feed, url: "{town}/blogs.atom", every: 5m}}
  forum:
    kind: json
    url: "{town}/forum/search?q={{query}}"
    every: 5m
    items: "hits[]"
    fields: {{id: objectID, url: url, author: author, published_at: created_at, text: body, reach: followers}}
people:
  lea: {{name: Léa, team: social, channels: [phone]}}
  sam: {{name: Sam, team: legal, channels: [phone]}}
channels:
  phone: {{kind: ntfy, server: "{phone}", topic: town, detail: full}}
escalation:
  desk: {{steps: [{{page: [lea]}}, {{page: [sam], after: 15m}}], repeat: 0, operators: [sam]}}
web: {{listen: "127.0.0.1:{port}"}}
network: {{allow: ["127.0.0.0/8"]}}
"""


def run(speed: float = SPEED, port: int = 0) -> int:
    """Show the main job until Ctrl-C; return 0. State is temporary, nothing leaves the machine."""
    observe.configure(form="auto", level=os.environ.get("AMENDS_LOG", "warning"), env=os.environ)
    with tempfile.TemporaryDirectory(prefix="amends-demo-") as folder:
        try:
            asyncio.run(_run(Path(folder), speed, port))
        except ExceptionGroup as group:
            raise first_known(group) from None
    return 0


async def _run(folder: Path, speed: float, port: int) -> None:
    start = time.time() - AGO
    clock = FastClock(start, speed)
    crisis = start + QUIET
    town = Town(Random(SEED), start=start - FORTNIGHT, crisis=crisis, end=start + AHEAD)  # noqa: S311 - a play, no secret
    narrator = Narrator(clock, speed)
    async with AsyncExitStack() as stack:
        town_url = await _serve(stack, town_app(town, clock))
        phone_url = await _serve(stack, phone_app(narrator.ring))
        path = folder / "amends.yaml"
        path.write_text(
            CONFIGURATION.format(brand=lines.BRAND, town=town_url, phone=phone_url, port=port), encoding="utf-8"
        )
        state = folder / "state"
        lock = observe.Lock.acquire(state)
        stack.callback(lock.release)
        setting = Setting(
            folder=state,
            lock=lock,
            clock=clock,
            notifier=observe.Notifier({}),
            announce=narrator.ready,
            again=lambda: load(path, os.environ),
        )
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, setting.stop.set)
        telling = asyncio.create_task(narrator.tell(town, crisis))
        stack.callback(telling.cancel)
        await Daemon(load(path, os.environ), setting).run()


async def _serve(stack: AsyncExitStack, app: web.Application) -> str:
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=1.0)
    await runner.setup()
    stack.push_async_callback(runner.cleanup)
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    return f"http://127.0.0.1:{runner.addresses[0][1]}"


class Narrator:
    """Tells on standard error what happens, with the town's time; standard output keeps to the one ready line."""

    def __init__(self, clock: Clock, speed: float, write: Callable[[str], Any] = sys.stderr.write) -> None:
        self._clock, self._speed, self._write = clock, speed, write

    def say(self, text: str, at: Seconds | None = None) -> None:
        """Write a line under the town's time."""
        when = datetime.fromtimestamp(self._clock.wall() if at is None else at, UTC)
        self._write(f"{when:%a %H:%M}  {text}\n")

    def ready(self, line: str) -> None:
        """Give the one line of standard output, then set the scene."""
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()
        minutes = self._speed / MINUTE
        self.say(f"The town of {lines.BRAND}, a bicycle service: a second here is {minutes:g} minutes there.")
        self.say("Three servers on loopback tell an ordinary fortnight: the daemon learns what is usual.")

    async def tell(self, town: Town, crisis: Seconds) -> None:
        """Say what only the town knows: when its mood turns."""
        await self._clock.sleep_until(crisis)
        angry = [post for post in town.told("forum", crisis + 5 * MINUTE, 50) if post.at >= crisis]
        self.say(f"(The town's mood turns now. First words: “{angry[-1].text if angry else '...'}”)")

    def ring(self, message: dict[str, object]) -> None:
        """Show a message as a phone would."""
        lock_screen = [str(message.get("title", "")), "", *str(message.get("message", "")).splitlines()]
        labels = [f"[ {one['label']} ]" for one in _actions(message)]
        shown = [part for line in lock_screen for part in (textwrap.wrap(line, WIDTH - 4) or [""])]
        if labels:
            shown += ["", "  ".join(labels)]
        urgent = int(str(message.get("priority", 3))) >= 4  # noqa: PLR2004 - ntfy: 4 high, 5 max
        self.say("The phone rings." if urgent else "The phone shows a notice.")
        edge = "─" * (WIDTH - 2)
        self._write(f"  ┌{edge}┐\n")
        for line in shown:
            self._write(f"  │ {line:<{WIDTH - 4}} │\n")
        self._write(f"  └{edge}┘\n")


def _actions(message: dict[str, object]) -> list[dict[str, object]]:
    actions = message.get("actions")
    return [one for one in actions if isinstance(one, dict)] if isinstance(actions, list) else []
