"""Text as its worst writers write it, for every channel."""

from __future__ import annotations

HOSTILE = (
    "{{7*7}} ${HOME} <script>alert(1)</script> '; DROP TABLE pages; --\r\nX-Injected: 1\n\x00\x1b[31mred\u202eevil"
    "\u2066\u2028line\ud800 *bold* _md_ `code` %s %n " + "👩‍👩‍👧‍👦🇫🇷é" * 5
)
