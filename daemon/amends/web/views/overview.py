"""`/`: brands at a glance, open incidents first; calm where all is calm."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

from amends.detection import Planned
from amends.model import DAY, MINUTE, Coverage, Incident, Reading, Seconds, Silence, Stage
from amends.pipeline.newcomers import learning
from amends.pipeline.weigh import VOICE_COUNTS
from amends.web.answers import page
from amends.web.keys import SITE
from amends.web.svg import Drawing, sparkline
from amends.web.usual import slots

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from aiohttp import web

    from amends.pipeline import BrandRules, BrandState
    from amends.web.ports import Site

BRANDS = 40  # on one page
LEARNING_DAYS = 14  # after which a brand's week has been seen twice
_SLOT = 30 * MINUTE


@dataclass(frozen=True, slots=True, kw_only=True)
class Glance:
    """One brand as the overview shows it."""

    id: str
    name: str
    word: str  # incident, silenced, deaf, learning, waiting or calm
    reading: Reading | None
    coverage: Coverage
    incidents: tuple[Incident, ...]
    silence: Silence | None
    drawing: Drawing | None
    heard: float  # mentions in the last day
    peak: float  # negatives an hour, the loudest half hour
    days: int
    alone: tuple[str, ...]  # sources that are new, and learn alone
    planned: Planned | None  # what is announced and runs now, or comes next within a week


async def get_overview(request: web.Request) -> web.Response:
    """Show every brand and what is open."""
    site = request.app[SITE]
    now = site.clock.wall()
    listed = [await site.store.incidents(state=stage.value) for stage in (Stage.OPEN, Stage.RECOVERING)]
    brands = site.engine.rules.brands
    open_ = sorted((one for listing in listed for one in listing.items if one.brand in brands), key=_order)
    shown, chosen, pages = _page(request, brands, {one.brand for one in open_})
    found = list(await asyncio.gather(*(glance(site, rules, now) for rules in shown)))
    order = ("incident", "deaf", "silenced", "waiting", "learning", "calm")
    found.sort(key=lambda each: (order.index(each.word), each.name.casefold()))
    return page(
        request,
        "overview.html",
        glances=found,
        incidents=open_,
        learning=LEARNING_DAYS,
        counts=VOICE_COUNTS,
        now=now,
        second=site.second(),
        fits=site.engine.rules.fits,
        chosen=chosen,
        pages=pages,
    )


def _page(
    request: web.Request, brands: Mapping[str, BrandRules], troubled: Collection[str]
) -> tuple[list[BrandRules], int, int]:
    """Return the brands of the page that is asked for, its number and how many there are; troubled brands come first.

    What a brand looks like costs milliseconds to read: nobody looks at a thousand of them at once.
    """
    ordered = sorted(brands.values(), key=lambda one: (one.id not in troubled, one.name.casefold()))
    pages = max(1, -(-len(ordered) // BRANDS))
    asked = request.query.get("page", "1")
    number = min(int(asked), pages) if asked.isascii() and asked.isdigit() and 0 < len(asked) < 7 else 1  # noqa: PLR2004 - no page has so many digits
    number = max(number, 1)
    return ordered[(number - 1) * BRANDS : number * BRANDS], number, pages


def _order(incident: Incident) -> tuple[bool, bool, int, float]:
    return (
        incident.state is not Stage.OPEN,
        incident.acknowledged_at is not None,
        incident.severity,
        -incident.opened_at,
    )


async def glance(site: Site, rules: BrandRules, now: Seconds) -> Glance:
    """Return one brand at a glance."""
    state = await site.store.state(rules.id)
    bins = await site.store.bins(rules.id, now - DAY, now)
    live = state.live if state else None
    reading = live.reading if live else None
    incidents = tuple(case.incident for case in live.cases) if live else ()
    silence = next((one for one in live.silences if one.ended_at is None and one.until > now), None) if live else None
    coverage = live.coverage if live else Coverage()
    drawn = slots(bins, now - DAY, now, _SLOT, state, rules.detection) if bins else []
    return Glance(
        id=rules.id,
        name=rules.name,
        word=_word(incidents, silence, coverage, state),
        reading=reading,
        coverage=coverage,
        incidents=incidents,
        silence=silence,
        drawing=sparkline(drawn, _SLOT) if drawn else None,
        heard=sum(one.mentions for one in bins),
        peak=max((slot.observed for slot in drawn), default=0.0),
        days=int(reading.learned_days) if reading else 0,
        alone=learning(live, now) if live else (),
        planned=min(
            (one for one in rules.detection.planned if one.start - 7 * DAY <= now < one.end),
            key=lambda one: one.start,
            default=None,
        ),
    )


def _word(
    incidents: tuple[Incident, ...], silence: Silence | None, coverage: Coverage, state: BrandState | None
) -> str:
    if incidents:
        return "incident"
    if coverage.of and coverage.on_time == 0:
        return "deaf"
    if silence:
        return "silenced"
    if state is None or state.live.reading is None or state.live.first_at is None:
        return "waiting"
    return "learning" if state.live.reading.learned_days < LEARNING_DAYS else "calm"
