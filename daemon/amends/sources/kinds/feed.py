"""Kind `feed`: RSS, Atom, RDF and JSON Feed, at one address or as a search with `{query}`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from amends.sources.settings import WebSettings
from amends.sources.web import WebSource

if TYPE_CHECKING:
    from amends.sources.source import Source


class Settings(WebSettings):
    """A feed needs an address and nothing else."""

    kind: Literal["feed"] = "feed"

    def source(self, source_id: str) -> Source:
        """Return the feed."""
        return WebSource(source_id, self, {"kind": "feed"})
