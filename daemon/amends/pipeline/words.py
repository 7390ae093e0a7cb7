"""The words of a message: each person's language, each channel's discretion."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from amends import escalation, responses
from amends.model import Page

if TYPE_CHECKING:
    from amends.model import Incident, Seconds
    from amends.pipeline.rules import BrandRules, Rules


def headline(incident: Incident, brand: BrandRules) -> str:
    """Return the one line that says it all, in the brand's first language."""
    return responses.headline(incident, brand.name, brand.languages[0], brand.timezone)


def page(incident: Incident, call: escalation.Call, brand: BrandRules, rules: Rules, now: Seconds) -> Page:
    """Return the outbox row for one call."""
    person = rules.people[call.person]
    brief = call.channel in rules.brief
    taker = rules.people.get(incident.acknowledged_by or "")
    told = incident if taker is None else replace(incident, acknowledged_by=taker.name)  # people, not their ids
    return Page(
        id=escalation.page_id(incident.id, call.step, call.person, call.channel),
        brand=brand.id,
        incident=responses.discreet(
            incident, brand.name, brand.languages[0], brand.timezone, authors=brand.watch.authors
        )
        if brief
        else incident,
        event=call.event,
        kind=call.kind,
        reason=call.reason,
        person=call.person,
        channel=call.channel,
        step=call.step,
        title=responses.short(
            told,
            "Amends" if call.reason == "alive" else brand.name,
            person.language,
            call.reason,
            brief=brief,
            authors=brand.watch.authors,
        ),
        text=responses.alive(incident, person.language, person.timezone)
        if call.reason == "alive"
        else _noted(call, person.language)
        + responses.body(
            told,
            brand.name,
            person.language,
            person.timezone,
            reason=call.reason,
            brief=brief,
            authors=brand.watch.authors,
        ),
        due=call.due,
        decided_at=now,
        state=call.state,
        deadline=call.deadline,
        group=call.group,
        why=call.why,
    )


def _noted(call: escalation.Call, lang: str) -> str:
    """Return why this person is called though the policy names another, before all else."""
    note = call.note
    return "" if note is None else f"{responses.say(lang, f'note_{note.why}', rota=note.rota)}\n\n"
