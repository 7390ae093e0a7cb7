"""How good the lint is, on texts labelled by its definitions before it read them.

`tuned` is the half of the first set that the rules were written on, `aside` the half that was read once when they
were done. Each `fresh_NN` is a later batch, written and labelled without looking at the rules, read once, and then
used to mend them; what that one reading found is in docs/lint.md. All of them now guard
against falling back; none tells any longer how good the lint is on texts that it has not met.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from amends.responses.lint import PARTS, lint

FOLDER = Path(__file__).parent / "lint_set"
APART = {"fresh_21": 0.14}  # verdicts of the two languages; 0.08 elsewhere, one text of 15 being 0.07
SETS = sorted(path.stem for path in FOLDER.glob("*.jsonl"))
MOSTLY_ENGLISH = ("fresh_25", "fresh_26")  # three quarters of each: the weaker language


def read(half: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (FOLDER / f"{half}.jsonl").read_text(encoding="utf-8").splitlines()]


def f1(pairs: list[tuple[bool, bool]]) -> float:
    both = sum(wanted and got for wanted, got in pairs)
    either = sum(wanted + got for wanted, got in pairs)
    return 2 * both / either if either else 1.0


def measure(rows: list[dict[str, Any]]) -> dict[str, float]:
    parts: dict[str, list[tuple[bool, bool]]] = {name: [] for name in PARTS}
    findings: list[tuple[bool, bool]] = []
    verdicts, opposites = 0, 0
    for row in rows:
        report = lint(row["text"], row.get("network"))
        for name in PARTS:
            parts[name].append((name in row["parts"], report.parts[name]))
        wanted, got = set(row["findings"]), {one.rule for one in report.findings}
        # Where nobody must act, with or without no-contact is right; where a contact is given, only without.
        either = set(row.get("optional", [])) | (set() if row.get("contact") else {"no-contact"})
        findings += [(rule in wanted, rule in got) for rule in wanted | (got - either)]
        verdicts += report.verdict == row["verdict"]
        opposites += {report.verdict, row["verdict"]} == {"pass", "fail"}
    return {
        "parts": sum(map(f1, parts.values())) / len(PARTS),
        "verdict": verdicts / len(rows),
        "findings": f1(findings),
        "opposites": opposites,
    }


def test_the_set_has_hundreds_of_texts_in_two_languages() -> None:
    rows = [row for name in SETS for row in read(name)]
    even = [row["lang"] for name in SETS if name not in MOSTLY_ENGLISH for row in read(name)]
    assert len(even) >= 830
    assert even.count("fr") >= len(even) / 2 - 5
    assert even.count("en") >= len(even) / 2 - 5
    assert len({row["id"] for row in rows}) == len(rows)
    assert len({row["text"] for row in rows}) == len(rows)


@pytest.mark.parametrize("name", SETS)
def test_parts_verdicts_and_findings_are_as_good_as_asked(name: str) -> None:
    found = measure(read(name))
    assert found["parts"] >= 0.90, found
    assert found["verdict"] >= 0.85, found
    assert found["findings"] >= 0.88, found
    assert found["opposites"] <= 2, found


@pytest.mark.parametrize("name", SETS)
def test_neither_language_is_left_behind(name: str) -> None:
    rows = read(name)
    verdicts = [measure([row for row in rows if row["lang"] == lang])["verdict"] for lang in ("en", "fr")]
    assert abs(verdicts[0] - verdicts[1]) <= APART.get(name, 0.08)
