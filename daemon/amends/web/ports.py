"""What the web room needs of the others, as Protocols: it knows nobody above it and takes small real parts in tests."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any, Protocol, TypeVar
from urllib.parse import urlsplit

from amends.model import Clock
from amends.pipeline import Engine

if TYPE_CHECKING:
    from amends.model import Bin, Incident, IncidentEvent, Label, Seconds, Silence
    from amends.pipeline import BrandState
    from amends.storage import BrokenChain, StoredMention, StoredPage

T_co = TypeVar("T_co", covariant=True)


class Listing(Protocol[T_co]):
    """One page of a list, newest first; `next` is the cursor of the following page, None at the end."""

    @property
    def items(self) -> Sequence[T_co]:
        """The rows."""
        ...

    @property
    def next(self) -> str | None:
        """Where the next page begins."""
        ...


class Store(Protocol):
    """What is read from storage; everything is changed through the engine, but a corrected tone."""

    async def state(self, brand: str) -> BrandState | None:
        """Return a brand's state, None where nothing is stored of it yet."""
        ...

    async def bins(self, brand: str, since: Seconds, until: Seconds) -> Sequence[Bin]:
        """Return the bins that begin in [since, until), in order; what nobody wrote is absent."""
        ...

    async def incidents(
        self, brand: str | None = None, state: str | None = None, limit: int = 100, cursor: str | None = None
    ) -> Listing[Incident]:
        """List incidents, newest first."""
        ...

    async def incident(self, incident: str) -> Incident | None:
        """Return one incident."""
        ...

    async def events(self, incident: str) -> Sequence[IncidentEvent]:
        """Return its history, oldest first."""
        ...

    async def pages(self, incident: str) -> Sequence[StoredPage]:
        """Return the outbox rows of an incident, oldest first."""
        ...

    async def delivered(self) -> dict[tuple[str, str], Seconds]:
        """Return when each (person, channel) last took a page."""
        ...

    async def messages(self, person: str, limit: int = 100, cursor: str | None = None) -> Listing[StoredPage]:
        """Return a person's messages, the newest first."""
        ...

    async def meta(self, key: str) -> str | None:
        """Return a value that is kept, such as which drill was left out."""
        ...

    async def silences(self) -> Sequence[Silence]:
        """Return every silence that is kept, ended ones too."""
        ...

    async def mentions(
        self,
        brand: str | None = None,
        tone: str | None = None,
        source: str | None = None,
        q: str | None = None,
        since: Seconds | None = None,
        until: Seconds | None = None,
        limit: int = 100,
        cursor: str | None = None,
    ) -> Listing[StoredMention]:
        """List mentions, newest first; a corrected tone stands before the scored one."""
        ...

    async def known(self, brand: str, keys: Sequence[tuple[str, str]]) -> set[tuple[str, str]]:
        """Return those of the keys (source, id) that are stored for a brand."""
        ...

    async def sources(self) -> Mapping[str, object]:
        """Return what each source keeps, those that push too."""
        ...

    async def set_tone(
        self, brand: str, source: str, native: str, *, by: str, tone: Label | None, now: Seconds
    ) -> StoredMention:
        """Correct a tone, None takes the correction back; `UnknownError` where the mention is not stored."""
        ...

    async def verify(self, incident: str) -> str | BrokenChain:
        """Return the head of an incident's hash chain, or where it is broken."""
        ...

    async def record(self, incident: str) -> dict[str, Any] | None:
        """Return an incident's archive as plain values."""
        ...

    async def forget(self, author: str) -> int:
        """Erase an author's words; return how many posts were touched."""
        ...


class SourceStatus(Protocol):
    """How a source is doing."""

    @property
    def id(self) -> str:
        """Its configured id."""
        ...

    @property
    def kind(self) -> str:
        """feed, json and so on."""
        ...

    @property
    def paused(self) -> bool:
        """Whether a person paused it."""
        ...

    @property
    def up(self) -> bool:
        """Whether it answered within its own expected interval."""
        ...

    @property
    def last_success(self) -> Seconds | None:
        """When it last answered."""
        ...

    @property
    def lag(self) -> Seconds | None:
        """Its usual seconds from publication to being seen."""
        ...

    @property
    def gaps(self) -> Sequence[tuple[Seconds, Seconds, str]]:
        """Stretches of time (from, to, why) of the last week in which it may have had mentions that we did not get."""
        ...

    @property
    def last_error(self) -> str | None:
        """What went wrong last, None once it went well."""
        ...

    @property
    def url(self) -> str:
        """Its address without credentials."""
        ...

    @property
    def brands(self) -> Sequence[str]:
        """The brands it listens for."""
        ...

    @property
    def outcome(self) -> str | None:
        """What the last poll came to (ok, unchanged, throttled ...), None before the first."""
        ...

    @property
    def gone(self) -> bool:
        """Whether it said that it is no more."""
        ...

    @property
    def held_until(self) -> Seconds | None:
        """Until when its host wants no request of anybody, because it answered 429; None: it does not say so."""
        ...

    @property
    def next_poll(self) -> Seconds | None:
        """When it is asked next."""
        ...


class SourceDesk(Protocol):
    """Who minds the sources; `UnknownError` where there is none of that id."""

    def status(self) -> Sequence[SourceStatus]:
        """Return every source and how it does."""
        ...

    async def poll(self, source: str) -> None:
        """Ask it now."""
        ...

    async def pause(self, source: str) -> None:
        """Leave it alone until it is resumed."""
        ...

    async def resume(self, source: str) -> None:
        """Ask it again as usual."""
        ...


class SecondTally(Protocol):
    """What became of the last ten minutes' posts that a second opinion on tone would have helped."""

    @property
    def rate(self) -> float:
        """Texts a second that may be read."""
        ...

    @property
    def given(self) -> int:
        """Posts that got it."""
        ...

    @property
    def spared(self) -> int:
        """Posts that the small model scored alone, since the budget was spent."""
        ...

    @property
    def failed(self) -> int:
        """Posts that the small model scored alone, since the encoder did not answer."""
        ...


class CalendarStatus(Protocol):
    """How the calendar of a rota does."""

    @property
    def read_at(self) -> Seconds | None:
        """When it was last read well: what is in force is as old as that."""
        ...

    @property
    def error(self) -> str | None:
        """Why the last reading failed."""
        ...

    @property
    def problems(self) -> Sequence[str]:
        """What is wrong in it."""
        ...


class PushDesk(Protocol):
    """Where the phones of one channel subscribe."""

    @property
    def public_key(self) -> str:
        """What a browser must know to subscribe."""
        ...

    async def subscribe(self, given: Mapping[str, Any]) -> None:
        """Add a phone; InputError tells what is wrong with its subscription."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """Everything the web application stands on.

    `tokens` (name to secret), `hosts` and `keys` may be live views that a reload changes. `keys` are those that signed
    links and sessions, the newest first: it signs from now on.
    `ready` returns one line for each part that does not stand, none when ready; `metrics` the Prometheus text.
    """

    store: Store
    engine: Engine
    clock: Clock
    keys: Sequence[bytes] = field(repr=False)
    tokens: Mapping[str, str] = field(repr=False)
    sources: SourceDesk
    ready: Callable[[], Sequence[str]]
    metrics: Callable[[], bytes]
    version: str
    listen: str = "127.0.0.1:8484"
    external_url: str | None = None
    hosts: Sequence[str] = ()
    timezone: str = "UTC"
    push: Mapping[str, PushDesk] = field(default_factory=dict)  # by channel; a live view
    second: Callable[[], SecondTally | None] = lambda: None  # None: no second opinion is configured
    calendars: Callable[[str], CalendarStatus | None] = lambda _rota: None  # of a rota; None: it has none
    corrected: Callable[[str], None] = lambda _brand: None  # told of each brand whose tone a person put right

    @property
    def key(self) -> bytes:
        """The key that signs."""
        return self.keys[0]

    @property
    def listen_host(self) -> str:
        """The host part of `listen`, without brackets."""
        return urlsplit(f"//{self.listen}").hostname or "127.0.0.1"

    @property
    def open_reads(self) -> bool:
        """Whether whoever reaches us may read: on loopback alone, with no outside address."""
        return self.external_url is None and is_loopback(self.listen_host)

    @property
    def secure(self) -> bool:
        """Whether browsers reach us over https."""
        return (self.external_url or "").lower().startswith("https://")


def is_loopback(host: str) -> bool:
    """Tell whether a host name or address is this machine's own loopback."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
