"""How good the apology lint is: `python benchmarks/lint.py [FILE...]`, with its second reader and by patterns alone.

Each file holds labelled texts, one JSON object a line, as in `tests/responses/lint_set`; by default all of those. Only
a file that was not there when the lint was last mended says how good it is on a text that it has not met.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

from amends.responses.lint import PARTS, Report, lint, voter

SET = Path(__file__).parents[1] / "tests" / "responses" / "lint_set"


def f1(pairs: list[tuple[bool, bool]]) -> float:
    """Return the F1 of (wanted, got)."""
    both, either = sum(one and other for one, other in pairs), sum(one + other for one, other in pairs)
    return 2 * both / either if either else 1.0


def measure(rows: list[dict[str, Any]], reports: list[Report]) -> str:
    """Return macro-F1 over the six parts, exact verdicts, micro-F1 of findings, and opposite verdicts."""
    both = list(zip(rows, reports, strict=True))
    parts = [f1([(name in row["parts"], report.parts[name]) for row, report in both]) for name in PARTS]
    findings: list[tuple[bool, bool]] = []
    for row, report in both:
        wanted, got = set(row["findings"]), {one.rule for one in report.findings}
        free = {*row.get("optional", []), *row.get("either", [])} | (set() if row.get("contact") else {"no-contact"})
        findings += [(rule in wanted, rule in got) for rule in wanted | (got - free)]
    verdict = sum(row["verdict"] == report.verdict for row, report in both) / len(rows)
    opposite = sum({row["verdict"], report.verdict} == {"pass", "fail"} for row, report in both)
    each = " ".join(f"{name[:6]} {value:.2f}" for name, value in zip(PARTS, parts, strict=True))
    return f"parts {sum(parts) / 6:.2f} verdict {verdict:.2f} findings {f1(findings):.2f} opposite {opposite}  ({each})"


def main() -> int:
    """Print a line for each file, language and reader."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="*", type=Path, default=sorted(SET.glob("*.jsonl")))
    for path in parser.parse_args().files:
        rows = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
        for lang in ("en", "fr"):
            some = [row for row in rows if row["lang"] == lang]
            print(f"{path.stem} {lang} {len(some)} whole    {measure(some, [lint(row['text']) for row in some])}")
            sure = dict(voter.SURE)
            voter.SURE.update(dict.fromkeys(sure, 1.0))
            print(f"{path.stem} {lang} {len(some)} patterns {measure(some, [lint(row['text']) for row in some])}")
            voter.SURE.update(sure)
    return 0


if __name__ == "__main__":
    sys.exit(main())
