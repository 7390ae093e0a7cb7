"""What a copy shares with its original, and what it may not add: the words of a short text as codes, in order.

A post that repeats another with a word more or less is no news. It is news where it brings a number, a name, a word of
harm or of law, a watched term or a "not" of its own.
"""

from __future__ import annotations

import re
from base64 import b64encode
from functools import lru_cache
from hashlib import blake2b
from typing import TYPE_CHECKING

from amends.matching.fingerprint import MIN_WORDS, words_of
from amends.matching.fold import fold
from amends.model import NOT, Wording

if TYPE_CHECKING:
    from collections.abc import Iterable

MOST_WORDS = 64  # longer texts are left to the fingerprint, which holds well there
_LONG = "----"  # the code that stands for the words of a longer text
_NOT_WORDS = frozenset(  # "don't" is two words, "don" and "t"
    {
        "not", "no", "never", "none", "nobody", "nothing", "cannot", "t", "ne", "n", "pas", "jamais", "aucun",
        "aucune", "rien", "ni",
    }
)  # fmt: skip
_NUMBERS = {
    word: str(number)
    for number, words in {
        2: "two deux", 3: "three trois", 4: "four quatre", 5: "five cinq", 6: "six", 7: "seven sept",
        8: "eight huit", 9: "nine neuf", 10: "ten dix", 11: "eleven onze", 12: "twelve douze dozen douzaine",
        13: "thirteen treize", 14: "fourteen quatorze", 15: "fifteen quinze", 16: "sixteen seize", 17: "seventeen",
        18: "eighteen", 19: "nineteen", 20: "twenty vingt", 30: "thirty trente", 40: "forty quarante",
        50: "fifty cinquante", 60: "sixty soixante", 70: "seventy", 80: "eighty", 90: "ninety",
        100: "hundred hundreds cent cents centaine centaines", 1000: "thousand thousands mille millier milliers",
        1_000_000: "million millions", 1_000_000_000: "billion billions milliard milliards",
    }.items()
    for word in words.split()
}  # fmt: skip
# Words of harm, law and the company's own fate, English and French, folded: by the part that their forms share.
_GRAVE = re.compile(
    r"(?:death|dead|died|dies?\Z|dying|kill|fatal|injur|wound|hurt|burn|hospital|victim|arrest|sue[sd]?|suing|lawsuit|"
    r"court|trial|charge[sd]\Z|police|fraud|prison|jail|raid|resign|quits?|sack|bankrupt|insolv|layoff|strike|leak|breach|"
    r"hack|stole|recall|banned|bans?\Z|poison|toxic|cancer|explo[ds]|fires?|racis|sexis|harass|abus|child|fine[sd]?|guilty|"
    r"investigat|inquiry|probe|apolog|sorry|admit|admission|confirm|den(?:y|ie)|false|fake|hoax|cancel|withdr|closes?|closing|closure|refund|"
    r"mort|deced|tuee?s?\Z|bless|brul|hopita|plainte|tribuna|proces|fraud|perquisi|demission|faillite|licenci|greve|"
    r"fuite|pirat|vole[se]?|rappel|retir|interdi|intoxi|incendi|feux?\Z|harcel|viol|enfant|amende|condamn|coupable|enquete|"
    r"excus|dement|avou|reconnai|faux|fausse|annul|ferm|rembours)"
)
_CAPITAL = re.compile(r"(?<=[^\W\d_A-Z][ ])[^\W\d_a-z][\w'\u2019]{2,}|(?<=, )[A-Z][\w'\u2019]{2,}")
_ANY = re.compile(r"[^\W\d_]{4,}")
_HEADLINE = 0.5  # share of capitals among words from which capitals mark no names
_DIGIT = re.compile(r"\d")


def wording(text: str, watched: Iterable[str] = ()) -> Wording:
    """Return the words of a text for `amends.stories`; `watched` are the watched terms that it has.

    Empty for fewer than `MIN_WORDS` words; of more than `MOST_WORDS`, the watched terms alone.
    """
    found = words_of(text)
    if len(found) < MIN_WORDS:
        return Wording()
    terms = dict.fromkeys(code(word) for term in watched for word in words_of(term))
    if len(found) > MOST_WORDS:
        return Wording(_LONG + "".join(terms), "".join(terms), "".join(terms))
    codes = [code(word) for word in found]
    words = "".join([*codes, *(term for term in terms if term not in codes)])
    names = {word for name in _names(text) for word in words_of(name)}
    news = dict.fromkeys(one for one, word in zip(codes, found, strict=True) if word in names or _is_news(word))
    return Wording(words, "".join({**terms, **news}), "".join(terms))


@lru_cache(maxsize=65_536)
def code(word: str) -> str:
    """Return four characters for a folded word: the same for a number in letters, a "not", a grave word's forms."""
    if word in _NOT_WORDS:
        return NOT
    grave = _GRAVE.match(word)
    word = grave.group() if grave else _NUMBERS.get(word, word)
    return b64encode(blake2b(word.encode("utf-8", "replace"), digest_size=3).digest()).decode()


@lru_cache(maxsize=65_536)
def _is_news(word: str) -> bool:
    return word in _NUMBERS or _GRAVE.match(word) is not None or _DIGIT.search(word) is not None


def _names(text: str) -> list[str]:
    """Return the words with a capital inside a sentence; none of a headline that has them everywhere."""
    words = _ANY.findall(text)
    if sum(word[0].isupper() for word in words) > _HEADLINE * len(words):
        return []
    return [fold(name) for name in _CAPITAL.findall(text) if name[0].isupper()]
