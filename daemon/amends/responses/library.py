"""The templates by language, crisis, stage and length; and the one that fits, with a fallback that shows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from importlib import resources
from typing import TYPE_CHECKING, Literal

from amends.model import HOUR, InputError, Kind, Response, Seconds
from amends.responses.render import render
from amends.responses.wording import clock

if TYPE_CHECKING:
    from amends.responses.template import Template

UNKNOWN = "unknown"  # the crisis type whose text needs no facts
_BY_KIND = {Kind.DELETED: "deleted-post"}
SHORT = 280  # characters: fits every network


class Library:
    """Templates to choose from; a later one replaces an earlier of the same language, crisis, stage and length."""

    def __init__(self, templates: Mapping[str, Template] | Iterable[Template] = ()) -> None:
        given = templates.values() if isinstance(templates, Mapping) else templates
        self._by_place: dict[tuple[str, str, str], dict[int | None, Template]] = {}
        for one in given:
            self._by_place.setdefault((one.lang, one.crisis, one.stage), {})[one.length] = one

    @property
    def templates(self) -> tuple[Template, ...]:
        """All templates in force, ordered by language, crisis, stage and id."""
        every = (one for lengths in self._by_place.values() for one in lengths.values())
        return tuple(sorted(every, key=lambda one: (one.lang, one.crisis, one.stage, one.id)))

    def choose(
        self,
        *,
        kind: Kind,
        lang: str,
        fallbacks: Sequence[str],
        crisis: str | None = None,
        stage: Literal["holding", "full"] = "holding",
        limit: int | None = SHORT,
    ) -> Template:
        """Return the template for a crisis in the crowd's language, or else in the first fallback that has one.

        The language comes before the crisis type: people are answered in their own words, if need be by the text that
        fits any crisis. `Template.lang` tells which language it became. `limit` is the network's, in characters (None:
        none): the longest text within it is taken, or the shortest there is. `InputError` if there is no template.
        """
        languages = dict.fromkeys((lang, lang.partition("-")[0].lower(), *fallbacks, "en", *self._languages()))
        crises = dict.fromkeys(filter(None, (crisis, _BY_KIND.get(kind), UNKNOWN)))
        for language in languages:
            for wanted in crises:
                found = self._by_place.get((language, wanted, stage))
                if found:
                    return _fitting(found.values(), limit)
        raise InputError(
            f"no {stage} template for crisis {crisis or UNKNOWN!r} in any of {', '.join(languages) or 'no language'}: "
            f"add one with crisis: {UNKNOWN} to the templates folder"
        )

    def _languages(self) -> list[str]:
        return sorted({lang for lang, _, _ in self._by_place})


def _fitting(found: Iterable[Template], limit: int | None) -> Template:
    def size(one: Template) -> float:
        return float("inf") if one.length is None else one.length

    fitting = [one for one in found if limit is None or size(one) <= limit]
    return max(fitting, key=size) if fitting else min(found, key=size)


def holding(  # noqa: PLR0913 - one keyword for each thing a page knows
    library: Library,
    *,
    kind: Kind,
    lang: str,
    fallbacks: Sequence[str],
    brand: str,
    topic: str,
    now: Seconds,
    timezone: str,
    crisis: str | None = None,
) -> Response | None:
    """Return the holding line complete and ready to copy, or None where the public needs no word (kind blind).

    A template that cannot be filled in gives its reason in place of the text: the page goes out all the same.
    """
    if kind is Kind.BLIND:
        return None
    try:
        template = library.choose(kind=kind, lang=lang, fallbacks=fallbacks, crisis=crisis)
    except InputError as error:
        return Response("none", lang, f"[{error}]")
    fields = {
        "brand": brand,
        "topic": topic,
        "time": clock(now, now, template.lang, timezone),
        "until": clock(now + HOUR, now, template.lang, timezone),
    }
    try:
        return Response(template.id, template.lang, render(template, fields))
    except InputError as error:
        return Response(template.id, template.lang, f"[{error}]")


def builtin() -> dict[str, str]:
    """Return the library that comes with Amends: file name (`en/outage-holding-short.md`) to source."""
    root = resources.files("amends.responses") / "library"
    return {
        f"{folder.name}/{file.name}": file.read_text(encoding="utf-8")
        for folder in sorted(root.iterdir(), key=lambda one: one.name)
        if folder.is_dir()
        for file in sorted(folder.iterdir(), key=lambda one: one.name)
        if file.name.endswith(".md")
    }
