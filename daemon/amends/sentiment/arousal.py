"""How stirred up a text is, 0 to 1: anger and alarm make people pass a post on, sadness does not.

A lexicon score after Berger and Milkman (2012), "What Makes Online Content Viral?": high-arousal emotions (anger,
anxiety, awe) spread, low-arousal ones (sadness) hold back. The lists are this project's own, in English and French;
elsewhere signs alone speak: pictures, capitals, exclamation marks.
"""

from __future__ import annotations

import re
from math import exp

from amends.sentiment.ngrams import LONGEST

_ANGER, _ALARM, _SAD = 1.5, 1.0, -1.0
_SCALE = 3.0  # points at which it is 0.63: it saturates


def _words(weight: float, told: str) -> dict[str, float]:
    return dict.fromkeys(told.split(), weight)


# Stems end in *: any ending will do.
_STEMS = {
    "en": {
        **_words(
            _ANGER,
            "furious fury outrag* rage raging enrag* livid seething fuming disgust* disgrac* shameful shame despicabl* "
            "appalling appalled hate hated hateful scandal* scam scammed scammer* fraud* liar* lying lied crook* "
            "thie* steal* stole boycott* unacceptable inexcusable unforgivable pathetic idiot* incompeten* insult* "
            "infuriat* angry angrier anger pissed fuck* wtf bullshit screw* ridiculous joke disrespect* racist "
            "sexist cruel* abus* lawsuit sue suing criminal*",
        ),
        **_words(
            _ALARM,
            "danger* unsafe hazard* toxic poison* contaminat* recall* fire burn* explod* explosion injur* hurt blood "
            "emergency panic* terrif* terrified scared scary fear* afraid warning beware urgent* shock* horrif* "
            "horrible nightmare outbreak leak* breach* hacked stranded trapped crash* die died dying death* killed",
        ),
        **_words(
            _SAD,
            "sad sadly sadden* sadness sorrow* grief griev* mourn* disappoint* unfortunate* regret* miss missed lonely "
            "tired bored boring meh tears heartbr* gloom* depress* condolence* rip pity sigh",
        ),
    },
    "fr": {
        **_words(
            _ANGER,
            "furieu* fureur rage* enrag* colère colères énerv* honte honteu* scandal* inadmissible* inacceptable* "
            "dégoût* dégueu* écoeur* écœur* révolt* indign* outré* arnaque* escroc* escroqu* voleu* volé volés "
            "mentir mentez mentent mensonge* menteu* boycott* boycot* ridicule* minable* incompét* insult* mépris* "
            "déteste* haine* hais putain* merde* connard* foutage foutent foutre ras-le-bol marre lamentable* "
            "intolérable* impardonnable* raciste* sexiste* plainte tribunal crimin*",
        ),
        **_words(
            _ALARM,
            "danger* toxique* poison* contamin* rappel* incendie* feu brûl* explos* explosé* bless* sang urgence* "
            "urgent* panique* terrif* terreur peur* effray* alerte* choqu* choc horrible* horreur* "
            "cauchemar* fuite* pirat* bloqué* coincé* accident* mort* tué* mourir catastroph*",
        ),
        **_words(
            _SAD,
            "triste* tristesse chagrin deuil déçu* décev* décept* dommage malheureuse* malheureux regret* hélas "
            "fatigué* ennui* ennuyeux larme* pleur* déprim* condoléance* lassitude",
        ),
    },
}
_PICTURES = {**dict.fromkeys("😡🤬😠👿💢🖕🔥🚨", _ANGER), **dict.fromkeys("😱😨😰⚠🤢🤮", _ALARM)}
_PICTURES |= dict.fromkeys("😢😭😞😔😥💔☹🙁", _SAD)
_WORD = re.compile(r"[^\W\d_][\w'\u2019-]*")
_ADDRESS = re.compile(r"(?:https?://|www\.)\S+|[@#]\w+")
_SHOUT = 3  # letters from which a word in capitals is shouted: shorter ones are abbreviations
_LEAST = 0.3  # share of the words


def _split(stems: dict[str, float]) -> tuple[dict[str, float], dict[str, float], int]:
    begins = {word[:-1]: weight for word, weight in stems.items() if word.endswith("*")}
    whole = {word: weight for word, weight in stems.items() if not word.endswith("*")}
    return whole, begins, min(map(len, begins))


_LISTS = {lang: _split(stems) for lang, stems in _STEMS.items()}


def arousal(text: str, lang: str | None) -> float:
    """Return 0 (calm, or sad) to 1 (stirred up) from the first `LONGEST` characters of a text.

    `lang` is the text's language, ISO 639-1; where it is neither English nor French only the signs count.
    """
    head = text[:LONGEST]
    words = _WORD.findall(_ADDRESS.sub(" ", head))
    points = sum(_PICTURES.get(sign, 0.0) for sign in set(head)) + min(head.count("!"), 4) * 0.25
    shouted = sum(len(word) > _SHOUT and word.isupper() for word in words)
    if shouted and shouted >= _LEAST * len(words):
        points += 1.0
    if (lists := _LISTS.get(lang or "")) is not None:
        points += sum(_weight(word, lists) for word in {word.casefold().replace("\u2019", "'") for word in words})
    return 0.0 if points <= 0 else 1.0 - exp(-points / _SCALE)


def _weight(word: str, lists: tuple[dict[str, float], dict[str, float], int]) -> float:
    """Return the points of a word: its own, else those of the longest stem that it begins with."""
    whole, begins, shortest = lists
    if (own := whole.get(word)) is not None:
        return own
    for end in range(min(len(word), 12), shortest - 1, -1):
        if (weight := begins.get(word[:end])) is not None:
            return weight
    return 0.0
