"""What a report tells of an incident, collected from the store; nothing here is laid out yet."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from amends.detection import HalfLife, half_life
from amends.escalation import quiet_until
from amends.incidents import StageClock
from amends.model import HOUR, Incident, IncidentEvent, Kind, Seconds
from amends.responses.lint import Report as Lint
from amends.responses.lint import lint
from amends.storage import StoredMention, StoredPage
from amends.web.clocks import clocks
from amends.web.report.lessons import lessons
from amends.web.svg import Drawing, Moment, Slot, chart, slot_seconds
from amends.web.usual import slots

if TYPE_CHECKING:
    from amends.model import Bin
    from amends.pipeline import BrandRules
    from amends.web.ports import Site

BEFORE, AFTER = 6 * HOUR, 2 * HOUR  # drawn around an incident
MARKED = frozenset({
    "opened", "raised", "acknowledged", "responded", "story", "recovering", "relapsed", "resolved", "reopened",
})  # fmt: skip
MOST_READ = 5_000  # mentions of the incident's time that are looked at
TOP = 5
NIGHT = (22, 7)  # hours of a person's own clock, where no quiet hours are set
_A_PAGE = 1_000
_WIDE = (760.0, 250.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoken:
    """A text that was suggested or published, and what the lint says of it (None: its words were not noted)."""

    kind: str  # suggested, holding or full
    at: Seconds
    by: str
    text: str
    url: str | None = None
    template: str | None = None
    lint: Lint | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """What an incident asked of one person."""

    person: str
    name: str
    pages: int
    notices: int
    night: int  # pages in the person's own night
    failed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Carrier:
    """A story or a post that spread it."""

    count: int
    text: str
    source: str
    at: Seconds
    url: str | None = None
    reach: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """What carried it: of the mentions between its first sign and its end that are still stored."""

    mentions: int
    negative: int
    voices: int
    sources: tuple[tuple[str, int], ...]  # negatives of each
    stories: tuple[Carrier, ...]  # told more than once
    loudest: tuple[Carrier, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """Everything that the forms of a report show."""

    incident: Incident
    name: str
    timezone: str
    made_at: Seconds
    url: str
    events: Sequence[IncidentEvent]
    pages: Sequence[StoredPage]
    clocks: tuple[StageClock, ...]
    half_life: HalfLife | None
    slots: tuple[Slot, ...]
    step: Seconds
    drawing: Drawing | None
    spread: Spread
    spoken: tuple[Spoken, ...]
    load: tuple[Load, ...]
    lessons: tuple[str, ...]


async def gather(site: Site, incident: Incident, url: str) -> Report:
    """Collect a report from the store as it is now."""
    now = site.clock.wall()
    brand = site.engine.rules.brands.get(incident.brand)
    events, pages = await site.store.events(incident.id), await site.store.pages(incident.id)
    end = incident.resolved_at if incident.resolved_at is not None else now
    spread = _spread(await _mentions(site, incident.brand, incident.since, end))
    first, last = min(incident.since, incident.opened_at) - BEFORE, min(now, end + AFTER)
    step = slot_seconds(last - first)
    bins = await site.store.bins(incident.brand, first // step * step, last)
    drawn, drawing = await _curve(site, brand, bins, events, (first, last, step)) if brand and bins else ((), None)
    stages = clocks(incident, events, pages, now)
    spoken = _spoken(incident, events)
    load = _load(site, pages)
    counts = {one.start: one.p_negative for one in bins if incident.since <= one.start < last}
    return Report(
        incident=incident,
        name=brand.name if brand else incident.brand,
        timezone=brand.timezone if brand else site.timezone,
        made_at=now,
        url=url,
        events=events,
        pages=pages,
        clocks=stages,
        half_life=half_life(counts, incident.expected) if incident.kind is Kind.TONE else None,
        slots=drawn,
        step=step,
        drawing=drawing,
        spread=spread,
        spoken=spoken,
        load=load,
        lessons=lessons(incident, stages, pages, spoken, load),
    )


async def _mentions(site: Site, brand: str, since: Seconds, until: Seconds) -> list[StoredMention]:
    found: list[StoredMention] = []
    cursor: str | None = None
    while len(found) < MOST_READ:
        page = await site.store.mentions(brand=brand, since=since, until=until + 1, limit=_A_PAGE, cursor=cursor)
        found += page.items
        cursor = page.next
        if cursor is None:
            break
    return [one for one in found if not one.mention.own and not one.mention.history]


async def _curve(
    site: Site,
    brand: BrandRules,
    bins: Sequence[Bin],
    events: Sequence[IncidentEvent],
    span: tuple[Seconds, Seconds, Seconds],
) -> tuple[tuple[Slot, ...], Drawing]:
    first, last, step = span
    state = await site.store.state(brand.id)
    drawn = slots(bins, first, last, step, state, brand.detection)
    moments = [Moment(event.at, event.event, _moment(event)) for event in events if event.event in MARKED]
    return tuple(drawn), chart(drawn, step, moments, brand.timezone, _WIDE)


def _moment(event: IncidentEvent) -> str:
    said = {"holding": "first line", "full": "statement"}
    return said.get(str(event.data.get("kind")), event.event) if event.event == "responded" else event.event


def _spread(found: Sequence[StoredMention]) -> Spread:
    negative = [one.mention for one in found if one.label == "negative"]
    stories = Counter(one.story for one in negative if one.story)
    told = []
    for story, count in stories.most_common(TOP):
        first = min((one for one in negative if one.story == story), key=lambda one: one.published_at)
        if count > 1:
            told.append(Carrier(count=count, text=first.text or first.title, source=first.source,
                                at=first.published_at, url=first.url))  # fmt: skip
    loud = sorted((one for one in negative if one.reach), key=lambda one: -(one.reach or 0))[:TOP]
    return Spread(
        mentions=len(found),
        negative=len(negative),
        voices=len({(one.source, one.author or one.id) for one in negative}),
        sources=tuple(Counter(one.source for one in negative).most_common(TOP)),
        stories=tuple(told),
        loudest=tuple(
            Carrier(count=1, text=one.text or one.title, source=one.source, at=one.published_at, url=one.url,
                    reach=one.reach)
            for one in loud
        ),
    )  # fmt: skip


def _spoken(incident: Incident, events: Sequence[IncidentEvent]) -> tuple[Spoken, ...]:
    """Return the words that the page brought, then those that were noted as published."""
    texts = []
    if incident.response is not None:
        words = incident.response
        texts.append(
            Spoken(kind="suggested", at=incident.opened_at, by="amends", text=words.text, template=words.template,
                   lint=lint(words.text))
        )  # fmt: skip
    for event in events:
        if event.event == "responded":
            text = str(event.data.get("text") or "")
            url = event.data.get("url")
            texts.append(
                Spoken(kind=str(event.data.get("kind")), at=event.at, by=event.by, text=text,
                       url=str(url) if url else None, lint=lint(text) if text else None)
            )  # fmt: skip
    return tuple(texts)


def _load(site: Site, pages: Sequence[StoredPage]) -> tuple[Load, ...]:
    people = site.engine.rules.people
    found = []
    for id_ in dict.fromkeys(row.page.person for row in pages):
        mine = [row for row in pages if row.page.person == id_]
        sent = [row for row in mine if row.sent_at is not None]
        found.append(
            Load(
                person=id_,
                name=people[id_].name if id_ in people else id_,
                pages=sum(row.page.kind == "page" for row in sent),
                notices=sum(row.page.kind == "notice" for row in sent),
                night=sum(row.page.kind == "page" and _by_night(site, id_, row.sent_at or 0.0) for row in sent),
                failed=sum(row.page.state == "failed" for row in mine),
            )
        )
    return tuple(found)


def _by_night(site: Site, person: str, at: Seconds) -> bool:
    """Tell whether a moment lies in a person's quiet hours, or in the night where none are set."""
    one = site.engine.rules.people.get(person)
    if one is not None and one.quiet is not None:
        return quiet_until(one, at) is not None
    hour = datetime.fromtimestamp(at, ZoneInfo(one.timezone if one is not None else site.timezone)).hour
    return hour >= NIGHT[0] or hour < NIGHT[1]
