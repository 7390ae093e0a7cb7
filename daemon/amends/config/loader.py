"""Read `amends.yaml`: every error at once, each with its file and line, or a whole configuration."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import BaseModel, SecretStr, TypeAdapter, ValidationError

from amends.config import checks, desk, models, notyet
from amends.config.document import Document, shape
from amends.config.kinds import channel, source
from amends.config.problems import ConfigurationError, Problem, meant, ordered
from amends.config.secrets import SHORTEST, Expander, scrub
from amends.config.section import ID
from amends.config.translate import validate
from amends.config.units import Zone
from amends.model import InputError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path

_MAX_FILE = 64 * 2**20
_MAPS = ("brands", "sources", "people", "channels", "rotas", "escalation")
_OPTIONAL: dict[str, type[BaseModel]] = {"drills": desk.Drills, "report": desk.Report}  # absent: never
_SECTIONS: dict[str, type[BaseModel]] = {
    "storage": models.Storage, "templates": models.Templates, "web": models.Web, "network": models.Network,
    "heartbeat": models.Heartbeat, "sentiment": models.Sentiment, "log": models.Log,
}  # fmt: skip
_KEYS = ("timezone", *_MAPS, *_SECTIONS, *_OPTIONAL)
_ZONE: TypeAdapter[str] = TypeAdapter(Zone)
_T = TypeVar("_T")
_M = TypeVar("_M", bound=BaseModel)


def load(path: Path, env: Mapping[str, str]) -> models.Configuration:
    """Read and check a configuration; `ConfigurationError` holds every error, `InputError` tells of a missing file."""
    text = _read(path)
    expander = Expander(path.absolute().parent, env)
    document = Document(str(path), text, expander)
    try:
        draft = _compose(path, document)
    except ConfigurationError as error:
        raise ConfigurationError(_clean(error.problems, expander)) from None
    for name, place in expander.open_files:
        text = f"everybody on this machine may read {place} (file:{name}); run `chmod 600 {place}`"
        document.warning((), text)
    problems = ordered(_clean(document.problems, expander))
    if draft is None or any(problem.level == "error" for problem in problems):
        raise ConfigurationError(problems)
    secrets = (*expander.found, *_secrets(draft.sources), *_secrets(draft.channels), *_secrets(draft.web))
    secrets = (*secrets, *_secrets(draft.storage), *_secrets(draft.heartbeat))
    secrets = (*secrets, *(one.calendar for one in draft.rotas.values() if one.calendar and one.remote))
    kept = frozenset(value for value in secrets if len(value) >= SHORTEST)
    return replace(draft, warnings=problems, secrets=kept)


def _read(path: Path) -> str:
    try:
        with path.open("rb") as stream:
            data = stream.read(_MAX_FILE + 1)
    except FileNotFoundError:
        raise InputError(f"{path} is not there; write one with `amends init NAME`, or name another with -c") from None
    except OSError as error:
        raise InputError(f"{path} cannot be read: {error.strerror}; mend its rights, or name another with -c") from None
    if len(data) > _MAX_FILE:
        raise InputError(f"{path} is larger than {_MAX_FILE // 2**20} MiB; is it the right file?")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        text = f"not UTF-8: byte 0x{data[error.start]:02x}; save the file as UTF-8"
        raise ConfigurationError([Problem(str(path), line, "error", text)]) from None


def _clean(problems: Iterable[Problem], expander: Expander) -> list[Problem]:
    return [
        Problem(problem.file, problem.line, problem.level, scrub(problem.text, expander.found)) for problem in problems
    ]


def _compose(path: Path, document: Document) -> models.Configuration | None:
    tree = document.value
    if not isinstance(tree, dict):
        what = "the file is empty" if tree is None else f"the file holds {shape(tree)}"
        document.error((), f"{what}; it must be a map with at least `brands:` in it")
        return None
    notyet.refuse(document)
    for key in tree:
        if key not in _KEYS:
            document.error((key,), f"unknown key {key!r} at the top; {meant(key, _KEYS)}")
    named = {section: frozenset(_map(document, section)) for section in _MAPS}
    if not tree.get("brands"):
        document.error(("brands",), "brands is empty: there is nobody to watch; add `brands: {acme: {name: Acme}}`")
    parts: dict[str, Any] = {
        "timezone": _timezone(document),
        "brands": _entries(document, "brands", _model(document, models.Brand)),
        "people": _entries(document, "people", _model(document, desk.Person)),
        "rotas": _entries(document, "rotas", _model(document, desk.Rota)),
        "escalation": _entries(document, "escalation", _model(document, desk.Policy)),
        "channels": _entries(document, "channels", lambda loc, value: channel(document, loc, value)),
        "sources": _entries(document, "sources", lambda loc, value: source(document, loc, value)),
    }
    for section, model in _SECTIONS.items():
        value = tree.get(section)
        parts[section] = (value is not None and validate(document, (section,), model, value)) or model()
    for section, model in _OPTIONAL.items():
        value = tree.get(section)
        parts[section] = None if value is None else validate(document, (section,), model, value)
    lines = {f"{section}.{id_}": document.line((section, id_)) for section in _MAPS for id_ in named[section]}
    draft = models.Configuration(path=path.absolute(), lines=lines, **parts)
    checks.check(document, draft, named)
    return draft


def _map(document: Document, section: str) -> dict[str, Any]:
    value = document.value.get(section)
    if value is None:
        return {}
    if not isinstance(value, dict):
        document.error(
            (section,), f"{section} must be a map of ids, found {shape(value)}; write `{section}: {{id: ...}}`"
        )
        document.value[section] = None
        return {}
    return value


def _entries(document: Document, section: str, one: Callable[[tuple[str, str], Any], _T | None]) -> dict[str, _T]:
    found = {}
    for name, value in (document.value.get(section) or {}).items():
        loc = (section, name)
        if not ID.fullmatch(name):
            document.error(loc, f"{section}: {name!r} is no id; use 1 to 40 of a-z, 0-9 and -")
        entry = one(loc, value)
        if entry is not None:
            found[name] = entry
    return found


def _model(document: Document, model: type[_M]) -> Callable[[tuple[str, str], Any], _M | None]:
    return lambda loc, value: validate(document, loc, model, value)


def _timezone(document: Document) -> str:
    value = document.value.get("timezone", "UTC")
    try:
        return _ZONE.validate_python(value)
    except ValidationError as error:
        reason = error.errors()[0].get("ctx", {}).get("error", "must be text like Europe/Paris")
        document.error(("timezone",), f"timezone: {document.raw(('timezone',))!r} {reason}")
        return "UTC"


def _secrets(value: object) -> list[str]:
    """Return every secret that stands anywhere in validated settings."""
    if isinstance(value, SecretStr):
        return [value.get_secret_value()]
    if isinstance(value, models.Source):
        return _secrets(value.settings)
    if isinstance(value, BaseModel):
        fields = type(value).model_fields.items()
        hidden = [getattr(value, name) for name, field in fields if not field.repr]
        return [one for one in hidden if isinstance(one, str)] + [
            found for name, _ in fields for found in _secrets(getattr(value, name))
        ]
    if isinstance(value, dict):
        return [found for part in value.values() for found in _secrets(part)]
    if isinstance(value, list | tuple):
        return [found for part in value for found in _secrets(part)]
    return []
