"""What is scored: a text, and what is known of its language and of the names in it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

_LANG = re.compile(r"[A-Za-z]{2,3}(?![A-Za-z])")
_THREE = {
    "ara": "ar", "deu": "de", "ger": "de", "eng": "en", "spa": "es", "fra": "fr", "fre": "fr", "hin": "hi",
    "ita": "it", "por": "pt",
}  # fmt: skip
_UNTOLD = {"und", "mul", "zxx", "mis", "xx", "qme", "qht", "qam", "qct", "qst"}  # "undetermined", in several dialects
_NAMES_AT_MOST = 64


@dataclass(frozen=True, slots=True)
class Text:
    """A text to score, as a person wrote it.

    `lang` is a hint (ISO 639-1, a tag like `pt-BR` will do), believed where `trusted` is true. `expected` are the
    brand's languages, if a brand is known, a weaker hint. `mask` are names hidden before scoring: "Joy" and "Best Buy"
    are not praise. `lexicon` are the brand's own words with their valences, -4 to 4.
    """

    text: str
    lang: str | None = None
    expected: tuple[str, ...] = ()
    mask: tuple[str, ...] = ()
    trusted: bool = False
    lexicon: tuple[tuple[str, float], ...] = ()

    def masked(self) -> str:
        """Return the text with each name (whole words, blind to case) replaced by a word that means nothing."""
        return _pattern(self.mask).sub("@it", self.text) if self.mask else self.text


def language_code(tag: str | None) -> str | None:
    """Return the ISO 639-1 code in a language tag (`pt_BR` -> `pt`), or None where it names no language."""
    match = _LANG.match(tag.strip()) if tag else None
    if match is None:
        return None
    code = match.group().lower()
    return None if code in _UNTOLD else _THREE.get(code, code)


def names_a_language(tag: str | None) -> bool:
    """Return whether a tag claims to name a language, even one that `language_code` does not know."""
    return bool(tag and tag.strip()) and (tag or "").strip().lower() not in _UNTOLD


@lru_cache(maxsize=4096)
def _pattern(names: tuple[str, ...]) -> re.Pattern[str]:
    told = sorted({name.strip() for name in names[:_NAMES_AT_MOST]} - {""}, key=len, reverse=True)
    choice = "|".join(r"\s+".join(map(re.escape, name.split())) for name in told)
    return re.compile(rf"(?<!\w)(?:{choice})(?!\w)" if choice else r"(?!)", re.IGNORECASE)
