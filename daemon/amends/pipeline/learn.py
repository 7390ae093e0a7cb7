"""Learning a baseline anew from stored bins: what backfill asks for, done outside any transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING

from amends import detection
from amends.pipeline.bins import gapless

if TYPE_CHECKING:
    from collections.abc import Sequence

    from amends.model import Bin


def learn(bins: Sequence[Bin], settings: detection.Settings, until: int) -> bytes:
    """Return a serialised detector that has folded every bin from the first one given up to `until` (exclusive).

    Bins that are not given were quiet. Pure and slow (about 0.1 ms a bin): run it in a worker, then hand the result to
    `decide` as `Learned`, which refuses it if more history has come meanwhile.
    """
    detector = detection.new(settings)
    if bins:
        for one in gapless(bins, bins[0].start, until):
            detector = detection.fold(detector, one, settings)
    return detection.dump(detector)
