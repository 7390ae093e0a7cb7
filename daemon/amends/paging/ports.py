"""What the worker needs of the others: the outbox, an observer, and channels, as Protocols."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, Protocol, TypeAlias, TypeVar, runtime_checkable

from amends.model import Incident, Page, Seconds

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence

    from amends.model import IncidentEvent
    from amends.paging.message import Message


class Claimed(Protocol):
    """A page that is ours until its lease ends."""

    @property
    def page(self) -> Page:
        """The message."""
        ...

    @property
    def attempts(self) -> int:
        """How often it was claimed, this time included."""
        ...


C = TypeVar("C", bound=Claimed)


class OutboxStore(Protocol[C]):
    """The outbox as the worker sees it.

    Only rows in state `queued` are ever claimed: what is deferred is decided anew at its time, by a Tick.
    """

    async def claim(self, now: Seconds, worker: str, lease: Seconds, *, skip: Collection[str] = ()) -> C | None:
        """Claim the one row that is due longest, for `lease` seconds, counting the attempt; None if nothing is due.

        A row whose lease has ended may be claimed again. Rows of the channels in `skip` are left where they are.
        """
        ...

    async def grouped(self, of: C, now: Seconds, worker: str, lease: Seconds) -> Sequence[C]:
        """Claim the other due rows of the same person, channel and group."""
        ...

    async def retry(self, page: str, due: Seconds, error: str) -> bool:
        """Give a claimed row back, due again later; False if it is no longer queued, and stays as it is."""
        ...

    async def next_due(self, *, skip: Collection[str] = ()) -> Seconds | None:
        """Return when the next row may be claimed, leases counted as due at their end; None if there is none."""
        ...

    async def sent_to(self, person: str, since: Seconds) -> int:
        """Count the messages that reached a person at `since` or later."""
        ...


class Incidents(Protocol):
    """Where an incident and its history can be looked up."""

    async def incident(self, incident: str) -> Incident | None:
        """Return one incident."""
        ...

    async def events(self, incident: str) -> Sequence[IncidentEvent]:
        """Return its history, oldest first."""
        ...


class FollowedStore(Incidents, Protocol):
    """What a channel has told, and how it stands now."""

    async def told(self, channel: str, since: Seconds) -> Sequence[tuple[Page, Incident]]:
        """Return the messages sent on a channel, the oldest first, each with its incident as it is now.

        Of the incidents that have not ended, or ended at `since` or later.
        """
        ...


class Observer(Protocol):
    """Who counts what became of pages: `sent` with the seconds from decision to confirmation, or `failed`.

    Deferred and cancelled pages are decisions, and are counted where those are.
    """

    def paged(self, channel: str, outcome: str, *, seconds: float | None = None) -> None:
        """Count one."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Traits:
    """What a channel can do.

    `limit` is how long a message may be (None: no limit worth naming), in the channel's own `unit`; `buttons` how many
    it shows, `priority` whether it tells a page from a notice, `attachment` whether it carries a file, `receipt`
    whether the far end tells of arrival on the device and not of its own acceptance alone, `public` whether others run
    its server, `groups` whether one message may speak of several brands, `attempt` how many real seconds one attempt
    may take.
    """

    limit: int | None = None
    unit: Literal["bytes", "characters", "UTF-16 units"] = "bytes"
    buttons: int = 0
    priority: bool = False
    attachment: bool = False
    receipt: bool = False
    public: bool = False
    groups: bool = False
    attempt: float = 10.0


@dataclass(frozen=True, slots=True)
class Sent:
    """The channel has it."""


@dataclass(frozen=True, slots=True)
class Retry:
    """Not now; `after` is how many seconds the far end asked for, None if it said nothing."""

    after: Seconds | None
    why: str


@dataclass(frozen=True, slots=True)
class Refused:
    """Not at all: trying again with the same page is of no use."""

    why: str


@dataclass(frozen=True, slots=True)
class Pressed:
    """Somebody has acknowledged at the far end: a person's id, and when, where it is known."""

    by: str
    at: Seconds | None = None


Result: TypeAlias = Sent | Retry | Refused
Heard: TypeAlias = "Callable[[str, Seconds], Awaitable[None]]"


class Channel(Protocol):
    """One way to reach people. `why` never holds a secret: no address with a topic, no token, no key."""

    @property
    def id(self) -> str:
        """Its configured id."""
        ...

    @property
    def kind(self) -> str:
        """ntfy, webhook, apprise ..."""
        ...

    @property
    def traits(self) -> Traits:
        """What it can do."""
        ...

    async def send(self, message: Message) -> Result:
        """Make one attempt. The caller cancels it when its time is over; what it raises is a defect of its own."""
        ...


@runtime_checkable
class Listener(Protocol):
    """A channel that also hears: people answer a page on it."""

    @property
    def listens(self) -> bool:
        """Whether it is configured to."""
        ...

    async def listen(self, heard: Heard) -> None:
        """Hear for ever, connecting again as often as needed; give each signed token to `heard`.

        With it goes how many seconds before the connection it was said: 0 for what is said now, more for what the
        server kept while nobody listened.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A message that was sent on a channel, and its incident as it is now; `taker` names who has it."""

    page: Page
    incident: Incident
    taker: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What the far end should show: of `what`, this `state`; said again after `again` seconds, None: once is enough."""

    what: str
    state: str
    told: Told
    again: Seconds | None = None


@runtime_checkable
class Follower(Protocol):
    """A channel whose far end keeps a state of its own, which must follow the incident whoever is told of a change."""

    @property
    def id(self) -> str:
        """Its configured id."""
        ...

    @property
    def traits(self) -> Traits:
        """What it can do."""
        ...

    def wishes(self, told: Sequence[Told]) -> Iterable[Wish]:
        """Return how the far end should stand, from all that was told there."""
        ...

    async def follow(self, wish: Wish, now: Seconds) -> Result | Pressed:
        """Bring the far end there; or learn of it that somebody has acknowledged. The caller bounds its time."""
        ...


class Memory(Protocol):
    """A few small notes of a channel that outlive a restart."""

    async def meta(self, key: str) -> str | None:
        """Return a note."""
        ...

    async def save_meta(self, key: str, value: str) -> None:
        """Keep a note."""
        ...


@runtime_checkable
class Pushing(Protocol):
    """A channel whose phones subscribe themselves."""

    @property
    def public_key(self) -> str:
        """What a browser must know to subscribe."""
        ...

    def use_key(self, key: str) -> None:
        """Sign with this private key from now on."""
        ...

    async def subscribe(self, given: Mapping[str, Any]) -> None:
        """Add a phone; InputError tells what is wrong with its subscription."""
        ...


@runtime_checkable
class Remembering(Protocol):
    """A channel that keeps notes."""

    def remember(self, memory: Memory) -> None:
        """Keep them there from now on."""
        ...
