"""Stories: posts that say the same count once. A memory of fingerprints and addresses, bounded in number and age."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from hashlib import blake2b
from typing import TYPE_CHECKING, TypeVar

import numpy as np

from amends.model import DAY
from amends.stories.near import adds, near

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from amends.model import Mention

_T = TypeVar("_T")

MAX_STORIES = 512
MAX_AGE = 7 * DAY  # event time since a story was last heard
MAX_BITS = 3  # of 64 in which near-duplicates differ (Manku, Jain and Das Sarma 2007)
FAR_BITS = 24  # within which words are compared one by one: unrelated texts differ in 32
MAX_COMPARED = 8  # stories whose words are compared, the nearest first
_REFRESH = 3_600  # seconds of event time within which being heard again changes nothing in memory
_ARTICLE = 0xFFFF_FFFF  # bits of a giver that are 0 for posts
_REPLY = ("re:", "re :", "by:", "comment on ", "in reply to ")  # titles that software gives to comments


@dataclass(frozen=True)
class Memory:
    """Stories that may come again, roughly the longest unheard first; columns of equal length, plain values alone.

    `prints` are signed 64-bit fingerprints (0 = none), `urls` signed 64-bit hashes (0 = no address that could identify
    a page), `sources` half of such a hash and, below it, what tells an article from posts (0), `heard` whole seconds
    of event time, `newest` the latest event time ever met, `words` the codes of the words of the first mention (empty:
    too short, erased, or from before there were any).
    """

    ids: tuple[str, ...] = ()
    prints: tuple[int, ...] = ()
    urls: tuple[int, ...] = ()
    sources: tuple[int, ...] = ()
    heard: tuple[int, ...] = ()
    newest: int = 0
    words: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if len(self.words) < len(self.ids):
            object.__setattr__(self, "words", ("",) * (len(self.ids) - len(self.words)) + self.words)

    def __len__(self) -> int:
        return len(self.ids)

    @cached_property
    def columns(self) -> NDArray[np.int64]:
        """Fingerprints and addresses as one array, shape (2, n): derived, never stored."""
        return np.array((self.prints, self.urls), dtype=np.int64).reshape(2, -1)


def assign(memory: Memory, mention: Mention) -> tuple[Memory, str, bool]:
    """Return the memory after a mention, the id of its story, and whether the story is new.

    A mention belongs to a remembered story if their fingerprints differ in at most `MAX_BITS` bits, if nearly all its
    words stand there in the same order (`near`), and it brings no news (a number, a name...) either way; or if another
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
    at = _find(memory, mention, url, source)
    if at is None and story in memory.ids:  # its own first mention again, edited
        at = memory.ids.index(story)
    if at is not None:
        return _heard(memory, at, heard), memory.ids[at], False
    if heard < memory.newest - MAX_AGE:
        return memory, story, True
    return _add(memory, (story, fingerprint, url, source, heard, mention.wording.words)), story, True


def without(memory: Memory, mentions: Iterable[tuple[str, str, str]]) -> Memory:
    """Return the memory without the words of mentions (brand, source, id) that are erased; the stories stay."""
    gone = {memory.ids.index(story) for story in (_named(*one) for one in mentions) if story in memory.ids}
    if not gone:
        return memory
    return replace(memory, words=tuple("" if at in gone else one for at, one in enumerate(memory.words)))


def _find(memory: Memory, mention: Mention, url: int, source: int) -> int | None:
    if not memory.ids:
        return None
    prints, urls = memory.columns
    if mention.fingerprint:
        apart = np.bitwise_count((prints ^ mention.fingerprint).view(np.uint64))
        apart[prints == 0] = 64
        found = np.flatnonzero(apart <= (FAR_BITS if mention.wording.words else MAX_BITS))
        for at in found[np.argsort(apart[found], kind="stable")][:MAX_COMPARED].tolist():
            if near(memory.words[at], mention.wording, sure=bool(apart[at] <= MAX_BITS)):
                return int(at)
    if url:
        for at in np.flatnonzero(urls == url).tolist():
            other = memory.sources[at]
            elsewhere = (other ^ source) & ~_ARTICLE or (other == source and source & _ARTICLE)
            if elsewhere and not adds(memory.words[at], mention.wording.watched):
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
        words=_last(memory.words, at),
        heard=memory.heard[:at] + memory.heard[at + 1 :] + (heard,),
        newest=max(memory.newest, heard),
    )
    return _forget(moved)


def _last(column: tuple[_T, ...], at: int) -> tuple[_T, ...]:
    return column[:at] + column[at + 1 :] + column[at : at + 1]


def _add(memory: Memory, row: tuple[str, int, int, int, int, str]) -> Memory:
    story, fingerprint, url, source, heard, words = row
    drop = 1 if len(memory.ids) >= MAX_STORIES else 0
    # fmt: off
    grown = Memory(
        memory.ids[drop:] + (story,),  # noqa: RUF005 - unpacking 512 values takes eight times as long as adding tuples
        memory.prints[drop:] + (fingerprint,),  # noqa: RUF005 - the same
        memory.urls[drop:] + (url,),  # noqa: RUF005 - the same
        memory.sources[drop:] + (source,),  # noqa: RUF005 - the same
        memory.heard[drop:] + (heard,),  # noqa: RUF005 - the same
        max(memory.newest, heard),
        memory.words[drop:] + (words,),  # noqa: RUF005 - the same
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
        words=memory.words[keep:],
    )


def _story_id(mention: Mention) -> str:
    return _named(mention.brand, mention.source, mention.id)


def _named(brand: str, source: str, native: str) -> str:
    made_of = f"{brand}\0{source}\0{native}".encode("utf-8", "surrogatepass")
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
