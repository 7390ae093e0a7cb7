"""Kind `json`: any API, described by the path to its items and a map of fields; no code."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal

from pydantic import field_validator

from amends.sources.pages import Pages  # noqa: TC001 - pydantic reads the annotation
from amends.sources.settings import WebSettings
from amends.sources.web import WebSource

if TYPE_CHECKING:
    from amends.sources.source import Source

FIELDS = ("id", "url", "author", "published_at", "title", "text", "lang", "reach")
_PATH = re.compile(r"(?:\[\]|[^\s.\[\]]+(?:\[\])?)(?:\.(?:[^\s.\[\]]+(?:\[\])?))*")


class Settings(WebSettings):
    """`items` is a path to a list ("hits[]", "[]"), `fields` maps our names to theirs by dotted paths.

    A field may name several paths joined by `|` (the first that is there counts), or be a text with {paths} to fill in.
    `html` says that titles and texts are HTML, `page` how older pages are reached when a poll finds only new items.
    """

    kind: Literal["json"] = "json"
    items: str
    fields: dict[str, str]
    html: bool = False
    page: Pages | None = None

    @field_validator("items")
    @classmethod
    def _a_path(cls, value: str) -> str:
        if not _PATH.fullmatch(value) or (not value.endswith("]") and "[]" not in value):
            raise ValueError(
                f'{value!r} is no path to a list: write "hits[]", "data.posts[]" or "[]" for the answer itself'
            )
        return value

    @field_validator("fields")
    @classmethod
    def _enough(cls, value: dict[str, str]) -> dict[str, str]:
        unknown = sorted(set(value) - set(FIELDS))
        if unknown:
            raise ValueError(f"unknown field {unknown[0]!r}: there are {', '.join(FIELDS)}")
        missing = [name for name in ("id", "published_at") if not value.get(name)]
        if missing:
            raise ValueError(f"the field {missing[0]!r} is missing: say where the answer has it")
        if not value.get("text") and not value.get("title"):
            raise ValueError("one of the fields `text` and `title` is needed: say where the answer has it")
        return value

    def source(self, source_id: str) -> Source:
        """Return the API."""
        job = {"kind": "json", "items": self.items, "fields": self.fields, "html": self.html}
        if self.page is not None and self.page.next:
            job["next"] = self.page.next
        return WebSource(source_id, self, job, self.page)
