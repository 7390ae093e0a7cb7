"""What the lint says of a text: frozen, and readable as the object that the command prints."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal, TypeAlias

Verdict: TypeAlias = Literal["pass", "warn", "fail"]
Kind: TypeAlias = Literal["apology", "holding", "other"]
PARTS = ("regret", "explanation", "responsibility", "repentance", "repair", "forgiveness")


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A rule that the text breaks: the words seen, where they stand, why it hurts, a better way to say it."""

    rule: str
    text: str
    start: int
    end: int
    why: str
    better: str


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Report(Mapping[str, Any]):
    """The report on one text; as a mapping it has the keys that `amends lint --json` prints."""

    verdict: Verdict
    kind: Kind
    lang: str
    parts: Mapping[str, bool]
    findings: tuple[Finding, ...]

    def document(self) -> dict[str, Any]:
        """Return the report as plain values."""
        return {
            "verdict": self.verdict,
            "kind": self.kind,
            "lang": self.lang,
            "parts": dict(self.parts),
            "findings": [asdict(one) for one in self.findings],
        }

    def __getitem__(self, key: str) -> Any:  # noqa: ANN401 - values of a JSON object
        return self.document()[key]

    def __iter__(self) -> Iterator[str]:
        return iter(("verdict", "kind", "lang", "parts", "findings"))

    def __len__(self) -> int:
        return 5
