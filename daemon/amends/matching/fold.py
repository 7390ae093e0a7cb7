"""One form for all spellings of a word: case, accents, width, look-alikes; and the words of a folded text."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from itertools import pairwise

from amends.matching.clean import one_line

_MAX_TAGS = 50  # hashtags of one text that are taken apart
_MAX_TAG = 100  # characters of a hashtag

# Scripts written without spaces, or whose particles stick to a name: no word borders within and around them.
SPACELESS = (
    "\u0e00-\u0eff\u1000-\u109f\u1100-\u11ff\u1780-\u17ff\u3005-\u3007\u3040-\u30ff\u3130-\u318f\u31f0-\u31ff"
    "\u3400-\u4dbf\u4e00-\u9fff\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff\U00020000-\U0003ffff"
)
_SPACELESS_RUN = re.compile(f"[{SPACELESS}]+")
# Indic vowel signs are part of the word although Unicode does not call them letters.
_WORD = r"\w\u0900-\u0963\u0966-\u0dff"
TOKEN = re.compile(rf"[{_WORD}]+|[^{_WORD}\s'\-]")
_TAG = re.compile(rf"(?<![{_WORD}])[@#][{_WORD}]+")
_HASHTAG = re.compile(r"#(\w+)")
_QUERY = re.compile(r"[?#].*")

# Compatibility forms would glue these to the word before them ("Acme™" is not "AcmeTM").
_SIGNS = re.compile("[\u2122\u2120\u00aa\u00ba\u00b2\u00b3\u00b9\u2070-\u209c\u02b0-\u02b8]")
_MARKS = re.compile(
    "[\u0300-\u036f\u0483-\u0487\u0591-\u05bd\u05bf\u05c1\u05c2\u064b-\u065f\u0670\u1ab0-\u1aff\u1dc0-\u1dff\u200c\u200d"
    "\u20d0-\u20ff\ufe00-\ufe0f\ufe20-\ufe2f]+"
)
_SPELT = {
    "ø": "o", "ł": "l", "đ": "d", "ð": "d", "ħ": "h", "\u0131": "i", "æ": "ae", "œ": "oe", "ŧ": "t", "þ": "th",
    "\u2018": "'", "\u2019": "'", "\u02bc": "'", "\u00b4": "'", "`": "'", "\u2032": "'", "\uff07": "'",
    "\u2010": "-", "\u2011": "-", "\u2013": "-", "\u2212": "-",
}  # fmt: skip
# Letters that look Latin, read so only within a word that has Latin letters too (evasion by mixed scripts).
_LOOKALIKES = str.maketrans(
    "\u0430\u0435\u043e\u0440\u0441\u0443\u0445\u0456\u0458\u0455\u04bb\u051b\u0501\u043a\u043c\u0442\u043d\u0432"
    "\u03b1\u03bf\u03c1\u03b9\u03ba\u03bd\u03c5\u03c7\u03b5",
    "aeopcyxijshqdkmthbaopikvuxe",
)
_OTHER_ALPHABET = re.compile(r"[\u0370-\u03ff\u0400-\u052f]")
_MIXED = re.compile(r"(?:[a-z][\u0370-\u03ff\u0400-\u052f]|[\u0370-\u03ff\u0400-\u052f][a-z])")
_REMEMBERED = 50_000  # characters whose folded form is kept, whatever strangers send


class _Forms(dict[int, str]):
    """The folded form of each character, worked out once."""

    def __missing__(self, code: int) -> str:
        letter = chr(code)
        if letter in _SPELT:
            form = _SPELT[letter]
        elif _SIGNS.match(letter):
            form = " "
        else:
            plain = _MARKS.sub("", unicodedata.normalize("NFKD", letter)).casefold()
            plain = _MARKS.sub("", unicodedata.normalize("NFKD", plain))
            form = unicodedata.normalize("NFC", "".join(_SPELT.get(one, one) for one in plain))
        if len(self) < _REMEMBERED:
            self[code] = form
        return form


_FORMS = _Forms()


@lru_cache(maxsize=32)  # one text is matched, watched and fingerprinted in a row
def fold(text: str) -> str:
    """Return text for comparison: lower case, no accents, plain width; runs of spaceless script stand alone."""
    if text.isascii():
        return text.lower()
    text = one_line(text).translate(_FORMS)
    if _OTHER_ALPHABET.search(text) and _MIXED.search(text):
        text = " ".join(word.translate(_LOOKALIKES) if _MIXED.search(word) else word for word in text.split())
    return _SPACELESS_RUN.sub(r" \g<0> ", text) if _SPACELESS_RUN.search(text) else text


def unfold_hashtags(text: str) -> str:
    """Return text with the words of each hashtag added after it: `#AcmeFail` also reads `Acme Fail`.

    Whoever writes capitals inside a hashtag means several words, so this is as sound as reading the words apart.
    `#acmefail` is left alone: where it should be cut would be a guess.
    """
    if "#" not in text:
        return text
    parts = [_apart(tag[:_MAX_TAG]) for tag in _HASHTAG.findall(text)[:_MAX_TAGS]]
    added = [part for part in parts if " " in part]
    return " . ".join([text, *added]) if added else text


def _apart(tag: str) -> str:
    pieces: list[str] = []
    for index, letter in enumerate(tag):
        before = tag[index - 1] if index else ""
        after = tag[index + 1 : index + 2]
        starts = letter.isupper() and (before.islower() or (before.isupper() and after.islower()))
        if starts or (before and before.isdigit() != letter.isdigit()):
            pieces.append(" ")
        pieces.append(" " if letter == "_" else letter)
    return "".join(pieces)


class Seen:
    """The words of one text: a set for looking up, a line with a space around each for phrases. Never changed."""

    __slots__ = ("folded", "line", "words")

    def __init__(self, text: str) -> None:
        if "://" in text:  # the parameters of an address name nobody
            text = " ".join(_QUERY.sub("", word) if "://" in word else word for word in text.split())
        if "&amp;" in text:
            text = text.replace("&amp;", "&")
        self.folded = fold(unfold_hashtags(text))
        tokens = TOKEN.findall(self.folded)
        self.line = f" {' '.join(tokens)} "
        self.words = set(tokens)
        if "@" in self.words or "#" in self.words:
            self.words.update(_TAG.findall(self.folded))

    def grams(self) -> set[str]:
        """Return every pair of neighbours in spaceless script, and every single character of it."""
        found: set[str] = set()
        if not self.folded.isascii():
            for run in _SPACELESS_RUN.findall(self.folded):
                found.update(run)
                found.update(map("".join, pairwise(run)))
        return found


@lru_cache(maxsize=32)
def seen_in(text: str) -> Seen:
    """Return the words of a text."""
    return Seen(text)


def is_spaceless(folded: str) -> bool:
    """Tell whether a folded text has any character of a script without word borders."""
    return not folded.isascii() and _SPACELESS_RUN.search(folded) is not None


def first_gram(folded: str) -> str:
    """Return the first two neighbours in spaceless script (or the only one), by which a name is looked up."""
    found = _SPACELESS_RUN.search(folded)
    return found.group()[:2] if found else ""
