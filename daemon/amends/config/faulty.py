"""The names in entries that are faulty for another reason: what is wrong with them is told in one go."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from amends.config.document import Document, Loc

_WHO: Final = ("person", "people", "rotas")
_NAMES: Final[Mapping[str, Mapping[str, tuple[str, ...]]]] = {  # section -> key -> what it names, where that stands
    "brands": {"own": ("source", "sources"), "escalation": ("policy", "escalation")},
    "people": {"channels": ("channel", "channels")},
    "sources": {"brands": ("brand", "brands")},
    "escalation": {"inform": _WHO, "operators": _WHO},
    "rotas": {"people": ("person", "people"), "fallback": ("person", "people")},
}


def references(document: Document, good: Mapping[str, Mapping[str, Any]], refer: Callable[..., None]) -> None:
    """Check whom and what faulty entries name; `good` holds, by section, those that were checked as they are."""
    for section, keys in _NAMES.items():
        entries = document.value.get(section)
        for id_, entry in entries.items() if isinstance(entries, dict) else ():
            if id_ in good[section] or not isinstance(entry, dict):
                continue
            for key, what in keys.items():
                _one(refer, (section, id_, key), entry.get(key), what)
            steps = entry.get("steps") if section == "escalation" else None
            for number, step in enumerate(steps if isinstance(steps, list) else ()):
                if isinstance(step, dict):
                    _one(refer, (section, id_, "steps", number, "page"), step.get("page"), _WHO)


def _one(refer: Callable[..., None], loc: Loc, value: object, what: tuple[str, ...]) -> None:
    if names := list(_words(value)):
        refer(loc, names, *what)


def _words(value: object) -> Iterator[str]:
    for word in value if isinstance(value, list) else [value]:
        if isinstance(word, str):
            yield word
