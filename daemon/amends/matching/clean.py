"""Plain text of what strangers send: tags, controls and direction tricks out, one Unicode form, a bounded length."""

from __future__ import annotations

import re
import unicodedata
from html import unescape

from selectolax.lexbor import LexborHTMLParser

MAX_TEXT = 50_000  # characters kept of one text
_MAX_RAW = 400_000  # characters of markup that are looked at
_MAX_DEPTH = 1_000  # open tags: the parser's time grows with the square of the nesting
_MAX_MARKS = 6  # combining marks on one letter; normalising takes the square of a longer run

_BLOCKS = (
    "address,article,aside,blockquote,br,button,caption,dd,details,div,dl,dt,fieldset,figcaption,figure,footer,form,"
    "h1,h2,h3,h4,h5,h6,header,hr,img,legend,li,main,nav,ol,option,p,pre,section,select,summary,table,td,th,tr,ul,video"
)
_UNSEEN = "script,style,template,iframe,object,head,title,svg,math,textarea"

# Invisible: C0, C1 (but white space), soft hyphen, zero-width and bidi controls, surrogates, annotations,
# tag characters, noncharacters. The joiners U+200C and U+200D stay: Persian and emoji need them.
_INVISIBLE = (
    "\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f"
    "\ufeff\ufff0-\ufffb\ufffe\uffff\ud800-\udfff\U000e0000-\U000e00ff"
)
_UNWANTED = re.compile(f"[{_INVISIBLE}]+")


def _mark_class() -> str:
    """Return the inside of a character class of every mark that combines with the letter before it."""
    marks = [code for code in range(0x300, 0x1E950) if unicodedata.combining(chr(code))]
    known = set(marks)
    starts = [code for code in marks if code - 1 not in known]
    ends = [code for code in marks if code + 1 not in known]
    return "".join(f"\\U{start:08x}-\\U{end:08x}" for start, end in zip(starts, ends, strict=True))


_PILE = re.compile(r"([{0}]{{{1}}})[{0}]+".format(_mark_class(), _MAX_MARKS))
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]{0,15})")
_MARKUP = re.compile(r"<[^<>]*>")
_VOID = frozenset({"br", "hr", "img", "input", "meta", "link", "wbr", "source", "p", "li", "td", "tr", "option"})


def clean(text: str, html: bool) -> str:  # noqa: FBT001 - the room's agreed signature
    """Return the plain text of a post: one line, NFC, at most `MAX_TEXT` characters; never raises on any str.

    With `html`, the text of the markup as a reader sees it: scripts and styles gone, entities decoded, a space at the
    border of each block and none within a line (`@<span>acme</span>` is one word). Without it, markup is text.
    """
    return one_line(_text_of(text[:_MAX_RAW]) if html else text, MAX_TEXT)


def one_line(text: str, limit: int = MAX_TEXT) -> str:
    """Return text in NFC, white space collapsed, without what nobody sees or what turns the writing's direction."""
    text = " ".join(text[: limit * 4].split())
    if not text.isprintable():
        text = " ".join(_UNWANTED.sub("", text).split())
    if not text.isascii() and not unicodedata.is_normalized("NFC", text):
        text = unicodedata.normalize("NFC", _PILE.sub(r"\1", text))
    return text[:limit].rstrip()


def _text_of(markup: str) -> str:
    if "<" not in markup:
        return unescape(markup)
    if markup.count("<") > _MAX_DEPTH and _depth(markup) > _MAX_DEPTH:
        return unescape(_MARKUP.sub(" ", markup))
    # A lone surrogate cannot be encoded, and the parser is given bytes.
    tree = LexborHTMLParser(markup.encode("utf-8", "ignore"))
    for node in tree.css(_UNSEEN):
        node.decompose()
    for node in tree.css(_BLOCKS):
        node.insert_before(" ")
        node.insert_after(" ")
    body = tree.body
    return body.text(separator="") if body is not None else ""


def _depth(markup: str) -> int:
    """Return how deep the tags may be nested, at most: elements that close by themselves are not counted."""
    depth = deepest = 0
    for closing, name in _TAG.findall(markup):
        if name.lower() in _VOID:
            continue
        depth += -1 if closing else 1
        deepest = max(deepest, depth)
    return deepest
