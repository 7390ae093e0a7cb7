"""What a channel is given to say: a page with its links, made harmless and cut to size."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from amends.model import Incident, Page, Seconds

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from amends.paging.links import Links

TITLE_LIMIT: Final = 60
TEXT_LIMIT: Final = 20_000  # characters; channels cut further
ELLIPSIS: Final = "…"
_BREAKS = re.compile("[\r\n\v\f\x1c-\x1e\x85\u2028\u2029]+")
# C0 and C1 without tab and newline, lone surrogates, direction controls, the byte order mark
_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
_JOINER = "\u200d"


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message about one page, or about several that share person, channel and group; the first leads.

    `acknowledge_url` and `tokens` (one a page) are None and empty for notices; both are secrets of their reader.
    `reachable` tells whether a phone elsewhere can open our addresses. `at` is the time of this attempt.
    """

    pages: tuple[Page, ...]
    title: str
    text: str
    url: str
    at: Seconds
    acknowledge_url: str | None = field(default=None, repr=False)
    tokens: tuple[str, ...] = field(default=(), repr=False)
    reachable: bool = True
    language: str = "en"

    @property
    def page(self) -> Page:
        """The leading page."""
        return self.pages[0]

    @property
    def key(self) -> str:
        """The same at each attempt: by it a receiver knows a repetition."""
        return self.pages[0].id

    @property
    def severity(self) -> int:
        """The worst of all."""
        return min(page.incident.severity for page in self.pages)


def compose(pages: Sequence[Page], links: Links, *, language: str, now: Seconds) -> Message:
    """Make a message of pages of one person and channel."""
    lead = pages[0]
    title, text = one_line(lead.title, TITLE_LIMIT), plain(lead.text)
    if len(pages) > 1:
        title = one_line(f"{len(pages)}: {lead.title}", TITLE_LIMIT)
        text = "\n\n".join(f"{plain(page.text)}\n{links.incident(page.incident.id)}" for page in pages)
    wakes = lead.kind == "page"
    return Message(
        pages=tuple(pages),
        title=title,
        text=fit(text, TEXT_LIMIT, size=len),
        url=links.incident(lead.incident.id if lead.reason != "alive" else ""),
        at=now,
        acknowledge_url=links.acknowledge(lead) if wakes else None,
        tokens=tuple(links.token(page) for page in pages) if wakes else (),
        reachable=links.reachable,
        language=language,
    )


def bare(pages: Sequence[Page], why: str, *, url: str, link: str, now: Seconds) -> Message:
    """Return the least that can be said: which incidents, where, and why there is no more. No text of others in it."""
    lead = pages[0]
    heads = [f"{page.brand}: severity {page.incident.severity}, {page.reason}" for page in pages]
    return Message(
        pages=tuple(
            replace(page, title=heads[at], text="", incident=_bare(page.incident)) for at, page in enumerate(pages)
        ),
        title=one_line(heads[0], TITLE_LIMIT),
        text="\n".join([*heads, f"The full text could not be sent ({one_line(why, 120)})."]),
        url=url,
        at=now,
        acknowledge_url=link if lead.kind == "page" else None,
    )


def _bare(incident: Incident) -> Incident:
    return replace(incident, title=incident.brand, why=(), quotes=(), response=None)


def one_line(text: str, limit: int = 200) -> str:
    """Return text for a title, a header or a log: one line, nothing unseen, at most `limit` characters."""
    return fit(" ".join(_UNSEEN.sub("", _BREAKS.sub(" ", text)).split()), limit, size=len)


def plain(text: str) -> str:
    """Return text without what is unseen; line breaks of any kind become plain ones."""
    return _UNSEEN.sub("", _BREAKS.sub(lambda found: "\n" * min(2, len(found[0].replace("\r\n", "\n"))), text)).strip()


def fit(text: str, limit: int, *, size: Callable[[str], int] | None = None) -> str:
    """Return the longest head of `text` that measures at most `limit`, with an ellipsis where something was cut.

    `size` measures a text and must not shrink as it grows; by default UTF-8 bytes. Nothing is cut between a character
    and what belongs to it: accents, variation selectors, skin tones, joined emoji, flags.
    """
    measure = size or utf8
    if measure(text) <= limit:
        return text
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        if measure(text[:middle].rstrip() + ELLIPSIS) <= limit:
            low = middle
        else:
            high = middle - 1
    while low and _inside(text, low):
        low -= 1
    head = text[:low].rstrip()
    cut = head + ELLIPSIS
    return cut if measure(cut) <= limit else head


def utf8(text: str) -> int:
    """Count the bytes of a text in UTF-8."""
    return len(text.encode("utf-8", "surrogatepass"))


def _inside(text: str, at: int) -> bool:
    """Return whether a cut before `text[at]` would part a character from what belongs to it."""
    if at >= len(text):
        return False
    following = text[at]
    if text[at - 1] == _JOINER or following == _JOINER or "\U0001f3fb" <= following <= "\U0001f3ff":
        return True
    if unicodedata.category(following) in {"Mn", "Me", "Mc"}:
        return True
    flags = 0
    while flags < at and _flag(text[at - 1 - flags]):
        flags += 1
    return _flag(following) and flags % 2 == 1


def _flag(character: str) -> bool:
    return "\U0001f1e6" <= character <= "\U0001f1ff"
