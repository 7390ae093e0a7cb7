"""Who is called when: the ladder's rules, one by one."""

from __future__ import annotations

from dataclasses import replace

import pytest

from amends import escalation
from amends.escalation import Ledger, Policy, QuietHours, Step, page_id
from amends.incidents import Trigger
from amends.model import Kind
from support.ladder import DESK, LEA, SAM, T0, Town, told

NIGHT = QuietHours.parse("22:00-07:00")
T_NIGHT = T0 + 11 * 3600  # 23:00 UTC, midnight in Paris
T_MORNING = T0 + 18 * 3600  # 06:00 UTC, 07:00 in Paris


def asleep(*ids: str) -> dict[str, escalation.Person]:
    people = Town().people
    return people | {id_: replace(people[id_], quiet=NIGHT, timezone="Europe/Paris") for id_ in ids}


# --- steps and rounds ---


def test_the_first_step_is_called_at_once_and_the_next_when_nobody_acknowledges() -> None:
    town = Town()
    (first,) = town.open()
    assert told([first]) == [("lea", "phone", "page", "first")]
    assert (first.due, first.state, first.event) == (T0, "queued", "opened")
    assert town.wake == T0 + 600
    town.deliver(first)
    assert town.later(599) == []
    assert told(town.later(1)) == [("sam", "hook", "page", "unacknowledged")]
    assert town.events == [("escalated", "nobody acknowledged: step 2 of round 1 calls Sam")]


def test_after_counts_from_when_the_step_before_was_really_called() -> None:
    town = Town(policy=Policy(steps=(Step(("lea",)), Step(("sam",), 600), Step(("kim",), 60))))
    town.open()
    assert told(town.later(7_200)) == [("sam", "hook", "page", "unacknowledged")]  # the daemon was down for two hours
    assert town.wake == T0 + 7_260
    assert told(town.later(60)) == [("kim", "mail", "page", "unacknowledged")]


def test_rounds_follow_after_the_longest_after_and_then_it_is_quiet() -> None:
    town = Town(policy=Policy(steps=(Step(("lea",)), Step(("sam",), 600), Step(("kim",), 60)), repeat=1))
    town.open()
    town.later(600)
    town.later(60)
    assert town.wake == town.now + 600
    assert told(town.later(600)) == [("lea", "phone", "page", "unacknowledged")]
    town.later(600)
    town.later(60)
    assert town.wake is None
    assert town.later(86_400) == []


def test_rounds_are_five_minutes_apart_at_least() -> None:
    town = Town(policy=Policy(steps=(Step(("lea",)), Step(("sam",), 10)), repeat=1))
    town.open()
    town.later(10)
    assert town.wake == town.now + 300


def test_a_first_step_may_wait_too() -> None:
    town = Town(policy=Policy(steps=(Step(("lea",), 120),)))
    assert town.open() == []
    assert town.wake == T0 + 120
    assert told(town.later(120)) == [("lea", "phone", "page", "first")]
    assert town.events == []


def test_a_policy_that_names_nobody_says_so_and_breaks_nothing() -> None:
    town = Town(policy=Policy(steps=()))
    assert town.open() == []
    assert town.events[0][0] == "unreachable"
    assert town.raise_to(1) == town.story() == town.later(999) == []


def test_a_person_who_is_gone_from_the_configuration_is_passed_over_at_once() -> None:
    town = Town(policy=Policy(steps=(Step(("ghost",)), Step(("sam",), 600))))
    assert told(town.open()) == [("sam", "hook", "page", "unacknowledged")]
    assert [name for name, _ in town.events] == ["unreachable", "escalated"]
    assert "ghost cannot be reached: no such person" in town.events[0][1]


def test_a_policy_that_shrinks_under_way_is_followed_as_it_now_is() -> None:
    town = Town(policy=Policy(steps=(Step(("lea",)), Step(("sam",), 600), Step(("kim",), 60))))
    town.open()
    town.later(600)
    town.later(60)
    town.policy = Policy(steps=(Step(("sam",)),))
    assert told(town.raise_to(1)) == [("sam", "hook", "page", "raised")]


def test_a_channels_patience_is_a_share_of_the_time_that_is_left() -> None:
    town = Town()
    (phone,) = town.open()
    assert phone.deadline == T0 + 30
    (hook,) = town.fail(phone)
    assert hook.deadline == T0 + 600
    short = Town(policy=Policy(steps=(Step(("lea",)), Step(("sam",), 20))))
    assert short.open()[0].deadline == T0 + 10
    alone = Town(policy=Policy(steps=(Step(("sam",)),)))
    assert alone.open()[0].deadline is None


# --- channels ---


def test_channels_are_tried_in_order_and_after_the_last_the_next_step_begins() -> None:
    town = Town()
    (phone,) = town.open()
    town.now += 3
    (hook,) = town.fail(phone)
    assert told([hook]) == [("lea", "hook", "page", "first")]
    assert (hook.step, hook.event) == (phone.step, "opened")
    (sam,) = town.fail(hook, "410 gone")
    assert told([sam]) == [("sam", "hook", "page", "unacknowledged")]
    assert [name for name, _ in town.events] == ["unreachable", "escalated"]
    assert "410 gone" in town.events[0][1]
    assert town.wake == town.now + 600
    assert [row.state for row in town.rows.values()] == ["failed", "failed", "queued"]


def test_the_step_goes_on_while_somebody_else_of_it_may_be_reached() -> None:
    town = Town(policy=Policy(steps=(Step(("kim", "sam")), Step(("lea",), 600))))
    mail, hook = town.open()
    town.deliver(hook)
    (second,) = town.fail(mail)
    assert town.fail(second) == []
    assert [name for name, _ in town.events] == ["unreachable"]
    assert town.wake == T0 + 600


def test_the_last_step_unreachable_waits_for_the_next_round() -> None:
    town = Town(policy=Policy(steps=(Step(("sam",)),), repeat=1))
    (hook,) = town.open()
    assert town.fail(hook) == []
    assert town.wake == T0 + 300
    assert told(town.later(300)) == [("sam", "hook", "page", "unacknowledged")]


def test_a_channel_is_tried_once_a_call_even_if_the_configuration_changes_meanwhile() -> None:
    town = Town()
    (phone,) = town.open()
    (hook,) = town.fail(phone)
    town.people["lea"] = replace(LEA, channels=("phone",))
    assert told(town.fail(hook)) == [("sam", "hook", "page", "unacknowledged")]


def test_a_failure_of_a_page_nobody_knows_is_only_recorded() -> None:
    town = Town()
    town.open()
    outcome = escalation.failed(town.incident, Ledger(), DESK, town.people, T0, page="pg_old", error="e")
    assert [(change.id, change.state) for change in outcome.changes] == [("pg_old", "failed")]
    outcome = escalation.delivered(town.incident, Ledger(), DESK, town.people, T0, page="pg_old")
    assert [(change.id, change.state) for change in outcome.changes] == [("pg_old", "sent")]


# --- acknowledge, resolve ---


def test_an_acknowledgement_ends_all_and_tells_the_others_who_were_paged() -> None:
    town = Town(policy=Policy(steps=(Step(("lea", "sam")), Step(("kim",), 600)), repeat=3))
    lea, sam = town.open()
    town.deliver(lea, sam)
    (kim,) = town.later(600)
    notices = town.acknowledge("sam")
    assert told(notices) == [("lea", "phone", "notice", "acknowledged")]
    assert town.rows[kim.id].state == "cancelled"
    assert town.changes[-1].channel == "mail"
    assert "Sam" in town.rows[kim.id].why
    assert town.wake is None
    assert town.later(86_400) == []
    assert town.acknowledge("lea") == []


def test_a_page_that_went_out_while_it_was_cancelled_is_followed_by_the_truth() -> None:
    town = Town(policy=Policy(steps=(Step(("lea", "sam")),)))
    lea, sam = town.open()
    town.deliver(lea)
    town.acknowledge("lea")
    assert told(town.deliver(sam)) == [("sam", "hook", "notice", "acknowledged")]
    assert town.rows[sam.id].state == "sent"
    town.resolve()
    other = Town(policy=Policy(steps=(Step(("lea",)),)))
    (page,) = other.open()
    other.resolve("sam")
    assert told(other.deliver(page)) == [("lea", "phone", "notice", "resolved")]


def test_a_cancelled_page_that_failed_stays_cancelled() -> None:
    town = Town()
    (page,) = town.open()
    town.acknowledge("sam")
    assert town.fail(page) == []
    assert town.rows[page.id].state == "cancelled"


def test_a_resolve_cancels_what_is_unsent_and_tells_those_who_were_told() -> None:
    town = Town(policy=Policy(steps=(Step(("lea",)), Step(("sam",), 600)), inform=("kim",)))
    page, notice = town.open()
    assert told([notice]) == [("kim", "mail", "notice", "first")]
    town.deliver(page, notice)
    (sam,) = town.later(600)
    assert told(town.resolve()) == [("lea", "phone", "notice", "resolved"), ("kim", "mail", "notice", "resolved")]
    assert town.rows[sam.id].state == "cancelled"
    assert town.wake is None
    assert town.later(9_999) == []


def test_nobody_is_told_of_the_end_of_what_they_never_heard_of() -> None:
    town = Town()
    town.open()
    assert town.resolve("sam") == []


def test_who_resolved_is_not_told_and_who_acknowledged_elsewhere_is() -> None:
    town = Town()
    town.deliver(*town.open())
    town.acknowledge("kim")
    assert told(town.resolve("lea")) == [("kim", "mail", "notice", "resolved")]


def test_who_ends_a_drill_by_acknowledging_it_is_not_told_of_its_end() -> None:
    town = Town(policy=Policy(steps=(Step(("lea", "sam")),)))
    town.deliver(*town.open(kind=Kind.DRILL, drill=True))
    assert town.step(Trigger.ACKNOWLEDGE, "lea")
    assert told(town.resolve()) == [("sam", "hook", "notice", "resolved")]
    assert town.do(escalation.acknowledged) == []


def test_an_unsent_notice_of_an_acknowledgement_gives_way_to_that_of_the_end() -> None:
    town = Town()
    town.deliver(*town.open())
    (notice,) = town.acknowledge("sam")
    ends = town.resolve()
    assert town.rows[notice.id].state == "cancelled"
    assert ("lea", "phone", "notice", "resolved") in told(ends)


def test_unacknowledging_calls_the_present_step_again_with_all_rounds_ahead() -> None:
    town = Town()
    town.deliver(*town.open())
    town.deliver(*town.later(600))
    town.acknowledge("sam")
    assert told(town.unacknowledge("sam")) == [("sam", "hook", "page", "unacknowledged")]
    assert town.wake == town.now + 600


def test_a_reopened_incident_begins_again_under_new_ids() -> None:
    town = Town()
    (before,) = town.open()
    town.deliver(before)
    town.resolve("lea")
    (again,) = town.reopen("sam")
    assert told([again]) == [("lea", "phone", "page", "first")]
    assert again.id != before.id


# --- raise, story ---


def test_a_raise_calls_the_present_steps_people_again() -> None:
    town = Town()
    (page,) = town.open()
    town.deliver(page)
    town.now += 100
    assert told(town.raise_to(1)) == [("lea", "phone", "page", "raised")]
    assert town.wake == town.now + 600
    assert town.raise_to(1) == []


def test_a_raise_of_an_acknowledged_incident_climbs_again_until_somebody_acknowledges() -> None:
    town = Town()
    town.deliver(*town.open())
    town.acknowledge("lea")
    assert told(town.raise_to(1)) == [("lea", "phone", "page", "raised")]
    assert told(town.later(600)) == [("sam", "hook", "page", "unacknowledged")]


def test_an_unsent_page_gives_way_to_the_newer_one_of_the_same_person() -> None:
    town = Town()
    (first,) = town.open()
    (raised,) = town.raise_to(1)
    assert town.rows[first.id].state == "cancelled"
    assert town.rows[first.id].why == f"overtaken by {raised.step}"


def test_a_story_calls_again_and_leaves_the_ladder_where_it_is() -> None:
    town = Town()
    town.deliver(*town.open())
    town.now += 100
    assert told(town.story()) == [("lea", "phone", "page", "story")]
    assert town.wake == T0 + 600


def test_a_story_reaches_whoever_has_it_and_does_not_climb() -> None:
    town = Town()
    town.deliver(*town.open())
    town.acknowledge("sam")
    calls = town.story()
    assert told(calls) == [("lea", "phone", "page", "story"), ("sam", "hook", "page", "story")]
    assert town.wake is None
    hook = town.fail(calls[0])
    assert town.fail(hook[0]) == []
    assert town.events[-1][0] == "unreachable"


def test_a_story_before_the_first_step_is_that_step() -> None:
    town = Town(policy=Policy(steps=(Step(("lea",), 120), Step(("sam",), 600))))
    town.open()
    town.now += 60
    assert told(town.story()) == [("lea", "phone", "page", "story")]
    assert town.wake == T0 + 660
    assert told(town.at(T0 + 660)) == [("sam", "hook", "page", "unacknowledged")]


def test_a_raise_gives_its_channels_their_share_of_the_new_time() -> None:
    town = Town(policy=Policy(steps=(Step(("lea",)), Step(("sam",), 40))))
    town.deliver(*town.open())
    town.now += 39
    assert town.raise_to(1)[0].deadline == T0 + 59


def test_a_raise_before_the_first_step_calls_its_people_now() -> None:
    town = Town(policy=Policy(steps=(Step(("lea",), 120), Step(("sam",), 600))))
    town.open()
    assert told(town.raise_to(1)) == [("lea", "phone", "page", "raised")]
    assert town.wake == T0 + 600


# --- quiet hours and caps ---


def test_quiet_hours_hold_a_page_until_their_end_where_it_is_decided_anew() -> None:
    town = Town(now=T_NIGHT, people=asleep("lea"), policy=Policy(steps=(Step(("lea",)),)))
    (held,) = town.open(severity=2)
    assert (held.state, held.due, held.deadline) == ("deferred", T_MORNING, None)
    assert town.wake == T_MORNING
    assert town.at(T_MORNING - 1) == []
    (call,) = town.later(1)
    assert told([call]) == [("lea", "phone", "page", "first")]
    assert (call.state, call.event) == ("queued", "opened")
    assert town.rows[held.id].state == "cancelled"


def test_what_was_acknowledged_overnight_wakes_nobody_in_the_morning() -> None:
    town = Town(now=T_NIGHT, people=asleep("lea"))
    town.open()
    (sam,) = town.later(600)
    town.deliver(sam)
    town.acknowledge("sam")
    assert town.at(T_MORNING) == []
    assert town.wake is None


def test_the_next_person_is_called_while_the_first_sleeps() -> None:
    town = Town(now=T_NIGHT, people=asleep("lea"))
    town.open()
    assert told(town.later(600)) == [("sam", "hook", "page", "unacknowledged")]


def test_severity_one_breaks_through_quiet_hours() -> None:
    town = Town(now=T_NIGHT, people=asleep("lea", "sam"))
    assert [call.state for call in town.open(severity=1)] == ["queued"]


def test_a_raise_to_one_releases_what_was_held() -> None:
    town = Town(now=T_NIGHT, people=asleep("lea"))
    (held,) = town.open()
    town.deliver(*town.later(600))
    calls = town.raise_to(1)
    assert sorted(told(calls)) == [("lea", "phone", "page", "raised"), ("sam", "hook", "page", "raised")]
    assert {call.state for call in calls} == {"queued"}
    assert town.rows[held.id].state == "cancelled"


def test_when_everybody_sleeps_the_rounds_wait_for_the_morning() -> None:
    town = Town(now=T_NIGHT, people=asleep("lea"), policy=Policy(steps=(Step(("lea",)),), repeat=2))
    town.open()
    town.later(300)
    assert town.wake == T_MORNING
    assert len(town.rows) == 1
    assert told(town.at(T_MORNING)) == [("lea", "phone", "page", "first")]
    assert told(town.later(300)) == told(town.later(300)) == [("lea", "phone", "page", "unacknowledged")]
    assert town.wake is None


def test_one_held_call_a_person_is_enough() -> None:
    people = asleep("lea")
    town = Town(now=T_NIGHT, people=people, policy=Policy(steps=(Step(("lea",)), Step(("sam",), 600)), repeat=3))
    town.open()
    for _ in range(8):
        town.deliver(*town.later(600))
    assert len(town.in_state("deferred")) == 1


def test_notices_are_held_in_quiet_hours_too_and_what_is_overtaken_is_not_told() -> None:
    people = asleep("kim")
    town = Town(now=T_NIGHT, people=people, policy=Policy(steps=(Step(("lea",)),), inform=("kim",)))
    page, notice = town.open()
    assert notice.state == "deferred"
    town.deliver(page)
    assert told(town.resolve()) == [("lea", "phone", "notice", "resolved")]
    assert town.rows[notice.id].state == "cancelled"
    assert town.at(T_MORNING) == []


def test_a_held_notice_of_an_acknowledgement_that_was_taken_back_is_dropped() -> None:
    town = Town(now=T_NIGHT - 3 * 3600, policy=Policy(steps=(Step(("lea", "sam")),)))
    town.deliver(*town.open())
    town.people = asleep("lea")
    town.now = T_NIGHT
    (notice,) = town.acknowledge("sam")
    assert (notice.state, notice.person) == ("deferred", "lea")
    town.unacknowledge("sam")
    assert town.rows[notice.id].state == "cancelled"
    assert [call.reason for call in town.at(T_MORNING)] == ["unacknowledged"]


def test_a_held_notice_is_told_in_the_morning() -> None:
    town = Town(now=T_NIGHT - 3 * 3600, policy=Policy(steps=(Step(("lea", "sam")),)))
    town.deliver(*town.open())
    town.people = asleep("lea")
    town.now = T_NIGHT
    town.acknowledge("sam")
    assert told(town.at(T_MORNING)) == [("lea", "phone", "notice", "acknowledged")]


def test_a_page_beyond_the_cap_is_held_and_decided_anew() -> None:
    town = Town()
    (page,) = town.open()
    town.do(escalation.deferred, page=page.id, until=T0 + 120, why="cap")
    assert (town.rows[page.id].state, town.rows[page.id].due) == ("deferred", T0 + 120)
    assert town.wake == T0 + 120
    assert told(town.later(120)) == [("lea", "phone", "page", "first")]
    town.do(escalation.deferred, page="pg_unknown", until=T0 + 120, why="cap")
    town.do(escalation.deferred, page=page.id, until=T0 + 999, why="cap")
    assert town.rows[page.id].state == "cancelled"


def test_a_step_of_whom_one_sleeps_and_one_cannot_be_reached_goes_on_at_once() -> None:
    town = Town(now=T_NIGHT, people=asleep("lea"), policy=Policy(steps=(Step(("lea", "sam")), Step(("kim",), 600))))
    held, hook = town.open()
    assert held.state == "deferred"
    assert told(town.fail(hook)) == [("kim", "mail", "page", "unacknowledged")]


# --- silences and snoozes ---


def test_a_silence_cancels_what_is_unsent_and_ends_with_one_call() -> None:
    town = Town()
    (page,) = town.open()
    town.silence(T0 + 3600)
    assert town.rows[page.id].state == "cancelled"
    assert town.wake == T0 + 3600
    assert town.later(1800) == []
    assert told(town.later(1800)) == [("lea", "phone", "page", "unacknowledged")]
    assert town.wake == town.now + 600


def test_what_opens_in_a_silence_is_told_at_its_end_if_it_still_stands() -> None:
    town = Town(silenced_until=T0 + 60, policy=Policy(steps=(Step(("lea",)),), inform=("kim",)))
    assert town.open() == []
    assert told(town.later(60)) == [("lea", "phone", "page", "first"), ("kim", "mail", "notice", "first")]
    other = Town(silenced_until=T0 + 60)
    other.open()
    other.resolve()
    assert other.wake is None
    assert other.later(60) == []


def test_a_silence_that_is_ended_early_calls_then() -> None:
    town = Town(silenced_until=T0 + 3600)
    town.open()
    town.now += 10
    assert told(town.silence(None)) == [("lea", "phone", "page", "first")]


def test_the_call_after_a_silence_says_the_worst_that_happened_in_it() -> None:
    town = Town()
    town.deliver(*town.open())
    town.silence(T0 + 3600)
    assert town.raise_to(1) == []
    assert told(town.later(3600)) == [("lea", "phone", "page", "raised")]


def test_a_silence_of_an_acknowledged_incident_ends_quietly() -> None:
    town = Town()
    town.deliver(*town.open())
    town.acknowledge("lea")
    town.silence(T0 + 3600)
    assert town.story() == []
    assert town.later(3600) == []
    assert town.wake is None


def test_a_snooze_does_the_same_for_one_incident() -> None:
    town = Town()
    town.deliver(*town.open())
    town.snooze(T0 + 900)
    assert town.later(600) == []
    assert told(town.later(300)) == [("lea", "phone", "page", "unacknowledged")]


def test_unacknowledging_in_a_silence_waits_for_its_end() -> None:
    town = Town()
    town.deliver(*town.open())
    town.acknowledge("lea")
    town.silence(T0 + 900)
    assert town.unacknowledge("lea") == []
    assert told(town.later(900)) == [("lea", "phone", "page", "unacknowledged")]


def test_the_call_after_a_silence_stands_in_the_history() -> None:
    town = Town()
    town.deliver(*town.open())
    town.snooze(T0 + 900)
    (page,) = town.later(900)
    assert page.event == "escalated"
    assert town.events == [
        ("escalated", "it is silenced no longer, and nobody has acknowledged: step 1 of round 1 calls Léa")
    ]
    assert town.recorded == ["opened", "snoozed", "escalated"]


# --- what a message tells of ---


def test_a_reopened_incident_is_told_as_reopened_on_every_channel_and_after_quiet_hours() -> None:
    town = Town(policy=replace(DESK, inform=("kim",)))
    town.deliver(*town.open())
    town.resolve("lea")
    page, notice = town.reopen("lea")
    assert (page.reason, page.event, notice.event) == ("first", "reopened", "reopened")
    (again,) = town.fail(page)
    assert (again.channel, again.event) == ("hook", "reopened")

    night = Town(now=T_NIGHT, people=asleep("lea"), policy=Policy(steps=(Step(("lea",)),)))
    night.open()
    night.resolve("sam")
    (held,) = night.reopen("sam")
    assert (held.state, held.event) == ("deferred", "reopened")
    assert [call.event for call in night.at(T_MORNING)] == ["reopened"]


def test_what_was_reopened_in_a_silence_or_before_a_first_step_that_waits_is_told_as_reopened() -> None:
    town = Town(policy=Policy(steps=(Step(("lea",), 120),)))
    town.open()
    town.resolve("lea")
    assert town.reopen("lea") == []
    (page,) = town.later(120)
    assert page.event == "reopened"
    town.resolve("lea")
    town.silence(town.now + 60)
    assert town.reopen("lea") == town.later(60) == []
    assert [call.event for call in town.later(120)] == ["reopened"]


def test_what_was_given_back_is_told_as_unacknowledged_and_not_as_escalated() -> None:
    town = Town()
    town.deliver(*town.open())
    town.acknowledge("lea")
    (page,) = town.unacknowledge("lea")
    assert (page.reason, page.event) == ("unacknowledged", "unacknowledged")
    (again,) = town.fail(page)
    assert again.event == "unacknowledged"
    assert [call.event for call in town.later(600)] == ["escalated"]


# --- kinds ---


def test_blindness_is_told_to_the_operators_alone_and_as_one_group() -> None:
    town = Town(policy=replace(DESK, operators=("sam",), inform=("kim",)))
    (call,) = town.open(kind=Kind.BLIND, severity=3)
    assert told([call]) == [("sam", "hook", "page", "first")]
    assert call.group == "blind"
    other = Town(policy=replace(DESK, operators=("sam",)), now=T0 + 4)
    assert other.open(kind=Kind.BLIND)[0].due == call.due > T0 + 4
    assert told(town.later(300)) == [("sam", "hook", "page", "unacknowledged")]


def test_without_operators_blindness_is_told_to_the_first_step() -> None:
    assert told(Town().open(kind=Kind.BLIND)) == [("lea", "phone", "page", "first")]
    assert Town(policy=Policy(steps=())).open(kind=Kind.BLIND) == []


def test_a_drill_goes_the_normal_way_marked_as_one() -> None:
    town = Town()
    (page,) = town.open(kind=Kind.DRILL, drill=True)
    assert told([page]) == [("lea", "phone", "page", "drill")]
    assert page.event == "opened"
    assert told(town.later(600)) == [("sam", "hook", "page", "unacknowledged")]


def test_who_is_called_is_not_informed_as_well() -> None:
    town = Town(policy=Policy(steps=(Step(("lea",)),), inform=("lea", "sam")))
    assert told(town.open()) == [("lea", "phone", "page", "first"), ("sam", "hook", "notice", "first")]


def test_a_notice_that_cannot_be_told_wakes_nobody() -> None:
    town = Town(policy=Policy(steps=(Step(("lea",)),), inform=("sam", "ghost")))
    _, notice = town.open()
    assert town.fail(notice) == []
    assert town.events == []


def test_page_ids_are_stable_and_differ_by_each_part() -> None:
    assert page_id("i", "s", "p", "c") == page_id("i", "s", "p", "c")
    assert len({page_id(*parts) for parts in (("i", "s", "p", "c"), ("j", "s", "p", "c"), ("i", "t", "p", "c"))}) == 3
    assert page_id("i", "s", "p", "c").startswith("pg_")


@pytest.mark.parametrize("severity", [1, 2, 3])
def test_every_severity_pages(severity: int) -> None:
    assert [call.kind for call in Town().open(severity=severity)] == ["page"]  # type: ignore[arg-type]  # 1, 2, 3


def test_snoozing_changes_nothing_of_the_state() -> None:
    town = Town()
    town.open()
    assert town.step(Trigger.SNOOZE, "lea", snoozed_until=T0 + 5)
    assert town.people["sam"] is SAM
