"""Trains the language identifier: hashed words and short n-grams, multinomial logistic regression, int8."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from sklearn.linear_model import LogisticRegression

import data
import service
import strings
from amends.sentiment.language import BITS, LONGEST_GRAM, WORD
from data import LANGUAGES, TRAIN
from features import matrix, quantised
from others import OTHERS

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Sequence

    from numpy.typing import NDArray

    from data import Post

    Arrays: TypeAlias = dict[str, NDArray[np.generic]]

SEED = 20261123
OTHER = "other"
MOST = 5_000  # posts a language beyond the multilingual file's: more add nothing to telling languages apart
SNIPPETS = 5_000  # pieces of one to five words a language: people write "Danke!" and nothing more
STRINGS, OF_WORDS = 12_000, 4  # strings of common words a language, and their longest
ALONE = 4_000  # ... and of one word
HINDI = 0.25  # the share of words that are Hindi, from which on a further post of India is one in Hindi
# The same for a language that is refused: of function words, of common words.
MADE_UP, OF_FUNCTION_WORDS = 240, 17
FOREIGN, OF_FOREIGN_WORDS = 800, 5
BARE = 3  # one in so many pieces and strings is repeated as who leaves accents out would type it
# What a text weighs among those of its language. The multilingual file was collected alike for all languages; plain
# sentences are few, and what customers write.
EVEN, POST, SNIPPET, STRING, SENTENCE = 20.0, 2.0, 0.8, 1.5, 60.0
UNACCENTED = 0.5  # ... and repeated without its accents, of that
C = 3.0
STEPS, TOLERANCE = 200, 3e-4
# Log odds beyond balanced classes, chosen on the validation split and a quarter of the posts to airlines, read as English.
# Half of the posts marked as Hindi are English with Indian names in them; English is what most brands hear.
PRIOR = {"hi": 0.5, "en": 0.75, OTHER: 0.5}


class Lessons:
    """The texts to learn from, with the class (an index) and the weight of each."""

    def __init__(self) -> None:
        self.texts: list[str] = []
        self.classes: list[int] = []
        self.weights: list[float] = []

    def add(self, class_: int, texts: Iterable[str], weight: float = 1.0) -> None:
        """Add texts of one class that weigh the same."""
        new = list(texts)
        self.texts += new
        self.classes += [class_] * len(new)
        self.weights += [weight] * len(new)

    def balanced(self) -> NDArray[np.float64]:
        """Return the weights, such that all classes weigh the same and a text weighs 1 in the mean."""
        classes = np.array(self.classes)
        weights = np.array(self.weights)
        totals = np.bincount(classes, weights)
        result: NDArray[np.float64] = weights / totals[classes] * (len(classes) / len(totals))
        return result


def _piece(text: str, rng: np.random.Generator) -> str:
    """Return a few consecutive words of a post."""
    words = text.split()
    start = int(rng.integers(0, max(len(words), 1)))
    return " ".join(words[start : start + int(rng.integers(1, 6))])


def _share(text: str, words: Container[str]) -> float:
    """Return the share of a text's words that are among `words`."""
    said = text.lower().split()
    return sum(word in words for word in said) / max(len(said), 1)


def _bare(texts: Sequence[str], every: int) -> list[str]:
    """Return every so many texts without accents, where that makes a difference."""
    return [bare for text in texts[::every] if (bare := data.unaccented(text)) != text]


def _teach(lessons: Lessons, lang: str, posts: Sequence[Post], rng: np.random.Generator) -> None:
    """Add what is to be learned of one language."""
    class_ = LANGUAGES.index(lang)
    even = [post.text for post in posts if post.lang == lang and post.source == TRAIN[0]]
    mine = [post.text for post in posts if post.lang == lang and post.source != TRAIN[0]]
    words = strings.hindi(posts) if lang == "hi" else strings.common(lang)
    if lang == "hi":
        mine = [text for text in mine if _share(text, words) >= HINDI]
    mine = [mine[i] for i in rng.permutation(len(mine))[:MOST]]
    if lang == "en":  # posts in Hindi are full of English; how people write to a company is English to begin with
        mine += [post.text for post in service.made_up()]
    whole = even + mine
    pieces = [_piece(whole[i], rng) for i in rng.integers(0, len(whole), SNIPPETS)]
    if lang == "hi":  # a few English words are English, whoever wrote them
        pieces = [piece for piece in pieces if _share(piece, words)]
    drawn = strings.drawn(words, STRINGS, OF_WORDS, rng) + strings.drawn(words, ALONE, 1, rng)
    lessons.add(class_, even, EVEN)
    lessons.add(class_, mine, POST)
    for texts, weight, every in (
        (pieces, SNIPPET, BARE),
        (drawn, STRING, BARE),
        (data.sentences(lang), SENTENCE, 1),
    ):
        lessons.add(class_, texts, weight)
        lessons.add(class_, _bare(texts, every), weight * UNACCENTED)


def _refuse(lessons: Lessons, rng: np.random.Generator) -> None:
    """Add made-up posts in languages that nobody can score."""
    class_ = len(LANGUAGES)
    for line in OTHERS.values():
        pool = line.split()
        lessons.add(
            class_, [" ".join(rng.choice(pool, rng.integers(1, OF_FUNCTION_WORDS + 1))) for _ in range(MADE_UP)]
        )
    for lang in strings.REFUSED:
        drawn = strings.drawn(strings.common(lang), FOREIGN, OF_FOREIGN_WORDS, rng)
        lessons.add(class_, drawn)
        lessons.add(class_, _bare(drawn, BARE), UNACCENTED)


def lessons(posts: Sequence[Post]) -> Lessons:
    """Return everything to learn from."""
    rng = np.random.default_rng(SEED)
    found = Lessons()
    for lang in LANGUAGES:
        _teach(found, lang, posts, rng)
    _refuse(found, rng)
    return found


def train(posts: Sequence[Post]) -> Arrays:
    """Return the identifier's weights: table (2**BITS x classes, int8), scale, bias, classes (the last is "other")."""
    learned = lessons(posts)
    features = matrix(learned.texts, BITS, longest=LONGEST_GRAM, pairs=False, word=WORD)
    model = LogisticRegression(C=C, max_iter=STEPS, tol=TOLERANCE)
    model.fit(features, np.array(learned.classes), sample_weight=learned.balanced())
    table, scale = quantised(model.coef_.T, cut=1.0)
    names = (*LANGUAGES, OTHER)
    bias = model.intercept_ + np.array([PRIOR.get(name, 0.0) for name in names])
    return {
        "table": table,
        "scale": np.float32(scale),
        "bias": bias.astype(np.float32),
        "classes": np.array(names),
    }
