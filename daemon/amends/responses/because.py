"""The reasons of an incident in the reader's language: they are kept once, in English, and retold on the page."""

from __future__ import annotations

import re
from typing import Final

from amends.responses.wording import reader

# What the detector, the watch list, coverage and drills write, and how it is said elsewhere; `{0}` and on are what
# stands in the brackets. A reason that is not here is shown as it was written.
_RETOLD: Final = {
    "fr": (
        (r"(.+) times the usual negatives", "{0} fois plus de critiques que d'habitude"),
        (
            r"(.+) negatives an hour, where fewer than one is usual",
            "{0} critiques par heure, au lieu de moins d'une d'habitude",
        ),
        (r"(.+) more negatives an hour than usual", "{0} critiques par heure de plus que d'habitude"),
        (r"doubling every (.+)", "doublement toutes les {0}"),
        (r"reaching up to (.+) followers", "jusqu'à {0} abonnés touchés"),
        (r"on (\d+) sources", "sur {0} sources"),
        (r"(\d+) news outlets? carry it", "repris par {0} médias"),
        (r"said in anger, which spreads", "dit avec colère, ce qui se propage"),
        (r"watched: (.+)", "liste de veille : {0}"),
        (r"drill: (.+)", "exercice : {0}"),
        (
            r"(\d+) of (\d+) sources answer in their time; silent: (.+)",
            "sources à temps : {0} sur {1} ; muettes : {2}",
        ),
    )
}
_RULES: Final = {
    lang: tuple((re.compile(pattern, re.DOTALL), words) for pattern, words in rules) for lang, rules in _RETOLD.items()
}
_DECIMAL: Final = re.compile(r"\d+\.\d+( (min|h))?")


def because(entry: str, lang: str) -> str:
    """Return one reason in a reader's language; what nobody has words for stays as it is."""
    for pattern, words in _RULES.get(reader(lang), ()):
        found = pattern.fullmatch(entry)
        if found:
            told = [one.replace(".", ",") if _DECIMAL.fullmatch(one) else one for one in found.groups()]
            return words.format(*told)
    return entry
