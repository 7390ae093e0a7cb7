"""What a configuration means on this day: who is missing from rotas, and whom severity 1 would leave alone."""

from __future__ import annotations

import os
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from amends import escalation
from amends.cli.contacts import warning
from amends.config import state_folder
from amends.config.rules import people, policy, rotas
from amends.model import DAY
from amends.observe.clock import RealClock
from amends.service.calendars import Calendars
from amends.sources.http import Client

if TYPE_CHECKING:
    from collections.abc import Iterator

    from amends.config import Configuration, Problem
    from amends.escalation import Rota, Staff
    from amends.model import Seconds

AHEAD = 90 * DAY
_SHOWN = 5  # gaps of one rota


async def staff_of(config: Configuration, *, fetch: bool) -> tuple[Staff, Calendars]:
    """Return people and rotas as the daemon would have them; calendars at an address are read from the kept copy.

    With `fetch` each address is asked, as the daemon asks it; without it only one of which there is no copy.
    """
    folder = state_folder(config.path, os.environ)
    network = config.network
    client = Client(
        clock=RealClock(),
        allow=network.allow,
        contact=network.contact,
        timeout=min(network.timeout, 10.0),
        max_body=network.max_body,
    )
    async with client:
        calendars = Calendars(RealClock(), folder if folder.is_dir() else None, client)
        await calendars.configure(config)
        remote = [id_ for id_, rota in config.rotas.items() if rota.remote]
        if remote and (fetch or any(id_ not in calendars.calendars for id_ in remote)):
            await calendars.refresh()
    return escalation.Staff(people=people(config), rotas=rotas(config, calendars.calendars)), calendars


# --- rotas ---


async def coverage(config: Configuration, now: Seconds, *, online: bool) -> list[Problem]:
    """Return a warning for each gap of a rota within 90 days, and for each policy that would reach one person alone.

    A calendar at an address is judged by the copy that the daemon keeps, and asked with `online` alone.
    """
    if not config.rotas:
        return []
    if online or not any(rota.remote for rota in config.rotas.values()):
        staff, calendars = await staff_of(config, fetch=online)
    else:
        calendars = Calendars(RealClock(), state_folder(config.path, os.environ), None)
        await calendars.configure(config)
        staff = escalation.Staff(people=people(config), rotas=rotas(config, calendars.calendars))
    found: list[Problem] = []
    for id_, rota in staff.rotas.items():
        found += (warning(config, f"rotas.{id_}", text) for text in _rota(config, rota, calendars, now))
    for id_ in config.escalation:
        found += (warning(config, f"escalation.{id_}", text) for text in _alone(config, id_, staff, now))
    return found


def _rota(config: Configuration, rota: Rota, calendars: Calendars, now: Seconds) -> Iterator[str]:
    settings = config.rotas[rota.id]
    kept = calendars.kept(rota.id)
    if settings.calendar and (kept is None or kept.calendar is None):
        why = kept.error if kept and kept.error else "no copy of it is kept here; try it with check --online"
        yield f"rotas.{rota.id}: its calendar is not known: {why}"
        return
    if kept and kept.error:
        yield f"rotas.{rota.id}: its calendar cannot be read, the last good copy holds: {kept.error}"
    for problem in kept.problems if kept else ():
        yield f"rotas.{rota.id}: {problem}"
    zone = ZoneInfo(settings.timezone or config.timezone)
    missing = escalation.gaps(rota, now, now + AHEAD)
    instead = f"{rota.fallback} is called" if rota.fallback else "everyone in the policy is called; add a fallback"
    for gap in missing[:_SHOWN]:
        yield f"rotas.{rota.id}: nobody is on call from {_said(gap.start, zone)} to {_said(gap.end, zone)}: {instead}"
    if len(missing) > _SHOWN:
        yield f"rotas.{rota.id}: {len(missing) - _SHOWN} more gaps within 90 days"


def _said(at: Seconds, zone: ZoneInfo) -> str:
    return f"{datetime.fromtimestamp(at, zone):%Y-%m-%d %H:%M} {zone.key}"


def _alone(config: Configuration, id_: str, staff: Staff, now: Seconds) -> Iterator[str]:
    """Say when a policy, by its rotas, first reaches too few at severity 1, and who is added then."""
    given = policy(config.escalation[id_], config)
    named = {name for step in given.steps for name in step.page}
    if given.alone or not named & set(staff.rotas):
        return
    times = {now} | {
        piece.start
        for name in named & set(staff.rotas)
        for piece in escalation.duties(staff.rotas[name], now, now + AHEAD)
    }
    for at in sorted(times):
        steps = escalation.resolve(given, staff, at, 2).steps
        called = list(dict.fromkeys(one for step in steps for one in step.page))
        if any(note.why == "everyone" for step in steps for note in step.notes):
            continue
        teams = {staff.people[one].team for one in called}
        if len(called) > 1 and (len(teams) > 1 or not teams - {""}):
            continue
        more = escalation.second(called, given, staff, at)
        names = staff.names(called)
        then = f"{staff.name(more)} is called too then" if more else "and there is nobody else; add somebody"
        zone = ZoneInfo(config.timezone)
        yield f"escalation.{id_}: from {_said(at, zone)} severity 1 would reach {names} alone: {then}"
        return
