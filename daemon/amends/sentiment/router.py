"""The router: each text to the best calibrated scorer of its language, or honestly to nobody."""

from __future__ import annotations

from dataclasses import replace
from importlib.resources import files
from io import BytesIO
from typing import TYPE_CHECKING

import numpy as np

from amends.model import Tone
from amends.sentiment.accurate import SecondOpinion
from amends.sentiment.fit import leaned
from amends.sentiment.language import Identifier
from amends.sentiment.lexicon import heard, moved, polarity
from amends.sentiment.ngrams import grams, take
from amends.sentiment.tone import ToneModel
from amends.sentiment.vader import Vader

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from amends.model import Label
    from amends.sentiment.language import Found
    from amends.sentiment.text import Text
    from amends.sentiment.vader import Polarity

BATCH = 256  # texts worked on at once: arrays that stay in a processor's cache
_SIGNS = "en"  # whose calibration reads what has no words: VADER's emoticons and pictures


def shipped(name: str) -> dict[str, NDArray[np.generic]]:
    """Return the arrays of a weight file of this package."""
    data = (files("amends.sentiment") / "weights" / f"{name}.npz").read_bytes()
    with np.load(BytesIO(data), allow_pickle=False) as archive:
        return dict(archive)


class Router:
    """Scores texts. Building one reads the weights and takes a moment; scoring is pure and takes any string."""

    def __init__(self) -> None:
        self._vader = Vader()
        self._identifier = Identifier(shipped("language"))
        self._model = ToneModel(shipped("tone"))
        self._second = SecondOpinion(shipped("accurate"))

    def score(self, texts: Sequence[Text]) -> list[Tone]:
        """Return the tone of each text, in order. A whole batch is many times cheaper than one by one."""
        return [tone for start in range(0, len(texts), BATCH) for tone in self._batch(texts[start : start + BATCH])]

    def wants_second(self, tone: Tone) -> bool:
        """Return whether a second opinion on this tone would be better than the small model alone."""
        return tone.p_negative is not None and self._second.knows(tone.lang)

    def reconsider(self, tones: Sequence[Tone], vectors: NDArray[np.float32]) -> list[Tone]:
        """Return tones that `wants_second` pooled with an encoder's vectors of their texts, one a row, in order."""
        if not tones:
            return []
        shares = self._second.pooled(tones, vectors).tolist()
        return [
            replace(
                tone,
                p_negative=row[0],
                p_neutral=row[1],
                p_positive=row[2],
                label=label(row, bad=row[0] >= self._model.threshold(tone.lang or _SIGNS)),
            )
            for tone, row in zip(tones, shares, strict=True)
        ]

    def relabelled(self, tone: Tone, log_odds: float) -> Tone:
        """Return a scored tone with the label that it has if its odds of negative are moved; probabilities stay."""
        if tone.p_negative is None or not log_odds:
            return tone
        bad = leaned(tone.p_negative, log_odds) >= self._model.threshold(tone.lang or _SIGNS)
        return replace(tone, label=label((tone.p_negative, tone.p_neutral or 0.0, tone.p_positive or 0.0), bad=bad))

    def _batch(self, texts: Sequence[Text]) -> list[Tone]:
        clean = [text.masked() for text in texts]
        batch = grams(clean)
        found = self._identifier.identify(texts, batch)
        polarities = [self._vader.score(text) for text in clean]
        points = self._overlaid(texts, clean, found, polarities)
        tones = [
            Tone(one.lang, polarity.compound, None, None, None, "unscored")
            for one, polarity in zip(found, polarities, strict=True)
        ]
        chosen = [k for k in range(len(texts)) if self._can(found[k], heard=polarities[k].compound != 0 or k in points)]
        if chosen:
            langs = [found[k].lang or _SIGNS for k in chosen]
            shares, negative = self._model.probabilities(
                batch if len(chosen) == len(texts) else take(batch, chosen), langs, [polarities[k] for k in chosen]
            )
            for k, lang, row, bad in zip(chosen, langs, shares.tolist(), negative.tolist(), strict=True):
                if k in points:
                    row = moved(row, points[k])  # noqa: PLW2901 - the same text's
                    bad = row[0] >= self._model.threshold(lang)  # noqa: PLW2901 - the same text's
                tones[k] = Tone(found[k].lang, polarities[k].compound, row[0], row[1], row[2], label(row, bad=bad))
        return tones

    def _overlaid(
        self, texts: Sequence[Text], clean: Sequence[str], found: Sequence[Found], polarities: list[Polarity]
    ) -> dict[int, float]:
        """Return the points that brands' own words add, by text, and put VADER's reading of them in its place."""
        points = {}
        for k, text in enumerate(texts):
            if text.lexicon and (one := heard(clean[k], text.lexicon, found[k].lang)) is not None:
                points[k] = one
                polarities[k] = polarity(clean[k], text.lexicon)
        return points

    def _can(self, found: Found, *, heard: bool) -> bool:
        if found.wordless:
            return found.scorable and heard
        return found.scorable and self._model.knows(found.lang)


def label(shares: Sequence[float], *, bad: bool) -> Label:
    """Return the label for display; negative has its own threshold, since misses cost more than false ones."""
    if bad:
        return "negative"
    return "positive" if shares[2] > shares[1] else "neutral"
