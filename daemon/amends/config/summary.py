"""What a configuration will do, in words: for `amends check`."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from amends.config.checks import address, inside_allow, needs_dns
from amends.config.rules import expected_pages, policy_of
from amends.config.units import spell
from amends.model import DAY, HOUR

if TYPE_CHECKING:
    from amends.config.desk import Person, Rota
    from amends.config.models import Brand, Configuration, Source
    from amends.paging.channels import ChannelSettings

_MONTH = 30 * DAY


def summary(config: Configuration) -> list[str]:
    """Return lines for a person to read; no secret stands in them."""
    lines = _section("Brands", {id_: _brand(brand, config) for id_, brand in config.brands.items()})
    lines += _section("Sources", {id_: _source(source, config) for id_, source in config.sources.items()})
    lines += _section("Channels", {id_: _channel(channel) for id_, channel in config.channels.items()})
    expected = expected_pages(config)
    lines += _section("People", {id_: _person(one, expected[id_], config) for id_, one in config.people.items()})
    lines += _section("Rotas", {id_: _rota(one, config) for id_, one in config.rotas.items()})
    if config.drills:
        known = f"every {spell(config.drills.every)} at {config.drills.at} {config.timezone}, case {config.drills.case}"
        lines += ["", f"Drills: {known}"]
    if config.report:
        to = ", ".join(config.report.to)
        lines += ["", f"Report: every {spell(config.report.every)} at {config.report.at} {config.timezone}, to {to}"]
    if config.sentiment.accurate is not None:
        lines += ["", f"Tone: a second opinion on up to {config.sentiment.accurate:g} texts a second"]
    reads = "reading and writing need a token" if config.reads_need_token else "this machine alone may read"
    lines += ["", f"Web: {config.web.external_url or f'http://{config.web.listen}'} ({reads})"]
    return lines


def verdict(file: str, warnings: int) -> str:
    """Return the line above the summary."""
    return f"{file}: no errors, {_count(warnings, 'warning')}"


def _section(heading: str, rows: dict[str, str]) -> list[str]:
    wide = max((len(id_) for id_ in rows), default=0)
    return ["", heading, *(f"  {id_:<{wide}}  {text}" for id_, text in rows.items())] if rows else []


def _count(number: int, word: str) -> str:
    return f"{number} {word}" if number == 1 else f"{number} {word}s"


def _brand(brand: Brand, config: Configuration) -> str:
    names = len({brand.name, *brand.aliases, *brand.handles, *brand.hashtags})
    given = policy_of(brand, config)
    if given is not None:
        name = next(id_ for id_, policy in config.escalation.items() if policy is given)
        called = f"policy {name}, {_count(len(given.steps), 'step')}"
    else:
        called = "everyone at once" if config.people else "nobody is paged"
    watched = len(brand.watch.terms) + len(brand.watch.authors)
    watch = f"; {_count(watched, 'watched word')} at severity {brand.watch.severity}" if watched else ""
    known = f"{_count(names, 'name')}, {'/'.join(brand.languages)}"
    return f"{brand.name}: {known}; false pages {brand.false_pages}{watch}; {called}"


def _source(source: Source, config: Configuration) -> str:
    url = address(source)
    host = urlsplit(url).netloc.rpartition("@")[2] or "here"
    kind = f"{source.kind} (preset {source.preset})" if source.preset else source.kind
    brands = f"for {', '.join(source.brands)}" if source.brands else "for every brand"
    asked = _requests(source, config)
    return f"{kind} from {host}, {brands}{asked}: {_interval(source, config)}"


def _requests(source: Source, config: Configuration) -> str:
    """Say how many requests one poll takes, where the address has a place for the brands' words."""
    from amends.sources.queries import Names, asks  # noqa: PLC0415 - only for a summary

    url = address(source)
    if not ("{query}" in url or "{hashtag}" in url):
        return ""
    names = [
        Names(brand=id_, names=(brand.name, *brand.aliases), handles=brand.handles, hashtags=brand.hashtags)
        for id_, brand in config.brands.items()
        if not source.brands or id_ in source.brands
    ]
    found = asks(url, names, join=getattr(source.settings, "join", None), since=0.0)
    return f", {_count(len(found), 'request')} each time"


def _interval(source: Source, config: Configuration) -> str:
    if source.every is None:
        return "asked as often as it has news, an hour apart at first; the server's own wishes are kept"
    text = f"asked every {spell(source.every)}"
    if (
        source.every < HOUR
        and source.preset is None
        and inside_allow(address(source), config.network.allow) is not True
    ):
        text += ", more often than the hour that is polite to a stranger: for your own server, or by agreement"
    return text + "; the server's own wishes are kept"


def _rota(rota: Rota, config: Configuration) -> str:
    zone = rota.timezone or config.timezone
    if rota.people:
        handover = f"{rota.from_:%Y-%m-%d %H:%M}" if rota.from_ else ""
        text = f"{', '.join(rota.people)} in turns of {spell(rota.every)} from {handover} {zone}"
    else:
        where = f"from {urlsplit(str(rota.calendar)).hostname}" if rota.remote else f"in the file {rota.calendar}"
        text = f"a calendar {where}, read {'every hour' if rota.remote else 'every minute'}"
    swaps = f"; {_count(len(rota.overrides), 'override')}" if rota.overrides else ""
    return f"{text}{swaps}; in a gap {rota.fallback or 'everyone in the policy'} is called"


def _channel(channel: ChannelSettings) -> str:
    host = urlsplit(channel.reaches or "").netloc
    where = f" by {host}" if host else ""
    detail = "quotes and handles stay behind the link" if channel.brief else "messages carry quotes and handles"
    return f"{channel.kind}{where}: {detail}; {channel.answered}"


def _way(channel: ChannelSettings) -> tuple[str, str]:
    """What would fail together: a kind and its server."""
    return channel.kind, channel.reaches or ""


def _person(person: Person, per_day: float, config: Configuration) -> str:
    month = per_day * _MONTH / DAY
    pages = "page" if round(month, 1) == 1 else "pages"
    expect = f"expect about {month:.2g} false {pages} a month" if per_day else "is named in no step"
    channels = ", then ".join(person.channels) or "no channel"
    name = f"{person.name}: " if person.name else ""
    ways = {_way(config.channels[name]) for name in person.channels}
    single = " (one way only: a channel of another kind would hold if it fails)" if len(ways) == 1 else ""
    if len(ways) > 1 and all(needs_dns(config.channels[name]) for name in person.channels):
        single = " (all of them need DNS: a channel to an address of your own would hold when names do not resolve)"
    quiet = f"; quiet {person.quiet_hours} {person.timezone or config.timezone}" if person.quiet_hours else ""
    cap = f"; at most {person.cap}" if person.cap else ""
    return f"{name}{expect}; {channels}{single}{quiet}{cap}"
