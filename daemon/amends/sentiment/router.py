"""The router: each text to the best calibrated scorer of its language, or honestly to nobody."""

from __future__ import annotations

import math
from importlib.resources import files
from io import BytesIO
from typing import TYPE_CHECKING

import numpy as np

from amends.model import Tone
from amends.sentiment.language import Identifier
from amends.sentiment.vader import Vader

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from amends.model import Label
    from amends.sentiment.text import Text
    from amends.sentiment.vader import Polarity

BATCH = 256


def shipped(name: str) -> dict[str, NDArray[np.generic]]:
    """Return the arrays of a weight file of this package."""
    data = (files("amends.sentiment") / "weights" / f"{name}.npz").read_bytes()
    with np.load(BytesIO(data), allow_pickle=False) as archive:
        return dict(archive)


class Router:
    """Scores texts. Building one reads the weights and takes a moment; scoring is pure and never raises on any string."""

    def __init__(self) -> None:
        self._vader = Vader()
        self._identifier = Identifier(shipped("language"))
        weights = shipped("tone")
        self._weights = weights["en_weights"].astype(np.float64).tolist()
        self._bias = weights["en_bias"].astype(np.float64).tolist()
        self._threshold = float(weights["en_threshold"])

    def score(self, texts: Sequence[Text]) -> list[Tone]:
        """Return the tone of each text, in order. A whole batch is cheaper than one by one."""
        return [tone for start in range(0, len(texts), BATCH) for tone in self._batch(texts[start : start + BATCH])]

    def _batch(self, texts: Sequence[Text]) -> list[Tone]:
        found = self._identifier.identify(texts)
        tones = []
        for text, language in zip(texts, found, strict=True):
            polarity = self._vader.score(text.masked())
            if language.wordless:
                scored = language.scorable and bool(polarity.compound)
            else:
                scored = language.scorable and language.lang == "en"
            tones.append(self._tone(language.lang, polarity) if scored else unscored(language.lang, polarity))
        return tones

    def _tone(self, lang: str | None, polarity: Polarity) -> Tone:
        given = (polarity.compound, polarity.neg, polarity.pos)
        logits = [
            bias + sum(x * row[k] for x, row in zip(given, self._weights, strict=True))
            for k, bias in enumerate(self._bias)
        ]
        odds = [math.exp(logit - max(logits)) for logit in logits]
        negative, neutral, positive = (value / sum(odds) for value in odds)
        label: Label = "positive" if positive > neutral else "neutral"
        return Tone(
            lang, polarity.compound, negative, neutral, positive, "negative" if negative >= self._threshold else label
        )


def unscored(lang: str | None, polarity: Polarity) -> Tone:
    """Return the tone of a text that nobody can score."""
    return Tone(lang, polarity.compound, None, None, None, "unscored")
