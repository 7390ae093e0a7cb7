"""Escalation: who is paged, when and why.

How to call it
--------------
First `resolve(policy, staff, now, severity)` puts the people on call in the place of rotas. Then every function takes
`(incident, ledger, policy, people, now, silenced_until=None)` and returns an `Outcome`. Pass the
incident **after** `incidents.step`, and `silenced_until` whenever a silence covers this incident (the latest end of
all that do); a snooze is read from the incident itself. Nothing here keeps anything: store `outcome.ledger` with the
incident and give it back.

    incident, opened = open_incident(...)
    outcome = begin(incident, Ledger(), policy, people, now, silenced_until)

    for call in outcome.calls:      -> one `Page` each: every field of the call by its name, `event` too;
                                       you add brand, the incident's snapshot, title and text (by reason and language)
    outcome.changes                 -> `Decision.page_changes` as they are
    for name, why in outcome.events -> incidents.step(incident, Trigger.ESCALATE or Trigger.UNREACHABLE, why=why, ...)
                                       (`TRIGGERS[name]` would do); their data stays in `why`
    outcome.wake                    -> the incident's part of `Decision.wake`: call `tick` then (never earlier than
                                       needed, harmless at any time)

| what happened | call |
| --- | --- |
| incident opened, or reopened by hand (with its old ledger) | `begin` |
| time passed | `tick` |
| severity got worse, after `Trigger.RAISE` | `raised` |
| a new story joined, after `Trigger.STORY` | `story` |
| `Acknowledge`, after a step that made an event | `acknowledged` |
| `Unacknowledge`, likewise | `unacknowledged` |
| `Snooze`, or a silence began or ended | `snoozed`, `silenced` |
| it was over before it was heard | `unseen`: a notice, never a page |
| resolved, by hand (`by=` the person) or by itself | `resolved` |
| `Delivered`, `Failed`, `Deferred` of a page of this incident, whatever its state | `delivered`, `failed`, `deferred` |

Calm, relapse, feedback and responded page nobody and need no call. A page that is deferred is decided here, at its
time, and never sent from the outbox by itself: rows in state `deferred` must not be claimed.
"""

from amends.escalation.ladder import (
    acknowledged,
    alive,
    begin,
    deferred,
    delivered,
    failed,
    raised,
    resolved,
    silenced,
    snoozed,
    story,
    tick,
    unacknowledged,
    unseen,
)
from amends.escalation.ledger import Call, Ledger, Outcome, Row, page_id
from amends.escalation.links import LinkAltered, LinkExpired, Signed, sign, sign_calendar, verify, verify_calendar
from amends.escalation.people import Cap, Person, QuietHours, quiet_until
from amends.escalation.policy import Note, Policy, Step
from amends.escalation.resolve import Roster, Rung, Staff, Would, resolve, roster, second
from amends.escalation.rotas import Duty, Rota, Shift, Turns, duties, duty, gaps
from amends.escalation.wall import Recurring, days_of, instant, wall

__all__ = [
    "Call",
    "Cap",
    "Duty",
    "Ledger",
    "LinkAltered",
    "LinkExpired",
    "Note",
    "Outcome",
    "Person",
    "Policy",
    "QuietHours",
    "Recurring",
    "Roster",
    "Rota",
    "Row",
    "Rung",
    "Shift",
    "Signed",
    "Staff",
    "Step",
    "Turns",
    "Would",
    "acknowledged",
    "alive",
    "begin",
    "days_of",
    "deferred",
    "delivered",
    "duties",
    "duty",
    "failed",
    "gaps",
    "instant",
    "page_id",
    "quiet_until",
    "raised",
    "resolve",
    "resolved",
    "roster",
    "second",
    "sign",
    "sign_calendar",
    "silenced",
    "snoozed",
    "story",
    "tick",
    "unacknowledged",
    "unseen",
    "verify",
    "verify_calendar",
    "wall",
]
