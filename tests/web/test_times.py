"""RFC 3339, read strictly."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amends.web.times import parse_rfc3339


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("1970-01-01T00:00:00Z", 0.0),
        ("2026-01-05T08:00:00Z", 1_767_600_000.0),
        ("2026-01-05t08:00:00z", 1_767_600_000.0),
        ("2026-01-05T09:00:00+01:00", 1_767_600_000.0),
        ("2026-01-05T04:15:00-03:45", 1_767_600_000.0),
        ("2026-01-05T08:00:00.25Z", 1_767_600_000.25),
        ("2026-01-05T08:00:00.123456789Z", 1_767_600_000.123456789),
        ("2026-01-05T08:00:00-00:00", 1_767_600_000.0),
        ("2016-12-31T23:59:60Z", 1_483_228_800.0),
        ("0001-01-01T00:00:00Z", -62_135_596_800.0),
    ],
)
def test_what_the_standard_allows_is_read(text: str, seconds: float) -> None:
    assert parse_rfc3339(text) == pytest.approx(seconds, abs=1e-6)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2026-01-05",
        "2026-01-05T08:00:00",
        "2026-01-05 08:00:00Z",
        "2026-1-5T08:00:00Z",
        "2026-01-05T08:00Z",
        "2026-02-30T08:00:00Z",
        "2026-01-05T24:00:00Z",
        "2026-01-05T08:61:00Z",
        "2026-01-05T08:00:00+24:00",
        "2026-01-05T08:00:00+01:60",
        "2026-01-05T08:00:00+0100",
        "0000-01-01T00:00:00Z",
        "1767600000",
        "Mon, 05 Jan 2026 08:00:00 GMT",
        "2026-01-05T08:00:00Z\n",
        "٢٠٢٦-01-05T08:00:00Z",
        "2026-01-05T08:00:00." + "1" * 400 + "Z",
    ],
)
def test_anything_else_is_refused_with_its_value(text: str) -> None:
    with pytest.raises(ValueError, match=r"RFC 3339|calendar|offset"):
        parse_rfc3339(text)


@given(
    st.datetimes(min_value=datetime(2, 1, 1), max_value=datetime(9998, 1, 1)),  # noqa: DTZ001 - a zone is put on below
    st.integers(-1439, 1439),
)
def test_every_instant_written_by_the_library_is_read_back(moment: datetime, minutes: int) -> None:
    zoned = moment.replace(tzinfo=timezone(timedelta(minutes=minutes)))
    exact = (zoned.astimezone(UTC) - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds()
    assert parse_rfc3339(zoned.isoformat()) == pytest.approx(exact, abs=1e-4)


@given(st.text(max_size=60))
def test_no_text_makes_the_reader_fail_otherwise(text: str) -> None:
    with suppress(ValueError):
        assert parse_rfc3339(text) > -1e11
