"""What ends a calm that has begun: the wave again, beside its own height and beside the usual."""

from __future__ import annotations

import pytest

from amends.model import Incident, Kind, Reading, Stage
from amends.pipeline.recovery import stays_back
from support.core import NOON


@pytest.mark.parametrize(
    ("height", "heard", "stays"),
    [
        (400.0, 4.0, True),  # as calm allows, and twice as far
        (8.0, 4.0, True),
        (400.0, 6.0, True),  # farther, and far below a quarter of the storm
        (8.0, 6.0, False),  # the same, and most of the small wave again
        (400.0, 20.0, False),  # twenty times the usual is no calm, however high the storm was
    ],
)
def test_a_calm_ends_by_what_is_the_wave_again(height: float, heard: float, *, stays: bool) -> None:
    incident = Incident(
        id="inc_1", brand="acme", kind=Kind.TONE, state=Stage.RECOVERING, severity=2, title="",
        opened_at=NOON, since=NOON, updated_at=NOON, observed=height, expected=1.0,
    )  # fmt: skip
    reading = Reading(at=NOON, observed_now=heard, expected_now=1.0, alarm=True)

    assert stays_back(incident, reading) is stays
