"""What is wrong with a configuration, where, and what to do about it: one line a problem."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from amends.model import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


@dataclass(frozen=True, slots=True)
class Problem:
    """One finding. `line` counts from 1; `text` says what is wrong, what was found and the way out."""

    file: str
    line: int
    level: Literal["error", "warning"]
    text: str

    def __str__(self) -> str:
        """Return `FILE:LINE: error: text`, on one line whatever the file holds."""
        return f"{self.file}:{self.line}: {self.level}: {' '.join(self.text.split())}"


class ConfigurationError(InputError):
    """A configuration that cannot be used: every error in it (and the warnings), in the order of its lines."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))

    @property
    def errors(self) -> str:
        """The errors alone, a line each: why it cannot be used."""
        return "\n".join(str(problem) for problem in self.problems if problem.level == "error")


def ordered(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Return each problem once, by line, errors first on a line."""
    return tuple(sorted(dict.fromkeys(problems), key=lambda problem: (problem.line, problem.level, problem.text)))


def meant(word: str, known: Iterable[str]) -> str:
    """Return `did you mean 'x'?` where a known word is near, otherwise the known words, shortened; empty for none."""
    words = sorted(known)
    near = difflib.get_close_matches(word.lower(), words, n=1, cutoff=0.6)
    if near:
        return f"did you mean {near[0]!r}?"
    if not words:
        return ""
    shown = ", ".join(words[:24]) + (" ..." if len(words) > 24 else "")  # noqa: PLR2004 - as many as a line bears
    return f"known here: {shown}"
