"""One cheap pass of expat over a feed before the real parser: limits, what the channel says, where each entry lies."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from xml.parsers import expat

from amends.sources.parsing.refusal import RefusalError

MAX_DEPTH = 256
MAX_ATTRIBUTES = 256
_MAX_FACTS = 32  # 24 hours and 7 days fit
ROOTS = frozenset({"rss", "feed", "rdf", "channel"})
_ENTRIES = frozenset({"item", "entry"})
_FACTS = frozenset({"ttl", "updateperiod", "updatefrequency", "hour", "day", "language"})
_AMPLIFIED = frozenset({43, 44})  # amplification limit breached, not started
_WELL_KNOWN_DTD = re.compile(r"""\bSYSTEM\s+["']https?://[^"']*\brss-0\.9[0-9]*\.dtd["']""", re.IGNORECASE)
_DOCTYPE = re.compile(r"<!DOCTYPE\s+([^\s>\[]+)([^>\[]*)", re.IGNORECASE)
_ENTITY = re.compile(r"<!ENTITY\s+(?:%\s+)?[^\s>]+\s+(?:SYSTEM\b|PUBLIC\s+\"[^\"]{0,200}\"|PUBLIC\b)", re.IGNORECASE)
_ENTRY_BEGINS = re.compile(r"<(?:[\w.-]{1,20}:)?(?:item|entry)[\s>]", re.IGNORECASE)
_ENTRY_ENDS = re.compile(r"</(?:[\w.-]{1,20}:)?(?:item|entry)\s*>", re.IGNORECASE)
_TAG = re.compile(r"<[A-Za-z/][^<>]*>")
_ROOT = re.compile(r"<([A-Za-z_][\w.-]*:)?([A-Za-z_][\w.-]*)")
_PROLOG = re.compile(r"\s+|<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^>\[]*(?:\[.*?\]\s*)?>", re.DOTALL | re.IGNORECASE)


@dataclass(slots=True)
class Scan:
    """What one pass found. `spans` are byte offsets of the entries; None where the document is ill-formed."""

    root: str
    spans: list[tuple[int, int]] | None = None
    facts: dict[str, list[str]] = field(default_factory=dict)
    fault: str | None = None  # what expat said of an ill-formed document


def root_of(text: str) -> str:
    """Return the local name of the first element in lower case, or an empty string if there is none."""
    at = 0
    while found := _PROLOG.match(text, at):
        if found.end() == at:
            break
        at = found.end()
    element = _ROOT.match(text, at)
    return element.group(2).lower() if element else ""


def refuse_unsafe(text: str) -> None:
    """Refuse what asks a parser to open other documents (XML external entities and external DTDs)."""
    head = text[:65_536]
    doctype = _DOCTYPE.search(head)
    if doctype is None or doctype.group(1).lower() == "html":
        return
    outside = doctype.group(2)
    if "SYSTEM" in outside.upper().split() and not _WELL_KNOWN_DTD.search(outside):
        raise RefusalError("unsafe", "its DOCTYPE names an external document; a feed needs none")
    if any("//W3C//" not in entity.group() for entity in _ENTITY.finditer(head)):
        raise RefusalError("unsafe", "it declares an external entity; a feed needs none")


def scan(text: str, data: bytes) -> Scan:
    """Look through a document once; `data` is `text` in UTF-8.

    RefusalError `unsafe` on nesting, attributes or entities beyond any feed, `truncated` on a document that ends early.
    """
    refuse_unsafe(text)
    result = Scan(root_of(text))
    walker = _Walker(data)
    try:
        walker.run()
    except expat.ExpatError as error:
        if error.code in _AMPLIFIED:
            raise RefusalError("unsafe", "its entities expand beyond any honest text") from None
        if result.root in ROOTS and _cut(text, result.root):
            raise RefusalError("truncated", f"it ends in the middle: {error}") from None
        _limit_by_tags(text)
        result.fault = str(error)
    else:
        result.spans = walker.spans
    result.facts = walker.facts
    return result


def _cut(text: str, root: str) -> bool:
    """Whether an ill-formed document ends inside an entry, or before its first.

    One that lacks only its last closing tags brings whole entries: it is legible.
    """
    if re.search(rf"</(?:[\w.-]+:)?{re.escape(root)}\s*(?:>|$)", text[-65_536:], re.IGNORECASE):
        return False
    begun = max((found.start() for found in _ENTRY_BEGINS.finditer(text)), default=-1)
    ended = max((found.start() for found in _ENTRY_ENDS.finditer(text)), default=-1)
    return ended < 0 or begun > ended


def _limit_by_tags(text: str) -> None:
    """Refuse too many attributes in one tag of a document that expat gave up on; linear in its length."""
    for tag in _TAG.finditer(text):
        if tag.end() - tag.start() > 4 * MAX_ATTRIBUTES and tag.group().count("=") > MAX_ATTRIBUTES:
            raise RefusalError("unsafe", f"one element has over {MAX_ATTRIBUTES} attributes")


class _Walker:
    """The handlers of one expat pass."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.spans: list[tuple[int, int]] = []
        self.facts: dict[str, list[str]] = {}
        self._depth = 0
        self._open: int | None = None  # depth of the entry that we are inside of
        self._start = 0
        self._text: list[str] | None = None
        self._parser = expat.ParserCreate("utf-8")
        self._parser.buffer_text = True
        self._parser.ordered_attributes = True
        self._parser.StartElementHandler = self._on_start
        self._parser.EndElementHandler = self._on_end
        self._parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)

    def run(self) -> None:
        self._parser.Parse(self.data, True)

    def _on_start(self, name: str, attributes: list[str]) -> None:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise RefusalError("unsafe", f"its elements nest deeper than {MAX_DEPTH}")
        if len(attributes) > 2 * MAX_ATTRIBUTES:
            raise RefusalError("unsafe", f"one element has over {MAX_ATTRIBUTES} attributes")
        if self._open is not None:
            return
        local = name.rpartition(":")[2].lower()
        if local in _ENTRIES:
            self._open = self._depth
            self._start = self._parser.CurrentByteIndex
        elif local in _FACTS:
            self._text = []
            self._parser.CharacterDataHandler = self._text.append

    def _on_end(self, name: str) -> None:
        if self._open == self._depth:
            end = self.data.index(b">", self._parser.CurrentByteIndex) + 1
            self.spans.append((self._start, end))
            self._open = None
        elif self._text is not None:
            local = name.rpartition(":")[2].lower()
            value = "".join(self._text).strip()[:64]
            values = self.facts.setdefault(local, [])
            if len(values) < _MAX_FACTS:
                values.append(value)
            self._text = None
            self._parser.CharacterDataHandler = None
        self._depth -= 1
