"""What a configuration's templates mean on this day: who has approved them, which are stale, and which are missing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from amends import responses
from amends.cli.contacts import warning
from amends.config.problems import Problem
from amends.config.rules import own_templates
from amends.model import Kind

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from amends.config import Configuration
    from amends.responses import Library, Template

_SHOWN = 5  # files of one's own that are named


def templates(config: Configuration, library: Library, today: date) -> list[Problem]:
    """Return a warning for what would be said at each severity unapproved, overdue for review, or in no template."""
    return [*_own(config, today), *_first_lines(config, library, today), *_without(config, library)]


def _own(config: Configuration, today: date) -> Iterator[Problem]:
    """Tell of each file of the user's own that nobody has approved, or whose review is overdue."""
    if config.templates.folder is None:
        return
    folder = config.folder / config.templates.folder
    found = []
    for name, source in own_templates(folder).items():
        one = responses.parse(name, source)
        if not one.approved:
            found.append((name, "is approved by nobody: add approved_by and approved_on to its front matter"))
        elif one.stale(today):
            found.append((name, f"was to be reviewed by {one.review_by}: read it again and set a later review_by"))
    for name, text in found[:_SHOWN]:
        yield Problem(str(folder / name), 1, "warning", f"the template {text}")
    if len(found) > _SHOWN:
        yield Problem(str(folder), 1, "warning", f"{len(found) - _SHOWN} more templates are unapproved or stale")


def _first_lines(config: Configuration, library: Library, today: date) -> Iterator[Problem]:
    """Tell where the line that a page carries at minute 0 comes from the library as it ships, or is stale."""
    shipped, stale = set(), set()
    for one in _chosen(config, library):
        if not one.approved:
            shipped.add(one.lang)
        elif one.stale(today):
            stale.add(one.id)
    if shipped:
        text = (
            f"every severity is answered in {', '.join(sorted(shipped))} by holding lines that nobody has approved: "
            "copy those you mean to use into templates.folder, with approved_by and approved_on"
        )
        yield warning(config, "templates", text)
    if stale:
        yield warning(config, "templates", f"the review of these holding lines is overdue: {', '.join(sorted(stale))}")


def _without(config: Configuration, library: Library) -> Iterator[Problem]:
    """Tell of each language of a brand in which no severity has a template."""
    for id_, brand in config.brands.items():
        for lang in brand.languages:
            one = library.choose(kind=Kind.TONE, lang=lang, fallbacks=brand.languages)
            if one.lang != lang.partition("-")[0]:
                text = (
                    f"brands.{id_}: there is no template in {lang} at any severity; pages will carry the one in "
                    f"{one.lang} and say so. Add {lang}/unknown-holding.md to templates.folder"
                )
                yield warning(config, f"brands.{id_}", text)


def _chosen(config: Configuration, library: Library) -> Iterator[Template]:
    for brand in config.brands.values():
        for lang in brand.languages:
            for crisis in responses.CRISES:
                yield library.choose(kind=Kind.TONE, lang=lang, fallbacks=brand.languages, crisis=crisis)
