"""Reads the labelled posts that may be trained on, and those that may only judge; nothing else is ever read."""

from __future__ import annotations

import json
import unicodedata
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

LATIN = "\u0370"  # combining accents before this point are of Latin letters
LABELS = ("negative", "neutral", "positive")
LANGUAGES = ("ar", "de", "en", "es", "fr", "hi", "it", "pt")

TRAIN = (
    "multilingual-train.jsonl",
    "english-train.jsonl",
    "extra/arsarcasm2.jsonl",
    "extra/sb10k.jsonl",
    "extra/potts.jsonl",
    "extra/sentimix_hinglish.jsonl",
)
LANGUAGE_ONLY = ("english-news-train.jsonl", "french-films-train.jsonl")  # their labels mean something else
VALIDATION = ("multilingual-val.jsonl",)
SENTENCES = Path(__file__).resolve().parent / "sentences"  # our own: how customers, staff and news write
HELD = 5  # every fifth of these judges and never teaches
JUDGES = ("extra/tass2020.jsonl", "extra/sentipolc16.jsonl", "extra/germeval17dev.jsonl")


@dataclass(frozen=True, slots=True)
class Post:
    """One labelled post; `source` is the file that it came from."""

    text: str
    lang: str
    label: int  # index into LABELS
    source: str


def read(folder: Path, names: Iterable[str]) -> list[Post]:
    """Read posts in file order; a file outside the lists above is refused."""
    posts = []
    for name in names:
        if name not in {*TRAIN, *LANGUAGE_ONLY, *VALIDATION, *JUDGES}:
            raise ValueError(f"{name} is not on the list of files that may be read: see training/data.py")
        with (folder / name).open(encoding="utf-8") as lines:
            for line in lines:
                row = json.loads(line)
                posts.append(Post(row["text"], row["lang"], LABELS.index(row["label"]), name))
    return posts


def speaks_of_tone(post: Post) -> bool:
    """Return whether a post's label may be learned: Hindi's in the multilingual file are near noise."""
    return post.source not in LANGUAGE_ONLY and not (post.lang == "hi" and post.source in TRAIN[:1])


def without(posts: Iterable[Post], held: Iterable[Post]) -> list[Post]:
    """Return the posts whose text (case and white space aside) is in none of `held`, each text once."""
    seen = {" ".join(post.text.casefold().split()) for post in held}
    kept = []
    for post in posts:
        key = " ".join(post.text.casefold().split())
        if key not in seen:
            seen.add(key)
            kept.append(post)
    return kept


def sentences(lang: str, *, held: bool = False) -> list[str]:
    """Return the plain sentences of a language that teach, or those that judge."""
    lines = (SENTENCES / f"{lang}.txt").read_text(encoding="utf-8").splitlines()
    return [line for k, line in enumerate(lines) if (k % HELD == HELD - 1) == held]


def strangers() -> list[tuple[str, str]]:
    """Return (language, sentence) in languages that nobody can score: they judge and never teach."""
    lines = (SENTENCES / "others.tsv").read_text(encoding="utf-8").splitlines()
    return [(lang, text) for lang, text in (line.split("\t") for line in lines)]


def unaccented(text: str) -> str:
    """Return a text as people type it who leave accents out; letters that are not Latin keep their marks."""
    points = unicodedata.normalize("NFD", text)
    kept = "".join(point for point in points if not (unicodedata.combining(point) and point < LATIN))
    return unicodedata.normalize("NFC", kept)
