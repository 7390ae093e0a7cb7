"""From the false pages a brand may cause to the evidence at which it pages."""

from __future__ import annotations

from math import inf, log
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

BASE = 9.4  # evidence that ordinary days exceed once in BASE_BINS, found by simulation
BASE_BINS = 8640.0  # five-minute bins: 30 days
PSEUDO = 60.0  # blocks that the theory is worth beside a brand's own history
TAIL = 30.0  # exceedances that a mean excess of 1 is worth
DOUBT = 1.5  # by how much a brand's own history must differ from theory before it says anything: it is noisy
BLOCKS_A_DAY = 4.0
QUANTILE_LEFT = 0.2  # share of blocks whose maximum lies above the quantile that the tail is drawn from
YOUNG = 3.8  # added while a brand's rhythm and swings are unknown; halves every `YOUNG_DAYS`
YOUNG_DAYS = 5.0
FEWEST = 20  # blocks before a brand's own history says anything


def threshold(false_pages_per_day: float, blocks: Sequence[float], learned_days: float, rough: float = 0.0) -> float:
    """Return the evidence from which to page; infinite where no false page is allowed.

    `learned_days` is how much event time lies behind the baseline, `rough` the evidence that this brand's replies add
    to its far tail (see `engine.page_at`). Theory (exponential tail of a scan's maximum;
    Siegmund 1985) is mixed with the brand's own: the tail of its six-hour maxima above their 80 % quantile, drawn on
    as an exponential (Davison & Smith 1990) whose mean is shrunk to 1, where that differs by more
    than its noise (`DOUBT`).
    """
    if false_pages_per_day <= 0:
        return inf
    bins = 288.0 / false_pages_per_day
    more: float = YOUNG * 0.5 ** (learned_days / YOUNG_DAYS) + rough
    theory = BASE + log(bins / BASE_BINS)
    many = len(blocks)
    if many < FEWEST:
        return max(theory, 1.0) + more
    ordered = sorted(blocks)
    start = int(many * (1.0 - QUANTILE_LEFT))
    base = ordered[start]
    tail = ordered[start:]
    mean = (TAIL + sum(x - base for x in tail)) / (TAIL + len(tail))
    own = base + mean * log(QUANTILE_LEFT * BLOCKS_A_DAY / false_pages_per_day)
    own = theory + max(own - theory - DOUBT, 0.0) + min(own - theory + DOUBT, 0.0)
    return max((PSEUDO * theory + many * own) / (PSEUDO + many), 1.0) + more
