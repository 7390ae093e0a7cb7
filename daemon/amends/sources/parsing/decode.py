"""Bytes to text: what the document says of itself, then UTF-8, then HTTP's word, then what still makes it legible."""

from __future__ import annotations

import codecs
import re

from amends.sources.parsing.refusal import RefusalError

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_BARE = (  # "<?" or "<x" without a byte order mark (XML 1.0, appendix F)
    (b"<\0\0\0", "utf-32-le"),
    (b"\0\0\0<", "utf-32-be"),
    (b"<\0", "utf-16-le"),
    (b"\0<", "utf-16-be"),
    (b"\x4c\x6f\xa7\x94", "cp037"),
)
_DECLARED = re.compile(rb"""^\s{0,64}<\?xml[^>]{0,200}?encoding\s{0,8}=\s{0,8}["']([A-Za-z0-9._:-]{1,40})["']""")
_DECLARATION = re.compile(r"^\s*<\?xml[^>]{0,400}\?>")
# Characters that XML 1.0 forbids, and halves of surrogate pairs: no parser, no JSON and no database wants them.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_ASCII = 0x7F
_A_CUT = 2  # characters broken by a cut
_FEW = 0.02  # share of characters beyond ASCII that may be broken before UTF-8 is given up
_ALIASES = {"iso-8859-1": "windows-1252", "latin-1": "windows-1252", "latin1": "windows-1252", "gb2312": "gb18030"}


def known(name: str | None) -> str | None:
    """Return the codec for a charset's name as browsers read it, or None if it is no text codec that Python knows."""
    if not name:
        return None
    name = name.strip().lower()
    name = _ALIASES.get(name, name)
    try:
        info = codecs.lookup(name)
    except (LookupError, ValueError):
        return None
    return info.name if getattr(info, "_is_text_encoding", True) else None


def _declared(body: bytes) -> str | None:
    found = _DECLARED.match(body[:512])
    return found.group(1).decode("ascii") if found else None


def _lossy(body: bytes, *, declared_utf8: bool) -> str | None:
    """UTF-8 with a few broken characters, or Windows-1252 if it reads as text; None if neither does.

    A few broken ones are UTF-8 that was cut only where something else is UTF-8: a word of it, or the declaration.
    """
    text = body.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    beyond = sum(1 for byte in body if byte > _ASCII)
    whole = sum(1 for character in text if ord(character) > _ASCII) - broken
    if broken <= _FEW * beyond or (broken <= _A_CUT and (whole or declared_utf8)):
        return text
    text = body.decode("windows-1252", "replace")
    controls = len(_FORBIDDEN.findall(text))
    return text if controls <= _FEW * len(text) else None


def decode(body: bytes, charset: str | None = None) -> str:
    """Return the text of a document, without XML declaration and byte order mark; `charset` is HTTP's word.

    RefusalError `encoding` if no reading of the bytes is text.
    """
    for mark, name in _BOMS:
        if body.startswith(mark):
            return clean(_strictly(body[len(mark) :], name, f"its byte order mark says {name}"))
    for start, name in _BARE:
        if body.startswith(start):
            declared = known(_declared(body)) if name == "cp037" else None
            return clean(_strictly(body, declared or name, f"its first bytes say {name}"))
    declared = _declared(body)
    for candidate in (known(declared), "utf-8", known(charset)):
        if candidate is None or candidate.startswith(("utf-16", "utf-32")):
            continue
        try:
            return clean(body.decode(candidate))
        except (UnicodeDecodeError, ValueError):
            continue
    text = _lossy(body, declared_utf8="utf-8" in (known(declared), known(charset)))
    if text is None:
        said = declared or charset
        why = f"it says that it is {said!r}, but its bytes are no text in that" if said else "its bytes are no text"
        raise RefusalError(
            "encoding", f"{why}, nor in UTF-8 or Windows-1252: give the address or file of the feed itself"
        )
    return clean(text)


def _strictly(body: bytes, name: str, why: str) -> str:
    try:
        return body.decode(name)
    except (UnicodeDecodeError, ValueError) as error:
        text = body.decode(name, "replace")
        if text.count("\ufffd") > max(_A_CUT, _FEW * len(text)):
            raise RefusalError("encoding", f"{why}, but the bytes are not: {error}") from None
        return text


def clean(text: str) -> str:
    """Drop the XML declaration (its encoding is no longer true) and every character that XML forbids."""
    return _FORBIDDEN.sub("", _DECLARATION.sub("", text.lstrip("\ufeff"), count=1))


def harmless(text: str, limit: int) -> str:
    """Return at most `limit` characters, with no NUL and no half of a surrogate pair."""
    return _FORBIDDEN.sub("", text[:limit])
