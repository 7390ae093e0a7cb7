"""Incidents and pages as strangers read them."""

from __future__ import annotations

import json
from dataclasses import replace

from amends.incidents import event_document, incident_document, open_incident, outbox_document, page_document, rfc3339
from amends.model import Coverage, Kind, Page, Quote, Record, Response

T0 = 1_767_571_200.0

INCIDENT, OPENED = open_incident(
    id="inc_1",
    brand="acme",
    kind=Kind.TONE,
    severity=2,
    now=T0,
    since=T0 - 1800.25,
    title="Acme: 12 times the usual",
    why="loud",
    reasons=("12 times the usual",),
    coverage=Coverage(on_time=9, of=11, silent=("hn",)),
    record=Record(real=7, judged=9),
)
PAGE = Page(
    id="pg_1",
    brand="acme",
    incident=INCIDENT,
    event="opened",
    kind="page",
    reason="first",
    person="lea",
    channel="phone",
    step="1-1.1-first",
    title="Acme",
    text="words",
    due=T0,
    decided_at=T0,
)


def test_times_are_utc_with_a_z_and_keep_milliseconds_where_there_are_any() -> None:
    assert rfc3339(T0) == "2026-01-05T00:00:00Z"
    assert rfc3339(T0 + 0.25) == "2026-01-05T00:00:00.250Z"
    assert rfc3339(T0 + 0.99996) == "2026-01-05T00:00:01Z"
    assert rfc3339(None) is None


def test_an_incident_has_every_field_of_the_doors_and_null_for_what_has_not_happened() -> None:
    document = incident_document(INCIDENT, url="http://x/incidents/inc_1")
    asked = (
        "id brand kind state severity revision title opened_at since updated_at acknowledged_at acknowledged_by "
        "resolved_at observed expected why authenticity coverage quotes response record url"
    )
    assert set(asked.split()) <= set(document)
    assert document["acknowledged_at"] is document["acknowledged_by"] is document["resolved_at"] is None
    assert document["response"] is None
    assert (document["kind"], document["state"], document["severity"]) == ("tone", "open", 2)
    assert document["coverage"] == {"on_time": 9, "of": 11}
    assert document["record"] == {"real": 7, "judged": 9}
    assert document["since"] == "2026-01-04T23:29:59.750Z"
    assert json.loads(json.dumps(document)) == document


def test_quotes_and_the_response_are_written_out() -> None:
    quote = Quote(
        role="loudest", id="m1", source="news", published_at=T0, text="<b>no", url=None, author="ann", lang="en"
    )
    full = replace(INCIDENT, quotes=(quote,), response=Response("late", "en", "Sorry."), acknowledged_at=T0)
    document = incident_document(full, url="u")
    assert document["quotes"] == [
        {
            "role": "loudest",
            "id": "m1",
            "source": "news",
            "url": None,
            "author": "ann",
            "published_at": "2026-01-05T00:00:00Z",
            "lang": "en",
            "text": "<b>no",
        }
    ]
    assert document["response"] == {"template": "late", "lang": "en", "text": "Sorry."}
    assert document["acknowledged_at"] == "2026-01-05T00:00:00Z"


def test_a_line_of_history_and_a_row_of_the_outbox_are_written_out() -> None:
    assert event_document(OPENED) == {
        "seq": 1,
        "at": "2026-01-05T00:00:00Z",
        "event": "opened",
        "by": "amends",
        "why": "loud",
    }
    failed = outbox_document(replace(PAGE, state="failed", why="404"), attempts=2, at=T0)
    assert (failed["state"], failed["error"], failed["attempts"]) == ("failed", "404", 2)
    sent = outbox_document(replace(PAGE, state="sent"), attempts=1, at=T0)
    assert (sent["error"], sent["why"], sent["at"]) == (None, None, "2026-01-05T00:00:00Z")


def test_a_page_has_every_field_of_the_webhook() -> None:
    assert page_document(PAGE, acknowledge_url="http://x/a/T") == {
        "id": "pg_1",
        "kind": "page",
        "reason": "first",
        "person": "lea",
        "step": "1-1.1-first",
        "drill": False,
        "title": "Acme",
        "text": "words",
        "acknowledge_url": "http://x/a/T",
        "checklist": ["pause-scheduled-posts", "tell-switchboard"],
    }


def test_a_drill_and_a_notice_ask_no_tool_to_pause_what_is_scheduled() -> None:
    drill = replace(PAGE, incident=replace(PAGE.incident, drill=True))
    for page in (drill, replace(PAGE, kind="notice"), replace(PAGE, reason="resolved")):
        assert page_document(page, acknowledge_url=None)["checklist"] == []
