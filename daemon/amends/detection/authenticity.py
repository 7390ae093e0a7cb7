"""Does a wave speak with many mouths or with one? Shares with their ranges, and never a word on any single person.

Signs and their use follow work on coordinated behaviour: the same words, at the same moment, by accounts made for the
purpose (Pacheco et al. 2021; Nizzoli et al. 2021). Any one of them has innocent causes: a petition's text, a breaking
story, newcomers. So each is told as a range (Wilson 1927), and only what stands out clearly makes a verdict.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from math import exp, sqrt
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from amends.model import Mention

DAYS = "account_days"  # the key of a mention's `extra` that says how old its author's account was, where it is known
NEW_DAYS = 30.0  # an account younger than this is new
LEAST, LEAST_ORGANIC = 8, 12  # posts below which nothing is said
SHORT, COMPARED = 3, 6  # words: fewer say nothing, fewer than the second must be the very same
ALIKE = 0.65  # Jaccard similarity of the words of near-duplicates
REPEATED = 3  # posts that say the same before it counts as repeated

LOUDEST = 3  # voices that the concentration speaks of
MOMENT = 5.0  # seconds within which two voices speak together
MOST_ALIKE, SOME_ALIKE, FEW_ALIKE = 0.5, 0.3, 0.42  # shares: alone a sign, a sign with another one, still organic
MOST_NEW, FEW_NEW = 0.5, 0.3
TOGETHER = 0.3
POSTS_A_VOICE = 3.0  # more, and few speak for many
_Z = 1.64  # nine times in ten
_NOISE = re.compile(r"https?://\S+|[@#]\w+|\d+", re.UNICODE)
_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)?", re.UNICODE)
_SHARED = re.compile(r"\s*(?:RT|MT|QT)\s+@", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Range:
    """A share, 0 to 1, as far as it is known."""

    low: float
    high: float

    def __str__(self) -> str:
        """Return it in words: `60-85 %`."""
        low, high = round(100 * self.low), round(100 * self.high)
        return f"{low} %" if low == high else f"{low}-{high} %"


@dataclass(frozen=True, slots=True, kw_only=True)
class Authenticity:
    """What can be said of a wave's origin; a share is None where nothing is known of it."""

    verdict: Literal["organic", "coordinated", "unknown"]
    posts: int
    duplicates: Range | None = None  # posts that tell the most repeated text
    new_accounts: Range | None = None  # voices whose account was younger than a month
    concentration: Range | None = None  # posts by the three loudest voices
    synchrony: Range | None = None  # posts within seconds of another voice, beyond chance

    def __str__(self) -> str:
        """Return it as one reason of an incident."""
        if self.posts < LEAST:
            return f"origin unknown: {self.posts} posts are too few to tell"
        told = (
            f"near-duplicates {self.duplicates or 'unknown'}, new accounts {self.new_accounts or 'unknown'}, "
            f"three loudest voices {self.concentration or 'unknown'}, together within seconds "
            f"{self.synchrony or 'unknown'}"
        )
        head = "origin unknown" if self.verdict == "unknown" else f"looks {self.verdict}"
        return f"{head}: {told}"


def authenticity(mentions: Sequence[Mention]) -> Authenticity:
    """Return what the posts of a wave say of its origin.

    Articles and marked shares ("RT @...") are left out: repeating is what they are for. Each item without an author
    is a voice of its own, but where most have none nothing is known of voices, and no verdict is given.
    """
    posts = [one for one in mentions if not one.title and not _SHARED.match(one.text)]
    many = len(posts)
    if many < LEAST:
        return Authenticity(verdict="unknown", posts=many)
    repeated = max(_alike([one.text for one in posts]), default=0)
    repeated = repeated if repeated >= REPEATED else 0
    duplicates = wilson(repeated, many)
    names = Counter(one.author.casefold() for one in posts if one.author)
    known = 2 * names.total() >= many
    concentration = wilson(sum(count for _, count in names.most_common(LOUDEST)), many) if known else None
    new, synchrony = _new_accounts(posts), _synchrony(posts)
    found = Authenticity(
        verdict="unknown",
        posts=many,
        duplicates=duplicates,
        new_accounts=new,
        concentration=concentration,
        synchrony=synchrony,
    )
    if not known:
        return found
    alike, fresh = repeated / many, new.low if new else 0.0
    few = many >= POSTS_A_VOICE * len(names)
    together = synchrony is not None and synchrony.low >= TOGETHER
    if (
        duplicates.low >= MOST_ALIKE
        or fresh >= MOST_NEW
        or (alike >= SOME_ALIKE and (few or together or fresh >= FEW_NEW))
    ):
        verdict: Literal["organic", "coordinated", "unknown"] = "coordinated"
    elif many >= LEAST_ORGANIC and alike < FEW_ALIKE and not few and fresh < FEW_NEW:
        verdict = "organic"
    else:
        verdict = "unknown"
    return Authenticity(
        verdict=verdict,
        posts=many,
        duplicates=duplicates,
        new_accounts=new,
        concentration=concentration,
        synchrony=synchrony,
    )


def wilson(part: float, many: float) -> Range:
    """Return the range that holds a share nine times in ten (Wilson 1927)."""
    share, z2 = part / many, _Z * _Z
    middle = (share + z2 / (2 * many)) / (1 + z2 / many)
    half = _Z / (1 + z2 / many) * sqrt(share * (1 - share) / many + z2 / (4 * many * many))
    return Range(max(0.0, middle - half), min(1.0, middle + half))


def _alike(texts: Sequence[str]) -> list[int]:
    """Return the sizes of groups of near-duplicates: each text joins the first whose words it shares."""
    leaders: list[tuple[str, frozenset[str]]] = []
    sizes: list[int] = []
    for text in texts:
        words = _WORD.findall(_NOISE.sub(" ", text.casefold()))
        if len(words) < SHORT:
            continue
        same, bag = " ".join(words), frozenset(words)
        for at, (other, other_bag) in enumerate(leaders):
            if same == other or (
                len(bag) >= COMPARED
                and len(other_bag) >= COMPARED
                and len(bag & other_bag) >= ALIKE * len(bag | other_bag)
            ):
                sizes[at] += 1
                break
        else:
            leaders.append((same, bag))
            sizes.append(1)
    return sizes


def _new_accounts(posts: Sequence[Mention]) -> Range | None:
    """Return the share of voices with a young account; those of unknown age widen the range, None where most are."""
    ages: dict[str, float | None] = {}
    for one in posts:
        voice = one.author.casefold() if one.author else f"{one.source}\0{one.id}"
        age = one.extra.get(DAYS)
        ages[voice] = age if isinstance(age, int | float) else ages.get(voice)
    known = [age for age in ages.values() if age is not None]
    if 2 * len(known) < len(ages) or len(known) < LEAST // 2:
        return None
    share = wilson(sum(age < NEW_DAYS for age in known), len(known))
    heard = len(known) / len(ages)
    return Range(share.low * heard, min(1.0, share.high * heard + 1.0 - heard))


def _synchrony(posts: Sequence[Mention]) -> Range | None:
    """Return the share that came within seconds of another voice, beyond chance; None where dates are too coarse."""
    ordered = sorted(posts, key=lambda one: one.published_at)
    span = ordered[-1].published_at - ordered[0].published_at
    if all(one.published_at % 60 == 0 for one in ordered):
        return None
    together = 0
    for at, one in enumerate(ordered):
        near = [ordered[k] for k in (at - 1, at + 1) if 0 <= k < len(ordered)]
        together += any(
            abs(other.published_at - one.published_at) <= MOMENT and other.author != one.author for other in near
        )
    chance = 1.0 - exp(-2.0 * MOMENT * len(ordered) / max(span, MOMENT))
    found = wilson(together, len(ordered))
    return Range(max(0.0, found.low - chance), max(0.0, found.high - chance))
