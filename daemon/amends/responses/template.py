"""A response template: front matter that says what it is for and who approved it, and the text with its fields."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, Literal, get_args

from jinja2 import TemplateSyntaxError
from jinja2.meta import find_undeclared_variables
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from amends.model import InputError
from amends.responses.render import ENVIRONMENT, FIELDS, render

if TYPE_CHECKING:
    from collections.abc import Mapping

Crisis = Literal[
    "unknown", "offensive-post", "outage", "product-harm", "service-failure", "data-breach", "employee-conduct",
    "rumour", "supplier-fault", "coordinated-attack", "deleted-post", "removed-post",
]  # fmt: skip
CRISES: tuple[str, ...] = get_args(Crisis)
STRATEGIES = ("inform", "deny", "diminish", "rebuild")  # Coombs's situational crisis communication theory (2007)
STAGES = ("holding", "full")
_REQUIRED = ("language", "crisis", "stage")
_KEYS = (*_REQUIRED, "strategy", "channels", "length", "approved_by", "approved_on", "review_by")
_MAX_SOURCE = 100_000  # characters


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """One text to say. `length` is the most characters that it may have when filled in (None: unlimited)."""

    id: str
    lang: str
    crisis: str
    strategy: str
    channels: tuple[str, ...]
    stage: Literal["holding", "full"]
    length: int | None
    approved_by: str | None
    approved_on: date | None
    review_by: date | None
    text: str

    @property
    def approved(self) -> bool:
        """Whether somebody has put a name and a date to it."""
        return bool(self.approved_by) and self.approved_on is not None

    def stale(self, today: date) -> bool:
        """Whether its review is overdue on a day."""
        return self.review_by is not None and self.review_by < today


def parse(name: str, source: str) -> Template:
    """Read a template file: YAML front matter between two lines of `---`, then the text.

    `name` is the file's (`fr/outage-holding-short.md`): its stem becomes the template's id, and it begins every error,
    as `NAME:LINE: what is wrong, what was found, the way out` (`InputError`).
    """
    if len(source) > _MAX_SOURCE:
        raise InputError(f"{name}:1: a template has at most {_MAX_SOURCE} characters, this file has {len(source)}")
    head, text, first = _split(name, source)
    front = _Front(name, _load(name, head))
    front.check_keys()
    template = Template(
        id=name.replace("\\", "/").rsplit("/", 1)[-1].removesuffix(".md"),
        lang=front.language(),
        crisis=front.one_of("crisis", CRISES),
        strategy=front.one_of("strategy", STRATEGIES, "inform"),
        channels=front.words("channels"),
        stage="full" if front.one_of("stage", STAGES) == "full" else "holding",
        length=front.length(),
        approved_by=front.text("approved_by"),
        approved_on=front.day("approved_on"),
        review_by=front.day("review_by"),
        text=text,
    )
    _check_text(name, first, template)
    return template


def _split(name: str, source: str) -> tuple[str, str, int]:
    """Return front matter, text, and the number of the text's first line."""
    lines = source.removeprefix("\ufeff").splitlines()
    if not lines or lines[0].strip() != "---":
        found = lines[0][:40] if lines else ""
        raise InputError(f"{name}:1: a template begins with front matter, found {found!r}: write --- on the first line")
    end = next((number for number, line in enumerate(lines[1:], 1) if line.strip() == "---"), None)
    if end is None:
        raise InputError(f"{name}:{len(lines)}: the front matter has no end: write --- on a line of its own after it")
    start = end + 1
    while start < len(lines) and not lines[start].strip():
        start += 1
    text = "\n".join(lines[start:]).rstrip()
    if not text:
        raise InputError(f"{name}:{len(lines)}: the template has no text: write it below the second ---")
    return "\n".join(lines[1:end]), text, start + 1


def _load(name: str, head: str) -> CommentedMap:
    try:
        loaded = YAML(typ="rt").load(head)
    except MarkedYAMLError as error:
        line = error.problem_mark.line if error.problem_mark else 0
        raise InputError(f"{name}:{line + 2}: the front matter is no YAML: {error.problem}") from error
    except YAMLError as error:
        raise InputError(f"{name}:2: the front matter is no YAML: {error}") from error
    if not isinstance(loaded, CommentedMap):
        raise InputError(f"{name}:2: the front matter is no list of keys: write language: en, crisis: outage, ...")
    return loaded


class _Front:
    """The keys of a front matter, each read with an error that names its line."""

    def __init__(self, name: str, values: CommentedMap) -> None:
        self._name = name
        self._values = values

    def wrong(self, key: str, message: str) -> InputError:
        line = self._values.lc.key(key)[0] if key in self._values else 0
        return InputError(f"{self._name}:{line + 2}: {key}: {message}")

    def check_keys(self) -> None:
        for key in self._values:
            if key not in _KEYS:
                raise self.wrong(key, f"unknown key; a template has {', '.join(_KEYS)}")
        for key in _REQUIRED:
            if self._values.get(key) is None:
                raise InputError(f"{self._name}:1: {key} is missing: add it to the front matter")

    def text(self, key: str) -> str | None:
        value = self._values.get(key)
        if value is None or value == "":
            return None
        if not isinstance(value, str):
            raise self.wrong(key, f"expected text, found {value!r}: put it in quotes")
        return str(value)

    def language(self) -> str:
        value = self.text("language") or ""
        if not (value.isascii() and value.islower() and value.isalpha() and len(value) in (2, 3)):
            raise self.wrong("language", f"expected a language code such as en or fr, found {value!r}")
        return value

    def one_of(self, key: str, allowed: tuple[str, ...], default: str = "") -> str:
        value = self._values.get(key, default)
        if value not in allowed:
            raise self.wrong(key, f"expected one of {', '.join(allowed)}, found {value!r}")
        return str(value)

    def words(self, key: str) -> tuple[str, ...]:
        value = self._values.get(key) or []
        if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
            raise self.wrong(key, f"expected a list such as [x, mastodon, site], found {value!r}")
        return tuple(str(one) for one in value)

    def length(self) -> int | None:
        value: Any = self._values.get("length", "unlimited")
        if value == "unlimited":
            return None
        if isinstance(value, bool) or not isinstance(value, int) or value < 1:
            raise self.wrong("length", f"expected a number of characters or unlimited, found {value!r}")
        return int(value)

    def day(self, key: str) -> date | None:
        value = self._values.get(key)
        if value is None or value == "":
            return None
        if type(value) is not date:
            raise self.wrong(key, f"expected a day such as 2026-12-31, found {value!r}")
        return value


def _check_text(name: str, first: int, template: Template) -> None:
    """Refuse what could not be rendered when it is needed: syntax, unknown fields, a text too long for its length."""
    try:
        unknown = find_undeclared_variables(ENVIRONMENT.parse(template.text)) - FIELDS.keys()
    except TemplateSyntaxError as error:
        raise InputError(
            f"{name}:{first + error.lineno - 1}: {error.message}: write fields as {{{{ brand }}}}"
        ) from error
    if unknown:
        field = min(unknown)
        line = next((at for at, text in enumerate(template.text.split("\n")) if field in text), 0)
        raise InputError(f"{name}:{first + line}: unknown field {field!r}; there are {', '.join(FIELDS)}")
    sample: Mapping[str, str] = {"brand": "Osterly"}
    try:
        size = len(render(template, sample))
    except InputError as error:
        raise InputError(f"{name}:{first}: {error}") from error
    if template.length is not None and size > template.length:
        raise InputError(
            f"{name}:{first}: the text has {size} characters where length allows {template.length}: cut it"
        )
