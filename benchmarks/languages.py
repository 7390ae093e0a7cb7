"""How well languages are told apart, none given: `python benchmarks/languages.py DATA`.

The validation posts; the plain sentences of `training/sentences/` that were held out (every fifth), as they stand,
typed without accents, and by their number of words; and sentences in languages that are to be refused.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from amends.sentiment import Text
from amends.sentiment.language import Identifier
from amends.sentiment.router import shipped

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "training"))
import data

if TYPE_CHECKING:
    from collections.abc import Sequence

    Row = tuple[str, str]  # a language, a text

BATCH = 256
ROUNDS = 5
LENGTHS = ((1, 1), (2, 2), (3, 3), (4, 5), (6, 99))


def heard(identifier: Identifier, rows: Sequence[Row], expected: tuple[str, ...]) -> list[str | None]:
    """Return the language in which each text would be scored, None where it is refused."""
    texts = [Text(text, expected=expected) for _, text in rows]
    found = [one for k in range(0, len(texts), BATCH) for one in identifier.identify(texts[k : k + BATCH])]
    return [one.lang if one.scorable else None for one in found]


def judge(name: str, identifier: Identifier, rows: Sequence[Row], expected: tuple[str, ...] = ()) -> None:
    """Print how many texts are right, wrong and refused."""
    pairs = list(zip(heard(identifier, rows, expected), (lang for lang, _ in rows), strict=True))
    right = sum(lang == true for lang, true in pairs)
    refused = sum(lang is None for lang, _ in pairs)
    wrong = len(rows) - right - refused
    share = right / len(rows)
    print(f"{name:34} {len(rows):6} {right:6} {wrong:6} {refused:8}   {share:.3f}")


def main() -> None:
    """Print the table, and the speed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    chosen = parser.parse_args()
    identifier = Identifier(shipped("language"))
    posts = [(post.lang, post.text) for post in data.read(chosen.data, data.VALIDATION)]
    plain = [(lang, text) for lang in data.LANGUAGES for text in data.sentences(lang, held=True)]
    bare = [(lang, text) for lang, text in ((lang, data.unaccented(text)) for lang, text in plain) if lang != "ar"]
    print(f"{'set':34} {'texts':>6} {'right':>6} {'wrong':>6} {'refused':>8}   share")
    for name, rows in (("validation posts", posts), ("plain sentences, held out", plain)):
        for lang in data.LANGUAGES:
            judge(f"{name}, {lang}", identifier, [row for row in rows if row[0] == lang])
        judge(f"{name}, all", identifier, rows)
    for least, most in LENGTHS:
        inside = [(lang, text) for lang, text in plain if least <= len(text.split()) <= most]
        judge(f"... of {least} to {most} words" if most < 99 else f"... of {least} words and more", identifier, inside)
    judge("... without accents", identifier, bare)
    judge("... of a brand in English, French", identifier, plain, ("en", "fr"))
    judge("other languages", identifier, data.strangers())
    judge("... of a brand in English, French", identifier, data.strangers(), ("en", "fr"))
    texts = [Text(text) for _, text in posts]
    best = float("inf")
    for _ in range(ROUNDS):
        start = time.process_time()
        for k in range(0, len(texts), BATCH):
            identifier.identify(texts[k : k + BATCH])
        best = min(best, time.process_time() - start)
    print(f"\n{len(texts) / best:.0f} texts a second of one core")


if __name__ == "__main__":
    main()
