"""What no single key can tell: references, people who are alone, doors that stand open, floors that hold."""

from __future__ import annotations

import ipaddress
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from amends import accurate
from amends.config import faulty
from amends.config.problems import meant
from amends.config.units import spell
from amends.model import DAY, MINUTE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from amends.config.desk import Policy
    from amends.config.document import Document, Loc
    from amends.config.models import Brand, Configuration, Source
    from amends.paging.channels import ChannelSettings

FEWEST = 2  # people at severity 1: nobody should face a crisis alone
LONGEST_PLANNED = 14 * DAY
_SHORT_TOKEN = 16


def check(document: Document, config: Configuration, named: Mapping[str, frozenset[str]]) -> None:
    """Note every error and warning that spans keys. `named` holds all ids of each map, the faulty ones too."""
    _references(document, config, named)
    _people(document, config, named)
    _rotas(document, config, named)
    _policies(document, config)
    _sources(document, config, named)
    _aliases(document, config)
    _lexica(document, config)
    _planned(document, config)
    _heard(document, config)
    _web(document, config)
    _templates(document, config)
    if config.sentiment.accurate is not None and not accurate.installed():
        text = (
            "sentiment.accurate needs the encoder, which is not installed: "
            "run `pip install 'amends[accurate]'` in the environment of Amends, or leave the key out"
        )
        document.error(("sentiment", "accurate"), text)
    if config.storage.retention < DAY:
        text = f"storage.retention is {spell(config.storage.retention)}: mentions are gone before anybody has read them"
        document.warning(("storage", "retention"), text)


def _references(document: Document, config: Configuration, named: Mapping[str, frozenset[str]]) -> None:
    refer = partial(_refer, document, named)
    for id_, brand in config.brands.items():
        refer(("brands", id_, "own"), brand.own, "source", "sources")
        refer(("brands", id_, "escalation"), [brand.escalation] if brand.escalation else [], "policy", "escalation")
        if brand.escalation is None and len(named["escalation"]) > 1:
            known = ", ".join(sorted(named["escalation"]))
            document.error(("brands", id_), f"brands.{id_} must say which policy is its own; add escalation: {known}")
    for id_, person in config.people.items():
        refer(("people", id_, "channels"), person.channels, "channel", "channels")
    for id_, source in config.sources.items():
        refer(("sources", id_, "brands"), source.brands, "brand", "brands")
    _who(config, refer)
    sections = ("brands", "people", "sources", "escalation", "rotas")
    faulty.references(document, {section: getattr(config, section) for section in sections}, refer)
    if config.drills and config.drills.brand:
        refer(("drills",), [config.drills.brand], "brand", "brands")


def _who(config: Configuration, refer: Callable[..., None]) -> None:
    """Check whom policies, rotas and the report name: a rota's id stands wherever a person's may."""
    for id_, policy in config.escalation.items():
        for number, step in enumerate(policy.steps):
            refer(("escalation", id_, "steps", number, "page"), step.page, "person", "people", "rotas")
        refer(("escalation", id_, "inform"), policy.inform, "person", "people", "rotas")
        refer(("escalation", id_, "operators"), policy.operators, "person", "people", "rotas")
    for id_, rota in config.rotas.items():
        refer(("rotas", id_, "people"), rota.people, "person", "people")
        for number, override in enumerate(rota.overrides):
            refer(("rotas", id_, "overrides", number), [override.person], "person", "people")
        refer(("rotas", id_), [rota.fallback] if rota.fallback else [], "person", "people")
    if config.report:
        refer(("report", "to"), config.report.to, "person", "people", "rotas")


def _refer(
    document: Document, named: Mapping[str, frozenset[str]], loc: Loc, names: Iterable[str], what: str, *sections: str
) -> None:
    known = frozenset[str]().union(*(named[section] for section in sections))
    for index, name in enumerate(names):
        if name not in known:
            hint = meant(name, known) or f"there is no {what} in this file yet: add one"
            document.error((*loc, index), f"{what} {name!r} is not in this file; {hint}")


def _people(document: Document, config: Configuration, named: Mapping[str, frozenset[str]]) -> None:
    if not named["people"]:
        document.warning(("people",), "nobody will be paged: there are no people; add `people:` and `channels:`")
    for id_, person in config.people.items():
        if not person.channels:
            document.warning(("people", id_), f"people.{id_} has no channel and cannot be told; add channels: [...]")
        shared = _shared_host(config, person.channels)
        if shared:
            text = f"all of people.{id_}'s channels need {shared}: when it is down, nothing rings; add one elsewhere"
            document.warning(("people", id_, "channels"), text)
    used = {name for person in config.people.values() for name in person.channels}
    for id_ in config.channels:
        if id_ not in used:
            document.warning(("channels", id_), f"channel {id_!r} belongs to nobody; name it in a person's channels")


def _shared_host(config: Configuration, channels: Iterable[str]) -> str | None:
    """Return the one host that several channels need, None where they need different ones, or it cannot be told."""
    known = [config.channels[name].reaches for name in channels if name in config.channels]
    hosts = {urlsplit(server).hostname if server else None for server in known}
    return hosts.pop() if len(known) > 1 and len(hosts) == 1 else None


def needs_dns(channel: ChannelSettings) -> bool:
    """Whether a channel is of no use while names do not resolve; what cannot be told is taken to need them."""
    host = urlsplit(channel.reaches or "").hostname or ""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return host != "localhost"
    return False


def _rotas(document: Document, config: Configuration, named: Mapping[str, frozenset[str]]) -> None:
    for id_ in sorted(named["rotas"] & named["people"]):
        document.error(("rotas", id_), f"rotas.{id_} has the id of a person: a step could mean either; rename one")
    called = {name for policy in config.escalation.values() for step in policy.steps for name in step.page}
    called |= {name for policy in config.escalation.values() for name in (*policy.inform, *policy.operators)}
    called |= set(config.report.to) if config.report else set()
    for id_, rota in config.rotas.items():
        if id_ not in called:
            document.warning(("rotas", id_), f"nothing calls the rota {id_!r}; name it in a step of escalation")
        if rota.calendar and not rota.fallback:
            text = f"rotas.{id_} has no fallback: in a gap of its calendar everyone in the policy is called; add one"
            document.warning(("rotas", id_), text)
        if rota.calendar and not rota.remote and not (config.folder / rota.calendar).is_file():
            # no error: a file that has gone must not keep the pager from starting at night
            text = f"rotas.{id_}.calendar: {config.folder / rota.calendar} is no file; write it, or give an address"
            document.warning(("rotas", id_, "calendar"), text)


def _policies(document: Document, config: Configuration) -> None:
    reachable = {id_ for id_, person in config.people.items() if person.channels}
    if not config.escalation and len(reachable) == 1 and len(config.people) == 1:
        (one,) = reachable
        text = f"{one} alone would face a crisis: add a second person, or a policy that says alone: true"
        document.warning(("people", one), text)
    for id_, policy in config.escalation.items():
        _policy(document, ("escalation", id_), policy, reachable | set(config.rotas), set(config.people))
        _teams(document, ("escalation", id_), policy, config)
    used = {brand.escalation for brand in config.brands.values()}
    for id_ in config.escalation:
        if len(config.escalation) > 1 and id_ not in used:
            document.warning(("escalation", id_), f"no brand uses the policy {id_!r}; name it in a brand, or delete it")


def _teams(document: Document, base: Loc, policy: Policy, config: Configuration) -> None:
    """Warn where severity 1 would reach people of one team alone: somebody else is called beside them then."""
    named = {name for step in policy.steps for name in step.page}
    called = named & set(config.people)
    called |= {name for id_ in named & set(config.rotas) for name in config.rotas[id_].people}
    if policy.alone or len(called) < FEWEST or any(config.rotas[id_].calendar for id_ in named & set(config.rotas)):
        return
    teams = {config.people[name].team for name in called if name in config.people}
    if len(teams) != 1 or not (team := next(iter(teams))):
        return
    outside = [id_ for id_, one in config.people.items() if one.team not in {"", team} and one.channels]
    text = f"escalation.{base[-1]} calls team {team} alone: at severity 1 somebody outside it is called too, " + (
        f"{outside[0]} as things stand; name whom you want in a step"
        if outside
        else "but there is nobody; add one, or alone: true"
    )
    document.warning(base, text)


def _policy(document: Document, base: Loc, policy: Policy, reachable: set[str], everyone: set[str]) -> None:
    called = {name for step in policy.steps for name in step.page}
    if len(called) < FEWEST and not policy.alone:
        text = (
            f"escalation.{base[-1]} pages {len(called)} person at severity 1, {FEWEST} are needed: "
            "add a second one to steps, or alone: true if there is truly nobody else"
        )
        document.error(base, text)
    elif len(called) < FEWEST:
        text = f"escalation.{base[-1]} has alone: true: one person sleeps badly and may not wake; find a second one"
        document.warning((*base, "alone"), text)
    elif len(called & reachable) < FEWEST and called <= everyone:
        text = f"escalation.{base[-1]}: {len(called & reachable)} of {len(called)} people have a channel; give them one"
        document.warning(base, text)
    for number, step in enumerate(policy.steps):
        if number and step.after < MINUTE:
            text = (
                f"escalation.{base[-1]}.steps[{number}] follows after {spell(step.after)}: too soon to answer the first"
            )
            document.warning((*base, "steps", number), text)


# --- sources ---


def _sources(document: Document, config: Configuration, named: Mapping[str, frozenset[str]]) -> None:
    if not named["sources"]:
        text = "there are no sources: only what is posted to /api/v1/mentions will be heard; add `sources:`"
        document.warning(("sources",), text)
    for id_, source in config.sources.items():
        if source.every is not None and source.every < MINUTE:
            _floor(document, config, id_, source)


def _floor(document: Document, config: Configuration, id_: str, source: Source) -> None:
    loc: Loc = ("sources", id_, "every")
    found = f"sources.{id_}.every is {spell(source.every or 0.0)}"
    inside = inside_allow(address(source), config.network.allow)
    if inside is False:
        document.error(loc, f"{found}: others' servers are asked once a minute at most; write 1m or more")
    elif inside is None:
        document.warning(loc, f"{found}: kept only where the host lies in network.allow, once a minute elsewhere")


def address(source: Source) -> str:
    """Return the address that a source asks, as configured; empty where its kind has none."""
    url = getattr(source.settings, "url", "")
    return str(url.get_secret_value() if hasattr(url, "get_secret_value") else url or "")


def inside_allow(url: str, allow: Iterable[str]) -> bool | None:
    """Whether an address lies in the operator's own ranges; None where only the name's resolution will tell."""
    ranges = [ipaddress.ip_network(one) for one in allow]
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        return False
    if host == "localhost":
        return any(one.is_loopback for one in ranges)
    try:
        literal = ipaddress.ip_address(host)
    except ValueError:
        return None if ranges else False
    return any(literal in one for one in ranges)


# --- brands ---


def _heard(document: Document, config: Configuration) -> None:
    """Warn of a brand that could never page by itself: no source listens for it."""
    everywhere = any(not source.brands for source in config.sources.values())
    if everywhere or not config.sources:
        return
    bound = {brand for source in config.sources.values() for brand in source.brands}
    for id_ in config.brands:
        if id_ not in bound:
            text = f"brands.{id_} could never page by itself: no source listens for it, only what is posted is heard"
            document.warning(("brands", id_), text)


def _planned(document: Document, config: Configuration) -> None:
    zone = ZoneInfo(config.timezone)
    for id_, brand in config.brands.items():
        for number, event in enumerate(brand.planned):
            ends = (one if one.tzinfo else one.replace(tzinfo=zone) for one in (event.start, event.until))
            start, until = (one.timestamp() for one in ends)
            loc: Loc = ("brands", id_, "planned", number)
            if until <= start:
                document.error(loc, f"brands.{id_}.planned[{number}] ends before it begins; give a later `until`")
            elif until - start > LONGEST_PLANNED:
                text = f"brands.{id_}.planned[{number}] lasts {spell(until - start)}: so long it hides a slow crisis"
                document.warning(loc, text)


def _aliases(document: Document, config: Configuration) -> None:
    owners: dict[str, str] = {}
    for id_, brand in config.brands.items():
        for loc, word in _names(id_, brand):
            key = " ".join(word.casefold().split())
            other = owners.setdefault(key, id_)
            if other != id_:
                text = f"{word!r} names two brands, {other} and {id_}: both will count it; make one of them plainer"
                document.warning(loc, text)


def _lexica(document: Document, config: Configuration) -> None:
    for id_, brand in config.brands.items():
        masked = {" ".join(word.casefold().split()) for word in (brand.name, *brand.aliases)}
        for word in brand.lexicon:
            if word.casefold() in masked:
                text = f"{word!r} is a name of {id_}, which is hidden from the scorer: its valence is never heard"
                document.warning(("brands", id_, "lexicon", word), text)


def _names(id_: str, brand: Brand) -> list[tuple[Loc, str]]:
    found: list[tuple[Loc, str]] = [(("brands", id_, "name"), brand.name)]
    found += [(("brands", id_, "aliases", index), word) for index, word in enumerate(brand.aliases)]
    return found


# --- doors ---


def _web(document: Document, config: Configuration) -> None:
    web = config.web
    if config.reads_need_token and not web.tokens:
        why = f"listens on {web.listen}" if not web.listen.loopback else f"is reached at {web.external_url}"
        text = (
            f"web {why} and has no tokens, so nobody could sign in: "
            'add tokens: {me: "${AMENDS_TOKEN}"}, or listen on 127.0.0.1:8484 and reach it through an SSH tunnel'
        )
        document.error(("web", "listen") if not web.listen.loopback else ("web", "external_url"), text)
    for name, token in web.tokens.items():
        if len(token.get_secret_value()) < _SHORT_TOKEN:
            text = f"web.tokens.{name} is shorter than {_SHORT_TOKEN} characters; make one with `openssl rand -hex 24`"
            document.warning(("web", "tokens", name), text)
    if not web.listen.loopback and web.external_url is None:
        document.warning(
            ("web",), "web.external_url is not set: links in pages will name an address phones cannot reach"
        )


def _templates(document: Document, config: Configuration) -> None:
    given = config.templates.folder
    if given is not None and not (config.folder / given).is_dir():
        way_out = f"the built-in responses serve until you make {config.folder / given}, or delete the key"
        document.warning(
            ("templates", "folder"), f"templates.folder: {given!r} is no folder beside this file; {way_out}"
        )
