"""Text from strangers, made so that no terminal obeys it."""

from __future__ import annotations

import re

# C0 and C1 controls, DEL, line and paragraph separators, and the marks that turn the reading direction around.
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")
_CONTROL_BUT_LINES = re.compile(CONTROL.pattern.replace(r"\x00-\x1f", r"\x00-\x09\x0b-\x1f"))


def printable(text: str, *, lines: bool = False) -> str:
    r"""Return a text that no terminal obeys: control and direction characters are written out, `\x1b` for ESC."""
    return (_CONTROL_BUT_LINES if lines else CONTROL).sub(_written, text)


def _written(found: re.Match[str]) -> str:
    code = ord(found[0])
    return {10: "\\n", 13: "\\r", 9: "\\t"}.get(code, f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}")  # noqa: PLR2004 - a byte
