"""What `amends check` says of templates: unapproved, stale, missing in a language, or broken."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from support.cli import amends

if TYPE_CHECKING:
    from pathlib import Path

TODAY = datetime.now(UTC).date()


def checked(place: Path, languages: str = "[en]", **files: str) -> tuple[int, str]:
    folder = place / "templates"
    folder.mkdir(exist_ok=True)
    for name, source in files.items():
        (folder / f"{name.replace('_', '-')}.md").write_text(source, encoding="utf-8")
    (place / "amends.yaml").write_text(
        f"brands: {{acme: {{name: Acme, languages: {languages}}}}}\ntemplates: {{folder: templates}}\n"
    )
    ran = amends("check", "-c", str(place / "amends.yaml"))
    return ran.code, ran.out


def own(approved: str = "", lang: str = "en", crisis: str = "outage") -> str:
    return f"---\nlanguage: {lang}\ncrisis: {crisis}\nstage: holding\nlength: 280\n{approved}\n---\nWe are on it.\n"


def test_the_library_as_it_ships_is_approved_by_nobody_and_check_says_so_once(tmp_path: Path) -> None:
    code, out = checked(tmp_path, "[en, fr]")
    assert code == 0
    (line,) = [line for line in out.splitlines() if "nobody has approved" in line]
    assert "every severity is answered in en, fr by holding lines that nobody has approved" in line
    assert "templates.folder" in line


def test_ones_own_unapproved_file_is_named(tmp_path: Path) -> None:
    _, out = checked(tmp_path, outage=own())
    assert "templates/outage.md:1: warning: the template is approved by nobody" in out


def test_a_stale_one_is_named_with_its_day(tmp_path: Path) -> None:
    day = TODAY - timedelta(days=1)
    _, out = checked(tmp_path, outage=own(f"approved_by: Léa\napproved_on: 2025-01-01\nreview_by: {day}"))
    assert f"templates/outage.md:1: warning: the template was to be reviewed by {day}" in out
    assert "the review of these holding lines is overdue: outage" in out


def test_an_approved_one_that_is_fresh_is_not_mentioned(tmp_path: Path) -> None:
    day = TODAY + timedelta(days=30)
    _, out = checked(tmp_path, outage=own(f"approved_by: Léa\napproved_on: 2025-01-01\nreview_by: {day}"))
    assert "outage.md" not in out


def test_many_unapproved_files_are_counted(tmp_path: Path) -> None:
    crises = ("outage", "rumour", "data-breach", "unknown", "deleted-post", "product-harm", "employee-conduct")
    _, out = checked(tmp_path, **{crisis.replace("-", "_"): own(crisis=crisis) for crisis in crises})
    assert out.count("is approved by nobody") == 5
    assert "2 more templates are unapproved or stale" in out


def test_a_language_without_a_template_at_any_severity_is_told(tmp_path: Path) -> None:
    _, out = checked(tmp_path, "[de, en]")
    assert "brands.acme: there is no template in de at any severity; pages will carry the one in en" in out
    _, out = checked(tmp_path, "[de, en]", unknown=own(lang="de", crisis="unknown"))
    assert "no template in de" not in out


def test_a_broken_file_is_an_error_with_its_line(tmp_path: Path) -> None:
    code, out = checked(tmp_path, broken=own(crisis="weather"))
    assert code == 2
    assert "templates/broken.md:3: error: crisis" in out
