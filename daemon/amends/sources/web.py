"""One poll of a source that is read over HTTP: ask, compare, parse what changed, tell the new from the known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from yarl import URL

from amends.model import DAY, HOUR, Item, Seconds
from amends.sources import headers as said
from amends.sources.errors import Outcome, SourceError
from amends.sources.http import Answer, Request
from amends.sources.memory import Memory, take
from amends.sources.pages import OVERLAP, Pages, gaps_of, go_on, note
from amends.sources.queries import Ask, Names, asks
from amends.sources.settings import WebSettings
from amends.sources.source import PollResult, Tools

if TYPE_CHECKING:
    from amends.sources.parser import Document

_BACKFILL = 7 * DAY  # how far back a search with {since} begins
_MOVES, _MOVED_FOR = 3, DAY  # permanent redirects in a row, and since when, before an address is changed
_PERIODS = {"hourly": HOUR, "daily": DAY, "weekly": 7 * DAY, "monthly": 30 * DAY, "yearly": 365 * DAY}
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_FACT_CAP = DAY
_ALWAYS = "*"  # in place of a validator: every answer is dated with the present
_MIDNIGHT = 24
_NEVER: frozenset[int] = frozenset()
# After these the host gets no further request of this poll.
_STOP = frozenset({"throttled", "held", "blocked", "unreachable", "too-slow", "unsafe"})


@dataclass(slots=True)
class _Tally:
    """What the requests of one poll add up to."""

    items: list[Item] = field(default_factory=list)
    first: list[Item] = field(default_factory=list)
    changed: bool = False
    aged: bool = True  # nothing that is kept changed but times
    floor: Seconds = 0.0
    stated: bool = False
    conditional: bool = True
    recheck: bool = False
    hours: set[int] = field(default_factory=set)
    days: set[int] = field(default_factory=set)
    error: SourceError | None = None
    listed: dict[str, str] = field(default_factory=dict)
    read: int = 0  # documents that were read whole


@dataclass(frozen=True, slots=True)
class WebSource:
    """A source over HTTP; `job` tells the parser what to make of a body."""

    id: str
    settings: WebSettings
    job: Mapping[str, Any]
    pages: Pages | None = None

    @property
    def kind(self) -> str:
        """As in the configuration."""
        return self.settings.kind

    @property
    def url(self) -> str:
        """The address as configured."""
        return self.settings.url

    async def poll(
        self, tools: Tools, cursor: Mapping[str, Any] | None, names: Sequence[Names], now: Seconds
    ) -> PollResult:
        """Make each request of this source, one after the other."""
        docs: dict[str, Any] = dict(cursor["docs"]) if cursor and "docs" in cursor else {}
        tally = _Tally()
        since = self._since(docs, now) if "{since" in self.url else now
        wanted = asks(self.url, names, join=self.settings.join, since=since)
        for ask in wanted:
            memory: Memory | None = None
            kept: dict[str, Any] = docs.get(ask.key) or {}
            try:
                request = self._request(ask, kept)
                answer = await tools.client.fetch(request)
                if answer.status == HTTPStatus.NOT_MODIFIED and _only_older(answer, kept):
                    docs[ask.key] = _age(answer, kept, tally, now)
                    continue
                memory = Memory.load(kept)
                await self._read(tools, request, answer, memory, tally, now)
            except SourceError as error:
                memory = memory or Memory.load(kept)
                tally.error = tally.error or error
                memory.url = None if error.name in {"status", "unreachable", "gone"} else memory.url
                tally.floor = max(tally.floor, error.floor or 0.0)
                tally.stated = tally.stated or error.floor is not None
            tally.aged = False
            docs[ask.key] = memory.dump()
            if tally.error is not None and tally.error.name in _STOP:
                break
        if len(docs) > len(wanted):  # a name is asked for no more
            tally.aged = False
            docs = {ask.key: docs[ask.key] for ask in wanted if ask.key in docs}
        return _result(tally, {"docs": docs}, whole=tally.read == len(wanted))

    def _since(self, docs: Mapping[str, Any], now: Seconds) -> Seconds:
        heard = [doc.get("heard") for doc in docs.values()]
        known = [at for at in heard if at is not None]
        return min(known) - OVERLAP if known and len(known) == len(heard) else now - _BACKFILL

    def _request(self, ask: Ask, kept: Mapping[str, Any]) -> Request:
        fixed = "{" not in self.settings.url
        bare = kept.get("recheck")
        return Request(
            (kept.get("url") if fixed else None) or ask.url,
            None if bare else kept.get("etag"),
            None if bare else kept.get("modified"),
            kept.get("at"),
            self.settings.secrets() if self.settings.headers else {},
        )

    async def _read(
        self, tools: Tools, request: Request, answer: Answer, memory: Memory, tally: _Tally, now: Seconds
    ) -> None:
        if answer.status == HTTPStatus.NOT_MODIFIED:
            if not (request.etag or request.modified):
                raise SourceError("shape", "the server answers 304 (unchanged) to a request without conditions")
        elif not answer.body.strip():
            raise SourceError("not-a-feed", "the document is empty")
        elif answer.digest != memory.digest:
            await self._take(tools, request, answer, memory, tally, now)
        self._settle(answer, memory, tally, now)
        if "{" not in self.settings.url:
            _follow_moves(answer, memory, now)

    async def _parse(self, tools: Tools, answer: Answer, memory: Memory) -> Document:
        job = {**self.job, "url": answer.url, "charset": said.charset(answer.headers), "seen": list(memory.spans)}
        return await tools.parser.parse(answer.body, job)

    async def _take(
        self, tools: Tools, request: Request, answer: Answer, memory: Memory, tally: _Tally, now: Seconds
    ) -> None:
        document = await self._parse(tools, answer, memory)

        async def older(url: str) -> tuple[Answer, Document]:
            at_home = URL(url).origin() == URL(request.url).origin()
            page = await tools.client.fetch(Request(url, headers=self.settings.secrets() if at_home else {}))
            return page, await self._parse(tools, page, memory)

        further = await go_on(self.pages, request.url, (answer, document), memory, now, older)
        if further.why is None or self.pages is not None or "{since" not in self.url:
            note(memory, further, now)
        items = take(memory, further.entries, source=self.id, spans=document.spans, now=now)
        (tally.items if memory.walked else tally.first).extend(items)
        tally.changed = True
        tally.listed |= memory.listed
        tally.read += 1
        memory.digest = answer.digest
        _keep_facts(document, memory)

    def _settle(self, answer: Answer, memory: Memory, tally: _Tally, now: Seconds) -> None:
        """Keep the validators and what was said of time; only called once the body has been understood."""
        etag = said.returnable(answer.headers.get("etag"))
        modified = said.returnable(answer.headers.get("last-modified"))
        if answer.status == HTTPStatus.OK:
            memory.etag, memory.modified = etag, modified
        else:
            memory.etag, memory.modified = etag or memory.etag, modified or memory.modified
        memory.at = answer.url
        _look_again(memory, weak=said.weak(answer.headers), modified=modified)
        memory.walked, memory.heard = True, now
        fresh = said.fresh_for(answer.headers, now)
        tally.floor = max(tally.floor, fresh or 0.0, memory.floor)
        tally.stated = tally.stated or fresh is not None or memory.floor > 0
        tally.conditional = tally.conditional and bool(memory.etag or memory.modified)
        tally.recheck = tally.recheck or memory.recheck
        tally.hours.update(memory.skip_hours)
        tally.days.update(memory.skip_days)


def _only_older(answer: Answer, kept: Mapping[str, Any]) -> bool:
    """Whether a 304 says nothing that is not kept already: the usual poll, which needs no more than the time."""
    if answer.moved or "recheck" in kept or "moved" in kept or "walked" not in kept or kept.get("at") != answer.url:
        return False
    etag, modified = kept.get("etag"), kept.get("modified")
    said_etag, said_modified = answer.headers.get("etag"), answer.headers.get("last-modified")
    return (
        bool(etag or modified)
        and (said_etag is None or said_etag == etag)
        and (said_modified is None or (said_modified == modified and not said.weak(answer.headers)))
    )


def _age(answer: Answer, kept: Mapping[str, Any], tally: _Tally, now: Seconds) -> dict[str, Any]:
    """Note that a document was heard again, unchanged; return what is kept of it."""
    fresh, floor = said.fresh_for(answer.headers, now), kept.get("floor", 0.0)
    if fresh or floor:
        tally.floor = max(tally.floor, fresh or 0.0, floor)
    tally.stated = tally.stated or fresh is not None or floor > 0
    if "skip_hours" in kept or "skip_days" in kept:
        tally.hours.update(kept.get("skip_hours", ()))
        tally.days.update(kept.get("skip_days", ()))
    return {**kept, "heard": now}


def _look_again(memory: Memory, *, weak: bool, modified: str | None) -> None:
    """Decide whether one poll without conditions is due: a validator of the present second may hide another change.

    Once for each validator, and never again where that poll's own is of its present too: such a server dates every
    answer so, and would be asked twice for ever.
    """
    if memory.recheck:
        memory.recheck, memory.checked = False, _ALWAYS if weak else modified
    elif weak:
        memory.recheck = memory.checked not in {_ALWAYS, modified}


def _result(tally: _Tally, cursor: dict[str, Any], *, whole: bool) -> PollResult:
    outcome: Outcome = "ok" if tally.changed else "unchanged"
    return PollResult(
        outcome=tally.error.outcome if tally.error else outcome,
        cursor=cursor,
        aged=tally.aged and tally.error is None,
        gaps=() if tally.aged else gaps_of(cursor["docs"]),
        items=tuple(tally.items),
        first=tuple(tally.first),
        floor=tally.floor,
        stated=tally.stated,
        conditional=tally.conditional,
        recheck=tally.recheck,
        skip_hours=frozenset(tally.hours) if tally.hours else _NEVER,
        skip_days=frozenset(tally.days) if tally.days else _NEVER,
        listed=tally.listed if whole and tally.error is None else None,
        error=tally.error.name if tally.error else None,
        detail=tally.error.detail if tally.error else None,
    )


def _keep_facts(document: Document, memory: Memory) -> None:
    """Remember what the document says of how often it changes; it holds for answers without a body, too."""
    facts = document.facts
    floor = _number(facts, "ttl") * 60 + _number(facts, "backoff")
    period = _PERIODS.get((facts.get("updateperiod") or [""])[0].lower())
    if period:
        floor = max(floor, period / max(1.0, _number(facts, "updatefrequency")))
    memory.floor = min(floor, _FACT_CAP)
    memory.skip_hours = sorted(
        {int(hour) % 24 for hour in facts.get("hour", ()) if hour.isdecimal() and int(hour) <= _MIDNIGHT}
    )
    memory.skip_days = sorted({_DAYS.index(day.lower()) for day in facts.get("day", ()) if day.lower() in _DAYS})


def _number(facts: Mapping[str, list[str]], name: str) -> float:
    value = (facts.get(name) or [""])[0]
    return float(value[:9]) if value.isdecimal() else 0.0


def _follow_moves(answer: Answer, memory: Memory, now: Seconds) -> None:
    """Change the address after enough equal permanent redirects over a long enough time to what reads as a feed."""
    if not answer.moved:
        memory.moved = None
        return
    if memory.moved is None or memory.moved["to"] != answer.url:
        memory.moved = {"to": answer.url, "n": 0, "since": now}
    memory.moved["n"] += 1
    if memory.moved["n"] >= _MOVES and now - memory.moved["since"] >= _MOVED_FOR:
        memory.url, memory.moved = answer.url, None
