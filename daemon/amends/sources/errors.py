"""What can go wrong with a source: a name that scripts rely on, the sentence for people, the outcome for metrics."""

from __future__ import annotations

from typing import Literal

from amends.model import AmendsError, Seconds

Outcome = Literal["ok", "unchanged", "throttled", "blocked", "gone", "shape", "error"]

# Not all refusals are equal: `shape` says that the world changed its form, `blocked` that it does not want us.
_OUTCOMES: dict[str, Outcome] = {
    "throttled": "throttled",
    "held": "throttled",  # by what the host answered another source: no request was made
    "blocked": "blocked",
    "gone": "gone",
    "not-a-feed": "shape",
    "truncated": "shape",
    "encoding": "shape",
    "shape": "shape",
}


class SourceError(AmendsError):
    """A poll that brought nothing. `name` is one word, `floor` the seconds that the server wants us to stay away.

    `status` is the server's own number where it answered with one, `url` the address that gave it.
    """

    def __init__(
        self, name: str, detail: str, *, floor: Seconds | None = None, status: int | None = None, url: str | None = None
    ) -> None:
        super().__init__(f"{name}: {detail}")
        self.name = name
        self.detail = detail
        self.floor = floor
        self.status = status
        self.url = url

    @property
    def outcome(self) -> Outcome:
        """The metric's word for it."""
        return _OUTCOMES.get(self.name, "error")
