"""The real clock."""

from __future__ import annotations

import time

from amends.observe.clock import RealClock


async def test_it_sleeps_until_the_wall_clock_says_so_and_not_at_all_for_the_past() -> None:
    clock = RealClock()
    begun = clock.mono()

    await clock.sleep_until(clock.wall() + 0.05)
    assert 0.045 < clock.mono() - begun < 2.0
    assert abs(clock.wall() - time.time()) < 1.0

    begun = clock.mono()
    await clock.sleep_until(clock.wall() - 100.0)
    assert clock.mono() - begun < 0.5
