"""Stories: posts that say the same count once. A memory of fingerprints and addresses, bounded in number and age."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from hashlib import blake2b
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from amends.model import DAY

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from amends.model import Mention

_T = TypeVar("_T")

MAX_STORIES = 512
MAX_AGE = 7 * DAY  # event time since a story was last heard
MAX_BITS = 3  # of 64 in which near-duplicates differ (Manku, Jain and Das Sarma 2007)
_REFRESH = 3_600  # seconds of event time within which being heard again changes nothing in memory
_ARTICLE = 0xFFFF_FFFF  # bits of a giver that are 0 for posts
_REPLY = ("re:", "re :", "by:", "comment on ", "in reply to ")  # titles that software gives to comments


@dataclass(frozen=True)
class Memory:
    """Stories that may come again, roughly the longest unheard first; columns of equal length, plain values alone.

    `prints` are signed 64-bit fingerprints (0 = none), `urls` signed 64-bit hashes (0 = no address that could identify
    a page), `sources` half of such a hash and, below it, what tells an article from posts (0), `heard` whole seconds
    of event time, `newest` the latest event time ever met.
    """

    ids: tuple[str, ...] = ()
    prints: tuple[int, ...] = ()
    urls: tuple[int, ...] = ()
    sources: tuple[int, ...] = ()
    heard: tuple[int, ...] = ()
    newest: int = 0

    def __len__(self) -> int:
        return len(self.ids)

    @cached_property
    def columns(self) -> NDArray[np.int64]:
        """Fingerprints and addresses as one array, shape (2, n): derived, never stored."""
        return np.array((self.prints, self.urls), dtype=np.int64).reshape(2, -1)


def assign(memory: Memory, mention: Mention) -> tuple[Memory, str, bool]:
    """Return the memory after a mention, the id of its story, and whether the story is new.

    A mention belongs to a remembered story if their fingerprints differ in at most `MAX_BITS` bits, or if another
    source, or an article of the same one and author, had the same canonical url. (The same source gives one url to
    many posts where they are comments on one page: those are told apart by their text.) The front page of a site
    identifies nothing. The id is a hash of brand, source and id of the story's first mention, so that a replay names it
    the same. A mention too old to be remembered, or too short to be compared and without a url, is a story of its own.
    """
    story = _story_id(mention)
    fingerprint, url = mention.fingerprint, _url_hash(mention.url)
    if not fingerprint and not url:
        return memory, story, True
    source = _giver(mention)
    heard = int(mention.published_at)
    at = _find(memory, fingerprint, url, source)
    if at is None and story in memory.ids:  # its own first mention again, edited
        at = memory.ids.index(story)
    if at is not None:
        return _heard(memory, at, heard), memory.ids[at], False
    if heard < memory.newest - MAX_AGE:
        return memory, story, True
    return _add(memory, (story, fingerprint, url, source, heard)), story, True


def _find(memory: Memory, fingerprint: int, url: int, source: int) -> int | None:
    if not memory.ids:
        return None
    prints, urls = memory.columns
    if fingerprint:
        near = np.bitwise_count((prints ^ fingerprint).view(np.uint64)) <= MAX_BITS
        near &= prints != 0
        best = int(near.argmax())
        if near[best]:
            return best
    if url:
        for at in np.flatnonzero(urls == url).tolist():
            other = memory.sources[at]
            if (other ^ source) & ~_ARTICLE or (other == source and source & _ARTICLE):
                return int(at)
    return None


def _heard(memory: Memory, at: int, heard: int) -> Memory:
    """Return the memory with one story moved to the young end; the same object if it was heard there lately."""
    if heard < memory.heard[at] + _REFRESH:
        return memory
    moved = replace(
        memory,
        ids=_last(memory.ids, at),
        prints=_last(memory.prints, at),
        urls=_last(memory.urls, at),
        sources=_last(memory.sources, at),
        heard=memory.heard[:at] + memory.heard[at + 1 :] + (heard,),
        newest=max(memory.newest, heard),
    )
    return _forget(moved)


def _last(column: tuple[_T, ...], at: int) -> tuple[_T, ...]:
    return column[:at] + column[at + 1 :] + column[at : at + 1]


def _add(memory: Memory, row: tuple[str, int, int, int, int]) -> Memory:
    story, fingerprint, url, source, heard = row
    drop = 1 if len(memory.ids) >= MAX_STORIES else 0
    # fmt: off
    grown = Memory(
        memory.ids[drop:] + (story,),  # noqa: RUF005 - unpacking 512 values takes eight times as long as adding tuples
        memory.prints[drop:] + (fingerprint,),  # noqa: RUF005 - the same
        memory.urls[drop:] + (url,),  # noqa: RUF005 - the same
        memory.sources[drop:] + (source,),  # noqa: RUF005 - the same
        memory.heard[drop:] + (heard,),  # noqa: RUF005 - the same
        max(memory.newest, heard),
    )
    # fmt: on
    # The derived array is carried over: made anew from 512 numbers it would cost more than all the rest.
    grown.__dict__["columns"] = np.concatenate((memory.columns[:, drop:], ((fingerprint,), (url,))), axis=1)
    return _forget(grown)


def _forget(memory: Memory) -> Memory:
    """Return the memory without the stories at its old end that are out of age."""
    oldest = memory.newest - MAX_AGE
    if memory.heard[0] >= oldest:
        return memory
    keep = next(at for at, heard in enumerate(memory.heard) if heard >= oldest)
    return replace(
        memory,
        ids=memory.ids[keep:],
        prints=memory.prints[keep:],
        urls=memory.urls[keep:],
        sources=memory.sources[keep:],
        heard=memory.heard[keep:],
    )


def _story_id(mention: Mention) -> str:
    made_of = f"{mention.brand}\0{mention.source}\0{mention.id}".encode("utf-8", "surrogatepass")
    return f"st_{blake2b(made_of, digest_size=8).hexdigest()}"


@lru_cache(maxsize=4_096)
def _hash(text: str) -> int:
    digest = blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True) or 1


def _giver(mention: Mention) -> int:
    """Return who brought a mention: the source, and of an article its author (different ones may be comments)."""
    source = _hash(mention.source) & ~_ARTICLE
    if not mention.title or mention.title.casefold().startswith(_REPLY):
        return source
    return source | (_hash(f"article\0{mention.author or ''}") & _ARTICLE) or 1


def _url_hash(url: str | None) -> int:
    if not url:
        return 0
    _, _, rest = url.partition("://")
    _, _, path = rest.partition("/")
    return _hash(url) if path else 0
