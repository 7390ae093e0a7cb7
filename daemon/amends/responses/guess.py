"""What type of crisis it looks like, guessed from an incident's words: two independent hits, else nobody knows."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from typing import TYPE_CHECKING, Final

from amends.model import Kind
from amends.responses.headline import is_term, named

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from amends.model import Quote

HITS: Final = 2  # by two voices, or by two different cues
_READ: Final = 500  # characters of a quote

# Cues of each type, in English and French, as words without accents. One cue is one thing said, in whatever words.
_CUES: Final[Mapping[str, Mapping[str, str]]] = {
    "product-harm": {
        "fire": r"(?:caught|catch|catches|catching|on) fire|in flames|explod(?:ed|es|ing)|melted|overheat(?:s|ed|ing)?"
        r"|(?:a|ont|prend|prennent) (?:pris )?feu|explos(?:e|es|ion)|fondu|surchauffe",
        "hurt": r"burn(?:s|t|ed)|injur(?:y|ed|ies)|poison(?:ed|ing)|allergic|choked|hospital"
        r"|blesse(?:s|e|es)?|brul(?:e|es|ee|ees|ure|ures)|intoxique(?:s|e|es)?|etouffe|hopital",
        "recall": r"(?<!i )recall(?:s|ed)?|contaminated|rappel(?:e|ez|es)?|contamine(?:s|e|es)?",
        "danger": r"dangerous|unsafe|hazard|dangereu(?:x|se|ses)",
    },
    "outage": {
        "down": r"(?:is|are|still|been|went|goes) down|outages?|offline|en panne|panne|hors service|indisponible",
        "access": r"(?:can't|cannot|unable to|not let me) (?:log|sign) ?(?:in|on)"
        r"|impossible de (?:me |se )?connecter|connexion impossible",
        "error": r"error 50\d|server error|timed out|not loading|erreur (?:50\d|serveur)|ne charge plus",
    },
    "data-breach": {
        "leak": r"(?:data|security) (?:breach|leak)|leaked (?:data|names|passwords?|emails?)"
        r"|data (?:was |were |got )?leaked|fuite de donnees|donnees (?:volees|piratees)",
        "hack": r"hack(?:ed|ers?)|pirate(?:s|e|es)?|piratage|ransomware",
        "data": r"passwords?|personal (?:data|details)|customer (?:list|data)|mots? de passe|donnees personnelles",
    },
    "service-failure": {
        "late": r"(?:is|are|so|too|hours?|days?|weeks?|minutes?) late|delay(?:s|ed)?|still waiting|never arrived"
        r"|en retard|retards?|toujours rien recu|jamais arrivee?s?",
        "lost": r"lost my (?:bags?|luggage|parcel|package|order)|(?:missing|lost) (?:parcel|package|luggage)"
        r"|perdu (?:mon|ma|mes)|colis perdus?",
        "rude": r"rude|hung up|nobody answers|no reply|malpolie?s?|impolie?s?|raccroche|personne ne repond",
        "refund": r"refunds?|refunded|rembours(?:e|es|ez|er|ement)",
    },
    "offensive-post": {
        "post": r"(?:your|their|this|that) (?:tweet|post|ad|advert|campaign|joke)"
        r"|(?:votre|leur|ce|cette) (?:tweet|publication|pub|post|campagne|blague)",
        "offence": r"racist|sexist|offensive|tasteless|homophobic|mock(?:s|ing)"
        r"|raciste|sexiste|mauvais gout|se moquer?",
    },
    "employee-conduct": {
        "staff": r"employees?|staff|drivers?|manager|cashier|guards?"
        r"|employee?s?|livreurs?|chauffeurs?|vendeu(?:r|se)s?",
        "conduct": r"assault(?:ed)?|harass(?:ed|ment)|groped|threatened|insulted|racist|slapped"
        r"|agresse(?:e|es)?|harcel(?:e|ee|ement)|insulte(?:e|es)?|menace(?:e|es)?|frappe(?:e|es)?|raciste",
    },
    "rumour": {
        "rumour": r"rumou?rs?|hoax|fake news|rumeurs?|canular|infox",
        "doubt": r"is (?:it|this) true|not true|made up|debunked|est-ce vrai|c'est faux|invente",
    },
    "supplier-fault": {
        "supplier": r"suppliers?|subcontractors?|contractors?|fournisseurs?|sous-traitants?|prestataires?",
        "fault": r"supplier's fault|blam(?:es?|ing) (?:the|a|its|their) (?:supplier|contractor)|faute du fournisseur",
    },
}
_BOTH: Final = ("offensive-post", "employee-conduct")  # one of their cues alone says something else
_COMPILED: Final = {
    crisis: {cue: re.compile(rf"(?<!\w)(?:{words})(?!\w)") for cue, words in cues.items()}
    for crisis, cues in _CUES.items()
}
_ALONE: Final = {"fire": "fire", "flames": "fire", "feu": "fire", "incendie": "fire", "down": "down"}  # as a whole term


def guess(kind: Kind, why: Sequence[str], quotes: Sequence[Quote]) -> str | None:
    """Return the type of crisis that an incident's terms, watched words and quotes speak of, None where they do not.

    Two voices must say so, or one voice and a term that is another cue than its own: a term comes out of what voices
    say. Of two types with the same number of hits none is taken. Only the type is told, never anybody's words.
    """
    if kind not in (Kind.TONE, Kind.WATCH):
        return None
    terms = [*filter(is_term, why), *named(why)]
    voices: dict[str, str] = defaultdict(str)
    for one in quotes:
        voices[one.author or f"{one.source}\0{one.id}"] += f"\n{one.text[:_READ]}"
    hits = {crisis: _hits(crisis, terms, voices.values()) for crisis in _COMPILED}
    best = max(hits, key=lambda crisis: hits[crisis])
    sure = hits[best] >= HITS and sum(found == hits[best] for found in hits.values()) == 1
    return best if sure else None


def _hits(crisis: str, terms: Iterable[str], voices: Iterable[str]) -> int:
    """Count the independent hits: each voice that gives a cue, and each cue among the terms that no voice gives."""
    said = [_cues(crisis, text) for text in voices]
    heard = set().union(*said)
    risen = set().union(*(_cues(crisis, term) for term in terms))
    if crisis in _BOTH and len(heard | risen) < len(_CUES[crisis]):
        return 0
    return sum(map(bool, said)) + len(risen - heard)


def _cues(crisis: str, text: str) -> set[str]:
    plain = unicodedata.normalize("NFD", text.casefold().replace("\u2019", "'"))
    plain = "".join(one for one in plain if not unicodedata.combining(one))
    found = {cue for cue, words in _COMPILED[crisis].items() if words.search(plain)}
    alone = _ALONE.get(plain.strip())
    return {*found, alone} if alone is not None and alone in _CUES[crisis] else found
