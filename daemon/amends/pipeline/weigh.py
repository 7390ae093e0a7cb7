"""Weighing: which of the mentions that are heard are evidence. One voice is one voice, however often it speaks."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from amends.model import DAY
from amends.pipeline import newcomers
from amends.pipeline.bins import add, count, is_negative, small_hash, voice

if TYPE_CHECKING:
    from collections.abc import Sequence

    from amends.model import Bin, Mention
    from amends.pipeline.draft import Draft

VOICE_COUNTS = 5  # negatives of one voice in a day that are evidence; the rest is heard, shown and quoted
VOICES = 256  # voices whose number of negatives is remembered, the longest silent are forgotten


def weigh(draft: Draft, mentions: Sequence[Mention]) -> dict[int, Bin]:
    """Return the bins that the mentions make, by their start, in order.

    What is no evidence counts as heard but not judged: among `mentions` and `unscored`, not in `p_negative`. A voice's
    first few negatives of a day are evidence: forty posts by one angry person neither page nor teach that forty are
    usual. What a new source brings is not judged either, at first.
    """
    voices = dict(draft.state.live.voices)
    bins: dict[int, Bin] = {}
    for mention in mentions:
        one = count(mention)
        new = newcomers.is_new(draft, mention)
        if new or (is_negative(mention) and mention.author and _spoke(voices, mention) > VOICE_COUNTS):
            one = replace(one, p_negative=0.0, unscored=1, sources={mention.source: (1, 0.0)})
        bins[one.start] = add(bins[one.start], one) if one.start in bins else one
    while len(voices) > VOICES:
        del voices[next(iter(voices))]
    draft.state = draft.state.with_live(voices=voices)
    return dict(sorted(bins.items()))


def _spoke(voices: dict[int, tuple[int, float]], mention: Mention) -> int:
    """Note a negative of a voice; returns how many it has said within a day."""
    key = small_hash(voice(mention))
    said, since = voices.pop(key, (0, mention.published_at))
    if not abs(mention.published_at - since) < DAY:
        said, since = 0, mention.published_at
    voices[key] = (said + 1, since)
    return said + 1


def loudest(draft: Draft) -> int:
    """Return how many negatives of the last day the one voice said that said most."""
    spoken = draft.state.live.voices.values()
    return max((said for said, since in spoken if 0 <= draft.now - since < DAY), default=0)
