"""`amends score`: the tone of JSON Lines on standard input, a line for a line."""

from __future__ import annotations

import io
import json
import os
import sys
from contextlib import ExitStack, nullcontext
from dataclasses import dataclass
from functools import cache
from itertools import count
from math import isinf
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, TypeAlias

import click
import numpy as np

from amends.accurate import Encoder, installed
from amends.config import ConfigurationError, find, load
from amends.model import AmendsError, InputError
from amends.sentiment import Router, Text, estimate, given

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from contextlib import AbstractContextManager
    from typing import BinaryIO, Protocol

    from amends.model import Tone

    class Reader(Protocol):
        """Bytes that give what has come, without waiting for more."""

        def read1(self, size: int, /) -> bytes:
            """Return at most `size` bytes, b"" at the end."""
            ...

    KnownOf: TypeAlias = Callable[[str], "Known"]
    Scorer: TypeAlias = Callable[[Sequence[Text]], list[Tone]]

_CHUNK = 1 << 16  # bytes asked for at once; what has come is scored at once, so a person typing is answered
_FIELDS = {"text": str, "lang": str, "brand": str}


@dataclass(frozen=True, slots=True)
class Known:
    """What a configuration says of a brand that matters to its tone: names to hide, its words' valences, languages."""

    mask: tuple[str, ...] = ()
    lexicon: tuple[tuple[str, float], ...] = ()
    languages: tuple[str, ...] = ()


_UNKNOWN = Known()


@dataclass(frozen=True, slots=True)
class _Row:
    """One line's request; `given` holds its id, if it has one."""

    given: dict[str, Any]
    text: Text


def second_opinions(router: Router, encoder: Encoder) -> Scorer:
    """Return a scorer that gives every text a second opinion that wants one, however long that takes."""

    def score(texts: Sequence[Text]) -> list[Tone]:
        tones = router.score(texts)
        wanted = {k: text for k, tone in enumerate(tones) if router.wants_second(tone) and (text := _given(texts[k]))}
        vectors = encoder.encode(list(wanted.values()), float("inf"))
        for k, tone in zip(wanted, router.reconsider([tones[k] for k in wanted], vectors), strict=True):
            tones[k] = tone
        return tones

    return score


def _given(text: Text) -> str:
    return given(text.masked())


class Shares:
    """Collects how texts were scored, and says what share of them is negative."""

    def __init__(self, score: Scorer) -> None:
        self._score = score
        self._found: list[tuple[float, float, float]] = []

    def score(self, texts: Sequence[Text]) -> list[Tone]:
        """Score, and remember the probabilities of what could be scored."""
        tones = self._score(texts)
        self._found += [
            (tone.p_negative, tone.p_neutral or 0.0, tone.p_positive or 0.0)
            for tone in tones
            if tone.p_negative is not None
        ]
        return tones

    def told(self) -> str:
        """Return one JSON object: how many were scored, their mean p_negative, the estimated share, the odds moved."""
        prior = estimate(np.array(self._found, np.float64).reshape(-1, 3))
        share = {"raw": prior.raw if prior.posts else None, "estimated": prior.share}
        return json.dumps(
            {"mentions": prior.posts, "negative_share": share, "odds": prior.odds, "bounded": prior.bounded}
        )


def score_lines(source: Reader, sink: BinaryIO, known_of: KnownOf, score: Scorer | None = None) -> None:
    """Score each line of `source` and write it to `sink`, in order, flushed as soon as no more input is waiting.

    `known_of` tells what is known of the `brand` of a line: nothing, where no configuration names it.
    Raises `InputError` with the number of the first line that is no record; what stood before it has been written.
    """
    score = score or Router().score
    for batch, problem in _batches(_lines(source), known_of):
        tones = score([row.text for row in batch])
        sink.write(b"".join(_told(row, tone) for row, tone in zip(batch, tones, strict=True)))
        sink.flush()
        if problem is not None:
            raise problem


def _lines(source: Reader) -> Iterator[list[bytes]]:
    """Yield the complete lines of each piece of input as it comes; the last line needs no end."""
    rest: list[bytes] = []
    while chunk := source.read1(_CHUNK):
        *complete, tail = chunk.split(b"\n")
        if complete:
            complete[0] = b"".join((*rest, complete[0]))
            rest = []
            yield complete
        rest.append(tail)
    if last := b"".join(rest):
        yield [last]


def _batches(pieces: Iterable[list[bytes]], known_of: KnownOf) -> Iterator[tuple[list[_Row], InputError | None]]:
    """Yield the requests of each piece, with the problem of its first broken line; blank lines ask for nothing."""
    numbers = count(1)
    for piece in pieces:
        rows: list[_Row] = []
        problem = None
        for line, number in zip(piece, numbers, strict=False):
            if not line.strip():
                continue
            try:
                rows.append(_row(line.removeprefix(b"\xef\xbb\xbf") if number == 1 else line, known_of))
            except (ValueError, RecursionError) as error:
                problem = InputError(
                    f"line {number}: {error}; each line is one JSON object with at least a text, as in"
                    ' {"id": "1", "text": "Late again!"}'
                )
                break
        yield rows, problem
        if problem is not None:
            return


def _row(line: bytes, known_of: KnownOf) -> _Row:
    """Return a line's request; `ValueError` says what is wrong with it."""
    try:
        record = json.loads(line.decode("utf-8"), parse_constant=_no_constant, parse_float=_finite)
    except UnicodeDecodeError as error:
        raise ValueError(f"is not UTF-8 (byte {error.start + 1})") from error
    except json.JSONDecodeError as error:
        raise ValueError(f"is not JSON ({error.msg} at column {error.colno})") from error
    except RecursionError as error:
        raise ValueError("is nested too deeply") from error
    if not isinstance(record, dict):
        raise ValueError(f"is JSON, but {_kind(record)} where an object is needed")  # noqa: TRY004 - told by its line
    for name, kind in _FIELDS.items():
        value = record.get(name)
        if not isinstance(value, kind) and (value is not None or name == "text"):
            found = _kind(value) if name in record else "nothing"
            raise ValueError(f"has {found} as {name!r} where a string is needed")
    brand = record.get("brand")
    known = known_of(brand) if brand else _UNKNOWN
    text = Text(
        record["text"],
        lang=record.get("lang"),
        expected=known.languages,
        mask=known.mask,
        trusted=True,
        lexicon=known.lexicon,
    )
    return _Row({"id": record["id"]} if "id" in record else {}, text)


def _finite(text: str) -> float:
    value = float(text)
    if isinf(value):
        raise ValueError(f"has {text[:20]}, which is larger than any number that can be kept")
    return value


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"has {name}, which is not JSON")


def _kind(value: object) -> str:
    names = {dict: "an object", list: "a list", str: "a string", bool: "true or false", type(None): "null"}
    return names.get(type(value), "a number")


def _told(row: _Row, tone: Tone) -> bytes:
    answer = {
        **row.given,
        "lang": tone.lang,
        "compound": tone.compound,
        "p_negative": tone.p_negative,
        "p_neutral": tone.p_neutral,
        "p_positive": tone.p_positive,
        "label": tone.label,
    }
    return json.dumps(answer).encode("ascii") + b"\n"


def configured_brands(option: str | None) -> KnownOf:
    """Return what is known of a brand, by its id or name; the configuration is read when the first brand is met.

    A file named by `option` must be right (`InputError` else); one that merely lies about is used if it is.
    """

    @cache
    def names() -> dict[str, Known]:
        path = find(option, os.environ)
        if path is None:
            return {}
        try:
            brands = load(Path(path), os.environ).brands
        except InputError as error:
            if option is not None:
                raise
            click.echo(f"warning: brands are not known, {path} cannot be used: {error}", err=True)
            return {}
        known: dict[str, Known] = {}
        for id_, brand in brands.items():
            lexicon = tuple(sorted(brand.lexicon.items()))
            one = Known((brand.name, *brand.aliases), lexicon, brand.languages)
            known.setdefault(brand.name.casefold(), one)
            known[id_] = one
        return known

    def known_of(brand: str) -> Known:
        return names().get(brand) or names().get(brand.casefold()) or _UNKNOWN

    return known_of


@click.command("score")
@click.option(
    "-c",
    "--config",
    "config",
    metavar="FILE",
    help="The configuration that names the brands.",
)
@click.option("--json", "as_json", is_flag=True, help="JSON Lines, which is what comes anyway.")
@click.option("--accurate", is_flag=True, help="A second opinion by a large encoder, in six languages; slow.")
@click.option("--prior", is_flag=True, help="At the end, what share of the posts is negative, on standard error.")
@click.argument("file", default="-", metavar="[FILE or -]")
def score_command(config: str | None, file: str, *, accurate: bool, prior: bool, as_json: bool) -> None:  # noqa: ARG001 - always JSON Lines
    r"""Score the tone of posts: JSON Lines in (from FILE, or standard input), JSON Lines out.

    Each line in is an object with "text" and perhaps "id", "lang" (believed) and "brand" (where a configuration names
    it, its name is hidden from the scorer, its lexicon heard and its languages expected a little). Each line out has
    lang (null where nobody can tell it), compound (VADER's, whatever the language), p_negative, p_neutral, p_positive
    and label: negative, neutral, positive, or unscored where nobody can tell.

    --accurate, or a configuration named by -c that has sentiment.accurate, adds the second opinion of a large encoder
    to every post in Arabic, French, German, Italian, Portuguese and Spanish; it reads some 20 to 45 a second. It needs
    the extra amends[accurate].

    --prior estimates from all posts of the input, 500 at least and taken as one brand's, how many of them are negative
    (the mean of p_negative is not that: it is calibrated for labels that are equally common), and writes one JSON
    object to standard error.

    \b
    Example:
      echo '{"id": 1, "text": "Two hours late and nobody says a word!"}' | amends score
    """
    try:
        known_of = configured_brands(config)
        if config is not None:
            known_of("")  # a file that was named is read at once: what is wrong with it is told before the first line
            accurate = accurate or load(Path(config), os.environ).sentiment.accurate is not None
        with ExitStack() as stack:
            source = stack.enter_context(_opened(file))
            score = _accurately(stack) if accurate else Router().score
            shares = Shares(score)
            score_lines(source, sys.stdout.buffer, known_of, shares.score if prior else score)
            if prior:
                click.echo(shares.told(), err=True)
    except InputError as error:
        click.echo(error if isinstance(error, ConfigurationError) else f"error: {error}", err=True)
        raise SystemExit(2) from error
    except AmendsError as error:
        click.echo(f"error: {error}", err=True)
        raise SystemExit(1) from error
    except KeyboardInterrupt:
        return
    except BrokenPipeError:  # whoever read has had enough; the interpreter must not flush into it again
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _accurately(stack: ExitStack) -> Scorer:
    """Return a scorer with a second opinion, whose encoder ends with the stack."""
    if not installed():
        raise InputError("--accurate needs the encoder: run `pip install 'amends[accurate]'`, or leave it out")
    encoder = Encoder()
    stack.callback(encoder.close)
    return second_opinions(Router(), encoder)


def _opened(file: str) -> AbstractContextManager[io.BufferedReader]:
    if file == "-":
        source = sys.stdin.buffer
        if not isinstance(source, io.BufferedReader):
            source = io.BufferedReader(source)
        return nullcontext(source)
    try:
        return Path(file).open("rb")
    except OSError as error:
        raise InputError(
            f"{file} cannot be read: {error.strerror}; name another file, or - for standard input"
        ) from None
