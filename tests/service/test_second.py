"""The second opinion at work: within its budget, the neediest first, and never in the way."""

from __future__ import annotations

import asyncio
import os
import time
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amends.accurate import Encoder, EncoderError, installed
from amends.model import Tone
from amends.observe import Metrics
from amends.observe.clock import RealClock
from amends.pipeline import reconsidered, wanting
from amends.service.second import Budget, Second
from support.core import NOON, make_rules, mention

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from amends.model import Mention

RULES = make_rules()
RULES = replace(RULES, brands={**RULES.brands, "bolt": replace(RULES.brands["acme"], id="bolt", name="Bolt")})
UNSURE, SURE = Tone("fr", 0.0, 0.3, 0.4, 0.3, "negative"), Tone("fr", 0.0, 0.02, 0.97, 0.01, "neutral")
REAL = pytest.mark.skipif(
    not installed() and os.environ.get("AMENDS_REQUIRE_REAL") != "1", reason="the extra amends[accurate] is not here"
)


def french(number: int, tone: Tone = UNSURE, **fields: object) -> Mention:
    words = "Quelle honte, Acme, encore en retard" if number % 2 else "Merci Acme, c'était parfait, bravo à tous"
    return mention(NOON + number, tone=tone, **{"text": f"{words} {number}", **fields})


def test_small_brands_come_first_then_the_uncertain_and_history_last() -> None:
    mentions = [
        french(0, brand="acme"), french(1, SURE, brand="acme"), french(2, SURE, brand="bolt"), french(3, brand="bolt"),
        french(4, brand="bolt", history=True), mention(NOON + 5), french(6, own=True), french(7, op="delete"),
        french(8, text="http://a.example @bob"), french(9, brand="gone"),
    ]  # fmt: skip
    order = wanting(mentions, RULES, {"acme": 900.0, "bolt": 3.0})
    assert [place for place, _ in order] == [3, 2, 0, 1, 4]
    assert [place for place, _ in wanting(mentions, RULES, {})][:2] == [0, 3], "no brand is small beside another"
    assert "Acme" not in order[2][1], "the brand's name is hidden"


@given(st.floats(0.1, 100), st.lists(st.tuples(st.integers(0, 50), st.floats(0, 5)), max_size=30))
def test_no_more_is_spent_than_the_rate_and_one_burst(rate: float, asked: list[tuple[int, float]]) -> None:
    budget = Budget(rate, 0.0)
    now, spent = 0.0, 0
    for wanted, passed in asked:
        now += passed
        taken = budget.take(wanted, now)
        assert 0 <= taken <= wanted
        spent += taken
    assert spent <= budget.burst + rate * now + 1e-6


class Broken(Encoder):
    """One whose child cannot be started."""

    def start(self) -> None:
        raise EncoderError("there is none")

    def encode(self, texts: Sequence[str], seconds: float) -> NDArray[np.float32]:  # noqa: ARG002 - as its parent
        raise EncoderError("there is none")


async def test_off_it_changes_nothing_and_shows_nothing() -> None:
    second = Second(RealClock(), Metrics("0"))
    mentions = [french(1)]
    assert await second.improve(mentions, RULES) == mentions
    assert second.tally() is None
    second.close()


async def test_an_encoder_that_fails_is_counted_and_left_alone_for_a_while() -> None:
    metrics = Metrics("0")
    second = Second(RealClock(), metrics, Broken())
    second.configure(20.0)
    mentions = [french(1), french(2)]
    assert await second.improve(mentions, RULES) == mentions
    assert await second.improve(mentions, RULES) == mentions, "it rests"
    tally = second.tally()
    assert tally is not None
    assert (tally.given, tally.spared, tally.failed) == (0, 0, 4)
    assert b'amends_second_opinions_total{outcome="failed"} 4.0' in metrics.render()
    second.close()


@pytest.fixture
async def second() -> AsyncIterator[Second]:
    one = Second(RealClock(), Metrics("0"))
    one.configure(20.0)
    await asyncio.get_running_loop().run_in_executor(one._thread, one._encoder.start)
    yield one
    one.close()


@REAL
async def test_a_few_posts_get_it_and_their_tone_moves_the_right_way(second: Second) -> None:
    mentions = [french(1), french(2), mention(NOON)]
    bad, good, english = await second.improve(mentions, RULES)
    assert (bad.tone.p_negative or 0) > 0.3 > (good.tone.p_negative or 1)
    assert bad.tone.label == "negative"
    assert bad.tone.arousal > 0 == good.tone.arousal
    assert english == mentions[2]
    tally = second.tally()
    assert tally is not None
    assert (tally.rate, tally.given, tally.spared, tally.failed) == (20.0, 2, 0, 0)
    assert await second.improve([mention(NOON)], RULES) == [mention(NOON)]
    second.configure(20.0)
    second.configure(None)
    assert second.tally() is None


@REAL
async def test_in_a_flood_the_small_model_goes_on_alone_and_the_loop_keeps_turning(second: Second) -> None:
    flood = [french(k) for k in range(500)]
    late = 0.0

    async def watch() -> None:
        nonlocal late
        while True:
            begun = time.monotonic()
            await asyncio.sleep(0.01)
            late = max(late, time.monotonic() - begun - 0.01)

    watching = asyncio.create_task(watch())
    begun = time.monotonic()
    for _ in range(4):
        assert len(await second.improve(flood, RULES)) == 500
    took = time.monotonic() - begun
    watching.cancel()
    tally = second.tally()
    assert tally is not None
    assert tally.given <= 40 + 20 * took + 1
    assert tally.spared == 2_000 - tally.given
    assert took < 12, "a batch of a flood waits half a second and a piece"
    assert late < 1.0, "encoding never holds the loop"


@REAL
async def test_one_that_is_busy_is_not_waited_for(second: Second) -> None:
    second.configure(500.0)
    second._thread.submit(time.sleep, 6)
    begun = time.monotonic()
    assert await second.improve([french(1)], RULES) == [french(1)]
    assert time.monotonic() - begun < 6
    tally = second.tally()
    assert tally is not None
    assert (tally.given, tally.spared, tally.failed) == (0, 1, 0)


def test_what_nobody_chose_stays_as_it_was() -> None:
    import numpy as np  # noqa: PLC0415 - for this one

    mentions = [french(1), french(2)]
    assert reconsidered(mentions, [], np.zeros((0, 384), np.float32), RULES) == mentions
