"""iCalendar as real programs write it: edited instances, shared ids, zones by other names; and hostile ones."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import pytest

from amends.calendars import ics

START, END = (datetime.fromisoformat(f"{day}T00:00+00:00").timestamp() for day in ("2026-11-26", "2027-02-24"))


def calendar(*events: str, head: str = "") -> str:
    body = "".join(f"BEGIN:VEVENT\r\nDTSTAMP:20260101T000000Z\r\n{one}\r\nEND:VEVENT\r\n" for one in events)
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:test\r\n{head}{body}END:VCALENDAR\r\n"


def lines(*parts: str) -> str:
    return "\r\n".join(parts)


def shown(text: str, zone: str = "Europe/Paris") -> list[str]:
    """Return the events as `summary start/end`, in UTC."""
    job = {"text": text, "start": START, "end": END, "timezone": zone}
    answer = ics.read(job)
    assert "error" not in answer, answer
    return [
        f"{summary} {datetime.fromtimestamp(begin, UTC):%m%dT%H}/{datetime.fromtimestamp(end, UTC):%m%dT%H}"
        for begin, end, summary in answer["events"]
    ]


def test_weeks_that_alternate_keep_their_wall_time() -> None:
    weekly = "RRULE:FREQ=WEEKLY;INTERVAL=2;COUNT=2"
    lea = lines("UID:1", "SUMMARY:Léa", "DTSTART;TZID=Europe/Paris:20261130T090000",
                "DTEND;TZID=Europe/Paris:20261207T090000", weekly)  # fmt: skip
    sam = lines("UID:2", "SUMMARY:sam", "DTSTART;TZID=Europe/Paris:20261207T090000",
                "DTEND;TZID=Europe/Paris:20261214T090000", weekly,
                "EXDATE;TZID=Europe/Paris:20261221T090000")  # fmt: skip
    assert shown(calendar(lea, sam)) == ["Léa 1130T08/1207T08", "sam 1207T08/1214T08", "Léa 1214T08/1221T08"]


def test_an_instance_that_was_edited_stands_in_the_place_of_the_original() -> None:
    weekly = lines("UID:1", "SUMMARY:a", "DTSTART:20261130T090000Z", "DURATION:P1D", "RRULE:FREQ=WEEKLY;COUNT=3")
    moved = lines("UID:1", "SUMMARY:b", "RECURRENCE-ID:20261207T090000Z", "DTSTART:20261207T120000Z", "DURATION:P1D")
    assert shown(calendar(weekly, moved)) == ["a 1130T09/1201T09", "b 1207T12/1208T12", "a 1214T09/1215T09"]


def test_events_that_share_an_id_without_belonging_together_all_count() -> None:
    one = lines("UID:1", "SUMMARY:a", "DTSTART:20261130T090000Z", "DTEND:20261201T090000Z")
    two = lines("UID:1", "SUMMARY:b", "DTSTART:20261202T090000Z", "DTEND:20261203T090000Z")
    assert shown(calendar(one, two)) == ["a 1130T09/1201T09", "b 1202T09/1203T09"]


def test_a_newer_version_of_an_event_replaces_the_older() -> None:
    old = lines("UID:1", "SEQUENCE:0", "SUMMARY:a", "DTSTART:20261130T090000Z", "DTEND:20261201T090000Z")
    new = lines("UID:1", "SEQUENCE:1", "SUMMARY:b", "DTSTART:20261130T090000Z", "DTEND:20261201T090000Z")
    assert shown(calendar(old, new)) == ["b 1130T09/1201T09"]


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        (("DTSTART;VALUE=DATE:20261130", "DTEND;VALUE=DATE:20261202"), "a 1129T23/1201T23"),
        (("DTSTART;VALUE=DATE:20261130",), "a 1129T23/1130T23"),
        (("DTSTART:20261130T090000", "DTEND:20261130T100000"), "a 1130T08/1130T09"),
        (("DTSTART;TZID=W. Europe Standard Time:20261130T090000", "DURATION:PT1H"), "a 1130T08/1130T09"),
        (("DTSTART:20261101T090000Z", "DTEND:20261225T090000Z"), "a 1101T09/1225T09"),
    ],
)
def test_whole_days_and_floating_times_are_those_of_the_rotas_zone(parts: tuple[str, ...], expected: str) -> None:
    assert shown(calendar(lines("UID:1", "SUMMARY:a", *parts))) == [expected]


def test_what_was_cancelled_and_what_takes_no_time_is_no_shift() -> None:
    cancelled = lines("UID:1", "SUMMARY:a", "STATUS:CANCELLED", "DTSTART:20261130T090000Z", "DURATION:P1D")
    nothing = lines("UID:2", "SUMMARY:b", "DTSTART:20261130T090000Z", "DTEND:20261130T090000Z")
    assert shown(calendar(cancelled, nothing)) == []


def test_a_broken_event_is_left_out_and_told_of_and_the_rest_counts() -> None:
    bad = lines("UID:1", "SUMMARY:bad", "DTSTART:2026113", "DURATION:PT1H")
    often = lines("UID:3", "SUMMARY:often", "DTSTART:20261130T090000Z", "DURATION:PT1S", "RRULE:FREQ=SECONDLY")
    good = lines("UID:2", "SUMMARY:b", "DTSTART:20261130T090000Z", "DURATION:PT1H")
    found = ics.unroll(calendar(bad, often, good), START, END, "UTC")
    assert [one[2] for one in found.events] == ["b"]
    assert len(found.problems) == 2
    assert "bad" in found.problems[0]
    assert "SECONDLY" in found.problems[1]


@pytest.mark.parametrize(
    "text", ["<html>sign in</html>", "", "BEGIN:VEVENT\r\nEND:VEVENT\r\n", "\x00\xff", "BEGIN:VCALENDAR\r\n"]
)
def test_what_is_no_calendar_is_refused_by_name(text: str) -> None:
    with pytest.raises(ics.CalendarError, match="iCalendar"):
        ics.unroll(text, START, END, "UTC")


def test_a_calendar_that_never_ends_is_cut_off() -> None:
    every = ",".join(map(str, range(60)))
    bomb = lines("UID:1", "SUMMARY:a", "DTSTART:19700101T000000Z", "DURATION:PT1S",
                 f"RRULE:FREQ=HOURLY;BYMINUTE={every};BYSECOND={every}")  # fmt: skip
    began = time.monotonic()
    with pytest.raises(ics.CalendarError, match="smaller"):
        ics.unroll(calendar(bomb), START, END, "UTC", deadline=4.0)
    assert time.monotonic() - began < 8


def test_a_calendar_that_we_write_is_read_back_as_it_was() -> None:
    spans = [
        (START + 3600, START + 7200, "lea", "Léa; the first, of two\nlines"),
        (START + 7200, START + 9000, "sam", "Sam"),
    ]
    text = ics.write("week", spans, stamp=START).decode()
    found = ics.unroll(text, START, END, "UTC")
    assert [(start, end) for start, end, _ in found.events] == [(start, end) for start, end, _, _ in spans]
    assert [summary for _, _, summary in found.events] == ["Léa; the first, of two lines", "Sam"]
