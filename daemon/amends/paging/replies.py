"""Hears what people answer on channels that listen, and acknowledges what their signed tokens name."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

import structlog

from amends.escalation import LinkAltered, LinkExpired
from amends.model import Acknowledge, StaleError, UnknownError
from amends.paging.ports import Listener

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from amends.model import Clock, Seconds
    from amends.paging.links import Links
    from amends.paging.ports import Channel, Heard, Incidents
    from amends.pipeline import Engine

_LOG: Final = structlog.get_logger("amends.paging")
ASKS_ANEW: Final = frozenset({"raised", "unacknowledged", "reopened"})


async def hear(
    channels: Iterable[Channel], engine: Engine, incidents: Incidents, links: Callable[[], Links], clock: Clock
) -> None:
    """Listen on every channel that can, for ever; return at once if none does. Cancel it to stop.

    `links` is asked at each token, so that a new key counts at once. A token says who acknowledges which incident; all
    else that is said is passed over, for anybody may write to a topic. What was said before we listened counts unless
    the incident has asked anew since: a press that was heard once must not undo a later unacknowledge after a restart.
    """

    async def heard(token: str, age: Seconds) -> None:
        try:
            signed = links().read(token, clock.wall())
        except (LinkAltered, LinkExpired) as error:
            _LOG.warning("reply passed over", why=type(error).__name__)
            return
        incident = await incidents.incident(signed.incident)
        if incident is None or signed.person not in engine.rules.people:
            _LOG.warning("reply passed over", why="it names an incident or a person that is not here")
            return
        if age > 0 and await asked_anew(incidents, incident.id, clock.wall() - age):
            _LOG.info("reply passed over", why="the incident has asked anew since")
            return
        try:
            await engine.apply(incident.brand, Acknowledge(incident=signed.incident, by=signed.person))
        except (UnknownError, StaleError) as error:
            _LOG.warning("reply passed over", why=str(error))

    async with asyncio.TaskGroup() as tasks:
        for channel in channels:
            if isinstance(channel, Listener) and channel.listens:
                tasks.create_task(_minded(channel, heard))


async def asked_anew(incidents: Incidents, incident: str, since: Seconds) -> bool:
    """Return whether an incident has asked for an acknowledgement once more, after a time at which one was given."""
    return any(event.event in ASKS_ANEW and event.at > since for event in await incidents.events(incident))


async def _minded(channel: Listener, heard: Heard) -> None:
    """Keep one listener going whatever befalls it: the store may be busy at the moment a reply comes."""
    while True:
        try:
            await channel.listen(heard)
        except Exception as error:  # noqa: BLE001 - the next connection hears again what was not taken
            _LOG.error("reply not taken", error=type(error).__name__)
        await asyncio.sleep(1.0)
