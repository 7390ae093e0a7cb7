"""What a source remembers of one document: validators, and its entries well enough to tell new, edited and known."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self

from amends.matching import canonical_url, clean
from amends.model import DAY, Item, Seconds
from amends.sources.dates import judge, read_date
from amends.sources.parsing.entry import Entry

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

MAX_EDITS = 24  # of one entry in a day: a clock in the text is no news
_KEPT = 500  # entries remembered after they left their document
_LONG = 200  # characters of an id; longer ones are hashed
_TRACKING = re.compile(r"(?:^|&)(?:utm_[a-z]+|fbclid|gclid|mc_[a-z]+)=[^&]*")
_LANG = re.compile(r"[A-Za-z]{2,3}(?=$|[-_])")


@dataclass(slots=True)
class Memory:
    """One document's part of a cursor. It goes to the store as a dict and comes back from it."""

    etag: str | None = None
    modified: str | None = None
    at: str | None = None  # the address that gave the validators, and alone gets them back
    digest: str = ""
    walked: bool = False  # it has been read to its end once: what comes now is not history
    recheck: bool = False  # the validators may hide a change of their own second: ask once without them
    checked: str | None = None  # the validator for which that was done
    heard: Seconds | None = None
    floor: Seconds = 0.0  # seconds that the document itself asks for (ttl, sy:, backoff)
    skip_hours: list[int] = field(default_factory=list)
    skip_days: list[int] = field(default_factory=list)  # 0 = Monday
    url: str | None = None  # where it lives now, after permanent redirects that lasted
    moved: dict[str, Any] | None = None  # {"to", "n", "since"} of permanent redirects seen so far
    spans: dict[str, str] = field(default_factory=dict)  # hash of an entry's bytes -> its key
    gaps: list[dict[str, Any]] = field(default_factory=list)  # {"from", "to", "why"}: items may be missing there
    seen: dict[str, list[Any]] = field(default_factory=dict)  # key -> [content, title+link, title+date, day, edits, id]
    listed: dict[str, str] = field(default_factory=dict)  # what the last reading showed: id -> address; never stored

    @classmethod
    def load(cls, stored: dict[str, Any] | None) -> Self:
        """Read one from the store; unknown keys of a newer program are dropped."""
        if not stored:
            return cls()
        known = cls.__dataclass_fields__
        made = cls(
            **(stored if stored.keys() <= known.keys() else {key: stored[key] for key in stored if key in known})
        )
        made.spans, made.seen = dict(made.spans), dict(made.seen)  # what was stored stays as it is until it is saved
        made.moved = dict(made.moved) if made.moved else None
        return made

    def dump(self) -> dict[str, Any]:
        """Return what the store keeps: only what is there."""
        return {
            name: value for name in self.__dataclass_fields__ if name != "listed" and (value := getattr(self, name))
        }


def _hash(*parts: str | None) -> str:
    return hashlib.blake2b("\0".join(part or "" for part in parts).encode(), digest_size=6).hexdigest()


def same_link(url: str | None) -> str:
    """A link reduced to what stays when a site moves to https or adds trackers: host, path and true parameters."""
    if not url:
        return ""
    bare = url.partition("#")[0].partition("://")[2] or url
    path, _, query = bare.removeprefix("www.").partition("?")
    query = _TRACKING.sub("", query).lstrip("&")
    return path.rstrip("/") + (f"?{query}" if query else "")


@dataclass(slots=True)
class _Candidate:
    """An entry on its way to a key."""

    entry: Entry
    native: str
    link: str
    key: str = ""

    @property
    def content(self) -> str:
        return _hash(self.entry.get("title"), self.entry.get("text"))

    @property
    def traits(self) -> tuple[str, str]:
        title = self.entry.get("title") or self.entry.get("text", "")[:500]
        date = self.entry.get("date")
        return _hash(title, self.link), _hash(title, date) if date else ""


def _candidates(entries: Iterable[Entry]) -> list[_Candidate]:
    found = []
    for entry in entries:
        if not any(entry.get(part) for part in ("title", "text", "id", "link", "date", "author")):
            continue
        link = entry.get("link", "")
        anonymous = _hash(entry.get("title"), entry.get("text", "")[:1000], entry.get("date"))
        native = entry.get("id") or canonical_url(link) or link or anonymous
        found.append(_Candidate(entry, native if len(native) <= _LONG else _hash(native) + native[:80], link))
    return found


def _assign(candidates: Sequence[_Candidate], memory: Memory, present: set[str]) -> None:
    """Give every entry its key: its id, and with it the link or the content where the document repeats the id."""
    natives = Counter(one.native for one in candidates)
    pairs = Counter((one.native, one.link) for one in candidates)
    for one in candidates:
        one.key = one.native
        if natives[one.native] == 1 and one.native not in present:
            continue
        known = memory.seen.get(one.native)
        if known is not None and one.native not in present and known[1] == one.traits[0]:
            continue
        one.key = f"{one.native} {one.link}"
        if not one.link or pairs[one.native, one.link] > 1:
            one.key = f"{one.native} {one.content}"


def identify(entries: Sequence[Entry]) -> list[tuple[str, Entry]]:
    """Return the entries of one document with their keys, each key once; those that say nothing are left out."""
    candidates = _candidates(entries)
    _assign(candidates, Memory(), set())
    return list({one.key: (one.key, one.entry) for one in reversed(candidates)}.values())[::-1]


def knows(memory: Memory, entries: Iterable[Entry]) -> bool:
    """Whether any of the entries was seen before."""
    return any(one.native in memory.seen for one in _candidates(entries))


def language(entry: Entry) -> str | None:
    """The entry's language as ISO 639, without region."""
    found = _LANG.match(entry.get("lang", ""))
    return found.group().lower() if found else None


def title_of(entry: Entry) -> str:
    """The entry's title as plain text."""
    title = entry.get("title", "")
    return clean(title, html=True) if entry.get("title_html") else title


def take(
    memory: Memory,
    entries: Sequence[Entry],
    *,
    source: str,
    spans: Sequence[str] | None,
    now: Seconds,
    brand: str | None = None,
) -> list[Item]:
    """Return the items that entries bring, and change `memory` so that it knows them.

    New entries are items; a known one whose title or text changed is an item with `op="update"`, at most `MAX_EDITS`
    times a day. `spans` are the hashes of all entries of the document where it has them.
    """
    present = {memory.spans[name] for name in spans or () if name in memory.spans}
    candidates = _candidates(entries)
    _assign(candidates, memory, present)
    aliases = _aliases(candidates, memory, present)
    day = int(now // DAY)
    items = []
    done: set[str] = set()
    names = {one.key for one in candidates} | {memory.seen[key][5] or key for key in present & memory.seen.keys()}
    for one in candidates:
        if one.key in done:
            continue
        done.add(one.key)
        item = _judge(one, memory, aliases, names, day, now, source, brand)
        if item is not None:
            items.append(item)
    _remember(memory, candidates, spans, done | present)
    links = {one.key: one.link for one in candidates}
    memory.listed = {memory.seen[key][5] or key: links.get(key, "") for key in (done | present) & memory.seen.keys()}
    return items


def _judge(
    one: _Candidate,
    memory: Memory,
    aliases: dict[str, list[Any]],
    names: set[str],
    day: int,
    now: Seconds,
    source: str,
    brand: str | None,
) -> Item | None:
    """Return what an entry brings. `names` are the ids that the document's other entries bear already.

    An entry that was taken for the heir of another, which now stands beside it (or beside another heir), is none.
    """
    content = one.content
    known = memory.seen.get(one.key) or aliases.get(one.key)
    native = one.key
    if known is not None:
        native = known[5] or (one.key if one.key in memory.seen else aliases[one.key][6])
    if known is None or (native != one.key and native in names):
        memory.seen[one.key] = [content, *one.traits, day, 0, None]
        return _item(one, one.key, source, now, op="create", brand=brand)
    names.add(native)
    edits = known[4] if known[3] == day else 0
    if known[0] == content or edits >= MAX_EDITS:
        memory.seen[one.key] = [known[0], *one.traits, known[3], known[4], native if native != one.key else None]
        return None
    memory.seen[one.key] = [content, *one.traits, day, edits + 1, native if native != one.key else None]
    return _item(one, native, source, now, op="update", brand=brand)


def _aliases(candidates: Sequence[_Candidate], memory: Memory, present: set[str]) -> dict[str, list[Any]]:
    """Where *all* ids of a document changed at once (a move, https), find the old entries by title and link or date."""
    if not memory.seen or present or not candidates or any(one.key in memory.seen for one in candidates):
        return {}
    index: dict[str, list[Any]] = {}
    for key, known in memory.seen.items():
        for trait in (known[1], known[2]):
            if trait:
                index[trait] = [*known, known[5] or key]
    found: dict[str, list[Any]] = {}
    taken: set[str] = set()
    for one in candidates:
        match = next((index[trait] for trait in one.traits if trait in index), None)
        if match is not None and match[6] not in taken:  # an old entry has one heir
            found[one.key] = match
            taken.add(match[6])
    return found


def _remember(memory: Memory, candidates: Sequence[_Candidate], spans: Sequence[str] | None, here: set[str]) -> None:
    known = {one.entry["span"]: one.key for one in candidates if "span" in one.entry}
    memory.spans = {name: key for name in spans or () if (key := known.get(name) or memory.spans.get(name))}
    gone = [key for key in memory.seen if key not in here]
    for key in gone[: max(0, len(gone) - max(_KEPT, len(here)))]:
        del memory.seen[key]
    for key in here & memory.seen.keys():  # the newest last, so that the oldest go first
        memory.seen[key] = memory.seen.pop(key)


def _item(one: _Candidate, native: str, source: str, now: Seconds, *, op: str, brand: str | None) -> Item:
    entry = one.entry
    when = judge(read_date(entry.get("date"), entry.get("parsed")), now)
    return Item(
        source=source,
        id=native,
        text=entry.get("text", ""),
        title=title_of(entry),
        html=entry.get("html", False),
        url=one.link if one.link.lower().startswith(("http://", "https://")) else None,
        author=entry.get("author"),
        lang=language(entry),
        reach=entry.get("reach"),
        published_at=when.at,
        seen_at=now,
        date=when.quality,
        brand=brand,
        op="update" if op == "update" else "create",
    )
