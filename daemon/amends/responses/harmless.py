"""Hostile text made fit for a message: one line, nothing invisible, no direction tricks, no link to tap."""

from __future__ import annotations

import re

# Everything a reader cannot see or that turns what she sees: controls, soft hyphen, zero-width and bidi characters,
# line and paragraph separators, surrogates, tag characters, noncharacters.
_UNSEEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f"
    "\u3164\ufeff\uffa0\ufff0-\ufffb\ufffe\uffff\ud800-\udfff\U000e0000-\U000e0fff]+"
)
_SCHEME = re.compile(r"(?i)\bh(t)(t)(ps?)(?=:/)")
_DOT = re.compile(r"(?<=[^\W_])[.\u3002\uff0e\uff61](?=[^\W\d_]{2,})|(?<=\d)\.(?=\d{1,3}\b)")
_ELLIPSIS = "\u2026"


def one_line(text: str, limit: int = 10_000) -> str:
    """Return text on one line of visible characters, at most `limit` of them; what is cut ends in an ellipsis."""
    kept = " ".join(_UNSEEN.sub(" ", text[: 4 * limit + 64]).split())
    return cut(kept, limit)


def cut(text: str, limit: int) -> str:
    """Return text of at most `limit` characters, cut at a word where one is near, with an ellipsis."""
    if len(text) <= limit:
        return text
    if limit < 1:
        return ""
    head = text[: limit - 1]
    space = head.rfind(" ")
    if space > len(head) * 2 // 3:
        head = head[:space]
    return head.rstrip() + _ELLIPSIS


def defang(text: str) -> str:
    """Return text in which no client finds a link: `hxxps://example[.]com`."""
    return _DOT.sub("[.]", _SCHEME.sub(r"hxx\3", text))


def fit_bytes(text: str, limit: int) -> str:
    """Return text of at most `limit` bytes in UTF-8, cut between characters."""
    data = text.encode("utf-8", "replace")
    if len(data) <= limit:
        return text
    return data[: max(0, limit - 3)].decode("utf-8", "ignore").rstrip() + _ELLIPSIS
