"""iCalendar to events: a calendar is a stranger's text, read and unrolled in a child process that can be killed.

Run as a program it is that child: one job as JSON on standard input (`text`, `start`, `end`, `timezone`), the answer
as JSON on standard output (`events`: start, end and summary of each, and `problems` in words), under limits of its own.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from collections.abc import Iterable

DEADLINE: Final = 8.0  # seconds of real time for one calendar
_CPU: Final = 6  # seconds of processor time
_MEMORY: Final = 512 * 2**20
MOST: Final = 5_000  # events of one calendar in the span that is asked for
_SUMMARY: Final = 200
_PROBLEMS: Final = 5
_OFTEN: Final = ("SECONDLY", "MINUTELY")  # no shift recurs so often, and unrolling it never ends


@dataclass(frozen=True, slots=True)
class Unrolled:
    """What a calendar holds between two moments: (start, end, summary), in order; `problems` are what was left out."""

    events: tuple[tuple[float, float, str], ...]
    problems: tuple[str, ...] = ()


class CalendarError(ValueError):
    """A text that is no calendar, or one that takes more time or memory than a calendar may."""


def unroll(text: str, start: float, end: float, timezone: str, *, deadline: float = DEADLINE) -> Unrolled:
    """Return the events between two moments; CalendarError says what is wrong. Blocks: run it in a thread.

    Times without a zone, and whole days, are those of `timezone`.
    """
    job = json.dumps({"text": text, "start": start, "end": end, "timezone": timezone})
    try:
        ran = subprocess.run(
            [sys.executable, "-m", "amends.calendars.ics"],
            input=job.encode(), capture_output=True, timeout=deadline, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise CalendarError(f"reading it took over {deadline:g} s; make it smaller") from None
    except OSError as error:
        raise CalendarError(f"it cannot be read now: {error.strerror or error}") from None
    if ran.returncode != 0:
        raise CalendarError("reading it takes more time or memory than a calendar may; make it smaller")
    answer = json.loads(ran.stdout)
    if "error" in answer:
        raise CalendarError(str(answer["error"]))
    events = tuple((float(begin), float(until), str(summary)) for begin, until, summary in answer["events"])
    return Unrolled(events, tuple(str(one) for one in answer["problems"]))


# --- the child ---


def read(job: dict[str, Any]) -> dict[str, Any]:
    """Read one calendar; the whole answer of the child."""
    import icalendar  # noqa: PLC0415 - costly, and for the child alone
    import recurring_ical_events  # noqa: PLC0415 - the same

    try:
        calendars = icalendar.Calendar.from_ical(job["text"], multiple=True)
    except (ValueError, TypeError, IndexError, KeyError) as error:
        return {"error": f"it is no iCalendar: {error}"[:300]}
    if not any(one.name == "VCALENDAR" for one in calendars):
        return {"error": "it is no iCalendar: there is no VCALENDAR in it"}
    zone = ZoneInfo(job["timezone"])
    begin, until = (datetime.fromtimestamp(job[name], UTC) for name in ("start", "end"))
    found: list[tuple[float, float, str]] = []
    problems: list[str] = []
    for calendar in calendars:
        sound = _sound(calendar, problems)
        query = recurring_ical_events.of(sound, components=["VEVENT"], skip_bad_series=True)
        found += [
            (*_span(event, zone), " ".join(str(event.get("SUMMARY", "")).split())[:_SUMMARY])
            for event in query.between(begin, until)
            if str(event.get("STATUS", "")).upper() != "CANCELLED"
        ]
        if len(found) > MOST:
            return {"error": f"it has more than {MOST} events between {begin:%Y-%m-%d} and {until:%Y-%m-%d}"}
    return {"events": sorted(one for one in found if one[1] > one[0]), "problems": problems[:_PROBLEMS]}


def _sound(calendar: Any, problems: list[str]) -> Any:  # noqa: ANN401 - the library's components
    """Leave out what cannot be unrolled, and give events that share an id without belonging together ids of their own.

    Some programs write one UID into all events; by the standard only the last of them would be left.
    """
    kept, seen = [], dict[tuple[str, int], int]()
    for part in calendar.subcomponents:
        if part.name != "VEVENT":
            kept.append(part)
            continue
        try:
            begin = part.start
            rules = part.get("RRULE")
            for rule in rules if isinstance(rules, list) else [rules] if rules else []:
                if any(str(often).upper() in _OFTEN for often in rule.get("FREQ", [])):
                    raise ValueError(f"it recurs {rule['FREQ'][0]}")  # noqa: TRY301 - told as the library's own are
        except Exception as error:  # noqa: BLE001 - the library's errors are of many kinds; one event is left out
            problems.append(
                f"an event is left out ({' '.join(str(part.get('SUMMARY', '')).split())[:60]}): {error}"[:200]
            )
            continue
        if "RECURRENCE-ID" not in part:
            key = (str(part.get("UID", "")), int(part.get("SEQUENCE", 0) or 0))
            seen[key] = seen.get(key, 0) + 1
            if seen[key] > 1:
                part["UID"] = f"{key[0]}#{seen[key]} {begin}"
        kept.append(part)
    calendar.subcomponents = kept
    return calendar


def _span(event: Any, zone: ZoneInfo) -> tuple[float, float]:  # noqa: ANN401 - the library's event
    start, end = event.start, event.end
    if not isinstance(end, datetime) and isinstance(end, date) and end <= start:
        end = start + timedelta(days=1)
    return _instant(start, zone), _instant(end, zone)


def _instant(at: date, zone: ZoneInfo) -> float:
    moment = at if isinstance(at, datetime) else datetime(at.year, at.month, at.day, tzinfo=zone)
    return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).timestamp()


def main() -> None:
    """Set the limits, read the job, write the answer."""
    resource.setrlimit(resource.RLIMIT_CPU, (_CPU, _CPU))
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    job = json.load(sys.stdin)
    try:
        answer = read(job)
    except Exception as error:  # noqa: BLE001 - whatever a hostile calendar breaks is a named refusal
        answer = {"error": f"it cannot be read: {type(error).__name__}: {error}"[:300]}
    json.dump(answer, sys.stdout)


# --- calendar out ---


def write(name: str, spans: Iterable[tuple[float, float, str, str]], *, stamp: float) -> bytes:
    """Return a calendar of (start, end, id, name): one event a shift, its summary the person's name."""
    from icalendar import Calendar, Event  # noqa: PLC0415 - costly, and for those alone who ask for a calendar

    calendar = Calendar()
    calendar.add("prodid", "-//Amends//rota//EN")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", name)
    for start, end, id_, summary in spans:
        event = Event()
        event.add("uid", f"{int(start)}-{id_}@amends")
        event.add("dtstamp", datetime.fromtimestamp(stamp, UTC))
        event.add("dtstart", datetime.fromtimestamp(start, UTC))
        event.add("dtend", datetime.fromtimestamp(end, UTC))
        event.add("summary", summary)
        calendar.add_component(event)
    return bytes(calendar.to_ical())


if __name__ == "__main__":
    main()
