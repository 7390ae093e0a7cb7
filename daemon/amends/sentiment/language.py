"""Which language a short post is in: hashed n-grams, a prior from its source and its brand, and the right to refuse."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from amends.sentiment.ngrams import buckets, grams, sums
from amends.sentiment.text import Text, language_code, names_a_language

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from amends.sentiment.ngrams import Grams

BITS = 18
LONGEST_GRAM = 4
WORD = 3  # what a whole word counts, where an n-gram of its letters counts 1: a short post is few words
OTHER = "other"
HINT = 5.0  # log odds that a source's hint is worth: a text must speak clearly to be believed against it
EXPECTED = 1.0  # log odds that a brand's language is worth
SURE = 0.5  # a language less probable than this is refused
SURE_OF_FEW, FEW = 0.4, 5  # ... in a text of so many words at most: less speaks for any language, not for another
# Posts from India go to and fro between these two: doubt between them is no reason to refuse a post.
MIXED = ("en", "hi")
SHORT = 3  # words: too few to refuse a text by, where its source or its brand names a language
HEARD = 0.1  # ... and that language is at least this probable
_HEAD = 1_000  # characters in which scripts are counted

# Scripts that no scored language uses, with the language where the script tells it.
_SCRIPTS: tuple[tuple[str, str | None], ...] = (
    ("\u0400-\u052f", None),
    ("\u0370-\u03ff\u1f00-\u1fff", "el"),
    ("\u0590-\u05ff", "he"),
    ("\u0530-\u058f", "hy"),
    ("\u10a0-\u10ff", "ka"),
    ("\u0900-\u097f", "hi"),  # Hindi is learned from posts in Latin letters: this script is known, not scored
    ("\u0980-\u09ff", "bn"),
    ("\u0a00-\u0dff", None),
    ("\u0e00-\u0e7f", "th"),
    ("\u0e80-\u109f\u1780-\u17ff", None),
    ("\u1200-\u139f", None),
    ("\u3040-\u30ff", "ja"),
    ("\u1100-\u11ff\uac00-\ud7af", "ko"),
    ("\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff", None),
)
_FOREIGN = re.compile("[" + "".join(script for script, _ in _SCRIPTS) + "]")
_EACH = tuple((re.compile(f"[{script}]"), lang) for script, lang in _SCRIPTS)
_LETTER = re.compile(r"[^\W\d_]")
_ARABIC = re.compile(r"[\u0600-\u06ff]")
_PERSIAN_URDU = re.compile("[پچژگکیٹڈڑںےہ]")
_NO_WORDS = re.compile(r"(?:https?://|www\.)\S+|[@#]\w+")


@dataclass(frozen=True, slots=True)
class Found:
    """What was found of a text's language.

    `lang` is None where nobody knows, `scorable` true where that language's scorer may try, and `wordless` true where
    the text has nothing but signs, pictures, addresses and names: it is in no language, and only what VADER knows of
    these speaks.
    """

    lang: str | None
    scorable: bool
    wordless: bool = False


class Identifier:
    """Tells the languages it was trained on apart, and refuses others."""

    def __init__(self, weights: Mapping[str, NDArray[np.generic]]) -> None:
        self._table = np.ascontiguousarray(weights["table"], np.int8)
        self._scale = float(weights["scale"])
        self._bias = weights["bias"].astype(np.float64)
        self.classes: tuple[str, ...] = tuple(str(name) for name in weights["classes"])
        self._place = {name: k for k, name in enumerate(self.classes)}

    def logits(self, batch: Grams) -> NDArray[np.float64]:
        """Return log odds without any prior, texts x classes."""
        total = np.zeros((batch.texts, len(self.classes)), np.int64)
        number = np.zeros(batch.texts, np.int64)
        for hashes, bounds in batch.kinds(LONGEST_GRAM, pairs=False):
            counts = WORD if hashes is batch.words[0] else 1
            total += counts * sums(self._table[buckets(hashes, BITS)], bounds)
            number += counts * np.diff(bounds)
        logits: NDArray[np.float64] = total * (self._scale / np.sqrt(np.maximum(number, 1)))[:, None] + self._bias
        return logits

    def identify(self, texts: Sequence[Text], batch: Grams | None = None) -> list[Found]:
        """Return what each text's language is; `batch` are their n-grams, if at hand."""
        batch = grams([text.text for text in texts]) if batch is None else batch
        logits = self.logits(batch)
        hints = [language_code(text.lang) for text in texts]
        for row, (text, hint) in enumerate(zip(texts, hints, strict=True)):
            for lang in text.expected:
                if (place := self._place.get(lang)) is not None:
                    logits[row, place] += EXPECTED
            if hint is not None:
                logits[row, self._place.get(hint, self._place[OTHER])] += HINT
        odds = np.exp(logits - logits.max(axis=1, keepdims=True))
        odds /= odds.sum(axis=1, keepdims=True)
        best = odds.argmax(axis=1)
        mixed = [self._place[lang] for lang in MIXED if lang in self._place]
        words = np.diff(batch.words[1])
        enough = np.where(words <= FEW, SURE_OF_FEW, SURE)
        sure = np.where(np.isin(best, mixed), odds[:, mixed].sum(axis=1), odds.max(axis=1)) >= enough
        found = []
        for row, (text, hint) in enumerate(zip(texts, hints, strict=True)):
            guess = self.classes[best[row]]
            if guess == OTHER or not sure[row]:
                guess = self._likeliest(text, hint, odds[row]) if words[row] <= SHORT else OTHER
            elif guess in MIXED and words[row] <= SHORT:
                named = self._likeliest(text, hint, odds[row])
                guess = named if named in MIXED else self._mixed(guess, odds[row])
            found.append(self._decide(text, hint, guess))
        return found

    def _likeliest(self, text: Text, hint: str | None, odds: NDArray[np.float64]) -> str:
        """Return the hinted or expected language that a few words speak for most, if they do at all."""
        named = [lang for lang in ((hint,) if hint else text.expected) if lang in self._place]
        best = max(named, key=lambda lang: float(odds[self._place[lang]]), default=OTHER)
        return best if best != OTHER and odds[self._place[best]] >= HEARD else OTHER

    def _mixed(self, guess: str, odds: NDArray[np.float64]) -> str:
        """Return English for a few words that may be: people in India write them, too, and others far more often."""
        english = self._place.get(MIXED[0])
        return MIXED[0] if english is not None and odds[english] >= HEARD else guess

    def _decide(self, text: Text, hint: str | None, guess: str) -> Found:
        """Put together what the giver says, what the script says and what the n-grams say."""
        known = hint in self._place
        if text.trusted and (hint is not None or names_a_language(text.lang)):
            return Found(hint, scorable=known, wordless=not _has_words(text.text[:_HEAD]))
        head = text.text[:_HEAD]
        if not head.isascii() and (script := _foreign(head)) is not None:
            return Found(script or (None if known else hint), scorable=False)
        if not _has_words(head):
            return Found(hint, scorable=known or hint is None, wordless=True)
        if guess != OTHER:
            return Found(guess, scorable=True)
        return Found(None if known else hint, scorable=False)


def _has_words(text: str) -> bool:
    return _LETTER.search(_NO_WORDS.sub(" ", text)) is not None


def _foreign(text: str) -> str | None:
    """Return the language of a foreign script that makes up most of a text, "" if it is none in particular."""
    strange = len(_FOREIGN.findall(text))
    arabic = len(_ARABIC.findall(text))
    if not strange and not arabic:
        return None
    letters = len(_LETTER.findall(text))
    if strange * 2 > letters:
        counts = [(len(pattern.findall(text)), lang) for pattern, lang in _EACH]
        if counts[11][0]:  # kana among Chinese characters are Japanese
            return "ja"
        return max(counts, key=lambda count: count[0])[1] or ""
    if arabic * 2 > letters and len(_PERSIAN_URDU.findall(text)) * 12 > arabic:
        return ""
    return None
