"""Compose the core's rules from a configuration: each room is given its own part."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from amends import detection, escalation, matching, responses, sentiment
from amends.config.problems import ConfigurationError, Problem
from amends.model import InputError
from amends.pipeline import BrandRules, Rules

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from pathlib import Path

    from amends.config.desk import Person, Policy, Rota
    from amends.config.models import Brand, Configuration

_MAX_TEMPLATE = 262_144


def rules(config: Configuration, calendars: Mapping[str, Calendar] | None = None) -> Rules:
    """Return the rules that a configuration means; `InputError` where a template of its folder is faulty.

    `calendars` are those of the rotas as they were last read; a rota whose calendar is not there has gaps alone. This
    reads the templates (built in, and those of `templates.folder`); nothing else of the core's is ever read.
    """
    brands = {id_: brand_rules(id_, brand, config) for id_, brand in config.brands.items()}
    return Rules(
        brands=brands,
        people=people(config),
        rotas=rotas(config, calendars or {}),
        timezone=config.timezone,
        matcher=matching.Matcher(
            {id_: brand.terms for id_, brand in brands.items()}, {id_: brand.watch for id_, brand in brands.items()}
        ),
        router=sentiment.Router(),
        library=library(config),
        source_brands={id_: frozenset(source.brands) for id_, source in config.sources.items() if source.brands},
        polled=frozenset(config.sources),
        brief=frozenset(id_ for id_, channel in config.channels.items() if channel.brief),
        external_url=config.web.external_url or f"http://{config.web.listen}",
    )


def brand_rules(id_: str, brand: Brand, config: Configuration) -> BrandRules:
    """Return one brand's rules."""
    return BrandRules(
        id=id_,
        name=brand.name,
        terms=matching.Terms(
            name=brand.name,
            aliases=brand.aliases,
            handles=brand.handles,
            hashtags=brand.hashtags,
            exclude=brand.exclude,
            context=brand.context,
        ),
        watch=matching.Watch(terms=brand.watch.terms, authors=brand.watch.authors, severity=brand.watch.severity),
        detection=detection.Settings(
            false_pages_per_day=brand.false_pages.per_day, timezone=config.timezone, planned=planned(brand, config)
        ),
        policy=policy(policy_of(brand, config), config),
        languages=brand.languages,
        timezone=config.timezone,
        own=frozenset(brand.own),
        lexicon=tuple(sorted(brand.lexicon.items())),
    )


def planned(brand: Brand, config: Configuration) -> tuple[detection.Planned, ...]:
    """Return a brand's announced events; a moment without an offset is in the file's time zone."""
    return tuple(
        detection.Planned(
            start=moment(one.start, config), end=moment(one.until, config), expect=one.expect, reason=one.reason
        )
        for one in brand.planned
    )


def moment(value: datetime, config: Configuration) -> float:
    """Return a moment of the file in Unix seconds."""
    return (value if value.tzinfo else value.replace(tzinfo=ZoneInfo(config.timezone))).timestamp()


def policy_of(brand: Brand, config: Configuration) -> Policy | None:
    """Return the policy of a brand: the one it names, else the only one; None = everyone at once."""
    if brand.escalation is not None:
        return config.escalation[brand.escalation]
    return next(iter(config.escalation.values()), None)


def policy(given: Policy | None, config: Configuration) -> escalation.Policy:
    """Return a policy as escalation takes it."""
    if given is None:
        everyone = tuple(config.people)
        steps = (escalation.Step(page=everyone),) if everyone else ()
        return escalation.Policy(steps=steps, operators=everyone, alone=True)
    return escalation.Policy(
        steps=tuple(escalation.Step(page=step.page, after=step.after) for step in given.steps),
        repeat=given.repeat,
        inform=given.inform,
        operators=given.operators,
        alone=given.alone,
    )


def people(config: Configuration) -> dict[str, escalation.Person]:
    """Return the people as escalation takes them."""
    return {id_: _person(id_, person, config) for id_, person in config.people.items()}


def _person(id_: str, person: Person, config: Configuration) -> escalation.Person:
    quiet = person.quiet_hours
    return escalation.Person(
        id=id_,
        name=person.name or id_,
        team=person.team,
        language=person.language,
        timezone=person.timezone or config.timezone,
        quiet=escalation.QuietHours(quiet.start, quiet.end) if quiet else None,
        channels=person.channels,
        kinds=tuple(config.channels[name].kind for name in person.channels),
        cap=escalation.Cap(int(person.cap.count), person.cap.seconds) if person.cap else None,
    )


# --- rotas ---


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """A calendar unrolled: (start, end, summary) of each event, as far as `until`."""

    events: tuple[tuple[float, float, str], ...] = ()
    until: float = 0.0


def rotas(config: Configuration, calendars: Mapping[str, Calendar]) -> dict[str, escalation.Rota]:
    """Return the rotas as escalation takes them."""
    return {id_: _rota(id_, rota, config, calendars.get(id_)) for id_, rota in config.rotas.items()}


def _rota(id_: str, rota: Rota, config: Configuration, calendar: Calendar | None) -> escalation.Rota:
    zone = rota.timezone or config.timezone
    turns = None
    if rota.people and rota.from_ is not None:
        turns = escalation.Turns(people=rota.people, every=rota.every, start=rota.from_, timezone=zone)
    known = known_names(config)
    found = [
        escalation.Shift(start, end, known[plain_name(summary)])
        for start, end, summary in (calendar.events if calendar else ())
        if plain_name(summary) in known
    ]
    overrides = tuple(
        escalation.Shift(_moment(one.from_, zone, last=False), _moment(one.until, zone, last=True), one.person)
        for one in rota.overrides
    )
    return escalation.Rota(
        id=id_,
        turns=turns,
        shifts=tuple(sorted(found, key=lambda shift: (shift.start, shift.end, shift.person))),
        overrides=overrides,
        fallback=rota.fallback,
        known_until=calendar.until if calendar else None,
    )


def _moment(moment: datetime, zone: str, *, last: bool) -> float:
    return moment.timestamp() if moment.tzinfo else escalation.instant(moment, zone, last=last)


def known_names(config: Configuration) -> dict[str, str]:
    """Return who is meant by an event's summary: a person's name, or before it an id, blind to case."""
    names = {plain_name(person.name): id_ for id_, person in config.people.items() if person.name}
    return names | {id_: id_ for id_ in config.people}


def plain_name(summary: str) -> str:
    """Return a name as it is compared."""
    return " ".join(unicodedata.normalize("NFC", summary).casefold().split())


# --- templates ---


def library(config: Configuration) -> responses.Library:
    """Return the built-in templates, and over them those of the configured folder, as `Library` tells them apart."""
    parsed = [responses.parse(name, source) for name, source in sorted(responses.builtin().items())]
    if config.templates.folder is not None:
        folder = config.folder / config.templates.folder
        for name, source in own_templates(folder).items():
            try:
                parsed.append(responses.parse(name, source))
            except InputError as error:
                raise _located(folder, str(error)) from None
    return responses.Library(parsed)


def _located(folder: Path, message: str) -> InputError:
    """Turn `en/ours.md:4: what is wrong` into a problem of that file."""
    found = re.match(r"(.+?):(\d+): (.+)", message, re.DOTALL)
    if found is None:
        return InputError(f"{folder}: {message}")
    return ConfigurationError([Problem(str(folder / found[1]), int(found[2]), "error", found[3])])


def own_templates(folder: Path) -> dict[str, str]:
    """Read `*.md` of a folder and its sub-folders, by name relative to it; a missing folder holds none (a warning)."""
    found: dict[str, str] = {}
    for path in sorted(folder.rglob("*.md")):
        try:
            if path.stat().st_size > _MAX_TEMPLATE:
                raise InputError(f"{path}: larger than {_MAX_TEMPLATE // 1024} KiB; a response is a few lines")
            found[path.relative_to(folder).as_posix()] = path.read_text("utf-8")
        except UnicodeDecodeError:
            raise ConfigurationError([Problem(str(path), 1, "error", "not UTF-8; save the file as UTF-8")]) from None
        except OSError as error:
            raise InputError(f"{path} cannot be read: {error.strerror}; mend its rights") from None
    return found


def expected_pages(config: Configuration) -> Mapping[str, float]:
    """Return how many false pages a day each person must expect, as configured, over all brands that reach it."""
    expected = dict.fromkeys(config.people, 0.0)
    for brand in config.brands.values():
        given = policy_of(brand, config)
        called = config.people if given is None else {name for step in given.steps for name in step.page}
        for name in called:
            turns = config.rotas[name].people if name in config.rotas else (name,)
            for person in turns:  # a rota shares them out; who is in a calendar nobody knows here
                expected[person] += brand.false_pages.per_day / len(turns)
    return expected
