"""YAML 1.2 as plain values that remember the lines they came from, with secrets put in their places."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from amends.config.problems import ConfigurationError, Problem

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_TAG = "tag:yaml.org,2002:"
_PLAIN = {f"{_TAG}{name}" for name in ("str", "int", "float", "bool", "null", "map", "seq", "timestamp")}
_MERGE = f"{_TAG}merge"
_MAX_NODES = 2_000_000  # aliases of aliases may multiply: far above any true file, far below what hurts

Loc = tuple[str | int, ...]
Expand = "Callable[[str], str]"


class Document:
    """A file's tree. `value` is made of dict (keys always str), list, str, int, float, bool and None.

    `expand` is given each string of the file (never a key) and returns what it stands for; a `ValueError` from it is
    an error at that line. Syntax errors raise `ConfigurationError`; all lesser errors gather in `problems`.
    """

    def __init__(self, file: str, text: str, expand: Callable[[str], str] = str) -> None:
        self.file = file
        self.problems: list[Problem] = []
        self._expand = expand
        self._nodes = 0
        self._failed: set[int] = set()  # nodes that are told of already
        self._root = self._compose(text)
        self.value: Any = None if self._root is None else self._build(self._root)

    # --- reading ---

    def _compose(self, text: str) -> Node | None:
        try:
            root: Node | None = YAML(typ="safe", pure=True).compose(text)
        except MarkedYAMLError as error:
            mark = error.problem_mark or error.context_mark
            line = mark.line + 1 if mark else 1
            raise self._syntax(line, _syntax_text(error)) from None
        except YAMLError as error:
            position = getattr(error, "position", None)
            line = text.count("\n", 0, position) + 1 if isinstance(position, int) else 1
            raise self._syntax(line, "a control character, which YAML forbids; delete it") from None
        except RecursionError:
            raise self._syntax(1, "nested too deeply; write it flat") from None
        return root

    def _syntax(self, line: int, what: str) -> ConfigurationError:
        return ConfigurationError([Problem(self.file, line, "error", f"not valid YAML: {what}")])

    def error(self, loc: Loc, text: str) -> None:
        """Note an error at a place of the tree, unless that very value is told of already."""
        if id(self._walk(loc)[1]) in self._failed:
            return
        self.problems.append(Problem(self.file, self.line(loc), "error", text))

    def warning(self, loc: Loc, text: str) -> None:
        """Note a warning at a place of the tree."""
        self.problems.append(Problem(self.file, self.line(loc), "warning", text))

    def _at(self, node: Node, text: str) -> None:
        self.problems.append(Problem(self.file, node.start_mark.line + 1, "error", text))

    def _build(self, node: Node) -> Any:  # noqa: ANN401 - a tree of plain values
        self._nodes += 1
        if self._nodes > _MAX_NODES:
            raise self._syntax(node.start_mark.line + 1, f"more than {_MAX_NODES} values; write aliases out, fewer")
        if isinstance(node, MappingNode):
            return self._mapping(node)
        if isinstance(node, SequenceNode):
            return [self._build(item) for item in node.value]
        return self._scalar(node)

    def _mapping(self, node: MappingNode) -> dict[str, Any]:
        own: dict[str, Any] = {}
        merged: dict[str, Any] = {}
        first: dict[str, int] = {}
        for key, value in node.value:
            if not isinstance(key, ScalarNode):
                self._at(key, "a key must be a plain word; found a list or a map as a key")
            elif key.tag == _MERGE:
                for source in value.value if isinstance(value, SequenceNode) else [value]:
                    more = self._build(source)
                    if isinstance(more, dict):
                        merged = {**more, **merged}
                    else:
                        self._at(key, "<< takes a map, or a list of maps, by an alias: <<: *name")
            elif key.value in first:
                self._at(key, f"{key.value!r} stands twice (first on line {first[key.value]}); keep one of them")
            else:
                first[key.value] = key.start_mark.line + 1
                own[key.value] = self._build(value)
        return {**merged, **own}

    def _scalar(self, node: Node) -> Any:  # noqa: ANN401 - a plain value
        text: str = node.value
        if node.tag not in _PLAIN:
            self._at(node, f"the tag {node.ctag} is not known; write the plain value")
            return None
        kind = node.tag.removeprefix(_TAG)
        if kind == "null":
            return None
        if kind == "bool" and text.lower() in {"true", "false"}:
            return text.lower() == "true"
        if kind in {"int", "float"}:
            return _number(text, kind)
        try:
            return self._expand(text)
        except ValueError as error:
            self._at(node, str(error))
            self._failed.add(id(node))
            return None

    # --- where things stand ---

    def _walk(self, loc: Loc) -> tuple[Node | None, Node | None]:
        """Return the deepest key (or item) and value on the way to a place."""
        key, node = self._root, self._root
        for part in loc:
            if isinstance(node, MappingNode):
                step = _member(node, str(part))
            elif isinstance(node, SequenceNode) and isinstance(part, int) and part < len(node.value):
                step = (node.value[part], node.value[part])
            else:
                step = None
            if step is None:
                return key, None
            key, node = step
        return key, node

    def line(self, loc: Loc) -> int:
        """Return the line of a place, or of the nearest thing above it."""
        key, _ = self._walk(loc)
        return 1 if key is None else key.start_mark.line + 1

    def raw(self, loc: Loc) -> str | None:
        """Return a scalar as it stands in the file, before secrets were put in; None where there is no scalar."""
        _, node = self._walk(loc)
        return node.value if isinstance(node, ScalarNode) else None


def _member(node: MappingNode, name: str) -> tuple[Node, Node] | None:
    found: tuple[Node, Node] | None = None
    for key, value in node.value:
        if not isinstance(key, ScalarNode):
            continue
        if key.tag == _MERGE and found is None:
            for source in value.value if isinstance(value, SequenceNode) else [value]:
                found = found or (_member(source, name) if isinstance(source, MappingNode) else None)
        elif key.value == name:
            return key, value
    return found


def _number(text: str, kind: str) -> int | float | str:
    """Read a number of YAML 1.2's core schema; what only looks like one stays a word."""
    plain = text.replace("_", "")
    try:
        if kind == "int":
            sign = -1 if plain.startswith("-") else 1
            digits = plain.lstrip("+-")
            base = {"0x": 16, "0o": 8, "0b": 2}.get(digits[:2].lower(), 10)
            return sign * int(digits[2:] if base != 10 else digits, base)  # noqa: PLR2004 - ten is ten
        return float(plain.replace(".inf", "inf").replace(".Inf", "inf").replace(".nan", "nan"))
    except ValueError:
        return text


def _syntax_text(error: MarkedYAMLError) -> str:
    problem = error.problem or "it cannot be read"
    if "\\t" in problem:
        return "a tab where blanks must stand; indent with blanks"
    if "mapping values are not allowed" in problem:
        return "a second ': ' on the line; put the value in quotes"
    if "another document" in problem:
        return "a second document (---); keep one"
    if "undefined alias" in problem:
        return f"{problem}; put text that begins with * in quotes"
    context = f" {error.context}" if error.context else ""
    since = f" that began on line {error.context_mark.line + 1}" if error.context_mark else ""
    return f"{problem}{context}{since}; look at the quotes, brackets and indents here"


def shape(value: object) -> str:
    """Say what a value of the tree is, in words."""
    names: Sequence[tuple[type, str]] = (
        (bool, "true or false"), (int, "a number"), (float, "a number"), (str, "text"),
        (list, "a list"), (dict, "a map"),
    )  # fmt: skip
    return "nothing" if value is None else next((name for kind, name in names if isinstance(value, kind)), "a value")
