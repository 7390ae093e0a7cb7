"""The adviser, as the doors and the views show it: the answers kept with an incident, and what follows from them."""

from __future__ import annotations

import asyncio
from dataclasses import asdict, fields
from typing import TYPE_CHECKING, Any

from amends import responses
from amends.incidents import rfc3339
from amends.model import Answers, InputError
from amends.web.problems import invalid

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from amends.model import Incident, IncidentEvent
    from amends.responses import Advice
    from amends.web.ports import Site

NETWORKS = ("x", "bluesky", "mastodon", "linkedin", "site")
_TOLD = {"yes": True, "true": True, "no": False, "false": False, "unknown": None, "": None}
_READ, _NEWEST = 3_000, 8  # characters and texts of what was said that are looked at
_QUESTIONS = ("victim", "unintended", "preventable", "hurt", "before")


def answers_in(given: Mapping[str, Any]) -> Answers:
    """Return the answers of a command's fields: true, false or null (yes, no, unknown in a form); 422 otherwise."""
    crisis = given.get("about")
    if crisis not in {None, ""} and crisis not in responses.CRISES:
        raise invalid("about", f"is one of {', '.join(responses.CRISES)}; found {str(crisis)[:40]!r}")
    return Answers(**{name: _told(given, name) for name in _QUESTIONS}, about=crisis or None)


def _told(given: Mapping[str, Any], name: str) -> bool | None:
    value = given.get(name)
    if value is None or isinstance(value, bool):
        return value
    if not isinstance(value, str) or value.lower() not in _TOLD:
        raise invalid(name, f"is true, false or null, found {str(value)[:40]!r}")
    return _TOLD[value.lower()]


def answered(events: Sequence[IncidentEvent]) -> Answers | None:
    """Return the answers that stand, None where nobody has answered yet."""
    known = {field.name for field in fields(Answers)}
    for event in reversed(events):
        if event.event == "advised":
            return Answers(**{name: value for name, value in event.data.items() if name in known})
    return None


def said(events: Sequence[IncidentEvent]) -> tuple[str, ...]:
    """Return what the brand has said in public, oldest first, as far as its words are kept."""
    texts = (event.data.get("text") for event in events if event.event == "responded")
    return tuple(text[:_READ] for text in texts if isinstance(text, str) and text)[-_NEWEST:]


async def advice_of(incident: Incident, events: Sequence[IncidentEvent]) -> Advice:
    """Return what the adviser says of an incident now; what was said is read off the loop."""
    return await asyncio.to_thread(responses.advise, incident, answered(events), said(events))


async def document(incident: Incident, events: Sequence[IncidentEvent]) -> dict[str, Any]:
    """Return the `advice` of `GET /api/v1/incidents/ID`; `answers` is null until somebody has answered."""
    advice, given = await advice_of(incident, events), answered(events)
    return {
        "answers": None if given is None else asdict(given),
        "cluster": advice.cluster,
        "responsibility": advice.responsibility,
        "history": advice.history,
        "strategy": advice.strategy,
        "about": advice.crisis,
        "guessed": advice.guessed,
        "say": list(advice.say),
        "checklist": [{"text": step.text, "by": rfc3339(step.by)} for step in advice.checklist],
        "warnings": list(advice.warnings),
    }


def full_text(site: Site, incident: Incident, crisis: str) -> str:
    """Return the full statement of the crisis with its blanks, in the language of the holding line, or nothing."""
    brand = site.engine.rules.brands.get(incident.brand)
    lang = incident.response.lang if incident.response else "en"
    name = brand.name if brand else incident.brand
    try:
        template = site.engine.rules.library.choose(
            kind=incident.kind, lang=lang, fallbacks=brand.languages if brand else (), crisis=crisis, stage="full",
            limit=None,
        )  # fmt: skip
        return responses.render(template, {"brand": name})
    except InputError:
        return ""
