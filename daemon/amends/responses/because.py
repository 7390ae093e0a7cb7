"""The reasons of an incident in the reader's language: they are kept once, in English, and retold on the page."""

from __future__ import annotations

import re
from typing import Final

from amends.responses.wording import reader

_SHARES: Final = "near-duplicates (.+), new accounts (.+), three loudest voices (.+), together within seconds (.+)"
_SHARES_FR: Final = "quasi-doublons {0}, comptes récents {1}, trois voix les plus actives {2}, à quelques secondes {3}"
# What the detector, the watch list, coverage and drills write, and how it is said elsewhere; `{0}` and on are what
# stands in the brackets. A reason that is not here is shown as it was written.
_RETOLD: Final = {
    "fr": (
        (r"(.+) times the usual negatives", "{0} fois plus de critiques que d'habitude"),
        (
            r"(.+) negatives an hour over (.+), where fewer than one is usual",
            "{0} critiques par heure sur {1}, où l'habitude est de moins d'une",
        ),
        (
            r"(.+) negatives an hour, where fewer than one is usual",
            "{0} critiques par heure, où l'habitude est de moins d'une",
        ),
        (r"(.+) more negatives an hour than usual", "{0} critiques par heure de plus que d'habitude"),
        (r"doubling every (.+)", "doublement toutes les {0}"),
        (r"reaching up to (.+) followers", "jusqu'à {0} abonnés touchés"),
        (r"on (\d+) sources", "sur {0} sources"),
        (r"(\d+) news outlets? carry it", "repris par {0} médias"),
        (r"said in anger, which spreads", "dit avec colère, ce qui se propage"),
        (r"(\d+) with video", "{0} avec une vidéo"),
        (r"(\d+) with an image", "{0} avec une image"),
        (r"(.+) to (.+) expected in the next hour", "de {0} à {1} attendues dans l'heure qui vient"),
        (
            r"one story repeated by (\d+) outlets: it counts once",
            "une histoire reprise par {0} médias : comptée une fois",
        ),
        (
            r"planned: (.+), (.+) times the usual was expected",
            "événement prévu : {0}, {1} fois l'habitude était attendu",
        ),
        (
            r"unseen: (\d+) negatives where (\d+) are usual, (.+) to (.+) UTC, heard afterwards",
            "passé inaperçu : {0} critiques au lieu de {1}, du {2} au {3} UTC, entendues après coup",
        ),
        (r"half-life (.+) \((.+) to (.+)\)", "demi-vie {0} (de {1} à {2})"),
        (r"origin unknown: (\d+) posts are too few to tell", "origine inconnue : {0} messages ne suffisent pas"),
        (rf"looks organic: {_SHARES}", f"semble spontané : {_SHARES_FR}"),
        (rf"looks coordinated: {_SHARES}", f"semble coordonné : {_SHARES_FR}"),
        (rf"origin unknown: {_SHARES}", f"origine inconnue : {_SHARES_FR}"),
        (r"watched: (.+)", "liste de veille : {0}"),
        (
            r"gone from (.+), and its address says so twice: (.+) and (\d+) more",
            "disparu de {0}, et l'adresse le dit deux fois : {1} et {2} autres",
        ),
        (
            r"gone from (.+), and its address says so twice: (.+)",
            "disparu de {0}, et l'adresse le dit deux fois : {1}",
        ),
        (r"it vanished while people are angry already", "disparu alors que les gens sont déjà en colère"),
        (
            r"to delete in silence makes it worse: say in public what was removed and why",
            "effacer en silence aggrave les choses : dites en public ce qui a été retiré et pourquoi",
        ),
        (
            r"what is illegal, unsafe or shows personal data does come down, with a public line",
            "ce qui est illégal, dangereux ou montre des données personnelles doit partir, avec un mot public",
        ),
        (r"drill: (.+)", "exercice : {0}"),
        (
            r"(\d+) of (\d+) sources? answers? in (?:their|its) time; silent: (.+)",
            "sources à temps : {0} sur {1} ; muettes : {2}",
        ),
    )
}
_RULES: Final = {
    lang: tuple((re.compile(pattern, re.DOTALL), words) for pattern, words in rules) for lang, rules in _RETOLD.items()
}
_TOLD_AS: Final = {"fr": {"unknown": "inconnus", "an event": "un événement"}}
_DECIMAL: Final = re.compile(r"\d+\.\d+( (min|h))?")


def because(entry: str, lang: str) -> str:
    """Return one reason in a reader's language; what nobody has words for stays as it is."""
    lang = reader(lang)
    for pattern, words in _RULES.get(lang, ()):
        found = pattern.fullmatch(entry)
        if found:
            told = [_TOLD_AS.get(lang, {}).get(one, one) for one in found.groups()]
            told = [one.replace(".", ",") if _DECIMAL.fullmatch(one) else one for one in told]
            return words.format(*told)
    return entry
