"""Why a document cannot be read: a name that scripts rely on, and a sentence for people."""

from __future__ import annotations


class RefusalError(Exception):
    """A document is refused; `name` is one of the words that `sources try` promises."""

    def __init__(self, name: str, detail: str) -> None:
        super().__init__(f"{name}: {detail}")
        self.name = name
        self.detail = detail
