"""The second opinion in the way of a mention: who wants one first, and what it changes. The encoder is the shell's."""

from __future__ import annotations

from dataclasses import replace
from math import log2
from typing import TYPE_CHECKING

from amends import sentiment
from amends.pipeline.prepare import spoken

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from amends.model import Mention
    from amends.pipeline.rules import Rules


def wanting(mentions: Sequence[Mention], rules: Rules, heard: Mapping[str, float]) -> list[tuple[int, str]]:
    """Return the place of each mention that a second opinion would help, and what the encoder reads; neediest first.

    What is live comes before history, small brands before large ones (by powers of four of the mentions that `heard`
    counted lately), and then those of which the small model knows least.
    """
    found = []
    for place, one in enumerate(mentions):
        if one.op == "delete" or one.own or one.brand not in rules.brands or not rules.router.wants_second(one.tone):
            continue
        masked = sentiment.Text(spoken(one.title, one.text), mask=rules.brands[one.brand].names).masked()
        if text := sentiment.given(masked):
            size = int(log2(max(heard.get(one.brand, 1.0), 1.0)) / 2)
            found.append(((one.history, size, -sentiment.uncertainty(one.tone), place), text))
    return [(key[-1], text) for key, text in sorted(found)]


def reconsidered(
    mentions: Sequence[Mention], places: Sequence[int], vectors: NDArray[np.float32], rules: Rules
) -> list[Mention]:
    """Return the mentions, those at `places` with the tone that both opinions make; a vector a place."""
    changed = list(mentions)
    tones = rules.router.reconsider([mentions[place].tone for place in places], vectors)
    for place, tone in zip(places, tones, strict=True):
        one = mentions[place]
        told = rules.router.relabelled(tone, rules.leaning(one.brand))
        stir = sentiment.arousal(spoken(one.title, one.text), told.lang) if told.label == "negative" else 0.0
        changed[place] = replace(one, tone=replace(told, arousal=stir))
    return changed
