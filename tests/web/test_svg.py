"""The charts' geometry."""

from __future__ import annotations

import re
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amends.web.svg import Moment, Slot, chart, slot_seconds, sparkline

MONDAY = 1_767_600_000.0
_NUMBERS = re.compile(r"-?\d+(?:\.\d+)?")


def slots(values: list[float], step: float = 900.0) -> list[Slot]:
    return [Slot(MONDAY + k * step, value, 2.0, 1.0, 4.0) for k, value in enumerate(values)]


@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=60))
def test_every_point_lies_in_its_box(values: list[float]) -> None:
    drawn = chart(slots(values), 900.0)
    points = [float(one) for one in _NUMBERS.findall(drawn.observed + drawn.area + drawn.expected + drawn.band)]
    for x, y in zip(points[::2], points[1::2], strict=True):
        assert drawn.left - 0.1 <= x <= drawn.right + 0.1
        assert drawn.top - 0.1 <= y <= drawn.bottom + 0.1
    assert 2 <= len(drawn.rows) <= 7
    assert drawn.rows[0].text == "0"


def test_the_axis_has_round_steps_that_hold_the_largest_value() -> None:
    drawn = chart(slots([3.0, 117.0, 20.0]), 900.0)
    assert [row.text for row in drawn.rows] == ["0", "50", "100", "150"]


@pytest.mark.parametrize("hours", [0.5, 2, 7, 26, 80, 400])
def test_times_are_labelled_round_and_few(hours: float) -> None:
    step = slot_seconds(hours * 3600)
    count = max(1, int(hours * 3600 / step))
    drawn = chart(slots([1.0] * count, step), step, timezone="Europe/Paris")
    assert len(drawn.columns) <= 6
    assert all(re.fullmatch(r"\d\d:\d\d|\d+ \w{3}", column.text) for column in drawn.columns)


def test_a_clock_change_moves_no_label() -> None:
    zone = ZoneInfo("Europe/Paris")
    start = datetime(2026, 3, 28, 18, tzinfo=zone).timestamp()
    drawn = chart([Slot(start + k * 900, 1.0) for k in range(96)], 900.0, timezone="Europe/Paris")
    texts = [column.text for column in drawn.columns]
    assert "29 Mar" in texts
    assert {"06:00", "12:00"} <= set(texts)


def test_moments_get_letters_that_do_not_cover_each_other_and_those_outside_are_left_out() -> None:
    moments = [Moment(MONDAY + 100 + k, "opened", "opened") for k in range(3)] + [Moment(MONDAY - 9e5, "x", "x")]
    drawn = chart(slots([1.0] * 8), 900.0, moments)
    assert [mark.letter for mark in drawn.marks] == ["A", "B", "C"]
    gaps = [b.x - a.x for a, b in zip(drawn.marks, drawn.marks[1:], strict=False)]
    assert min(gaps) >= 10.9


def test_nothing_usual_is_drawn_where_nothing_usual_is_known_and_gaps_are_shown() -> None:
    drawn = sparkline([Slot(0, 1.0), Slot(900, 0.0, heard=False)], 900.0)
    assert (drawn.expected, drawn.band) == ("", "")
    assert drawn.gaps == ((160.0, 160.0),)


def test_a_slot_cuts_any_span_into_few() -> None:
    assert slot_seconds(3600) == 300.0
    assert slot_seconds(6 * 3600) == 600.0
    assert slot_seconds(1e9) == 86_400.0
