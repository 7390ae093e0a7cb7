"""Keeps far ends that have a state of their own (alerts, cards, buttons) as the incident is, whoever was told of it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import structlog

from amends.model import DAY, Acknowledge, Seconds, StaleError, UnknownError
from amends.paging.message import one_line
from amends.paging.ports import Follower, Pressed, Refused, Result, Retry, Told
from amends.paging.replies import asked_anew

if TYPE_CHECKING:
    from collections.abc import Iterable

    from amends.model import Clock
    from amends.paging.ports import Channel, FollowedStore, Wish
    from amends.pipeline import Engine

_LOG: Final = structlog.get_logger("amends.paging")
LOOK: Final[Seconds] = 15.0  # what changes without a commit of ours (a clock, a press far away) is seen this soon
KEEP: Final[Seconds] = DAY  # how long after its end an incident is still followed, should a far end be down
FIRST_RETRY: Final[Seconds] = 2.0
LONGEST_RETRY: Final[Seconds] = 60.0


@dataclass(slots=True)
class _Done:
    """What the far end was last brought to, and when (on the monotonic clock) it is to be asked again."""

    state: str
    due: Seconds | None
    failures: int = 0


class Following:
    """Runs beside the worker. What was done is not stored: after a start all is said once more, and changes nothing."""

    def __init__(self, store: FollowedStore, engine: Engine, clock: Clock) -> None:
        self._store, self._engine, self._clock = store, engine, clock
        self._stirs: dict[str, asyncio.Event] = {}

    def stir(self) -> None:
        """Look now: something was committed."""
        for event in self._stirs.values():
            event.set()

    async def run(self, channels: Iterable[Channel]) -> None:
        """Follow for ever; return at once if no channel has a state of its own. One that hangs delays no other."""
        followers = [channel for channel in channels if isinstance(channel, Follower)]
        async with asyncio.TaskGroup() as tasks:
            for channel in followers:
                tasks.create_task(self._minded(channel))

    async def _minded(self, channel: Follower) -> None:
        stir = self._stirs[channel.id] = asyncio.Event()
        done: dict[str, _Done] = {}
        while True:
            stir.clear()
            try:
                due = await self.look(channel, done)
            except Exception as error:  # noqa: BLE001 - the store may fail in any way; the next look sees the same
                _LOG.error("not followed", channel=channel.id, error=type(error).__name__)
                due = None
            wait = LOOK if due is None else min(LOOK, max(due - self._clock.mono(), 1.0))
            await self._sleep(stir, self._clock.wall() + wait)

    async def look(self, channel: Follower, done: dict[str, _Done]) -> Seconds | None:
        """Bring the far end to where it should be; return when something is to be said again."""
        since = self._clock.wall() - KEEP
        told = [
            Told(page=page, incident=incident, taker=self._name(incident.acknowledged_by))
            for page, incident in await self._store.told(channel.id, since)
        ]
        wishes = {wish.what: wish for wish in channel.wishes(told)}
        for what in done.keys() - wishes.keys():
            del done[what]
        for what, wish in wishes.items():
            last = done.get(what)
            due = last is not None and last.due is not None and last.due <= self._clock.mono()
            if due or last is None or (last.state != wish.state and not last.failures):
                done[what] = await self._bring(channel, wish, last)
        return min((one.due for one in done.values() if one.due is not None), default=None)

    def _name(self, person: str | None) -> str | None:
        known = self._engine.rules.people.get(person or "")
        return person if known is None else known.name

    async def _bring(self, channel: Follower, wish: Wish, last: _Done | None) -> _Done:
        try:
            async with asyncio.timeout(channel.traits.attempt):
                result: Result | Pressed = await channel.follow(wish, self._clock.wall())
        except TimeoutError:
            result = Retry(None, f"{channel.id} gave no answer within {channel.traits.attempt:g} s")
        except Exception as error:  # noqa: BLE001 - a defect of one channel is its own
            result = Refused(f"{channel.id} broke: {type(error).__name__}")
        now = self._clock.mono()
        if isinstance(result, Retry):
            failures = 1 + (last.failures if last is not None else 0)
            wait = min(LONGEST_RETRY, FIRST_RETRY * 2.0 ** min(failures - 1, 16))
            _LOG.info("not followed yet", channel=channel.id, incident=wish.told.incident.id, why=one_line(result.why))
            return _Done(last.state if last else "", now + max(wait, result.after or 0.0), failures)
        if isinstance(result, Refused):
            _LOG.warning("not followed", channel=channel.id, incident=wish.told.incident.id, why=one_line(result.why))
        elif isinstance(result, Pressed):
            await self._acknowledge(wish, result)
        return _Done(wish.state, None if wish.again is None else now + wish.again)

    async def _acknowledge(self, wish: Wish, pressed: Pressed) -> None:
        incident, by = wish.told.incident, pressed.by
        if by not in self._engine.rules.people:
            _LOG.warning("press passed over", why="it names a person that is not here")
            return
        if pressed.at is not None and await asked_anew(self._store, incident.id, pressed.at):
            return  # it answered what was asked before
        try:
            await self._engine.apply(incident.brand, Acknowledge(incident=incident.id, by=by))
        except (UnknownError, StaleError) as error:
            _LOG.warning("press passed over", why=str(error))

    async def _sleep(self, stir: asyncio.Event, until: Seconds) -> None:
        stirred = asyncio.ensure_future(stir.wait())
        timer = asyncio.ensure_future(self._clock.sleep_until(until))
        try:
            await asyncio.wait((stirred, timer), return_when=asyncio.FIRST_COMPLETED)
        finally:
            for waiting in (stirred, timer):
                waiting.cancel()
            await asyncio.gather(stirred, timer, return_exceptions=True)
