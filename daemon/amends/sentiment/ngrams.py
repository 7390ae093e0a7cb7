"""Hashed word and character n-grams of a batch of texts, computed over the whole batch at once with numpy.

All texts of a batch become one array of code points in which every word is preceded by exactly one space. A window of
n code points counts when no space stands inside it, so n-grams see where a word begins and ends. Hashes are polynomials
modulo 2**64, mixed by a multiplication: nothing is stored but the weights (feature hashing: Weinberger et al., 2009).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Sequence

Hashes: TypeAlias = NDArray[np.uint64]
Indices: TypeAlias = NDArray[np.intp]

LONGEST = 4_000  # characters of a text that are looked at: enough for any post, a bound for what is none
SHORT_GRAM, LONG_GRAM = 2, 6
_BETWEEN = "\x1e"  # white space for `re`, and replaced inside a text
_ADDRESS = re.compile(r"(?:https?://|www\.)\S+")
_HANDLE = re.compile(r"@ ?\w+")
_BASE = 0x9E3779B97F4A7C15  # odd, 2**64 over the golden ratio
_MIX = np.uint64(0xD6E8FEB86659FD93)
_WORD, _PAIR = np.uint64(0xA0761D6478BD642F), np.uint64(0xE7037ED1A0B428DB)
_SPACE, _SIGN, _LETTER, _PICTURE, _NOTHING = range(5)
_BMP = 0x10000
# Written in several ways and meant as one: apostrophes, and the Arabic letters alef, yeh, teh marbuta and kaf.
_ALIKE = {
    **dict.fromkeys((0x2019, 0x2018, 0x60, 0xB4), ord("'")),
    **dict.fromkeys((0x623, 0x625, 0x622, 0x671), 0x627),
    0x649: 0x64A,
    0x629: 0x647,
    0x6A9: 0x643,
}


def _tables() -> tuple[NDArray[np.uint8], NDArray[np.uint32]]:
    """Return the class and the replacement of each code point of the basic plane."""
    kinds = np.full(_BMP, _LETTER, np.uint8)
    same = np.arange(_BMP, dtype=np.uint32)
    signs = [(0x21, 0x26), (0x28, 0x2F), (0x3A, 0x40), (0x5B, 0x60), (0x7B, 0x7E), (0xA1, 0xA9), (0xAB, 0xB4)]
    signs += [(0xB6, 0xB9), (0xBB, 0xBF), (0x964, 0x965), (0x2010, 0x2027), (0x2030, 0x205E), (0x3001, 0x303F)]
    signs += [(0x60C, 0x60D), (0x61B, 0x61B), (0x61E, 0x61F), (0x66A, 0x66D), (0x6D4, 0x6D4), (0xFF01, 0xFF0F)]
    signs += [(0xD7, 0xD7), (0xF7, 0xF7), (0xD800, 0xDFFF), (0xE000, 0xF8FF)]
    spaces = [(0x00, 0x20), (0x7F, 0xA0), (0x1680, 0x1680), (0x2000, 0x200A), (0x2028, 0x2029), (0x202F, 0x202F)]
    spaces += [(0x205F, 0x205F), (0x3000, 0x3000)]
    nothing = [(0xAD, 0xAD), (0x200B, 0x200F), (0x202A, 0x202E), (0x2060, 0x206F), (0xFE00, 0xFE0F), (0xFEFF, 0xFEFF)]
    nothing += [(0x640, 0x640), (0x64B, 0x652), (0x670, 0x670)]  # Arabic: the stretcher and the vowel marks
    for kind, ranges in ((_SIGN, signs), (_SPACE, spaces), (_NOTHING, nothing), (_PICTURE, [(0x2190, 0x2BFF)])):
        for first, last in ranges:
            kinds[first : last + 1] = kind
    for zero in (0x30, 0x660, 0x6F0, 0x966, 0xFF10):
        same[zero : zero + 10] = ord("0")
    for source, target in _ALIKE.items():
        same[source] = target
        kinds[source] = _LETTER
    return kinds, same


_KINDS, _SAME = _tables()


@dataclass(frozen=True, slots=True)
class Grams:
    """The n-grams of a batch: for each kind their hashes, in text order, and where each text's begin (one more)."""

    texts: int
    words: tuple[Hashes, Indices]
    pairs: tuple[Hashes, Indices]
    windows: tuple[tuple[Hashes, Indices], ...]  # by length, SHORT_GRAM to LONG_GRAM

    def kinds(self, longest: int = LONG_GRAM, *, pairs: bool = True) -> list[tuple[Hashes, Indices]]:
        """Return (hashes, bounds) of words, perhaps pairs of words, and windows up to `longest` code points."""
        chosen = [self.words, *([self.pairs] if pairs else [])]
        return [*chosen, *self.windows[: longest - SHORT_GRAM + 1]]


def _head(text: str) -> str:
    return text[:LONGEST].replace(_BETWEEN, " ")


def grams(texts: Sequence[str]) -> Grams:
    """Return the hashed n-grams of the first `LONGEST` characters of each text; any string will do."""
    return _hashed(*_spaced(_joined(texts), len(texts)))


def spaced(text: str) -> str:
    """Return the words of a text as they are hashed, one space before each."""
    points, _ = _spaced(_joined([text]), 1)
    return points.tobytes().decode("utf-32-le", "surrogatepass")


def _joined(texts: Sequence[str]) -> str:
    joined = _BETWEEN.join(map(_head, texts)).lower()
    return _HANDLE.sub(" @ ", _ADDRESS.sub(" \ue000 ", joined))


def _spaced(joined: str, count: int) -> tuple[NDArray[np.uint32], Indices]:
    """Return the code points with one space before each word, a space at the end, and where each text begins."""
    raw = np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), np.uint32)
    text_of = np.cumsum(raw == ord(_BETWEEN), dtype=np.int32)
    astral = raw >= _BMP
    basic = np.where(astral, 0, raw)
    kinds = _KINDS[basic]
    points = _SAME[basic]
    if astral.any():
        picture = astral & (raw >= 0x1F000) & (raw < 0x1FB00)  # noqa: PLR2004 - the planes' blocks of pictures
        tint = astral & (raw >= 0x1F3FB) & (raw <= 0x1F3FF)  # noqa: PLR2004 - skin tones say nothing
        kinds[astral] = _LETTER
        kinds[picture] = _PICTURE
        kinds[tint] = _NOTHING
        points[astral] = raw[astral]
    repeated = np.zeros(len(points), bool)  # looooong is loong
    repeated[2:] = (points[2:] == points[1:-1]) & (points[1:-1] == points[:-2])
    keep = (kinds != _NOTHING) & ~repeated & (kinds != _SPACE)
    gap = np.cumsum(~keep & (kinds == _SPACE), dtype=np.int32)  # changes where white space was
    points, kinds, text_of, gap = points[keep], kinds[keep], text_of[keep], gap[keep]
    first = np.ones(len(points), bool)
    first[1:] = (kinds[1:] != kinds[:-1]) | (kinds[1:] == _PICTURE) | (gap[1:] != gap[:-1])
    place = np.arange(len(points)) + np.cumsum(first)
    spaced = np.full(len(points) + int(first.sum()) + 1, ord(" "), np.uint32)
    spaced[place] = points
    begins = np.searchsorted(text_of, np.arange(count + 1))
    edge = np.append(place - 1, len(spaced) - 1)
    return spaced, edge[begins].astype(np.intp)


def _hashed(points: NDArray[np.uint32], starts: Indices) -> Grams:
    """Hash words, pairs of words and windows."""
    size = len(points)
    space = points == ord(" ")
    spaces = np.flatnonzero(space)
    values = points.astype(np.uint64) * _MIX
    powers = np.full(size, _BASE, np.uint64)
    powers[0] = 1
    powers = np.cumprod(powers)
    inverse = np.full(size, pow(_BASE, -1, 1 << 64), np.uint64)
    inverse[0] = 1
    inverse = np.cumprod(inverse)
    prefix = np.cumsum(values * powers)
    here, there = spaces[:-1], spaces[1:]
    words = (prefix[there - 1] - prefix[here]) * inverse[here]
    word_bounds = np.searchsorted(here, starts)
    pairs = words[:-1] * np.uint64(_BASE) + words[1:]
    # The pair of a text's last word and the next text's first belongs to neither: its weight is another bucket's.
    lasts = word_bounds[1:-1] - 1
    inside = np.ones(max(len(words) - 1, 0), bool)
    inside[lasts[(lasts >= 0) & (lasts < len(inside))]] = False
    pair_places = np.flatnonzero(inside)
    upcoming = np.empty(size, np.intp)  # the next space after each place
    upcoming[:] = size
    lengths = np.diff(np.append(spaces, size))
    upcoming = np.repeat(np.append(spaces[1:], size), lengths)
    reach = upcoming - np.arange(size)
    windows = []
    running = values.copy()
    for n in range(SHORT_GRAM, LONG_GRAM + 1):
        running = running[:-1] + values[n - 1 :] * powers[n - 1] if len(running) > 1 else running[:0]
        places = np.flatnonzero(reach[: len(running)] >= n - 1)
        windows.append((_mixed(running[places]), np.searchsorted(places, starts)))
    return Grams(
        texts=len(starts) - 1,
        words=(_mixed(words ^ _WORD), word_bounds),
        pairs=(_mixed(pairs[pair_places] ^ _PAIR), np.searchsorted(pair_places, word_bounds)),
        windows=tuple(windows),
    )


def _mixed(hashes: Hashes) -> Hashes:
    """Spread every bit over the upper ones, from which buckets are taken."""
    return (hashes ^ (hashes >> np.uint64(29))) * _MIX


def take(batch: Grams, chosen: Sequence[int]) -> Grams:
    """Return the n-grams of some of a batch's texts."""
    rows = np.array(chosen, np.intp)

    def part(hashes: Hashes, bounds: Indices) -> tuple[Hashes, Indices]:
        counts = np.diff(bounds)
        keep = np.zeros(batch.texts, bool)
        keep[rows] = True
        return hashes[np.repeat(keep, counts)], np.append(0, np.cumsum(counts[rows]))

    return Grams(len(rows), part(*batch.words), part(*batch.pairs), tuple(part(*window) for window in batch.windows))


def buckets(hashes: Hashes, bits: int, salts: Hashes | None = None) -> Indices:
    """Return each hash's bucket, 0 to 2**bits - 1; with salts (one a hash) of another table's numbering."""
    if salts is not None:
        hashes = (hashes ^ salts) * np.uint64(_BASE)
    return (hashes >> np.uint64(64 - bits)).astype(np.intp)


def sums(weights: NDArray[np.int8], bounds: Indices) -> NDArray[np.int64]:
    """Add up weights (features, or features x heads) text by text; a text without features has 0."""
    total = np.zeros((len(weights) + 1, *weights.shape[1:]), np.int64)
    np.cumsum(weights, axis=0, out=total[1:])
    result: NDArray[np.int64] = total[bounds[1:]] - total[bounds[:-1]]
    return result


def find(keys: Hashes, hashes: Hashes) -> tuple[Indices, NDArray[np.bool_]]:
    """Return each hash's place among sorted keys, and whether it is one of them (its place is any, if not)."""
    place = np.minimum(np.searchsorted(keys, hashes), len(keys) - 1)
    return place, keys[place] == hashes
