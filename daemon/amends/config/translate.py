"""Pydantic's errors in the words of this house: what is wrong, what was found, the way out."""

from __future__ import annotations

import types
import typing
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import BaseModel, SecretBytes, SecretStr, ValidationError

from amends.config.document import shape
from amends.config.problems import meant

if TYPE_CHECKING:
    from pydantic_core import ErrorDetails

    from amends.config.document import Document, Loc

_WANTED = {
    "string_type": "text", "list_type": "a list", "tuple_type": "a list", "set_type": "a list", "dict_type": "a map",
    "frozen_set_type": "a list", "model_type": "a map", "model_attributes_type": "a map", "dataclass_type": "a map",
    "int_type": "a whole number", "int_parsing": "a whole number", "int_from_float": "a whole number",
    "float_type": "a number", "float_parsing": "a number",
    "bool_type": "true or false", "bool_parsing": "true or false",
    "mapping_type": "a map", "iterable_type": "a list",
}  # fmt: skip
_LONGEST = 80
_HIDDEN = "a value that is not shown here"
_PREDICATES = {"is", "has", "must", "begins", "ends", "counts", "needs", "takes"}  # a reason about the value begins so
_M = TypeVar("_M", bound=BaseModel)


def validate(document: Document, loc: Loc, model: type[_M], value: object) -> _M | None:
    """Validate one map of the tree; its errors are noted in the document, and None returned."""
    if not isinstance(value, dict):
        document.error(loc, f"{dotted(loc)} must be a map of keys, found {shape(value)}")
        return None
    try:
        return model.model_validate(value)
    except ValidationError as error:
        details = error.errors(include_url=False, include_context=True, include_input=True)
        for detail in details:
            if detail["type"] == "too_short" and any(_inside(other["loc"], detail["loc"]) for other in details):
                continue  # pydantic counts the items that are right: it is not short, an item is wrong
            note(document, loc, model, detail)
        return None


def note(document: Document, loc: Loc, model: type[BaseModel], detail: ErrorDetails) -> None:
    """Note one of pydantic's errors where it belongs."""
    inner = tuple(part for part in detail["loc"] if part != "[key]")
    place = (*loc, *inner)
    if "[key]" in detail["loc"]:
        reason = detail.get("ctx", {}).get("error", detail["msg"])
        document.error(place, f"{dotted(place[:-1])}: {str(inner[-1])!r} {reason}")
        return
    document.error(place, _sentence(document, model, place, inner, detail))


def _inside(loc: Loc, outer: Loc) -> bool:
    return len(loc) > len(outer) and loc[: len(outer)] == outer


def dotted(loc: Loc) -> str:
    """Write a place as people do: `brands.acme.aliases[0]`."""
    text = ""
    for part in loc:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else str(part)
    return text


def _sentence(document: Document, model: type[BaseModel], place: Loc, inner: Loc, detail: ErrorDetails) -> str:
    kind, name = detail["type"], dotted(place)
    if kind == "extra_forbidden":
        hint = meant(str(inner[-1]), keys(model, inner[:-1]))
        return f"unknown key {str(inner[-1])!r} in {dotted(place[:-1])}; {hint}"
    if kind == "missing":
        return f"{dotted(place[:-1])} has no {str(inner[-1])!r}; add {inner[-1]}: ..."
    if kind in {"too_short", "string_too_short"}:
        return f"{name} is empty; give it at least one value"
    return _wrong(name, detail, _found(document, model, place, inner, detail["input"]))


def _wrong(name: str, detail: ErrorDetails, found: str) -> str:
    kind, value = detail["type"], detail["input"]
    if kind in _WANTED:
        way_out = "; put it in quotes" if kind == "string_type" and isinstance(value, int | float) else ""
        return f"{name} must be {_WANTED[kind]}, found {found}{way_out}"
    if kind in {"value_error", "assertion_error"}:
        reason = str(detail.get("ctx", {}).get("error", detail["msg"]))
        if reason.partition(" ")[0] in _PREDICATES:
            return f"{name}: {found} {reason}"
        return f"{name}: {reason}" + (f" (found {found})" if found != _HIDDEN else "")
    if kind in {"literal_error", "enum"}:
        expected = str(detail.get("ctx", {}).get("expected", ""))
        hint = meant(str(value), [word.strip("'") for word in expected.replace(" or ", ", ").split(", ")])
        return f"{name} must be {expected}, found {found}" + (f"; {hint}" if hint.startswith("did") else "")
    message = detail["msg"].removeprefix("Input ").removeprefix("Value ")
    return f"{name} {message[:1].lower()}{message[1:]}, found {found}"


def _found(document: Document, model: type[BaseModel], place: Loc, inner: Loc, value: object) -> str:
    """Show what stands in the file, never what a reference stands for, nor what a secret's key holds."""
    if value is None or isinstance(value, dict | list):
        return shape(value)
    raw = document.raw(place)
    if raw is None:
        return shape(value)
    if "${" not in raw and not raw.startswith("file:") and secret(model, inner):
        return _HIDDEN
    return repr(raw if len(raw) <= _LONGEST else raw[:_LONGEST] + "...")


# --- what a model knows ---


def keys(model: type[BaseModel], loc: Loc) -> list[str]:
    """Return the keys that a place in a model takes."""
    found = _annotation(model, loc)
    if isinstance(found, type) and issubclass(found, BaseModel):
        return [field.alias or name for name, field in found.model_fields.items()]
    return []


def secret(model: type[BaseModel], loc: Loc) -> bool:
    """Whether a place in a model holds a secret: by its type, or because its field keeps out of every repr."""
    if any(kind in {SecretStr, SecretBytes} for kind in _leaves(_annotation(model, loc))):
        return True
    owner = _annotation(model, loc[:-1]) if loc else None
    found = owner.model_fields.get(str(loc[-1])) if isinstance(owner, type) and issubclass(owner, BaseModel) else None
    return found is not None and not found.repr


def _annotation(annotation: Any, loc: Loc) -> Any:  # noqa: ANN401 - types of types
    for part in loc:
        annotation = next((found for one in _options(annotation) if (found := _member(one, part)) is not None), None)
        if annotation is None:
            return None
    options = [one for one in _options(annotation) if isinstance(one, type) and issubclass(one, BaseModel)]
    return options[0] if options else annotation


def _member(annotation: Any, part: str | int) -> Any:  # noqa: ANN401 - types of types
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        for name, field in annotation.model_fields.items():
            if part in {name, field.alias}:
                return field.annotation
        return None
    arguments = [one for one in typing.get_args(annotation) if one is not Ellipsis]
    return arguments[-1] if arguments and typing.get_origin(annotation) is not None else None


def _options(annotation: Any) -> list[Any]:  # noqa: ANN401 - types of types
    """Unwrap Annotated, Optional and unions."""
    origin = typing.get_origin(annotation)
    if origin is typing.Annotated:
        return _options(typing.get_args(annotation)[0])
    if origin in {typing.Union, types.UnionType}:
        return [leaf for one in typing.get_args(annotation) for leaf in _options(one)]
    return [annotation]


def _leaves(annotation: Any) -> list[Any]:  # noqa: ANN401 - types of types
    found = []
    for one in _options(annotation):
        arguments = typing.get_args(one)
        found += [leaf for inner in arguments for leaf in _leaves(inner)] if arguments else [one]
    return found
