"""What somebody would write into the blanks of a template: terse where 280 characters are all, roomy elsewhere."""

from __future__ import annotations

_NAMES = {"en": "Osterly Breweries", "fr": "Brasseries Osterly"}
_TERSE = {
    "en": {
        "what": "a joke about Harlow", "when": "on Monday from 09:10", "who": "the families of Harlow",
        "harm": "burns to the hands", "cause": "we skipped the second reading",
        "reason": "it showed a private address", "product": "the Aria kettle, lot 4471",
        "data": "names and home addresses", "claim": "we put river water in our beer",
        "facts": "we use town water, metered since 1994", "repair": "refunds by Friday",
        "change": "two of us check each post", "advice": "change your password", "contact": "0800 555 0199",
        "link": "osterly.example/facts",
    },
    "fr": {
        "what": "une blague sur Harlow", "when": "lundi dès 9 h 10", "who": "les gens d'Harlow",
        "harm": "brûlure aux mains", "cause": "nous avons sauté la relecture", "reason": "une adresse privée y était",
        "product": "la bouilloire Aria, lot 4471", "data": "des noms et adresses",
        "claim": "nous coupons la bière à l'eau du lac",
        "facts": "l'eau vient du réseau, compteur public", "repair": "tout est rendu vendredi",
        "change": "deux des nôtres relisent tout", "advice": "changez de mot de passe", "contact": "0 800 00 01 99",
        "link": "osterly.example/faits",
    },
}  # fmt: skip
_BRIEF = {
    "en": {
        "what": "a joke about the fire in Harlow", "when": "on Monday at 09:10", "who": "the families who lost homes",
        "harm": "burns to the hands and face", "cause": "we were in a hurry and skipped the second reading",
        "reason": "it showed where a family lives",
        "product": "the Aria kettle, lot 4471", "data": "the names and home addresses",
        "claim": "we put river water in our beer and sell it as spring water",
        "facts": "we have used town water since 1994, and the meter is read by the council",
        "repair": "the fees of that day are refunded by Friday", "change": "two of us check every post beforehand",
        "advice": "change your password", "contact": "0800 555 0199, help@osterly.example",
        "link": "osterly.example/facts",
    },
    "fr": {
        "what": "une blague sur l'incendie d'Harlow", "when": "lundi à 9 h 10", "who": "les familles sans toit",
        "harm": "brûlures aux mains et au visage", "cause": "pressés, nous avons sauté la relecture",
        "reason": "elle montrait où vit une famille",
        "product": "la bouilloire Aria, lot 4471", "data": "les noms et les adresses",
        "claim": "nous coupons notre bière à l'eau du lac",
        "facts": "l'eau vient du réseau depuis 1994, et la mairie relève le compteur",
        "repair": "les frais de ce jour sont rendus vendredi", "change": "deux des nôtres relisent chaque publication",
        "advice": "changez de mot de passe", "contact": "0 800 00 01 99, aide@osterly.example",
        "link": "osterly.example/faits",
    },
}  # fmt: skip
_ROOMY = {
    "en": {
        "what": "A joke about the fire in Harlow went out on our account", "when": "on Monday 12 May at 09:10",
        "who": "the families who lost their homes", "harm": "burns to the hands and the face",
        "cause": "two of us were in a hurry and skipped the second reading",
        "reason": "it showed where the family of one of the victims lives", "product": "the Aria kettle, lot 4471",
        "data": "the names and home addresses", "claim": "we put river water in our beer and sell it as spring water",
        "facts": "we have used town water since 1994, and the meter is read by the council",
        "repair": "every fee of that day is refunded by Friday",
        "change": "two of us check every post before it goes out",
        "advice": "change your password and watch your account", "contact": "0800 555 0199, help@osterly.example",
        "link": "osterly.example/facts",
    },
    "fr": {
        "what": "Une blague sur l'incendie d'Harlow a paru sur notre compte", "when": "lundi 12 mai à 9 h 10",
        "who": "les familles qui ont perdu leur maison", "harm": "brûlures aux mains et au visage",
        "cause": "deux d'entre nous étaient pressés et ont sauté la relecture",
        "reason": "elle montrait où vit la famille d'une des victimes",
        "product": "la bouilloire Aria, lot 4471",
        "data": "les noms et les adresses", "claim": "nous coupons notre bière à l'eau du lac",
        "facts": "l'eau vient du réseau depuis 1994, et la mairie relève le compteur",
        "repair": "tous les frais de ce jour sont remboursés vendredi",
        "change": "deux d'entre nous relisent chaque publication avant son départ",
        "advice": "changez de mot de passe et surveillez votre compte",
        "contact": "0 800 00 01 99, aide@osterly.example",
        "link": "osterly.example/faits",
    },
}  # fmt: skip
FILLED: dict[str, dict[int | None, dict[str, str]]] = {
    lang: {
        280: _TERSE[lang] | {"brand": name},
        500: _BRIEF[lang] | {"brand": name},
        None: _ROOMY[lang] | {"brand": name},
    }
    for lang, name in _NAMES.items()
}
