"""Pages of an answer: on to older ones while everything is new, and a word about what may have been missed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator
from yarl import URL

from amends.model import DAY, HOUR, Seconds
from amends.sources.dates import judge, read_date
from amends.sources.errors import SourceError
from amends.sources.memory import Memory, knows
from amends.sources.parsing.entry import Entry

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from amends.sources.http import Answer
    from amends.sources.parser import Document

OVERLAP = HOUR  # how far a search reads again what it has read: indexes lag
GAP_KEPT = 7 * DAY
_GAPS = 10  # kept of one document
_LEAST = 2  # entries that make a document: one that is new each time is a page that shows its newest alone
_LINK = re.compile(r"<([^<>]{1,2000})>((?:\s*;\s*[^\s;,=]+\s*=\s*(?:\"[^\"]*\"|[^\s;,\"]*))*)")
_REL = re.compile(r";\s*rel\s*=\s*(?:\"([^\"]*)\"|([^\s;,\"]*))", re.IGNORECASE)


class Pages(BaseModel):
    """Where the next, older page is: a number in the address, a path in the answer, or its `Link` header.

    `size` is how many items a full page has (a shorter one is the last), `most` how many pages one poll reads.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    param: str | None = Field(default=None, pattern=r"^[A-Za-z0-9_.\[\]-]+$")
    first: int = Field(default=0, ge=0)
    next: str | None = Field(default=None, min_length=1)
    link: Literal["next"] | None = None
    size: int | None = Field(default=None, ge=1)
    most: int = Field(default=10, ge=1, le=50)

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        if sum(one is not None for one in (self.param, self.next, self.link)) != 1:
            raise ValueError(
                "`page` needs one way to the next page: param (a number in the address), next (a path in the answer) "
                "or link: next (the header Link)"
            )
        return self

    def full(self, document: Document) -> bool:
        """Whether there may be another page after this one."""
        return self.size is None or len(document.entries) >= self.size

    def following(self, number: int, url: str, answer: Answer, document: Document) -> str | None:
        """Return the address of the page after page `number` (from 0); None if there is none.

        SourceError `unsafe` where the answer places it on another host.
        """
        if self.param is not None:
            return f"{url}{'&' if '?' in url else '?'}{self.param}={self.first + number + 1}"
        found = link_next(answer.headers) if self.link else next(iter(document.facts.get("next", ())), None)
        if not found:
            return None
        try:
            here = URL(answer.url)
            target = here.join(URL(found, encoded=found.isascii() and " " not in found)).with_fragment(None)
            same = bool(target.host) and target.origin() == here.origin()
        except ValueError:
            same = False
        if not same:  # an answer must not send us, and least of all our credentials, to somebody else
            raise SourceError("unsafe", "the answer places its next page on another host")
        return str(target) if target != here else None


@dataclass(frozen=True, slots=True)
class Further:
    """What the pages of one poll brought: all entries, each once, and why some may be missing (None: none are)."""

    entries: list[Entry]
    why: str | None = None


async def go_on(
    pages: Pages | None,
    url: str,
    first: tuple[Answer, Document],
    memory: Memory,
    now: Seconds,
    fetch: Callable[[str], Awaitable[tuple[Answer, Document]]],
) -> Further:
    """Read older pages until one has a known entry or reaches back behind the last poll; `memory` is left as it is.

    What a first walk does not reach is history and no loss. An error on the way keeps what was read until then.
    """
    answer, document = first
    entries = list(document.entries)
    if memory.heard is None or _reaches(entries, document, memory, memory.heard - OVERLAP, now):
        return Further(entries)
    if pages is None:
        return Further(entries, _alone(entries, memory.heard, now) if memory.seen else None)
    ids = {entry.get("id") for entry in entries}
    for number in range(1, pages.most + 1):
        try:
            target = pages.following(number - 1, url, answer, document) if pages.full(document) else None
            if target is None:
                break
            if number == pages.most:
                return Further(entries, f"{pages.most} pages were full of new items, and more are not read at once")
            answer, document = await fetch(target)
        except SourceError as error:
            return Further(entries, f"page {number + 1} could not be read: {error}"[:300])
        entries += [one for one in document.entries if one.get("id") not in ids]  # the list moved while it was read
        ids |= {entry.get("id") for entry in document.entries}
        if _reaches(document.entries, document, memory, memory.heard - OVERLAP, now):
            break
    return Further(entries)


def note(memory: Memory, further: Further, now: Seconds) -> None:
    """Keep the stretch of time in which items may be missing, so that people are told."""
    since = now - GAP_KEPT
    memory.gaps = [gap for gap in memory.gaps if gap["to"] >= since]
    if further.why is not None and memory.heard is not None:
        oldest = min(_dates(further.entries, now), default=now)
        gap = {"from": memory.heard, "to": max(oldest, memory.heard), "why": further.why}
        memory.gaps = [*memory.gaps, gap][-_GAPS:]


def _reaches(entries: list[Entry], document: Document, memory: Memory, back_to: Seconds, now: Seconds) -> bool:
    """Whether a page touches what is known already, or a time up to which everything was heard."""
    if not entries or any(span in memory.spans for span in document.spans or ()) or knows(memory, entries):
        return True
    dates = _dates(entries, now)
    return bool(dates) and min(dates) < back_to


def _alone(entries: list[Entry], heard: Seconds, now: Seconds) -> str | None:
    """Say that a document without pages may have lost some: all of it is new, and none of it older than the last."""
    dates = _dates(entries, now)
    if len(entries) < _LEAST or len(dates) < len(entries) or min(dates) <= heard:
        return None
    return f"all {len(entries)} items were new, and the source shows no more: ask it more often (every)"


def _dates(entries: list[Entry], now: Seconds) -> list[Seconds]:
    found = (judge(read_date(entry.get("date"), entry.get("parsed")), now) for entry in entries)
    return [when.at for when in found if when.quality == "given"]


def link_next(headers: Mapping[str, str]) -> str | None:
    """Return the target of `Link: <...>; rel="next"` (RFC 8288), None if there is none."""
    for target, parameters in _LINK.findall(headers.get("link", "")[:8_000]):
        relation = _REL.search(parameters)
        if relation and "next" in (relation.group(1) or relation.group(2) or "").lower().split():
            return str(target)
    return None


def gaps_of(docs: Mapping[str, Any]) -> tuple[tuple[Seconds, Seconds, str], ...]:
    """Return all gaps of a cursor's documents as (from, to, why), the newest last."""
    found = {(gap["from"], gap["to"], gap["why"]) for doc in docs.values() for gap in doc.get("gaps", ())}
    return tuple(sorted(found))
