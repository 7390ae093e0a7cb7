"""Which words, hashtags and links rose: log odds against the brand's usual, with the usual as the prior."""

from __future__ import annotations

import re
from collections import Counter
from math import log, sqrt
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

TOLD = 6  # terms at most
PRIOR_TEXTS = 20.0  # usual texts that the prior is worth
LEAST_Z = 1.64
COPIES = 3  # what a text counts at most that is copied word for word
LEAST_TEXTS = 2  # a term of one text explains nothing
LONGEST_TEXT = 2_000  # characters of each text that are looked at
MOST_TEXTS = 2_000
_TOKEN = re.compile(r"https?://(?:www\.)?([^\s/?#]+)\S*|([#@]?\w[\w'\u2019-]*)", re.UNICODE)
_LONGEST_TERM = 40
_SHORTEST_WORD = 3
# words without a topic; a usual text holds them as often as a new one, this only helps while the usual is unknown
_EMPTY_WORDS = """
    a about after again all also am an and any are as at back be because been before being but by can can't
    cannot could did didn't do does doesn't doing don't down even ever every for from get gets getting go
    going got had has have having he her here him his how i i'm i've if in into is isn't it it's its just know
    let like make me more most much my no not now of off oh ok on one only or our out over please really said
    same say says see she should since so some still such take than thank thanks that that's the their them
    then there these they they're thing this those through to today too try u under until up ur us use very
    via want was wasn't way we we're well were what what's when where which while who why will with won't
    would wow yes yet you you're your alors au aussi autre aux avec avoir bien c'est ce ces cet cette chez
    comme dans de des donc du elle elles en encore est et était eu fait faire il ils j'ai je jamais la le les
    leur lui ma mais me mes moi mon même n'est ne non nos notre nous on ont ou où par pas peu plus pour qu'il
    quand que quel qui rien sa sans se ses si son sont suis sur ta te tes toi ton tous tout très tu un une vos
    votre vous y ça être
"""
_EMPTY = frozenset(_EMPTY_WORDS.split())


def terms(text: str) -> set[str]:
    """Return what a text is about, each once: words, hashtags, handles, link hosts, and pairs of neighbouring words."""
    found: set[str] = set()
    before = ""
    for host, word in _TOKEN.findall(text[:LONGEST_TEXT].lower().replace("\u2019", "'")):
        if host:
            found.add(host[:_LONGEST_TERM])
            before = ""
            continue
        if len(word) > _LONGEST_TERM:
            before = ""
            continue
        telling = word not in _EMPTY and (len(word) >= _SHORTEST_WORD or word[0] in "#@") and not word.isdigit()
        if telling:
            found.add(word)
            if before:
                found.add(f"{before} {word}")
        before = word if telling and word[0] not in "#@" else ""
    return found


def explain(now_texts: Sequence[str], usual: Mapping[str, float]) -> tuple[str, ...]:
    """Return the terms that rose, most telling first, at most `TOLD`.

    `usual` says how often each term (as `terms` writes it) is heard in a usual day; the empty key, if present, how many
    texts a usual day has. However often a text is copied, it counts as `COPIES` at most. Log odds with an informative
    Dirichlet prior, ranked by its z-score (Monroe, Colaresi & Quinn 2008), texts in the place of words.
    """
    copies = Counter(" ".join(text.lower().split())[:LONGEST_TEXT] for text in now_texts[:MOST_TEXTS])
    counts: Counter[str] = Counter()
    for text, often in copies.items():
        for term in terms(text):
            counts[term] += min(often, COPIES)
    many = float(sum(min(often, COPIES) for often in copies.values()))
    days = max(usual.get("", 0.0), max(usual.values(), default=0.0), 1.0)
    ranked = []
    for term, count in counts.items():
        if count < LEAST_TEXTS and many > LEAST_TEXTS:
            continue
        share = min((usual.get(term, 0.0) + 0.05) / (days + 1.0), 0.98)
        with_term, without = count + PRIOR_TEXTS * share, many - count + PRIOR_TEXTS * (1.0 - share)
        rise = log(with_term / without) - log(share / (1.0 - share))
        z = rise / sqrt(1.0 / with_term + 1.0 / without)
        if z > LEAST_Z:
            ranked.append((-z * sqrt(count), -len(term), term))
    return _distinct([term for _, _, term in sorted(ranked)])


def _distinct(ranked: Sequence[str]) -> tuple[str, ...]:
    """Drop a term whose words are told already, and a word that a told pair contains."""
    told: list[str] = []
    for term in ranked:
        words = set(term.split())
        if any(words & set(other.split()) for other in told):
            continue
        told.append(term)
        if len(told) == TOLD:
            break
    return tuple(told)
