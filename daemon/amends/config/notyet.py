"""Keys that the doors promise and no room serves yet: refused by name, so that nobody believes they work."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from amends.config.document import Document

_KINDS = {
    "opml": "reading OPML is not built yet; write one source for each feed instead",
    "imap": "sources of kind imap are not built yet; leave it out",
    "webhook": "sources of kind webhook are not built yet; post to /api/v1/mentions instead",
    "folder": "sources of kind folder are not built yet; post to /api/v1/mentions instead",
}
_PRESETS = {"x": "the preset x is not built yet; leave it out"}


def refuse(document: Document) -> None:
    """Note an error for each such key, and take it out of the tree so that it is told of once."""
    tree = document.value
    for name, source in _maps(tree.get("sources")):
        if "cap" in source:
            document.error(
                ("sources", name, "cap"), "not yet: caps on what a source costs are not built yet; leave it out"
            )
            del source["cap"]
        later = _later(source)
        if later:
            document.error(("sources", name), f"not yet: {later}")
            del tree["sources"][name]


def _maps(section: Any) -> list[tuple[str, dict[str, Any]]]:  # noqa: ANN401 - whatever stands in the file
    if not isinstance(section, dict):
        return []
    return [(name, entry) for name, entry in section.items() if isinstance(entry, dict)]


def _later(source: dict[str, Any]) -> str | None:
    if "opml" in source:
        return _KINDS["opml"]
    kind, preset = source.get("kind"), source.get("preset")
    if isinstance(preset, str) and preset in _PRESETS:
        return _PRESETS[preset]
    return _KINDS.get(kind) if isinstance(kind, str) else None
