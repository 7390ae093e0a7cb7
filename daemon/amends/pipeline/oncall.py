"""Who is on call, and who would be paged, as the doors say it: `GET /api/v1/on-call` and `amends oncall`."""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING, Any

from amends import escalation
from amends.incidents import rfc3339
from amends.model import DAY

if TYPE_CHECKING:
    from collections.abc import Mapping

    from amends.escalation import Policy, Rota, Staff
    from amends.model import Seconds

NEXT_WITHIN = 90 * DAY  # how far ahead the next handover is looked for


def on_call(
    policies: Mapping[str, Policy], staff: Staff, at: Seconds, severity: int, *, timezone: str = "UTC"
) -> dict[str, Any]:
    """Return who is on call in each rota at a moment, and who would be paged for each brand.

    `policies` are the brands' own. `people` are all who would be paged, the first called first; `held_until` is the end
    of the quiet hours in which a page would fall.
    """
    rosters = {brand: escalation.roster(policy, staff, at, severity) for brand, policy in policies.items()}
    called = sorted(
        ((would.at, number, would.person) for roster in rosters.values() for number, would in _would(roster)),
    )
    return {
        "at": rfc3339(at),
        "severity": severity,
        "timezone": timezone,
        "people": list(dict.fromkeys(person for _, _, person in called)),
        "rotas": [rota_document(rota, staff, at) for rota in staff.rotas.values()],
        "brands": [_brand(brand, roster, staff) for brand, roster in rosters.items()],
    }


def _would(roster: escalation.Roster) -> list[tuple[int, escalation.Would]]:
    return list(enumerate(would for rung in roster.rungs for would in rung.would))


def rota_document(rota: Rota, staff: Staff, at: Seconds) -> dict[str, Any]:
    """Return one rota as it stands at a moment; `until` is null where no change is known."""
    now = escalation.duty(rota, at)
    people = [one for one in now.people if one in staff.people]
    rest = list(escalation.duties(rota, at, min(now.end, at + NEXT_WITHIN) + NEXT_WITHIN))
    change = rest[1] if len(rest) > 1 else None
    return {
        "rota": rota.id,
        "people": people,
        "names": [staff.name(one) for one in people],
        "since": rfc3339(now.start) if now.start > -inf else None,
        "until": rfc3339(change.start) if change else None,
        "next": list(change.people) if change else [],
        "gap": not people,
        "fallback": rota.fallback,
    }


def _brand(brand: str, roster: escalation.Roster, staff: Staff) -> dict[str, Any]:
    return {
        "brand": brand,
        "steps": [
            {
                "step": rung.number,
                "at": rfc3339(rung.at),
                "page": [_person(would, staff) for would in rung.would],
                "notes": [note.text for note in rung.notes],
            }
            for rung in roster.rungs
        ],
        "inform": list(roster.inform),
        "operators": list(roster.operators),
    }


def _person(would: escalation.Would, staff: Staff) -> dict[str, Any]:
    known = staff.people.get(would.person)
    return {
        "person": would.person,
        "name": staff.name(would.person),
        "team": known.team if known else "",
        "rota": would.rotas[0] if would.rotas else None,
        "channels": list(known.channels) if known else [],
        "held_until": rfc3339(would.held_until),
        "why": would.note.text if would.note else None,
    }
