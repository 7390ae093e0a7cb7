"""The usual talk: how often each term is heard on a usual day, a bounded picture beside which a wave's terms rise."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from amends import detection

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

TERMS = 400  # words whose usual frequency is kept
TERMS_HALVE = 4000.0  # mentions after which older ones count half


def learned(usual: Mapping[str, float], texts: Sequence[str]) -> dict[str, float]:
    """Return the usual talk with these texts, each term once a text; old counts fade, rare terms are dropped.

    The empty key holds the number of mentions behind the counts.
    """
    heard = counted(texts)
    fade = 0.5 ** (len(texts) / TERMS_HALVE)
    counts = {term: number * fade for term, number in usual.items()}
    for term, number in heard.items():
        counts[term] = counts.get(term, 0.0) + number
    counts[""] = usual.get("", 0.0) * fade + len(texts)
    if len(counts) > TERMS * 1.5:
        total = counts.pop("")
        counts = dict(sorted(counts.items(), key=lambda pair: -pair[1])[:TERMS])
        counts[""] = total
    return counts


def without(usual: Mapping[str, float], said: Mapping[str, int]) -> dict[str, float]:
    """Return the usual talk without the terms of erased texts (`said`, in so many of them).

    Those go that nobody else has used. Old counts have faded, so that rather too much is taken than too little. The
    number of mentions stays.
    """
    return {
        term: count - said.get(term, 0)
        for term, count in usual.items()
        if term not in said or count - said[term] >= 1.0
    }


def counted(texts: Iterable[str]) -> Counter[str]:
    """Return in how many of the texts each term stands."""
    found: Counter[str] = Counter()
    for text in texts:
        found.update(detection.terms(text))
    return found
