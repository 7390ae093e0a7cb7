"""The keys of `amends.yaml`, one frozen model a section; kinds of sources and channels keep theirs in their rooms."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    model_validator,
)

from amends.config.desk import Drills, Person, Policy, Report, Rota
from amends.config.problems import Problem
from amends.config.section import Handle, Hashtag, Id, Language, Section, Severity
from amends.config.units import (
    Duration,
    Rate,
    RateField,
    Size,
    Words,
    event_time,
)
from amends.model import DAY, MINUTE

if TYPE_CHECKING:  # costly at run time, and a dataclass leaves its annotations as they are written
    from amends.paging.channels import ChannelSettings  # noqa: TC004 - said above
    from amends.sources import SourceSettings  # noqa: TC004 - said above

_LONGEST_ENTRY = 60
MOST_EXPECTED = 100  # times the usual that may be planned: beyond, a silence says it plainly
LOG_LEVELS = ("debug", "info", "warning", "error")


def _entry(value: str) -> str:
    if not value.strip() or len(value) > _LONGEST_ENTRY:
        raise ValueError(f"is no word; give 1 to {_LONGEST_ENTRY} characters, as people write it")
    return " ".join(value.split()).lower()


def _valence(value: Any) -> Any:  # noqa: ANN401 - whatever stands in the file
    if isinstance(value, bool) or not isinstance(value, int | float) or not -4 <= value <= 4:  # noqa: PLR2004 - VADER's scale
        raise ValueError("is no valence; write a number from -4 (very bad) to 4 (very good), like -2.0")
    return float(value)


Lexicon = Annotated[
    dict[Annotated[str, AfterValidator(_entry)], Annotated[float, BeforeValidator(_valence)]], Field(max_length=500)
]


class WatchList(Section):
    """`brands.ID.watch`: one mention is enough."""

    terms: tuple[Words, ...] = ()
    authors: tuple[Words, ...] = ()
    severity: Severity = 2


def _expect(value: Any) -> Any:  # noqa: ANN401 - whatever stands in the file
    if isinstance(value, bool) or not isinstance(value, int | float) or not 1 < value <= MOST_EXPECTED:
        raise ValueError(f"is no factor; write how many times the usual to expect, above 1 and up to {MOST_EXPECTED}")
    return value


class Planned(Section):
    """`brands.ID.planned`: an announced event, during which more is expected; it has an end."""

    model_config = ConfigDict(populate_by_name=True)

    start: Annotated[datetime, BeforeValidator(event_time), Field(alias="from")]
    until: Annotated[datetime, BeforeValidator(event_time)]
    expect: Annotated[float, BeforeValidator(_expect)]
    reason: Annotated[str, Field(max_length=120)] = ""

    @model_validator(mode="after")
    def _ends(self) -> Self:
        if (self.start.tzinfo is None) == (self.until.tzinfo is None) and self.until <= self.start:
            raise ValueError("ends before it begins; give a later `until`")
        return self


class Brand(Section):
    """`brands.ID`."""

    name: Words
    aliases: tuple[Words, ...] = ()
    handles: tuple[Handle, ...] = ()
    hashtags: tuple[Hashtag, ...] = ()
    exclude: tuple[Words, ...] = ()
    context: tuple[Words, ...] = ()
    languages: Annotated[tuple[Language, ...], Field(min_length=1)] = ("en",)
    false_pages: RateField = Rate(1, 30 * DAY)
    watch: WatchList = WatchList()
    lexicon: Lexicon = Field(default_factory=dict)
    planned: tuple[Planned, ...] = ()
    own: tuple[Id, ...] = ()
    escalation: Id | None = None


def _storage_url(value: SecretStr) -> SecretStr:
    scheme = value.get_secret_value().partition(":")[0]
    if scheme.partition("+")[0] not in {"sqlite", "postgresql"} or "://" not in value.get_secret_value():
        raise ValueError("is no store; write sqlite:///amends.db or postgresql://user@host/database")
    return value


class Storage(Section):
    """`storage`; the address may hold a password."""

    url: Annotated[SecretStr, AfterValidator(_storage_url)] = SecretStr("sqlite:///amends.db")
    retention: Annotated[Duration, Field(ge=1)] = 90 * DAY


class Templates(Section):
    """`templates`; the folder is relative to the file."""

    folder: Words | None = None


@dataclass(frozen=True, slots=True)
class Listen:
    """An address to listen on; port 0 takes any free one."""

    host: str
    port: int

    @property
    def loopback(self) -> bool:
        """Whether this machine alone can reach it."""
        if self.host == "localhost":
            return True
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return False

    def __str__(self) -> str:
        """Return `host:port`, with brackets around an IPv6 address."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


def _listen(value: Any) -> Listen:  # noqa: ANN401 - whatever stands in the file
    if isinstance(value, Listen):
        return value
    found = re.fullmatch(r"(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9.-]+):([0-9]{1,5})", value) if isinstance(value, str) else None
    if found is None or int(found[2]) > 65_535:  # noqa: PLR2004 - the highest port
        raise ValueError('is no address to listen on; write it like "127.0.0.1:8484" or "[::1]:8484"')
    return Listen(found[1].strip("[]"), int(found[2]))


def _external(value: str) -> str:
    parts = urlsplit(value)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.query or parts.fragment or parts.username:
        raise ValueError("is no address of ours; write it like https://amends.example.org")
    return value.rstrip("/")


def _host(value: str) -> str:
    if not re.fullmatch(r"(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._-]+)(:[0-9]{1,5})?", value):
        raise ValueError("is no host; write a name as it stands in the browser, like amends.example.org")
    return value.lower()


class Web(Section):
    """`web`."""

    listen: Annotated[Listen, BeforeValidator(_listen)] = Listen("127.0.0.1", 8484)
    external_url: Annotated[str, AfterValidator(_external)] | None = None
    hosts: tuple[Annotated[str, AfterValidator(_host)], ...] = ()
    tokens: dict[Id, Annotated[SecretStr, Field(min_length=1)]] = Field(default_factory=dict)


def _network(value: Any) -> str:  # noqa: ANN401 - whatever stands in the file
    if not isinstance(value, str):  # a number is an address to the library
        raise ValueError("is no range of addresses; write it like 10.0.0.0/8 or 127.0.0.0/8")  # noqa: TRY004 - pydantic tells a ValueError to the user
    try:
        return str(ipaddress.ip_network(value))
    except ValueError:
        try:
            whole = ipaddress.ip_network(value, strict=False)
        except ValueError:
            raise ValueError("is no range of addresses; write it like 10.0.0.0/8 or 127.0.0.0/8") from None
        raise ValueError(f"has bits beyond its mask; write {whole}") from None


class Network(Section):
    """`network`: how sources reach out."""

    allow: tuple[Annotated[str, BeforeValidator(_network)], ...] = ()
    contact: str | None = None
    timeout: Annotated[Duration, Field(ge=0.1, le=600)] = 30.0
    max_body: Annotated[Size, Field(ge=1024, le=20 * 2**20)] = 8 * 2**20


def _web_address(value: SecretStr) -> SecretStr:
    parts = urlsplit(value.get_secret_value())
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ValueError("is no web address; write it like https://hc.example.org/ping/...")
    return value


class Heartbeat(Section):
    """`heartbeat`; who knows the address can keep it quiet, so it is a secret."""

    url: Annotated[SecretStr, AfterValidator(_web_address)] | None = None
    every: Annotated[Duration, Field(ge=1)] = MINUTE


def _texts(value: Any) -> Any:  # noqa: ANN401 - whatever stands in the file
    found = re.fullmatch(r"([0-9]{1,4}(?:\.[0-9]{1,3})?) *texts?/s", value.strip()) if isinstance(value, str) else None
    if value is None:
        return value
    if found is None or not 0 < float(found[1]) <= 1_000:  # noqa: PLR2004 - no core encodes as many
        raise ValueError("is no pace for the encoder; write it like 20 texts/s, or leave the key out")
    return float(found[1])


class Sentiment(Section):
    """`sentiment`; `accurate` is how many texts a second the encoder may read at most, None: it is off."""

    accurate: Annotated[float | None, BeforeValidator(_texts)] = None


class Log(Section):
    """`log`."""

    format: Literal["auto", "console", "json"] = "auto"
    level: Literal["debug", "info", "warning", "error"] = "info"


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One source: its own kind's settings, the keys of its preset filled in."""

    id: str
    settings: SourceSettings
    preset: str | None = None

    @property
    def kind(self) -> str:
        """Its kind: feed, json."""
        return self.settings.kind

    @property
    def every(self) -> float | None:
        """Seconds between two polls; None = adaptive."""
        return self.settings.every

    @property
    def brands(self) -> tuple[str, ...]:
        """The brands that it is bound to; none = all."""
        return self.settings.brands or ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Configuration:
    """A whole configuration that holds no error. `folder` is where relative paths begin; `secrets` never goes out."""

    path: Path
    brands: Mapping[str, Brand]
    timezone: str = "UTC"
    sources: Mapping[str, Source] = field(default_factory=dict, repr=False)  # an address may hold a secret
    people: Mapping[str, Person] = field(default_factory=dict)
    channels: Mapping[str, ChannelSettings] = field(default_factory=dict)
    escalation: Mapping[str, Policy] = field(default_factory=dict)
    rotas: Mapping[str, Rota] = field(default_factory=dict)
    drills: Drills | None = None
    report: Report | None = None
    storage: Storage = field(default_factory=Storage)
    templates: Templates = field(default_factory=Templates)
    web: Web = field(default_factory=Web)
    network: Network = field(default_factory=Network)
    heartbeat: Heartbeat = field(default_factory=Heartbeat)
    sentiment: Sentiment = field(default_factory=Sentiment)
    log: Log = field(default_factory=Log)
    warnings: tuple[Problem, ...] = ()
    lines: Mapping[str, int] = field(default_factory=dict, repr=False)  # where `people.lea` and its like stand
    secrets: frozenset[str] = field(default=frozenset(), repr=False)  # every value that a log must not hold

    @property
    def folder(self) -> Path:
        """The folder of the file: relative paths in it begin here."""
        return self.path.parent

    @property
    def reads_need_token(self) -> bool:
        """Whether reading needs a token: as soon as somebody else could reach us."""
        return not self.web.listen.loopback or self.web.external_url is not None

    def storage_url(self, state: Path) -> str:
        """Return the store's address, a relative SQLite file being in the state folder."""
        url = self.storage.url.get_secret_value()
        scheme, _, rest = url.partition("://")
        if not scheme.startswith("sqlite"):
            return url
        name, question, query = rest.removeprefix("/").partition("?")
        return f"{scheme}:///{state / name}{question}{query}"  # a path that begins with / replaces the folder
