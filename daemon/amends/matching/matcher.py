"""Which brands does a text name: whole words, blind to case and accents, by one index of words for all brands.

A text is cut into words once, and the set of its words is met with the index of all names: the cost grows with the
text, not with the number of brands. A phrase is then looked for in the line of words of that text alone. No pattern is
ever built from a name or run on a text in a way that could back-track.

- A *name or alias* counts as whole words, punctuation and hyphens between them aside (`Coca-Cola` = `coca cola`), after
  @ and # too, written together after @ and # (`#cocacola`), and inside a hashtag with inner capitals (`#AcmeFail`).
- A *handle* counts after @; bare only where it cannot be an ordinary word: with a digit, an underscore, an inner
  capital, or being the brand's own name of several words written together.
- A *hashtag* counts after #.
- Any *exclude* phrase in the item drops it; if there is *context*, one of its phrases must stand in the item.
- Names in scripts without spaces have no word borders.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import pairwise, product
from typing import Literal

from amends.matching.fold import TOKEN, Seen, first_gram, fold, is_spaceless, seen_in

_ENDS = frozenset(".,;:!?\"'()")
_MAX_FORMS = 4  # words of a watched phrase whose plural is looked for


@dataclass(frozen=True, slots=True)
class Terms:
    """How a brand is called. The name is an alias too; handles without @, hashtags without # (or with)."""

    name: str
    aliases: tuple[str, ...] = ()
    handles: tuple[str, ...] = ()
    hashtags: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    context: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Watch:
    """What opens an incident on first sight: terms (whole words and simple plurals) and authors."""

    terms: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    severity: Literal[1, 2, 3] = 2


@dataclass(frozen=True, slots=True)
class _Watched:
    words: Mapping[str, tuple[tuple[str, tuple[str, ...]], ...]]  # a word's form > (the term, lines that prove it)
    spaceless: tuple[tuple[str, str], ...]  # (the term, the line that proves it)
    authors: Mapping[str, str]  # folded > as configured


@dataclass(slots=True)
class _Index:
    """Lines that prove a name, by a word (or a pair of spaceless characters) that the text must have."""

    words: dict[str, list[tuple[str | None, int]]] = field(default_factory=lambda: defaultdict(list))
    grams: dict[str, list[tuple[str, int]]] = field(default_factory=lambda: defaultdict(list))
    phrases: list[tuple[str, int]] = field(default_factory=list)  # until they are settled

    def add_phrase(self, phrase: str, brand: int) -> None:
        for line in _lines(phrase):
            if is_spaceless(line):
                self.grams[first_gram(line)].append((line, brand))
                continue
            words = line.split()
            if len(words) == 1:
                self.add_word(words[0], brand)
            elif words:
                self.phrases.append((line, brand))

    def settle(self) -> None:
        """Enter the phrases, each under the word of its that fewest phrases have."""
        counts = Counter(word for line, _ in self.phrases for word in set(line.split()))
        for line, brand in self.phrases:
            self.words[min(line.split(), key=lambda word: (counts[word], -len(word)))].append((line, brand))
        self.phrases.clear()

    def add_word(self, word: str, brand: int) -> None:
        self.words[word].append((None, brand))


class Matcher:
    """Every brand's terms in one index; immutable once built. Building takes some 20 microseconds a name."""

    def __init__(self, brands: Mapping[str, Terms], watches: Mapping[str, Watch] | None = None) -> None:
        self._ids = tuple(brands)
        self._known = frozenset(brands)
        self._index = _Index()
        self._named: dict[str, list[str]] = defaultdict(list)
        self._exclude: dict[int, tuple[str, ...]] = {}
        self._context: dict[int, tuple[str, ...]] = {}
        for number, (brand, terms) in enumerate(brands.items()):
            self._named[fold(terms.name).strip()].append(brand)
            _enter(self._index, terms, number)
            if terms.exclude:
                self._exclude[number] = tuple(line for phrase in terms.exclude for line in _lines(phrase))
            if terms.context:
                self._context[number] = tuple(line for phrase in terms.context for line in _lines(phrase))
        self._index.settle()
        self._watched = {brand: _watched(watch) for brand, watch in (watches or {}).items()}

    def brands(self, text: str, hint: str | None = None) -> tuple[str, ...]:
        """Return the ids of the brands that a text names, in configured order.

        `hint` is the id or the name of a brand as a giver states it: it is believed, and an unknown one names nobody.
        """
        if hint is not None:
            return (hint,) if hint in self._known else tuple(self._named.get(fold(hint).strip(), ()))
        seen = seen_in(text)
        found = {number for line, number in self._candidates(seen) if line is None or line in seen.line}
        return tuple(self._ids[number] for number in sorted(found) if self._relevant(number, seen))

    def wanted(self, text: str) -> bool:
        """Tell whether a text may name a brand: true for every text of which `brands` finds one, and few others."""
        return any(True for _ in self._candidates(seen_in(text)))

    def watch(self, brand: str, text: str, author: str | None) -> str | None:
        """Return the watched author or term of a brand that an item has, as configured; None if it has none."""
        watched = self._watched.get(brand)
        if watched is None:
            return None
        if author and watched.authors:
            known = watched.authors.get(_author(author))
            if known is not None:
                return known
        if not watched.words and not watched.spaceless:
            return None
        seen = seen_in(text)
        for word in sorted(watched.words.keys() & seen.words):
            for term, lines in watched.words[word]:
                if any(line in seen.line for line in lines):
                    return term
        return next((term for term, line in watched.spaceless if line in seen.line), None)

    def watched(self, brand: str, text: str) -> list[str]:
        """Return every watched term of a brand that a text has, as configured."""
        watched = self._watched.get(brand)
        if watched is None or not (watched.words or watched.spaceless):
            return []
        seen = seen_in(text)
        found = [
            term
            for word in sorted(watched.words.keys() & seen.words)
            for term, lines in watched.words[word]
            if any(line in seen.line for line in lines)
        ]
        return found + [term for term, line in watched.spaceless if line in seen.line]

    def _candidates(self, seen: Seen) -> Iterable[tuple[str | None, int]]:
        index = self._index
        for word in index.words.keys() & seen.words:
            yield from index.words[word]
        if index.grams:
            for gram in index.grams.keys() & seen.grams():
                yield from index.grams[gram]

    def _relevant(self, number: int, seen: Seen) -> bool:
        if any(line in seen.line for line in self._exclude.get(number, ())):
            return False
        context = self._context.get(number)
        return context is None or any(line in seen.line for line in context)


def _enter(index: _Index, terms: Terms, brand: int) -> None:
    together: set[str] = set()
    for name in (terms.name, *terms.aliases):
        index.add_phrase(name, brand)
        words = [word for word in TOKEN.findall(fold(name)) if word not in _ENDS]
        if len(words) > 1 and all(word.isalnum() for word in words):
            together.add("".join(words))
    for word in sorted(together):
        index.add_word(f"@{word}", brand)
        index.add_word(f"#{word}", brand)
    for handle in filter(None, (given.strip().lstrip("@") for given in terms.handles)):
        _enter_handle(index, handle, together, brand)
    for hashtag in filter(None, (given.strip().lstrip("#") for given in terms.hashtags)):
        if is_spaceless(fold(hashtag)):
            index.add_phrase(f"#{hashtag}", brand)
        else:
            index.add_word(f"#{fold(hashtag).strip()}", brand)


def _enter_handle(index: _Index, handle: str, together: set[str], brand: int) -> None:
    folded = fold(handle).strip()
    if "-" in folded or is_spaceless(folded) or len(TOKEN.findall(folded)) > 1:
        index.add_phrase(f"@{handle}", brand)
        return
    index.add_word(f"@{folded}", brand)
    if folded in together or "_" in handle or any(c.isdigit() for c in handle) or _inner_capital(handle):
        index.add_word(folded, brand)


def _inner_capital(handle: str) -> bool:
    return any(before.islower() and letter.isupper() for before, letter in pairwise(handle))


def _lines(phrase: str) -> tuple[str, ...]:
    """Return the lines of words that prove a phrase: as written, without apostrophes, without abbreviation points."""
    folded = fold(phrase)
    forms = {folded: None, folded.replace("'", ""): None, folded.replace(". ", " "): None}
    return tuple({line: None for form in forms if (line := _line(form)).strip()})


def _line(folded: str) -> str:
    tokens = TOKEN.findall(folded)
    kept = list(tokens)
    while kept and kept[-1] in _ENDS:
        kept.pop()
    while kept and kept[0] in _ENDS:
        kept.pop(0)
    kept = kept or tokens
    line = f" {' '.join(kept)} "
    if is_spaceless(line):
        line = line.lstrip() if is_spaceless(line[1]) else line
        line = line.rstrip() if is_spaceless(line[-2:-1] or line[-1]) else line
    return line


def _watched(watch: Watch) -> _Watched:
    words: dict[str, list[tuple[str, tuple[str, ...]]]] = defaultdict(list)
    spaceless: list[tuple[str, str]] = []
    for term in watch.terms:
        line = _line(fold(term))
        if is_spaceless(line):
            spaceless.append((term, line))
            continue
        tokens = line.split()
        if not tokens:
            continue
        forms = [_forms(token) if len(tokens) <= _MAX_FORMS else (token,) for token in tokens]
        lines = tuple(f" {' '.join(choice)} " for choice in product(*forms))
        key = max(range(len(tokens)), key=lambda at: len(tokens[at]))
        for form in forms[key]:
            words[form].append((term, lines))
    authors = {_author(author): author for author in watch.authors if _author(author)}
    return _Watched({word: tuple(found) for word, found in words.items()}, tuple(spaceless), authors)


def _forms(word: str) -> tuple[str, ...]:
    """Return a word with its simple plurals and, where it looks like one, its singular (English and French)."""
    if not word.isalpha() or len(word) < 3:  # noqa: PLR2004 - "s" or "d" of an elision has no plural
        return (word,)
    forms = [word, f"{word}s"]
    if word.endswith(("s", "x", "z", "ch", "sh")):
        forms.append(f"{word}es")
    if word.endswith("y"):
        forms.append(f"{word[:-1]}ies")
    if word.endswith("al"):
        forms.append(f"{word[:-2]}aux")
    if word.endswith("eau"):
        forms.append(f"{word}x")
    if word.endswith("s") and not word.endswith("ss") and len(word) > 3:  # noqa: PLR2004 - "gas" is no plural
        forms.append(word[:-1])
    return tuple(forms)


def _author(author: str) -> str:
    folded = fold(author).strip()
    for prefix in ("/u/", "u/", "@"):
        folded = folded.removeprefix(prefix)
    return folded
