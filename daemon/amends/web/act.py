"""What a person may do, the same by the doors and by the views: a checked command, applied, and the fresh value."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from amends.model import (
    DRILL_CASES,
    Acknowledge,
    Advise,
    EndSilence,
    Feedback,
    Reopen,
    Resolve,
    Responded,
    Snooze,
    StaleError,
    StartDrill,
    StartSilence,
    Unacknowledge,
    UnknownError,
)
from amends.web.advice import answers_in
from amends.web.problems import Problem, invalid
from amends.web.reading import brand_of, later, one_of, person_of, statement_of, text_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from amends.model import Command, Incident, Silence
    from amends.web.ports import Site

ACTIONS = ("acknowledge", "unacknowledge", "resolve", "reopen", "snooze", "feedback", "responded", "advise")
_VERDICTS = ("real", "noise")


async def known_incident(site: Site, incident: str) -> Incident:
    """Return an incident; `UnknownError` where there is none."""
    found = await site.store.incident(incident)
    if found is None:
        raise UnknownError(f"there is no incident {incident[:80]!r}; GET /api/v1/incidents lists them")
    return found


async def on_incident(site: Site, incident: str, action: str, fields: Mapping[str, Any]) -> Incident:
    """Do one of `ACTIONS` to an incident and return it as it is now."""
    found = await known_incident(site, incident)
    command = _command(site, found.id, action, fields)
    return await apply_to_incident(site, found, command)


async def apply_to_incident(site: Site, incident: Incident, command: Command) -> Incident:
    """Apply a command to an incident's brand and return the incident as it is now."""
    if incident.brand not in site.engine.rules.brands:
        raise Problem(
            409,
            "brand-gone",
            f"the brand {incident.brand!r} of incident {incident.id} is no longer configured; put it back to act on it",
        )
    try:
        await site.engine.apply(incident.brand, command)
    except UnknownError as error:  # the store has it, the brand's state no longer: it is long over
        if isinstance(command, Resolve):
            return incident  # it is resolved: the same twice
        raise StaleError(f"incident {incident.id} is long over and cannot change any more") from error
    return await known_incident(site, incident.id)


_PLAIN: dict[str, type[Acknowledge | Unacknowledge | Resolve | Reopen]] = {
    "acknowledge": Acknowledge,
    "unacknowledge": Unacknowledge,
    "resolve": Resolve,
    "reopen": Reopen,
}


def _command(site: Site, incident: str, action: str, fields: Mapping[str, Any]) -> Command:
    by = person_of(site, fields)
    if action in _PLAIN:
        return _PLAIN[action](incident=incident, by=by)
    if action == "snooze":
        ends_now = "until" in fields and fields["until"] is None
        return Snooze(incident=incident, by=by, until=site.clock.wall() if ends_now else later(site, fields))
    if action == "feedback":
        return Feedback(incident=incident, by=by, verdict=_verdict(fields))
    if action == "advise":
        return Advise(incident=incident, by=by, answers=answers_in(fields))
    kind = cast("Any", one_of(fields, "kind", ("holding", "full")))
    url = text_of(fields, "url", required=False, limit=4_096) or None
    if url and not url.lower().startswith(("https://", "http://")):
        raise invalid("url", f"is an http or https address, found {url[:60]!r}")
    return Responded(incident=incident, by=by, kind=kind, url=url, text=statement_of(fields, "text"))


def _verdict(fields: Mapping[str, Any]) -> Any:  # noqa: ANN401 - one of three literals
    if "verdict" not in fields:
        raise invalid("verdict", "is required: real, noise or null")
    value = fields["verdict"]
    if value is not None and value not in _VERDICTS:
        raise invalid("verdict", f"is real, noise or null; found {str(value)[:40]!r}")
    return value


async def start_silence(site: Site, fields: Mapping[str, Any]) -> Silence:
    """Begin a silence; brand, end, reason and person are required."""
    brand = brand_of(site, fields)
    until = later(site, fields)
    command = StartSilence(
        until=until,
        reason=text_of(fields, "reason"),
        by=person_of(site, fields),
        story=text_of(fields, "story", required=False) or None,
    )
    try:
        decision = await site.engine.apply(brand, command)
    except StaleError as error:
        raise invalid("until", str(error)) from error
    except UnknownError as error:  # the brand is known: it was looked up
        raise invalid("story", str(error)) from error
    # The one that began: the newest of those that the decision wrote.
    return max(decision.silences, key=lambda silence: silence.created_at)


async def end_silence(site: Site, silence: str, by: str) -> None:
    """End a silence now; one that has ended stays so."""
    found = next((one for one in await site.store.silences() if one.id == silence), None)
    if found is None:
        raise UnknownError(f"there is no silence {silence[:80]!r}; GET /api/v1/silences lists them")
    if found.ended_at is None:
        try:
            await site.engine.apply(found.brand, EndSilence(silence=silence, by=by))
        except UnknownError:
            return  # it ran out by itself


async def start_drill(site: Site, fields: Mapping[str, Any], by: str) -> Incident:
    """Send a marked test page through the real channels of a brand, by default the first configured."""
    brands = site.engine.rules.brands
    brand = brand_of(site, fields) if fields.get("brand") is not None else next(iter(brands))
    case = text_of(fields, "case", required=False) or "outage"
    if case not in DRILL_CASES:
        raise invalid("case", f"is one of {', '.join(DRILL_CASES)}; found {case[:40]!r}")
    decision = await site.engine.apply(brand, StartDrill(by=by, case=case))
    return decision.incidents[-1]
