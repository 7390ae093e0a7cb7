"""What a document's dates say, and what becomes of those that cannot be true."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amends.sources.dates import Said, judge, read_date, rfc3339

SEEN = 1_767_600_000.0  # 2026-01-05T08:00:00Z
AT = 1_767_571_200.0  # 2026-01-05T00:00:00Z
WRONG = 1.0  # a parser's reading that must not be believed

GIVEN = [
    ("2026-01-05T00:00:00Z", AT),
    ("2026-01-05T00:00:00.250Z", AT + 0.25),
    ("2026-01-05T01:00:00+01:00", AT),
    ("2026-01-05T01:00:00+0100", AT),
    ("2026-01-04T19:00-05", AT),
    ("2026-01-05 00:00:00", AT),
    ("2026-01-05", AT),
    ("20260105T000000Z", AT),
    ("1767571200", AT),
    ("1767571200000", AT),
    ("1767571200000000", AT),
    ("1767571200.5", AT + 0.5),
    ("Mon, 05 Jan 2026 00:00:00 GMT", AT),
    ("Mon, 05 Jan 2026 00:00:00 +0000", AT),
    ("Mon, 5 Jan 2026 01:00:00 +0100 (CET)", AT),
    ("Mon, 5 Jan 2026 01:00:00 CET", AT),
    ("05 Jan 2026 00:00 UT", AT),
    ("Mon, 05 Jan 2026 00:00:00 EST", AT + 5 * 3600),
    ("Mon, 05 Jan 2026 10:00:00 AEST", AT),
    ("Mon, 05 Jan 2026 11:00:00 aedt", AT),
    ("Mon, 05 Jan 2026 09:30:00 ACST", AT),
    ("Mon, 05 Jan 2026 24:60:99 GMT", None),
]


@pytest.mark.parametrize(("raw", "at"), GIVEN)
def test_dates_of_many_forms_are_read(raw: str, at: float | None) -> None:
    assert read_date(raw).at == at


@pytest.mark.parametrize("zone", ["IST", "XYZ", "AST"])
def test_a_zone_that_nobody_can_place_does_not_become_utc(zone: str) -> None:
    raw = f"Mon, 05 Jan 2026 10:00:00 {zone}"
    assert read_date(raw, AT + 36_000) == Said(None, "zone")
    assert judge(read_date(raw, AT + 36_000), SEEN).quality == "zone"
    assert judge(read_date(raw, AT + 36_000), SEEN).at == SEEN


def test_a_form_that_only_the_parser_knows_is_taken_from_it() -> None:
    assert read_date("2026년 01월 05일", AT) == Said(AT, "given")
    assert read_date("2026년 01월 05일 10:00:00 AEST", AT) == Said(None, "zone")


@pytest.mark.parametrize("raw", [None, "", "  ", "yesterday", "-5", "0", "soon, 10:00"])
def test_no_date_is_missing(raw: str | None) -> None:
    assert read_date(raw) == Said(None, "missing")
    assert judge(read_date(raw), SEEN) == judge(Said(None, "missing"), SEEN)
    assert judge(read_date(raw), SEEN).at == SEEN


@pytest.mark.parametrize(
    ("raw", "at", "quality"),
    [
        ("2099-01-01T00:00:00Z", SEEN, "future"),
        ("2026-01-07T00:00:00Z", SEEN, "future"),
        ("2026-01-05T09:00:00Z", SEEN, "future"),
        ("2026-01-05T08:02:00Z", SEEN, "given"),  # a clock that runs two minutes ahead
        ("0000-00-00 00:00:00", SEEN, "missing"),
        ("1767-11-01T00:00:00Z", SEEN, "absurd"),
        ("1970-01-01T00:00:00Z", SEEN, "absurd"),
        ("1995-01-01T00:00:00Z", 788_918_400.0, "given"),
    ],
)
def test_what_cannot_be_true_is_replaced_and_flagged(raw: str, at: float, quality: str) -> None:
    when = judge(read_date(raw), SEEN)
    assert (when.at, when.quality) == (at, quality)


def test_a_wrong_reading_of_seconds_is_not_believed() -> None:
    assert read_date("1767607200", WRONG).at == 1_767_607_200.0
    assert read_date("20260105", AT).at == AT


def test_times_are_written_in_utc() -> None:
    assert rfc3339(AT) == "2026-01-05T00:00:00Z"
    assert rfc3339(AT + 0.5) == "2026-01-05T00:00:00.500Z"
    assert rfc3339(-(10.0**12)) is None
    assert rfc3339(10.0**12) is None


@given(st.text(max_size=60), st.none() | st.floats(allow_nan=False, allow_infinity=False))
def test_no_text_breaks_the_reading_and_nothing_lies_after_it_was_seen(raw: str, parsed: float | None) -> None:
    when = judge(read_date(raw, parsed), SEEN)
    assert 631_152_000 <= when.at <= SEEN


@given(st.floats(min_value=631_152_000, max_value=4e9))
def test_what_is_written_is_read_back(at: float) -> None:
    said = read_date(rfc3339(at))
    assert said.at is not None
    assert abs(said.at - at) < 0.001
