"""How an item arrived: live, late or history (backfill teaches and never pages, judged item by item)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from amends.model import DAY, HOUR
from amends.pipeline.ports import Progress

if TYPE_CHECKING:
    from collections.abc import Sequence

    from amends.model import Item

YOUNG = HOUR  # an item at most this old on arrival is live, whoever brings it
PUSHED_LAG = HOUR  # the usual lag of what is pushed
PUSHED_PAST = DAY  # what is pushed and older is somebody's archive: another brand's, or in no order


def judge(items: Sequence[Item], progress: Progress, *, pushed: bool = False) -> list[Item]:
    """Return the items marked `history` or `late` by how far their source had been heard.

    History: older than an hour on arrival while the source still shows its past for the first time. Late: published
    before what the source could already have shown us, its previous success less its usual lag. What is pushed has no
    end of a first walk that could be seen, and many brands' archives may come through one source: older than a day,
    it is history whenever it comes.
    """
    marked = []
    for item in items:
        age = item.seen_at - item.published_at
        history = (progress.first_walk and age > YOUNG) or (pushed and age > PUSHED_PAST)
        late = (
            not history
            and progress.previous is not None
            and item.published_at < progress.previous - max(progress.lag, 0.0)
        )
        marked.append(replace(item, history=history, late=late) if history or late else item)
    return marked


def after_push(items: Sequence[Item], progress: Progress) -> Progress:
    """Return the progress of a pushed source once these items have come: one young item ends its first walk."""
    if not items:
        return progress
    seen = max(item.seen_at for item in items)
    young = any(item.seen_at - item.published_at <= YOUNG for item in items)
    first_walk = progress.first_walk and not young
    return Progress(previous=seen, lag=PUSHED_LAG, first_walk=first_walk)
